//! JSON without floats: a value is kept as its text until somebody says what it should be.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::faults::Faults;
use crate::readable::shortened;
use crate::record::Record;
use crate::{InputFault, InputRejection, Place};

mod canonical;

pub use canonical::canonical;

/// Deepest nesting that is followed. A deeper value is refused, so that no text can exhaust the
/// stack.
pub const DEPTH_MAX: u32 = 64;

/// The members of an object as written, in their order, repeated names included.
pub struct Members<'a>(pub Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Members<'a> {
    /// The value of a name, of a repeated one the last.
    pub fn last(&self, name: &str) -> Option<&'a RawValue> {
        self.0.iter().rev().find(|(other, _)| other == name).map(|(_, value)| *value)
    }
}

/// A member's name, copied only where it has escapes.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Gather;

        impl<'de> Visitor<'de> for Gather {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((Name(name), value)) = map.next_entry()? {
                    members.push((name, value));
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Gather)
    }
}

/// What kind of value a JSON text is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Object,
    Array,
    Text,
    Number,
    Word,
}

/// The kind of a value that the parser accepted: its first character tells it.
pub fn kind(value: &RawValue) -> Kind {
    match value.get().as_bytes().first() {
        Some(b'{') => Kind::Object,
        Some(b'[') => Kind::Array,
        Some(b'"') => Kind::Text,
        Some(b't' | b'f' | b'n') => Kind::Word,
        _ => Kind::Number,
    }
}

/// The content of a JSON string. None for another value, and for a string that is no text (a lone
/// surrogate).
pub fn text(value: &RawValue) -> Option<Cow<'_, str>> {
    let inner = value.get().strip_prefix('"')?.strip_suffix('"')?;
    if memchr::memchr(b'\\', inner.as_bytes()).is_none() {
        return Some(Cow::Borrowed(inner));
    }
    serde_json::from_str::<Name<'_>>(value.get()).ok().map(|Name(text)| text)
}

/// The object in a text, none when it is anything else.
pub fn object(text: &str) -> Option<Members<'_>> {
    serde_json::from_str(text).ok()
}

/// One value, or the values of an array, with the place of each.
pub fn items<'a>(file: &str, text: &'a str, faults: &mut Faults) -> Vec<(Place, &'a RawValue)> {
    let mut walk = Walk::over(file, text);
    match split(text) {
        Ok(items) => items.into_iter().map(|value| (walk.place_of(value), value)).collect(),
        Err(error) => {
            faults.add(place_of_error(&walk.place, &error), bad_json(&error));
            Vec::new()
        }
    }
}

/// One value, or the values of an array, of a body that need not be text.
pub fn values<'a>(file: &str, body: &'a [u8]) -> Result<Vec<&'a RawValue>, Vec<InputFault>> {
    let place = Place::file(file);
    let fault = |place, rejection| vec![InputFault { place, rejection }];
    let text = utf8(file, body)?;
    split(text).map_err(|error| fault(place_of_error(&place, &error), bad_json(&error)))
}

/// The text of a body.
pub fn utf8<'a>(file: &str, body: &'a [u8]) -> Result<&'a str, Vec<InputFault>> {
    let fault = InputFault { place: Place::file(file), rejection: wrong("text in UTF-8") };
    std::str::from_utf8(body).map_err(|_| vec![fault])
}

fn split(text: &str) -> serde_json::Result<Vec<&RawValue>> {
    let whole: &RawValue = serde_json::from_str(text)?;
    match kind(whole) {
        Kind::Array => serde_json::from_str(whole.get()),
        _ => Ok(vec![whole]),
    }
}

/// The objects of a text as records. Each member is a string, or null for none; the names are
/// among `known`, and none occurs twice.
pub fn records(file: &str, text: &str, known: &[&str], faults: &mut Faults) -> Vec<Record> {
    let mut records = Vec::new();
    let mut walk = Walk::over(file, text);
    for (place, value) in items(file, text, faults) {
        match object(value.get()) {
            Some(members) => records.push(record(&mut walk, &place, &members, known, faults)),
            None => faults.add(place, wrong("an object")),
        }
    }
    records
}

fn record(
    walk: &mut Walk<'_>,
    place: &Place,
    members: &Members<'_>,
    known: &[&str],
    faults: &mut Faults,
) -> Record {
    let mut cells: Vec<(String, String)> = Vec::new();
    for (name, value) in &members.0 {
        let here = walk.place_of(value).in_field(name);
        let field = shortened(name);
        if !known.contains(&name.as_ref()) {
            faults.add(here, InputRejection::Unknown { field, known: known.join(", ") });
        } else if cells.iter().any(|(other, _)| *other == *name) {
            faults.add(here, InputRejection::Repeated { field });
        } else if let Some(content) = text(value) {
            cells.push((name.to_string(), content.into_owned()));
        } else if value.get() != "null" {
            faults.add(here, wrong("text in double quotes"));
        }
    }
    Record { place: place.clone(), cells }
}

pub fn wrong(expected: &str) -> InputRejection {
    InputRejection::WrongKind { expected: expected.to_owned() }
}

pub fn bad_json(error: &serde_json::Error) -> InputRejection {
    // The place says the line and column; the library repeats them at the end of its sentence.
    let sentence = error.to_string();
    let reason = sentence.split(" at line ").next().unwrap_or_default();
    InputRejection::BadJson { reason: reason.to_owned() }
}

pub fn place_of_error(place: &Place, error: &serde_json::Error) -> Place {
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    place.at(number(error.line()).max(1), number(error.column()).max(1))
}

/// Finds the places of values one after the other, each from the one before: from the beginning,
/// a long array would take the square of its length.
struct Walk<'a> {
    place: Place,
    text: &'a str,
    offset: usize,
    line: u32,
    column: u32,
}

impl<'a> Walk<'a> {
    fn over(file: &str, text: &'a str) -> Self {
        Self { place: Place::file(file), text, offset: 0, line: 1, column: 1 }
    }

    /// The place of a value of `text` that stands behind the last one.
    fn place_of(&mut self, value: &RawValue) -> Place {
        let offset = value.get().as_ptr().addr().checked_sub(self.text.as_ptr().addr());
        let between = offset.and_then(|offset| self.text.get(self.offset..offset));
        for character in between.unwrap_or_default().chars() {
            if character == '\n' {
                (self.line, self.column) = (self.line.saturating_add(1), 1);
            } else {
                self.column = self.column.saturating_add(1);
            }
        }
        self.offset = offset.unwrap_or(self.offset);
        self.place.at(self.line, self.column)
    }
}

#[cfg(test)]
mod tests;
