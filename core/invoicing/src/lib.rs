//! Charges become one consolidated invoice, and one for each group of order lines that asked for
//! their own: plan → check → issue.
//!
//! Owns: the lines and their order, sections, tax, totals, the number, what earlier invoices
//! billed, and the check that a plan breaks no promise.
//! Does not own: which charges are due (`subscriptions`, `rating`), how they are booked
//! (`ledger`).
//! Facts: SellerPublished, AccountRegistered, PayerNamed, CreditGranted, InvoiceIssued,
//! CreditNoteIssued, AccountParked, AccountReleased, InvoiceDrafted, DraftHeld →
//! InvoiceDrafted, DraftHeld, InvoiceIssued, CreditNoteIssued, AccountParked, AccountReleased
//! Invariants: one document per account, bill day and group; net = Σ lines, tax once per rate on
//! the whole base, total = net + tax; numbers have no gap per seller and year; an issued invoice
//! never changes.
//! Dates: `issued_on` is a civil day of the account's zone; what happened strictly before its
//! 00:00 is known to the invoice.

mod billed;
mod carried;
mod check;
mod credit_note;
mod draft;
mod parking;
mod payers;
mod plan;

pub use billed::{add_draft, billed, settle};
pub use carried::{carry, unpacked};
pub use check::{Evidence, Objection, check, check_part, check_totals};
pub use credit_note::{
    AskedPart, CreditInvoice, CreditNoteDraft, CreditNoteRejection, Credited, credit,
    credit_note_number, is_same_request, standing,
};
pub use draft::{DraftRejection, Drafts, issue_day};
pub use parking::{ParkingRejection, Parkings};
pub use payers::{Billed, Payers};
pub use plan::{Draft, Part, PlanError, Totals, consolidate, number, plan};
