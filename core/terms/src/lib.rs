//! What the terms of offers and accounts do to charges: escalations put something on a line,
//! discounts and maxima take something off, minima add a line of their own.
//!
//! Owns: which terms count for which part of a line, in which order, and their amounts.
//! Does not own: what is charged (`subscriptions`, `rating`), how a line is printed, taxed and
//! numbered (`invoicing`).
//! Facts: SellerPublished, OfferPublished, AccountRegistered, InvoiceIssued → -
//! Invariants: the effects of one pot, on all invoices, sum to one amount that was rounded once;
//! a discount never takes a line below zero; what a minimum added, on all invoices, is what it
//! lacks; charges in any order give the same effects; terms
//! never reach back to lines that are invoiced, nor an amendment to a period that is closed.
//! Dates: a unit's contract begins on the day of its service start, and its months and years are
//! counted from there; service is judged day by day, usage by the last day of its bill period,
//! a device by its delivery, an instalment by the day it is due, a fee by the day of its order.

mod agreement;
mod apply;
mod commitment;
mod growth;
pub mod share;
mod window;

pub use agreement::{Agreement, UnitDates, Uplift};
pub use apply::apply;
pub use growth::at_renewals;

use facts::{IndexCode, TermCode};
use jiff::civil::Date;
use kernel::Overflow;
use kernel::calendar::DateOutOfRange;
use kernel::money::MoneyError;

/// Terms could not be worked out. Nothing is billed then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    /// A date leaves the calendar.
    #[error(transparent)]
    Date(#[from] DateOutOfRange),
    /// An amount leaves its range.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// An index has no value for a day on which a price follows it.
    #[error(
        "escalation `{term}` follows index `{index}`, which has no value on {day} or before; \
         publish it under `sellers[…].indexes.{index}`"
    )]
    NoIndexValue {
        /// The escalation.
        term: TermCode,
        /// The index.
        index: IndexCode,
        /// The day.
        day: Date,
    },
}

impl From<Overflow> for TermsError {
    fn from(overflow: Overflow) -> Self {
        Self::Money(overflow.into())
    }
}
