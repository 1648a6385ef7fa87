//! The shapes of pools.

use facts::pool::{Allocation, AllowanceProration, PoolScope, Settlement};
use kernel::{Percent, Quantity, UnitPrice};
use schemars::JsonSchema;
use serde::Deserialize;

use super::shape_price::UsagePrice;
use super::written::Written;

/// An allowance that units of an account share.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pool {
    /// For all the units together, in each period in which one of them is in service; by default
    /// 0.
    #[serde(default)]
    pub included: Option<Written<Quantity>>,
    /// Added for each unit with at least one service day in the period; by default 0.
    #[serde(default)]
    pub included_per_active_unit: Option<Written<Quantity>>,
    /// `whole` (the default): one service day brings all of it; or `by_day`.
    #[serde(default)]
    pub proration: Option<Written<AllowanceProration>>,
    /// `charge` (the default): the units under one version of the offer; `subscription`: those of
    /// one order line; `account`: all of the account under the offer, whatever its version.
    #[serde(default)]
    pub scope: Option<Written<PoolScope>>,
    /// Each value of the attribute has a pool of its own.
    #[serde(default)]
    pub split_by: Option<PoolAttribute>,
    /// What is not used can be used later.
    #[serde(default)]
    pub rollover: Option<Rollover>,
    /// So many bill periods share the allowance; left out: each has its own.
    #[serde(default)]
    pub window: Option<Written<u16>>,
    /// `as_it_occurs` (the default): overage is due in the period that uses it; or
    /// `at_end_of_window`: in the last period of the window.
    #[serde(default)]
    pub settle: Option<Written<Settlement>>,
    /// Price of one above the allowance; or `overage`.
    #[serde(default)]
    pub overage_price: Option<Written<UnitPrice>>,
    /// The price of what is above the allowance, as of a row of a table; or `overage_price`.
    #[serde(default)]
    pub overage: Option<Box<UsagePrice>>,
    /// `by_excess` (the default) or `by_usage`: how the units share the overage.
    #[serde(default)]
    pub allocation: Option<Written<Allocation>>,
}

/// What splits a pool.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PoolAttribute {
    /// An attribute of the unit.
    Unit(String),
    /// An attribute of the billing account.
    Account(String),
}

/// What becomes of allowance that is not used.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rollover {
    /// How many bill periods after its own it can still be used.
    pub periods: Written<u16>,
    /// How much is carried into the next period at most; left out: all of it.
    #[serde(default)]
    pub limit: Option<RolloverLimit>,
}

/// At most so much is carried.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RolloverLimit {
    /// A quantity.
    Quantity(Written<Quantity>),
    /// Percent of what the period that ends granted.
    Share(Written<Percent>),
}
