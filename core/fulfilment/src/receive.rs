//! What is accepted of what the ERP, the device cloud and the operators report.

use facts::unit::ShipmentReason;
use facts::{DeviceSignalled, ItemDelivered, ItemShipped, OrderLineId};

use crate::{Rejection, ReportShipment};

/// What became of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Receipt<T> {
    /// It says something new.
    New(T),
    /// It was known to the letter.
    Unchanged,
}

/// What is known about the unit and the order line that a report names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnitKnowledge {
    /// The line that the unit belongs to, when it was ordered.
    pub line_of_unit: Option<OrderLineId>,
    /// Whether the order line of the report was ordered.
    pub line_is_known: bool,
}

/// Checks that a shipment can be true, whatever else is known.
///
/// An order line that is not known yet is no fault: the ERP may be faster than the order system.
/// The shipment is kept and joins its unit when the order comes.
///
/// # Errors
/// [`Rejection`]: delivered before shipped, or a unit that its line does not have.
pub fn check_shipment(report: &ReportShipment, known: &UnitKnowledge) -> Result<(), Rejection> {
    if let Some(delivered_at) = report.delivered_at.filter(|it| *it < report.shipped_at) {
        return Err(Rejection::DeliveredBeforeShipped {
            shipment: report.shipment.clone(),
            shipped_at: report.shipped_at,
            delivered_at,
        });
    }
    // A replacement goes out on a return order of the ERP, which is no line of ours.
    if report.reason == ShipmentReason::Replacement {
        return Ok(());
    }
    match &known.line_of_unit {
        Some(expected) if *expected != report.order_line => Err(Rejection::OtherLine {
            unit: report.unit.clone(),
            expected: expected.clone(),
            actual: report.order_line.clone(),
        }),
        None if known.line_is_known => Err(Rejection::UnknownUnit {
            unit: report.unit.clone(),
            order_line: report.order_line.clone(),
        }),
        _ => Ok(()),
    }
}

/// What a report adds to what was reported before: the shipment, its delivery, both or nothing.
///
/// # Errors
/// [`Rejection`]: it contradicts an earlier report, or the unit was shipped already.
pub fn receive_shipment(
    report: &ReportShipment,
    shipped: Option<&ItemShipped>,
    delivered: Option<&ItemDelivered>,
    shipments_of_unit: &[ItemShipped],
) -> Result<(Receipt<ItemShipped>, Receipt<ItemDelivered>), Rejection> {
    let now = ItemShipped {
        shipment: report.shipment.clone(),
        order_line: report.order_line.clone(),
        unit: report.unit.clone(),
        serial: report.serial.clone(),
        reason: report.reason,
        shipped_at: report.shipped_at,
        carrier: report.carrier.clone(),
    };
    let shipment = match shipped {
        Some(before) => same_shipment(before, &now).map(|()| Receipt::Unchanged)?,
        None => first_shipment(now, shipments_of_unit)?,
    };
    Ok((shipment, receive_delivery(report, delivered)?))
}

fn first_shipment(
    now: ItemShipped,
    shipments_of_unit: &[ItemShipped],
) -> Result<Receipt<ItemShipped>, Rejection> {
    let is_sale = |it: &&ItemShipped| it.reason == ShipmentReason::Sale;
    match shipments_of_unit.iter().find(is_sale) {
        Some(first) if now.reason == ShipmentReason::Sale => {
            Err(Rejection::ShippedTwice { unit: now.unit, first: first.shipment.clone() })
        }
        _ => Ok(Receipt::New(now)),
    }
}

fn receive_delivery(
    report: &ReportShipment,
    before: Option<&ItemDelivered>,
) -> Result<Receipt<ItemDelivered>, Rejection> {
    match (report.delivered_at, before) {
        (None, _) => Ok(Receipt::Unchanged),
        (Some(delivered_at), None) => Ok(Receipt::New(ItemDelivered {
            shipment: report.shipment.clone(),
            unit: report.unit.clone(),
            delivered_at,
        })),
        (Some(now), Some(before)) if before.delivered_at == now => Ok(Receipt::Unchanged),
        (Some(now), Some(before)) => {
            Err(conflict(&report.shipment, "delivered_at", &before.delivered_at, &now))
        }
    }
}

fn same_shipment(before: &ItemShipped, now: &ItemShipped) -> Result<(), Rejection> {
    let id = &now.shipment;
    let fields: [(&str, &dyn ToString, &dyn ToString); 5] = [
        ("order_line", &before.order_line, &now.order_line),
        ("unit", &before.unit, &now.unit),
        ("serial", &before.serial, &now.serial),
        ("shipped_at", &before.shipped_at, &now.shipped_at),
        ("carrier", &before.carrier, &now.carrier),
    ];
    for (field, before, now) in fields {
        if before.to_string() != now.to_string() {
            return Err(conflict(id, field, before, now));
        }
    }
    if before.reason == now.reason {
        Ok(())
    } else {
        let words = |reason| match reason {
            ShipmentReason::Sale => "sale",
            ShipmentReason::Replacement => "replacement",
        };
        Err(conflict(id, "reason", &words(before.reason), &words(now.reason)))
    }
}

fn conflict(
    shipment: &facts::ShipmentId,
    field: &str,
    expected: &dyn ToString,
    actual: &dyn ToString,
) -> Rejection {
    Rejection::ShipmentConflict {
        shipment: shipment.clone(),
        field: field.to_owned(),
        expected: expected.to_string(),
        actual: actual.to_string(),
    }
}

/// What a signal adds: itself, or nothing when it was received before.
///
/// # Errors
/// [`Rejection::SignalConflict`]: the same id with another content; the first stands.
pub fn receive_signal(
    signal: &DeviceSignalled,
    before: Option<&DeviceSignalled>,
) -> Result<Receipt<DeviceSignalled>, Rejection> {
    match before {
        None => Ok(Receipt::New(signal.clone())),
        Some(first) if first == signal => Ok(Receipt::Unchanged),
        Some(_) => {
            Err(Rejection::SignalConflict { source: signal.source.clone(), id: signal.id.clone() })
        }
    }
}
