//! Sizes that nobody sends by chance.

use connect::Lines;
use connect::cloud_events::{read_line, same_event, split_json};
use connect::compat::{lago, open_meter, stripe};
use facts::usage::Scalar;
use jiff::Timestamp;

use crate::promptly::promptly;

const MANY: usize = 10_000_000;

fn now() -> Timestamp {
    "2026-01-31T10:00:00Z".parse().unwrap()
}

/// Reads a body.
type Read = fn(&[u8]) -> Option<Lines>;

const LAGO: Read = |body| lago::lines("body", body, now()).ok();
const STRIPE: Read = |body| stripe::lines("body", body, now()).ok();
const OPEN_METER: Read = |body| open_meter::lines("body", body, now()).ok();
const BATCH: Read = |body| split_json("body", body).ok();

/// Reads a body and then its lines; each has its own time.
fn read_body(name: &str, body: &[u8], read: Read) {
    let lines = promptly(&format!("body: {name}"), || read(body));
    for line in lines.iter().flat_map(Lines::iter) {
        promptly(&format!("line: {name}"), || read_line(line));
    }
}

#[test]
fn no_depth_exhausts_the_stack() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("{\"data\":", "}"), ("[{\"a\":", "}]")] {
        let (open, close) = (open.repeat(100_000), close.repeat(100_000));
        let deep = format!("{open}0{close}");
        let texts = [
            deep.clone(),
            open.clone(),
            close,
            format!("{{\"data\":{{\"a\":{deep}}}}}"),
            format!("{{\"data\":{deep}}}"),
            format!("{{\"id\":{deep}}}"),
            format!("{{\"events\":{deep}}}"),
            format!("{{\"event\":{deep}}}"),
            format!("{{\"payload\":{open}"),
        ];
        for text in &texts {
            let line = text.as_bytes();
            assert_eq!(promptly(text, || read_line(line)), None);
            assert!(!promptly(text, || same_event(line, line)));
            [LAGO, STRIPE, OPEN_METER, BATCH].into_iter().for_each(|it| read_body(text, line, it));
        }
    }
}

/// Ten megabytes of something in one line.
fn long_lines() -> Vec<(&'static str, String)> {
    let names: String = (0..MANY / 14).map(|number| format!("\"{number:09}\":0,")).collect();
    vec![
        ("an id", format!(r#"{{"id":"{}"}}"#, "a".repeat(MANY))),
        ("escapes", format!(r#"{{"id":"{}"}}"#, r"\n".repeat(MANY / 2))),
        ("surrogates", format!(r#"{{"id":"{}"}}"#, r"\ud83d\ude39".repeat(MANY / 12))),
        ("a lone surrogate", format!(r#"{{"id":"{}\ud83d"}}"#, "a".repeat(MANY))),
        ("digits", format!(r#"{{"data":{{"mb":{}}}}}"#, "7".repeat(MANY))),
        ("an exponent", format!(r#"{{"data":{{"mb":1e{}}}}}"#, "7".repeat(MANY))),
        ("a time", format!(r#"{{"time":"{}"}}"#, "2".repeat(MANY))),
        ("brackets in a text", format!(r#"{{"x":"{}"}}"#, "[".repeat(MANY))),
        ("blanks", format!("{{{}}}", " ".repeat(MANY))),
        ("one name", format!(r#"{{{}"a":0}}"#, r#""a":0,"#.repeat(MANY / 6))),
        ("ids", format!(r#"{{{}"id":"a"}}"#, r#""id":"a","#.repeat(MANY / 9))),
        ("one name in data", format!(r#"{{"data":{{{}"a":0}}}}"#, r#""a":0,"#.repeat(MANY / 6))),
        ("names", format!(r#"{{{names}"a":0}}"#)),
        ("names in data", format!(r#"{{"data":{{{names}"a":0}}}}"#)),
        ("no end", format!(r#"{{"id":"{}"#, "a".repeat(MANY))),
        ("quotes", "\"".repeat(MANY)),
        ("backslashes", format!(r#"{{"id":"{}"#, "\\".repeat(MANY))),
        ("objects", format!(r#"{{"x":[{}{{}}]}}"#, "{},".repeat(MANY / 3))),
        ("deep objects", below(&format!("[{}{{}}]", "{},".repeat(MANY / 3)))),
        ("a deep text", below(&format!("\"{}\"", "a".repeat(MANY)))),
    ]
}

/// A value about as deep as it may stand.
fn below(value: &str) -> String {
    format!("{}{value}{}", r#"{"a":"#.repeat(60), "}".repeat(60))
}

#[test]
fn ten_megabytes_of_a_kind_are_decided() {
    for (name, text) in long_lines() {
        let line = text.as_bytes();
        promptly(name, || read_line(line));
        // As two lines with one id are compared that are not written alike.
        promptly(&format!("compare {name}"), || same_event(line, &[line, b" "].concat()));
        read_body(&format!("stripe, {name}"), line, STRIPE);
        let batch = format!("[{text}]");
        read_body(&format!("batch, {name}"), batch.as_bytes(), BATCH);
        read_body(&format!("open meter, {name}"), batch.as_bytes(), OPEN_METER);
        let events = format!(r#"{{"events":[{text}]}}"#);
        read_body(&format!("lago, {name}"), events.as_bytes(), LAGO);
    }
}

#[test]
fn ten_megabytes_of_a_kind_are_read() {
    let text = format!("{{\"id\":\"{}\"}}", "a".repeat(MANY));
    assert_eq!(read_line(text.as_bytes()).unwrap().id.unwrap().len(), MANY);
    let escaped = format!("{{\"id\":\"{}\"}}", "\\n".repeat(MANY / 2));
    assert_eq!(read_line(escaped.as_bytes()).unwrap().id.unwrap().len(), MANY / 2);
    let number = format!("{{\"data\":{{\"mb\":{}}}}}", "7".repeat(MANY));
    let event = read_line(number.as_bytes()).unwrap();
    assert!(matches!(event.member("mb"), Some(Scalar::Number(digits)) if digits.len() == MANY));
    let time = format!("{{\"time\":\"{}\"}}", "2".repeat(MANY));
    assert_eq!(read_line(time.as_bytes()).unwrap().happened_at, None);
    let open = format!("{{\"x\":\"{}\"}}", "[".repeat(MANY));
    assert!(read_line(open.as_bytes()).is_some(), "brackets in a text nest nothing");
    let blank = format!("{{{}}}", " ".repeat(MANY));
    assert!(read_line(blank.as_bytes()).is_some());
}

#[test]
fn many_items_take_no_more_than_their_length() {
    let body = format!("[{}7]", "7,\n".repeat(300_000));
    let lines = promptly("300,001 items", || split_json("body", body.as_bytes())).unwrap();
    assert_eq!(lines.len(), 300_001);
    let read = || connect::cloud_events::read_signals_json("body", &body);
    let faults = promptly("300,001 signals", read).unwrap_err();
    assert_eq!(faults.len(), 300_001);
    assert_eq!(faults.last().unwrap().place.to_string(), "body:300001:1");
}
