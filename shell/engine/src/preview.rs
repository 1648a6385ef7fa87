//! What orders and amendments would do to the next invoices. They are accepted in a unit of work
//! that is dropped, by the code that accepts them for real, and the next invoice of each account is
//! planned with them and without them. Nothing is kept.

use std::collections::{BTreeMap, BTreeSet};

use ::fulfilment::ChangeUnit;
use ::holds::Command;
use ::orders::PlaceOrder;
use facts::charge::{Charge, ChargeKind};
use facts::invoice::InvoiceLine;
use facts::{AccountId, ComponentCode, InvoiceGroup, OfferRef, RowCode};
pub use invoicing::{Draft, Totals};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::money::MoneyError;
use kernel::{Money, Period};
use store::{Store, Tx};

use crate::billing::{self, Shared, cannot_bill};
use crate::contracts;
use crate::{Result, changes, holds, orders};

/// The next invoices of an account, with and without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The account.
    pub account: AccountId,
    /// Its next bill day.
    pub issued_on: Date,
    /// The invoices as they would be without; none: nothing to bill.
    pub before: Vec<Draft>,
    /// The invoices as they would be with.
    pub after: Vec<Draft>,
    /// What differs, in the order of the document.
    pub differences: Vec<Difference>,
}

/// Lines of one kind that come to something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// One of the lines.
    pub charge: Charge,
    /// What they come to without.
    pub before: Money,
    /// What they come to with.
    pub after: Money,
}

impl Difference {
    /// What is more with; less, when negative.
    ///
    /// # Errors
    /// [`MoneyError`].
    pub fn amount(&self) -> std::result::Result<Money, MoneyError> {
        self.after.minus(self.before)
    }
}

/// What orders would do to the next invoices of the accounts that they are about.
///
/// # Errors
/// [`crate::EngineError::Refused`] with every reason why they would not be accepted, or could not
/// be billed.
pub fn of_orders(
    store: &mut dyn Store,
    commands: &[PlaceOrder],
    now: Timestamp,
) -> Result<Vec<Preview>> {
    preview(store, now, &|tx| {
        orders::accept_all(tx, commands, now)?;
        let mut accounts = BTreeSet::new();
        for place in commands {
            accounts.extend(contracts::order(tx, &place.order)?.map(|it| it.account));
            for taken in place.lines.iter().filter_map(|line| line.takes_over.as_ref()) {
                let units = tx.units_of_line(&taken.line)?;
                accounts.extend(units.into_iter().next().map(|it| it.account));
            }
        }
        Ok(accounts)
    })
}

/// What amendments would do to the next invoices of the accounts of their units.
///
/// # Errors
/// As [`of_orders`].
pub fn of_changes(
    store: &mut dyn Store,
    commands: &[ChangeUnit],
    now: Timestamp,
) -> Result<Vec<Preview>> {
    preview(store, now, &|tx| {
        changes::record_all(tx, commands, now)?;
        let mut accounts = BTreeSet::new();
        for change in commands {
            accounts.insert(contracts::unit(tx, &change.unit)?.account);
        }
        Ok(accounts)
    })
}

/// What placing and releasing holds would do to the next invoices of the accounts.
///
/// # Errors
/// As [`of_orders`].
pub fn of_holds(
    store: &mut dyn Store,
    commands: &[Command],
    now: Timestamp,
) -> Result<Vec<Preview>> {
    preview(store, now, &|tx| {
        let (_, accounts) = holds::record_all(tx, commands, now)?;
        Ok(accounts.into_iter().collect())
    })
}

/// The next invoice of an account; none where somebody holds the account for billing.
fn planned(
    tx: &mut dyn Tx,
    shared: &mut Shared,
    (account, issued_on): (&AccountId, Date),
) -> Result<Vec<Draft>> {
    match billing::held(tx, account, issued_on)? {
        Some(_) => Ok(Vec::new()),
        None => billing::planned(tx, shared, account, issued_on),
    }
}

/// Carries something out that tells which accounts it is about, and forgets it.
fn preview(
    store: &mut dyn Store,
    now: Timestamp,
    carry_out: &dyn Fn(&mut dyn Tx) -> Result<BTreeSet<AccountId>>,
) -> Result<Vec<Preview>> {
    let mut tx = store.begin()?;
    let mut accounts = carry_out(tx.as_mut())?;
    for account in accounts.clone() {
        accounts.extend(billing::payers_of(tx.as_mut(), &account)?);
    }
    let mut shared = Shared::load(tx.as_mut())?;
    let mut after = BTreeMap::new();
    for account in accounts {
        let registered = contracts::account(tx.as_mut(), &account)?;
        let today = registered.zone.day_of(now);
        let issued_on = registered.bill_cycle.next_after(today);
        let issued_on = issued_on.map_err(|no| cannot_bill(&account, today, &no))?;
        let draft = planned(tx.as_mut(), &mut shared, (&account, issued_on))?;
        after.insert(account, (issued_on, draft));
    }
    drop(tx);
    let mut tx = store.read()?;
    let mut previews = Vec::new();
    for (account, (issued_on, after)) in after {
        let before = planned(tx.as_mut(), &mut shared, (&account, issued_on))?;
        let differences = differences(&before, &after);
        let differences = differences.map_err(|no| cannot_bill(&account, issued_on, &no))?;
        previews.push(Preview { account, issued_on, before, after, differences });
    }
    Ok(previews)
}

/// What lines must have in common to be compared, in the order of the document.
type Key<'a> = (
    (Option<&'a InvoiceGroup>, Option<&'a AccountId>, facts::invoice::Section),
    &'a ComponentCode,
    ChargeKind,
    Option<Period>,
    &'a OfferRef,
    Option<&'a RowCode>,
);

fn key(line: &InvoiceLine) -> Key<'_> {
    let charge = &line.charge;
    let of_usage = charge.rated.as_ref().and_then(|it| it.row.as_ref());
    let row = of_usage.or_else(|| charge.ordered.as_ref().and_then(|it| it.row.as_ref()));
    let place = (charge.group.as_ref(), line.account.as_ref(), line.section);
    (place, &charge.component, charge.kind, charge.period, &charge.offer, row)
}

fn differences(
    before: &[Draft],
    after: &[Draft],
) -> std::result::Result<Vec<Difference>, MoneyError> {
    let mut sums: BTreeMap<Key<'_>, Difference> = BTreeMap::new();
    for (drafts, is_after) in [(before, false), (after, true)] {
        for line in drafts.iter().flat_map(|draft| &draft.lines) {
            let net = line.net()?;
            let zero = Money::zero(net.currency);
            let sum = sums.entry(key(line)).or_insert_with(|| Difference {
                charge: line.charge.clone(),
                before: zero,
                after: zero,
            });
            let side = if is_after { &mut sum.after } else { &mut sum.before };
            *side = side.plus(net)?;
        }
    }
    Ok(sums.into_values().filter(|it| it.before != it.after).collect())
}
