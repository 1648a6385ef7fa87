//! The shapes that a price can have. `pricing` computes with them.

use std::collections::BTreeSet;

use jiff::civil::{Date, Time};
use kernel::{Quantity, UnitPrice};
use serde::{Deserialize, Serialize};

use crate::RowCode;
pub use crate::pool::Pool;

/// Whether a value is what is taken when nothing is stored: it is then not written, so that facts
/// which do not use it keep the text that they always had.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// The price of usage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UsagePrice {
    /// One model for all the usage of the account in the period.
    #[serde(rename = "scale")]
    Model(Model),
    /// A model per row; attributes and time choose the row.
    Table(PriceTable),
    /// An allowance that units share, then a price for what is above it.
    Pool(Pool),
}

/// The price of what is ordered and billed once or for each bill period. A model and a table price
/// the whole of an order line at once (of an order, for a fee); each unit carries an equal share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderedPrice {
    /// The same for each, whatever the quantity.
    #[serde(rename = "unit_price")]
    Each(UnitPrice),
    /// One model of the ordered quantity.
    Model(Model),
    /// A model per row; attributes of the unit and of the account choose the row.
    Table(PriceTable),
}

/// How a quantity becomes an amount. Every model of the field is one of these, in four steps that
/// do not know of each other: what is counted (`peak`, `included`, `package`), how it falls on
/// tiers (`mode`, `tiers`, `bounds`, `at_zero`), what each event costs besides (`per_event`), and
/// between which amounts the whole stays (`floor`, `cap`). (Names and formulas of the field:
/// `reference/commercial-systems.md` §2.4; `docs/adr/0013-one-price-model.md`.)
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Model {
    /// Not the sum of the period, but the greatest sum of one civil day of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peak: Option<Peak>,
    /// Taken off the quantity first. The bounds of the tiers count what remains.
    #[serde(default, skip_serializing_if = "is_default")]
    pub included: Quantity,
    /// What remains is counted in packages. The bounds of the tiers then count packages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<Package>,
    /// How tiers are read.
    pub mode: TierMode,
    /// Rising bounds; only the last is open.
    pub tiers: Vec<Tier>,
    /// Whether a bound belongs to the tier that it ends.
    #[serde(default, skip_serializing_if = "is_default")]
    pub bounds: Bounds,
    /// What a quantity of 0 costs.
    #[serde(default, skip_serializing_if = "is_default")]
    pub at_zero: AtZero,
    /// A fee for each event, whatever its quantity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_event: Option<EventFee>,
    /// What is used costs at least this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor: Option<UnitPrice>,
    /// What is used costs at most this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<UnitPrice>,
}

impl Model {
    /// Tiers and nothing else.
    #[must_use]
    pub fn of_tiers(mode: TierMode, tiers: Vec<Tier>) -> Self {
        Self { mode, tiers, ..Self::default() }
    }

    /// One price for every unit.
    #[must_use]
    pub fn per_unit(unit_price: UnitPrice) -> Self {
        Self::of_tiers(TierMode::Graduated, vec![Tier { up_to: None, unit_price, flat: None }])
    }

    /// One price for the whole, whatever the quantity.
    #[must_use]
    pub fn flat(price: UnitPrice) -> Self {
        let tier = Tier { up_to: None, unit_price: UnitPrice::ZERO, flat: Some(price) };
        Self::of_tiers(TierMode::Graduated, vec![tier])
    }
}

/// How the tiers of a model apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TierMode {
    /// The quantity fills the tiers one after the other.
    #[default]
    Graduated,
    /// The one tier that contains the quantity prices all of it.
    Volume,
}

/// One tier: from the bound of the tier before it (excluded) to `up_to` (included), unless the
/// model says otherwise in [`Bounds`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tier {
    /// Upper bound; none for the last tier.
    pub up_to: Option<Quantity>,
    /// Price of one unit.
    pub unit_price: UnitPrice,
    /// Once for the tier, when it is entered (graduated) or reached (volume).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flat: Option<UnitPrice>,
}

/// Where a quantity falls that equals the bound of a tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bounds {
    /// In the tier that the bound ends.
    #[default]
    Included,
    /// In the next tier.
    Excluded,
}

/// What a model costs when there is no quantity to price: nothing was used, or only what is
/// included. Whatever it says, no unit price is charged then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AtZero {
    /// Nothing.
    #[default]
    Nothing,
    /// The flat fee of the first tier.
    Flat,
}

/// A quantity is the greatest sum of a time. (High-water mark.)
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Peak {
    /// Of a civil day in the account's zone.
    Day,
}

/// Only whole packages are sold: a part of one costs a whole one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// How much one holds.
    pub size: Quantity,
}

/// A fee for each event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventFee {
    /// Of one event.
    pub price: UnitPrice,
    /// The first so many are free.
    #[serde(default, skip_serializing_if = "is_default")]
    pub free: u32,
}

/// Whose usage fills the tiers of a charge together, and when they are empty again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TierCounter {
    /// Whose usage.
    #[serde(default)]
    pub scope: CounterScope,
    /// When it begins at 0 again.
    #[serde(default)]
    pub reset: CounterReset,
}

/// Whose usage is counted together. All of it is of one billing account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CounterScope {
    /// That of one row of the price table; of the charge where there is no table.
    #[default]
    Row,
    /// That of all the rows of one component of one version of the offer.
    Charge,
    /// That of one unit.
    Unit,
    /// That of the units of one order line.
    Subscription,
    /// That of all the units under the offer, whatever its version.
    Pool,
    /// All that the account uses of the meter.
    Account,
}

/// When a counter begins at 0 again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CounterReset {
    /// With each bill period.
    #[default]
    BillPeriod,
    /// On each anniversary of the order day; the earliest, where several orders count together.
    ContractYear,
    /// Never.
    Never,
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
    /// An attribute of the billing account, such as its segment.
    Account(String),
    /// The time of the week, daylight saving included.
    TimeBand(TimeBands),
}

/// Named parts of the week. What no band names is `otherwise`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TimeBands {
    /// The bands; they do not overlap and lie on quarter hours.
    pub bands: Vec<TimeBand>,
    /// The name of the rest of the week.
    pub otherwise: String,
    /// Whose clock on the wall is read.
    #[serde(default, skip_serializing_if = "is_default")]
    pub zone: BandZone,
    /// Civil days on which no band counts.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub holidays: BTreeSet<Date>,
    /// The name of those days, from midnight to midnight; none: `otherwise`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_holidays: Option<String>,
}

/// Whose zone a time is read in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BandZone {
    /// That of the device.
    #[default]
    Device,
    /// That of the billing account.
    Account,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WeekDay {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

impl WeekDay {
    /// All seven, in order.
    pub const ALL: [Self; 7] =
        [Self::Mon, Self::Tue, Self::Wed, Self::Thu, Self::Fri, Self::Sat, Self::Sun];
}

/// `from` ≤ local time < `to`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TimeBand {
    /// The band's name, used in the rows.
    pub name: String,
    /// Included.
    pub from: Time,
    /// Excluded.
    pub to: Time,
    /// The days on which it begins; none: every day.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub days: BTreeSet<WeekDay>,
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
    /// Of several rows that take a key, the one of the greatest priority prices it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub priority: i32,
    /// First civil day, in the account's zone, on which it counts; none: from the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// The day after its last; none: for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// The price.
    #[serde(rename = "scale")]
    pub model: Model,
}

impl PriceRow {
    /// A row that always counts, and shares its keys with no other.
    #[must_use]
    pub const fn new(code: RowCode, conditions: Vec<Condition>, model: Model) -> Self {
        let (from, until) = (None, None);
        Self { code, conditions, is_default: false, priority: 0, from, until, model }
    }
}

/// What a row asks of one dimension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// Any value, also none.
    Any,
    /// One of these, exact text.
    OneOf(BTreeSet<String>),
    /// A decimal number of this range.
    Range(NumberRange),
    /// A text that begins with one of these.
    Prefix(BTreeSet<String>),
}

/// `from` ≤ number < `below`. Text that is no decimal number is in no range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberRange {
    /// Included; none: no least number.
    pub from: Option<Quantity>,
    /// Excluded; none: no greatest number.
    pub below: Option<Quantity>,
}
