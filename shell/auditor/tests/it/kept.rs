//! Devices that are not sold: charged when they are not back, and only then.

use facts::device::Ownership;
use facts::invoice::InvoiceLine;
use facts::offer::ChargeRule;
use facts::price::OrderedPrice;
use facts::unit::ChangeAction;
use facts::{ChargeKind, Fact};

use crate::bill::{charge, second};
use crate::world::{Case, World, changed, check, read};

/// The device of U3 is loaned, for 17.50 when it is not back in so many days, and U3 is cancelled.
/// On 20 March its service is suspended anyway.
fn loaned(world: &mut World, within_days: u16, cancelled_at: &str) {
    for fact in &mut world.before {
        let Fact::OfferPublished(offer) = fact else { continue };
        for component in offer.components.iter_mut().filter(|it| it.code.as_str() == "part") {
            let price = OrderedPrice::Each(read("17.5"));
            component.charge = ChargeRule::OnceNotReturned { price, within_days };
            component.device.ownership = Ownership::Loaned;
        }
    }
    let is_part = |line: &InvoiceLine| line.charge.kind == ChargeKind::HardwareInstalment;
    let part = world.first.lines.iter().position(is_part).unwrap();
    world.unbill_first(part);
    world.unbill_second(second::PART);
    let times = ("2026-02-25T10:00:00Z", cancelled_at);
    world.between.push(changed("C4", "U3", times, ChangeAction::Cancel));
}

fn bill_fee(world: &mut World) {
    world.bill_second(charge(ChargeKind::HardwareSale, "part", &["U3"], "17.5", 1750));
}

pub const CASES: &[Case] = &[
    Case {
        name: "a device that can still go back is charged",
        breaks: |world| {
            loaned(world, 14, "2026-03-20T10:00:00Z");
            bill_fee(world);
        },
        finds: &["credit-missing"],
    },
    Case {
        name: "a device that can still go back is not charged",
        breaks: |world| loaned(world, 14, "2026-03-20T10:00:00Z"),
        finds: &[],
    },
    Case {
        name: "a device that is not back in time is not charged, nor is its service given back",
        breaks: |world| loaned(world, 10, "2026-02-10T10:00:00Z"),
        finds: &["charge-missing", "rated-differs", "service-excess"],
    },
    Case {
        name: "a device that is not back in time is charged",
        breaks: |world| {
            loaned(world, 10, "2026-02-10T10:00:00Z");
            bill_fee(world);
        },
        finds: &["rated-differs", "service-excess"],
    },
];

#[test]
fn what_should_have_gone_back_is_judged() {
    check(CASES);
}
