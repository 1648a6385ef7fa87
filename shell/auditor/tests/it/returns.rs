//! What is given back by age: too little, too much, and what a line says about it wrongly.

use facts::charge::Instalment;
use facts::device::{DeviceDetail, ReturnShare, ReturnStep};
use facts::invoice::InvoiceLine;
use facts::unit::ChangeAction;
use facts::{ChargeKind, Fact};

use crate::bill::{charge, second};
use crate::world::{Case, World, changed, check, read};

/// U3, delivered on 31 January, goes back on day 60, on which its service is suspended anyway: 70 %
/// of each of the two parts that are due, 17.50, are 12.25.
fn return_by_age(world: &mut World) {
    for fact in &mut world.before {
        let Fact::OfferPublished(offer) = fact else { continue };
        for component in offer.components.iter_mut().filter(|it| it.code.as_str() == "part") {
            component.device.return_credit = vec![
                ReturnStep { within_days: 59, percent: read("90") },
                ReturnStep { within_days: 60, percent: read("70") },
            ];
        }
    }
    let times = ("2026-02-25T10:00:00Z", "2026-04-01T10:00:00Z");
    world.between.push(changed("C4", "U3", times, ChangeAction::Return));
}

fn credit(number: u16, percent: &str, minor: i64) -> InvoiceLine {
    let kind = ChargeKind::HardwareInstalmentCredit;
    let mut credit = charge(kind, "part", &["U3"], "17.5", minor);
    credit.charge.instalment = Some(Instalment { number, count: 3, at_once: false });
    let (percent, before) = (read(percent), read("0"));
    let returned = Some(ReturnShare { within_days: Some(60), percent, before });
    credit.charge.device = DeviceDetail { returned, ..DeviceDetail::default() };
    let computation = &mut credit.charge.computation;
    computation.terms.iter_mut().for_each(|term| term.percent = Some(percent));
    credit
}

/// Both parts are given back so.
fn give_back(world: &mut World, percent: &str, minor: i64) {
    return_by_age(world);
    world.bill_second(credit(1, percent, minor));
    world.bill_second(credit(2, percent, minor));
}

pub const CASES: &[Case] = &[
    Case {
        name: "what the age leaves is given back",
        breaks: |world| give_back(world, "70", -1225),
        finds: &[],
    },
    Case { name: "nothing is given back", breaks: return_by_age, finds: &["credit-missing"] },
    Case {
        name: "what a younger device is worth is given back",
        breaks: |world| give_back(world, "90", -1575),
        finds: &["charge-missing", "rated-differs"],
    },
    Case {
        name: "a line gives back another share than it says",
        breaks: |world| {
            return_by_age(world);
            world.bill_second(credit(1, "70", -1225));
            let mut line = credit(2, "70", -1225);
            line.charge.device.returned.iter_mut().for_each(|it| it.before = read("10"));
            world.bill_second(line);
        },
        finds: &["credit-missing", "rated-differs"],
    },
    Case {
        name: "a part is given back by age that was not billed",
        breaks: |world| {
            give_back(world, "70", -1225);
            world.unbill_second(second::PART);
        },
        finds: &["charge-missing"],
    },
];

#[test]
fn what_is_given_back_by_age_is_judged() {
    check(CASES);
}
