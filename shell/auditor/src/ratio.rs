//! Our own rational arithmetic, so that a fault in that of the rules cannot hide here too. An
//! overflow is `None`, which no comparison takes for equal.

use std::fmt;

use kernel::{Exact, Money, Percent, Quantity, Rounding, UnitPrice};
use rust_decimal::Decimal;

/// A fraction in lowest terms, with a positive denominator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ratio {
    above: i128,
    below: i128,
}

impl Ratio {
    pub(crate) const ZERO: Self = Self { above: 0, below: 1 };

    pub(crate) fn new(above: i128, below: i128) -> Option<Self> {
        let divisor = i128::try_from(common_divisor(above.unsigned_abs(), below.unsigned_abs()));
        let divisor = divisor.ok().filter(|_| below != 0)?.checked_mul(below.signum())?;
        Some(Self { above: above.checked_div(divisor)?, below: below.checked_div(divisor)? })
    }

    fn of_decimal(value: Decimal) -> Option<Self> {
        let value = value.normalize();
        Self::new(value.mantissa(), 10_i128.checked_pow(value.scale())?)
    }

    /// A plain decimal, such as 12.5 and -3; nothing else is a number.
    pub(crate) fn of_text(text: &str) -> Option<Self> {
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let is_number =
            |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(whole) || !is_number(fraction) {
            return None;
        }
        let below = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
        let whole = whole.parse::<i128>().ok()?.checked_mul(below)?;
        Self::new(whole.checked_add(fraction.parse().ok()?)?.checked_mul(sign)?, below)
    }

    pub(crate) fn of_quantity(quantity: Quantity) -> Option<Self> {
        Self::of_decimal(quantity.decimal())
    }

    pub(crate) fn of_price(price: UnitPrice) -> Option<Self> {
        Self::of_decimal(price.decimal())
    }

    /// 20 % is 1/5.
    pub(crate) fn of_percent(rate: Percent) -> Option<Self> {
        Self::of_decimal(rate.decimal())?.times(Self::new(1, 100)?)
    }

    /// An amount in major units.
    pub(crate) fn of_money(money: Money) -> Option<Self> {
        let minor_units = 10_i128.checked_pow(u32::from(money.currency.exponent()))?;
        Self::new(i128::from(money.minor), minor_units)
    }

    pub(crate) fn plus(self, other: Self) -> Option<Self> {
        let common = common_divisor(self.below.unsigned_abs(), other.below.unsigned_abs());
        let common = i128::try_from(common).ok()?;
        let left = self.above.checked_mul(other.below / common)?;
        let right = other.above.checked_mul(self.below / common)?;
        Self::new(left.checked_add(right)?, self.below.checked_mul(other.below / common)?)
    }

    pub(crate) fn minus(self, other: Self) -> Option<Self> {
        self.plus(Self { above: other.above.checked_neg()?, below: other.below })
    }

    pub(crate) fn times(self, other: Self) -> Option<Self> {
        let left = Self::new(self.above, other.below)?;
        let right = Self::new(other.above, self.below)?;
        Self::new(left.above.checked_mul(right.above)?, left.below.checked_mul(right.below)?)
    }

    /// How many of a size hold it; a part of one counts as one.
    pub(crate) fn rounded_up_in(self, size: Self) -> Option<Self> {
        let parts = self.times(Self::new(size.below, size.above)?)?;
        let whole = parts.above.checked_div_euclid(parts.below)?;
        let begun = i128::from(parts.above.checked_rem_euclid(parts.below)? != 0);
        Self::new(whole.checked_add(begun)?, 1)
    }

    pub(crate) fn sum(parts: impl IntoIterator<Item = Option<Self>>) -> Option<Self> {
        parts.into_iter().try_fold(Self::ZERO, |sum, part| sum.plus(part?))
    }

    /// Whether it is below another.
    pub(crate) fn is_below(self, other: Self) -> Option<bool> {
        Some(self.minus(other)?.above < 0)
    }

    /// Whole minor units of a currency with so many decimals.
    pub(crate) fn round(self, decimals: u8, rounding: Rounding) -> Option<i128> {
        let scaled = self.times(Self::new(10_i128.checked_pow(u32::from(decimals))?, 1)?)?;
        let down = scaled.above.checked_div_euclid(scaled.below)?;
        let rest = scaled.above.checked_rem_euclid(scaled.below)?;
        if rest == 0 {
            return Some(down);
        }
        let is_negative = scaled.above < 0;
        let half = rest.checked_mul(2)?.cmp(&scaled.below);
        let goes_up = match rounding {
            Rounding::Up => !is_negative,
            Rounding::Down => is_negative,
            Rounding::HalfAwayFromZero => half.is_gt() || half.is_eq() && !is_negative,
            Rounding::HalfTowardsZero => half.is_gt() || half.is_eq() && is_negative,
            Rounding::HalfEven => half.is_gt() || half.is_eq() && down % 2 != 0,
        };
        if goes_up { down.checked_add(1) } else { Some(down) }
    }
}

const fn common_divisor(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Exact::ratio(self.above, self.below) {
            Ok(exact) => write!(f, "{exact}"),
            Err(_) => write!(f, "{}/{}", self.above, self.below),
        }
    }
}

/// A figure for a sentence; an overflow is said, not hidden.
pub(crate) fn shown(ratio: Option<Ratio>) -> String {
    ratio.map_or_else(|| "a figure beyond 128 bits".to_owned(), |ratio| ratio.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_goes_where_the_rounding_says() {
        let cases = [
            (Rounding::HalfAwayFromZero, [623, -623, 622, -622]),
            (Rounding::HalfTowardsZero, [622, -622, 622, -622]),
            (Rounding::HalfEven, [622, -622, 622, -622]),
            (Rounding::Up, [623, -623, 623, -623]),
            (Rounding::Down, [622, -622, 622, -622]),
        ];
        for (rounding, expected) in cases {
            let of = |thousandths| Ratio::new(thousandths, 1000)?.round(2, rounding);
            let rounded = [6225, -6225, 6221, -6221].map(|it| of(it).unwrap());
            assert_eq!(rounded, expected, "{rounding:?}");
        }
        let odd = Ratio::new(6235, 1000).and_then(|it| it.round(2, Rounding::HalfEven));
        assert_eq!(odd, Some(624));
    }

    #[test]
    fn what_does_not_fit_is_none() {
        let large = Ratio::new(i128::MAX, 1).unwrap();
        assert_eq!(large.plus(large), None);
        assert_eq!(large.times(large), None);
        assert_eq!(Ratio::new(1, 0), None);
        assert_eq!(shown(None), "a figure beyond 128 bits");
    }

    #[test]
    fn thirds_add_up() {
        let third = Ratio::new(-1, -3);
        assert_eq!(Ratio::sum([third, third, third]), Ratio::new(1, 1));
        assert_eq!(third.unwrap().is_below(Ratio::new(1, 2).unwrap()), Some(true));
    }
}
