//! The shape of a file of credits: which keys exist.

use facts::{AdjustmentId, ComponentCode, CreditId};
use jiff::civil::Date;
use kernel::Quantity;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::catalog_file::shape::Words;
use crate::catalog_file::written::Written;

/// A file of credits.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreditFile {
    /// What is granted.
    #[serde(default)]
    pub credits: Vec<Grant>,
    /// What is put right.
    #[serde(default)]
    pub adjustments: Vec<Adjustment>,
}

/// A credit.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// What the rest of the world calls it.
    pub credit: Written<CreditId>,
    /// The account, or the name of its customer.
    pub customer: String,
    /// What the invoice calls it.
    pub name: Words,
    /// What was paid for it: it pays invoices, VAT included.
    #[serde(default)]
    pub paid: Option<Written<Quantity>>,
    /// What is given: it is taken off the lines, before VAT.
    #[serde(default)]
    pub promotional: Option<Written<Quantity>>,
    /// Usage that it covers.
    #[serde(default)]
    pub units: Option<Units>,
    /// Of several, the least burns first; left out: 100.
    #[serde(default)]
    pub priority: Option<Written<u16>>,
    /// The day after the last; left out: for ever.
    #[serde(default)]
    pub until: Option<Written<Date>>,
    /// What of the rest goes on after that; left out: nothing.
    #[serde(default)]
    pub rollover: Option<Rollover>,
    /// Below which rest somebody is told.
    #[serde(default)]
    pub alert_below: Option<Written<Quantity>>,
    /// When it is topped up by itself.
    #[serde(default)]
    pub top_up: Option<TopUp>,
}

/// Usage that a credit covers.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Units {
    /// How many credits.
    pub quantity: Written<Quantity>,
    /// The usage component.
    pub component: Written<ComponentCode>,
    /// How many credits one unit of usage draws; left out: 1.
    #[serde(default)]
    pub rate: Option<Written<u16>>,
}

/// What goes on.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rollover {
    /// At most; left out: all.
    #[serde(default)]
    pub limit: Option<Written<Quantity>>,
    /// For how many months.
    pub months: Written<u16>,
    /// How often; left out: once.
    #[serde(default)]
    pub times: Option<Written<u16>>,
}

/// When a credit is topped up.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TopUp {
    /// When an invoice leaves less than this.
    pub below: Written<Quantity>,
    /// By how much.
    pub amount: Written<Quantity>,
}

/// An adjustment.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Adjustment {
    /// What the rest of the world calls it.
    pub adjustment: Written<AdjustmentId>,
    /// The credit.
    pub credit: Written<CreditId>,
    /// What is added; below 0 what is taken away.
    pub amount: Written<Quantity>,
    /// Why.
    pub reason: String,
}
