//! Tiers and pools (`reference/commercial-systems.md` §2.4: volume, tiered, overage, pooling).

use facts::charge::{PoolUse, TierShare};
use facts::price::{Pool, Scale, TierMode};
use kernel::{Overflow, Quantity};

use crate::PriceFault;

/// How `quantity` falls on the tiers. Graduated: the tiers that hold a part of it, in order, and
/// for 0 the first tier with 0. Volume: the one tier that contains it. The parts sum to
/// `quantity`. A bound belongs to the tier that it ends.
///
/// # Errors
/// [`Overflow`] when no tier contains the quantity: it is negative, or the scale did not pass
/// [`check`] and ends below it. A negative quantity has no price of its own: to give usage back,
/// rate what remains and bill the difference, so that tiers are left in the order of entry.
pub fn rate(scale: &Scale, quantity: Quantity) -> Result<Vec<TierShare>, Overflow> {
    if quantity.is_negative() {
        return Err(Overflow);
    }
    match scale.mode {
        TierMode::Graduated => rate_graduated(scale, quantity),
        TierMode::Volume => rate_volume(scale, quantity),
    }
}

fn rate_graduated(scale: &Scale, quantity: Quantity) -> Result<Vec<TierShare>, Overflow> {
    let mut shares = Vec::new();
    for mut share in empty_tiers(scale) {
        let reached = share.up_to.map_or(quantity, |bound| bound.min(quantity));
        share.quantity = reached.minus(share.over)?;
        let ends_here = reached == quantity;
        shares.push(share);
        if ends_here {
            return Ok(shares);
        }
    }
    Err(Overflow)
}

fn rate_volume(scale: &Scale, quantity: Quantity) -> Result<Vec<TierShare>, Overflow> {
    empty_tiers(scale)
        .find(|share| share.up_to.is_none_or(|bound| quantity <= bound))
        .map(|share| vec![TierShare { quantity, ..share }])
        .ok_or(Overflow)
}

/// The tiers with their lower bounds, holding nothing yet.
fn empty_tiers(scale: &Scale) -> impl Iterator<Item = TierShare> {
    scale.tiers.iter().scan(Quantity::ZERO, |bound, tier| {
        let over = *bound;
        *bound = tier.up_to.unwrap_or(over);
        let (up_to, unit_price) = (tier.up_to, tier.unit_price);
        Some(TierShare { over, up_to, quantity: Quantity::ZERO, unit_price })
    })
}

/// The allowance of `active_units`, and what is above it as exactly one open tier. The allowance
/// is not prorated: each unit that was active on at least one day brings all of it.
///
/// # Errors
/// [`Overflow`] when the quantity is negative, as in [`rate`], or the allowance does not fit.
pub fn rate_pool(
    pool: &Pool,
    active_units: u64,
    quantity: Quantity,
) -> Result<(PoolUse, Vec<TierShare>), Overflow> {
    if quantity.is_negative() {
        return Err(Overflow);
    }
    let count = i64::try_from(active_units).map_err(|_| Overflow)?;
    let allowance = pool.included_per_active_unit.times(count)?;
    let overage = TierShare {
        over: allowance,
        up_to: None,
        quantity: quantity.minus(allowance)?.max(Quantity::ZERO),
        unit_price: pool.overage_price,
    };
    Ok((PoolUse { active_units, allowance }, vec![overage]))
}

/// Why a scale cannot be published: bounds rise strictly from above 0, exactly the last tier is
/// open, and no price is negative. Empty when it can.
#[must_use]
pub fn check(scale: &Scale) -> Vec<PriceFault> {
    check_named("scale", scale)
}

/// As [`check`], for a scale that a row of a table holds.
pub(crate) fn check_named(of: &str, scale: &Scale) -> Vec<PriceFault> {
    let named = || of.to_owned();
    let mut faults = Vec::new();
    let mut over = Quantity::ZERO;
    for (number, tier) in (1..).zip(&scale.tiers) {
        let is_last = number == scale.tiers.len();
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
        if tier.unit_price.is_negative() {
            let unit_price = tier.unit_price;
            faults.push(PriceFault::NegativePrice { of: named(), unit_price });
        }
        over = tier.up_to.unwrap_or(over);
    }
    if scale.tiers.is_empty() {
        faults.push(PriceFault::NoTiers { of: named() });
    }
    faults
}

/// Why a pool cannot be published: neither the allowance nor the price is negative. Empty when it
/// can.
#[must_use]
pub fn check_pool(pool: &Pool) -> Vec<PriceFault> {
    let mut faults = Vec::new();
    let (included, unit_price) = (pool.included_per_active_unit, pool.overage_price);
    if included.is_negative() {
        faults.push(PriceFault::NegativeAllowance { included });
    }
    if unit_price.is_negative() {
        faults.push(PriceFault::NegativePrice { of: "pool".to_owned(), unit_price });
    }
    faults
}
