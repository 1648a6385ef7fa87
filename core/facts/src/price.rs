//! The shapes that a price can have. `pricing` computes with them.

use std::collections::BTreeSet;

use jiff::civil::Time;
use kernel::{Quantity, UnitPrice};
use serde::{Deserialize, Serialize};

use crate::RowCode;

/// The price of usage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UsagePrice {
    /// One scale for all the usage of the account in the period.
    Scale(Scale),
    /// A scale per row; attributes and the time of day choose the row.
    Table(PriceTable),
    /// An allowance that follows the active units, then a price per unit of overage.
    Pool(Pool),
}

/// Tiers and how they are read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scale {
    /// How tiers are read.
    pub mode: TierMode,
    /// Rising bounds; only the last is open.
    pub tiers: Vec<Tier>,
}

/// How the tiers of a scale apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TierMode {
    /// The quantity fills the tiers one after the other.
    Graduated,
    /// The one tier that contains the quantity prices all of it.
    Volume,
}

/// One tier: from the bound of the tier before it (excluded) to `up_to` (included).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tier {
    /// Upper bound, included; none for the last tier.
    pub up_to: Option<Quantity>,
    /// Price of one unit.
    pub unit_price: UnitPrice,
}

/// An allowance shared by all the units of an account, that grows and shrinks with them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pool {
    /// Added for each unit with at least one service day in the period. Not prorated.
    pub included_per_active_unit: Quantity,
    /// Price of one unit above the allowance.
    pub overage_price: UnitPrice,
}

/// A price table: each key hits exactly one row, which publication proves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceTable {
    /// The columns.
    pub dimensions: Vec<Dimension>,
    /// The rows, as written.
    pub rows: Vec<PriceRow>,
}

/// A column of a price table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dimension {
    /// The column's name, used in the rows.
    pub name: String,
    /// Where its value comes from.
    pub source: DimensionSource,
}

/// Where the value of a dimension comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DimensionSource {
    /// An attribute of the unit, such as its device type.
    Unit(String),
    /// A member of the event's `data`, such as the region.
    Event(String),
    /// The time of day in the zone of the device, daylight saving included.
    TimeBand(TimeBands),
}

/// Named parts of the day. What no band names is `otherwise`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeBands {
    /// The bands; they do not overlap and lie on quarter hours.
    pub bands: Vec<TimeBand>,
    /// The name of the rest of the day.
    pub otherwise: String,
}

/// `from` ≤ local time < `to`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeBand {
    /// The band's name, used in the rows.
    pub name: String,
    /// Included.
    pub from: Time,
    /// Excluded.
    pub to: Time,
}

/// A row of a price table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceRow {
    /// The row's name, printed on the invoice.
    pub code: RowCode,
    /// One condition per dimension, in their order.
    pub conditions: Vec<Condition>,
    /// Takes what no other row takes. At most one row.
    pub is_default: bool,
    /// The price.
    pub scale: Scale,
}

/// What a row asks of one dimension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// Any value, also none.
    Any,
    /// One of these, exact text.
    OneOf(BTreeSet<String>),
}
