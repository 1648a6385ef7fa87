//! What is carried forward of an account, and is not what its invoices billed.

use facts::carried::Carried;
use kernel::rejection::Rejection;
use store::Store;

use crate::world::{clean, day, read};

/// The account as if nothing had been billed of it but on a day.
fn nothing() -> Carried {
    Carried {
        issued_on: day("2026-03-01"),
        from: day("2026-02-01"),
        segment: 0,
        last_issued_on: Some(day("2026-03-01")),
        devices: Vec::new(),
        devices_credited: Vec::new(),
        instalments: Vec::new(),
        instalments_credited: Vec::new(),
        order_fees: Vec::new(),
        losses: Vec::new(),
        service: Vec::new(),
        usage: Vec::new(),
    }
}

#[test]
fn a_sum_that_is_not_that_of_the_invoices_is_found() {
    let mut store = clean().store();
    let mut tx = store.begin().unwrap();
    tx.save_carried(&[(read("A"), nothing())]).unwrap();
    tx.commit().unwrap();
    let report = auditor::audit(&mut store).unwrap();
    let found: Vec<&str> = report.findings().map(Rejection::code).collect();
    assert_eq!(found, ["carried-differs"]);
}
