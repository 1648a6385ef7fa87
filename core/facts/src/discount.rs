//! What an offer or an account takes off a price, or puts on it as a contract grows older; and
//! what that did to a line of an invoice.
//!
//! The order is fixed, and documented in `docs/adr/0015-terms-on-the-line.md`: escalations first,
//! then discounts on components, on an offer, on the account; of equal rank those of the offer
//! before those of the account, then as written.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use kernel::{Money, Percent, Period, Quantity, UnitPrice};
use serde::{Deserialize, Serialize};

use crate::commitment::Commitment;
use crate::{ComponentCode, IndexCode, OfferCode, OfferRef, TermCode, Text};

/// The terms of an offer or of an account.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Terms {
    /// What rises at the anniversary of the contract.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub escalations: Vec<Escalation>,
    /// What is taken off.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub discounts: Vec<Discount>,
    /// The least and the most that is billed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commitments: Vec<Commitment>,
}

impl Terms {
    /// Whether there are none: then nothing of them is stored.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.escalations.is_empty() && self.discounts.is_empty() && self.commitments.is_empty()
    }
}

/// What is taken off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discount {
    /// Unique among the terms of the offer or account.
    pub code: TermCode,
    /// What the invoice calls it.
    pub name: Text,
    /// What it is taken off.
    pub scope: Scope,
    /// When.
    pub window: Window,
    /// How much.
    pub reduction: Reduction,
    /// Of which base.
    pub basis: Basis,
}

/// Which lines a term is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// The lines of these components, each component for itself.
    Components(BTreeSet<ComponentCode>),
    /// All lines of one offer, together.
    Offer(OfferCode),
    /// All lines of the account, together.
    Account,
}

/// When a term counts. Service is judged day by day, usage by the last day of its bill period,
/// a device by its delivery, an instalment by the day it is due, a fee by the day of the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// Always.
    Always,
    /// On these days.
    Dates {
        /// The first day; none: since ever.
        from: Option<Date>,
        /// The day after the last; none: for ever.
        until: Option<Date>,
    },
    /// In the first months of each unit's contract, counted from the start of its service.
    Months {
        /// How many.
        count: u16,
    },
    /// In the first bill periods of each unit's contract; that of the start is the first.
    Periods {
        /// How many.
        count: u16,
    },
}

/// How much is taken off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reduction {
    /// A part of the base; 100 is free.
    Percent(Percent),
    /// An amount, and never more than the base.
    Amount {
        /// Net of tax; above zero.
        amount: Money,
        /// How often.
        each: Each,
    },
    /// A part of the base that changes as a unit's contract grows older; after the last step,
    /// nothing.
    Ramp(Vec<RampStep>),
}

/// How often an amount is taken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Each {
    /// In every bill period; a period that is part of a contract only takes all of it.
    Period,
    /// In all; what one invoice is too small for is taken off the next.
    Once,
}

/// A step of a ramp.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RampStep {
    /// How many months of the contract it lasts.
    pub months: u16,
    /// What is taken off in them.
    pub percent: Percent,
}

/// What a percentage is taken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The price before any discount: 10 % and 20 % are 30 %.
    Undiscounted,
    /// What the discounts before it left: 10 % and 20 % are 28 %.
    Remainder,
}

/// The price rises at each anniversary of a unit's contract. One-off charges do not rise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalation {
    /// Unique among the terms of the offer.
    pub code: TermCode,
    /// What the invoice calls it.
    pub name: Text,
    /// Of which recurring and usage components; empty: of all.
    pub components: BTreeSet<ComponentCode>,
    /// By how much.
    pub by: Growth,
}

/// By how much a price rises.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Growth {
    /// By this part of the price of the year before.
    Percent(Percent),
    /// As an index that the seller publishes moved since the start of the contract.
    Index(IndexCode),
}

/// The values of an index by the day from which each counts.
pub type IndexValues = BTreeMap<Date, UnitPrice>;

/// What a term does to a line. (EN 16931: BG-27 where something is taken off, BG-28 where
/// something is put on; the base is BT-137, the percentage BT-138.)
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TermEffect {
    /// The term, or the credit.
    pub term: TermCode,
    /// What the invoice calls it.
    pub name: Text,
    /// What kind of term it is.
    pub kind: TermKind,
    /// With which others it shares one rounding, or one amount.
    pub pot: Pot,
    /// The part of the base; none for an amount.
    pub percent: Option<Percent>,
    /// The amount that it shares in, or the maximum, where it is one.
    pub of_amount: Option<Money>,
    /// The part of the line that it is about.
    pub base: Money,
    /// What of the line was left before it.
    pub before: Money,
    /// What is added to the line: below zero where something is taken off.
    pub amount: Money,
    /// The usage that a credit in units covers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Quantity>,
}

/// What kind of term had an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TermKind {
    /// Taken off.
    Discount,
    /// Put on at an anniversary.
    Escalation,
    /// Taken off because a maximum is reached; 0 where it is not.
    Maximum,
    /// Covered by a credit.
    Credit,
}

impl TermKind {
    /// The stable key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Discount => "discount",
            Self::Escalation => "escalation",
            Self::Maximum => "maximum",
            Self::Credit => "credit",
        }
    }
}

/// What is worked out together: the effects of one pot, on all invoices, sum to one amount that
/// was rounded once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Pot {
    /// The version of the offer whose term it is; none: a term of the account.
    pub offer: Option<OfferRef>,
    /// The component, where the term is about components.
    pub component: Option<ComponentCode>,
    /// The bill period that the lines are of, or the period of a maximum; none: an amount that is
    /// taken off once.
    pub period: Option<Period>,
}
