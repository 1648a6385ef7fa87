//! Our own reader of JSON (RFC 8259): numbers stay text, of a repeated member the last counts, and
//! equal values have equal prints.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

/// Most objects and arrays that may be open at once. Beyond it a line counts as no JSON.
const DEPTH_MAX: u32 = 64;

/// A JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    /// `null`, `true` or `false`.
    Word(&'static str),
    /// As written.
    Number(String),
    Text(String),
    Array(Vec<Self>),
    Object(BTreeMap<String, Self>),
}

/// The value in a line; none when it is no JSON, or has a string that is no text.
pub(crate) fn read(line: &[u8]) -> Option<Value> {
    let text = std::str::from_utf8(line).ok()?;
    let mut reader = Reader { rest: text, open: 0 };
    let value = reader.value()?;
    reader.skip_blanks();
    reader.rest.is_empty().then_some(value)
}

struct Reader<'a> {
    rest: &'a str,
    open: u32,
}

impl Reader<'_> {
    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    /// Takes a character that must come next, after blanks.
    fn take(&mut self, wanted: char) -> Option<()> {
        self.skip_blanks();
        self.rest = self.rest.strip_prefix(wanted)?;
        Some(())
    }

    fn comes(&mut self, wanted: char) -> bool {
        self.take(wanted).is_some()
    }

    fn value(&mut self) -> Option<Value> {
        self.skip_blanks();
        for word in ["null", "true", "false"] {
            if let Some(rest) = self.rest.strip_prefix(word) {
                self.rest = rest;
                return Some(Value::Word(word));
            }
        }
        match self.rest.chars().next()? {
            '"' => self.text().map(Value::Text),
            '{' => self.nested(Self::object),
            '[' => self.nested(Self::array),
            _ => self.number().map(Value::Number),
        }
    }

    fn nested(&mut self, read: impl FnOnce(&mut Self) -> Option<Value>) -> Option<Value> {
        self.open += 1;
        if self.open > DEPTH_MAX {
            return None;
        }
        let value = read(self)?;
        self.open -= 1;
        Some(value)
    }

    fn object(&mut self) -> Option<Value> {
        self.take('{')?;
        let mut members = BTreeMap::new();
        if self.comes('}') {
            return Some(Value::Object(members));
        }
        loop {
            self.skip_blanks();
            let name = self.text()?;
            self.take(':')?;
            members.insert(name, self.value()?);
            if !self.comes(',') {
                self.take('}')?;
                return Some(Value::Object(members));
            }
        }
    }

    fn array(&mut self) -> Option<Value> {
        self.take('[')?;
        let mut items = Vec::new();
        if self.comes(']') {
            return Some(Value::Array(items));
        }
        loop {
            items.push(self.value()?);
            if !self.comes(',') {
                self.take(']')?;
                return Some(Value::Array(items));
            }
        }
    }

    fn text(&mut self) -> Option<String> {
        self.rest = self.rest.strip_prefix('"')?;
        let mut text = String::new();
        loop {
            let plain = self.rest.find(['"', '\\'])?;
            let (before, rest) = self.rest.split_at(plain);
            if before.bytes().any(|byte| byte < 0x20) {
                return None;
            }
            text.push_str(before);
            if let Some(rest) = rest.strip_prefix('"') {
                self.rest = rest;
                return Some(text);
            }
            self.rest = rest.strip_prefix('\\')?;
            text.push(self.escaped()?);
        }
    }

    fn escaped(&mut self) -> Option<char> {
        let mut rest = self.rest.chars();
        let mark = rest.next()?;
        self.rest = rest.as_str();
        Some(match mark {
            '"' | '\\' | '/' => mark,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let first = self.unit()?;
                let second = match first {
                    0xD800..=0xDBFF => {
                        self.rest = self.rest.strip_prefix("\\u")?;
                        Some(self.unit()?)
                    }
                    _ => None,
                };
                // Halves of a pair that do not fit each other are no text.
                let mut both = char::decode_utf16([first].into_iter().chain(second));
                let character = both.next()?.ok()?;
                both.next().is_none().then_some(character)?
            }
            _ => return None,
        })
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Option<u16> {
        let (digits, rest) = self.rest.split_at_checked(4)?;
        self.rest = rest;
        let all = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        u16::from_str_radix(digits, 16).ok().filter(|_| all)
    }

    fn number(&mut self) -> Option<String> {
        let all = self.rest;
        self.rest = self.rest.strip_prefix('-').unwrap_or(self.rest);
        if self.digits()?.starts_with('0') && all.len() - self.rest.len() > 1 {
            let whole = &all[..all.len() - self.rest.len()];
            if whole != "-0" {
                return None;
            }
        }
        if let Some(rest) = self.rest.strip_prefix('.') {
            self.rest = rest;
            self.digits()?;
        }
        if let Some(rest) = self.rest.strip_prefix(['e', 'E']) {
            self.rest = rest.strip_prefix(['+', '-']).unwrap_or(rest);
            self.digits()?;
        }
        Some(all[..all.len() - self.rest.len()].to_owned())
    }

    /// At least one digit.
    fn digits(&mut self) -> Option<&str> {
        let end = self.rest.find(|it: char| !it.is_ascii_digit()).unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!digits.is_empty()).then_some(digits)
    }
}

/// A number without its spelling: the value is `digits` × 10^`exponent`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Number {
    pub is_negative: bool,
    /// Without zeros at either end; empty for zero.
    pub digits: String,
    pub exponent: i64,
}

/// A number as it was written, without its spelling; none for an exponent beyond 64 bits.
pub(crate) fn number(text: &str) -> Option<Number> {
    let unsigned = text.trim_start_matches('-');
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let written = [whole, fraction].concat();
    let digits = written.trim_matches('0').to_owned();
    if digits.is_empty() {
        return Some(Number { is_negative: false, digits, exponent: 0 });
    }
    let zeros = written.len() - written.trim_end_matches('0').len();
    let shift = i64::try_from(zeros).ok()?.checked_sub(i64::try_from(fraction.len()).ok()?)?;
    let exponent = exponent.parse::<i64>().ok()?.checked_add(shift)?;
    Some(Number { is_negative: unsigned.len() < text.len(), digits, exponent })
}

/// SHA-256 of a value, the same for every order of members and spelling of numbers and texts.
pub(crate) fn print(value: &Value) -> [u8; 32] {
    let mut hash = Sha256::new();
    add(value, &mut hash);
    hash.finalize().into()
}

fn add(value: &Value, hash: &mut Sha256) {
    match value {
        Value::Word(word) => add_text('w', word, hash),
        Value::Number(text) => match number(text) {
            Some(Number { is_negative, digits, exponent }) => {
                let sign = if is_negative { "-" } else { "" };
                add_text('n', &format!("{sign}{digits}e{exponent}"), hash);
            }
            None => add_text('n', text, hash),
        },
        Value::Text(text) => add_text('t', text, hash),
        Value::Array(items) => {
            hash.update(format!("a{};", items.len()));
            items.iter().for_each(|item| add(item, hash));
        }
        Value::Object(members) => {
            hash.update(format!("o{};", members.len()));
            for (name, value) in members {
                add_text('t', name, hash);
                add(value, hash);
            }
        }
    }
}

/// A text after its length, so that no content can be taken for structure.
fn add_text(mark: char, text: &str, hash: &mut Sha256) {
    hash.update(format!("{mark}{};", text.len()));
    hash.update(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEEP: &str = concat!(
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
        "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"
    );

    /// A parser of many others says the same of each of these.
    #[test]
    fn what_is_json_is_told_from_what_is_not() {
        let good = [
            "{}",
            " [ ] ",
            "null",
            "-0",
            "0",
            "-0.5",
            "1e5",
            "1E+5",
            "12.50e-3",
            "\"\"",
            r#"{"a":1,"a":{"b":[true,false,null]}}"#,
            r#""\u00e9\ud83d\ude00\n\"\\\/""#,
            "\t{\"a\"\r:\n1}",
            "\"é\u{7f}\"",
            DEEP,
        ];
        let bad = [
            "",
            " ",
            "{",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "[1,]",
            "[1 2]",
            "01",
            "-01",
            "-",
            "1.",
            ".5",
            "1e",
            "1e+",
            "+1",
            "nul",
            "nulll",
            "NaN",
            "\"\n\"",
            "\"\u{1f}\"",
            "\"",
            r#""\x""#,
            r#""\u12""#,
            r#""\ud800""#,
            r#""\ud800\u0041""#,
            r#""\udc00""#,
            "{} {}",
            "\u{feff}{}",
            "{a:1}",
            "\u{a0}1",
            r#""\u+123""#,
            "{\"a\":1 \"b\":2}",
        ];
        for text in good {
            assert!(read(text.as_bytes()).is_some(), "{text}");
            assert!(serde_json::from_str::<serde_json::Value>(text).is_ok(), "{text}");
        }
        for text in bad {
            assert_eq!(read(text.as_bytes()), None, "{text}");
            assert!(serde_json::from_str::<serde_json::Value>(text).is_err(), "{text}");
        }
        assert_eq!(read(b"\"\xff\""), None);
        assert_eq!(read(format!("[{DEEP}]").as_bytes()), None);
    }

    #[test]
    fn equal_values_have_equal_prints() {
        let of = |text: &str| print(&read(text.as_bytes()).unwrap());
        let same = [
            (r#"{"a":1,"b":2}"#, r#" { "b" : 2.0 , "a" : 10e-1 } "#),
            (r#"{"a":0,"a":1}"#, r#"{"a":1.000}"#),
            (r#"["\u0041"]"#, r#"["A"]"#),
            ("[0,-0,0.00e7]", "[0e1,0,0]"),
            ("-1200", "-1.2E3"),
        ];
        for (one, other) in same {
            assert_eq!(of(one), of(other), "{one} {other}");
        }
        let different = [
            ("1", "\"1\""),
            ("1", "-1"),
            ("1", "10"),
            ("[[],1]", "[[1]]"),
            ("[\"a\",\"b\"]", "[\"ab\"]"),
            ("{\"a\":null}", "{}"),
            ("1e99999999999999999999", "1e99999999999999999998"),
        ];
        for (one, other) in different {
            assert_ne!(of(one), of(other), "{one} {other}");
        }
    }
}
