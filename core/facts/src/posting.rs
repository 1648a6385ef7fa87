//! Where an invoice is booked. Books: `reference/accounting-and-einvoicing.md` §0.5.

use jiff::civil::Date;
use kernel::Currency;
use serde::{Deserialize, Serialize};

use crate::{AccountId, DocumentId, EntryId, LedgerAccount, SellerCode};

/// A balanced entry was posted. It never changes; a correction is another entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryPosted {
    /// The entry; made from its source and book, so that it can be posted only once.
    pub entry: EntryId,
    /// The book.
    pub book: Book,
    /// Whose books.
    pub seller: SellerCode,
    /// Civil day of the entry.
    pub posted_on: Date,
    /// Currency of every line.
    pub currency: Currency,
    /// What it books.
    pub source: DocumentId,
    /// At least two; debits equal credits.
    pub lines: Vec<EntryLine>,
}

/// A set of accounts over the same facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Book {
    /// Revenue under IFRS 15 / ASC 606.
    Ifrs,
    /// The legal ledger (French plan comptable général).
    Statutory,
}

impl Book {
    /// All books; every invoice is posted in each.
    pub const ALL: [Self; 2] = [Self::Ifrs, Self::Statutory];

    /// The stable key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Ifrs => "ifrs",
            Self::Statutory => "statutory",
        }
    }
}

/// A line of an entry: a debit or a credit, never both, never negative.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryLine {
    /// The account.
    pub account: LedgerAccount,
    /// Minor units to the debit.
    pub debit: i64,
    /// Minor units to the credit.
    pub credit: i64,
    /// Who owes it, on receivables; who paid it, on advances.
    pub party: Option<AccountId>,
    /// The invoice line it comes from, where it comes from one.
    pub invoice_line: Option<u32>,
}

/// The balance of one account: a row of the trial balance.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Balance {
    /// The book.
    pub book: Book,
    /// Whose books.
    pub seller: SellerCode,
    /// The currency.
    pub currency: String,
    /// The account.
    pub account: LedgerAccount,
    /// Sum of debits in minor units.
    pub debit: i64,
    /// Sum of credits in minor units.
    pub credit: i64,
}
