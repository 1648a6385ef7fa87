//! An allowance that follows the active units (`reference/commercial-systems.md` §2.4: pooling).

use facts::charge::{PoolUse, TierShare};
use facts::price::Pool;
use kernel::{Overflow, Quantity};

/// The allowance of `active_units`, and what is above it as exactly one open tier. The allowance
/// is not prorated: each unit that was active on at least one day brings all of it.
///
/// # Errors
/// [`Overflow`] when the quantity is negative, as in [`crate::model::rate`], or the allowance does
/// not fit.
pub fn rate(
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
        flat: None,
    };
    Ok((PoolUse { active_units, allowance }, vec![overage]))
}
