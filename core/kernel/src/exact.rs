//! Rational arithmetic in 128 bits: an amount before it is rounded. 34 units × 24.90 × 18 ÷ 31
//! has no finite decimal, so it stays a fraction until [`crate::rounding`] makes it money.

use std::cmp::Ordering;
use std::fmt;

use rust_decimal::Decimal;

use crate::Overflow;

/// A fraction in lowest terms with a positive denominator.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Exact {
    numerator: i128,
    denominator: i128,
}

/// The greatest common divisor, by shifts and differences: a division of 128 bits takes longer
/// than a whole turn of these, and most numbers soon fit into 64.
const fn gcd(mut a: u128, mut b: u128) -> u128 {
    if a == 0 || b == 0 {
        return a | b;
    }
    let twos = (a | b).trailing_zeros();
    a >>= a.trailing_zeros();
    b >>= b.trailing_zeros();
    while a != b {
        if (a | b) >> u64::BITS == 0 {
            return (gcd_of_odd(a as u64, b as u64) as u128) << twos;
        }
        let (greater, less) = if a > b { (a, b) } else { (b, a) };
        let rest = greater - less;
        (a, b) = (less, rest >> rest.trailing_zeros());
    }
    a << twos
}

const fn gcd_of_odd(mut a: u64, mut b: u64) -> u64 {
    while a != b {
        let (greater, less) = if a > b { (a, b) } else { (b, a) };
        let rest = greater - less;
        (a, b) = (less, rest >> rest.trailing_zeros());
    }
    a
}

impl Exact {
    /// Zero.
    pub const ZERO: Self = Self { numerator: 0, denominator: 1 };

    /// The fraction `numerator ÷ denominator`.
    ///
    /// # Errors
    /// [`Overflow`] when the denominator is zero or the lowest terms do not fit.
    pub fn ratio(numerator: i128, denominator: i128) -> Result<Self, Overflow> {
        if denominator == 0 {
            return Err(Overflow);
        }
        if denominator == 1 {
            return Ok(Self { numerator, denominator });
        }
        let divisor = gcd(numerator.unsigned_abs(), denominator.unsigned_abs());
        let divisor = i128::try_from(divisor).map_err(|_| Overflow)?;
        let (numerator, denominator) = if divisor == 1 {
            (numerator, denominator)
        } else {
            (numerator / divisor, denominator / divisor)
        };
        if denominator < 0 {
            let numerator = numerator.checked_neg().ok_or(Overflow)?;
            let denominator = denominator.checked_neg().ok_or(Overflow)?;
            return Ok(Self { numerator, denominator });
        }
        Ok(Self { numerator, denominator })
    }

    /// `scaled ÷ 10^decimals`, for decimals up to 28.
    #[must_use]
    pub fn from_scaled(scaled: i128, decimals: u8) -> Self {
        let denominator = 10_i128.pow(u32::from(decimals.min(28)));
        Self::ratio(scaled, denominator).unwrap_or(Self { numerator: scaled, denominator })
    }

    /// A whole number.
    #[must_use]
    pub const fn from_integer(value: i128) -> Self {
        Self { numerator: value, denominator: 1 }
    }

    /// The numerator in lowest terms; it carries the sign.
    #[must_use]
    pub const fn numerator(self) -> i128 {
        self.numerator
    }

    /// The denominator in lowest terms; always positive.
    #[must_use]
    pub const fn denominator(self) -> i128 {
        self.denominator
    }

    /// The sum.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn plus(self, other: Self) -> Result<Self, Overflow> {
        if self.denominator == other.denominator {
            let sum = self.numerator.checked_add(other.numerator).ok_or(Overflow)?;
            return Self::ratio(sum, self.denominator);
        }
        // Over the least common denominator: the product of two of 10^21 (nine decimals of a
        // quantity, twelve of a price) would not fit.
        let common = gcd(self.denominator.unsigned_abs(), other.denominator.unsigned_abs());
        let common = i128::try_from(common).map_err(|_| Overflow)?;
        let (grow_self, grow_other) = (other.denominator / common, self.denominator / common);
        let left = self.numerator.checked_mul(grow_self).ok_or(Overflow)?;
        let right = other.numerator.checked_mul(grow_other).ok_or(Overflow)?;
        let denominator = self.denominator.checked_mul(grow_self).ok_or(Overflow)?;
        Self::ratio(left.checked_add(right).ok_or(Overflow)?, denominator)
    }

    /// The difference.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn minus(self, other: Self) -> Result<Self, Overflow> {
        self.plus(Self {
            numerator: other.numerator.checked_neg().ok_or(Overflow)?,
            denominator: other.denominator,
        })
    }

    /// The product, reduced crosswise first so that it overflows only when it must.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn times(self, other: Self) -> Result<Self, Overflow> {
        let left = Self::ratio(self.numerator, other.denominator)?;
        let right = Self::ratio(other.numerator, self.denominator)?;
        Ok(Self {
            numerator: left.numerator.checked_mul(right.numerator).ok_or(Overflow)?,
            denominator: left.denominator.checked_mul(right.denominator).ok_or(Overflow)?,
        })
    }

    /// The quotient.
    ///
    /// # Errors
    /// [`Overflow`], also when `other` is zero.
    pub fn divided_by(self, other: Self) -> Result<Self, Overflow> {
        self.times(Self::ratio(other.denominator, other.numerator)?)
    }
}

impl From<Decimal> for Exact {
    fn from(value: Decimal) -> Self {
        let value = value.normalize();
        // A decimal has at most 96 bits and 28 decimals: both fit.
        Self::from_scaled(value.mantissa(), u8::try_from(value.scale()).unwrap_or(28))
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Exact {
    /// Compares whole parts first and then the fractions' reciprocals, so nothing can overflow.
    fn cmp(&self, other: &Self) -> Ordering {
        let (mut a, mut b) = (*self, *other);
        loop {
            let (whole_a, whole_b) =
                (a.numerator.div_euclid(a.denominator), b.numerator.div_euclid(b.denominator));
            let (rest_a, rest_b) =
                (a.numerator.rem_euclid(a.denominator), b.numerator.rem_euclid(b.denominator));
            match whole_a.cmp(&whole_b) {
                Ordering::Equal => {}
                decided => return decided,
            }
            match (rest_a, rest_b) {
                (0, 0) => return Ordering::Equal,
                (0, _) => return Ordering::Less,
                (_, 0) => return Ordering::Greater,
                // a < b exactly when 1/b < 1/a: swap the sides and go on with the reciprocals.
                _ => {
                    (a, b) = (
                        Self { numerator: b.denominator, denominator: rest_b },
                        Self { numerator: a.denominator, denominator: rest_a },
                    );
                }
            }
        }
    }
}

impl fmt::Display for Exact {
    /// A decimal where one of at most 12 places is exact, otherwise twelve places and `…`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const PLACES_MAX: usize = 12;
        let sign = if self.numerator < 0 { "-" } else { "" };
        let denominator = self.denominator.unsigned_abs();
        let absolute = self.numerator.unsigned_abs();
        let (whole, mut rest) = (absolute / denominator, absolute % denominator);
        let mut places = String::new();
        while rest != 0 && places.len() < PLACES_MAX {
            let Some(ten_times) = rest.checked_mul(10) else { break };
            places.push(char::from(b'0' + u8::try_from(ten_times / denominator).unwrap_or(0)));
            rest = ten_times % denominator;
        }
        write!(f, "{sign}{whole}")?;
        if !places.is_empty() {
            write!(f, ".{places}")?;
        }
        if rest != 0 { f.write_str("…") } else { Ok(()) }
    }
}

impl fmt::Debug for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.numerator, self.denominator)
    }
}
