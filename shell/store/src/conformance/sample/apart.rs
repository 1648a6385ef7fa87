//! Facts of order lines that asked for an invoice of their own: shapes that came after version 1,
//! and are left out where they are not used.

use ::facts::invoice::InvoiceLine;
use ::facts::{Charge, Fact, InvoiceIssued};

use super::bill::invoice;
use super::life::amendment;
use crate::conformance::read;

/// A fact of each kind.
#[must_use]
pub fn apart_facts() -> Vec<Fact> {
    let mut order = amendment();
    order.order = read("O-3");
    for line in &mut order.lines {
        line.line = read("O-3/1");
        line.invoice = Some(read("site-1"));
        line.takes_over = None;
        line.term = None;
        for unit in &mut line.units {
            unit.unit = read("U-3");
            unit.after = None;
        }
    }
    let of_group = |line: InvoiceLine| {
        let charge = Charge { group: Some(read("site-1")), ..line.charge };
        InvoiceLine { charge, ..line }
    };
    let lines = invoice().lines.into_iter().take(1).map(of_group).collect();
    let invoice = InvoiceIssued {
        number: read("INV-2026-000004"),
        lines,
        group: Some(read("site-1")),
        ..invoice()
    };
    vec![Fact::OrderAccepted(order), Fact::InvoiceIssued(Box::new(invoice))]
}
