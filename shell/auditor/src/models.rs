//! What a model says a quantity costs, read from the definition of its settings.

use facts::charge::RatedUsage;
use facts::price::{AtZero, Bounds, CounterScope, Model, Tier, TierCounter, TierMode, UsagePrice};
use kernel::UnitPrice;

use crate::ratio::Ratio;

/// What a line costs: its own quantity, or what was added to each counter that filled its tiers.
pub(crate) fn cost_of(model: &Model, rated: &RatedUsage, in_turns: bool) -> Option<Ratio> {
    let quantity = Ratio::of_quantity(rated.quantity)?;
    let events = rated.by_unit.iter().try_fold(0_i64, |sum, unit| sum.checked_add(unit.events))?;
    if rated.counters.is_empty() {
        return cost(model, quantity, events);
    }
    let added = Ratio::sum(rated.counters.iter().map(|it| Ratio::of_quantity(it.quantity)))?;
    if added != quantity {
        return None;
    }
    if in_turns {
        return cost_of_tiers(model, rated);
    }
    Ratio::sum(rated.counters.iter().map(|counter| {
        let before = Ratio::of_quantity(counter.before)?;
        let after = before.plus(Ratio::of_quantity(counter.quantity)?)?;
        let events = counter.events_before.checked_add(counter.events)?;
        let now = cost(model, after, events)?;
        if before == Ratio::ZERO && counter.events_before == 0 {
            return Some(now);
        }
        now.minus(cost(model, before, counter.events_before)?)
    }))
}

/// Whether the usage of several lines fills the tiers in turns: then the tiers of a line are not
/// those from where a counter stood before.
pub(crate) fn in_turns(counter: TierCounter, price: &UsagePrice) -> bool {
    match counter.scope {
        CounterScope::Row => false,
        CounterScope::Pool | CounterScope::Account => true,
        CounterScope::Charge | CounterScope::Unit | CounterScope::Subscription => {
            matches!(price, UsagePrice::Table(_))
        }
    }
}

/// What the tiers of the line cost, at the prices and fees of the offer.
fn cost_of_tiers(model: &Model, rated: &RatedUsage) -> Option<Ratio> {
    Ratio::sum(rated.tiers.iter().map(|share| {
        let tier = model.tiers.iter().find(|tier| tier.up_to == share.up_to)?;
        let whole = Ratio::of_quantity(share.quantity)?.times(Ratio::of_price(tier.unit_price)?)?;
        match (share.flat, tier.flat) {
            (None, _) => Some(whole),
            (Some(share), Some(fee)) => {
                whole.plus(Ratio::of_price(fee)?.times(Ratio::new(share.times.into(), 1)?)?)
            }
            (Some(_), None) => None,
        }
    }))
}

/// What a quantity costs on a counter that began at 0.
pub(crate) fn cost(model: &Model, quantity: Ratio, events: i64) -> Option<Ratio> {
    let mut priced = quantity.minus(Ratio::of_quantity(model.included)?)?;
    if priced.is_below(Ratio::ZERO)? {
        priced = Ratio::ZERO;
    }
    if let Some(package) = model.package {
        priced = priced.rounded_up_in(Ratio::of_quantity(package.size)?)?;
    }
    let mut total = match model.mode {
        TierMode::Volume => of_volume(model, priced)?,
        TierMode::Graduated => of_graduated(model, priced)?,
    };
    if let Some(fee) = model.per_event {
        let paid = (events - i64::from(fee.free)).max(0);
        total = total.plus(Ratio::of_price(fee.price)?.times(Ratio::new(paid.into(), 1)?)?)?;
    }
    let is_due = quantity != Ratio::ZERO || events != 0 || model.at_zero == AtZero::Flat;
    if let Some(floor) = model.floor.filter(|_| is_due) {
        let floor = Ratio::of_price(floor)?;
        total = if total.is_below(floor)? { floor } else { total };
    }
    if let Some(cap) = model.cap {
        let cap = Ratio::of_price(cap)?;
        total = if cap.is_below(total)? { cap } else { total };
    }
    Some(total)
}

fn fee(model: &Model, tier: &Tier, priced: Ratio) -> Option<Ratio> {
    let is_free = priced == Ratio::ZERO && model.at_zero == AtZero::Nothing;
    tier.flat
        .filter(|_| !is_free)
        .map_or(Some(Ratio::ZERO), |price: UnitPrice| Ratio::of_price(price))
}

/// Whether a quantity goes beyond a bound.
fn passes(model: &Model, priced: Ratio, bound: Ratio) -> Option<bool> {
    match model.bounds {
        Bounds::Included => bound.is_below(priced),
        Bounds::Excluded => Some(!priced.is_below(bound)?),
    }
}

/// The first tier whose bound the quantity does not pass prices all of it.
fn of_volume(model: &Model, priced: Ratio) -> Option<Ratio> {
    for tier in &model.tiers {
        let passed = match tier.up_to {
            Some(bound) => passes(model, priced, Ratio::of_quantity(bound)?)?,
            None => false,
        };
        if !passed {
            let whole = priced.times(Ratio::of_price(tier.unit_price)?)?;
            return whole.plus(fee(model, tier, priced)?);
        }
    }
    None
}

/// Each tier prices what lies between the bound before it and its own.
fn of_graduated(model: &Model, priced: Ratio) -> Option<Ratio> {
    let mut total = Ratio::ZERO;
    let mut over = Ratio::ZERO;
    for tier in &model.tiers {
        let bound = tier.up_to.map(Ratio::of_quantity);
        let passed = match bound {
            Some(bound) => passes(model, priced, bound?)?,
            None => false,
        };
        let reached = if passed { bound?? } else { priced };
        let inside = reached.minus(over)?.times(Ratio::of_price(tier.unit_price)?)?;
        total = total.plus(inside)?.plus(fee(model, tier, priced)?)?;
        if !passed {
            return Some(total);
        }
        over = reached;
    }
    None
}
