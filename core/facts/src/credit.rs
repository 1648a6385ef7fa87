//! Prepaid credits: what was granted, and what became of it. Every credit is a small ledger of its
//! own, worked out of these facts and of the invoices that it was burnt on
//! (`docs/adr/0017-credits.md`).

use jiff::civil::Date;
use kernel::money::MoneyError;
use kernel::{Money, Overflow, Quantity};
use serde::{Deserialize, Serialize};

use crate::{AccountId, AdjustmentId, ComponentCode, CreditId, InvoiceNumber, Text};

/// A customer has a credit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditGranted {
    /// The credit.
    pub credit: CreditId,
    /// Whose it is.
    pub account: AccountId,
    /// What the invoice calls it.
    pub name: Text,
    /// What it does.
    pub kind: CreditKind,
    /// How much; above zero.
    pub amount: CreditAmount,
    /// Of several, the least burns first.
    pub priority: u16,
    /// Civil day in the account's zone: invoices of later days burn it.
    pub granted_on: Date,
    /// The day after the last; an invoice of this day, which knows the day before it, is the last
    /// that burns it. None: for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// What of the rest goes on after that; none: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollover: Option<Rollover>,
    /// Below which rest, with its top-ups, somebody is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alert_below: Option<CreditAmount>,
    /// When it is topped up by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top_up: Option<TopUp>,
    /// The credit that this one tops up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tops_up: Option<CreditId>,
}

/// What a credit does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CreditKind {
    /// Paid before: it pays what an invoice asks for, tax included.
    Paid,
    /// A gift: it is taken off the lines, before tax.
    Promotional,
    /// Usage of a component: what it covers is taken off its lines, before tax.
    Units {
        /// The component.
        component: ComponentCode,
        /// How many credits one unit of usage draws.
        rate: u16,
    },
}

/// Money, or a number of credits. Signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CreditAmount {
    /// Of a paid or promotional credit.
    Money(Money),
    /// Of a credit in units.
    Units(Quantity),
}

impl CreditAmount {
    /// Nothing, of the same sort.
    #[must_use]
    pub const fn zero(self) -> Self {
        match self {
            Self::Money(money) => Self::Money(Money::zero(money.currency)),
            Self::Units(_) => Self::Units(Quantity::ZERO),
        }
    }

    /// Whether it is nothing.
    #[must_use]
    pub fn is_zero(self) -> bool {
        match self {
            Self::Money(money) => money.minor == 0,
            Self::Units(quantity) => quantity.is_zero(),
        }
    }

    /// Whether it is above nothing.
    #[must_use]
    pub fn is_above_zero(self) -> bool {
        !self.is_zero()
            && match self {
                Self::Money(money) => money.minor > 0,
                Self::Units(quantity) => !quantity.is_negative(),
            }
    }

    /// The sum.
    ///
    /// # Errors
    /// [`MoneyError`] when it leaves its range or the two are not of one sort.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        match (self, other) {
            (Self::Money(a), Self::Money(b)) => Ok(Self::Money(a.plus(b)?)),
            (Self::Units(a), Self::Units(b)) => Ok(Self::Units(a.plus(b)?)),
            _ => Err(Overflow.into()),
        }
    }

    /// The difference.
    ///
    /// # Errors
    /// As [`CreditAmount::plus`].
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        match (self, other) {
            (Self::Money(a), Self::Money(b)) => Ok(Self::Money(a.minus(b)?)),
            (Self::Units(a), Self::Units(b)) => Ok(Self::Units(a.minus(b)?)),
            _ => Err(Overflow.into()),
        }
    }

    /// Whether it is less.
    ///
    /// # Errors
    /// As [`CreditAmount::plus`].
    pub fn is_below(self, other: Self) -> Result<bool, MoneyError> {
        Ok(other.minus(self)?.is_above_zero())
    }
}

impl std::fmt::Display for CreditAmount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Money(money) => write!(f, "{money}"),
            Self::Units(quantity) => write!(f, "{quantity}"),
        }
    }
}

/// What of the rest of a credit goes on when its time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rollover {
    /// At most; none: all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<CreditAmount>,
    /// For how many months.
    pub months: u16,
    /// How often.
    pub times: u16,
}

/// When a credit is topped up by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopUp {
    /// When the rest, with earlier top-ups, is below this after an invoice.
    pub below: CreditAmount,
    /// By how much: a credit of its own, like the first.
    pub amount: CreditAmount,
}

/// The time of a credit was over, and something of it was left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditLapsed {
    /// The credit.
    pub credit: CreditId,
    /// Whose it is.
    pub account: AccountId,
    /// The day after its last.
    pub lapsed_on: Date,
    /// What is gone.
    pub expired: CreditAmount,
    /// What goes on.
    pub rolled: CreditAmount,
    /// Until when it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// Somebody put a credit right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditAdjusted {
    /// The adjustment, as its sender names it.
    pub adjustment: AdjustmentId,
    /// The credit.
    pub credit: CreditId,
    /// Whose it is.
    pub account: AccountId,
    /// Civil day in the account's zone.
    pub adjusted_on: Date,
    /// What is added; below zero where something is taken away.
    pub amount: CreditAmount,
    /// Why.
    pub reason: String,
}

/// An invoice left less of a credit and its top-ups than somebody wants to be told of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditRanLow {
    /// The credit.
    pub credit: CreditId,
    /// Whose it is.
    pub account: AccountId,
    /// Which invoice.
    pub invoice: InvoiceNumber,
    /// What is left.
    pub left: CreditAmount,
    /// The threshold.
    pub below: CreditAmount,
}

/// What a paid credit pays of an invoice. (EN 16931: a part of BT-113.)
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepaid {
    /// The credit.
    pub credit: CreditId,
    /// What the invoice calls it.
    pub name: Text,
    /// How much, above zero.
    pub amount: Money,
    /// Whose credit it is, where that is not the account of the invoice but one that it pays for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
}
