//! Which models and pools may be published. What passes here is priced for every quantity.

use facts::pool::{AllowanceProration, Overage, Rollover, RolloverLimit, Settlement};
use facts::price::{AtZero, CounterReset, CounterScope, Dimension, DimensionSource, Model};
use facts::price::{OrderedPrice, Pool, TierCounter, TierMode, UsagePrice};
use kernel::{Exact, Quantity, UnitPrice};

use crate::PriceFault;
use crate::pool::settles_at_end;
use crate::table::CompiledTable;

/// What a model is called that is not in a table.
pub const WHOLE: &str = "scale";

/// Why a model cannot be published: bounds rise strictly from above 0, exactly the last tier is
/// open, no price is negative, and no setting contradicts another. Empty when it can.
#[must_use]
pub fn model(model: &Model) -> Vec<PriceFault> {
    named(WHOLE, model)
}

/// As [`model`], for the model of a row.
pub(crate) fn named(of: &str, model: &Model) -> Vec<PriceFault> {
    let mut faults = tier_faults(of, model);
    faults.extend(setting_faults(of, model));
    faults
}

fn tier_faults(of: &str, model: &Model) -> Vec<PriceFault> {
    let named = || of.to_owned();
    let mut faults = Vec::new();
    let mut over = Quantity::ZERO;
    for (number, tier) in (1..).zip(&model.tiers) {
        let is_last = number == model.tiers.len();
        match tier.up_to {
            Some(up_to) if up_to <= over => {
                faults.push(PriceFault::TierOrder { of: named(), tier: number, up_to, over });
            }
            None if !is_last => {
                faults.push(PriceFault::TierOpen { of: named(), tier: number });
            }
            _ => {}
        }
        if let (Some(up_to), true) = (tier.up_to, is_last) {
            faults.push(PriceFault::TierClosed { of: named(), up_to });
        }
        let prices = [Some(tier.unit_price), tier.flat];
        faults.extend(prices.into_iter().flatten().filter_map(|price| negative(of, price)));
        over = tier.up_to.unwrap_or(over);
    }
    if model.tiers.is_empty() {
        faults.push(PriceFault::NoTiers { of: named() });
    }
    faults
}

fn setting_faults(of: &str, model: &Model) -> Vec<PriceFault> {
    let named = || of.to_owned();
    let mut faults = Vec::new();
    if model.included.is_negative() {
        faults.push(PriceFault::NegativeIncluded { of: named(), included: model.included });
    }
    if let Some(size) = model.package.map(|it| it.size).filter(|size| *size <= Quantity::ZERO) {
        faults.push(PriceFault::PackageSize { of: named(), size });
    }
    let prices = [model.per_event.map(|fee| fee.price), model.floor, model.cap];
    faults.extend(prices.into_iter().flatten().filter_map(|price| negative(of, price)));
    if let (Some(floor), Some(cap)) = (model.floor, model.cap)
        && floor > cap
    {
        faults.push(PriceFault::FloorAboveCap { of: named(), floor, cap });
    }
    let first_flat = model.tiers.first().and_then(|tier| tier.flat);
    if model.at_zero == AtZero::Flat && first_flat.is_none() && !model.tiers.is_empty() {
        faults.push(PriceFault::NoFlatAtZero { of: named() });
    }
    faults
}

fn negative(of: &str, unit_price: UnitPrice) -> Option<PriceFault> {
    let of = of.to_owned();
    unit_price.is_negative().then_some(PriceFault::NegativePrice { of, unit_price })
}

/// Why a price of what is ordered cannot be published. Without units (a fee of the order), a table
/// asks only the account.
#[must_use]
pub fn ordered(price: &OrderedPrice, has_units: bool) -> Vec<PriceFault> {
    match price {
        OrderedPrice::Each(unit_price) => negative(WHOLE, *unit_price).into_iter().collect(),
        OrderedPrice::Model(it) => {
            let mut faults = model(it);
            faults.extend(ordered_setting(WHOLE, it));
            faults
        }
        OrderedPrice::Table(table) => {
            let asked = table.dimensions.iter();
            let mut faults: Vec<_> =
                asked.filter_map(|it| ordered_dimension(it, has_units)).collect();
            let rows = table.rows.iter();
            faults.extend(rows.filter_map(|it| ordered_setting(it.code.as_str(), &it.model)));
            faults.extend(CompiledTable::compile(table).err().unwrap_or_default());
            faults
        }
    }
}

/// What a model asks that an ordered quantity does not have.
#[must_use]
pub fn ordered_setting(of: &str, model: &Model) -> Option<PriceFault> {
    let settings = [("peak", model.peak.is_some()), ("per_event", model.per_event.is_some())];
    let (setting, _) = settings.into_iter().find(|(_, is_wrong)| *is_wrong)?;
    Some(PriceFault::OrderedSetting { of: of.to_owned(), setting: setting.to_owned() })
}

fn ordered_dimension(dimension: &Dimension, has_units: bool) -> Option<PriceFault> {
    let source = match &dimension.source {
        DimensionSource::Account(_) => return None,
        DimensionSource::Unit(_) if has_units => return None,
        DimensionSource::Unit(_) => "unit",
        DimensionSource::Event(_) => "event",
        DimensionSource::TimeBand(_) => "time_of_day",
    };
    Some(PriceFault::OrderedDimension {
        dimension: dimension.name.clone(),
        source: source.to_owned(),
        known: if has_units { "`unit` or `account`" } else { "`account`" }.to_owned(),
    })
}

/// What a pool is called in a fault.
pub const POOL: &str = "pool";

/// Why a pool cannot be published: nothing in it is negative, its overage has a price for each
/// quantity, and what rolls over can be used. Empty when it can.
#[must_use]
pub fn pool(pool: &Pool) -> Vec<PriceFault> {
    let named = || POOL.to_owned();
    let mut faults = Vec::new();
    let included = pool.included_per_active_unit;
    if included.is_negative() {
        faults.push(PriceFault::NegativeAllowance { included });
    }
    if pool.included.is_negative() {
        faults.push(PriceFault::NegativeIncluded { of: named(), included: pool.included });
    }
    match &pool.overage {
        Overage::Price(price) => faults.extend(negative(POOL, *price)),
        Overage::Model(model) => faults.extend(overage_faults(model)),
    }
    faults.extend(pool.rollover.iter().flat_map(rollover_faults));
    if let Some(periods) = pool.window {
        let is_static = included.is_zero() && pool.proration == AllowanceProration::Whole;
        let at_end = settles_at_end(pool);
        if periods < 2 || !(is_static || at_end) || pool.rollover.is_some() {
            faults.push(PriceFault::PoolWindow { periods });
        }
    } else if pool.settle == Settlement::AtEndOfWindow {
        faults.push(PriceFault::PoolSettlement { settle: "at_end_of_window".to_owned() });
    }
    faults
}

/// A model prices a quantity above an allowance: it has no days and no events, and without
/// overage nothing is due.
fn overage_faults(model: &Model) -> Vec<PriceFault> {
    let mut faults = named(POOL, model);
    let settings = [
        ("peak", model.peak.is_some()),
        ("at_zero", model.at_zero == AtZero::Flat),
        ("per_event", model.per_event.is_some()),
    ];
    let wrong = settings.into_iter().filter(|(_, is_set)| *is_set);
    faults.extend(wrong.map(|(setting, _)| PriceFault::OverageSetting { setting: setting.into() }));
    faults
}

fn rollover_faults(rollover: &Rollover) -> Vec<PriceFault> {
    let mut faults = Vec::new();
    if rollover.periods == 0 {
        faults.push(PriceFault::RolloverPeriods { periods: rollover.periods });
    }
    let wrong = match rollover.limit {
        Some(RolloverLimit::Quantity(most)) if most.is_negative() => Some(most.to_string()),
        Some(RolloverLimit::Share(share)) => {
            let exact = share.exact();
            let is_share = Exact::ZERO <= exact && exact <= Exact::from_integer(100);
            (!is_share).then(|| format!("{share} %"))
        }
        _ => None,
    };
    faults.extend(wrong.map(|limit| PriceFault::RolloverLimit { limit }));
    faults
}

/// Whether several rows or offers may fill the tiers of one counter.
#[must_use]
pub fn is_shared(counter: TierCounter, price: &UsagePrice) -> bool {
    match counter.scope {
        CounterScope::Row => false,
        CounterScope::Charge | CounterScope::Unit | CounterScope::Subscription => {
            matches!(price, UsagePrice::Table(_))
        }
        CounterScope::Pool | CounterScope::Account => true,
    }
}

/// Whether the quantity of a counter must be the sum of the quantities of its parts.
#[must_use]
pub fn needs_sums(counter: TierCounter, price: &UsagePrice) -> bool {
    is_shared(counter, price) || counter.reset != CounterReset::BillPeriod
}

/// Why a price cannot have a counter. Where several rows share one, each bucket is priced as it
/// comes, which only graduated tiers without further settings can do.
#[must_use]
pub fn counter(counter: TierCounter, price: &UsagePrice) -> Vec<PriceFault> {
    if counter == TierCounter::default() {
        return Vec::new();
    }
    match price {
        UsagePrice::Pool(_) => vec![PriceFault::CounterOfPool { of: POOL.to_owned() }],
        UsagePrice::Model(model) => {
            counter_fault(counter, price, WHOLE, model).into_iter().collect()
        }
        UsagePrice::Table(table) => {
            let rows = table.rows.iter();
            rows.filter_map(|row| counter_fault(counter, price, row.code.as_str(), &row.model))
                .collect()
        }
    }
}

fn counter_fault(
    counter: TierCounter,
    price: &UsagePrice,
    of: &str,
    model: &Model,
) -> Option<PriceFault> {
    let is_line = counter.reset == CounterReset::BillPeriod
        && matches!(counter.scope, CounterScope::Row | CounterScope::Charge);
    let shared = is_shared(counter, price);
    let settings = [
        ("peak", model.peak.is_some() && (shared || !is_line)),
        ("at_zero", model.at_zero == AtZero::Flat && (shared || !is_line)),
        ("volume", model.mode == TierMode::Volume && shared),
        ("included", !model.included.is_zero() && shared),
        ("package", model.package.is_some() && shared),
        ("per_event", model.per_event.is_some() && shared),
        ("floor", model.floor.is_some() && shared),
        ("cap", model.cap.is_some() && shared),
    ];
    let (setting, _) = settings.into_iter().find(|(_, is_wrong)| *is_wrong)?;
    Some(PriceFault::CounterSetting { of: of.to_owned(), setting: setting.to_owned() })
}
