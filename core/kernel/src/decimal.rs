//! Decimals read strictly. A quantity has at most 9 decimals and a unit price at most 12; text
//! with more is refused, never rounded. No exponent, no `NaN`, no infinity can be written.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::exact::POWERS_OF_TEN;
use crate::{Exact, Overflow};

/// Why a text is not a decimal of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// Not digits with an optional sign and one point.
    #[error("`{0}` is not a decimal number; write digits with a point, such as 12.5")]
    NotANumber(String),
    /// More decimals than the kind allows.
    #[error("`{text}` has more than {max} decimals")]
    TooPrecise {
        /// The text as read.
        text: String,
        /// Decimals allowed.
        max: u32,
    },
    /// More digits than 28, which is what is kept without loss.
    #[error("`{0}` is too large to be kept without loss")]
    TooLarge(String),
}

/// Reads a plain decimal: optional sign, digits, optional point and digits. `1e3`, `NaN`, `inf`,
/// `1_000` and the empty text are refused.
fn parse(text: &str, decimals_max: u32) -> Result<Decimal, DecimalError> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(fraction) {
        return Err(DecimalError::NotANumber(text.to_owned()));
    }
    // Counted in the text: Decimal does not tell too many decimals from too many digits.
    let decimals = u32::try_from(fraction.trim_end_matches('0').len());
    if decimals.is_ok_and(|decimals| decimals <= decimals_max) {
        let value = Decimal::from_str_exact(text);
        value.map(unsigned_zero).map_err(|_| DecimalError::TooLarge(text.to_owned()))
    } else {
        Err(DecimalError::TooPrecise { text: text.to_owned(), max: decimals_max })
    }
}

fn check_scale(value: Decimal, decimals_max: u32) -> Result<Decimal, u32> {
    if value.normalize().scale() > decimals_max { Err(decimals_max) } else { Ok(value) }
}

/// Zero without a sign: equal values must have equal text, or two runs differ by a `-0`.
fn unsigned_zero(value: Decimal) -> Decimal {
    if value.is_zero() { value.abs() } else { value }
}

/// The sum or difference of two decimals of at most 63 bits, as Decimal has it, but without a
/// call: most of rating is this. To take from 0 is left to Decimal.
#[inline]
fn small_sum(a: Decimal, b: Decimal, add: fn(i64, i64) -> Option<i64>) -> Option<Decimal> {
    if b.is_zero() && !a.is_zero() {
        return Some(a);
    }
    let small = |it: Decimal| i64::try_from(it.mantissa()).ok().filter(|it| *it != 0);
    let (mut left, mut right, decimals) = (small(a)?, small(b)?, a.scale().max(b.scale()));
    left = left.checked_mul(power_of_ten(decimals - a.scale())?)?;
    right = right.checked_mul(power_of_ten(decimals - b.scale())?)?;
    let sum = add(left, right)?;
    let digits = sum.unsigned_abs();
    let [low, middle] = [digits & u64::from(u32::MAX), digits >> u32::BITS];
    let [low, middle] = [u32::try_from(low).ok()?, u32::try_from(middle).ok()?];
    Some(Decimal::from_parts(low, middle, 0, sum < 0, decimals))
}

/// Powers that fit into 64 bits.
#[inline]
fn power_of_ten(decimals: u32) -> Option<i64> {
    let power = POWERS_OF_TEN.get(usize::try_from(decimals).ok()?)?;
    i64::try_from(*power).ok()
}

/// The result of decimal arithmetic, unless digits were dropped to make it fit, which Decimal does
/// without a word. Fewer decimals than the operands is the sign of it; exact arithmetic decides.
fn unless_rounded(
    result: Option<Decimal>,
    decimals: u32,
    exact: impl FnOnce() -> Result<Exact, Overflow>,
) -> Result<Quantity, Overflow> {
    let result = result.ok_or(Overflow)?;
    if result.scale() >= decimals || Exact::from(result) == exact()? {
        Ok(Quantity(unsigned_zero(result)))
    } else {
        Err(Overflow)
    }
}

macro_rules! decimal_kind {
    ($(#[$doc:meta])* $name:ident, $decimals:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
        pub struct $name(Decimal);

        impl PartialOrd for $name {
            #[inline]
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $name {
            #[inline]
            fn cmp(&self, other: &Self) -> Ordering {
                self.exact().cmp(&other.exact())
            }
        }

        impl $name {
            /// The most decimals this kind keeps.
            pub const DECIMALS_MAX: u32 = $decimals;
            /// Zero.
            pub const ZERO: Self = Self(Decimal::ZERO);

            /// Wraps a decimal.
            ///
            /// # Errors
            /// [`DecimalError::TooPrecise`] when it has more decimals than this kind keeps.
            pub fn new(value: Decimal) -> Result<Self, DecimalError> {
                check_scale(value, Self::DECIMALS_MAX).map(unsigned_zero).map(Self).map_err(|max| {
                    DecimalError::TooPrecise { text: value.to_string(), max }
                })
            }

            /// The decimal itself.
            #[must_use]
            pub const fn decimal(self) -> Decimal {
                self.0
            }

            /// The exact rational value.
            #[must_use]
            #[inline]
            pub fn exact(self) -> Exact {
                Exact::from(self.0)
            }

            /// Whether the value is below zero.
            #[must_use]
            #[inline]
            pub const fn is_negative(self) -> bool {
                self.0.is_sign_negative() && !self.0.is_zero()
            }

            /// Whether the value is zero.
            #[must_use]
            #[inline]
            pub const fn is_zero(self) -> bool {
                self.0.is_zero()
            }
        }

        impl FromStr for $name {
            type Err = DecimalError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                parse(text, Self::DECIMALS_MAX).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

decimal_kind!(
    /// How much of something: devices, megabytes, hours. Negative in credits.
    Quantity,
    9
);

decimal_kind!(
    /// A price per unit in major units of the currency, before any rounding.
    UnitPrice,
    12
);

decimal_kind!(
    /// A tax or discount rate in percent: `20` is 20 %.
    Percent,
    4
);

impl Percent {
    /// The exact fraction: 20 % is 1/5.
    ///
    /// # Errors
    /// [`Overflow`] beyond 128 bits.
    pub fn fraction(self) -> Result<Exact, Overflow> {
        self.exact().divided_by(Exact::from_integer(100))
    }

    /// The whole.
    pub const WHOLE: Self = Self(Decimal::ONE_HUNDRED);

    /// The sum.
    ///
    /// # Errors
    /// [`Overflow`] beyond 28 digits.
    pub fn plus(self, other: Self) -> Result<Self, Overflow> {
        let sum = self.0.checked_add(other.0).ok_or(Overflow)?;
        Self::new(sum).map_err(|_| Overflow)
    }

    /// The difference.
    ///
    /// # Errors
    /// [`Overflow`] beyond 28 digits.
    pub fn minus(self, other: Self) -> Result<Self, Overflow> {
        let difference = self.0.checked_sub(other.0).ok_or(Overflow)?;
        Self::new(difference).map_err(|_| Overflow)
    }
}

impl UnitPrice {
    /// One: the price of a unit of value that is passed on as it is.
    pub const ONE: Self = Self(Decimal::ONE);

    /// What a rate takes of one unit of value: 2.9 % is 0.029.
    ///
    /// # Errors
    /// [`Overflow`] beyond 28 digits.
    pub fn of_rate(rate: Percent) -> Result<Self, Overflow> {
        let hundredth = Decimal::new(1, 2);
        let price = rate.0.normalize().checked_mul(hundredth).ok_or(Overflow)?;
        Self::new(price).map_err(|_| Overflow)
    }

    /// The sum.
    ///
    /// # Errors
    /// [`Overflow`] beyond 28 digits.
    pub fn plus(self, other: Self) -> Result<Self, Overflow> {
        let decimals = self.0.scale().max(other.0.scale());
        let sum = self.0.checked_add(other.0).ok_or(Overflow)?;
        if sum.scale() >= decimals { Ok(Self(sum)) } else { Err(Overflow) }
    }
}

impl Quantity {
    /// One.
    pub const ONE: Self = Self(Decimal::ONE);

    /// A whole number of things.
    #[must_use]
    pub fn from_count(count: u64) -> Self {
        Self(Decimal::from(count))
    }

    /// The sum.
    ///
    /// # Errors
    /// [`Overflow`] beyond 28 digits.
    #[inline]
    pub fn plus(self, other: Self) -> Result<Self, Overflow> {
        match small_sum(self.0, other.0, i64::checked_add) {
            Some(sum) => Ok(Self(sum)),
            None => self.large_sum(other),
        }
    }

    #[inline(never)]
    fn large_sum(self, other: Self) -> Result<Self, Overflow> {
        let decimals = self.0.scale().max(other.0.scale());
        let sum = self.0.checked_add(other.0);
        unless_rounded(sum, decimals, || self.exact().plus(other.exact()))
    }

    /// The difference.
    ///
    /// # Errors
    /// [`Overflow`] beyond 28 digits.
    #[inline]
    pub fn minus(self, other: Self) -> Result<Self, Overflow> {
        match small_sum(self.0, other.0, i64::checked_sub) {
            Some(difference) => Ok(Self(difference)),
            None => self.large_sum(other.negated()),
        }
    }

    /// The product with a whole number.
    ///
    /// # Errors
    /// [`Overflow`] beyond 28 digits.
    pub fn times(self, count: i64) -> Result<Self, Overflow> {
        let product = self.0.checked_mul(Decimal::from(count));
        let count = Exact::from_integer(i128::from(count));
        unless_rounded(product, self.0.scale(), || self.exact().times(count))
    }

    /// The opposite.
    #[must_use]
    pub fn negated(self) -> Self {
        Self(unsigned_zero(-self.0))
    }

    /// The same value without trailing zeros: `1.50` becomes `1.5`. Text of equal quantities is
    /// then equal.
    #[must_use]
    pub fn normalized(self) -> Self {
        Self(self.0.normalize())
    }
}
