//! Whose usage an event is.

use std::collections::{BTreeMap, BTreeSet};

use facts::meter::{Field, Measure};
use facts::usage::{Fate, QuarantineReason, UsageEvent};
use jiff::Timestamp;
use metering::{Ownership, Possession, attribute, contribution};

use crate::line::{envelope, event, read};

const HAPPENED_AT: &str = "2026-02-03T10:00:00Z";

fn possession(unit: &str, from: &str, until: &str) -> Possession {
    let limit = |text: &str| (text != "-").then(|| read::<Timestamp>(text));
    Possession {
        unit: read(unit),
        from: limit(from),
        until: limit(until),
        service_from: Some(read("2026-01-14T00:00:00Z")),
        priced: BTreeSet::from([read("data_mb")]),
    }
}

fn owned(possessions: Vec<Possession>) -> Ownership {
    Ownership { possessions: BTreeMap::from([("T-1".to_owned(), possessions)]) }
}

fn fate(possessions: Vec<Possession>) -> Fate {
    attribute(&event(envelope("E-1")), &owned(possessions))
}

fn quarantined(reason: QuarantineReason) -> Fate {
    Fate::Quarantined(reason)
}

#[test]
fn usage_of_a_held_device_after_the_start_is_accepted() {
    let held = possession("U-001", "2026-01-08T16:01:00Z", "-");
    assert_eq!(fate(vec![held]), Fate::Accepted(read("U-001")));
}

#[test]
fn an_unknown_type_and_a_future_time_are_final() {
    let held = owned(vec![possession("U-001", "2026-01-08T16:01:00Z", "-")]);
    for reason in [QuarantineReason::UnknownType, QuarantineReason::FutureTime] {
        let fate = quarantined(reason);
        let event = UsageEvent { fate: fate.clone(), ..event(envelope("E-1")) };
        assert_eq!(attribute(&event, &held), fate);
        assert_eq!(attribute(&event, &Ownership::default()), fate);
    }
}

#[test]
fn a_device_that_nobody_ever_shipped_is_unknown() {
    let nobody = Ownership::default();
    let fate = attribute(&event(envelope("E-1")), &nobody);
    assert_eq!(fate, quarantined(QuarantineReason::UnknownSerial));
}

#[test]
fn a_device_that_nobody_holds_at_that_time_is_not_assigned() {
    for (from, until) in
        [("-", "-"), ("2026-02-03T10:00:00.000001Z", "-"), ("2026-01-08T16:01:00Z", HAPPENED_AT)]
    {
        let fate = fate(vec![possession("U-001", from, until)]);
        assert_eq!(fate, quarantined(QuarantineReason::SerialNotAssigned), "{from} {until}");
    }
    assert_eq!(fate(Vec::new()), quarantined(QuarantineReason::SerialNotAssigned));
}

#[test]
fn a_device_belongs_to_its_holder_at_the_time_of_the_event() {
    let before = possession("U-001", "2026-01-08T16:01:00Z", HAPPENED_AT);
    let now = possession("U-002", HAPPENED_AT, "2026-02-20T00:00:00Z");
    let after = possession("U-003", "2026-02-20T00:00:00Z", "-");
    assert_eq!(fate(vec![after, before, now]), Fate::Accepted(read("U-002")));
}

#[test]
fn usage_that_the_contract_does_not_price_waits() {
    let held = possession("U-001", "2026-01-08T16:01:00Z", "-");
    let elsewhere = Possession { priced: BTreeSet::from([read("sms")]), ..held.clone() };
    assert_eq!(fate(vec![elsewhere]), quarantined(QuarantineReason::NoPrice));
    // Told before the start is asked: without a price there is nothing to give for free.
    let unstarted = Possession { priced: BTreeSet::new(), service_from: None, ..held };
    assert_eq!(fate(vec![unstarted]), quarantined(QuarantineReason::NoPrice));
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
        assert_eq!(fate(vec![Possession { service_from, ..held }]), expected);
    }
}

#[test]
fn only_accepted_usage_adds_to_a_bucket() {
    let event = event(envelope("E-1"));
    let field = Field { name: "mb".to_owned(), decimals_max: 3 };
    let (sum, counter) = (Measure::Sum(field.clone()), Measure::Counter(field));
    let accepted = Fate::Accepted(read("U-001"));
    let quantity = |fate: &Fate, measure: &Measure| {
        contribution(&event, fate, measure).map(|bucket| bucket.quantity.to_string())
    };
    assert_eq!(quantity(&accepted, &sum).as_deref(), Some("1.5"));
    assert_eq!(quantity(&accepted, &Measure::Count).as_deref(), Some("1"));
    assert_eq!(quantity(&accepted, &counter), None);
    assert_eq!(quantity(&Fate::Free(read("U-001")), &sum), None);
    assert_eq!(quantity(&quarantined(QuarantineReason::NoPrice), &sum), None);
}
