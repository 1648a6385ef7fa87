//! One form for equal objects, written in one pass over the text: a value is looked at once,
//! however deep it stands.

use std::borrow::Cow;
use std::ops::Range;

use memchr::memchr2;
use serde_json::value::RawValue;

use super::{DEPTH_MAX, Name};

/// The canonical form of the object in a text: equal values make equal bytes, whatever the order
/// of their members, their white space, their escapes and the spelling of their numbers. Of a
/// repeated name the last value counts. None when the text is no object, when a string is no text,
/// and when a value is too deep.
pub fn canonical(text: &str) -> Option<Vec<u8>> {
    let whole: &RawValue = serde_json::from_str(text).ok()?;
    let out = Vec::with_capacity(2 * text.len());
    let mut writer = Writer { text: whole.get(), at: 0, out };
    if writer.next()? != b'{' {
        return None;
    }
    writer.object(DEPTH_MAX)?;
    Some(writer.out)
}

/// Walks over a text that the parser accepted: what stands where needs no second check.
struct Writer<'a> {
    text: &'a str,
    at: usize,
    out: Vec<u8>,
}

impl<'a> Writer<'a> {
    /// The first byte that is no white space.
    fn next(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = bytes.get(self.at) {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    /// Writes a value below `depth` more that may be open.
    fn value(&mut self, depth: u32) -> Option<()> {
        match self.next()? {
            b'{' => self.object(depth.checked_sub(1)?)?,
            b'[' => self.array(depth.checked_sub(1)?)?,
            b'"' => {
                let text = self.string()?;
                self.bytes(b'"', text.as_bytes());
            }
            b't' | b'f' | b'n' => {
                let word = self.word();
                self.out.extend_from_slice(word.as_bytes());
            }
            _ => {
                // Nothing in it can be taken for structure.
                self.out.push(b'#');
                let number = self.word();
                write_number(number, &mut self.out);
            }
        }
        Some(())
    }

    fn array(&mut self, depth: u32) -> Option<()> {
        self.out.push(b'[');
        self.at += 1;
        while self.next()? != b']' {
            self.value(depth)?;
            if self.next()? == b',' {
                self.at += 1;
            }
        }
        self.at += 1;
        self.out.push(b']');
        Some(())
    }

    fn object(&mut self, depth: u32) -> Option<()> {
        self.out.push(b'{');
        self.at += 1;
        let start = self.out.len();
        let mut members: Vec<(Cow<'a, str>, Range<usize>)> = Vec::new();
        while self.next()? != b'}' {
            let written = self.out.len();
            let name = self.string()?;
            self.bytes(b'"', name.as_bytes());
            if self.next()? == b':' {
                self.at += 1;
            }
            self.value(depth)?;
            members.push((name, written..self.out.len()));
            if self.next()? == b',' {
                self.at += 1;
            }
        }
        self.at += 1;
        if !members.is_sorted_by(|(one, _), (other, _)| one < other) {
            self.sort(start, members);
        }
        self.out.push(b'}');
        Some(())
    }

    /// Brings the members that were written from `start` on into the order of their names.
    fn sort(&mut self, start: usize, mut members: Vec<(Cow<'a, str>, Range<usize>)>) {
        // Stable: of a repeated name, the last stays last.
        members.sort_by(|(one, _), (other, _)| one.cmp(other));
        let mut sorted = Vec::with_capacity(self.out.len() - start);
        for (index, (name, written)) in members.iter().enumerate() {
            if members.get(index + 1).is_none_or(|(next, _)| next != name) {
                sorted.extend_from_slice(self.out.get(written.clone()).unwrap_or_default());
            }
        }
        self.out.truncate(start);
        self.out.extend_from_slice(&sorted);
    }

    /// The content of the string that stands here; none when it is no text.
    fn string(&mut self) -> Option<Cow<'a, str>> {
        let start = self.at;
        let mut has_escapes = false;
        let mut inner = start + 1;
        loop {
            let rest = self.text.as_bytes().get(inner..)?;
            inner += memchr2(b'"', b'\\', rest)?;
            if self.text.as_bytes().get(inner) == Some(&b'"') {
                break;
            }
            has_escapes = true;
            inner += r"\\".len();
        }
        self.at = inner + 1;
        if has_escapes {
            let quoted = self.text.get(start..self.at)?;
            return serde_json::from_str(quoted).ok().map(|Name(text)| text);
        }
        self.text.get(start + 1..inner).map(Cow::Borrowed)
    }

    /// The number or word that stands here.
    fn word(&mut self) -> &'a str {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let end = |byte: &u8| matches!(byte, b',' | b']' | b'}' | b' ' | b'\t' | b'\n' | b'\r');
        let length = rest.as_bytes().iter().position(end).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    /// Bytes after their length, so that no content can be taken for structure.
    fn bytes(&mut self, mark: u8, bytes: &[u8]) {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.out.push(mark);
        self.out.extend_from_slice(&length.to_be_bytes());
        self.out.extend_from_slice(bytes);
    }
}

/// One spelling for equal numbers: `1.5`, `1.50` and `15e-1` become `15e-1`. An exponent beyond
/// 64 bits keeps the text as it is.
pub(super) fn write_number(text: &str, out: &mut Vec<u8>) {
    let (sign, unsigned) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let at = memchr2(b'e', b'E', unsigned.as_bytes());
    let (mantissa, exponent) = at
        .and_then(|at| Some((unsigned.get(..at)?, unsigned.get(at + 1..)?)))
        .unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let start = out.len();
    out.extend_from_slice(sign.as_bytes());
    let digits = whole.bytes().chain(fraction.bytes());
    out.extend(digits.skip_while(|digit| *digit == b'0'));
    let written = out.len();
    while out.last() == Some(&b'0') {
        out.pop();
    }
    if out.len() == start + sign.len() {
        out.truncate(start);
        out.push(b'0');
        return;
    }
    let exponent = exponent.parse::<i64>().ok().and_then(|exponent| {
        let zeros = i64::try_from(written - out.len()).ok()?;
        exponent.checked_add(zeros)?.checked_sub(i64::try_from(fraction.len()).ok()?)
    });
    match exponent {
        Some(0) => out.extend_from_slice(b"e0"),
        Some(exponent) => out.extend_from_slice(format!("e{exponent}").as_bytes()),
        None => {
            out.truncate(start);
            out.extend_from_slice(text.as_bytes());
        }
    }
}
