//! Drafts: the invoices of accounts that look at them before they are issued. A draft is a bill day
//! that waits: what it comes to is planned anew whenever somebody asks, as of that day.

use facts::account::Review;
use facts::{
    AccountId, AccountRegistered, DraftHeld, Fact, InvoiceDrafted, InvoiceIssued, SellerPublished,
};
use invoicing::{Draft, DraftRejection, Drafts};
use jiff::Timestamp;
use jiff::civil::Date;
use store::{Store, Tx};

use super::plan::Shared;
use super::{cannot_bill, issue_today, issued_to, planned};
use crate::{EngineError, Result, contracts};

/// What a day on which an account is to be billed is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// To issue its invoice.
    Issue,
    /// To draft it; it is issued on this day.
    Draft(Date),
    /// Nothing: somebody looks at the draft.
    Held,
}

/// A draft that waits, and what it comes to now.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The draft.
    pub drafted: InvoiceDrafted,
    /// Why it is not issued by itself.
    pub held: Option<DraftHeld>,
    /// What the invoices would be, issued today; none: nothing is due any more.
    pub invoices: Vec<Draft>,
}

/// Whether the invoices of an account are looked at before they are issued.
pub(super) fn review_of(account: &AccountRegistered, seller: &SellerPublished) -> Option<Review> {
    account.review.or(seller.review).filter(|it| it.grace_days > 0)
}

/// What the day of an account is for.
pub(super) fn turn(
    tx: &mut dyn Tx,
    (account, seller): (&AccountRegistered, &SellerPublished),
    day: Date,
) -> Result<Turn> {
    let Some(review) = review_of(account, seller) else { return Ok(Turn::Issue) };
    let refuse = |no: &dyn ToString| cannot_bill(&account.account, day, no);
    let period = account.bill_cycle.period_of(day).map_err(|no| refuse(&no))?;
    let issue_on = invoicing::issue_day(review, period).map_err(|no| refuse(&no))?;
    if day < issue_on {
        return Ok(Turn::Draft(issue_on));
    }
    let is_held = drafts_of(tx, &account.account)?.hold().is_some();
    Ok(if is_held { Turn::Held } else { Turn::Issue })
}

fn drafts_of(tx: &mut dyn Tx, account: &AccountId) -> Result<Drafts> {
    let mut drafts = Drafts::default();
    for recorded in tx.facts_about("InvoiceDrafted", account.as_str())? {
        if let Fact::InvoiceDrafted(it) = recorded.fact {
            drafts.drafted.push(it);
        }
    }
    for recorded in tx.facts_about("DraftHeld", account.as_str())? {
        if let Fact::DraftHeld(it) = recorded.fact {
            drafts.held.push(it);
        }
    }
    if !drafts.drafted.is_empty() {
        drafts.last_issued_on = issued_to(tx, account)?.iter().map(|it| it.issued_on).max();
    }
    Ok(drafts)
}

/// The day on which the draft of an account is issued by itself; none: no draft waits.
pub(super) fn issue_day_of(tx: &mut dyn Tx, account: &AccountId) -> Result<Option<Date>> {
    Ok(drafts_of(tx, account)?.current().map(|it| it.issue_on))
}

/// Every draft that waits, by account, with what it comes to now. Reads only.
///
/// # Errors
/// [`EngineError::Refused`] when one could not be issued.
pub fn waiting(store: &mut dyn Store, now: Timestamp) -> Result<Vec<Waiting>> {
    let mut tx = store.read()?;
    let mut accounts: Vec<AccountId> = Vec::new();
    for recorded in tx.facts_of_kind("InvoiceDrafted")? {
        if let Fact::InvoiceDrafted(it) = recorded.fact {
            accounts.push(it.account);
        }
    }
    accounts.sort_unstable();
    accounts.dedup();
    let mut shared = Shared::load(tx.as_mut())?;
    let mut waiting = Vec::new();
    for account in accounts {
        let drafts = drafts_of(tx.as_mut(), &account)?;
        let Some(drafted) = drafts.current().cloned() else { continue };
        let today = contracts::account(tx.as_mut(), &account)?.zone.day_of(now);
        let invoices = planned(tx.as_mut(), &mut shared, &account, today)?;
        waiting.push(Waiting { drafted, held: drafts.hold().cloned(), invoices });
    }
    Ok(waiting)
}

/// Holds the draft of an account for review. The same again changes nothing.
///
/// # Errors
/// [`DraftRejection`]; nothing changes then.
pub fn hold(
    store: &mut dyn Store,
    account: &AccountId,
    reason: &str,
    now: Timestamp,
) -> Result<()> {
    let mut tx = store.begin()?;
    contracts::account(tx.as_mut(), account)?;
    let drafts = drafts_of(tx.as_mut(), account)?;
    if let Some(held) = drafts.held(account, reason).map_err(EngineError::refused)? {
        tx.record(&Fact::DraftHeld(held), now)?;
        tx.commit()?;
    }
    Ok(())
}

/// Issues the draft of an account today, whether it is held or not. None: nothing is due.
///
/// # Errors
/// [`DraftRejection::NoDraft`], or why it cannot be issued; nothing changes then.
pub fn issue_draft(
    store: &mut dyn Store,
    account: &AccountId,
    now: Timestamp,
) -> Result<Vec<InvoiceIssued>> {
    let mut tx = store.begin()?;
    let registered = contracts::account(tx.as_mut(), account)?;
    if drafts_of(tx.as_mut(), account)?.current().is_none() {
        let account = account.clone();
        return Err(EngineError::refused(DraftRejection::NoDraft { account }));
    }
    let invoices = issue_today(tx.as_mut(), &registered, now)?;
    tx.commit()?;
    Ok(invoices)
}
