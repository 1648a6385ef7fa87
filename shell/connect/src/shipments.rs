//! Shipments of the ERP, as CSV or as the JSON of an API: the same fields under the same names.

use fulfilment::ReportShipment;

use crate::csv_table::{self, Columns, Others};
use crate::faults::Faults;
use crate::record::Record;
use crate::{InputFault, Located, json};

const COLUMNS: Columns = Columns {
    needed: &[
        "shipment",
        "order_line",
        "unit",
        "serial",
        "reason",
        "shipped_at",
        "delivered_at",
        "carrier",
    ],
    others: Others::Refused,
};

/// Reads the export of the ERP. An empty `delivered_at` is a shipment that is not delivered.
///
/// # Errors
/// Every fault of the file.
pub fn read_csv(file: &str, text: &str) -> Result<Vec<Located<ReportShipment>>, Vec<InputFault>> {
    let mut faults = Faults::default();
    let rows = csv_table::read(file, text, &COLUMNS, &mut faults);
    read_records(&rows, faults)
}

/// Reads one object, or an array of objects. `delivered_at` may be absent or null.
///
/// # Errors
/// Every fault of the text.
pub fn read_json(file: &str, text: &str) -> Result<Vec<Located<ReportShipment>>, Vec<InputFault>> {
    let mut faults = Faults::default();
    let records = json::records(file, text, COLUMNS.needed, &mut faults);
    read_records(&records, faults)
}

fn read_records(
    records: &[Record],
    mut faults: Faults,
) -> Result<Vec<Located<ReportShipment>>, Vec<InputFault>> {
    let shipments = records.iter().filter_map(|record| shipment(record, &mut faults)).collect();
    faults.or(shipments)
}

fn shipment(record: &Record, faults: &mut Faults) -> Option<Located<ReportShipment>> {
    let shipment = record.required("shipment", faults);
    let order_line = record.required("order_line", faults);
    let unit = record.required("unit", faults);
    let serial = record.required("serial", faults);
    let reason = record.required("reason", faults);
    let shipped_at = record.required("shipped_at", faults);
    let delivered_at = record.optional("delivered_at", faults);
    let carrier = record.required("carrier", faults);
    let value = ReportShipment {
        shipment: shipment?,
        order_line: order_line?,
        unit: unit?,
        serial: serial?,
        reason: reason?,
        shipped_at: shipped_at?,
        delivered_at: delivered_at?,
        carrier: carrier?,
    };
    Some(Located { place: record.place.clone(), value })
}

#[cfg(test)]
mod tests;
