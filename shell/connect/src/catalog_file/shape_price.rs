//! The shapes of prices: each model under the name that the field gives it. All but `table` and
//! `pool` are settings of one model, which `model` writes out.

use std::collections::BTreeMap;

use facts::RowCode;
use facts::price::{AtZero, BandZone, Bounds, CounterReset, CounterScope, Peak, TierMode, WeekDay};
use jiff::civil::{Date, Time};
use kernel::{Percent, Quantity, UnitPrice};
use schemars::JsonSchema;
use serde::Deserialize;

use super::shape_pool::Pool;
use super::written::{Values, Written};

/// The price of usage.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UsagePrice {
    /// One price for the whole, whatever the quantity.
    Flat(Flat),
    /// One price for every unit of usage.
    PerUnit(Written<UnitPrice>),
    /// The quantity fills the tiers one after the other.
    Graduated(Vec<Tier>),
    /// The one tier that contains the quantity prices all of it.
    Volume(Vec<Tier>),
    /// The fee of the one tier that contains the quantity.
    Stairstep(Vec<Step>),
    /// Whole packages; a part of one costs a whole one.
    Package(Package),
    /// A part of the value that the meter measures.
    Percentage(Box<Percentage>),
    /// As `graduated`, of the value that the meter measures.
    GraduatedPercentage(Vec<RateTier>),
    /// Nothing up to a quantity, a price for each unit above it.
    Overage(Overage),
    /// Tiers up to their last bound, a price for each unit above it.
    TieredWithOverage(TieredWithOverage),
    /// The greatest quantity of one day prices the period.
    HighWaterMark(HighWaterMark),
    /// The price that the events carry, which the meter sums.
    Dynamic(Limits),
    /// The cost that the events carry, which the meter sums, and a markup.
    CostPlus(CostPlus),
    /// All the settings of a model.
    Model(Box<Model>),
    /// Attributes and the time of day choose the row that prices. Not in a row.
    Table(PriceTable),
    /// An allowance that units share, then a price for what is above it. Not in a row.
    Pool(Box<Pool>),
}

/// Whose usage fills the tiers together, and when they are empty again.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Counter {
    /// `row` (the default), `charge`, `unit`, `subscription`, `pool` or `account`.
    #[serde(default)]
    pub scope: Option<Written<CounterScope>>,
    /// `bill_period` (the default), `contract_year` or `never`.
    #[serde(default)]
    pub reset: Option<Written<CounterReset>>,
}

/// One price for the whole.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Flat {
    /// The price.
    pub price: Written<UnitPrice>,
    /// `flat`: due without use too. By default `nothing`.
    #[serde(default)]
    pub at_zero: Option<Written<AtZero>>,
}

/// One tier: from the bound of the tier before it (excluded) to `up_to` (included).
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// Upper bound, included; left out in the last tier.
    #[serde(default)]
    pub up_to: Option<Written<Quantity>>,
    /// Price of one.
    #[serde(default)]
    pub unit_price: Option<Written<UnitPrice>>,
    /// Once for the tier, when it is entered (graduated) or reached (volume).
    #[serde(default)]
    pub flat: Option<Written<UnitPrice>>,
}

/// One tier of a stairstep.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Upper bound, included; left out in the last tier.
    #[serde(default)]
    pub up_to: Option<Written<Quantity>>,
    /// What it costs to be in this tier.
    pub price: Written<UnitPrice>,
}

/// One tier of a graduated percentage.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RateTier {
    /// Upper bound of the value, included; left out in the last tier.
    #[serde(default)]
    pub up_to: Option<Written<Quantity>>,
    /// Percent of the value in this tier.
    pub rate: Written<Percent>,
    /// Once for the tier, when it is entered.
    #[serde(default)]
    pub flat: Option<Written<UnitPrice>>,
}

/// Whole packages.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// How much one holds.
    pub size: Written<Quantity>,
    /// Price of one package.
    pub price: Written<UnitPrice>,
    /// Free of charge; taken off before packages are counted.
    #[serde(default)]
    pub included: Option<Written<Quantity>>,
}

/// A part of the value that the meter measures, in major units of the currency.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Percentage {
    /// Percent of the value.
    pub rate: Written<Percent>,
    /// Value that is free.
    #[serde(default)]
    pub included: Option<Written<Quantity>>,
    /// A fee for each event, besides.
    #[serde(default)]
    pub per_event: Option<Written<UnitPrice>>,
    /// The first so many events have no fee.
    #[serde(default)]
    pub free_events: Option<Written<u32>>,
    /// At least, for the line, where anything was used.
    #[serde(default)]
    pub floor: Option<Written<UnitPrice>>,
    /// At most, for the line.
    #[serde(default)]
    pub cap: Option<Written<UnitPrice>>,
}

/// A price above an included quantity.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Overage {
    /// Free of charge in each period.
    pub included: Written<Quantity>,
    /// Price of one above it.
    pub price: Written<UnitPrice>,
}

/// Tiers, then a price for what is above the last bound.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TieredWithOverage {
    /// The tiers, each with a bound.
    pub tiers: Vec<Tier>,
    /// Price of one above the last bound.
    pub overage_price: Written<UnitPrice>,
}

/// The greatest quantity of one day.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HighWaterMark {
    /// `day`, the only one: a civil day in the account's zone.
    pub per: Written<Peak>,
    /// How tiers are read; left out: `graduated`.
    #[serde(default)]
    pub mode: Option<Written<TierMode>>,
    /// What the greatest quantity falls on.
    pub tiers: Vec<Tier>,
}

/// Limits of the amount of a line.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// At least, where anything was used.
    #[serde(default)]
    pub floor: Option<Written<UnitPrice>>,
    /// At most.
    #[serde(default)]
    pub cap: Option<Written<UnitPrice>>,
}

/// A cost and a markup.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CostPlus {
    /// Percent that is added to the cost.
    pub markup: Written<Percent>,
    /// At least, where anything was used.
    #[serde(default)]
    pub floor: Option<Written<UnitPrice>>,
    /// At most.
    #[serde(default)]
    pub cap: Option<Written<UnitPrice>>,
}

/// All the settings of a model; each may be left out but the tiers.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// `day`: the greatest sum of one day instead of the sum of the period.
    #[serde(default)]
    pub peak: Option<Written<Peak>>,
    /// Taken off first; the bounds of the tiers count what remains.
    #[serde(default)]
    pub included: Option<Written<Quantity>>,
    /// What remains is counted in packages of this size, rounded up.
    #[serde(default)]
    pub package_size: Option<Written<Quantity>>,
    /// `graduated` (the default) or `volume`.
    #[serde(default)]
    pub mode: Option<Written<TierMode>>,
    /// The tiers.
    pub tiers: Vec<Tier>,
    /// `included` (the default) or `excluded`: where a quantity falls that equals a bound.
    #[serde(default)]
    pub bounds: Option<Written<Bounds>>,
    /// `nothing` (the default) or `flat`: what no quantity costs.
    #[serde(default)]
    pub at_zero: Option<Written<AtZero>>,
    /// A fee for each event.
    #[serde(default)]
    pub per_event: Option<Written<UnitPrice>>,
    /// The first so many events have no fee.
    #[serde(default)]
    pub free_events: Option<Written<u32>>,
    /// At least, where anything was used.
    #[serde(default)]
    pub floor: Option<Written<UnitPrice>>,
    /// At most.
    #[serde(default)]
    pub cap: Option<Written<UnitPrice>>,
}

/// A price table: each combination of values has exactly one row, which publication proves.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceTable {
    /// The columns.
    pub dimensions: Vec<Dimension>,
    /// The rows.
    pub rows: Vec<PriceRow>,
}

/// A column of a price table.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dimension {
    /// What the rows call it.
    pub name: String,
    /// Where its value comes from.
    pub source: DimensionSource,
}

/// Where the value of a dimension comes from.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DimensionSource {
    /// An attribute of the unit.
    Unit(String),
    /// A member of the event's `data`, which the meter keeps.
    Event(String),
    /// An attribute of the billing account.
    Account(String),
    /// The time of the week.
    TimeOfDay(TimeOfDay),
}

/// Named parts of the day or week.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TimeOfDay {
    /// The bands.
    pub bands: Vec<TimeBand>,
    /// The name of the rest.
    pub otherwise: String,
    /// `device` (the default) or `account`: whose zone.
    #[serde(default)]
    pub zone: Option<Written<BandZone>>,
    /// Days on which no band counts.
    #[serde(default)]
    pub holidays: Vec<Written<Date>>,
    /// The name of those days; left out: that of the rest.
    #[serde(default)]
    pub on_holidays: Option<String>,
}

/// From a time (included) to a time (excluded).
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TimeBand {
    /// What the rows call it.
    pub name: String,
    /// Included.
    pub from: Written<Time>,
    /// Excluded.
    pub to: Written<Time>,
    /// `mon` to `sun`: the days on which it begins; left out: every day.
    #[serde(default)]
    pub days: Vec<Written<WeekDay>>,
}

/// A row of a price table.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceRow {
    /// The row's name, printed on the invoice.
    pub row: Written<RowCode>,
    /// What it takes of each dimension; left out in the default row.
    #[serde(default)]
    pub when: BTreeMap<String, Values>,
    /// It takes what no other row takes; by default false.
    #[serde(default)]
    pub default: Option<Written<bool>>,
    /// Of several rows that take a key, the one of the greatest priority prices it; by default 0.
    #[serde(default)]
    pub priority: Option<Written<u32>>,
    /// First day on which it counts, in the account's zone; left out: from the beginning.
    #[serde(default)]
    pub from: Option<Written<Date>>,
    /// The day after its last; left out: for ever.
    #[serde(default)]
    pub until: Option<Written<Date>>,
    /// The price.
    pub price: UsagePrice,
}
