//! Prepaid credits of each kind, and what became of them.

use ::facts::credit::{CreditAmount, CreditKind, Rollover, TopUp};
use ::facts::credit_note::{
    CreditGivenBack, CreditNoteIssued, CreditNoteLine, CreditReason, CreditedPart,
};
use ::facts::invoice::TaxTotal;
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
    vec![
        Fact::CreditNoteIssued(Box::new(whole_note())),
        Fact::CreditNoteIssued(Box::new(part_note())),
        Fact::CreditRanLow(low),
        Fact::CreditLapsed(lapsed),
    ]
}

/// A credit note of lines that become due again, and what credits get back.
fn whole_note() -> CreditNoteIssued {
    let back = |credit: &str, is_payment, amount| CreditGivenBack {
        credit: read(credit),
        name: text("Prepaid", "Prépayé"),
        is_payment,
        amount,
    };
    let line = |invoice_line, part, minor| CreditNoteLine { invoice_line, part, net: euros(minor) };
    CreditNoteIssued {
        number: read("CN-INV-2026-000001"),
        request: read("REQ-1"),
        invoice: read("INV-2026-000001"),
        account: read("ACC-1"),
        seller: read("seller-1"),
        issued_on: read("2026-02-10"),
        reason: CreditReason::Error,
        note: Some("The wrong plan".to_owned()),
        rebill: true,
        lines: vec![line(1, CreditedPart::Whole, 1_000), line(2, CreditedPart::Whole, -200)],
        net: euros(800),
        taxes: vec![TaxTotal { rate: read("20"), base: euros(800), amount: euros(160) }],
        total: euros(960),
        given_back: vec![
            back("CRD-3", false, CreditAmount::Units(read("12.5"))),
            back("CRD-1", true, CreditAmount::Money(euros(360))),
        ],
    }
}

/// A credit note of parts.
fn part_note() -> CreditNoteIssued {
    let line = |invoice_line, part, minor| CreditNoteLine { invoice_line, part, net: euros(minor) };
    CreditNoteIssued {
        number: read("CN-INV-2026-000002"),
        request: read("REQ-2"),
        reason: CreditReason::Goodwill,
        note: None,
        rebill: false,
        lines: vec![
            line(3, CreditedPart::Amount, 500),
            line(4, CreditedPart::Quantity(read("3")), 300),
            line(5, CreditedPart::Rest, 0),
        ],
        given_back: Vec::new(),
        ..whole_note()
    }
}
