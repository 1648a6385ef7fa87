//! Pools: an allowance that units of an account share, and how one period of it went.

use jiff::civil::Date;
use kernel::{Money, Overflow, Percent, Quantity, UnitPrice};
use serde::{Deserialize, Serialize};

use crate::price::Model;
use crate::{OrderLineId, UnitId};

/// Whether a value is what is taken when nothing is stored: it is then not written.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// An allowance shared by units of an account. In each bill period in which a unit of it has a
/// service day it grants `included`, and `included_per_active_unit` for each such unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pool {
    /// The dynamic part: it grows and shrinks with the units.
    pub included_per_active_unit: Quantity,
    /// What is above the allowance.
    #[serde(flatten)]
    pub overage: Overage,
    /// The static part, for all the units together.
    #[serde(default, skip_serializing_if = "is_default")]
    pub included: Quantity,
    /// What part of a period brings what part of the allowance.
    #[serde(default, skip_serializing_if = "is_default")]
    pub proration: AllowanceProration,
    /// Whose units share it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub scope: PoolScope,
    /// Each value of the attribute has a pool of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split_by: Option<PoolAttribute>,
    /// What becomes of allowance that is not used; none: it is lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollover: Option<Rollover>,
    /// So many periods share what they grant; none: each has its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<u16>,
    /// When the overage of a window is due.
    #[serde(default, skip_serializing_if = "is_default")]
    pub settle: Settlement,
    /// By what the units share the overage, and its price.
    #[serde(default, skip_serializing_if = "is_default")]
    pub allocation: Allocation,
}

impl Pool {
    /// One that follows the active units, and nothing else.
    #[must_use]
    pub fn dynamic(included_per_active_unit: Quantity, overage_price: UnitPrice) -> Self {
        Self {
            included_per_active_unit,
            overage: Overage::Price(overage_price),
            included: Quantity::ZERO,
            proration: AllowanceProration::default(),
            scope: PoolScope::default(),
            split_by: None,
            rollover: None,
            window: None,
            settle: Settlement::default(),
            allocation: Allocation::default(),
        }
    }
}

/// When the overage of a window is due (`reference/commercial-systems.md` §2.4, rolling window).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settlement {
    /// The static part is granted for all its periods in the first of them; what is above it is
    /// due in the period that uses it, and what is left after the last is lost.
    #[default]
    AsItOccurs,
    /// Each period grants its own part. The last bills what all of them used above what all of
    /// them granted, and a new window begins; without overage the window moves by one period.
    AtEndOfWindow,
}

/// The price of what is above the allowance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Overage {
    /// One price for each unit of it.
    #[serde(rename = "overage_price")]
    Price(UnitPrice),
    /// A model; its tiers begin where the allowance ends.
    #[serde(rename = "overage")]
    Model(Box<Model>),
}

/// What part of a period brings what part of the allowance. A service day is a civil day in the
/// account's zone, so a day of 23 or 25 hours is one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AllowanceProration {
    /// One service day brings all of it.
    #[default]
    Whole,
    /// A unit brings its part for each of its service days, the static part comes with each day
    /// on which any unit is in service; of all the days of the period.
    ByDay,
}

/// Whose units share a pool. All of them are of one billing account, and take the component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PoolScope {
    /// Those under one version of the offer.
    #[default]
    Charge,
    /// Those of one order line.
    Subscription,
    /// All of the account under the offer, whatever its version.
    Account,
}

/// What splits a pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PoolAttribute {
    /// An attribute of the unit, such as its region.
    Unit(String),
    /// An attribute of the billing account, such as its segment.
    Account(String),
}

/// What is not used can be used later, what was granted first before what was granted last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rollover {
    /// How many bill periods after its own a grant can still be used.
    pub periods: u16,
    /// How much can be carried from one period into the next at most; what was granted last is
    /// cut first. None: all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<RolloverLimit>,
}

/// At most so much is carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RolloverLimit {
    /// A quantity.
    Quantity(Quantity),
    /// A share of what the period that ends granted.
    Share(Percent),
}

/// By what the units of a pool share its overage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Allocation {
    /// In proportion to what each used above its own share of the allowance.
    #[default]
    ByExcess,
    /// In proportion to what each used.
    ByUsage,
}

/// Which of the pools of a component.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct PoolName {
    /// The order line, where each has its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<OrderLineId>,
    /// The value of the attribute that splits it; empty text: units that have no value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// How one period of a pool went.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PoolUse {
    /// Units with at least one service day.
    pub active_units: u64,
    /// What they may use together: granted in this period, and carried into it.
    pub allowance: Quantity,
    /// Which pool, where a component has several.
    #[serde(default, skip_serializing_if = "is_default")]
    pub name: PoolName,
    /// The days that the allowance was prorated by, where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<PoolDays>,
    /// How the allowance moved between periods, where it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rolled: Option<RolledOver>,
    /// The window that the period is in, where it is settled at its end: then the allowance and
    /// the statement are of all its periods so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<PoolWindow>,
    /// The rule of the statement.
    #[serde(default, skip_serializing_if = "is_default")]
    pub allocation: Allocation,
    /// Unit by unit, sorted; each column sums to that of the pool. Empty in invoices of before
    /// there were statements.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statement: Vec<PoolShare>,
}

impl PoolUse {
    /// What was used, of all periods that share the allowance; `quantity` is that of the period.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn used(&self, quantity: Quantity) -> Result<Quantity, Overflow> {
        let Some(window) = &self.window else { return Ok(quantity) };
        window.periods.iter().try_fold(Quantity::ZERO, |sum, it| sum.plus(it.used))
    }

    /// What is above the allowance, and due: nothing before the end of a window that is settled
    /// there.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn overage(&self, quantity: Quantity) -> Result<Quantity, Overflow> {
        if self.window.as_ref().is_some_and(|window| !window.is_complete()) {
            return Ok(Quantity::ZERO);
        }
        let over = self.used(quantity)?.minus(self.allowance)?;
        Ok(over.max(Quantity::ZERO).normalized())
    }
}

/// The periods of a window, from its first to that of the line.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PoolWindow {
    /// How many periods it has when it is complete.
    pub length: u16,
    /// Those so far, in order.
    pub periods: Vec<WindowPeriod>,
}

impl PoolWindow {
    /// Whether its last period is there.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.periods.len() >= usize::from(self.length)
    }
}

/// One period of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowPeriod {
    /// Its first day.
    pub from: Date,
    /// What it granted.
    pub granted: Quantity,
    /// What was used in it.
    pub used: Quantity,
}

/// Service days of a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolDays {
    /// Of all units, added up.
    pub unit_days: u64,
    /// On which any unit was in service.
    pub pool_days: u64,
    /// Of the period.
    pub period_days: u64,
}

/// Granted and carried in = used and expired and carried out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RolledOver {
    /// Granted in this period.
    pub granted: Quantity,
    /// Carried into it, what was granted first at the beginning.
    pub lots: Vec<PoolLot>,
    /// Used within the allowance.
    pub used: Quantity,
    /// Lost at the end of the period: too old, or above the limit.
    pub expired: Quantity,
    /// Carried into the next.
    pub carried: Quantity,
}

/// What is left of the grant of one period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolLot {
    /// First day of the period that granted it.
    pub granted_on: Date,
    /// How much was left of it.
    pub quantity: Quantity,
    /// How much of that was used now.
    pub used: Quantity,
}

/// What a pool means for one unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolShare {
    /// The unit.
    pub unit: UnitId,
    /// Its service days in the period.
    pub days: u64,
    /// What it used.
    pub used: Quantity,
    /// Its share of the allowance: in proportion to what it brings.
    pub allowance: Quantity,
    /// Its share of the overage.
    pub overage: Quantity,
    /// Its share of the price of the whole period: in proportion to its overage.
    pub amount: Money,
    /// Its share on earlier invoices, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billed_before: Option<Money>,
}
