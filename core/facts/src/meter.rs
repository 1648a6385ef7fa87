//! How usage is measured, apart from what it costs: a price changes without a new meter.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{MeterCode, Text};

/// A version of a meter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeterPublished {
    /// The meter.
    pub code: MeterCode,
    /// From 1, rising by 1.
    pub version: u32,
    /// First day on which this version counts.
    pub effective_from: Date,
    /// What people call it.
    pub name: Text,
    /// Symbol of the unit: `MB`, `h`.
    pub symbol: Text,
    /// The CloudEvents `type` that it measures; one meter per type.
    pub event_type: String,
    /// What it takes from an event.
    pub measure: Measure,
    /// Members of `data` kept as attributes, for price tables.
    pub dimensions: Vec<String>,
}

/// What a meter takes from each event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// One per event.
    Count,
    /// The sum of a number.
    Sum(Field),
    /// The increments of a counter that only rises. A lower reading means that the counter was
    /// reset to zero: the reading itself is the increment.
    Counter(Field),
}

/// A numeric member of an event's `data`, never negative.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// The member's name.
    pub name: String,
    /// Most decimals that a number may have.
    pub decimals_max: u32,
}

impl Measure {
    /// The member that is read, if one is.
    #[must_use]
    pub const fn field(&self) -> Option<&Field> {
        match self {
            Self::Count => None,
            Self::Sum(field) | Self::Counter(field) => Some(field),
        }
    }
}
