//! Prepaid credits: granted, put right, burnt by invoices, topped up, lapsed.

use ::credits::{Account, AdjustCredit, Command, Credit, GrantCredit, Rejection};
use facts::credit::CreditGranted;
use facts::{AccountId, AccountRegistered, CreditId, EntryPosted, Fact, InvoiceIssued};
use jiff::Timestamp;
use jiff::civil::Date;
use store::{Store, Timer, TimerKind, Tx};

use crate::billing::Bills;
use crate::{EngineError, Imported, Refusal, Result, catalog, contracts};

/// Grants credits and puts them right. What is known to the letter changes nothing.
///
/// # Errors
/// [`EngineError::Refused`] with every reason of every command; nothing is recorded then.
pub fn import(store: &mut dyn Store, commands: &[Command], now: Timestamp) -> Result<Imported> {
    let mut tx = store.begin()?;
    let accounts = catalog::load(tx.as_mut())?.accounts;
    let mut imported = Imported::default();
    let mut refusals = Vec::new();
    for (command, it) in commands.iter().enumerate() {
        let done = match it {
            Command::Grant(it) => grant(tx.as_mut(), it, &accounts, now)?,
            Command::Adjust(it) => adjust(tx.as_mut(), it, now)?,
        };
        match done {
            Ok(true) => imported.new += 1,
            Ok(false) => imported.unchanged += 1,
            Err(reasons) => {
                refusals.extend(reasons.into_iter().map(|no| Refusal::of(command, no)));
            }
        }
    }
    if !refusals.is_empty() {
        return Err(EngineError::Refused(refusals));
    }
    tx.commit()?;
    Ok(imported)
}

/// Whether something new was recorded, or the reasons against it.
type Done = std::result::Result<bool, Vec<Rejection>>;

fn grant(
    tx: &mut dyn Tx,
    it: &GrantCredit,
    accounts: &[AccountRegistered],
    now: Timestamp,
) -> Result<Done> {
    let mut named = accounts
        .iter()
        .filter(|of| of.account.as_str() == it.customer || of.customer == it.customer);
    let (Some(account), None) = (named.next(), named.next()) else {
        let customer = it.customer.clone();
        return Ok(Err(vec![Rejection::Customer { customer }]));
    };
    let before = granted(tx, &it.credit)?;
    let today = before.as_ref().map_or(account.zone.day_of(now), |it| it.granted_on);
    let granted = match ::credits::grant(it, account, today) {
        Ok(granted) => granted,
        Err(reasons) => return Ok(Err(reasons)),
    };
    match before {
        Some(before) if before == granted => Ok(Ok(false)),
        Some(_) => Ok(Err(vec![Rejection::Conflict { name: it.credit.to_string() }])),
        None => {
            save_grant(tx, granted, account, now)?;
            Ok(Ok(true))
        }
    }
}

fn save_grant(
    tx: &mut dyn Tx,
    granted: CreditGranted,
    account: &AccountRegistered,
    now: Timestamp,
) -> Result<()> {
    let entries = ledger::post_grant(&granted, account);
    wait_for_end(tx, &granted.credit, granted.until, account)?;
    tx.record(&Fact::CreditGranted(Box::new(granted)), now)?;
    book(tx, entries.map_err(|no| broken(&no))?, now)
}

fn adjust(tx: &mut dyn Tx, it: &AdjustCredit, now: Timestamp) -> Result<Done> {
    let Some(granted) = granted(tx, &it.credit)? else {
        let credit = it.credit.to_string();
        return Ok(Err(vec![Rejection::Unknown { credit }]));
    };
    let account = contracts::account(tx, &granted.account)?;
    let before = tx.fact("CreditAdjusted", it.adjustment.as_str())?;
    if let Some(Fact::CreditAdjusted(before)) = before.map(|it| it.fact) {
        let is_same = before.credit == it.credit
            && before.reason == it.reason
            && ::credits::adjusted_by(it, &granted) == Some(before.amount);
        let name = it.adjustment.to_string();
        return Ok(if is_same { Ok(false) } else { Err(vec![Rejection::Conflict { name }]) });
    }
    let known = known(tx, &granted.account, None)?;
    let Some(credit) = find(&known, &it.credit)? else {
        return Ok(Err(vec![Rejection::Unknown { credit: it.credit.to_string() }]));
    };
    let today = account.zone.day_of(now);
    let adjusted = match ::credits::adjust(it, &credit, today) {
        Ok(adjusted) => adjusted,
        Err(no) => return Ok(Err(vec![no])),
    };
    let entries = ledger::post_adjustment(&adjusted, &granted.kind, &account);
    tx.record(&Fact::CreditAdjusted(adjusted), now)?;
    book(tx, entries.map_err(|no| broken(&no))?, now)?;
    Ok(Ok(true))
}

fn broken(no: &dyn ToString) -> EngineError {
    contracts::missing(no.to_string())
}

fn book(tx: &mut dyn Tx, entries: Vec<EntryPosted>, now: Timestamp) -> Result<()> {
    for entry in entries {
        tx.save_entry(&entry)?;
        tx.record(&Fact::EntryPosted(entry), now)?;
    }
    Ok(())
}

/// A timer for the end of a credit; at that instant the invoice comes first.
fn wait_for_end(
    tx: &mut dyn Tx,
    credit: &CreditId,
    until: Option<Date>,
    account: &AccountRegistered,
) -> Result<()> {
    let Some(until) = until else { return Ok(()) };
    let due_at = account.zone.start_of(until).map_err(|no| broken(&no))?;
    let timer = Timer { due_at, kind: TimerKind::LapseCredit, subject: credit.to_string() };
    Ok(tx.set_timer(&timer)?)
}

fn granted(tx: &mut dyn Tx, credit: &CreditId) -> Result<Option<CreditGranted>> {
    let fact = tx.fact("CreditGranted", credit.as_str())?;
    Ok(fact.and_then(|it| match it.fact {
        Fact::CreditGranted(it) => Some(*it),
        _ => None,
    }))
}

/// What is known of the credits of an account; before a day, as its invoice knows it.
pub(crate) fn known(tx: &mut dyn Tx, account: &AccountId, before: Option<Date>) -> Result<Account> {
    let mut known = Account::default();
    let is_known = |day: Date| before.is_none_or(|before| day < before);
    for recorded in tx.facts_about("CreditGranted", account.as_str())? {
        if let Fact::CreditGranted(it) = recorded.fact {
            known.granted.push(*it);
        }
    }
    if known.granted.is_empty() {
        return Ok(known);
    }
    for recorded in tx.facts_about("CreditAdjusted", account.as_str())? {
        if let Fact::CreditAdjusted(it) = recorded.fact
            && is_known(it.adjusted_on)
        {
            known.adjusted.push(it);
        }
    }
    for recorded in tx.facts_about("CreditLapsed", account.as_str())? {
        if let Fact::CreditLapsed(it) = recorded.fact
            && is_known(it.lapsed_on)
        {
            known.lapsed.push(it);
        }
    }
    let bills = Bills::load(tx, account)?;
    known.notes.clone_from(&bills.notes);
    known.invoices = bills.issued();
    known.notes.retain(|note| is_known(note.issued_on));
    Ok(known)
}

fn find(known: &Account, credit: &CreditId) -> Result<Option<Credit>> {
    let credits = known.credits().map_err(|no| broken(&no))?;
    Ok(credits.into_iter().find(|it| it.granted.credit == *credit))
}

/// After an invoice that bills an account: who is told, and what is topped up. Gives the credits as
/// the invoice left them.
pub(crate) fn after_invoice(
    tx: &mut dyn Tx,
    invoice: &InvoiceIssued,
    (account, before): (&AccountRegistered, &[Credit]),
    now: Timestamp,
) -> Result<Vec<Credit>> {
    if before.is_empty() {
        return Ok(Vec::new());
    }
    let known = known(tx, &account.account, None)?;
    let after = known.credits().map_err(|no| broken(&no))?;
    for low in ::credits::ran_low(before, &after, invoice).map_err(|no| broken(&no))? {
        tx.record(&Fact::CreditRanLow(low), now)?;
    }
    for granted in ::credits::top_up(before, &after, invoice).map_err(|no| broken(&no))? {
        save_grant(tx, granted, account, now)?;
    }
    Ok(after)
}

/// The time of a credit is over.
pub(crate) fn lapse(
    tx: &mut dyn Tx,
    credit: &CreditId,
    due_at: Timestamp,
    now: Timestamp,
) -> Result<()> {
    let Some(granted) = granted(tx, credit)? else { return Ok(()) };
    let account = contracts::account(tx, &granted.account)?;
    let known = known(tx, &granted.account, None)?;
    let Some(credit) = find(&known, credit)? else { return Ok(()) };
    let lapsed =
        ::credits::lapse(&credit, account.zone.day_of(due_at)).map_err(|no| broken(&no))?;
    let Some(lapsed) = lapsed else { return Ok(()) };
    let entries = ledger::post_lapse(&lapsed, &granted.kind, &account);
    wait_for_end(tx, &lapsed.credit, lapsed.until, &account)?;
    tx.record(&Fact::CreditLapsed(lapsed), now)?;
    book(tx, entries.map_err(|no| broken(&no))?, now)
}

/// Every credit with its ledger, account by account, in the order in which they burn.
///
/// # Errors
/// [`EngineError::Store`].
pub fn credits(store: &mut dyn Store) -> Result<Vec<Credit>> {
    let mut tx = store.read()?;
    let mut accounts = Vec::new();
    for recorded in tx.facts_of_kind("CreditGranted")? {
        if let Fact::CreditGranted(it) = recorded.fact
            && !accounts.contains(&it.account)
        {
            accounts.push(it.account.clone());
        }
    }
    accounts.sort();
    let mut all = Vec::new();
    for account in accounts {
        let known = known(tx.as_mut(), &account, None)?;
        all.extend(known.credits().map_err(|no| broken(&no))?);
    }
    Ok(all)
}

/// One credit with its ledger.
///
/// # Errors
/// [`Rejection::Unknown`].
pub fn credit(store: &mut dyn Store, name: &str) -> Result<Credit> {
    let found = credits(store)?.into_iter().find(|it| it.granted.credit.as_str() == name);
    found.ok_or_else(|| EngineError::refused(Rejection::Unknown { credit: name.to_owned() }))
}
