//! One order becomes units, one per device.

use std::collections::BTreeMap;

use facts::order::OrderedUnit;
use facts::{OrderId, OrderLineId};
use jiff::civil::Date;

/// A customer wants to order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceOrder {
    /// The order, as the order system names it.
    pub order: OrderId,
    /// The account, or the name of its customer.
    pub customer: String,
    /// Civil day of the order.
    pub ordered_on: Date,
    /// What is ordered.
    pub lines: Vec<PlaceLine>,
}

/// Units of one offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceLine {
    /// The line.
    pub line: OrderLineId,
    /// The code of an offer, or its name in any language.
    pub offer: String,
    /// How many units; none: the offer's default.
    pub units: Option<u32>,
    /// Choices by option; what is left out takes the offer's default.
    pub options: BTreeMap<String, String>,
    /// Quantities by component; what is left out takes the offer's default.
    pub components: BTreeMap<String, u32>,
    /// The units by name, when the order system names them; empty: they are named
    /// `LINE/001`, `LINE/002` and so on, in the zone of the account.
    pub named_units: Vec<OrderedUnit>,
}
