//! Prepaid credits: each is a small ledger that sums, and they burn in one named order.
//!
//! Owns: what can be granted, what is left of a credit, which burn first, on which lines, what an
//! invoice leaves to pay, what lapses and rolls over, what is topped up.
//! Does not own: what is charged and taken off (`subscriptions`, `rating`, `terms`), tax
//! (`invoicing`), accounts (`ledger`).
//! Facts: CreditGranted, CreditAdjusted, CreditLapsed, InvoiceIssued, CreditNoteIssued → CreditGranted,
//! CreditAdjusted, CreditLapsed, CreditRanLow
//! Invariants: the entries of a credit sum to what is left, which is never below zero; no line and
//! no payment goes below zero; credits and lines in any order burn alike.
//! Dates: a credit burns on invoices of the days after `granted_on`, up to and with `until`: an
//! invoice of a day knows what was before it.

mod burn;
mod grant;
mod history;
mod lapse;

pub use burn::{pay, take_off};
pub use grant::{
    AdjustCredit, Command, GrantCredit, GrantRollover, Rejection, adjust, adjusted_by, grant,
};
pub use history::{Account, Credit, Entry, EntryKind};
pub use lapse::{lapse, ran_low, top_up};

use kernel::Overflow;
use kernel::calendar::DateOutOfRange;
use kernel::money::MoneyError;

/// Credits could not be worked out. Nothing is billed then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CreditError {
    /// An amount leaves its range, or is of another sort than its credit.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// A date leaves the calendar.
    #[error(transparent)]
    Date(#[from] DateOutOfRange),
    /// A name is too long.
    #[error(transparent)]
    Name(#[from] kernel::id::BadId),
}

impl From<Overflow> for CreditError {
    fn from(overflow: Overflow) -> Self {
        Self::Money(overflow.into())
    }
}
