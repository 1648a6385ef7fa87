use std::borrow::Cow;

use facts::usage::{Mark, Scalar};
use proptest::prelude::*;

use super::*;

const SIGNALS: &str = include_str!("../../../../demo/smart-fleet/signals.ndjson");

/// On one line.
const EVENT: &str = concat!(
    r#"{"specversion":"1.0","id":"evt-1","source":"urn:gateway:5","type":"t.v1","#,
    r#""subject":"TRK-1","time":"2026-01-14T23:14:37.1234567+01:00","#,
    r#""data":{"mb":1.50,"region":"FR","raw":{},"huge":1e400,"on":true}}"#,
);

fn lines_of(faults: &[InputFault]) -> Vec<String> {
    faults.iter().map(ToString::to_string).collect()
}

#[test]
fn an_event_says_what_it_says() {
    let event = read_line(EVENT.as_bytes()).unwrap();
    assert_eq!(event.source.as_deref(), Some("urn:gateway:5"));
    assert_eq!(event.id.as_deref(), Some("evt-1"));
    assert_eq!(event.event_type.as_deref(), Some("t.v1"));
    assert_eq!(event.subject.as_deref(), Some("TRK-1"));
    assert_eq!(event.happened_at.unwrap().to_string(), "2026-01-14T22:14:37.123456Z");
    let data: Vec<(&str, &Scalar<'_>)> = event.data.iter().map(|(k, v)| (&**k, v)).collect();
    assert_eq!(
        data,
        [
            ("mb", &Scalar::Number("1.50")),
            ("region", &Scalar::Text("FR".into())),
            ("raw", &Scalar::Other),
            ("huge", &Scalar::Number("1e400")),
            ("on", &Scalar::Other),
        ]
    );
    assert!(matches!(event.id, Some(Cow::Borrowed(_))));
    assert!(matches!(event.data[1].1, Scalar::Text(Cow::Borrowed(_))));
}

#[test]
fn the_same_event_may_be_written_anew() {
    let same = [
        EVENT.replace("1.50", "15e-1"),
        EVENT.replace("\"mb\":1.50,\"region\":\"FR\"", "\"region\" : \"F\\u0052\", \"mb\": 1.5"),
        EVENT.replacen('{', "{\"id\":\"another\",", 1),
    ];
    for text in same {
        assert!(same_event(text.as_bytes(), EVENT.as_bytes()), "{text}");
    }
    let other = [
        EVENT.replace("1.50", "1.51"),
        EVENT.replace("1.50", "\"1.50\""),
        EVENT.replace("\"FR\"", "\"fr\""),
        EVENT.replace("22:14", "22:15").replace("+01:00", "Z"),
        EVENT.replacen('{', "{\"more\":null,", 1),
    ];
    for text in other {
        assert!(!same_event(text.as_bytes(), EVENT.as_bytes()), "{text}");
    }
    assert!(!same_event(b"{", b"{"), "no JSON equals nothing");
    assert!(!same_event(b"[]", b"[]"), "no event equals nothing");
}

#[test]
fn what_is_absent_or_of_another_kind_is_none() {
    let event = read_line(br#"{"id":7,"source":null,"time":"yesterday","data":[1]}"#).unwrap();
    assert_eq!((event.id, event.source, event.happened_at), (None, None, None));
    assert_eq!(event.data.len(), 0);
    let empty = read_line(br#"{"id":""}"#).unwrap();
    assert_eq!(empty.id.as_deref(), Some(""));
    for text in ["", " ", "[]", "7", "{", "<html>", "{}{}", "\u{FFFD}{}", "{\"a\":\"\\ud800\"}"] {
        assert_eq!(read_line(text.as_bytes()), None, "{text}");
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
    let said = lines_of(&read_signals_ndjson("s.ndjson", &text).unwrap_err());
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
    let lines = split_json("body", format!("[{spread}, 7]").as_bytes()).unwrap();
    assert_eq!(lines.len(), 2);
    assert_eq!(read_line(lines.get(0).unwrap()), read_line(EVENT.as_bytes()));
    assert_eq!(lines.get(1), Some(b"7".as_slice()));
    assert_eq!(read_line(b"7"), None);
    assert_eq!(split_json("body", EVENT.as_bytes()).unwrap().get(0), Some(EVENT.as_bytes()));
    assert!(split_json("body", b"[{]").is_err());
    let said = lines_of(&split_json("body", b"[\xff]").unwrap_err());
    assert_eq!(said, ["body: this is not text in UTF-8; write one here"]);
}

#[test]
fn of_a_repeated_member_the_last_counts() {
    let line = br#"{"id":"a","id":7,"data":{"a":1},"data":{"b":1,"b":2}}"#;
    let event = read_line(line).unwrap();
    assert_eq!(event.id, None);
    assert_eq!(event.member("a"), None);
    assert_eq!(event.member("b"), Some(&Scalar::Number("2")));
    let line = br#"{"\u0069d":"x","data":{"a":1},"data":[]}"#;
    let event = read_line(line).unwrap();
    assert_eq!((event.id.as_deref(), event.data.len()), (Some("x"), 0));
}

#[test]
fn half_a_surrogate_pair_is_no_text_anywhere() {
    let bad =
        [r"\ud800", r"\udc00", r"\ud800\n", r"\udc00\ud800", r"\ud800\ud800\udc00", r"\ud800x"];
    let good = [r"\ud83d\ude00", r"\\ud800", r"\\\ud83d\uDE00", r"\u00e9", r"\uffff"];
    let places = [
        r#"{"id":"?"}"#,
        r#"{"nobody":"?"}"#,
        r#"{"?":1}"#,
        r#"{"data":{"a":"?"}}"#,
        r#"{"data":{"?":"a"}}"#,
        r#"{"data":[["?"]]}"#,
        r#"{"other":{"a":[{"?":0}]}}"#,
        r#"{"id":"?","id":"x"}"#,
    ];
    for place in places {
        let line = |text| place.replace('?', text);
        for text in bad {
            assert_eq!(read_line(line(text).as_bytes()), None, "{}", line(text));
        }
        for text in good {
            assert!(read_line(line(text).as_bytes()).is_some(), "{}", line(text));
        }
    }
}

#[test]
fn sixty_four_are_open_at_once_and_no_more() {
    let nested = |open: &str, close: &str, depth| {
        format!("{{\"x\":{}0{}}}", open.repeat(depth), close.repeat(depth))
    };
    for (open, close) in [("[", "]"), ("{\"data\":", "}")] {
        assert!(read_line(nested(open, close, 63).as_bytes()).is_some());
        assert_eq!(read_line(nested(open, close, 64).as_bytes()), None);
        let line = nested(open, close, 63);
        assert!(same_event(line.as_bytes(), line.as_bytes()), "what is read can be compared");
    }
    let wide =
        format!("{{\"x\":[{}{{}}],\"y\":\"{}\"}}", "[],".repeat(200), r#"[{\"\\"#.repeat(99));
    assert!(read_line(wide.as_bytes()).is_some(), "many, but not in one another");
}

#[test]
fn binary_mode_becomes_a_line() {
    let headers = [
        ("CE-Specversion", "1.0"),
        ("ce-id", "1234-1234-1234"),
        ("ce-source", "\"/my \\\"context\\\"\""),
        ("ce-type", "com.example.someevent"),
        ("ce-subject", "Euro%20%E2%82%AC%20%F0%9f%98%80"),
        ("ce-time", "2018-04-05T03:56:24Z"),
        ("ce-data", "7"),
        ("Content-Type", "application/json; charset=utf-8"),
        ("User-Agent", "x"),
    ];
    let line = from_binary(headers.into_iter(), b"{\n \"mb\": 1.50 }");
    let event = read_line(&line).unwrap();
    assert_eq!(event.id.as_deref(), Some("1234-1234-1234"));
    assert_eq!(event.source.as_deref(), Some("/my \"context\""));
    assert_eq!(event.event_type.as_deref(), Some("com.example.someevent"));
    assert_eq!(event.subject.as_deref(), Some("Euro \u{20AC} \u{1F600}"));
    assert_eq!(event.happened_at.unwrap().to_string(), "2018-04-05T03:56:24Z");
    assert_eq!(event.member("mb"), Some(&Scalar::Number("1.50")));
    let read = |headers: &[(&str, &str)], body: &[u8]| {
        read_line(&from_binary(headers.iter().copied(), body)).map(|event| event.data.len())
    };
    assert_eq!(read(&[], b""), Some(0));
    assert_eq!(read(&[("content-type", "text/plain")], b"{\"a\":1}"), Some(0));
    assert_eq!(read(&[("content-type", "application/x+json")], b"{\"a\":1}"), Some(1));
    assert_eq!(read(&[("ce-id", "%25")], b"{}"), Some(0));
    assert_eq!(read(&[], b"1,\"id\":\"another\""), None, "a body cannot add a member");
    assert_eq!(read(&[], b"\xff"), None);
    assert_eq!(read(&[("ce-id", "%C0%A0")], b"{}"), None, "must be rejected, says the binding");
}

proptest! {
    #[test]
    fn no_text_panics(text in "(\\PC|[,\"\n\r{}\\[\\]:\\\\]){0,120}") {
        let _ = read_line(text.as_bytes());
        let _ = read_signals_ndjson("s.ndjson", &text);
        let _ = read_signals_json("s.json", &text);
        let _ = split_json("s.json", text.as_bytes());
    }

    #[test]
    fn no_damage_of_an_event_panics(at in 0..EVENT.len(), with in "\\PC") {
        let (before, after) = EVENT.split_at(at);
        let _ = read_line(format!("{before}{with}{after}").as_bytes());
        let _ = read_line(before.as_bytes());
        let _ = read_signals_json("s.json", after);
    }
}

#[test]
fn an_event_says_which_of_its_lines_it_is() {
    let cases = [
        ("", Mark::First),
        (r#""usagerevision":null,"usagecancelled":false,"#, Mark::First),
        (r#""usagerevision":1,"#, Mark::Amends(1)),
        (r#""usagerevision":"12","usagecancelled":"false","#, Mark::Amends(12)),
        (r#""usagerevision":2,"usagecancelled":true,"#, Mark::Cancels(2)),
        (r#""usagerevision":"2","usagecancelled":"true","#, Mark::Cancels(2)),
        (r#""usagecancelled":true,"#, Mark::Unclear),
        (r#""usagerevision":0,"#, Mark::Unclear),
        (r#""usagerevision":1.0,"#, Mark::Unclear),
        (r#""usagerevision":"+1","#, Mark::Unclear),
        (r#""usagerevision":-1,"#, Mark::Unclear),
        (r#""usagerevision":4294967296,"#, Mark::Unclear),
        (r#""usagerevision":true,"#, Mark::Unclear),
        (r#""usagerevision":1,"usagecancelled":1,"#, Mark::Unclear),
    ];
    for (members, mark) in cases {
        let line = EVENT.replacen('{', &format!("{{{members}"), 1);
        assert_eq!(read_line(line.as_bytes()).unwrap().mark, mark, "{members}");
    }
    let headers = [("ce-usagerevision", "3"), ("ce-usagecancelled", "true")];
    let line = from_binary(headers.into_iter(), b"");
    assert_eq!(read_line(&line).unwrap().mark, Mark::Cancels(3));
}
