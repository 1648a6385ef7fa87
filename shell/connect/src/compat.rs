//! Usage as other products take it, made into lines that [`read_line`] understands: who has a
//! client of theirs needs no new one.
//!
//! A single item that is wrong becomes a line that is rejected later, with its reason and in its
//! place among the others. Only a body that is no list of items at all is refused here.
//!
//! [`read_line`]: crate::cloud_events::read_line

pub mod lago;
pub mod open_meter;
pub mod stripe;
mod seconds;

use std::borrow::Cow;

use jiff::Timestamp;
use serde_json::value::RawValue;

use crate::json::{self, Kind, Members};
use crate::lines::Lines;
use crate::readable::instant;
use crate::{InputFault, InputRejection, Place};

/// A line while it is written: members of an object, each as JSON.
struct Written(String);

impl Written {
    fn new() -> Self {
        Self("{".to_owned())
    }

    fn member(&mut self, name: &str, json: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        push_quoted(&mut self.0, name);
        self.0.push(':');
        self.0.push_str(json);
    }

    fn end(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

/// A text as JSON.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    push_quoted(&mut quoted, text);
    quoted
}

/// The same at the end of another: what needs no escape is copied at once, and that is most.
fn push_quoted(out: &mut String, text: &str) {
    let is_plain = |byte: u8| !matches!(byte, 0..0x20 | b'"' | b'\\');
    if text.bytes().all(is_plain) {
        out.push('"');
        out.push_str(text);
        out.push('"');
    } else {
        // A text is always JSON.
        out.push_str(&serde_json::to_string(text).unwrap_or_default());
    }
}

/// Which members of an item mean what.
struct Shape {
    source: &'static str,
    id: &'static str,
    event_type: &'static str,
    data: &'static str,
    /// Takes all other members.
    rest: &'static str,
}

/// The line of an item. What it says is kept as it is written, so that nothing is lost and what is
/// wrong is found by the one that reads lines.
fn line(shape: &Shape, item: &RawValue, now: Timestamp, subject: Subject) -> String {
    let Some(members) = json::object(item.get()) else { return item.get().to_owned() };
    let mut line = Written::new();
    line.member("specversion", "\"1.0\"");
    line.member("source", &quoted(shape.source));
    let subject = subject(&members);
    let named = [("id", shape.id), ("type", shape.event_type)];
    let named = named.map(|(name, theirs)| (name, members.last(theirs)));
    for (name, value) in named.into_iter().chain([("subject", subject)]) {
        if let Some(value) = value {
            line.member(name, value.get());
        }
    }
    line.member("time", &time(members.last("timestamp"), now));
    if let Some(data) = members.last(shape.data) {
        line.member("data", data.get());
    }
    let mut rest = Written::new();
    let known = [shape.id, shape.event_type, shape.data, "timestamp"];
    let others = members.0.iter().filter(|(name, value)| {
        !known.contains(&name.as_ref())
            && !subject.is_some_and(|subject| std::ptr::eq(subject, *value))
    });
    others.for_each(|(name, value)| rest.member(name, value.get()));
    if rest.0.len() > 1 {
        line.member(shape.rest, &rest.end());
    }
    line.end()
}

/// Where an item names the device.
type Subject = for<'a> fn(&Members<'a>) -> Option<&'a RawValue>;

/// The JSON of a time that is written in seconds since 1970 or as RFC 3339, as number or text; the
/// given one when there is none. What is neither stays as it is.
fn time(written: Option<&RawValue>, now: Timestamp) -> String {
    let Some(written) = written.filter(|value| value.get() != "null") else {
        return quoted(&now.to_string());
    };
    let text = match json::kind(written) {
        Kind::Number => Some(Cow::Borrowed(written.get())),
        Kind::Text => json::text(written),
        Kind::Object | Kind::Array | Kind::Word => None,
    };
    let at = text.filter(|text| instant(text).is_none()).and_then(|text| seconds::read(&text));
    at.map_or_else(|| written.get().to_owned(), |at| quoted(&at.to_string()))
}

/// The items of `{"<many>": [item, …]}` or, when there is no such member, of `{"<one>": item}`;
/// without a name for one, the object itself is the item.
fn items<'a>(
    file: &str,
    body: &'a [u8],
    many: &str,
    one: Option<&str>,
) -> Result<Vec<&'a RawValue>, Vec<InputFault>> {
    let place = Place::file(file);
    let fault = |place: Place, rejection| vec![InputFault { place, rejection }];
    let values = json::values(file, body)?;
    let [whole] = values.as_slice() else { return Err(fault(place, json::wrong("an object"))) };
    let Some(members) = json::object(whole.get()) else {
        return Err(fault(place, json::wrong("an object")));
    };
    if let Some(list) = members.last(many) {
        let items = serde_json::from_str(list.get());
        return items.map_err(|_| fault(place.in_field(many), json::wrong("a list of events")));
    }
    let Some(one) = one else { return Ok(vec![whole]) };
    let missing = || InputRejection::Missing { field: format!("{one}` or `{many}") };
    members.last(one).map(|item| vec![item]).ok_or_else(|| fault(place, missing()))
}

fn all(lines: impl Iterator<Item = String>) -> Lines {
    let mut all = Lines::default();
    lines.for_each(|line| all.push(line.as_bytes()));
    all
}

#[cfg(test)]
mod tests;
