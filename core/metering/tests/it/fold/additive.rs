//! Counts and sums.

use facts::meter::Measure;
use facts::usage::{Joins, QuarantineReason, Series, Track};
use jiff::civil::date;
use kernel::Overflow;
use metering::{buckets, combine};

use super::sample::{TODAY, fold, fold_of, held, point, possession, series};
use crate::line::{field, read};

fn sum() -> Measure {
    Measure::Sum(field("mb"))
}

#[test]
fn a_sum_adds_up_by_quarter_and_attributes() {
    assert_eq!(
        fold(
            &sum(),
            &[
                "10:00 1.5 region=FR",
                "10:14:59 2 region=BE",
                "10:14:59 0.25 region=FR",
                "10:15 4 region=FR",
            ]
        ),
        ["U-1 10:00 region=BE 2 x1", "U-1 10:00 region=FR 1.75 x2", "U-1 10:15 region=FR 4 x1"]
    );
}

#[test]
fn an_event_exactly_on_a_boundary_belongs_to_what_begins() {
    assert_eq!(
        fold(
            &Measure::Count,
            &["10:14:59.999999Z", "10:15"].map(|time| match time {
                "10:15" => "10:15 1",
                _ => "2026-02-03T10:14:59.999999Z 1",
            })
        ),
        ["U-1 10:00 1 x1", "U-1 10:15 1 x1"]
    );
    // The end of January in Paris: the bucket of midnight is the first of February there.
    let zone: kernel::Zone = read("Europe/Paris");
    let series =
        series(vec![point("2026-01-31T22:59:59.999999Z 1"), point("2026-01-31T23:00:00Z 1")]);
    let buckets = buckets(&series, &Measure::Count, &held(), TODAY).unwrap();
    let days: Vec<_> = buckets.iter().map(|it| zone.day_of(it.quarter_at)).collect();
    assert_eq!(days, [date(2026, 1, 31), date(2026, 2, 1)]);
}

#[test]
fn quarters_stay_apart_when_clocks_change() {
    // 02:00 to 03:00 happens twice in Paris on 25 October, and never on 29 March.
    assert_eq!(
        fold(&Measure::Count, &["2025-10-26T00:30:00Z 1", "2025-10-26T01:30:00Z 1"]),
        ["U-1 2025-10-26T00:30 1 x1", "U-1 2025-10-26T01:30 1 x1"]
    );
    assert_eq!(
        fold(&Measure::Count, &["2025-03-30T00:59:59Z 1", "2025-03-30T01:00:00Z 1"]),
        ["U-1 2025-03-30T00:45 1 x1", "U-1 2025-03-30T01:00 1 x1"]
    );
}

#[test]
fn usage_before_1970_has_a_quarter_too() {
    assert_eq!(
        fold(&sum(), &["1969-12-31T23:59:59.5Z 1", "1969-12-31T23:45:00Z 2"]),
        ["U-1 1969-12-31T23:45 3 x2"]
    );
}

#[test]
fn only_accepted_usage_adds_to_a_bucket() {
    let possessions = [possession("U-1 09:00 10:00 09:30"), possession("U-2 10:00 - 10:10")];
    let lines = ["08:59 1", "09:29:59 2", "09:30 4", "09:59:59 8", "10:00 16", "10:10 32"];
    assert_eq!(
        fold_of(&sum(), &possessions, &lines),
        ["U-1 09:30 4 x1", "U-1 09:45 8 x1", "U-2 10:00 32 x1"]
    );
    assert_eq!(fold_of(&sum(), &[], &lines), [""; 0]);
}

#[test]
fn what_arrived_on_the_day_or_later_is_not_known() {
    let mut points = vec![point("10:00 1"), point("10:01 2")];
    points[1].known_on = TODAY;
    let series = series(points);
    let known = |day| buckets(&series, &sum(), &held(), day).unwrap()[0].quantity;
    assert_eq!(known(TODAY), read("1"));
    assert_eq!(known(TODAY.tomorrow().unwrap()), read("3"));
}

#[test]
fn a_series_that_waits_measures_nothing() {
    let waiting = |meter, held_for| {
        let track = Track { meter, held: Some(held_for) };
        let series = Series { track, ..series(vec![point("10:00 1")]) };
        buckets(&series, &Measure::Count, &held(), TODAY).unwrap()
    };
    assert_eq!(waiting(Some(read("m")), QuarantineReason::FutureTime), []);
    assert_eq!(waiting(None, QuarantineReason::UnknownType), []);
}

#[test]
fn a_sum_that_does_not_fit_is_an_error_and_never_wrong() {
    let line = "10:00 79228162514264337593543950335";
    let series = series(vec![point(line), point(line)]);
    assert_eq!(buckets(&series, &sum(), &held(), TODAY), Err(Overflow));
    // 28 digits of one number are kept to the last.
    let series = super::sample::series(vec![point("10:00 1234567890123456789.123456789")]);
    let buckets = buckets(&series, &sum(), &held(), TODAY).unwrap();
    assert_eq!(buckets[0].quantity, read("1234567890123456789.123456789"));
    assert_eq!(combine(&buckets), Ok(read("1234567890123456789.123456789")));
}

#[test]
fn a_quarter_may_have_many_different_attributes() {
    let lines: Vec<String> = (0..600).map(|it| format!("10:00 1 cell={:03}", it % 200)).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let folded = fold(&sum(), &lines);
    assert_eq!(folded.len(), 200);
    assert_eq!(folded[7], "U-1 10:00 cell=007 3 x3");
}

#[test]
fn buckets_add_up_in_rating() {
    let series = series(vec![point("10:00 1")]);
    let buckets = buckets(&series, &Measure::Count, &held(), TODAY).unwrap();
    assert_eq!(buckets[0].joins, Joins::Add);
    assert_eq!(combine(&[]), Ok(read("0")));
}
