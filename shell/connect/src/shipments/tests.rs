use facts::unit::ShipmentReason;
use proptest::prelude::*;

use super::*;

const DEMO: &str = include_str!("../../../../demo/smart-fleet/shipments.csv");

const ONE: &str = r#"{
    "shipment": "SHP-1", "order_line": "O-1-1", "unit": "U-1", "serial": "TRK-1",
    "reason": "replacement", "shipped_at": "2026-01-08T17:01:00+01:00", "delivered_at": null,
    "carrier": "DPD"
}"#;

fn lines(faults: &[InputFault]) -> Vec<String> {
    faults.iter().map(ToString::to_string).collect()
}

#[test]
fn the_demo_has_fifty_one_shipments() {
    let shipments = read_csv("shipments.csv", DEMO).unwrap();
    assert_eq!(shipments.len(), 51);
    let first = &shipments[0].value;
    assert_eq!(first.serial.as_str(), "TRK-0483178");
    assert_eq!(first.reason, ShipmentReason::Sale);
    assert_eq!(first.shipped_at.to_string(), "2026-01-08T16:01:00Z");
    assert_eq!(shipments.iter().filter(|it| it.value.delivered_at.is_none()).count(), 1);
    let replacements = shipments.iter().filter(|it| it.value.reason == ShipmentReason::Replacement);
    assert_eq!(replacements.count(), 1);
}

#[test]
fn json_has_the_same_fields() {
    let one = read_json("body", ONE).unwrap();
    assert_eq!(one[0].place.to_string(), "body:1:1");
    assert_eq!(one[0].value.reason, ShipmentReason::Replacement);
    assert_eq!(one[0].value.delivered_at, None);
    let array = format!("[{ONE},\n{}]", ONE.replace("null", "\"2026-01-09T00:00:00Z\""));
    let two = read_json("body", &array).unwrap();
    assert_eq!(two.len(), 2);
    assert_eq!(two[1].place.to_string(), "body:6:1");
    assert!(two[1].value.delivered_at.is_some());
    let without = ONE.replace("\"delivered_at\": null,", "");
    assert_eq!(read_json("body", &without).unwrap()[0].value, one[0].value);
}

#[test]
fn wrong_json_is_reported_where_it_stands() {
    let wrong = ONE
        .replace("\"U-1\"", "7")
        .replace("replacement", "gift")
        .replace("\"carrier\"", "\"courier\"");
    let said = lines(&read_json("body", &wrong).unwrap_err());
    let beginnings = [
        "body:2:57 (unit): this is not text in double quotes; write one here",
        "body:4:16 (courier): `courier` is not known here; use one of: shipment, order_line",
        "body:1:1 (unit): `unit` is missing or empty; give it a value",
        "body:1:1 (reason): `gift` is not possible here; use one of: sale, replacement",
        "body:1:1 (carrier): `carrier` is missing or empty; give it a value",
    ];
    assert_eq!(said.len(), beginnings.len(), "{said:#?}");
    for (sentence, beginning) in said.iter().zip(beginnings) {
        assert!(sentence.starts_with(beginning), "{sentence}");
    }
    for text in ["", "[", "[1]", "null", "{\"shipment\":\"A\",\"shipment\":\"A\"}"] {
        assert!(read_json("body", text).is_err(), "{text}");
    }
    let cut = lines(&read_json("body", "[\n  {").unwrap_err());
    assert_eq!(cut, ["body:2:3: this is not valid JSON: EOF while parsing an object; correct it"]);
}

#[test]
fn wrong_csv_is_reported_where_it_stands() {
    let wrong = DEMO.replacen(",sale,", ",gift,", 1).replacen("2026-01-12T15", "2026-13-12T15", 1);
    assert_eq!(
        lines(&read_csv("s.csv", &wrong).unwrap_err()),
        [
            "s.csv:2 (reason): `gift` is not possible here; use one of: sale, replacement",
            "s.csv:2 (delivered_at): `2026-13-12T15:48:03+01:00` is not an instant of RFC 3339; \
             write it with its offset from UTC, such as 2026-01-12T14:03:00Z or \
             2026-01-12T15:03:00+01:00",
        ]
    );
}

proptest! {
    #[test]
    fn no_text_panics(text in "(\\PC|[,\"\n\r{}\\[\\]:]){0,120}") {
        let _ = read_csv("s.csv", &text);
        let _ = read_json("s.json", &text);
    }
}
