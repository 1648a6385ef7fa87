//! What is billed twice, or given back without a charge.

use facts::ChargeKind;

use crate::bill::{STANDARD, charge, first, period, second, service};
use crate::world::{Case, check};

pub const CASES: &[Case] = &[
    Case {
        name: "a device on two invoices",
        breaks: |world| {
            world.bill_second(charge(ChargeKind::HardwareSale, "device", &["U1"], "199", 19_900));
        },
        finds: &["billed-twice"],
    },
    Case {
        name: "a device twice on one line",
        breaks: |world| {
            let units = ["U1", "U1", "U2"];
            let line = charge(ChargeKind::HardwareSale, "device", &units, "199", 59_700);
            world.change_first(first::DEVICES, |charge| *charge = line.charge);
        },
        finds: &["billed-twice"],
    },
    Case {
        name: "a part on two invoices",
        breaks: |world| {
            world.change_second(second::PART, |charge| {
                charge.instalment.as_mut().unwrap().number = 1;
            });
        },
        finds: &["billed-twice", "charge-missing"],
    },
    Case {
        name: "a fee on two invoices",
        breaks: |world| {
            let fee = world.first.lines[first::FEE].clone();
            world.bill_second(fee);
        },
        finds: &["billed-twice"],
    },
    Case {
        name: "a device is given back twice",
        breaks: |world| {
            for _ in 0..2 {
                let kind = ChargeKind::HardwareReturnCredit;
                world.bill_second(charge(kind, "device", &["U1"], "199", -19_900));
            }
        },
        finds: &["credit-without-charge", "charge-missing"],
    },
    Case {
        name: "a day of service on two lines",
        breaks: |world| {
            let day = period("2026-02-09", "2026-02-10");
            let kind = ChargeKind::ServiceCharge;
            world.bill_second(service(kind, STANDARD, &["U2"], day, 28, 89));
        },
        finds: &["day-twice"],
    },
    Case {
        name: "a day of service on two invoices",
        breaks: |world| {
            let day = period("2026-02-10", "2026-02-11");
            let kind = ChargeKind::ServiceCharge;
            world.bill_second(service(kind, STANDARD, &["U3"], day, 28, 89));
        },
        finds: &["day-twice"],
    },
    Case {
        name: "a day is given back that was not billed",
        breaks: |world| {
            let day = period("2026-02-01", "2026-02-02");
            let kind = ChargeKind::ServiceCredit;
            world.bill_second(service(kind, STANDARD, &["U2"], day, 28, -89));
        },
        finds: &["day-credit-without-charge"],
    },
];

#[test]
fn what_is_billed_twice_is_found() {
    check(CASES);
}
