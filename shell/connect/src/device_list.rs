//! The devices of a device cloud and what it says of each, as CSV or as the JSON of an API.

use reconciliation::CloudDevice;

use crate::csv_table::{self, Columns, Others};
use crate::faults::Faults;
use crate::record::Record;
use crate::{InputFault, InputRejection, Located, json};

const COLUMNS: Columns = Columns { needed: &["serial", "state", "since"], others: Others::Refused };

/// Reads a list of devices. `since`, the day of the state, may be empty.
///
/// # Errors
/// Every fault of the file; also a device that stands in it twice.
pub fn read_csv(file: &str, text: &str) -> Result<Vec<Located<CloudDevice>>, Vec<InputFault>> {
    let mut faults = Faults::default();
    let rows = csv_table::read(file, text, &COLUMNS, &mut faults);
    read_records(&rows, faults)
}

/// Reads one object, or an array of objects. `since` may be absent or null.
///
/// # Errors
/// As for CSV.
pub fn read_json(file: &str, text: &str) -> Result<Vec<Located<CloudDevice>>, Vec<InputFault>> {
    let mut faults = Faults::default();
    let records = json::records(file, text, COLUMNS.needed, &mut faults);
    read_records(&records, faults)
}

fn read_records(
    records: &[Record],
    mut faults: Faults,
) -> Result<Vec<Located<CloudDevice>>, Vec<InputFault>> {
    let mut lines = std::collections::BTreeMap::new();
    let mut devices = Vec::new();
    for record in records {
        let Some(device) = device(record, &mut faults) else { continue };
        let line = record.place.line.unwrap_or_default();
        if let Some(first_line) = lines.insert(device.value.serial.clone(), line) {
            let (what, code) = ("device".to_owned(), device.value.serial.clone());
            let rejection = InputRejection::RepeatedRow { what, code, first_line };
            faults.add(record.place.in_field("serial"), rejection);
        }
        devices.push(device);
    }
    faults.or(devices)
}

fn device(record: &Record, faults: &mut Faults) -> Option<Located<CloudDevice>> {
    let serial = record.required::<facts::DeviceSerial>("serial", faults);
    let state = record.required("state", faults);
    let since = record.optional("since", faults);
    let value = CloudDevice { serial: serial?.to_string(), state: state?, since: since? };
    Some(Located { place: record.place.clone(), value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_and_json_say_the_same() {
        let csv = "serial,state,since\nTRK-1,active,2026-02-01\nTRK-2,retired,\n";
        let json = r#"[{"serial": "TRK-1", "state": "active", "since": "2026-02-01"},
                       {"serial": "TRK-2", "state": "retired"}]"#;
        let values = |read: Result<Vec<Located<CloudDevice>>, _>| -> Vec<CloudDevice> {
            read.unwrap_or_else(|faults: Vec<InputFault>| panic!("{faults:?}"))
                .into_iter()
                .map(|it| it.value)
                .collect()
        };
        assert_eq!(values(read_csv("d.csv", csv)), values(read_json("d.json", json)));
        assert_eq!(values(read_csv("d.csv", csv)).len(), 2);
    }

    #[test]
    fn what_is_wrong_is_said_where_it_stands() {
        let csv =
            "serial,state,since\nTRK-1,on,\nTRK-2,active,soon\nTRK-3,active,\nTRK-3,active,\n";
        let said: Vec<String> =
            read_csv("d.csv", csv).unwrap_err().iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            [
                "d.csv:2 (state): `on` is not possible here; use one of: registered, active, \
                 suspended, retired",
                "d.csv:3 (since): `soon` is not a day of the calendar; write year-month-day, such \
                 as 2026-02-28",
                "d.csv:5 (serial): the device `TRK-3` stands in line 4 already; give each its own \
                 row",
            ]
        );
    }
}
