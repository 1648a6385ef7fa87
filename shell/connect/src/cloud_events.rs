//! CloudEvents 1.0 in structured JSON: usage events line by line, and the activation signals of a
//! device cloud.

use std::borrow::Cow;
use std::collections::BTreeMap;

use facts::DeviceSignalled;
use facts::usage::{Envelope, Scalar};
use kernel::Digest;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use crate::faults::Faults;
use crate::json::{self, Kind, Members};
use crate::readable::{Readable, instant, shortened};
use crate::{InputFault, InputRejection, Located, Place};

/// What a line says; none when it is no JSON object. Nothing is decided here: an envelope with
/// absent members is a line that `metering` rejects with its reason.
///
/// Of a repeated member the last value counts. A string that is no text (a lone surrogate) and a
/// nesting deeper than 64 are no JSON here.
#[must_use]
pub fn read_line(line: &str) -> Option<Envelope> {
    let members = json::object(line)?;
    let mut canonical = Vec::with_capacity(line.len());
    json::canonical(&members, &mut canonical)?;
    let text = |name: &str| last(&members, name).and_then(json::text).map(Cow::into_owned);
    Some(Envelope {
        source: text("source"),
        id: text("id"),
        event_type: text("type"),
        subject: text("subject"),
        happened_at: last(&members, "time").and_then(json::text).and_then(|it| instant(&it)),
        data: last(&members, "data").map(scalars).unwrap_or_default(),
        digest: fingerprint(&canonical),
    })
}

fn last<'a>(members: &Members<'a>, name: &str) -> Option<&'a RawValue> {
    members.0.iter().rev().find(|(other, _)| other == name).map(|(_, value)| *value)
}

fn scalars(data: &RawValue) -> BTreeMap<String, Scalar> {
    let members = json::object(data.get()).map(|members| members.0).unwrap_or_default();
    members.into_iter().map(|(name, value)| (name.into_owned(), scalar(value))).collect()
}

fn scalar(value: &RawValue) -> Scalar {
    match json::kind(value) {
        Kind::Number => Scalar::Number(value.get().to_owned()),
        Kind::Text => {
            json::text(value).map_or(Scalar::Other, |text| Scalar::Text(text.into_owned()))
        }
        Kind::Object | Kind::Array | Kind::Word => Scalar::Other,
    }
}

/// The first 128 bits of SHA-256.
pub(crate) fn fingerprint(bytes: &[u8]) -> Digest {
    shorten(Sha256::new_with_prefix(bytes))
}

/// The first 128 bits of a hash.
pub(crate) fn shorten(hash: Sha256) -> Digest {
    let mut first = [0; 16];
    first.iter_mut().zip(hash.finalize()).for_each(|(kept, byte)| *kept = byte);
    Digest(first)
}

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
/// as for a line of a file.
///
/// # Errors
/// The body is no JSON.
pub fn split_json(file: &str, text: &str) -> Result<Vec<Located<String>>, Vec<InputFault>> {
    let mut faults = Faults::default();
    let events = json::items(file, text, &mut faults);
    let line = |(place, event): (Place, &RawValue)| Located { place, value: on_one_line(event) };
    let lines = events.into_iter().map(line).collect();
    faults.or(lines)
}

/// A line break in JSON is always white space between values.
fn on_one_line(event: &RawValue) -> String {
    event.get().replace(['\n', '\r'], " ")
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
        let value = last(&self.members, name).filter(|value| value.get() != "null");
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
