//! The shape of terms in the catalog file: discounts, escalations and indexes.

use facts::commitment::{Partial, Span};
use facts::discount::{Basis, Each};
use facts::offer::ComponentKind;
use facts::{ComponentCode, IndexCode, OfferCode, TermCode};
use jiff::civil::Date;
use kernel::{Percent, UnitPrice};
use schemars::JsonSchema;
use serde::Deserialize;

use super::shape::Words;
use super::written::Written;

/// Something that is taken off. Discounts on components come first, then those on an offer, then
/// those on the account; of equal rank as they are written.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Discount {
    /// What the rest of the world calls it.
    pub code: Written<TermCode>,
    /// What the invoice calls it.
    pub name: Words,
    /// The components that it is taken off, each for itself; left out: everything.
    #[serde(default)]
    pub components: Vec<Written<ComponentCode>>,
    /// Under an account: the offer whose lines it is taken off, together.
    #[serde(default)]
    pub offer: Option<Written<OfferCode>>,
    /// When it counts; left out: always.
    #[serde(default)]
    pub window: Option<Window>,
    /// How much.
    pub reduction: Reduction,
    /// What a percentage is taken of; left out: what the discounts before it left.
    #[serde(default)]
    pub basis: Option<Written<Basis>>,
}

/// When a discount counts.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// On some days.
    Dates(Dates),
    /// In the first months of each unit's contract, from its service start.
    Months(Written<u16>),
    /// In the first bill periods of each unit's contract; that of its service start is the first.
    Periods(Written<u16>),
}

/// Days.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dates {
    /// The first; left out: since ever.
    #[serde(default)]
    pub from: Option<Written<Date>>,
    /// The day after the last; left out: for ever.
    #[serde(default)]
    pub until: Option<Written<Date>>,
}

/// How much is taken off.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reduction {
    /// A part.
    Percent(Written<Percent>),
    /// An amount, net of VAT.
    Amount(Amount),
    /// A part that changes with the age of each unit's contract.
    Ramp(Vec<RampStep>),
    /// All of it in the first months of each unit's contract.
    FreeMonths(Written<u16>),
}

/// An amount.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Amount {
    /// Net of VAT, in the currency of the offer or account.
    pub amount: Written<UnitPrice>,
    /// In every bill period, or once in all; left out: period.
    #[serde(default)]
    pub each: Option<Written<Each>>,
}

/// A step of a ramp.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RampStep {
    /// How many months it lasts.
    pub months: Written<u16>,
    /// What is taken off in them.
    pub percent: Written<Percent>,
}

/// The least or the most that is billed for some lines in a period. Maxima come after all
/// discounts, minima after them.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Commitment {
    /// What the rest of the world calls it.
    pub code: Written<TermCode>,
    /// What the invoice calls it.
    pub name: Words,
    /// The least, net of VAT: what is missing is a line of the invoice after the period.
    #[serde(default)]
    pub minimum: Option<Written<UnitPrice>>,
    /// The most, net of VAT: what is above it is taken off the lines.
    #[serde(default)]
    pub maximum: Option<Written<UnitPrice>>,
    /// Each bill period, or each year of twelve; left out: period.
    #[serde(default)]
    pub each: Option<Written<Span>>,
    /// The components that count, together; left out: everything.
    #[serde(default)]
    pub components: Vec<Written<ComponentCode>>,
    /// Under an account: the offer whose lines count.
    #[serde(default)]
    pub offer: Option<Written<OfferCode>>,
    /// Which kinds of components count; left out: service and usage, or any that is named.
    #[serde(default)]
    pub counts: Vec<Written<ComponentKind>>,
    /// The first day; left out, and at the earliest: the first service of a unit.
    #[serde(default)]
    pub from: Option<Written<Date>>,
    /// The day after the last; left out: while there are units (of an offer), or for ever.
    #[serde(default)]
    pub until: Option<Written<Date>>,
    /// What holds for a part of a period; left out: prorated.
    #[serde(default)]
    pub partial: Option<Written<Partial>>,
}

/// A price that rises at each anniversary of a unit's contract.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Escalation {
    /// What the rest of the world calls it.
    pub code: Written<TermCode>,
    /// What the invoice calls it.
    pub name: Words,
    /// Which recurring and usage components rise; left out: all.
    #[serde(default)]
    pub components: Vec<Written<ComponentCode>>,
    /// By how much.
    pub by: Growth,
}

/// By how much a price rises.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Growth {
    /// By this part of the price of the year before.
    Percent(Written<Percent>),
    /// As an index of the seller moved since the start of the contract.
    Index(Written<IndexCode>),
}

/// An index that prices follow.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Index {
    /// What escalations call it.
    pub code: Written<IndexCode>,
    /// Its values.
    pub values: Vec<IndexValue>,
}

/// A value of an index.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IndexValue {
    /// The day from which it counts.
    pub from: Written<Date>,
    /// The value.
    pub value: Written<UnitPrice>,
}
