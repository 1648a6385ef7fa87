//! An allowance that units share (`reference/commercial-systems.md` §2.4: pooling;
//! `docs/adr/0018-pools.md`). Four steps: what a period grants, what of it and of earlier grants
//! is used, what the rest costs, and how all that is shared out.

mod window;

pub use window::Window;

use std::collections::BTreeSet;

use facts::UnitId;
use facts::charge::TierShare;
use facts::pool::{
    Allocation, AllowanceProration, Overage, Pool, PoolDays, PoolLot, PoolShare, RolledOver,
    Rollover, RolloverLimit, Settlement,
};
use jiff::civil::Date;
use kernel::rounding::{allocate, allocate_quantity};
use kernel::{Currency, Exact, Money, Overflow, Period, Quantity, Rounding};

use crate::amount::terms_of;
use crate::model::{self, Rated, Usage};

/// Nine decimals of a quantity.
const DECIMALS: u8 = 9;

/// A unit of a pool in one period.
#[derive(Debug, Clone)]
pub struct Member {
    /// The unit.
    pub unit: UnitId,
    /// What its version of the offer includes for it.
    pub brings: Quantity,
    /// Its service days in the period.
    pub days: BTreeSet<Date>,
    /// What it used.
    pub used: Quantity,
}

/// What a period grants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// How much. The one place where an allowance is rounded: to nine decimals, half away from 0.
    pub quantity: Quantity,
    /// Members with at least one service day.
    pub active_units: u64,
    /// The days that it was prorated by, where it is.
    pub days: Option<PoolDays>,
    /// In what proportion the members bring it, in their order.
    weights: Vec<i128>,
}

/// What the members bring together. The static part is brought by all of them: alike where it is
/// granted whole, in proportion to their days where it is prorated.
///
/// # Errors
/// [`Overflow`].
pub fn grant(pool: &Pool, members: &[Member], whole: Period) -> Result<Grant, Overflow> {
    let active = members.iter().filter(|it| !it.days.is_empty()).count();
    let any_day: BTreeSet<Date> = members.iter().flat_map(|it| it.days.iter().copied()).collect();
    let count = |it: usize| i128::try_from(it).map_err(|_| Overflow);
    let is_whole = pool.proration == AllowanceProration::Whole;
    let mut parts = Vec::with_capacity(members.len());
    for member in members {
        parts.push(count(if is_whole { member.days.len().min(1) } else { member.days.len() })?);
    }
    let whole = if is_whole { 1 } else { count(whole.each_day().count())? };
    let shared = if is_whole { count(any_day.len().min(1))? } else { count(any_day.len())? };
    let sum: i128 = parts.iter().sum();
    let included = pool.included.exact();
    let mut granted = included.times(Exact::ratio(shared, whole)?)?;
    let mut weights = Vec::with_capacity(members.len());
    for (member, part) in members.iter().zip(&parts) {
        granted = granted.plus(member.brings.exact().times(Exact::ratio(*part, whole)?)?)?;
        let own = steps(member.brings)?.checked_mul(sum).ok_or(Overflow)?;
        let common = steps(pool.included)?.checked_mul(shared).ok_or(Overflow)?;
        let both = own.checked_add(common).ok_or(Overflow)?;
        weights.push(both.checked_mul(*part).ok_or(Overflow)?);
    }
    let number = |it: i128| u64::try_from(it).map_err(|_| Overflow);
    let (unit_days, pool_days, period_days) = (number(sum)?, number(shared)?, number(whole)?);
    Ok(Grant {
        quantity: Rounding::HalfAwayFromZero.quantity(granted)?,
        active_units: u64::try_from(active).map_err(|_| Overflow)?,
        days: (!is_whole).then_some(PoolDays { unit_days, pool_days, period_days }),
        weights,
    })
}

/// Grants of earlier periods that are not used up, what was granted first at the beginning.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Balance {
    lots: Vec<Lot>,
    /// How many periods of a window are still to come.
    window_left: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Lot {
    granted_on: Date,
    /// How many periods ago.
    age: u16,
    left: Quantity,
}

impl Balance {
    /// What is in it.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn quantity(&self) -> Result<Quantity, Overflow> {
        self.lots.iter().try_fold(Quantity::ZERO, |sum, lot| sum.plus(lot.left))
    }

    /// What a period grants: its own, or that of a whole window in its first period. A window
    /// begins with a period in which a unit is in service, and ends by the calendar.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn granted(&mut self, pool: &Pool, grant: &Grant) -> Result<Quantity, Overflow> {
        let is_inside = self.window_left > 0;
        self.window_left = self.window_left.saturating_sub(1);
        let Some(window) = pool.window else { return Ok(grant.quantity) };
        if is_inside || grant.active_units == 0 {
            return Ok(Quantity::ZERO);
        }
        self.window_left = window.saturating_sub(1);
        grant.quantity.times(window.into())
    }

    /// One period: what was granted first is used first; at the end what is too old is lost, and
    /// what is above the limit, of what was granted last first.
    ///
    /// # Errors
    /// [`Overflow`], also when less than nothing was used.
    pub fn spend(
        &mut self,
        granted_on: Date,
        granted: Quantity,
        used: Quantity,
        rollover: Option<Rollover>,
    ) -> Result<RolledOver, Overflow> {
        if used.is_negative() {
            return Err(Overflow);
        }
        let carried_in = std::mem::take(&mut self.lots);
        let mut rest = used;
        let mut rolled = RolledOver { granted, ..RolledOver::default() };
        for lot in carried_in {
            let taken = take(&mut rest, lot.left)?;
            let (granted_on, quantity) = (lot.granted_on, lot.left);
            rolled.lots.push(PoolLot { granted_on, quantity, used: taken });
            self.lots.push(Lot { left: quantity.minus(taken)?.normalized(), ..lot });
        }
        let taken = take(&mut rest, granted)?;
        self.lots.push(Lot { granted_on, age: 0, left: granted.minus(taken)?.normalized() });
        rolled.used = used.minus(rest)?.normalized();
        let before = self.quantity()?;
        self.age(granted, rollover)?;
        rolled.carried = self.quantity()?.normalized();
        rolled.expired = before.minus(rolled.carried)?.normalized();
        Ok(rolled)
    }

    /// The end of a period.
    fn age(&mut self, granted: Quantity, rollover: Option<Rollover>) -> Result<(), Overflow> {
        let periods = rollover.map_or(0, |it| it.periods);
        self.lots.retain(|lot| lot.age < periods && !lot.left.is_zero());
        let mut room = match rollover.and_then(|it| it.limit) {
            None => None,
            Some(RolloverLimit::Quantity(most)) => Some(most),
            Some(RolloverLimit::Share(share)) => {
                let most = granted.exact().times(share.fraction()?)?;
                Some(Rounding::HalfAwayFromZero.quantity(most)?)
            }
        };
        for lot in &mut self.lots {
            lot.age = lot.age.saturating_add(1);
            if let Some(room) = &mut room {
                lot.left = take(room, lot.left)?;
            }
        }
        self.lots.retain(|lot| !lot.left.is_zero());
        Ok(())
    }
}

/// How the grants of a pool can be used later. That of a window lives as long as the window.
#[must_use]
pub fn rollover(pool: &Pool) -> Option<Rollover> {
    let window = pool.window.map(|it| Rollover { periods: it.saturating_sub(1), limit: None });
    window.or(pool.rollover)
}

/// Whether the pool has windows whose overage is due at their end: see [`Window`].
#[must_use]
pub fn settles_at_end(pool: &Pool) -> bool {
    pool.window.is_some() && pool.settle == Settlement::AtEndOfWindow
}

/// Takes at most `most` from what there is, and says how much.
fn take(there_is: &mut Quantity, most: Quantity) -> Result<Quantity, Overflow> {
    let taken = most.min(*there_is).normalized();
    *there_is = there_is.minus(taken)?.normalized();
    Ok(taken)
}

/// What is above the allowance, and what it costs. A single price is one open tier that begins at
/// the allowance; a model counts from there.
///
/// # Errors
/// [`Overflow`], also when less than nothing was used.
pub fn rate(
    pool: &Pool,
    allowance: Quantity,
    used: Quantity,
) -> Result<(Quantity, Rated), Overflow> {
    if used.is_negative() {
        return Err(Overflow);
    }
    let quantity = used.minus(allowance)?.max(Quantity::ZERO);
    Ok((quantity, price(pool, allowance, quantity)?))
}

/// What a quantity above the allowance costs.
///
/// # Errors
/// [`Overflow`].
pub fn price(pool: &Pool, allowance: Quantity, quantity: Quantity) -> Result<Rated, Overflow> {
    Ok(match &pool.overage {
        Overage::Price(unit_price) => {
            let (over, up_to, flat) = (allowance, None, None);
            let tiers = vec![TierShare { over, up_to, quantity, unit_price: *unit_price, flat }];
            Rated { terms: terms_of(&tiers)?, tiers, ..Rated::default() }
        }
        Overage::Model(model) => model::rate(model, Usage::of(quantity))?,
    })
}

/// Unit by unit: the allowance in proportion to what each brings (to what each used, where only
/// earlier periods granted), the overage by the rule of the pool. What is left goes to the largest
/// remainders, of equal ones to the first unit. Without a price yet.
///
/// # Errors
/// [`Overflow`].
pub fn share_out(
    rule: Allocation,
    (grant, members): (&Grant, &[Member]),
    (allowance, overage): (Quantity, Quantity),
    currency: Currency,
) -> Result<Vec<PoolShare>, Overflow> {
    let mut used = Vec::with_capacity(members.len());
    for member in members {
        used.push(steps(member.used)?.max(0));
    }
    let bring = grant.weights.iter().any(|weight| *weight > 0);
    let allowances = split(allowance, if bring { &grant.weights } else { &used })?;
    let weights = match rule {
        Allocation::ByUsage => used,
        Allocation::ByExcess => {
            let excess = |(member, allowance): (&Member, &Quantity)| {
                Ok(steps(member.used.minus(*allowance)?)?.max(0))
            };
            members.iter().zip(&allowances).map(excess).collect::<Result<_, Overflow>>()?
        }
    };
    let overages = split(overage, &weights)?;
    let shares = members.iter().zip(allowances).zip(overages);
    let share = |((member, allowance), overage): ((&Member, Quantity), Quantity)| {
        Ok(PoolShare {
            unit: member.unit.clone(),
            days: u64::try_from(member.days.len()).map_err(|_| Overflow)?,
            used: member.used.normalized(),
            allowance,
            overage,
            amount: Money::zero(currency),
            billed_before: None,
        })
    };
    shares.map(share).collect()
}

/// Shares an amount by the overage of each unit.
///
/// # Errors
/// [`Overflow`].
pub fn share_amount(statement: &mut [PoolShare], amount: Money) -> Result<(), Overflow> {
    if amount.minor == 0 {
        return Ok(());
    }
    let weights: Result<Vec<i128>, Overflow> =
        statement.iter().map(|share| steps(share.overage)).collect();
    for (share, minor) in statement.iter_mut().zip(allocate(amount.minor, &weights?)?) {
        share.amount = Money { minor, ..amount };
    }
    Ok(())
}

/// Nothing is split into nothing, whatever the weights.
fn split(total: Quantity, weights: &[i128]) -> Result<Vec<Quantity>, Overflow> {
    if total.is_zero() || weights.iter().all(|weight| *weight == 0) {
        return Ok(vec![Quantity::ZERO; weights.len()]);
    }
    allocate_quantity(total, weights)
}

/// A quantity in whole steps of its last decimal.
fn steps(quantity: Quantity) -> Result<i128, Overflow> {
    Rounding::Down.round(quantity.exact(), DECIMALS)
}
