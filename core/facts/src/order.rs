//! An order: what was bought, under which version of the offer, for which units.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kernel::Zone;
use serde::{Deserialize, Serialize};

use crate::price::Model;
use crate::{AccountId, ComponentCode, OfferRef, OrderId, OrderLineId, RowCode, UnitId};

/// A customer ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderAccepted {
    /// The order.
    pub order: OrderId,
    /// Who is billed.
    pub account: AccountId,
    /// Civil day of the order.
    pub ordered_on: Date,
    /// Its lines.
    pub lines: Vec<OrderLine>,
}

/// Units of one offer, ordered together with the same choices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLine {
    /// The line.
    pub line: OrderLineId,
    /// The version of the offer that applies for the life of the line.
    pub offer: OfferRef,
    /// The choices, one value for each option of the offer.
    pub options: BTreeMap<String, String>,
    /// The components taken, with the quantity per unit (per order for a fee).
    pub components: BTreeMap<ComponentCode, u32>,
    /// The units, one per device.
    pub units: Vec<OrderedUnit>,
    /// Prices of its own for single rows of price tables, by component.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub overrides: BTreeMap<ComponentCode, BTreeMap<RowCode, Model>>,
}

/// One unit of an order line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderedUnit {
    /// The unit.
    pub unit: UnitId,
    /// What price tables can ask: `device_type` and the like.
    pub attributes: BTreeMap<String, String>,
    /// The zone of the device, in which time bands are read.
    pub zone: Zone,
}
