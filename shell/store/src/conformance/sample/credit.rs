//! Prepaid credits of each kind, and what became of them.

use ::facts::credit::{CreditAmount, CreditKind, Rollover, TopUp};
use ::facts::{CreditAdjusted, CreditGranted, CreditLapsed, CreditRanLow, Fact};

use super::bill::euros;
use super::terms::text;
use crate::conformance::read;

/// What comes before invoices.
pub fn granted() -> Vec<Fact> {
    let paid = CreditGranted {
        credit: read("CRD-1"),
        account: read("ACC-1"),
        name: text("Prepaid", "Prépayé"),
        kind: CreditKind::Paid,
        amount: CreditAmount::Money(euros(10_000)),
        priority: 1,
        granted_on: read("2026-01-01"),
        until: None,
        rollover: None,
        alert_below: Some(CreditAmount::Money(euros(2_000))),
        top_up: Some(TopUp {
            below: CreditAmount::Money(euros(1_000)),
            amount: CreditAmount::Money(euros(5_000)),
        }),
        tops_up: None,
    };
    let gift = CreditGranted {
        credit: read("CRD-2"),
        kind: CreditKind::Promotional,
        alert_below: None,
        top_up: None,
        tops_up: Some(read("CRD-1")),
        ..paid.clone()
    };
    let units = CreditGranted {
        credit: read("CRD-3"),
        kind: CreditKind::Units { component: read("data"), rate: 2 },
        amount: CreditAmount::Units(read("500")),
        until: Some(read("2027-01-01")),
        rollover: Some(Rollover {
            limit: Some(CreditAmount::Units(read("60.5"))),
            months: 3,
            times: 1,
        }),
        tops_up: None,
        ..gift.clone()
    };
    let mut facts: Vec<Fact> =
        [paid, gift, units].map(|it| Fact::CreditGranted(Box::new(it))).into();
    facts.push(Fact::CreditAdjusted(CreditAdjusted {
        adjustment: read("ADJ-1"),
        credit: read("CRD-1"),
        account: read("ACC-1"),
        adjusted_on: read("2026-01-15"),
        amount: CreditAmount::Money(euros(-300)),
        reason: "counted twice".to_owned(),
    }));
    facts
}

/// What comes after them.
pub fn used() -> Vec<Fact> {
    let low = CreditRanLow {
        credit: read("CRD-1"),
        account: read("ACC-1"),
        invoice: read("INV-2026-000001"),
        left: CreditAmount::Money(euros(1_900)),
        below: CreditAmount::Money(euros(2_000)),
    };
    let lapsed = CreditLapsed {
        credit: read("CRD-3"),
        account: read("ACC-1"),
        lapsed_on: read("2027-01-01"),
        expired: CreditAmount::Units(read("39.5")),
        rolled: CreditAmount::Units(read("60.5")),
        until: Some(read("2027-04-01")),
    };
    vec![Fact::CreditRanLow(low), Fact::CreditLapsed(lapsed)]
}
