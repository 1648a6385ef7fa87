//! An issued invoice becomes balanced entries, book by book.
//!
//! Owns: which accounts an invoice line goes to in each book, and that debits equal credits.
//! Does not own: what is invoiced (`invoicing`), when deferred revenue is released.
//! Facts: InvoiceIssued, CreditGranted, CreditAdjusted, CreditLapsed,
//! CreditNoteIssued → EntryPosted
//! Invariants: debits equal credits in every entry; one entry per invoice and book; a full credit
//! takes back what its invoice booked, account by account; goods and
//! services, and their VAT, are kept apart; nothing is ever changed.
//! Dates: an entry is posted on the day of its invoice.

mod chart;
mod credit;
mod credit_note;
mod post;

pub use chart::{Purpose, account};
pub use credit::{post_adjustment, post_grant, post_lapse};
pub use credit_note::post_credit_note;
pub use post::{PostError, post};
