//! Whose usage an event is.

use std::collections::BTreeMap;
use std::sync::Arc;

use facts::usage::{Fate, Point, QuarantineReason, Series, Track};
use jiff::Timestamp;
use jiff::civil::date;
use metering::{FateKind, Possession, attribute, fates};

use crate::line::read;

const HAPPENED_AT: &str = "2026-02-03T10:00:00Z";

fn track(held: Option<QuarantineReason>) -> Track {
    Track { meter: Some(read("data_mb")), held }
}

fn possession(unit: &str, from: &str, until: &str) -> Possession {
    let limit = |text: &str| (text != "-").then(|| read::<Timestamp>(text));
    Possession {
        unit: read(unit),
        from: limit(from),
        until: limit(until),
        service_from: Some(read("2026-01-14T00:00:00Z")),
        priced: Arc::new(BTreeMap::from([(read("data_mb"), None)])),
        held: Arc::default(),
    }
}

fn fate(possessions: &[Possession]) -> Fate {
    attribute(read(HAPPENED_AT), &track(None), Some(possessions))
}

const fn quarantined(reason: QuarantineReason) -> Fate {
    Fate::Quarantined(reason)
}

#[test]
fn usage_of_a_held_device_after_the_start_is_accepted() {
    let held = possession("U-001", "2026-01-08T16:01:00Z", "-");
    assert_eq!(fate(&[held]), Fate::Accepted(read("U-001")));
}

#[test]
fn an_unknown_type_and_a_future_time_are_final() {
    let held = [possession("U-001", "2026-01-08T16:01:00Z", "-")];
    for reason in [QuarantineReason::UnknownType, QuarantineReason::FutureTime] {
        for possessions in [Some(held.as_slice()), None] {
            let fate = attribute(read(HAPPENED_AT), &track(Some(reason)), possessions);
            assert_eq!(fate, quarantined(reason));
        }
    }
}

#[test]
fn a_device_that_nobody_ever_shipped_is_unknown() {
    let fate = attribute(read(HAPPENED_AT), &track(None), None);
    assert_eq!(fate, quarantined(QuarantineReason::UnknownSerial));
}

#[test]
fn a_device_that_nobody_holds_at_that_time_is_not_assigned() {
    for (from, until) in
        [("-", "-"), ("2026-02-03T10:00:00.000001Z", "-"), ("2026-01-08T16:01:00Z", HAPPENED_AT)]
    {
        let fate = fate(&[possession("U-001", from, until)]);
        assert_eq!(fate, quarantined(QuarantineReason::SerialNotAssigned), "{from} {until}");
    }
    assert_eq!(fate(&[]), quarantined(QuarantineReason::SerialNotAssigned));
}

#[test]
fn a_device_belongs_to_its_holder_at_the_time_of_the_event() {
    let before = possession("U-001", "2026-01-08T16:01:00Z", HAPPENED_AT);
    let now = possession("U-002", HAPPENED_AT, "2026-02-20T00:00:00Z");
    let after = possession("U-003", "2026-02-20T00:00:00Z", "-");
    assert_eq!(fate(&[after, before, now]), Fate::Accepted(read("U-002")));
}

#[test]
fn usage_that_the_contract_does_not_price_waits() {
    let held = possession("U-001", "2026-01-08T16:01:00Z", "-");
    let elsewhere =
        Possession { priced: Arc::new(BTreeMap::from([(read("sms"), None)])), ..held.clone() };
    assert_eq!(fate(&[elsewhere]), quarantined(QuarantineReason::NoPrice));
    // Told before the start is asked: without a price there is nothing to give for free.
    let unstarted = Possession { priced: Arc::default(), service_from: None, ..held };
    assert_eq!(fate(&[unstarted]), quarantined(QuarantineReason::NoPrice));
}

#[test]
fn usage_before_the_start_is_free() {
    for (service_from, expected) in [
        (None, Fate::Free(read("U-001"))),
        (Some("2026-02-03T10:00:00.000001Z"), Fate::Free(read("U-001"))),
        (Some(HAPPENED_AT), Fate::Accepted(read("U-001"))),
    ] {
        let service_from = service_from.map(read);
        let held = possession("U-001", "2026-01-08T16:01:00Z", "-");
        assert_eq!(fate(&[Possession { service_from, ..held }]), expected);
    }
}

#[test]
fn fates_are_counted_by_day_of_arrival() {
    let point = |time: &str, day| Point {
        happened_at: read(&format!("2026-01-{time}:00Z")),
        arrived_on: date(2026, 1, day),
        known_on: date(2026, 1, day),
        value: read("1"),
        dimensions: std::sync::Arc::default(),
        segment: 1,
        amended_on: None,
    };
    let points = vec![
        point("08T16:00", 20),
        point("08T16:01", 20),
        point("13T23:59", 21),
        point("14T00:00", 20),
        point("15T00:00", 20),
    ];
    let series = Series { subject: "T-1".to_owned(), track: track(None), points };
    let held = [possession("U-001", "2026-01-08T16:01:00Z", "-")];
    let waits = |reason| FateKind::Quarantined(reason);
    let not_assigned = waits(QuarantineReason::SerialNotAssigned);
    let counted = [
        ((date(2026, 1, 20), FateKind::Accepted), 2),
        ((date(2026, 1, 20), FateKind::Free), 1),
        ((date(2026, 1, 20), not_assigned), 1),
        ((date(2026, 1, 21), FateKind::Free), 1),
    ];
    assert_eq!(fates(&series, Some(&held)), BTreeMap::from(counted));
    let unknown = waits(QuarantineReason::UnknownSerial);
    let counted = [((date(2026, 1, 20), unknown), 4), ((date(2026, 1, 21), unknown), 1)];
    assert_eq!(fates(&series, None), BTreeMap::from(counted));
    assert_eq!((unknown.outcome(), FateKind::Free.reason()), ("quarantined", None));
}

#[test]
fn usage_is_free_while_the_service_is_held() {
    let held = [
        ("2026-01-20T00:00:00Z", "2026-02-03T10:00:00Z"),
        ("2026-02-03T10:00:00.000001Z", "2026-02-03T11:00:00Z"),
    ];
    let held = held.map(|(from, until)| (read(from), read(until)));
    let free = Possession { held: held.into(), ..possession("U-001", "-", "-") };
    let free = Possession { from: Some(read("2026-01-14T00:00:00Z")), ..free };
    // An event at 10:00 is between the two; a microsecond before and after it is not.
    assert_eq!(fate(std::slice::from_ref(&free)), Fate::Accepted(read("U-001")));
    let later = [(read("2026-02-03T10:00:00Z"), read("2026-02-03T10:00:00.000001Z"))];
    let held = Possession { held: later.into(), ..free };
    assert_eq!(fate(&[held]), Fate::Free(read("U-001")));
}
