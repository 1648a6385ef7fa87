//! A meter that was published before there were rules loads, and is written as it was.

use facts::MeterPublished;

use super::sample::{converts, sums};

const BEFORE: &str = concat!(
    r#"{"code":"hours","version":2,"effective_from":"2026-01-01","name":{"en":"H","fr":"H"},"#,
    r#""symbol":{"en":"h","fr":"h"},"event_type":"com.example.hours","#,
    r#""measure":{"counter":{"name":"hours","decimals_max":2}},"dimensions":["region"]}"#,
);

#[test]
fn a_meter_without_rules_is_written_as_before_there_were_any() {
    let meter: MeterPublished = serde_json::from_str(BEFORE).unwrap();
    assert!(meter.mediation.is_empty());
    assert_eq!(serde_json::to_string(&meter).unwrap(), BEFORE);
}

#[test]
fn a_meter_with_rules_comes_back_equal() {
    let meter = sums(converts(1, 1024));
    let stored = serde_json::to_string(&meter).unwrap();
    assert!(stored.ends_with(r#""mediation":{"convert":{"numerator":1,"denominator":1024}}}"#));
    assert_eq!(serde_json::from_str::<MeterPublished>(&stored).unwrap(), meter);
}
