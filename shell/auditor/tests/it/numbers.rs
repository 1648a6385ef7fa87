//! Invoice numbers with a gap, and days with two invoices.

use facts::ChargeKind;

use crate::bill::{STANDARD, invoice, period, service};
use crate::world::{Case, check, read};

pub const CASES: &[Case] = &[
    Case {
        name: "a number is missing",
        breaks: |world| world.second.number = read("INV-2026-000003"),
        finds: &["number-missing"],
    },
    Case {
        name: "the first number is missing",
        breaks: |world| world.first.number = read("INV-2026-000003"),
        finds: &["number-missing"],
    },
    Case {
        name: "one number in two spellings",
        breaks: |world| world.second.number = read("INV-2026-1"),
        finds: &["number-twice"],
    },
    Case {
        name: "a number without a sequence",
        breaks: |world| world.second.number = read("INV-2026"),
        finds: &["number-unreadable"],
    },
    Case {
        name: "a number of another year",
        breaks: |world| world.second.number = read("INV-2025-000002"),
        finds: &["number-unreadable"],
    },
    Case {
        name: "a line of an account that the invoice does not describe",
        breaks: |world| {
            let last = world.first.lines.last_mut();
            last.into_iter().for_each(|line| line.account = Some(read("B")));
        },
        finds: &["payer-differs"],
    },
    Case {
        name: "an invoice of its own that no order asked for",
        breaks: |world| world.first.group = Some(read("O1")),
        finds: &["payer-differs"],
    },
    Case {
        name: "an invoice before the bill day that nobody asked for",
        breaks: |world| world.first.threshold = Some(world.first.net),
        finds: &["threshold-differs"],
    },
    Case {
        name: "two invoices of one day",
        breaks: |world| {
            // It gives a day back and charges it again: nothing is wrong but that it is there.
            let day = period("2026-03-01", "2026-03-02");
            let of_day = |kind, minor| service(kind, STANDARD, &["U3"], day, 31, minor);
            let credit = of_day(ChargeKind::ServiceCredit, -80);
            let charge = of_day(ChargeKind::ServiceCharge, 80);
            world.later.push(invoice("INV-2026-000003", "2026-03-01", vec![credit, charge]));
        },
        finds: &["bill-day-twice"],
    },
];

#[test]
fn missing_numbers_are_found() {
    check(CASES);
}
