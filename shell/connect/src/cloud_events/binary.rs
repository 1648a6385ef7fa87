//! The binary mode of the HTTP binding: attributes in headers, data in the body.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use serde_json::value::RawValue;

use crate::compat::quoted;

/// The line of an event whose attributes are in headers `ce-…` and whose data is the body, for
/// [`read_line`]; without a `\n`. Other headers are passed over, but for the content type.
///
/// Values are unquoted and percent-decoded once (CloudEvents HTTP binding 1.0.2, 3.1.3.2). An event
/// with a value that is no UTF-8 then, or with a body that is JSON by its type and is none, or is
/// no text, becomes a line that is no JSON and holds what was sent.
///
/// [`read_line`]: super::read_line
#[must_use]
pub fn from_binary<'a>(headers: impl Iterator<Item = (&'a str, &'a str)>, body: &[u8]) -> Vec<u8> {
    let mut line = "{".to_owned();
    let (mut is_json, mut is_text) = (true, true);
    for (name, value) in headers {
        let name = name.to_ascii_lowercase();
        if name == "content-type" {
            is_json = is_json_type(value);
            line.push_str(&format!("\"datacontenttype\":{},", quoted(value)));
        } else if let Some(attribute) = name.strip_prefix("ce-") {
            let unquoted = unquoted(value);
            let text = percent_decode_str(&unquoted).decode_utf8();
            is_text &= text.is_ok();
            let text = text.unwrap_or(Cow::Borrowed(value));
            line.push_str(&format!("{}:{},", quoted(attribute), quoted(&text)));
        }
    }
    let data = match std::str::from_utf8(body) {
        Ok("") => Some(Cow::Borrowed("null")),
        Ok(text) if is_json => {
            serde_json::from_str::<&RawValue>(text).ok().map(|it| Cow::Borrowed(it.get()))
        }
        Ok(text) => Some(Cow::Owned(quoted(text))),
        Err(_) => None,
    };
    match data.filter(|_| is_text) {
        // Last, so that no header of this name can take its place.
        Some(data) => format!("{line}\"data\":{data}}}").replace('\n', "\r").into_bytes(),
        None => unreadable(&line, body),
    }
}

/// Begins with a character that no JSON has: a body must not be able to end the object and go on.
fn unreadable(line: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("\u{FFFD}{line}\"data\":").into_bytes();
    bytes.extend_from_slice(body);
    bytes.iter_mut().filter(|byte| **byte == b'\n').for_each(|byte| *byte = b'\r');
    bytes
}

/// `application/json`, `text/json` and `…+json`, with or without parameters.
fn is_json_type(content_type: &str) -> bool {
    let media = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    media.ends_with("/json") || media.ends_with("+json")
}

/// A value without its double quotes and the backslashes in them (RFC 7230, 3.2.6).
fn unquoted(value: &str) -> Cow<'_, str> {
    let inner = value.trim().strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    let Some(inner) = inner else { return Cow::Borrowed(value) };
    let mut text = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => text.extend(characters.next()),
            other => text.push(other),
        }
    }
    Cow::Owned(text)
}
