//! The fast reader and a slow one, on events written in every way that JSON has.

use connect::cloud_events::{read_line, same_event};
use facts::usage::Scalar;
use proptest::prelude::*;

/// A value as it was meant, which is written with random escapes and white space.
#[derive(Debug, Clone)]
enum Meant {
    Text(String),
    Number(String),
    Word(&'static str),
    List(Vec<Meant>),
    Object(Vec<(String, Meant)>),
}

/// Takes one choice after the other, for ever.
struct Choices<'a>(std::iter::Cycle<std::slice::Iter<'a, u8>>);

impl Choices<'_> {
    fn next(&mut self) -> u8 {
        *self.0.next().unwrap()
    }

    fn blank(&mut self) -> &'static str {
        ["", "", "", " ", "\t", "\r", "\n", "  "][usize::from(self.next() % 8)]
    }
}

fn write_text(text: &str, choices: &mut Choices<'_>, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match (character, choices.next() % 8) {
            ('\n', 0..6) => out.push_str("\\n"),
            ('/', 0..4) => out.push_str("\\/"),
            ('"' | '\\', 0..4) => out.extend(['\\', character]),
            (it, 4..8) if it != '"' && it != '\\' && it >= ' ' => out.push(it),
            (it, choice) => {
                for unit in it.encode_utf16(&mut [0; 2]) {
                    let unit = format!("\\u{unit:04x}");
                    out.push_str(&if choice % 2 == 0 { unit } else { unit.replace('e', "E") });
                }
            }
        }
    }
    out.push('"');
}

fn write(value: &Meant, choices: &mut Choices<'_>, out: &mut String) {
    match value {
        Meant::Text(text) => write_text(text, choices, out),
        Meant::Number(text) => out.push_str(text),
        Meant::Word(word) => out.push_str(word),
        Meant::List(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                out.push_str(choices.blank());
                write(item, choices, out);
                out.push_str(choices.blank());
            }
            out.push(']');
        }
        Meant::Object(members) => {
            out.push('{');
            for (index, (name, member)) in members.iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                out.push_str(choices.blank());
                write_text(name, choices, out);
                out.push_str(choices.blank());
                out.push(':');
                out.push_str(choices.blank());
                write(member, choices, out);
                out.push_str(choices.blank());
            }
            out.push('}');
        }
    }
}

fn written(value: &Meant, choices: &[u8]) -> String {
    let mut choices = Choices(choices.iter().cycle());
    let mut out = choices.blank().to_owned();
    write(value, &mut choices, &mut out);
    out + choices.blank()
}

fn last<'a>(members: &'a [(String, Meant)], name: &str) -> Option<&'a Meant> {
    members.iter().rev().find(|(other, _)| other == name).map(|(_, value)| value)
}

fn text<'a>(members: &'a [(String, Meant)], name: &str) -> Option<&'a str> {
    match last(members, name) {
        Some(Meant::Text(text)) => Some(text),
        _ => None,
    }
}

fn scalar(value: &Meant) -> Scalar<'_> {
    match value {
        Meant::Text(text) => Scalar::Text(text.into()),
        Meant::Number(number) => Scalar::Number(number),
        Meant::Word(_) | Meant::List(_) | Meant::Object(_) => Scalar::Other,
    }
}

/// The last of each name, in the order of names: what an object means.
fn meaning(value: &Meant) -> Meant {
    match value {
        Meant::Object(members) => {
            let mut kept: Vec<(String, Meant)> = Vec::new();
            for (name, value) in members {
                kept.retain(|(other, _)| other != name);
                kept.push((name.clone(), meaning(value)));
            }
            kept.sort_by(|one, other| one.0.cmp(&other.0));
            Meant::Object(kept)
        }
        Meant::List(items) => Meant::List(items.iter().map(meaning).collect()),
        other => other.clone(),
    }
}

fn scalar_values() -> impl Strategy<Value = Meant> {
    prop_oneof![
        3 => "\\PC{0,8}|[a\"\\\\/\n\u{1}\u{1F600}]{0,6}".prop_map(Meant::Text),
        2 => "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,9})?([eE][+-]?[0-9]{1,5})?"
            .prop_map(Meant::Number),
        1 => prop_oneof![Just("true"), Just("false"), Just("null")].prop_map(Meant::Word),
    ]
}

fn names() -> impl Strategy<Value = String> {
    prop_oneof![Just("a".to_owned()), Just("id".to_owned()), Just("data".to_owned()), "\\PC{0,3}",]
}

fn values() -> impl Strategy<Value = Meant> {
    scalar_values().prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Meant::List),
            proptest::collection::vec((names(), inner), 0..4).prop_map(Meant::Object),
        ]
    })
}

fn events() -> impl Strategy<Value = Vec<(String, Meant)>> {
    let known = ["id", "source", "type", "subject", "time", "data", "specversion", "\u{e9}"];
    let name = proptest::sample::select(known.to_vec()).prop_map(str::to_owned);
    let time = "2026-01-[0-3][0-9]T10:11:12(\\.[0-9]{1,7})?(Z|z|\\+01:00)".prop_map(Meant::Text);
    let data = proptest::collection::vec((names(), values()), 0..5).prop_map(Meant::Object);
    let value = prop_oneof![3 => values(), 1 => time, 2 => data];
    proptest::collection::vec((name, value), 0..10)
}

proptest! {
    #[test]
    fn the_reader_says_what_was_meant(
        members in events(),
        choices in proptest::collection::vec(any::<u8>(), 1..60),
    ) {
        let line = written(&Meant::Object(members.clone()), &choices);
        let event = read_line(line.as_bytes()).unwrap();
        prop_assert_eq!(event.id.as_deref(), text(&members, "id"));
        prop_assert_eq!(event.source.as_deref(), text(&members, "source"));
        prop_assert_eq!(event.event_type.as_deref(), text(&members, "type"));
        prop_assert_eq!(event.subject.as_deref(), text(&members, "subject"));
        let time = text(&members, "time").and_then(|text| text.parse::<jiff::Timestamp>().ok());
        let micros = time.map(|time| time.as_microsecond());
        prop_assert_eq!(event.happened_at.map(|time| time.as_microsecond()), micros);
        prop_assert!(event.happened_at.is_none_or(|time| time.as_nanosecond() % 1000 == 0));
        let data = match last(&members, "data") {
            Some(Meant::Object(data)) => data.as_slice(),
            _ => &[],
        };
        let expected: Vec<_> =
            data.iter().map(|(name, value)| (name.into(), scalar(value))).collect();
        prop_assert_eq!(event.data, expected);
    }

    #[test]
    fn an_event_written_anew_is_the_same(
        members in events(),
        choices in proptest::collection::vec(any::<u8>(), 1..60),
        others in proptest::collection::vec(any::<u8>(), 1..60),
    ) {
        let event = Meant::Object(members);
        let one = written(&event, &choices);
        let other = written(&meaning(&event), &others);
        prop_assert!(same_event(one.as_bytes(), other.as_bytes()), "{one}\n{other}");
        let Meant::Object(mut more) = event else { return Ok(()) };
        more.push(("one more".to_owned(), Meant::Word("null")));
        let more = written(&Meant::Object(more), &others);
        prop_assert!(!same_event(one.as_bytes(), more.as_bytes()), "{one}\n{more}");
    }
}
