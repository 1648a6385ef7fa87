//! Lines are rejected, held or taken; the first rule that applies decides.

use facts::usage::{Envelope, LineOutcome, Mark, QuarantineReason, RejectReason, Scalar, Track};
use jiff::ToSpan;
use jiff::civil::date;
use metering::{ArrivalDay, Rules};

use crate::line::{
    ENGINE, SMS, arrival_day, envelope, meters, read, refused, rules, shown, text, value, with,
    with_number,
};

fn outcome(envelope: &Envelope<'_>) -> (LineOutcome, Track) {
    let rules = rules();
    let event = metering::read(Some(envelope), &rules).unwrap();
    (event.outcome, rules.tracks()[usize::from(event.track)].clone())
}

#[test]
fn a_line_that_is_no_object_is_rejected() {
    assert_eq!(refused(None), RejectReason::InvalidJson);
}

#[test]
fn an_event_without_an_id_is_rejected() {
    let long = "x".repeat(201);
    for id in [None, Some(""), Some(long.as_str()), Some(" x"), Some("a\tb")] {
        let event = Envelope { id: id.map(Into::into), ..envelope() };
        assert_eq!(refused(Some(&event)), RejectReason::MissingId, "{id:?}");
    }
}

#[test]
fn an_id_has_up_to_200_characters_of_any_script() {
    let rules = rules();
    for id in ["x".repeat(200), "é".repeat(200), "a b".to_owned()] {
        let event = Envelope { id: Some(id.as_str().into()), ..envelope() };
        assert_eq!(metering::read(Some(&event), &rules).unwrap().id, id);
    }
}

#[test]
fn a_missing_id_is_told_before_a_bad_number() {
    let both = Envelope { id: None, ..with_number(Scalar::Other) };
    assert_eq!(refused(Some(&both)), RejectReason::MissingId);
}

#[test]
fn a_bad_number_is_told_before_a_bad_envelope() {
    let both = Envelope { subject: None, ..with_number(Scalar::Other) };
    assert_eq!(refused(Some(&both)), RejectReason::BadNumber);
}

#[test]
fn an_event_without_source_type_subject_or_time_is_rejected() {
    let cases = [
        Envelope { source: None, ..envelope() },
        Envelope { source: Some("".into()), ..envelope() },
        Envelope { event_type: None, ..envelope() },
        Envelope { subject: None, ..envelope() },
        Envelope { happened_at: None, ..envelope() },
    ];
    for envelope in &cases {
        assert_eq!(refused(Some(envelope)), RejectReason::BadEnvelope, "{envelope:?}");
    }
}

#[test]
fn a_rejection_names_the_meter_of_its_type() {
    let rules = rules();
    let meter_of = |envelope: Option<&Envelope<'_>>| {
        let track = metering::read(envelope, &rules).unwrap_err().track?;
        rules.tracks()[usize::from(track)].meter.clone()
    };
    let unknown = Envelope { id: None, event_type: Some("?".into()), ..envelope() };
    assert_eq!(meter_of(None), None);
    assert_eq!(meter_of(Some(&with_number(Scalar::Other))), Some(read("data_mb")));
    assert_eq!(meter_of(Some(&unknown)), None);
}

#[test]
fn an_event_says_who_what_when_and_where() {
    let rules = rules();
    let line = with(&[
        ("region", text("north")),
        ("mb", Scalar::Number("2.50")),
        ("cell", Scalar::Number("17")),
        ("region", text("south")),
        ("other", text("?")),
    ]);
    let event = metering::read(Some(&line), &rules).unwrap();
    assert_eq!((event.source, event.id, event.subject), ("fleet-gateway", "E-1", "T-1"));
    assert_eq!(event.happened_at, read("2026-02-03T10:00:00Z"));
    assert_eq!(event.value, read("2.5"));
    // Sorted by name; of a repeated member the last counts; a number is kept as written.
    assert_eq!(shown(&event), "cell=17 region=south");
    assert_eq!(event.outcome, LineOutcome::Taken);
}

#[test]
fn a_count_reads_one_and_a_counter_its_reading() {
    let sms = Envelope { event_type: Some(SMS.into()), ..with(&[]) };
    assert_eq!(value(&sms), read("1"));
    let engine = with(&[("hours", Scalar::Number("2421.65"))]);
    assert_eq!(value(&Envelope { event_type: Some(ENGINE.into()), ..engine }), read("2421.65"));
}

#[test]
fn an_unknown_type_is_told_before_a_future_time_and_its_number_is_not_read() {
    let unknown = Envelope {
        event_type: Some("com.translog.usage.video.v1".into()),
        happened_at: Some(read("2027-01-01T00:00:00Z")),
        ..with_number(Scalar::Other)
    };
    let reason = QuarantineReason::UnknownType;
    let track = Track { meter: None, held: Some(reason) };
    assert_eq!(outcome(&unknown), (LineOutcome::Held(reason), track));
    assert!(value(&unknown).is_zero());
}

#[test]
fn an_event_may_be_a_day_ahead_of_the_end_of_its_arrival_day() {
    let latest = arrival_day().latest;
    assert_eq!(latest, read("2026-02-04T23:00:00Z"));
    let meter = Some(read("data_mb"));
    let known_until = Envelope { happened_at: Some(latest), ..envelope() };
    let taken = Track { meter: meter.clone(), held: None };
    assert_eq!(outcome(&known_until), (LineOutcome::Taken, taken));
    let after = latest.checked_add(1.microsecond()).unwrap();
    let future = Envelope { happened_at: Some(after), ..envelope() };
    let reason = QuarantineReason::FutureTime;
    let held = Track { meter, held: Some(reason) };
    assert_eq!(outcome(&future), (LineOutcome::Held(reason), held));
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
fn of_the_versions_of_a_meter_the_one_that_counts_on_the_arrival_day_reads() {
    let with_decimals = |version: u32, from, decimals_max| {
        let mut meter = meters().swap_remove(0);
        (meter.version, meter.effective_from) = (version, from);
        let facts::meter::Measure::Sum(field) = &mut meter.measure else { unreachable!() };
        field.decimals_max = decimals_max;
        meter
    };
    let versions = [
        with_decimals(1, date(2026, 1, 1), 0),
        with_decimals(3, date(2026, 2, 4), 2),
        with_decimals(2, date(2026, 2, 3), 1),
    ];
    let line = with_number(Scalar::Number("1.5"));
    let reads = |versions: &[facts::MeterPublished]| {
        let rules = Rules::new(versions.to_vec(), arrival_day());
        assert_eq!(rules.tracks().len(), 3);
        metering::read(Some(&line), &rules).is_ok()
    };
    assert!(reads(&versions));
    assert!(!reads(&versions[..2]));
    // Before the first of them counts, the first reads.
    assert!(reads(&versions[1..2]));
    let ahead = [with_decimals(5, date(2026, 3, 1), 1), with_decimals(6, date(2026, 4, 1), 0)];
    assert!(reads(&ahead));
}

#[test]
fn a_line_that_cancels_needs_its_name_only() {
    let rules = rules();
    let cancel = Envelope {
        mark: Mark::Cancels(2),
        subject: None,
        happened_at: None,
        data: Vec::new(),
        ..envelope()
    };
    let read = metering::read(Some(&cancel), &rules).unwrap();
    assert_eq!((read.outcome, read.revision), (LineOutcome::Cancels, 2));
    let nameless = Envelope { source: None, ..cancel.clone() };
    assert_eq!(refused(Some(&nameless)), RejectReason::BadEnvelope);
    let nameless = Envelope { id: None, ..cancel };
    assert_eq!(refused(Some(&nameless)), RejectReason::MissingId);
}

#[test]
fn a_correction_is_read_as_any_event_and_an_unclear_one_is_rejected() {
    let rules = rules();
    let amends = Envelope { mark: Mark::Amends(7), ..envelope() };
    let read = metering::read(Some(&amends), &rules).unwrap();
    assert_eq!((read.outcome, read.revision), (LineOutcome::Taken, 7));
    let unclear = Envelope { mark: Mark::Unclear, ..envelope() };
    assert_eq!(refused(Some(&unclear)), RejectReason::BadEnvelope);
}
