//! Facts of accounts that others pay for, and of invoices that do not wait for the bill day: shapes
//! that came after version 1, and are left out where they are not used.

use ::facts::account::Review;
use ::facts::credit::Prepaid;
use ::facts::invoice::InvoiceLine;
use ::facts::{AccountRegistered, Fact, InvoiceIssued, SellerPublished};

use super::bill::{euros, invoice};
use super::terms::{accounts, seller, text};
use crate::conformance::read;

/// A fact of each kind.
#[must_use]
pub fn paid_facts() -> Vec<Fact> {
    let [account, _] = accounts();
    let paid = AccountRegistered {
        account: read("ACC-2"),
        paid_by: Some(read("ACC-1")),
        threshold: Some(euros(100_000)),
        ..account
    };
    let seller = SellerPublished { review: Some(Review { grace_days: 3 }), ..seller() };
    let whose = || Some(read("ACC-2"));
    let lines = invoice().lines.into_iter().take(2);
    let lines = lines.map(|line| InvoiceLine { account: whose(), ..line }).collect();
    let name = text("Prepaid", "Prépayé");
    let prepaid = Prepaid { credit: read("CRD-1"), name, amount: euros(100), account: whose() };
    let invoice = InvoiceIssued {
        number: read("INV-2026-000003"),
        lines,
        prepaid: vec![prepaid],
        paid_for: vec![paid.clone()],
        threshold: Some(euros(100_000)),
        ..invoice()
    };
    vec![
        Fact::SellerPublished(seller),
        Fact::AccountRegistered(paid),
        Fact::InvoiceIssued(Box::new(invoice)),
    ]
}
