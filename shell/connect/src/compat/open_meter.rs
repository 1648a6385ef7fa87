//! Events of OpenMeter: CloudEvents as they are, of which more may be absent.

use jiff::Timestamp;
use serde_json::value::RawValue;

use super::quoted;
use crate::json::{self, Kind};
use crate::{InputFault, Lines};

/// The lines of a body: one CloudEvent or an array of them. `file` names it in faults; `now` is
/// the time of an event without one. `specversion` may be absent.
///
/// # Errors
/// The body is no JSON.
pub fn lines(file: &str, body: &[u8], now: Timestamp) -> Result<Lines, Vec<InputFault>> {
    let events = json::values(file, body)?;
    Ok(super::all(events.into_iter().map(|event| line(event, now))))
}

fn line(event: &RawValue, now: Timestamp) -> String {
    let members = match json::kind(event) {
        Kind::Object => json::object(event.get()),
        _ => None,
    };
    let Some(members) = members else { return event.get().to_owned() };
    if members.last("time").is_some_and(|time| time.get() != "null") {
        return event.get().to_owned();
    }
    let comma = if members.0.is_empty() { "" } else { "," };
    let open = event.get().strip_suffix('}').unwrap_or_default();
    format!("{open}{comma}\"time\":{}}}", quoted(&now.to_string()))
}
