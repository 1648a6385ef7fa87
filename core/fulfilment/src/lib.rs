//! Shipments, signals and swaps become the timeline of a unit; billing starts here.

use facts::unit::ShipmentReason;
use facts::{DeviceSerial, OrderLineId, ShipmentId, UnitId};
use jiff::Timestamp;

/// The ERP reports a shipment, as it stands now; it is sent again when it is delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportShipment {
    /// The shipment.
    pub shipment: ShipmentId,
    /// The order line.
    pub order_line: OrderLineId,
    /// The unit.
    pub unit: UnitId,
    /// The device in the parcel.
    pub serial: DeviceSerial,
    /// Why it was shipped.
    pub reason: ShipmentReason,
    /// When the carrier took it.
    pub shipped_at: Timestamp,
    /// When the customer got it; none: not yet.
    pub delivered_at: Option<Timestamp>,
    /// Who carries it.
    pub carrier: String,
}
