use proptest::prelude::*;

use super::*;

const SIGNALS: &str = include_str!("../../../../demo/smart-fleet/signals.ndjson");

/// On one line.
const EVENT: &str = concat!(
    r#"{"specversion":"1.0","id":"evt-1","source":"urn:gateway:5","type":"t.v1","#,
    r#""subject":"TRK-1","time":"2026-01-14T23:14:37.1234567+01:00","#,
    r#""data":{"mb":1.50,"region":"FR","raw":{},"huge":1e400,"on":true}}"#,
);

fn lines(faults: &[InputFault]) -> Vec<String> {
    faults.iter().map(ToString::to_string).collect()
}

#[test]
fn an_event_says_what_it_says() {
    let event = read_line(EVENT).unwrap();
    assert_eq!(event.source.as_deref(), Some("urn:gateway:5"));
    assert_eq!(event.id.as_deref(), Some("evt-1"));
    assert_eq!(event.event_type.as_deref(), Some("t.v1"));
    assert_eq!(event.subject.as_deref(), Some("TRK-1"));
    assert_eq!(event.happened_at.unwrap().to_string(), "2026-01-14T22:14:37.123456Z");
    let data: Vec<(&str, &Scalar)> = event.data.iter().map(|(k, v)| (k.as_str(), v)).collect();
    assert_eq!(
        data,
        [
            ("huge", &Scalar::Number("1e400".to_owned())),
            ("mb", &Scalar::Number("1.50".to_owned())),
            ("on", &Scalar::Other),
            ("raw", &Scalar::Other),
            ("region", &Scalar::Text("FR".to_owned())),
        ]
    );
}

#[test]
fn the_digest_is_that_of_the_value() {
    let digest = |text: &str| read_line(text).unwrap().digest;
    let same = [
        EVENT.replace("1.50", "15e-1"),
        EVENT.replace("\"mb\":1.50,\"region\":\"FR\"", "\"region\" : \"F\\u0052\", \"mb\": 1.5"),
        EVENT.replacen('{', "{\"id\":\"another\",", 1),
    ];
    for text in same {
        assert_eq!(digest(&text), digest(EVENT), "{text}");
    }
    let other = [
        EVENT.replace("1.50", "1.51"),
        EVENT.replace("1.50", "\"1.50\""),
        EVENT.replace("\"FR\"", "\"fr\""),
        EVENT.replace("22:14", "22:15").replace("+01:00", "Z"),
    ];
    for text in other {
        assert_ne!(digest(&text), digest(EVENT), "{text}");
    }
}

#[test]
fn what_is_absent_or_of_another_kind_is_none() {
    let event = read_line(r#"{"id":7,"source":null,"time":"yesterday","data":[1]}"#).unwrap();
    assert_eq!((event.id, event.source, event.happened_at), (None, None, None));
    assert_eq!(event.data.len(), 0);
    let empty = read_line(r#"{"id":""}"#).unwrap();
    assert_eq!(empty.id.as_deref(), Some(""));
    for text in ["", " ", "[]", "7", "{", "<html>", "{}{}", "\u{FFFD}{}", "{\"a\":\"\\ud800\"}"] {
        assert_eq!(read_line(text), None, "{text}");
    }
}

#[test]
fn the_demo_has_its_signals() {
    let signals = read_signals_ndjson("signals.ndjson", SIGNALS).unwrap();
    assert_eq!(signals.len(), SIGNALS.lines().count());
    let first = &signals[0].value;
    assert_eq!(first.serial.as_str(), "TRK-0483204");
    assert_eq!(first.event_type, "com.devicecloud.device.activated.v1");
    assert_eq!(first.signalled_at.to_string(), "2026-01-10T08:21:00Z");
    assert_eq!(signals[1].place.to_string(), "signals.ndjson:2");
}

#[test]
fn signals_come_alone_or_in_a_batch() {
    let one = read_signals_json("body", EVENT).unwrap();
    assert_eq!(one.len(), 1);
    let array = format!("[{EVENT},\n {EVENT}]");
    let two = read_signals_json("body", &array).unwrap();
    assert_eq!(two[1].place.to_string(), "body:2:2");
    assert_eq!(two[1].value, one[0].value);
    assert_eq!(read_signals_json("body", "[]").unwrap(), []);
}

#[test]
fn every_wrong_signal_is_reported() {
    let text = format!(
        "{}\n\n{}\n{{\"id\":\n7\n",
        EVENT.replace("\"1.0\"", "\"0.3\"").replace("37.1234567+01:00", "37"),
        EVENT.replace("\"TRK-1\"", "null").replace("\"evt-1\"", "7"),
    );
    let said = lines(&read_signals_ndjson("s.ndjson", &text).unwrap_err());
    let beginnings = [
        "s.ndjson:1 (specversion): specversion is `0.3`; send CloudEvents 1.0",
        "s.ndjson:1 (time): `2026-01-14T23:14:37` is not an instant of RFC 3339",
        "s.ndjson:3 (id): this is not text in double quotes",
        "s.ndjson:3 (subject): `subject` is missing or empty",
        "s.ndjson:4:6: this is not valid JSON: EOF while parsing a value",
        "s.ndjson:5: this is not an object; write one here",
    ];
    assert_eq!(said.len(), beginnings.len(), "{said:#?}");
    for (sentence, beginning) in said.iter().zip(beginnings) {
        assert!(sentence.starts_with(beginning), "{sentence}");
    }
}

#[test]
fn a_request_with_usage_becomes_lines() {
    let spread = EVENT.replace(",\"data\"", ",\n\"data\"");
    let events = split_json("body", &format!("[{spread}, 7]")).unwrap();
    assert_eq!(events.len(), 2);
    assert!(!events[0].value.contains('\n'));
    assert_eq!(read_line(&events[0].value), read_line(EVENT));
    assert_eq!(read_line(&events[1].value), None);
    assert!(split_json("body", "[{]").is_err());
}

proptest! {
    #[test]
    fn no_text_panics(text in "(\\PC|[,\"\n\r{}\\[\\]:\\\\]){0,120}") {
        let _ = read_line(&text);
        let _ = read_signals_ndjson("s.ndjson", &text);
        let _ = read_signals_json("s.json", &text);
        let _ = split_json("s.json", &text);
    }

    #[test]
    fn no_damage_of_an_event_panics(at in 0..EVENT.len(), with in "\\PC") {
        let (before, after) = EVENT.split_at(at);
        let _ = read_line(&format!("{before}{with}{after}"));
        let _ = read_line(before);
        let _ = read_signals_json("s.json", after);
    }
}
