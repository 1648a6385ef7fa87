//! Levels that are held, and sessions.

use facts::meter::{Level, Measure, Session, TimeUnit};
use facts::usage::{Joins, Series};
use kernel::{Exact, Overflow};
use metering::{buckets, combine};

use super::sample::{TODAY, fold, fold_of, held, point, possession, series};
use crate::line::{field, read};

fn level(per: TimeUnit) -> Measure {
    Measure::TimeWeighted(Level { field: field("gb"), per })
}

pub fn session(timeout_seconds: u32) -> Measure {
    let word = str::to_owned;
    Measure::Duration(Session {
        phase: word("phase"),
        start: word("start"),
        stop: word("stop"),
        key: word("trip"),
        timeout_seconds,
        per: TimeUnit::Minute,
    })
}

#[test]
fn a_level_is_held_until_the_next_reading() {
    assert_eq!(
        fold(&level(TimeUnit::Second), &["10:05 2", "10:20 0.5", "10:40 0"]),
        ["U-1 10:00 1200 x1", "U-1 10:15 900 x1", "U-1 10:30 300 x1"]
    );
}

#[test]
fn a_level_is_held_until_the_end_of_what_is_known() {
    // From 23:30 on the 9th to the end of the 10th: 24.5 hours.
    let folded = fold(&level(TimeUnit::Hour), &["2026-02-09T23:30:00Z 4"]);
    assert_eq!(folded.len(), 98);
    assert_eq!(folded[0], "U-1 2026-02-09T23:30 1 x1");
    assert_eq!(folded[97], "U-1 2026-02-10T23:45 1 x0");
}

#[test]
fn a_level_is_held_by_one_hand_and_free_before_the_service() {
    let possessions = [possession("U-1 09:00 10:20 10:10"), possession("U-2 10:20 - 10:20")];
    // What U-1 left behind is not billed to U-2, which reads for itself at 10:50.
    assert_eq!(
        fold_of(&level(TimeUnit::Minute), &possessions, &["10:05 1", "10:50 3", "10:55 0"]),
        ["U-1 10:00 5 x0", "U-1 10:15 5 x0", "U-2 10:45 15 x2"]
    );
}

#[test]
fn a_level_is_free_while_the_service_is_held() {
    let at = |text: &str| format!("2026-02-03T{text}:00Z").parse().unwrap();
    let held = [(at("10:10"), at("10:20")), (at("10:25"), at("10:30"))].into();
    let possessions = [metering::Possession { held, ..possession("U-1 09:00 - 09:00") }];
    // 5 minutes before the first hold, 5 between the two, 10 after; the reading in it is free.
    assert_eq!(
        fold_of(&level(TimeUnit::Minute), &possessions, &["10:05 1", "10:15 1", "10:40 0"]),
        ["U-1 10:00 5 x1", "U-1 10:15 5 x0", "U-1 10:30 10 x1"]
    );
}

#[test]
fn level_hours_are_exact_until_a_period_is_whole() {
    // 7 seconds of 1 in hours have no finite decimal: 7/3600 in each of two quarters.
    let lines = ["10:00 1", "10:00:07 0", "10:15 1", "10:15:07 0"];
    let series = series(lines.iter().map(|line| point(line)).collect());
    let buckets = buckets(&series, &level(TimeUnit::Hour), &held(), TODAY).unwrap();
    assert_eq!(buckets[0].joins, Joins::AddExact(Exact::ratio(7, 3600).unwrap()));
    assert_eq!(buckets[0].quantity, read("0.001944444"));
    assert_eq!(combine(&buckets), Ok(read("0.003888889")));
}

#[test]
fn of_levels_at_one_instant_the_greatest_holds() {
    let lines = ["10:00 1", "10:00 3", "10:00 2", "10:01 0"];
    assert_eq!(fold(&level(TimeUnit::Minute), &lines), ["U-1 10:00 3 x4"]);
}

#[test]
fn a_level_since_the_dawn_of_time_is_an_error_and_no_flood() {
    let since = |line: &str| {
        let series = Series { ..series(vec![point(line)]) };
        let dawn = [possession("U-1 -000400-01-01T00:00:00Z - -000400-01-01T00:00:00Z")];
        buckets(&series, &level(TimeUnit::Hour), &dawn, TODAY).map(|it| it.len())
    };
    assert_eq!(since("0001-01-01T00:00:00Z 1"), Err(Overflow));
    assert_eq!(since("1999-12-31T00:00:00Z 1"), Ok(915_744));
}

#[test]
fn a_session_lasts_from_its_start_to_its_stop() {
    assert_eq!(
        fold(&session(86_400), &["10:05 1 $key=\"a", "10:32 0 $key=\"a"]),
        ["U-1 10:00 10 x1", "U-1 10:15 15 x0", "U-1 10:30 2 x1"]
    );
}

#[test]
fn sessions_of_different_keys_overlap() {
    let lines = ["10:00 1 $key=\"a", "10:05 1 $key=\"b", "10:10 0 $key=\"a", "10:14 0 $key=\"b"];
    assert_eq!(fold(&session(86_400), &lines), ["U-1 10:00 19 x4"]);
}

#[test]
fn a_start_while_a_session_is_open_ends_it() {
    let lines = ["10:00 1", "10:05 1", "10:09 0", "10:12 0"];
    assert_eq!(fold(&session(86_400), &lines), ["U-1 10:00 9 x4"]);
}

#[test]
fn a_session_ends_at_its_time_out() {
    // The stop of 10:10 comes after the time-out, and means nothing.
    assert_eq!(fold(&session(300), &["10:00 1", "10:10 0"]), ["U-1 10:00 5 x2"]);
    assert_eq!(fold(&session(300), &["10:00 1"]), ["U-1 10:00 5 x1"]);
    assert_eq!(fold(&session(300), &["10:10 0"]), ["U-1 10:00 0 x1"]);
}

#[test]
fn an_open_session_counts_once_its_time_out_is_over() {
    let started = |line| {
        let buckets = buckets(&series(vec![point(line)]), &session(3_600), &held(), TODAY);
        combine(&buckets.unwrap()).unwrap()
    };
    assert_eq!(started("2026-02-09T23:00:00Z 1"), read("60"));
    assert_eq!(started("2026-02-09T23:00:00.000001Z 1"), read("0"));
}

#[test]
fn a_session_ends_when_the_device_is_in_other_hands() {
    let possessions = [possession("U-1 09:00 10:10 10:05"), possession("U-2 10:10 - 10:10")];
    assert_eq!(
        fold_of(&session(86_400), &possessions, &["10:00 1", "10:12 0"]),
        ["U-1 10:00 5 x0", "U-2 10:00 0 x1"]
    );
}

#[test]
fn at_one_instant_a_session_stops_before_the_next_starts() {
    let lines = ["10:00 1", "10:05 0", "10:05 1", "10:07 0"];
    assert_eq!(fold(&session(86_400), &lines), ["U-1 10:00 7 x4"]);
    // Without one that is open, a start and a stop are a session of no length.
    assert_eq!(fold(&session(300), &["10:00 1", "10:00 0"]), ["U-1 10:00 0 x2"]);
}
