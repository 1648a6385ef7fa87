//! A line of usage: what it says, borrowed from it.

use std::borrow::Cow;
use std::fmt;

use facts::usage::{Envelope, Mark, Scalar};
use memchr::{memchr, memchr2_iter};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::json::{self, DEPTH_MAX, Kind};
use crate::readable::instant;

/// What a line says; none when it is no JSON object. Nothing is decided here: an envelope with
/// absent members is a line that `metering` rejects with its reason.
///
/// A member of another type than is needed is absent; of a repeated member the last value counts,
/// and `data` keeps them all. No JSON here is also what RFC 8259 leaves open: a string with half a
/// surrogate pair, which is no text, anywhere in the line; and more than 64 objects and arrays
/// that are open at once.
#[must_use]
pub fn read_line(line: &[u8]) -> Option<Envelope<'_>> {
    let text = std::str::from_utf8(line).ok()?;
    if is_too_deep(line) {
        return None;
    }
    let mut parser = serde_json::Deserializer::from_str(text);
    let envelope = parser.deserialize_map(Line).ok()?;
    parser.end().ok()?;
    escapes_are_text(line).then_some(envelope)
}

/// Whether two lines are the same JSON object, whatever the order of members, the white space, the
/// escapes and the spelling of numbers. Of a repeated name the last value counts. What is no JSON
/// object equals nothing.
#[must_use]
pub fn same_event(one: &[u8], other: &[u8]) -> bool {
    canonical(one).is_some_and(|form| canonical(other).is_some_and(|other| form == other))
}

fn canonical(line: &[u8]) -> Option<Vec<u8>> {
    json::canonical(std::str::from_utf8(line).ok()?)
}

/// The members of an event that are read.
#[derive(Clone, Copy)]
enum Member {
    Source,
    Id,
    Type,
    Subject,
    Time,
    Revision,
    Cancelled,
    Data,
    Other,
}

struct MemberName;

impl<'de> DeserializeSeed<'de> for MemberName {
    type Value = Member;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Member, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for MemberName {
    type Value = Member;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    fn visit_str<E>(self, name: &str) -> Result<Member, E> {
        Ok(match name {
            "source" => Member::Source,
            "id" => Member::Id,
            "type" => Member::Type,
            "subject" => Member::Subject,
            "time" => Member::Time,
            "usagerevision" => Member::Revision,
            "usagecancelled" => Member::Cancelled,
            "data" => Member::Data,
            _ => Member::Other,
        })
    }
}

struct Line;

impl<'de> Visitor<'de> for Line {
    type Value = Envelope<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut event = Envelope::default();
        let (mut revision, mut cancelled) = (Said::Nothing, Said::Nothing);
        while let Some(member) = map.next_key_seed(MemberName)? {
            // A value that should be text is taken as it is written first: as a number it might
            // not fit any type of the parser, and must not make the line unreadable.
            match member {
                Member::Source => event.source = json::text(map.next_value()?),
                Member::Id => event.id = json::text(map.next_value()?),
                Member::Type => event.event_type = json::text(map.next_value()?),
                Member::Subject => event.subject = json::text(map.next_value()?),
                Member::Time => {
                    event.happened_at = json::text(map.next_value()?).and_then(|it| instant(&it));
                }
                Member::Revision => revision = said(map.next_value()?, revision_of),
                Member::Cancelled => cancelled = said(map.next_value()?, flag_of),
                Member::Data => event.data = scalars(map.next_value()?),
                Member::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        event.mark = match (revision, cancelled) {
            (Said::Nothing, Said::Nothing | Said::It(false)) => Mark::First,
            (Said::It(revision), Said::Nothing | Said::It(false)) => Mark::Amends(revision),
            (Said::It(revision), Said::It(true)) => Mark::Cancels(revision),
            _ => Mark::Unclear,
        };
        Ok(event)
    }
}

/// What an attribute says, if it is there.
enum Said<T> {
    Nothing,
    It(T),
    Unclear,
}

/// An attribute as a JSON value, or as its text, which is how headers carry it; `null` is nothing.
fn said<T>(value: &RawValue, read: fn(&str) -> Option<T>) -> Said<T> {
    if value.get() == "null" {
        return Said::Nothing;
    }
    let text = json::text(value);
    match read(text.as_deref().unwrap_or_else(|| value.get())) {
        Some(it) => Said::It(it),
        None => Said::Unclear,
    }
}

/// A whole number from 1, in digits only.
fn revision_of(text: &str) -> Option<u32> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|revision| digits && *revision > 0)
}

fn flag_of(text: &str) -> Option<bool> {
    text.parse().ok()
}

fn scalars(data: &RawValue) -> Vec<(Cow<'_, str>, Scalar<'_>)> {
    if json::kind(data) != Kind::Object {
        return Vec::new();
    }
    let members = json::object(data.get()).map(|members| members.0).unwrap_or_default();
    members.into_iter().map(|(name, value)| (name, scalar(value))).collect()
}

fn scalar(value: &RawValue) -> Scalar<'_> {
    match json::kind(value) {
        Kind::Number => Scalar::Number(value.get()),
        Kind::Text => json::text(value).map_or(Scalar::Other, Scalar::Text),
        Kind::Object | Kind::Array | Kind::Word => Scalar::Other,
    }
}

/// Whether more objects and arrays are open at once than are followed. Few lines have so many at
/// all, so that few are looked at twice.
fn is_too_deep(line: &[u8]) -> bool {
    memchr2_iter(b'{', b'[', line).nth(DEPTH_MAX as usize).is_some() && depth(line) > DEPTH_MAX
}

/// The most objects and arrays that are open at once, in a line that may be JSON.
fn depth(line: &[u8]) -> u32 {
    let (mut open, mut deepest) = (0_u32, 0);
    let (mut is_text, mut is_escaped) = (false, false);
    for byte in line {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'"' => is_text = !is_text,
            b'\\' => is_escaped = is_text,
            b'{' | b'[' if !is_text => {
                open = open.saturating_add(1);
                deepest = deepest.max(open);
            }
            b'}' | b']' if !is_text => open = open.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// Whether the escapes in valid JSON stand for characters: halves of surrogate pairs only in
/// pairs. The parser tells that only for strings that it hands over.
fn escapes_are_text(line: &[u8]) -> bool {
    const ESCAPED_UNIT: usize = r"\u0000".len();
    let mut rest = line;
    while let Some(at) = memchr(b'\\', rest) {
        rest = rest.get(at..).unwrap_or_default();
        let length = match unit(rest) {
            None => r"\n".len(),
            Some(0xDC00..=0xDFFF) => return false,
            Some(0xD800..=0xDBFF) => {
                match rest.get(ESCAPED_UNIT..).and_then(unit) {
                    Some(0xDC00..=0xDFFF) => {}
                    _ => return false,
                }
                2 * ESCAPED_UNIT
            }
            Some(_) => ESCAPED_UNIT,
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    true
}

/// The UTF-16 unit of an escape `\u0000` at the beginning of valid JSON.
fn unit(escape: &[u8]) -> Option<u16> {
    let digits = escape.strip_prefix(br"\u")?.get(..4)?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}
