//! Sizes that nobody sends by chance.

use connect::cloud_events::{read_line, same_event, split_json};
use connect::compat::{lago, open_meter, stripe};
use facts::usage::Scalar;

const MANY: usize = 10_000_000;

#[test]
fn no_depth_exhausts_the_stack() {
    let now = "2026-01-31T10:00:00Z".parse().unwrap();
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
        for text in texts.iter().map(String::as_bytes) {
            assert_eq!(read_line(text), None);
            assert!(!same_event(text, text));
            let _ = lago::lines("body", text, now);
            let _ = stripe::lines("body", text, now);
            let _ = open_meter::lines("body", text, now);
            let _ = split_json("body", text);
        }
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
    assert_eq!(split_json("body", body.as_bytes()).unwrap().len(), 300_001);
    let faults = connect::cloud_events::read_signals_json("body", &body).unwrap_err();
    assert_eq!(faults.len(), 300_001);
    assert_eq!(faults.last().unwrap().place.to_string(), "body:300001:1");
}
