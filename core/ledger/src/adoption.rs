//! Balances that come from another system.

use facts::posting::{Book, EntryPosted};
use facts::{BalanceAdopted, DocumentId, EntryId};

use crate::chart::Purpose;
use crate::post::{PostError, balanced, debit};

/// The entries of an opening balance: owed by the customer, against the account of openings. Its
/// revenue and tax were booked elsewhere.
///
/// # Errors
/// [`PostError`].
pub fn post_balance(it: &BalanceAdopted) -> Result<Vec<EntryPosted>, PostError> {
    Book::ALL.into_iter().map(|book| post_in(book, it)).collect()
}

fn post_in(book: Book, it: &BalanceAdopted) -> Result<EntryPosted, PostError> {
    let source = format!("opening/{}", it.balance);
    let mut lines = Vec::new();
    if let Some(mut line) = debit(book, Purpose::Receivable, it.amount)? {
        line.party = Some(it.account.clone());
        lines.push(line);
    }
    lines.extend(debit(book, Purpose::OpeningBalance, it.amount.negated()?)?);
    balanced(EntryPosted {
        entry: EntryId::new(format!("{source}/{}", book.key()))?,
        book,
        seller: it.seller.clone(),
        posted_on: it.adopted_on,
        currency: it.amount.currency,
        source: DocumentId::new(source)?,
        lines,
    })
}
