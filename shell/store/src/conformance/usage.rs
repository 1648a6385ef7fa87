//! Usage: ids, fates and buckets.

use std::collections::BTreeMap;

use ::facts::usage::{Arrival, Bucket, Fate, QuarantineReason, UsageEvent};
use ::facts::{EventId, EventSource};
use kernel::Digest;

use super::units::unit;
use super::{commit, minute, read, refused};
use crate::{BucketChange, SeenEvent, Store};

/// Event `line` of the first batch: 1.5 for U-1, in the minute of its line.
pub fn event(line: u32) -> UsageEvent {
    UsageEvent {
        source: read("//cloud"),
        id: read(&format!("E-{line}")),
        meter: Some(read("data")),
        subject: "SN-1".to_owned(),
        happened_at: minute(i64::from(line)),
        reading: read("1.50"),
        dimensions: attributes(&[("region", "FR")]),
        digest: Digest([9; 16]),
        arrival: Arrival { arrived_on: read("2026-01-03"), batch: Digest([7; 16]), line },
        fate: Fate::Accepted(read("U-1")),
    }
}

pub fn attributes(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// An event with the line that brought it.
pub fn brought(event: UsageEvent) -> (UsageEvent, String) {
    let raw = format!("{{\"id\": \"{}\"}}", event.id);
    (event, raw)
}

fn key(event: &UsageEvent) -> (EventSource, EventId) {
    (event.source.clone(), event.id.clone())
}

pub fn an_event_takes_its_id(store: &mut dyn Store) {
    let events: Vec<_> = (1..=3).map(|line| brought(event(line))).collect();
    commit(store, |tx| tx.save_events(&events));
    commit(store, |tx| tx.save_events(&[]));
    let elsewhere: (EventSource, EventId) = (read("//other"), read("E-1"));
    let asked = [elsewhere, key(&events[2].0), key(&event(4)), key(&events[0].0)];
    commit(store, |tx| {
        let mut seen = tx.seen_events(&asked)?;
        seen.sort_by(|a, b| a.id.cmp(&b.id));
        let expected = [&events[0].0, &events[2].0].map(|event| SeenEvent {
            source: event.source.clone(),
            id: event.id.clone(),
            digest: event.digest,
        });
        assert_eq!(seen, expected);
        assert_eq!(tx.seen_events(&[])?, []);
        assert_eq!(tx.event(&events[1].0.source, &events[1].0.id)?, Some(events[1].clone()));
        assert_eq!(tx.event(&read("//other"), &read("E-2"))?, None);
        Ok(())
    });
}

/// Lines come from strangers: whatever they hold is kept, byte for byte.
pub fn any_line_survives(store: &mut dyn Store) {
    let long = incompressible();
    let texts = ["", "\0", "{\"a\":\"\u{1A}\0\u{1A}0\"}", "\u{FFFD}\u{10FFFF}\r\n", "é", &long];
    let mut events = Vec::new();
    for (line, text) in (1..).zip(texts) {
        let strange = UsageEvent {
            subject: text.to_owned(),
            dimensions: attributes(&[("region", text), (text, "x")]),
            meter: None,
            fate: Fate::Quarantined(QuarantineReason::UnknownType),
            ..event(line)
        };
        events.push((strange, text.to_owned()));
    }
    commit(store, |tx| tx.save_events(&events));
    commit(store, |tx| {
        for expected in events {
            assert_eq!(tx.event(&expected.0.source, &expected.0.id)?, Some(expected));
        }
        Ok(())
    });
}

pub fn a_taken_id_is_refused(store: &mut dyn Store) {
    commit(store, |tx| tx.save_events(&[brought(event(1))]));
    let again = UsageEvent { arrival: event(2).arrival, happened_at: minute(59), ..event(1) };
    refused(store, |tx| tx.save_events(&[brought(event(3)), brought(again)]));
    let twice = [brought(event(4)), brought(UsageEvent { arrival: event(5).arrival, ..event(4) })];
    refused(store, |tx| tx.save_events(&twice));
    let same_line = UsageEvent { arrival: event(1).arrival, ..event(6) };
    refused(store, |tx| tx.save_events(&[brought(same_line)]));
    commit(store, |tx| {
        for line in [3, 4, 6] {
            assert_eq!(tx.event(&event(line).source, &event(line).id)?, None);
        }
        Ok(())
    });
}

/// More than any engine takes in one statement.
pub fn a_large_batch_is_saved(store: &mut dyn Store) {
    const LINES: u32 = 12_000;
    let events: Vec<_> = (1..=LINES).map(|line| brought(event(line))).collect();
    commit(store, |tx| tx.save_events(&events));
    let keys: Vec<_> = (1..=LINES + 5).map(|line| key(&event(line))).collect();
    let fates: Vec<_> = events
        .iter()
        .map(|(event, _)| (event.source.clone(), event.id.clone(), Fate::Free(read("U-1"))))
        .collect();
    commit(store, |tx| {
        assert_eq!(tx.seen_events(&keys)?.len(), events.len());
        tx.change_fates(&fates)?;
        let counted = tx.conservation(read("2026-01-03"), read("2026-01-04"))?;
        let free = counted.iter().map(|row| (row.outcome.as_str(), row.lines));
        assert_eq!(free.collect::<Vec<_>>(), [("free", i64::from(LINES))]);
        Ok(())
    });
}

pub fn events_are_found_by_their_device(store: &mut dyn Store) {
    let of = |line, subject: &str| UsageEvent { subject: subject.to_owned(), ..event(line) };
    let no_meter = UsageEvent { meter: None, ..of(1, "SN-1") };
    let first = UsageEvent { source: read("//a"), ..of(5, "SN-2") };
    let events = [no_meter, of(3, "SN-1"), of(2, "SN-2"), of(4, "SN-3"), first.clone()];
    commit(store, |tx| tx.save_events(&events.clone().map(brought)));
    let serials = ["SN-2", "SN-1", "SN-404", "SN-2"].map(str::to_owned);
    commit(store, |tx| {
        let found = tx.events_of_serials(&serials)?;
        assert_eq!(found, [first, of(2, "SN-2"), of(3, "SN-1")]);
        assert_eq!(tx.events_of_serials(&[])?, []);
        Ok(())
    });
}

pub fn fates_change(store: &mut dyn Store) {
    let quarantined = Fate::Quarantined;
    let fates = [
        Fate::Accepted(read("U-2")),
        Fate::Free(read("U-1")),
        quarantined(QuarantineReason::UnknownType),
        quarantined(QuarantineReason::FutureTime),
        quarantined(QuarantineReason::UnknownSerial),
        quarantined(QuarantineReason::SerialNotAssigned),
    ];
    let events: Vec<_> = (1..=6).map(|line| brought(event(line))).collect();
    commit(store, |tx| tx.save_events(&events));
    let changes: Vec<_> = events
        .iter()
        .zip(&fates)
        .map(|((event, _), fate)| (event.source.clone(), event.id.clone(), fate.clone()))
        .collect();
    commit(store, |tx| tx.change_fates(&changes));
    commit(store, |tx| tx.change_fates(&[]));
    commit(store, |tx| {
        for ((before, raw), fate) in events.iter().zip(&fates) {
            let after = UsageEvent { fate: fate.clone(), ..before.clone() };
            let found = tx.event(&before.source, &before.id)?;
            assert_eq!(found, Some((after, raw.clone())), "nothing but the fate changes");
        }
        Ok(())
    });
    let (source, id, _) = changes[0].clone();
    let twice = [fates[1].clone(), fates[3].clone()].map(|it| (source.clone(), id.clone(), it));
    commit(store, |tx| {
        tx.change_fates(&twice)?;
        let found = tx.event(&source, &id)?.map(|(event, _)| event.fate);
        assert_eq!(found, Some(fates[3].clone()), "the last one counts");
        Ok(())
    });
}

pub fn the_fate_of_an_unknown_event_is_refused(store: &mut dyn Store) {
    commit(store, |tx| tx.save_events(&[brought(event(1))]));
    let free = |line| (event(line).source, event(line).id, Fate::Free(read("U-1")));
    refused(store, |tx| tx.change_fates(&[free(1), free(2)]));
    commit(store, |tx| {
        let found = tx.event(&event(1).source, &event(1).id)?.map(|(event, _)| event.fate);
        assert_eq!(found, Some(event(1).fate));
        Ok(())
    });
}

/// A quarter of U-1, of what arrived on a day of January.
fn bucket(quarter: i64, quantity: &str, events: i64) -> Bucket {
    Bucket {
        unit: read("U-1"),
        meter: read("data"),
        quarter_at: minute(quarter * 15),
        dimensions: attributes(&[("region", "FR")]),
        quantity: read(quantity),
        events,
    }
}

fn arrived(day: u32, change: Bucket) -> BucketChange {
    BucketChange { arrived_on: read(&format!("2026-01-{day:02}")), change }
}

/// Everything of ACC-1.
fn all_buckets(store: &mut dyn Store) -> Vec<Bucket> {
    commit(store, |tx| {
        tx.save_unit(&unit("U-1", "ACC-1"), &[])?;
        tx.buckets(&read("ACC-1"), minute(0), minute(600), read("2027-01-01"))
    })
}

pub fn buckets_add_up(store: &mut dyn Store) {
    let change = |changes: &[BucketChange], store: &mut dyn Store| {
        commit(store, |tx| tx.change_buckets(changes));
    };
    change(&[], store);
    change(&[arrived(3, bucket(1, "0.1", 1)), arrived(3, bucket(1, "0.2", 2))], store);
    assert_eq!(all_buckets(store), [bucket(1, "0.3", 3)]);
    change(&[arrived(3, bucket(1, "1.000000001", 1)), arrived(4, bucket(1, "5", 1))], store);
    assert_eq!(all_buckets(store), [bucket(1, "6.300000001", 5)], "days of arrival add up");
    change(&[arrived(3, bucket(1, "-0.3", -3)), arrived(3, bucket(0, "0", 1))], store);
    assert_eq!(all_buckets(store), [bucket(0, "0", 1), bucket(1, "6.000000001", 2)]);
    let moved = [arrived(4, bucket(1, "-5", -1)), arrived(4, bucket(1, "4", 1))];
    change(&moved, store);
    assert_eq!(all_buckets(store)[1], bucket(1, "5.000000001", 2), "zero events, still a change");
}

pub fn buckets_disappear_at_zero_events(store: &mut dyn Store) {
    let two = [arrived(3, bucket(1, "2.5", 2)), arrived(3, bucket(2, "1", 1))];
    commit(store, |tx| tx.change_buckets(&two));
    commit(store, |tx| tx.change_buckets(&[arrived(3, bucket(1, "-2.50", -2))]));
    assert_eq!(all_buckets(store), [bucket(2, "1", 1)]);
    let nothing = [arrived(3, bucket(7, "3", 3)), arrived(3, bucket(7, "-3", -3))];
    commit(store, |tx| tx.change_buckets(&nothing));
    assert_eq!(all_buckets(store), [bucket(2, "1", 1)]);
}

pub fn impossible_buckets_are_refused(store: &mut dyn Store) {
    commit(store, |tx| tx.change_buckets(&[arrived(3, bucket(1, "2", 2))]));
    for wrong in [
        arrived(3, bucket(1, "-3", -3)),
        arrived(4, bucket(1, "-1", -1)),
        arrived(3, bucket(1, "-1", -2)),
        arrived(3, bucket(9, "1", 0)),
        arrived(3, bucket(1, "1", i64::MAX)),
    ] {
        let good = arrived(3, bucket(5, "1", 1));
        refused(store, |tx| tx.change_buckets(&[good, wrong]));
    }
    assert_eq!(all_buckets(store), [bucket(1, "2", 2)]);
}

/// A long text that no engine can make short by itself, to fit it into an index.
fn incompressible() -> String {
    (0..4_000_u32).map(|number| number.wrapping_mul(2_654_435_761).to_string()).collect()
}

/// Attributes are a stranger's and can be of any length.
pub fn long_attributes_are_kept_apart(store: &mut dyn Store) {
    let long = incompressible();
    let region = |end: &str| attributes(&[("region", &format!("{long}{end}"))]);
    let of = |end: &str| Bucket { dimensions: region(end), ..bucket(1, "1", 1) };
    commit(store, |tx| tx.change_buckets(&[arrived(3, of("a")), arrived(3, of("b"))]));
    commit(store, |tx| tx.change_buckets(&[arrived(3, of("b")), arrived(3, of("\0"))]));
    let twice = Bucket { quantity: read("2"), events: 2, ..of("b") };
    assert_eq!(all_buckets(store), [of("\0"), of("a"), twice.clone()]);
    let gone = Bucket { quantity: read("-2"), events: -2, ..twice };
    commit(store, |tx| tx.change_buckets(&[arrived(3, gone)]));
    assert_eq!(all_buckets(store), [of("\0"), of("a")]);
}

pub fn buckets_are_asked_by_account_time_and_arrival(store: &mut dyn Store) {
    let of = |unit: &str, meter: &str, region: &str| Bucket {
        unit: read(unit),
        meter: read(meter),
        dimensions: attributes(&[("region", region)]),
        ..bucket(2, "1", 1)
    };
    let changes = [
        arrived(3, of("U-2", "calls", "FR")),
        arrived(3, of("U-1", "data", "FR")),
        arrived(3, of("U-1", "data", "DE")),
        arrived(3, of("U-1", "calls", "FR")),
        arrived(3, bucket(1, "1", 1)),
        arrived(4, bucket(2, "7", 1)),
        arrived(3, bucket(3, "1", 1)),
        arrived(3, of("U-9", "data", "FR")),
    ];
    commit(store, |tx| {
        tx.save_unit(&unit("U-1", "ACC-1"), &[])?;
        tx.save_unit(&unit("U-2", "ACC-1"), &[])?;
        tx.save_unit(&unit("U-9", "ACC-9"), &[])?;
        tx.change_buckets(&changes)
    });
    commit(store, |tx| {
        let mut ask = |day: &str| tx.buckets(&read("ACC-1"), minute(30), minute(45), read(day));
        let (fr, de) = (of("U-1", "data", "FR"), of("U-1", "data", "DE"));
        let (calls, other) = (of("U-1", "calls", "FR"), of("U-2", "calls", "FR"));
        let early = [calls.clone(), de.clone(), fr.clone(), other.clone()];
        assert_eq!(ask("2026-01-04")?, early, "by unit, meter, quarter and attributes");
        let both = Bucket { quantity: read("8"), events: 2, ..fr };
        assert_eq!(ask("2026-01-05")?, [calls, de, both, other]);
        assert_eq!(ask("2026-01-03")?, []);
        assert_eq!(tx.buckets(&read("ACC-2"), minute(0), minute(99), read("2027-01-01"))?, []);
        Ok(())
    });
}
