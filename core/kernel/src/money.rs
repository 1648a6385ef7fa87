//! An amount of money: whole minor units of one currency. Signed, because credits exist.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Currency, Exact, Overflow, Rounding};

/// An amount in minor units (cents for EUR). Addition is checked; currencies never mix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Signed minor units: −6.23 EUR is −623.
    pub minor: i64,
    /// The currency, which fixes the number of decimals.
    pub currency: Currency,
}

/// Why two amounts could not be combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The sum leaves the range of 64-bit minor units.
    #[error(transparent)]
    Overflow(#[from] Overflow),
    /// The two amounts are of different currencies.
    #[error("{left} and {right} cannot be added: convert one of them first")]
    CurrencyMismatch {
        /// Currency of the left operand.
        left: Currency,
        /// Currency of the right operand.
        right: Currency,
    },
}

impl Money {
    /// Nothing, in `currency`.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// An amount given in minor units.
    #[must_use]
    pub const fn from_minor(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Rounds an exact amount (in major units) to the currency's decimals. The one way in which
    /// a calculation becomes money.
    ///
    /// # Errors
    /// [`Overflow`] when the result leaves 64-bit minor units.
    pub fn round(exact: Exact, currency: Currency, mode: Rounding) -> Result<Self, Overflow> {
        let minor = mode.round(exact, currency.exponent())?;
        Ok(Self { minor: i64::try_from(minor).map_err(|_| Overflow)?, currency })
    }

    /// The exact value in major units.
    #[must_use]
    pub fn exact(self) -> Exact {
        Exact::from_scaled(i128::from(self.minor), self.currency.exponent())
    }

    /// The sum of two amounts of one currency.
    ///
    /// # Errors
    /// [`MoneyError`] on overflow or when the currencies differ.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let minor = self.minor.checked_add(other.minor).ok_or(Overflow)?;
        Ok(Self { minor, ..self })
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        let (left, right) = (self.currency, other.currency);
        if left == right { Ok(()) } else { Err(MoneyError::CurrencyMismatch { left, right }) }
    }

    /// The same amount with the opposite sign.
    ///
    /// # Errors
    /// [`Overflow`] for the smallest 64-bit amount only.
    pub fn negated(self) -> Result<Self, Overflow> {
        Ok(Self { minor: self.minor.checked_neg().ok_or(Overflow)?, ..self })
    }

    /// `self − other`.
    ///
    /// # Errors
    /// As [`Money::plus`].
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let minor = self.minor.checked_sub(other.minor).ok_or(Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// The sum of amounts of one currency; zero of `currency` when there are none.
    ///
    /// # Errors
    /// As [`Money::plus`].
    pub fn sum<I>(currency: Currency, amounts: I) -> Result<Self, MoneyError>
    where
        I: IntoIterator<Item = Self>,
    {
        amounts.into_iter().try_fold(Self::zero(currency), Self::plus)
    }

    /// The amount as plain text in major units: `-6.23`, `1500` for yen.
    #[must_use]
    pub fn amount_text(&self) -> String {
        let digits = usize::from(self.currency.exponent());
        let sign = if self.minor < 0 { "-" } else { "" };
        let absolute = self.minor.unsigned_abs().to_string();
        if digits == 0 {
            return format!("{sign}{absolute}");
        }
        let padded = format!("{absolute:0>width$}", width = digits + 1);
        let (major, minor) = padded.split_at(padded.len() - digits);
        format!("{sign}{major}.{minor}")
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount_text(), self.currency)
    }
}
