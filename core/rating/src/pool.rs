//! Pools: who shares which allowance, and what is left of it from period to period. What rolls
//! over is worked out of all the periods before each time, and stored nowhere: late usage changes
//! what was left, and the next invoice bills the differences.

use std::collections::{BTreeMap, BTreeSet};

use facts::billed::UsageKey;
use facts::offer::{ChargeRule, Component, OfferPublished};
use facts::pool::{Pool, PoolAttribute, PoolName, PoolScope, PoolShare, PoolUse};
use facts::price::UsagePrice;
use facts::{ComponentCode, InvoiceGroup, OfferCode, OfferRef, UnitId};
use kernel::{Money, Overflow, Period, Quantity, Tile};
use pricing::model::Rated;
use pricing::pool::{Balance, Member, Window};
use pricing::pool::{grant, rate, rollover, settles_at_end, share_amount, share_out};

use crate::group::Used;
use crate::{RatedUnit, RatingError, RatingInput};

/// One pool of an account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct PoolId {
    offer: OfferCode,
    /// The version of the offer, where each has pools of its own.
    version: Option<u32>,
    component: ComponentCode,
    name: PoolName,
    /// A pool of lines that are billed apart is theirs alone.
    group: Option<InvoiceGroup>,
}

impl PoolId {
    fn of(
        pool: &Pool,
        (offer, component): (OfferRef, &ComponentCode),
        (name, group): (PoolName, Option<InvoiceGroup>),
    ) -> Self {
        let version = (pool.scope == PoolScope::Charge).then_some(offer.version);
        Self { offer: offer.code, version, component: component.clone(), name, group }
    }
}

/// The units of a pool, and the settings that each was sold.
type Members<'a> = BTreeMap<&'a UnitId, (&'a RatedUnit<'a>, &'a Pool)>;

/// The periods of a pool that have usage, or had a line.
type Periods<'a> = BTreeMap<Period, Vec<&'a Used>>;

/// What a pool comes to in one period.
#[derive(Debug, Default)]
pub(crate) struct Pooled {
    pub used: Used,
    pub pool: PoolUse,
    pub rated: Rated,
}

/// The pool of a component.
pub(crate) fn of(component: &Component) -> Option<&Pool> {
    match &component.charge {
        ChargeRule::Usage { price: UsagePrice::Pool(pool), .. } => Some(pool),
        _ => None,
    }
}

/// Which of the pools of its component a unit is in.
pub(crate) fn name(
    pool: &Pool,
    unit: &RatedUnit<'_>,
    attributes: &BTreeMap<String, String>,
) -> PoolName {
    let line = (pool.scope == PoolScope::Subscription).then(|| unit.line.clone());
    let value = pool.split_by.as_ref().map(|attribute| {
        let value = match attribute {
            PoolAttribute::Unit(attribute) => unit.ordered.attributes.get(attribute),
            PoolAttribute::Account(attribute) => attributes.get(attribute),
        };
        value.cloned().unwrap_or_default()
    });
    PoolName { line, value }
}

/// The lines of the pools. The settings of a pool that several versions of an offer share are
/// those of the newest version that has a member in the period, and its line is of that version;
/// each unit brings what its own version includes.
pub(crate) fn lines(
    input: &RatingInput<'_>,
    offers: &BTreeMap<OfferRef, &OfferPublished>,
    usage: &BTreeMap<&UsageKey, &Used>,
) -> Result<BTreeMap<UsageKey, Pooled>, RatingError> {
    let mut pools: BTreeMap<PoolId, Members<'_>> = BTreeMap::new();
    for (unit_id, unit) in input.units {
        let components = unit.offer.components.iter();
        for component in components.filter(|it| unit.components.contains_key(&it.code)) {
            let Some(pool) = of(component) else { continue };
            let name = name(pool, unit, input.attributes);
            let of = (unit.offer.reference(), &component.code);
            let id = PoolId::of(pool, of, (name, unit.group.cloned()));
            pools.entry(id).or_default().insert(unit_id, (unit, pool));
        }
    }
    let mut periods: BTreeMap<PoolId, Periods<'_>> = BTreeMap::new();
    let nothing = Used::default();
    let billed = input.billed.usage.keys().map(|key| (key, &nothing));
    for (key, used) in usage.iter().map(|(key, used)| (*key, *used)).chain(billed) {
        let offer = offers.get(&key.offer);
        let component = offer.and_then(|offer| offer.component(&key.component));
        let Some(pool) = component.and_then(of) else { continue };
        let of = (key.offer.clone(), &key.component);
        let id = PoolId::of(pool, of, (key.pool.clone(), key.group.clone()));
        periods.entry(id).or_default().entry(key.period).or_default().push(used);
    }
    let mut lines = BTreeMap::new();
    for (id, members) in pools {
        let periods = periods.remove(&id).unwrap_or_default();
        fill(input, &id, (&members, &periods), &mut lines)?;
    }
    Ok(lines)
}

/// The periods that a pool must be followed through, in order: where nothing rolls over, those
/// that have a line; up to the last of these, or, where a window ends by the calendar, up to now.
fn followed(
    input: &RatingInput<'_>,
    members: &Members<'_>,
    periods: &Periods<'_>,
) -> Result<BTreeSet<Period>, RatingError> {
    let mut all: BTreeSet<Period> = periods.keys().copied().collect();
    let mut last = all.last().map(|period| period.to());
    if members.values().any(|(_, pool)| settles_at_end(pool)) {
        last = last.max(Some(input.issued_on));
    }
    if members.values().any(|(_, pool)| rollover(pool).is_some()) {
        let mut next = input.served_from;
        while let (Some(day), Some(last)) = (next, last) {
            if day >= last {
                break;
            }
            let period = input.cycle.period_of(day)?;
            if period.to() <= input.issued_on {
                all.insert(period);
            }
            next = Some(period.to());
        }
    }
    Ok(all)
}

fn fill(
    input: &RatingInput<'_>,
    id: &PoolId,
    (members, periods): (&Members<'_>, &Periods<'_>),
    lines: &mut BTreeMap<UsageKey, Pooled>,
) -> Result<(), RatingError> {
    let mut so_far = SoFar::default();
    let mut lead = None;
    for period in followed(input, members, periods)? {
        let used = together(periods.get(&period))?;
        let present = present(input, members, period, &used);
        let units = present.iter().filter_map(|member| members.get(&member.unit));
        lead = units.max_by_key(|(unit, _)| unit.offer.version).copied().or(lead);
        let Some((unit, pool)) = lead else { continue };
        let is_due = periods.contains_key(&period);
        let tile = input.cycle.tile_of(period.from())?;
        let pooled = spend(pool, (&mut so_far, tile), (present, used), unit.offer)?;
        // A window can end with overage in a period that used nothing.
        let is_settled = pooled.pool.statement.iter().any(|share| !share.overage.is_zero());
        if !is_due && !is_settled {
            continue;
        }
        let mut pooled = pooled;
        pooled.pool.name = id.name.clone();
        let (offer, component) = (unit.offer.reference(), id.component.clone());
        let (row, contract, pool) = (None, None, id.name.clone());
        // Publication refuses pools that are only shown.
        let (is_shadow, group) = (false, id.group.clone());
        let key = UsageKey { offer, component, period, row, contract, pool, is_shadow, group };
        lines.insert(key, pooled);
    }
    Ok(())
}

/// The usage of all versions of the offer. No unit is under two of them.
fn together(parts: Option<&Vec<&Used>>) -> Result<Used, Overflow> {
    Used::of(parts.into_iter().flatten().flat_map(|used| used.by_unit.values()))
}

/// The members that have a service day in the period, or used something.
fn present(
    input: &RatingInput<'_>,
    members: &Members<'_>,
    period: Period,
    used: &Used,
) -> Vec<Member> {
    let member = |(unit, (_, pool)): (&&UnitId, &(&RatedUnit<'_>, &Pool))| {
        let days = (input.service_days)(unit, period);
        let used = used.by_unit.get(*unit).map(|bucket| bucket.quantity);
        let is_there = !days.is_empty() || used.is_some();
        is_there.then(|| Member {
            unit: (*unit).clone(),
            brings: pool.included_per_active_unit,
            days,
            used: used.unwrap_or(Quantity::ZERO),
        })
    };
    members.iter().filter_map(member).collect()
}

/// What goes from period to period.
#[derive(Debug, Default)]
struct SoFar {
    balance: Balance,
    window: Window,
}

/// One period: what it grants, what is used of it, and what the rest costs. A window that was
/// open when the settings of the pool became others ends without being settled.
fn spend(
    pool: &Pool,
    (so_far, Tile { period, whole }): (&mut SoFar, Tile),
    (present, used): (Vec<Member>, Used),
    offer: &OfferPublished,
) -> Result<Pooled, Overflow> {
    let granted = grant(pool, &present, whole)?;
    let (active_units, days) = (granted.active_units, granted.days);
    let (allocation, currency) = (pool.allocation, offer.currency);
    let stated = PoolUse { active_units, days, allocation, ..PoolUse::default() };
    let members = (&granted, present.as_slice());
    if settles_at_end(pool) {
        so_far.balance = Balance::default();
        let it = so_far.window.add(pool, period.from(), members, currency)?;
        let rated = pricing::pool::price(pool, it.allowance, it.overage)?;
        let (allowance, window, statement) = (it.allowance, Some(it.window), it.statement);
        return Ok(Pooled {
            used,
            pool: PoolUse { allowance, window, statement, ..stated },
            rated,
        });
    }
    so_far.window = Window::default();
    let balance = &mut so_far.balance;
    let quantity = used.quantity()?;
    let now = balance.granted(pool, &granted)?;
    let allowance = balance.quantity()?.plus(now)?.normalized();
    let rolled = balance.spend(period.from(), now, quantity, rollover(pool))?;
    let (overage, rated) = rate(pool, allowance, quantity)?;
    let statement = share_out(allocation, members, (allowance, overage), currency)?;
    let rolls = rollover(pool).is_some() || !rolled.lots.is_empty();
    let rolled = rolls.then_some(rolled);
    Ok(Pooled { used, pool: PoolUse { allowance, rolled, statement, ..stated }, rated })
}

/// Puts the price on the statement, beside what the statement before said. A unit that is no
/// longer in the pool stays on it with nothing, so that both columns have their sums.
pub(crate) fn price(
    pool: &mut PoolUse,
    amount: Money,
    before: Option<&BTreeMap<UnitId, Money>>,
) -> Result<(), Overflow> {
    share_amount(&mut pool.statement, amount)?;
    for (unit, billed) in before.into_iter().flatten() {
        let place = pool.statement.binary_search_by(|share| share.unit.cmp(unit));
        let place = place.unwrap_or_else(|place| {
            pool.statement.insert(place, nothing(unit, amount));
            place
        });
        pool.statement[place].billed_before = (billed.minor != 0).then_some(*billed);
    }
    Ok(())
}

fn nothing(unit: &UnitId, amount: Money) -> PoolShare {
    let (used, allowance, overage) = (Quantity::ZERO, Quantity::ZERO, Quantity::ZERO);
    let amount = Money { minor: 0, ..amount };
    PoolShare { unit: unit.clone(), days: 0, used, allowance, overage, amount, billed_before: None }
}
