//! An issued invoice becomes balanced entries, book by book.
//!
//! Owns: which accounts an invoice line goes to in each book, and that debits equal credits.
//! Does not own: what is invoiced (`invoicing`), when deferred revenue is released.
//! Facts: InvoiceIssued → EntryPosted
//! Invariants: debits equal credits in every entry; one entry per invoice and book; goods and
//! services, and their VAT, are kept apart; nothing is ever changed.
//! Dates: an entry is posted on the day of its invoice.

mod chart;
mod post;

pub use chart::{Purpose, account};
pub use post::{PostError, post};
