//! A value as it was written: its text, its place, and what it should become.

use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Location, Spanned};
use std::borrow::Cow;

use crate::Place;
use crate::readable::Readable;

/// One piece of text that stands for a `T`, and where it stands. It is read later, so that every
/// wrong value of a file can be shown at once.
#[derive(Debug, Clone)]
pub struct Written<T> {
    text: Spanned<String>,
    becomes: PhantomData<T>,
}

impl<T> Written<T> {
    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text.value
    }

    /// Where it stands in `file`.
    #[must_use]
    pub fn place(&self, file: &Place) -> Place {
        place(file, Some(self.text.referenced))
    }
}

impl<'de, T> Deserialize<'de> for Written<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Spanned::deserialize(deserializer).map(|text| Self { text, becomes: PhantomData })
    }
}

impl<T: Readable> JsonSchema for Written<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Written".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        T::schema()
    }
}

/// What a row takes of one dimension: `any`, one value, a list of values, numbers of a range, or
/// beginnings of text.
#[derive(Debug, Clone)]
pub struct Values(Spanned<Kind>);

/// How the values are written.
#[derive(Debug, Clone)]
pub enum Kind {
    /// One text; `any` means any.
    One(String),
    /// These.
    Listed(Vec<String>),
    /// Numbers of a range.
    Range {
        /// Included.
        from: Option<String>,
        /// Excluded.
        below: Option<String>,
    },
    /// Texts that begin with one of these.
    BeginsWith(Vec<String>),
    /// Something that could be a number or a boolean: the text is not known any more.
    Untyped(&'static str),
}

impl Values {
    /// What is written.
    #[must_use]
    pub const fn kind(&self) -> &Kind {
        &self.0.value
    }

    /// Where it stands in `file`.
    #[must_use]
    pub fn place(&self, file: &Place) -> Place {
        place(file, Some(self.0.referenced))
    }
}

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Spanned::deserialize(deserializer).map(Self)
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KindVisitor)
    }
}

struct KindVisitor;

impl<'de> Visitor<'de> for KindVisitor {
    type Value = Kind;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`any`, a value, a list of values, `from` and `below`, or `begins_with`")
    }

    fn visit_str<E>(self, text: &str) -> Result<Kind, E> {
        Ok(Kind::One(text.to_owned()))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Kind, E> {
        Ok(Kind::Untyped("a boolean"))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Kind, E> {
        Ok(Kind::Untyped("a number"))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Kind, E> {
        Ok(Kind::Untyped("a number"))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Kind, E> {
        Ok(Kind::Untyped("a number"))
    }

    fn visit_unit<E>(self) -> Result<Kind, E> {
        Ok(Kind::Untyped("nothing"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Kind, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(Kind::Listed(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Kind, A::Error> {
        const KEYS: &[&str] = &["from", "below", "begins_with"];
        let (mut from, mut below, mut begins_with) = (None, None, None);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "from" => from = Some(map.next_value()?),
                "below" => below = Some(map.next_value()?),
                "begins_with" => begins_with = Some(map.next_value()?),
                other => return Err(A::Error::unknown_field(other, KEYS)),
            }
        }
        Ok(begins_with.map_or(Kind::Range { from, below }, Kind::BeginsWith))
    }
}

impl JsonSchema for Values {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Values".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "`any`, one value, a list of values, a range, or beginnings",
            "anyOf": [
                { "type": "string" },
                { "type": "array", "items": { "type": ["string", "number", "boolean"] } },
                {
                    "type": "object",
                    "properties": {
                        "from": { "type": ["string", "number"] },
                        "below": { "type": ["string", "number"] },
                        "begins_with": { "type": "array", "items": { "type": "string" } },
                    },
                    "additionalProperties": false,
                },
            ],
        })
    }
}

/// A location of the parser as a place; a line of 0 is an unknown one.
pub(super) fn place(file: &Place, location: Option<Location>) -> Place {
    let number = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    match location.filter(|location| location.line() > 0) {
        Some(location) => file.at(number(location.line()), number(location.column())),
        None => file.clone(),
    }
}
