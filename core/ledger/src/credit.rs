//! What was paid before is owed in services until it burns: a customer's advance, without tax, for
//! which goods and at which rate nobody knows yet (a voucher for several purposes, directive
//! 2006/112/EC articles 30a and 30b; `docs/adr/0017-credits.md`).

use facts::credit::{CreditAdjusted, CreditAmount, CreditGranted, CreditKind, CreditLapsed};
use facts::posting::{Book, EntryPosted};
use facts::{AccountRegistered, DocumentId, EntryId};
use jiff::civil::Date;
use kernel::Money;

use crate::chart::Purpose;
use crate::post::{PostError, balanced, debit};

/// The entries of a paid credit when it is granted: the customer owes it, and has it.
///
/// # Errors
/// [`PostError`].
pub fn post_grant(
    it: &CreditGranted,
    account: &AccountRegistered,
) -> Result<Vec<EntryPosted>, PostError> {
    let source = format!("credit/{}", it.credit);
    let of = (&it.kind, it.amount, it.granted_on);
    post(of, source, account, (Purpose::Receivable, Purpose::CustomerAdvance))
}

/// The entries of an adjustment of a paid credit, as of a grant.
///
/// # Errors
/// [`PostError`].
pub fn post_adjustment(
    it: &CreditAdjusted,
    kind: &CreditKind,
    account: &AccountRegistered,
) -> Result<Vec<EntryPosted>, PostError> {
    let source = format!("credit/{}/{}", it.credit, it.adjustment);
    let of = (kind, it.amount, it.adjusted_on);
    post(of, source, account, (Purpose::Receivable, Purpose::CustomerAdvance))
}

/// The entries of what expires of a paid credit: it is earned, and no supply was made for it.
///
/// # Errors
/// [`PostError`].
pub fn post_lapse(
    it: &CreditLapsed,
    kind: &CreditKind,
    account: &AccountRegistered,
) -> Result<Vec<EntryPosted>, PostError> {
    let source = format!("credit/{}/{}", it.credit, it.lapsed_on);
    let of = (kind, it.expired, it.lapsed_on);
    post(of, source, account, (Purpose::CustomerAdvance, Purpose::Breakage))
}

/// Only what was paid is booked; a gift is booked where it is taken off a line.
fn post(
    (kind, amount, posted_on): (&CreditKind, CreditAmount, Date),
    source: String,
    account: &AccountRegistered,
    (to, from): (Purpose, Purpose),
) -> Result<Vec<EntryPosted>, PostError> {
    let (CreditKind::Paid, CreditAmount::Money(amount)) = (kind, amount) else {
        return Ok(Vec::new());
    };
    if amount.minor == 0 {
        return Ok(Vec::new());
    }
    let entry = |book| entry(book, amount, (&source, posted_on), account, (to, from));
    Book::ALL.into_iter().map(entry).collect()
}

fn entry(
    book: Book,
    amount: Money,
    (source, posted_on): (&str, Date),
    account: &AccountRegistered,
    (to, from): (Purpose, Purpose),
) -> Result<EntryPosted, PostError> {
    let mut lines = Vec::new();
    for (purpose, amount) in [(to, amount), (from, amount.negated()?)] {
        if let Some(mut line) = debit(book, purpose, amount)? {
            let is_earned = purpose == Purpose::Breakage;
            line.party = (!is_earned).then(|| account.account.clone());
            lines.push(line);
        }
    }
    balanced(EntryPosted {
        entry: EntryId::new(format!("{source}/{}", book.key()))?,
        book,
        seller: account.seller.clone(),
        posted_on,
        currency: amount.currency,
        source: DocumentId::new(source)?,
        lines,
    })
}
