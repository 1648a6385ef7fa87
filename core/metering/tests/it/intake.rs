//! Lines are rejected, repeated, quarantined or kept; the first rule that applies decides.

use std::collections::BTreeMap;

use facts::usage::{
    Envelope, Fate, QuarantineReason, RefusalOutcome, RejectReason, Scalar, UsageEvent,
};
use jiff::ToSpan;
use jiff::civil::date;
use metering::ArrivalDay;

use crate::line::{
    SMS, arrival_day, digest, envelope, event, read, receive_after, receive_all, refusal,
    with_number,
};

const fn rejected(reason: RejectReason) -> RefusalOutcome {
    RefusalOutcome::Rejected(reason)
}

fn quarantine(event: &UsageEvent) -> QuarantineReason {
    match event.fate {
        Fate::Quarantined(reason) => reason,
        ref other => panic!("{other:?}"),
    }
}

#[test]
fn a_line_that_is_no_object_is_rejected() {
    assert_eq!(refusal(None), rejected(RejectReason::InvalidJson));
}

#[test]
fn an_event_without_an_id_is_rejected() {
    let long = "x".repeat(201);
    for id in [None, Some(""), Some(long.as_str())] {
        let event = Envelope { id: id.map(str::to_owned), ..envelope("E-1") };
        assert_eq!(refusal(Some(event)), rejected(RejectReason::MissingId), "{id:?}");
    }
}

#[test]
fn a_missing_id_is_told_before_a_bad_number() {
    let both = Envelope { id: None, ..with_number(Scalar::Other) };
    assert_eq!(refusal(Some(both)), rejected(RejectReason::MissingId));
}

#[test]
fn a_bad_number_is_told_before_a_bad_envelope() {
    let both = Envelope { subject: None, ..with_number(Scalar::Other) };
    assert_eq!(refusal(Some(both)), rejected(RejectReason::BadNumber));
}

#[test]
fn an_event_without_source_type_subject_or_time_is_rejected() {
    let cases = [
        Envelope { source: None, ..envelope("E-1") },
        Envelope { source: Some(String::new()), ..envelope("E-1") },
        Envelope { event_type: None, ..envelope("E-1") },
        Envelope { subject: None, ..envelope("E-1") },
        Envelope { happened_at: None, ..envelope("E-1") },
    ];
    for envelope in cases {
        let shown = format!("{envelope:?}");
        assert_eq!(refusal(Some(envelope)), rejected(RejectReason::BadEnvelope), "{shown}");
    }
}

#[test]
fn a_rejection_names_the_meter_of_its_type_and_its_line() {
    let bad = with_number(Scalar::Other);
    let unknown = Envelope { id: None, event_type: Some("?".to_owned()), ..envelope("E-1") };
    let intake = receive_after(vec![None, Some(bad), Some(unknown)], BTreeMap::new());
    let meters: Vec<_> = intake.refusals.iter().map(|it| it.meter.as_ref()).collect();
    assert_eq!(meters, [None, Some(&read("data_mb")), None]);
    let lines: Vec<_> = intake.refusals.iter().map(|it| it.arrival.line).collect();
    assert_eq!(lines, [1, 2, 3]);
    assert_eq!(intake.refusals[0].arrival.arrived_on, date(2026, 2, 3));
}

#[test]
fn a_rejected_line_leaves_its_id_free_for_the_repaired_event() {
    let intake = receive_all(vec![with_number(Scalar::Other), envelope("E-1")]);
    assert_eq!(intake.refusals[0].outcome, rejected(RejectReason::BadNumber));
    assert_eq!(intake.events[0].id.as_str(), "E-1");
    assert_eq!(intake.events[0].arrival.line, 2);
}

#[test]
fn the_same_event_again_is_a_duplicate_and_another_body_a_conflict() {
    let other = Envelope { digest: digest("other"), ..envelope("E-1") };
    let intake =
        receive_all(vec![envelope("E-1"), envelope("E-1"), other.clone(), envelope("E-1")]);
    assert_eq!(intake.events.len(), 1);
    let outcomes: Vec<_> = intake.refusals.iter().map(|it| it.outcome).collect();
    assert_eq!(
        outcomes,
        [RefusalOutcome::Duplicate, RefusalOutcome::Conflict, RefusalOutcome::Duplicate]
    );
    // The first stands: the other body is not remembered.
    let intake = receive_all(vec![envelope("E-1"), other.clone(), other]);
    let outcomes: Vec<_> = intake.refusals.iter().map(|it| it.outcome).collect();
    assert_eq!(outcomes, [RefusalOutcome::Conflict, RefusalOutcome::Conflict]);
}

#[test]
fn an_id_stays_taken_across_batches_whatever_the_time() {
    let key = (read("fleet-gateway"), read("E-1"));
    let seen = BTreeMap::from([(key.clone(), digest("E-1"))]);
    let intake = receive_after(vec![Some(envelope("E-1"))], seen.clone());
    assert_eq!(intake.refusals[0].outcome, RefusalOutcome::Duplicate);
    assert_eq!(intake.refusals[0].event, Some(key));
    let later = Envelope {
        happened_at: Some(read("2026-02-03T11:00:00Z")),
        digest: digest("later"),
        ..envelope("E-1")
    };
    let intake = receive_after(vec![Some(later)], seen);
    assert_eq!(intake.refusals[0].outcome, RefusalOutcome::Conflict);
}

#[test]
fn ids_are_unique_within_their_source_only() {
    let other = Envelope { source: Some("other-gateway".to_owned()), ..envelope("E-1") };
    assert_eq!(receive_all(vec![envelope("E-1"), other]).events.len(), 2);
}

#[test]
fn a_quarantined_event_takes_its_id() {
    let unknown = Envelope { event_type: Some("?".to_owned()), ..envelope("E-1") };
    let intake = receive_all(vec![unknown, envelope("E-1")]);
    assert_eq!(quarantine(&intake.events[0]), QuarantineReason::UnknownType);
    assert_eq!(intake.refusals[0].outcome, RefusalOutcome::Duplicate);
}

#[test]
fn an_unknown_type_is_told_before_a_future_time_and_its_number_is_not_read() {
    let unknown = Envelope {
        event_type: Some("com.translog.usage.video.v1".to_owned()),
        happened_at: Some(read("2027-01-01T00:00:00Z")),
        ..with_number(Scalar::Other)
    };
    let event = event(unknown);
    assert_eq!(quarantine(&event), QuarantineReason::UnknownType);
    assert_eq!(event.meter, None);
    assert!(event.reading.is_zero());
}

#[test]
fn an_event_may_be_a_day_ahead_of_the_end_of_its_arrival_day() {
    let latest = arrival_day().latest;
    assert_eq!(latest, read("2026-02-04T23:00:00Z"));
    let known_until = Envelope { happened_at: Some(latest), ..envelope("E-1") };
    assert_eq!(quarantine(&event(known_until)), QuarantineReason::UnknownSerial);
    let after = latest.checked_add(1.microsecond()).unwrap();
    let future = Envelope { happened_at: Some(after), ..envelope("E-1") };
    assert_eq!(quarantine(&event(future)), QuarantineReason::FutureTime);
}

#[test]
fn the_arrival_day_ends_with_the_clock_of_its_zone() {
    let paris = read("Europe/Paris");
    let latest = |day| ArrivalDay::new(day, &paris).unwrap().latest;
    assert_eq!(latest(date(2026, 3, 28)), read("2026-03-29T23:00:00Z"));
    assert_eq!(latest(date(2026, 3, 29)), read("2026-03-30T22:00:00Z"));
    assert!(ArrivalDay::new(jiff::civil::Date::MAX, &paris).is_err());
}

#[test]
fn an_event_keeps_what_its_meter_asks_for() {
    let mut sent = envelope("E-1");
    for (name, value) in [
        ("region", Scalar::Text("FR".to_owned())),
        ("cell", Scalar::Number("12".to_owned())),
        ("driver", Scalar::Text("Anne".to_owned())),
    ] {
        sent.data.insert(name.to_owned(), value);
    }
    let kept = event(sent.clone());
    let shown: Vec<_> = kept.dimensions.iter().map(|(name, it)| format!("{name}={it}")).collect();
    assert_eq!(shown, ["cell=12", "region=FR"]);
    assert_eq!((kept.subject.as_str(), kept.meter), ("T-1", Some(read("data_mb"))));
    sent.data.insert("region".to_owned(), Scalar::Other);
    assert!(!event(sent).dimensions.contains_key("region"));
}

#[test]
fn a_counted_event_reads_one_and_needs_no_number() {
    let sms =
        Envelope { event_type: Some(SMS.to_owned()), data: BTreeMap::new(), ..envelope("E-1") };
    assert_eq!(event(sms).reading, read("1"));
}
