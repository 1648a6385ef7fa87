//! Devices, parts and fees that are due and not billed, or came back and are not given back.

use facts::ChargeKind;
use facts::charge::Instalment;
use facts::unit::ChangeAction;

use crate::bill::{charge, first, second};
use crate::world::{Case, World, changed, check};

/// U3 goes back, on a day on which its service is suspended anyway.
fn return_u3(world: &mut World, effective_at: &str) {
    let times = ("2026-02-25T10:00:00Z", effective_at);
    world.between.push(changed("C4", "U3", times, ChangeAction::Return));
}

pub const CASES: &[Case] = &[
    Case {
        name: "a device is not billed",
        breaks: |world| {
            let line = charge(ChargeKind::HardwareSale, "device", &["U1"], "199", 19_900);
            world.change_first(first::DEVICES, |charge| *charge = line.charge);
        },
        finds: &["charge-missing"],
    },
    Case {
        name: "a part is not billed",
        breaks: |world| world.unbill_second(second::PART),
        finds: &["charge-missing"],
    },
    Case {
        name: "a fee is not billed",
        breaks: |world| world.unbill_first(first::FEE),
        finds: &["charge-missing"],
    },
    Case {
        name: "a device is given back without a return",
        breaks: |world| {
            let kind = ChargeKind::HardwareReturnCredit;
            world.bill_second(charge(kind, "device", &["U1"], "199", -19_900));
        },
        finds: &["charge-missing"],
    },
    Case {
        name: "parts of a device that came back in time are not given back",
        breaks: |world| return_u3(world, "2026-03-31T10:00:00Z"),
        finds: &["credit-missing"],
    },
    Case {
        name: "parts of a device that came back in time are given back",
        breaks: |world| {
            return_u3(world, "2026-03-31T10:00:00Z");
            world.unbill_second(second::PART);
            let kind = ChargeKind::HardwareInstalmentCredit;
            let mut credit = charge(kind, "part", &["U3"], "17.5", -1750);
            credit.charge.instalment = Some(Instalment { number: 1, count: 3, at_once: false });
            world.bill_second(credit);
        },
        finds: &[],
    },
    Case {
        name: "a part that an end made due is kept when there was none",
        breaks: |world| {
            let mut early = charge(ChargeKind::HardwareInstalment, "part", &["U3"], "17.5", 1750);
            early.charge.instalment = Some(Instalment { number: 3, count: 3, at_once: true });
            world.bill_second(early);
        },
        finds: &["credit-missing", "instalment-early"],
    },
    Case {
        name: "a device that comes back after 61 days is not given back",
        breaks: |world| return_u3(world, "2026-04-02T10:00:00Z"),
        finds: &[],
    },
    Case {
        name: "a device that comes back after 60 days is to be given back",
        breaks: |world| return_u3(world, "2026-04-01T10:00:00Z"),
        finds: &["credit-missing"],
    },
];

#[test]
fn what_is_forgotten_is_found() {
    check(CASES);
}
