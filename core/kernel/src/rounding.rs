//! The only place where anything is rounded, and shares that always sum to the whole.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{Exact, Overflow, Quantity};

/// How an exact value becomes one with fewer decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// To the nearest; a half goes away from zero: 6.225 → 6.23, −6.225 → −6.23. The default,
    /// because a credit then mirrors its charge exactly.
    #[default]
    HalfAwayFromZero,
    /// To the nearest; a half goes to the even digit ("banker's rounding").
    HalfEven,
    /// To the nearest; a half goes towards zero.
    HalfTowardsZero,
    /// Away from zero.
    Up,
    /// Towards zero (truncation).
    Down,
}

impl Rounding {
    /// The value in units of `10^-decimals`, rounded.
    ///
    /// # Errors
    /// [`Overflow`] when the scaled value does not fit 128 bits.
    pub fn round(self, value: Exact, decimals: u8) -> Result<i128, Overflow> {
        let scale = 10_i128.checked_pow(u32::from(decimals)).ok_or(Overflow)?;
        let scaled = value.times(Exact::from_integer(scale))?;
        let (numerator, denominator) = scaled.terms();
        let (quotient, remainder) = (numerator / denominator, numerator % denominator);
        if remainder == 0 {
            return Ok(quotient);
        }
        let (below, above) = (remainder.unsigned_abs(), denominator.unsigned_abs());
        let against_half = below.cmp(&(above - below));
        if self.leaves_zero(against_half, quotient) {
            quotient.checked_add(numerator.signum()).ok_or(Overflow)
        } else {
            Ok(quotient)
        }
    }

    /// The nearest quantity, which has nine decimals.
    ///
    /// # Errors
    /// [`Overflow`] beyond 28 digits.
    pub fn quantity(self, value: Exact) -> Result<Quantity, Overflow> {
        let decimals = Quantity::DECIMALS_MAX;
        let scaled = self.round(value, u8::try_from(decimals).map_err(|_| Overflow)?)?;
        let rounded = Decimal::try_from_i128_with_scale(scaled, decimals).map_err(|_| Overflow)?;
        Quantity::new(rounded.normalize()).map_err(|_| Overflow)
    }

    /// Whether the truncated quotient moves one step away from zero.
    fn leaves_zero(self, against_half: std::cmp::Ordering, quotient: i128) -> bool {
        match self {
            Self::Up => true,
            Self::Down => false,
            Self::HalfAwayFromZero => against_half.is_ge(),
            Self::HalfTowardsZero => against_half.is_gt(),
            Self::HalfEven => against_half.is_gt() || (against_half.is_eq() && quotient % 2 != 0),
        }
    }

    /// The name used in explanations and in the catalog file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::HalfAwayFromZero => "half_away_from_zero",
            Self::HalfEven => "half_even",
            Self::HalfTowardsZero => "half_towards_zero",
            Self::Up => "up",
            Self::Down => "down",
        }
    }
}

/// Splits `total` minor units in proportion to `weights`; the parts sum to `total` exactly. Each
/// part is the truncated share; the units left over go to the largest remainders, and of equal
/// remainders to the earlier part (`reference/accounting-and-einvoicing.md` A2).
///
/// # Errors
/// [`Overflow`] when a weight is negative, all are zero, or a product does not fit.
pub fn allocate(total: i64, weights: &[i128]) -> Result<Vec<i64>, Overflow> {
    let parts = parts(i128::from(total), weights)?;
    parts.into_iter().map(|part| i64::try_from(part).map_err(|_| Overflow)).collect()
}

/// Splits a quantity as [`allocate`] splits money, in steps of its nine decimals. Weights that
/// would not fit lose their last digits: the parts sum to `total` all the same.
///
/// # Errors
/// [`Overflow`] when a weight is negative, all are zero, or the quantity does not fit.
pub fn allocate_quantity(total: Quantity, weights: &[i128]) -> Result<Vec<Quantity>, Overflow> {
    let decimals = Quantity::DECIMALS_MAX;
    let steps =
        Rounding::Down.round(total.exact(), u8::try_from(decimals).map_err(|_| Overflow)?)?;
    let sum = weights.iter().try_fold(0_i128, |sum, it| sum.checked_add(*it)).ok_or(Overflow)?;
    let bits = |value: i128| i128::BITS - value.unsigned_abs().leading_zeros();
    let too_many = (bits(steps) + bits(sum)).saturating_sub(i128::BITS - 1);
    let weights: Vec<i128> = weights.iter().map(|weight| weight >> too_many).collect();
    let quantity = |steps| {
        let decimal = Decimal::try_from_i128_with_scale(steps, decimals).map_err(|_| Overflow)?;
        Quantity::new(decimal.normalize()).map_err(|_| Overflow)
    };
    parts(steps, &weights)?.into_iter().map(quantity).collect()
}

fn parts(total: i128, weights: &[i128]) -> Result<Vec<i128>, Overflow> {
    let whole = weights
        .iter()
        .try_fold(0_i128, |sum, weight| if *weight < 0 { None } else { sum.checked_add(*weight) });
    let whole = whole.filter(|sum| *sum > 0).ok_or(Overflow)?;
    let magnitude = total.checked_abs().ok_or(Overflow)?;
    let mut parts = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    for weight in weights {
        let product = magnitude.checked_mul(*weight).ok_or(Overflow)?;
        parts.push(product / whole);
        remainders.push(product % whole);
    }
    let given: i128 = parts.iter().sum();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|index| (std::cmp::Reverse(remainders[*index]), *index));
    let left_over = usize::try_from(magnitude - given).map_err(|_| Overflow)?;
    for index in order.into_iter().take(left_over) {
        parts[index] += 1;
    }
    Ok(parts.into_iter().map(|part| part * total.signum()).collect())
}
