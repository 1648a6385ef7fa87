//! What is carried forward of an account, and is not what its invoices billed.

use facts::carried::Carried;

use crate::world::{Case, check, day};

/// The account as if nothing had been billed of it.
fn nothing() -> Carried {
    Carried {
        issued_on: day("2026-03-01"),
        from: day("2026-02-01"),
        segment: 0,
        last_issued_on: Some(day("2026-03-01")),
        devices: Vec::new(),
        devices_credited: Vec::new(),
        instalments: Vec::new(),
        instalments_early: Vec::new(),
        instalments_credited: Vec::new(),
        order_fees: Vec::new(),
        losses: Vec::new(),
        service: Vec::new(),
        usage: Vec::new(),
    }
}

pub const CASES: &[Case] = &[Case {
    name: "nothing is carried of what was billed",
    breaks: |world| world.carried = Some(nothing()),
    finds: &["carried-differs"],
}];

#[test]
fn a_sum_that_is_not_that_of_the_invoices_is_found() {
    check(CASES);
}
