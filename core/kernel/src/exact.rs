//! Rational arithmetic in 128 bits: an amount before it is rounded. 34 units × 24.90 × 18 ÷ 31
//! has no finite decimal, so it stays a fraction until [`crate::rounding`] makes it money.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use rust_decimal::Decimal;

use crate::Overflow;

/// A fraction with a positive denominator. It is reduced when it is looked at or would not fit, not
/// with each step: sums and products of decimals stay over powers of ten, where a reduction is most
/// of the work.
#[derive(Clone, Copy)]
pub struct Exact {
    numerator: i128,
    denominator: i128,
}

/// What a decimal of so many places is a part of.
pub(crate) const POWERS_OF_TEN: [i128; 29] = {
    let mut powers = [1; 29];
    let mut place = 1;
    while place < powers.len() {
        powers[place] = powers[place - 1] * 10;
        place += 1;
    }
    powers
};

/// The product. Most factors fit into 64 bits, where it cannot overflow and takes one instruction.
#[inline]
fn product(a: i128, b: i128) -> Option<i128> {
    match (i64::try_from(a), i64::try_from(b)) {
        (Ok(a), Ok(b)) => Some(i128::from(a) * i128::from(b)),
        _ => a.checked_mul(b),
    }
}

/// How often `part` is in `whole`, where it is so without a rest.
#[inline]
fn times_in(part: i128, whole: i128) -> Option<i128> {
    match (u64::try_from(part), u64::try_from(whole)) {
        (Ok(part), Ok(whole)) => (whole % part == 0).then(|| i128::from(whole / part)),
        _ => (whole % part == 0).then(|| whole / part),
    }
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
    #[inline]
    pub fn ratio(numerator: i128, denominator: i128) -> Result<Self, Overflow> {
        match denominator {
            0 => Err(Overflow),
            1.. => Ok(Self { numerator, denominator }),
            _ => {
                let Self { numerator, denominator } = Self { numerator, denominator }.lowest();
                let numerator = numerator.checked_neg().ok_or(Overflow)?;
                let denominator = denominator.checked_neg().ok_or(Overflow)?;
                Ok(Self { numerator, denominator })
            }
        }
    }

    /// `scaled ÷ 10^decimals`, for decimals up to 28.
    #[must_use]
    #[inline]
    pub fn from_scaled(scaled: i128, decimals: u8) -> Self {
        let most = POWERS_OF_TEN[POWERS_OF_TEN.len() - 1];
        let denominator = POWERS_OF_TEN.get(usize::from(decimals)).copied().unwrap_or(most);
        Self { numerator: scaled, denominator }
    }

    /// A whole number.
    #[must_use]
    pub const fn from_integer(value: i128) -> Self {
        Self { numerator: value, denominator: 1 }
    }

    /// The same value in lowest terms.
    fn lowest(self) -> Self {
        let divisor = gcd(self.numerator.unsigned_abs(), self.denominator.unsigned_abs());
        match i128::try_from(divisor) {
            Ok(0 | 1) | Err(_) => self,
            Ok(divisor) => Self {
                numerator: self.numerator / divisor,
                denominator: self.denominator / divisor,
            },
        }
    }

    /// The numerator in lowest terms; it carries the sign.
    #[must_use]
    pub fn numerator(self) -> i128 {
        self.lowest().numerator
    }

    /// The denominator in lowest terms; always positive.
    #[must_use]
    pub fn denominator(self) -> i128 {
        self.lowest().denominator
    }

    /// Numerator and denominator, not always in lowest terms.
    pub(crate) const fn terms(self) -> (i128, i128) {
        (self.numerator, self.denominator)
    }

    /// The sum.
    ///
    /// # Errors
    /// [`Overflow`].
    #[inline]
    pub fn plus(self, other: Self) -> Result<Self, Overflow> {
        if self.denominator == other.denominator
            && let Some(numerator) = self.numerator.checked_add(other.numerator)
        {
            return Ok(Self { numerator, ..self });
        }
        if self.numerator == 0 {
            return Ok(other);
        }
        self.plus_over_common(other)
    }

    /// Over the least common denominator: the product of two of 10^21 (nine decimals of a
    /// quantity, twelve of a price) would not fit. Out of line, because sums are mostly of parts
    /// of one size.
    #[inline(never)]
    fn plus_over_common(self, other: Self) -> Result<Self, Overflow> {
        let grown = |part: Self, whole: Self, times: i128| {
            let numerator = whole.numerator.checked_add(product(part.numerator, times)?)?;
            Some(Self { numerator, ..whole })
        };
        let as_it_is = if let Some(times) = times_in(other.denominator, self.denominator) {
            grown(other, self, times)
        } else if let Some(times) = times_in(self.denominator, other.denominator) {
            grown(self, other, times)
        } else {
            None
        };
        as_it_is.or_else(|| self.lowest().plus_lowest(other.lowest())).ok_or(Overflow)
    }

    fn plus_lowest(self, other: Self) -> Option<Self> {
        let common = gcd(self.denominator.unsigned_abs(), other.denominator.unsigned_abs());
        let common = i128::try_from(common).ok()?;
        let (grow_self, grow_other) = (other.denominator / common, self.denominator / common);
        let left = self.numerator.checked_mul(grow_self)?;
        let right = other.numerator.checked_mul(grow_other)?;
        let denominator = self.denominator.checked_mul(grow_self)?;
        Some(Self { numerator: left.checked_add(right)?, denominator })
    }

    /// The difference.
    ///
    /// # Errors
    /// [`Overflow`].
    #[inline]
    pub fn minus(self, other: Self) -> Result<Self, Overflow> {
        let opposite = |it: Self| Some(Self { numerator: it.numerator.checked_neg()?, ..it });
        let other = opposite(other).or_else(|| opposite(other.lowest()));
        self.plus(other.ok_or(Overflow)?)
    }

    /// The product; where it does not fit, reduced crosswise first, so that it overflows only when
    /// it must.
    ///
    /// # Errors
    /// [`Overflow`].
    #[inline]
    pub fn times(self, other: Self) -> Result<Self, Overflow> {
        self.times_as_it_is(other).map_or_else(|| self.times_crosswise(other), Ok)
    }

    #[inline]
    fn times_as_it_is(self, other: Self) -> Option<Self> {
        let numerator = product(self.numerator, other.numerator)?;
        Some(Self { numerator, denominator: product(self.denominator, other.denominator)? })
    }

    #[cold]
    fn times_crosswise(self, other: Self) -> Result<Self, Overflow> {
        let (left, right) = (self.lowest(), other.lowest());
        let (above, below) = (left.numerator, left.denominator);
        let left = Self { numerator: above, denominator: right.denominator }.lowest();
        let right = Self { numerator: right.numerator, denominator: below }.lowest();
        left.times_as_it_is(right).ok_or(Overflow)
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
    #[inline]
    fn from(value: Decimal) -> Self {
        // A decimal has at most 96 bits and 28 decimals: both fit.
        Self::from_scaled(value.mantissa(), u8::try_from(value.scale()).unwrap_or(28))
    }
}

impl PartialEq for Exact {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Exact {}

impl Hash for Exact {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self { numerator, denominator } = self.lowest();
        (numerator, denominator).hash(state);
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Exact {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        if self.denominator == other.denominator {
            return self.numerator.cmp(&other.numerator);
        }
        let crosswise = (
            product(self.numerator, other.denominator),
            product(other.numerator, self.denominator),
        );
        match crosswise {
            (Some(left), Some(right)) => left.cmp(&right),
            _ => self.cmp_by_parts(*other),
        }
    }
}

impl Exact {
    /// Compares whole parts first and then the fractions' reciprocals, so nothing can overflow.
    fn cmp_by_parts(self, other: Self) -> Ordering {
        let (mut a, mut b) = (self, other);
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
        let lowest = self.lowest();
        let sign = if lowest.numerator < 0 { "-" } else { "" };
        let denominator = lowest.denominator.unsigned_abs();
        let absolute = lowest.numerator.unsigned_abs();
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
        let Self { numerator, denominator } = self.lowest();
        write!(f, "{numerator}/{denominator}")
    }
}
