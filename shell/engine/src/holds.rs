//! Holds: who stops what. They are facts of the account, and looked up when something depends on
//! them; what is held is worked out by `holds`.

use std::collections::BTreeMap;
use std::sync::Arc;

use ::holds::{
    Command, Holds, Place, PlaceHold, Rejection, ReleaseHold, Standing, merged, refuse_change,
};
use facts::hold::{Blocked, HeldDays, HoldTarget};
use facts::{AccountId, Fact, HoldPlaced, HoldReleased, OrderLineId, Recorded, UnitId};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::Zone;
use store::{Store, Tx, UnitState};

use crate::contracts::{self, Contracts};
use crate::lives::Records;
use crate::{EngineError, Imported, Refusal, Result};

/// A hold and when it was released, as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// As it was placed.
    pub placed: HoldPlaced,
    /// As it was released; none: it lasts.
    pub released: Option<HoldReleased>,
}

/// Places and releases holds: all of them, or none. What is known to the letter changes nothing.
///
/// # Errors
/// [`EngineError::Refused`] with every reason.
pub fn record(store: &mut dyn Store, commands: &[Command], now: Timestamp) -> Result<Imported> {
    let mut tx = store.begin()?;
    let (imported, _) = record_all(tx.as_mut(), commands, now)?;
    tx.commit()?;
    Ok(imported)
}

/// Every hold, by account and name.
///
/// # Errors
/// [`EngineError::Store`].
pub fn all(store: &mut dyn Store) -> Result<Vec<Known>> {
    let mut tx = store.read()?;
    let mut released = BTreeMap::new();
    for it in tx.facts_of_kind("HoldReleased")?.into_iter().filter_map(released_of) {
        released.insert(it.hold.clone(), it);
    }
    let placed = tx.facts_of_kind("HoldPlaced")?.into_iter().filter_map(placed_of);
    let known = |placed: HoldPlaced| Known { released: released.remove(&placed.hold), placed };
    let mut all: Vec<Known> = placed.map(known).collect();
    all.sort_by(|a, b| {
        (&a.placed.account, &a.placed.hold).cmp(&(&b.placed.account, &b.placed.hold))
    });
    Ok(all)
}

/// As [`record`], in a unit of work that the caller commits or drops; tells the accounts too.
pub(crate) fn record_all(
    tx: &mut dyn Tx,
    commands: &[Command],
    now: Timestamp,
) -> Result<(Imported, Vec<AccountId>)> {
    let (mut imported, mut refusals, mut accounts) = (Imported::default(), Vec::new(), Vec::new());
    for (command, it) in commands.iter().enumerate() {
        let decided = match it {
            Command::Place(it) => place(tx, it, now)?,
            Command::Release(it) => release(tx, it, now)?,
        };
        match decided {
            Ok((account, Some(fact))) => {
                tx.record(&fact, now)?;
                imported.new += 1;
                accounts.push(account);
            }
            Ok((account, None)) => {
                imported.unchanged += 1;
                accounts.push(account);
            }
            Err(no) => refusals.push(Refusal::of(command, no)),
        }
    }
    if refusals.is_empty() { Ok((imported, accounts)) } else { Err(EngineError::Refused(refusals)) }
}

/// Whose it is and what is to be recorded, or why not.
type Decided = std::result::Result<(AccountId, Option<Fact>), Rejection>;

fn place(tx: &mut dyn Tx, it: &PlaceHold, now: Timestamp) -> Result<Decided> {
    let Some(standing) = standing(tx, it)? else {
        let target = match (&it.target, &it.account) {
            (HoldTarget::Unit(unit), _) => format!("unit `{unit}`"),
            (HoldTarget::Line(line), _) => format!("order line `{line}`"),
            (HoldTarget::Account, Some(account)) => format!("account `{account}`"),
            (HoldTarget::Account, None) => "no account".to_owned(),
        };
        return Ok(Err(Rejection::UnknownTarget { hold: it.hold.clone(), target }));
    };
    let before = tx.fact("HoldPlaced", it.hold.as_str())?.and_then(placed_of);
    let placed = ::holds::place(it, &standing, before.as_ref(), now);
    Ok(placed.map(|placed| (standing.account, placed.map(Fact::HoldPlaced))))
}

fn release(tx: &mut dyn Tx, it: &ReleaseHold, now: Timestamp) -> Result<Decided> {
    let placed = tx.fact("HoldPlaced", it.hold.as_str())?.and_then(placed_of);
    let before = tx.fact("HoldReleased", it.hold.as_str())?.and_then(released_of);
    let released = ::holds::release(it, placed.as_ref(), before.as_ref(), now);
    let account = placed.map(|it| it.account);
    Ok(released.and_then(|released| match account {
        Some(account) => Ok((account, released.map(Fact::HoldReleased))),
        None => Err(Rejection::Unknown { hold: it.hold.clone() }),
    }))
}

/// What is to be held; none: there is nothing of that name.
fn standing(tx: &mut dyn Tx, it: &PlaceHold) -> Result<Option<Standing>> {
    let unit = match &it.target {
        HoldTarget::Account => {
            let Some(account) = &it.account else { return Ok(None) };
            let first = contracts::account_versions(tx, account)?.into_iter().next();
            return Ok(first.map(|(from, _)| Standing {
                account: account.clone(),
                from,
                ended_on: None,
                goes_on_as: None,
            }));
        }
        HoldTarget::Line(line) => tx.units_of_line(line)?.into_iter().next(),
        HoldTarget::Unit(unit) => tx.unit(unit)?,
    };
    let Some(unit) = unit else { return Ok(None) };
    let mut contracts = Contracts::default();
    contracts.load(tx, [&unit])?;
    let from = contracts.of(&unit)?.first_day();
    let account = unit.account.clone();
    if matches!(it.target, HoldTarget::Line(_)) {
        return Ok(Some(Standing { account, from, ended_on: None, goes_on_as: None }));
    }
    let zone = contracts::account(tx, &account)?.zone;
    let records = Records::load(tx, &mut contracts, &unit)?;
    let ended_at = records.timeline(&contracts, &unit, &zone, None)?.ended_at;
    let goes_on_as = records.next(&unit.unit).map(|next| (next.by.clone(), next.on));
    let ended_on = ended_at.map(|at| zone.day_of(at));
    Ok(Some(Standing { account, from, ended_on, goes_on_as }))
}

fn placed_of(recorded: Recorded) -> Option<HoldPlaced> {
    if let Fact::HoldPlaced(it) = recorded.fact { Some(it) } else { None }
}

fn released_of(recorded: Recorded) -> Option<HoldReleased> {
    if let Fact::HoldReleased(it) = recorded.fact { Some(it) } else { None }
}

/// The holds of an account that stand in the log of facts before a position.
pub(crate) fn of_account(tx: &mut dyn Tx, account: &AccountId, before: i64) -> Result<Holds> {
    let placed = tx.facts_about("HoldPlaced", account.as_str())?;
    if placed.is_empty() {
        return Ok(Holds::default());
    }
    let released = tx.facts_about("HoldReleased", account.as_str())?;
    let known = |facts: Vec<Recorded>| facts.into_iter().filter(move |it| it.sequence < before);
    let placed = known(placed).filter_map(placed_of);
    Ok(Holds::of(placed, known(released).filter_map(released_of)))
}

/// Refuses a change of a unit that somebody holds.
pub(crate) fn may_change(
    holds: &Holds,
    (unit, place): (&UnitId, Place<'_>),
    days: [Date; 2],
) -> std::result::Result<(), Rejection> {
    refuse_change(holds, (&format!("unit `{unit}`"), place), days)
}

/// Refuses an order of an account that somebody holds.
pub(crate) fn may_order(
    tx: &mut dyn Tx,
    account: &AccountId,
    day: Date,
) -> Result<std::result::Result<(), Rejection>> {
    let holds = of_account(tx, account, i64::MAX)?;
    let what = format!("account `{account}`");
    Ok(refuse_change(&holds, (&what, Place::ACCOUNT), [day, day]))
}

/// When the service of units is held, as instants; units that nobody holds are not there.
pub(crate) type FreeTimes = BTreeMap<UnitId, Arc<[(Timestamp, Timestamp)]>>;

/// Days as instants, in the zone of the account.
pub(crate) fn instants(days: &[HeldDays], zone: &Zone) -> Arc<[(Timestamp, Timestamp)]> {
    let start = |day: Date| zone.start_of(day).unwrap_or(Timestamp::MAX);
    let until = |it: &HeldDays| it.until.map_or(Timestamp::MAX, start);
    days.iter().map(|it| (start(it.from), until(it))).collect()
}

/// The units of the tenant, or of an account, whose service is held at any time.
pub(crate) fn free_times(tx: &mut dyn Tx, of: Option<&AccountId>) -> Result<FreeTimes> {
    let placed = match of {
        Some(account) => tx.facts_about("HoldPlaced", account.as_str())?,
        None => tx.facts_of_kind("HoldPlaced")?,
    };
    let blocks = |it: &HoldPlaced| it.blocks.contains(&Blocked::Service);
    let mut days: BTreeMap<UnitId, (AccountId, Vec<HeldDays>)> = BTreeMap::new();
    for placed in placed.into_iter().filter_map(placed_of).filter(blocks) {
        let released = tx.fact("HoldReleased", placed.hold.as_str())?.and_then(released_of);
        let held = HeldDays { from: placed.from, until: released.map(|it| it.until) };
        for unit in units_of(tx, &placed)? {
            let of_unit = days.entry(unit.unit).or_insert_with(|| (unit.account, Vec::new()));
            of_unit.1.push(held);
        }
    }
    let mut zones: BTreeMap<AccountId, Zone> = BTreeMap::new();
    let mut free = FreeTimes::new();
    for (unit, (account, days)) in days {
        let zone = match zones.get(&account) {
            Some(zone) => zone.clone(),
            None => contracts::account(tx, &account)?.zone,
        };
        free.insert(unit, instants(&merged(days), &zone));
        zones.insert(account, zone);
    }
    Ok(free)
}

/// The units that a hold is on, with those that go on for them.
fn units_of(tx: &mut dyn Tx, placed: &HoldPlaced) -> Result<Vec<UnitState>> {
    let unit = match &placed.target {
        HoldTarget::Account => return Ok(tx.units_of_account(&placed.account)?),
        HoldTarget::Line(line) => return Ok(tx.units_of_line(line)?),
        HoldTarget::Unit(unit) => unit,
    };
    let mut units = Vec::new();
    let mut next = Some(unit.clone());
    while let Some(unit) = next {
        next = tx.fact("UnitTakenOver", unit.as_str())?.and_then(|it| match it.fact {
            Fact::UnitTakenOver(it) => Some(it.by),
            _ => None,
        });
        units.extend(tx.unit(&unit)?);
    }
    Ok(units)
}

/// A unit as holds can lie on it.
pub(crate) const fn place_of<'a>(line: &'a OrderLineId, units: &'a [UnitId]) -> Place<'a> {
    Place { line: Some(line), units }
}
