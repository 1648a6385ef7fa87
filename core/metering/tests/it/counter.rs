//! The increments of running counters.

use std::collections::BTreeMap;

use facts::usage::{Bucket, CounterReading};
use metering::increments;

use crate::line::read;

/// A reading: serial, time on 3 February, what it showed, who is billed (`-`: nobody).
fn reading(serial: &str, time: &str, shown: &str, unit: &str) -> CounterReading {
    CounterReading {
        serial: read(serial),
        happened_at: read(&format!("2026-02-03T{time}:00Z")),
        reading: read(shown),
        dimensions: BTreeMap::new(),
        billed_to: (unit != "-").then(|| read(unit)),
    }
}

fn shown(buckets: &[Bucket]) -> Vec<String> {
    let one = |it: &Bucket| format!("{} {} {}", it.unit, it.quarter_at, it.quantity.normalized());
    buckets.iter().map(one).collect()
}

fn amounts(readings: &[CounterReading]) -> Vec<String> {
    let buckets = increments(&read("engine_hours"), readings).expect("small readings");
    assert!(buckets.iter().all(|it| it.events == 1 && it.meter == read("engine_hours")));
    shown(&buckets)
}

#[test]
fn the_first_reading_is_a_baseline_and_each_later_one_adds_the_difference() {
    assert_eq!(
        amounts(&[
            reading("T-1", "09:59", "2421.65", "U-001"),
            reading("T-1", "10:00", "2421.65", "U-001"),
            reading("T-1", "10:29", "2471.66", "U-001"),
        ]),
        [
            "U-001 2026-02-03T09:45:00Z 0",
            "U-001 2026-02-03T10:00:00Z 0",
            "U-001 2026-02-03T10:15:00Z 50.01",
        ]
    );
}

#[test]
fn after_a_reset_the_reading_itself_counts() {
    let readings = [
        reading("T-1", "09:00", "100", "U-001"),
        reading("T-1", "10:00", "4.5", "U-001"),
        reading("T-1", "11:00", "5", "U-001"),
    ];
    let expected = [
        "U-001 2026-02-03T09:00:00Z 0",
        "U-001 2026-02-03T10:00:00Z 4.5",
        "U-001 2026-02-03T11:00:00Z 0.5",
    ];
    assert_eq!(amounts(&readings), expected);
}

#[test]
fn a_free_reading_moves_the_counter_and_bills_nothing() {
    let readings = [
        reading("T-1", "09:00", "100", "-"),
        reading("T-1", "10:00", "110", "-"),
        reading("T-1", "11:00", "113", "U-001"),
    ];
    assert_eq!(amounts(&readings), ["U-001 2026-02-03T11:00:00Z 3"]);
}

#[test]
fn each_serial_has_its_own_counter_whoever_holds_it() {
    let readings = [
        reading("T-1", "09:00", "100", "U-001"),
        reading("T-1", "10:00", "101", "U-001"),
        reading("T-1", "11:00", "104", "U-002"),
        reading("T-2", "08:00", "900", "U-001"),
        reading("T-2", "12:00", "902", "U-001"),
    ];
    assert_eq!(
        amounts(&readings),
        [
            "U-001 2026-02-03T09:00:00Z 0",
            "U-001 2026-02-03T10:00:00Z 1",
            "U-002 2026-02-03T11:00:00Z 3",
            "U-001 2026-02-03T08:00:00Z 0",
            "U-001 2026-02-03T12:00:00Z 2",
        ]
    );
}

#[test]
fn a_reading_that_comes_late_moves_hours_and_keeps_their_sum() {
    let (first, late, last) = (
        reading("T-1", "09:00", "100", "U-001"),
        reading("T-1", "10:00", "107", "U-001"),
        reading("T-1", "11:00", "110", "U-001"),
    );
    let before = amounts(&[first.clone(), last.clone()]);
    assert_eq!(before, ["U-001 2026-02-03T09:00:00Z 0", "U-001 2026-02-03T11:00:00Z 10"]);
    assert_eq!(
        amounts(&[first, late, last]),
        [
            "U-001 2026-02-03T09:00:00Z 0",
            "U-001 2026-02-03T10:00:00Z 7",
            "U-001 2026-02-03T11:00:00Z 3",
        ]
    );
}

#[test]
fn no_reading_measures_nothing() {
    assert_eq!(amounts(&[]), [""; 0]);
}
