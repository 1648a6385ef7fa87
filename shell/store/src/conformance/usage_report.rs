//! Usage: what is read back for bills and for people.

use ::facts::Fact;
use ::facts::usage::{
    Arrival, ConservationRow, CounterReading, Fate, QuarantineReason, Refusal, RefusalOutcome,
    RejectReason, UsageEvent,
};
use jiff::civil::Date;
use kernel::Digest;

use super::sample::received;
use super::units::{holding, unit};
use super::usage::{attributes, brought, event};
use super::{commit, minute, read, refused};
use crate::{Store, StoredLine};

fn free() -> Fate {
    Fate::Free(read("U-1"))
}

fn waits(reason: QuarantineReason) -> Fate {
    Fate::Quarantined(reason)
}

pub fn readings_are_those_of_the_devices_of_an_account(store: &mut dyn Store) {
    let hours = |line, subject: &str, at, fate| UsageEvent {
        meter: Some(read("hours")),
        subject: subject.to_owned(),
        happened_at: minute(at),
        dimensions: attributes(&[]),
        fate,
        ..event(line)
    };
    let accepted = || Fate::Accepted(read("U-1"));
    let later = Arrival { arrived_on: read("2026-01-04"), ..event(9).arrival };
    let events = [
        hours(1, "SN-2", 1, accepted()),
        hours(2, "SN-1", 9, free()),
        hours(3, "SN-1", 8, accepted()),
        hours(4, "SN-1", 7, waits(QuarantineReason::SerialNotAssigned)),
        hours(5, "SN-9", 6, Fate::Accepted(read("U-9"))),
        event(6),
        UsageEvent { arrival: later, ..hours(9, "SN-1", 1, accepted()) },
    ];
    let turns = [
        holding("SN-1", "U-1", Some(minute(1)), Some(minute(5))),
        holding("SN-1", "U-1", Some(minute(6)), None),
        holding("SN-2", "U-1", None, None),
    ];
    commit(store, |tx| {
        tx.save_unit(&unit("U-1", "ACC-1"), &turns)?;
        tx.save_unit(&unit("U-9", "ACC-9"), &[holding("SN-9", "U-9", None, None)])?;
        tx.save_events(&events.map(brought))
    });
    let reading = |serial: &str, at, unit: Option<&str>| CounterReading {
        serial: read(serial),
        happened_at: minute(at),
        reading: read("1.5"),
        dimensions: attributes(&[]),
        billed_to: unit.map(read),
    };
    commit(store, |tx| {
        let mut ask = |day: &str| tx.counter_readings(&read("ACC-1"), &read("hours"), read(day));
        let early = [
            reading("SN-1", 8, Some("U-1")),
            reading("SN-1", 9, None),
            reading("SN-2", 1, Some("U-1")),
        ];
        assert_eq!(ask("2026-01-04")?, early);
        let late = reading("SN-1", 1, Some("U-1"));
        assert_eq!(ask("2026-01-05")?, [&[late], &early[..]].concat());
        assert_eq!(ask("2026-01-03")?, []);
        assert_eq!(tx.counter_readings(&read("ACC-2"), &read("hours"), read("2027-01-01"))?, []);
        Ok(())
    });
}

pub fn the_earliest_usage_is_accepted(store: &mut dyn Store) {
    let with = |line, fate| brought(UsageEvent { fate, ..event(line) });
    commit(store, |tx| {
        tx.save_unit(&unit("U-1", "ACC-1"), &[])?;
        tx.save_unit(&unit("U-2", "ACC-1"), &[])?;
        tx.save_unit(&unit("U-9", "ACC-9"), &[])?;
        tx.save_events(&[
            with(1, Fate::Accepted(read("U-9"))),
            with(2, free()),
            with(3, waits(QuarantineReason::UnknownSerial)),
            with(5, Fate::Accepted(read("U-1"))),
            with(4, Fate::Accepted(read("U-2"))),
            with(6, Fate::Accepted(read("U-1"))),
        ])
    });
    commit(store, |tx| {
        assert_eq!(tx.earliest_usage(&read("ACC-1"))?, Some(minute(4)));
        assert_eq!(tx.earliest_usage(&read("ACC-9"))?, Some(minute(1)));
        assert_eq!(tx.earliest_usage(&read("ACC-2"))?, None);
        Ok(())
    });
}

/// Line `line` of the first batch, refused.
fn refusal(line: u32, outcome: RefusalOutcome) -> (Refusal, String) {
    let arrival = Arrival { line, ..event(1).arrival };
    (Refusal { arrival, outcome, meter: None, event: None }, format!("line {line}"))
}

/// Each outcome that a line can have, and each reason, once; duplicates twice.
fn one_of_each(store: &mut dyn Store) {
    let with = |line, fate| brought(UsageEvent { fate, ..event(line) });
    let mut no_meter = with(3, waits(QuarantineReason::UnknownType));
    no_meter.0.meter = None;
    let mut later = with(9, Fate::Accepted(read("U-1")));
    later.0.arrival.arrived_on = read("2026-01-04");
    let events = [
        with(1, Fate::Accepted(read("U-1"))),
        with(2, free()),
        no_meter,
        with(4, waits(QuarantineReason::FutureTime)),
        later,
    ];
    let mut known = refusal(5, RefusalOutcome::Duplicate);
    known.0.meter = Some(read("data"));
    known.0.event = Some((read("//cloud"), read("E-1")));
    let refusals = [
        known,
        refusal(6, RefusalOutcome::Duplicate),
        refusal(7, RefusalOutcome::Conflict),
        refusal(8, RefusalOutcome::Rejected(RejectReason::InvalidJson)),
        refusal(10, RefusalOutcome::Rejected(RejectReason::MissingId)),
        refusal(11, RefusalOutcome::Rejected(RejectReason::BadNumber)),
        refusal(12, RefusalOutcome::Rejected(RejectReason::BadEnvelope)),
        refusal(13, RefusalOutcome::Duplicate),
    ];
    commit(store, |tx| {
        tx.save_events(&events)?;
        tx.save_refusals(&refusals)?;
        tx.save_refusals(&[])
    });
    refused(store, |tx| tx.save_refusals(&refusals[..1]));
}

pub fn every_line_is_counted_once(store: &mut dyn Store) {
    one_of_each(store);
    let row = |meter: Option<&str>, outcome: &str, reason: Option<&str>, lines| ConservationRow {
        arrived_on: read("2026-01-03"),
        meter: meter.map(read),
        outcome: outcome.to_owned(),
        reason: reason.map(str::to_owned),
        lines,
    };
    let third = [
        row(None, "conflict", None, 1),
        row(None, "duplicate", None, 2),
        row(None, "quarantined", Some("unknown_type"), 1),
        row(None, "rejected", Some("bad_envelope"), 1),
        row(None, "rejected", Some("bad_number"), 1),
        row(None, "rejected", Some("invalid_json"), 1),
        row(None, "rejected", Some("missing_id"), 1),
        row(Some("data"), "accepted", None, 1),
        row(Some("data"), "duplicate", None, 1),
        row(Some("data"), "free", None, 1),
        row(Some("data"), "quarantined", Some("future_time"), 1),
    ];
    let fourth = ConservationRow {
        arrived_on: read("2026-01-04"),
        ..row(Some("data"), "accepted", None, 1)
    };
    commit(store, |tx| {
        assert_eq!(tx.conservation(read("2026-01-03"), read("2026-01-04"))?, third);
        let both = tx.conservation(read("2026-01-01"), read("2026-02-01"))?;
        assert_eq!(both, [&third[..], &[fourth]].concat());
        assert_eq!(both.iter().map(|row| row.lines).sum::<i64>(), 13);
        assert_eq!(tx.conservation(read("2026-01-04"), read("2026-01-04"))?, []);
        Ok(())
    });
}

pub fn exceptional_lines_are_shown_with_the_name_of_their_batch(store: &mut dyn Store) {
    one_of_each(store);
    let earlier = Digest([1; 16]);
    let mut other = refusal(1, RefusalOutcome::Conflict);
    other.0.arrival.batch = earlier;
    commit(store, |tx| {
        tx.save_refusals(&[other])?;
        tx.record(&Fact::UsageReceived(received("usage-1.jsonl", 7)), minute(1))?;
        tx.record(&Fact::UsageReceived(received("usage-0.jsonl", 1)), minute(1))
    });
    let (from, to): (Date, Date) = (read("2026-01-03"), read("2026-01-04"));
    commit(store, |tx| {
        let lines = tx.exceptional_lines(from, to, 100)?;
        let places: Vec<u32> = lines.iter().map(|line| line.arrival.line).collect();
        assert_eq!(places, [1, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13], "by day, batch and line");
        let arrival = Arrival { line: 4, ..event(1).arrival };
        let quarantined = StoredLine {
            arrival,
            name: "usage-1.jsonl".to_owned(),
            meter: Some(read("data")),
            outcome: "quarantined".to_owned(),
            reason: Some("future_time".to_owned()),
            event: Some((read("//cloud"), read("E-4"))),
            raw: brought(event(4)).1,
        };
        assert_eq!(lines[2], quarantined);
        let duplicate = StoredLine {
            arrival: Arrival { line: 5, ..arrival },
            outcome: "duplicate".to_owned(),
            reason: None,
            event: Some((read("//cloud"), read("E-1"))),
            raw: "line 5".to_owned(),
            ..quarantined
        };
        assert_eq!(lines[3], duplicate);
        let unread = StoredLine {
            arrival: Arrival { line: 8, ..arrival },
            meter: None,
            outcome: "rejected".to_owned(),
            reason: Some("invalid_json".to_owned()),
            event: None,
            raw: "line 8".to_owned(),
            ..duplicate
        };
        assert_eq!(lines[6], unread);
        assert_eq!((lines[0].arrival.batch, lines[0].name.as_str()), (earlier, "usage-0.jsonl"));
        assert_eq!(tx.exceptional_lines(from, to, 4)?, &lines[..4]);
        assert_eq!(tx.exceptional_lines(to, read("2026-02-01"), 100)?, []);
        Ok(())
    });
}

pub fn a_line_without_its_batch_is_not_left_out(store: &mut dyn Store) {
    commit(store, |tx| tx.save_refusals(&[refusal(1, RefusalOutcome::Conflict)]));
    let days: (Date, Date) = (read("2026-01-03"), read("2026-01-04"));
    let said = refused(store, |tx| tx.exceptional_lines(days.0, days.1, 100));
    assert!(said.contains("its batch was never received"), "{said}");
}
