//! Meter events of Stripe: version 1, a form with one event, and version 2, JSON.

use std::borrow::Cow;

use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use serde_json::value::RawValue;

use super::{Shape, Written, quoted};
use crate::json::{self, Members};
use crate::{InputFault, Lines, Place};

const SHAPE: Shape = Shape {
    source: "urn:stripe",
    id: "identifier",
    event_type: "event_name",
    data: "payload",
    rest: "stripe",
};

/// The lines of a body: a form (`event_name=…&payload[value]=…`), or JSON, `{"events": [{…}, …]}`
/// or one event. `file` names it in faults; `now` is the time of an event without one.
///
/// The source is `urn:stripe`, the id `identifier`, the type `event_name`, the data `payload`, the
/// subject `stripe_customer_id` in it; `timestamp` is in seconds or RFC 3339. Other members are
/// kept under `stripe`. An event without `identifier` is rejected: it could not be told from the
/// same event sent again.
///
/// # Errors
/// The body is no JSON object where it begins like one, else no text; or `events` is no list.
pub fn lines(file: &str, body: &[u8], now: Timestamp) -> Result<Lines, Vec<InputFault>> {
    if matches!(body.trim_ascii_start().first(), Some(b'{' | b'[')) {
        return json_lines(file, body, now);
    }
    let event = event_of_form(file, json::utf8(file, body)?.trim())?;
    json_lines(file, event.as_bytes(), now)
}

fn json_lines(file: &str, body: &[u8], now: Timestamp) -> Result<Lines, Vec<InputFault>> {
    let items = super::items(file, body, "events", None)?;
    Ok(super::all(items.into_iter().map(|item| super::line(&SHAPE, item, now, subject))))
}

fn subject<'a>(event: &Members<'a>) -> Option<&'a RawValue> {
    json::object(event.last(SHAPE.data)?.get())?.last("stripe_customer_id")
}

/// A form as the JSON of version 2: `payload[name]` is a member of `payload`, all are text.
fn event_of_form(file: &str, form: &str) -> Result<String, Vec<InputFault>> {
    let (mut event, mut payload) = (Written::new(), Written::new());
    for field in form.split('&').filter(|field| !field.is_empty()) {
        let (name, value) = field.split_once('=').unwrap_or((field, ""));
        let (name, value) = decoded(name).zip(decoded(value)).ok_or_else(|| {
            let rejection = json::wrong("a form in UTF-8");
            vec![InputFault { place: Place::file(file), rejection }]
        })?;
        match name.strip_prefix("payload[").and_then(|name| name.strip_suffix(']')) {
            Some(name) => payload.member(name, &quoted(&value)),
            None => event.member(&name, &quoted(&value)),
        }
    }
    event.member(SHAPE.data, &payload.end());
    Ok(event.end())
}

/// Decodes a part of a form (WHATWG URL, 5.1). None when it is no UTF-8: replaced bytes could make
/// two identifiers equal.
fn decoded(part: &str) -> Option<String> {
    let spaced = part.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8().ok().map(Cow::into_owned)
}
