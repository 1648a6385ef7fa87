//! CloudEvents 1.0 in structured JSON: usage events line by line, and the activation signals of a
//! device cloud.

mod binary;
mod line;

use facts::DeviceSignalled;
use serde_json::value::RawValue;

use crate::faults::Faults;
use crate::json::{self, Members};
use crate::readable::{Readable, shortened};
use crate::{InputFault, InputRejection, Lines, Located, Place};

pub use binary::from_binary;
pub use line::{read_line, same_event};

/// Reads activation signals, one a line. Empty lines are skipped.
///
/// # Errors
/// Every fault of the file.
pub fn read_signals_ndjson(
    file: &str,
    text: &str,
) -> Result<Vec<Located<DeviceSignalled>>, Vec<InputFault>> {
    let mut faults = Faults::default();
    let mut signals = Vec::new();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let place = Place::file(file).at_line(number);
        match serde_json::from_str::<&RawValue>(line) {
            Ok(event) => signals.extend(signal(&place, event, &mut faults)),
            Err(error) => {
                let column = json::place_of_error(&place, &error).column;
                faults.add(Place { column, ..place }, json::bad_json(&error));
            }
        }
    }
    faults.or(signals)
}

/// Reads the body of a request: one event (`application/cloudevents+json`) or an array of them
/// (`application/cloudevents-batch+json`).
///
/// # Errors
/// Every fault of the text.
pub fn read_signals_json(
    file: &str,
    text: &str,
) -> Result<Vec<Located<DeviceSignalled>>, Vec<InputFault>> {
    let mut faults = Faults::default();
    let events = json::items(file, text, &mut faults);
    let signals =
        events.iter().filter_map(|(place, event)| signal(place, event, &mut faults)).collect();
    faults.or(signals)
}

/// Splits the body of a request that carries usage, one event or an array, into lines for
/// [`read_line`]. Each value of the array is a line, whatever it is: what becomes of it is decided
/// as for a line of a file. `file` names the body in faults.
///
/// # Errors
/// The body is no JSON.
pub fn split_json(file: &str, body: &[u8]) -> Result<Lines, Vec<InputFault>> {
    Ok(json::values(file, body)?.into_iter().map(|event| event.get().as_bytes()).collect())
}

fn signal(
    place: &Place,
    event: &RawValue,
    faults: &mut Faults,
) -> Option<Located<DeviceSignalled>> {
    let Some(members) = json::object(event.get()) else {
        faults.add(place.clone(), json::wrong("an object"));
        return None;
    };
    let event = Event { place, members };
    event.check_version(faults);
    let source = event.required("source", faults);
    let id = event.required("id", faults);
    let event_type = event.required("type", faults);
    let serial = event.required("subject", faults);
    let signalled_at = event.required("time", faults);
    let value = DeviceSignalled {
        source: source?,
        id: id?,
        event_type: event_type?,
        serial: serial?,
        signalled_at: signalled_at?,
    };
    Some(Located { place: place.clone(), value })
}

/// A signal while it is read. Members that CloudEvents allows and nobody needs are passed over.
struct Event<'a> {
    place: &'a Place,
    members: Members<'a>,
}

impl Event<'_> {
    fn required<T: Readable>(&self, name: &str, faults: &mut Faults) -> Option<T> {
        let place = self.place.in_field(name);
        let value = self.members.last(name).filter(|value| value.get() != "null");
        let Some(value) = value else {
            faults.add(place, InputRejection::Missing { field: name.to_owned() });
            return None;
        };
        match json::text(value) {
            Some(text) if text.is_empty() => {
                faults.add(place, InputRejection::Missing { field: name.to_owned() });
                None
            }
            Some(text) => faults.read(place, &text),
            None => {
                faults.add(place, json::wrong("text in double quotes"));
                None
            }
        }
    }

    fn check_version(&self, faults: &mut Faults) {
        let version: Option<String> = self.required("specversion", faults);
        if let Some(version) = version.filter(|version| version != "1.0") {
            let specversion = shortened(&version);
            let rejection = InputRejection::NotCloudEvent { specversion };
            faults.add(self.place.in_field("specversion"), rejection);
        }
    }
}

#[cfg(test)]
mod tests;
