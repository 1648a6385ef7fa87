use facts::usage::{Envelope, Scalar};

use super::*;
use crate::cloud_events::read_line;

fn now() -> Timestamp {
    "2026-01-31T10:00:00Z".parse().unwrap()
}

fn events(lines: &Lines) -> Vec<Option<Envelope<'_>>> {
    lines.iter().map(read_line).collect()
}

fn said(result: Result<Lines, Vec<InputFault>>) -> String {
    let faults = result.unwrap_err();
    assert_eq!(faults.len(), 1);
    faults[0].to_string()
}

#[test]
fn an_event_of_lago_is_understood() {
    let body = br#"{
      "event": {
        "transaction_id": "transaction_1234567890",
        "external_subscription_id": "sub_1234567890",
        "code": "storage",
        "timestamp": "1651240791.123",
        "precise_total_amount_cents": "1234.56",
        "properties": { "gb": 10, "region": "us" }
      }
    }"#;
    let lines = lago::lines("body", body, now()).unwrap();
    let event = events(&lines).remove(0).unwrap();
    assert_eq!(event.source.as_deref(), Some("urn:lago"));
    assert_eq!(event.id.as_deref(), Some("transaction_1234567890"));
    assert_eq!(event.event_type.as_deref(), Some("storage"));
    assert_eq!(event.subject.as_deref(), Some("sub_1234567890"));
    assert_eq!(event.happened_at.unwrap().to_string(), "2022-04-29T13:59:51.123Z");
    assert_eq!(event.member("gb"), Some(&Scalar::Number("10")));
    assert_eq!(event.member("region"), Some(&Scalar::Text("us".into())));
    let line = String::from_utf8(lines.bytes().to_vec()).unwrap();
    assert!(line.ends_with(",\"lago\":{\"precise_total_amount_cents\":\"1234.56\"}}\n"), "{line}");
}

#[test]
fn a_bad_item_does_not_reject_the_others() {
    let body = br#"{"events":[7, {"transaction_id":"a","code":"c"}, {"transaction_id":8,
        "timestamp":{}, "properties":null, "time":"x", "id":"forged"}, null, []]}"#;
    let lines = lago::lines("body", body, now()).unwrap();
    let events = events(&lines);
    assert_eq!(events.len(), 5);
    assert_eq!([&events[0], &events[3], &events[4]], [&None; 3]);
    let (second, third) = (events[1].as_ref().unwrap(), events[2].as_ref().unwrap());
    assert_eq!((second.id.as_deref(), second.subject.as_deref()), (Some("a"), None));
    assert_eq!(second.happened_at, Some(now()));
    assert_eq!((third.id.as_deref(), third.happened_at), (None, None));
}

#[test]
fn a_body_that_is_no_list_is_refused_with_its_place() {
    let lago = |body: &[u8]| said(lago::lines("body", body, now()));
    assert!(lago(b"{\"event\":}").starts_with("body:1:10: this is not valid JSON"));
    assert!(lago(b"{}").starts_with("body: `event` or `events` is missing or empty"));
    assert!(lago(b"[]").starts_with("body: this is not an object"));
    assert!(lago(b"[{},{}]").starts_with("body: this is not an object"));
    assert!(lago(b"{\"events\":{}}").starts_with("body (events): this is not a list of events"));
    assert!(lago(b"\xff").starts_with("body: this is not text in UTF-8"));
    let stripe = |body: &[u8]| said(stripe::lines("body", body, now()));
    assert!(stripe(b"identifier=%ff").starts_with("body: this is not a form in UTF-8"));
    assert!(stripe(b"{").starts_with("body:1:1: this is not valid JSON"));
    assert!(open_meter::lines("body", b"{},", now()).is_err());
}

#[test]
fn both_versions_of_stripe_are_understood() {
    let form = b"event_name=alpaca_ai_tokens&timestamp=1651240791&identifier=id+%26+1\
        &payload%5Bvalue%5D=25&payload[stripe_customer_id]=cus_NciAYcXfLnqBoz&livemode=true";
    let lines = stripe::lines("body", form, now()).unwrap();
    let event = events(&lines).remove(0).unwrap();
    assert_eq!(event.source.as_deref(), Some("urn:stripe"));
    assert_eq!(event.id.as_deref(), Some("id & 1"));
    assert_eq!(event.event_type.as_deref(), Some("alpaca_ai_tokens"));
    assert_eq!(event.subject.as_deref(), Some("cus_NciAYcXfLnqBoz"));
    assert_eq!(event.happened_at.unwrap().to_string(), "2022-04-29T13:59:51Z");
    assert_eq!(event.member("value"), Some(&Scalar::Text("25".into())));
    let one = r#"{"event_name":"tokens","identifier":"i","timestamp":"2026-01-12T10:11:12.123Z",
        "payload":{"stripe_customer_id":"cus_1","value":"25"}}"#;
    let many = format!("{{\"events\":[{one},{one}]}}");
    for (body, count) in [(one, 1), (&many, 2)] {
        let lines = stripe::lines("body", body.as_bytes(), now()).unwrap();
        assert_eq!(lines.len(), count);
        let event = events(&lines).remove(0).unwrap();
        assert_eq!(event.subject.as_deref(), Some("cus_1"));
        assert_eq!(event.happened_at.unwrap().to_string(), "2026-01-12T10:11:12.123Z");
        assert_eq!(event.data.len(), 2);
    }
    let empty = stripe::lines("body", b"", now()).unwrap();
    let event = events(&empty).remove(0).unwrap();
    assert_eq!((event.id, event.happened_at), (None, Some(now())), "a line that is rejected");
}

#[test]
fn an_event_of_open_meter_is_a_cloud_event() {
    let body = br#"[{"id":"a","source":"s","type":"t","subject":"x"}, {"time":null},
        {"time":"2026-01-12T10:11:12Z","specversion":"1.0"}, {}, 7, {"time":1}]"#;
    let lines = open_meter::lines("body", body, now()).unwrap();
    let times: Vec<_> =
        events(&lines).into_iter().map(|event| event.map(|event| event.happened_at)).collect();
    let theirs = "2026-01-12T10:11:12Z".parse().ok();
    let ours = Some(Some(now()));
    assert_eq!(times, [ours, ours, Some(theirs), ours, None, Some(None)]);
    let first = read_line(lines.get(0).unwrap()).unwrap();
    assert_eq!((first.source.as_deref(), first.id.as_deref()), (Some("s"), Some("a")));
    assert_eq!(open_meter::lines("body", b"{\"id\":\"a\"}", now()).unwrap().len(), 1);
}

#[test]
fn seconds_are_exact() {
    let cases = [
        ("1651240791", Some("2022-04-29T13:59:51Z")),
        ("1651240791.123456", Some("2022-04-29T13:59:51.123456Z")),
        ("1651240791.1234569", Some("2022-04-29T13:59:51.123456Z")),
        ("1.651240791123E9", Some("2022-04-29T13:59:51.123Z")),
        ("165124079112300000e-8", Some("2022-04-29T13:59:51.123Z")),
        ("0", Some("1970-01-01T00:00:00Z")),
        ("-0.5", Some("1969-12-31T23:59:59.5Z")),
        ("0.0000009", Some("1970-01-01T00:00:00Z")),
        ("1e-999999999", Some("1970-01-01T00:00:00Z")),
        ("1e999999999", None),
        ("1651240791123", None),
        ("1e99999999999999999999", None),
        ("", None),
        ("-", None),
        ("1.", None),
        (".5", None),
        ("+1", None),
        ("1e+-5", None),
        ("NaN", None),
        ("1 ", None),
    ];
    for (text, expected) in cases {
        let read = seconds::read(text).map(|it| it.to_string());
        assert_eq!(read.as_deref(), expected, "{text}");
    }
}
