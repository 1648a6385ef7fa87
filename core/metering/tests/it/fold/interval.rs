//! Numbers that were used evenly over a stretch of time.

use facts::meter::{Interval, Measure};
use metering::{buckets, combine};

use super::sample::{TODAY, fold, fold_of, held, point, possession, series};
use crate::line::{field, read};

pub fn interval() -> Measure {
    Measure::Interval(Interval {
        field: field("kwh"),
        from: "began".to_owned(),
        longest_seconds: 86_400,
    })
}

const MINUTE: i64 = 60_000_000;

fn line(end: &str, value: &str, minutes: i64) -> String {
    format!("{end} {value} $lasted={}", minutes * MINUTE)
}

#[test]
fn a_number_is_split_over_the_quarters_of_its_stretch() {
    assert_eq!(
        fold(&interval(), &[&line("10:20", "3", 30)]),
        ["U-1 09:45 1 x0", "U-1 10:00 1.5 x0", "U-1 10:15 0.5 x1"]
    );
}

#[test]
fn parts_without_a_finite_decimal_still_sum_to_the_whole() {
    let line = line("10:30", "1", 35);
    let series = series(vec![point(&line)]);
    let buckets = buckets(&series, &interval(), &held(), TODAY).unwrap();
    let parts: Vec<_> = buckets.iter().map(|it| it.quantity.to_string()).collect();
    assert_eq!(parts, ["0.142857142", "0.428571429", "0.428571429", "0"]);
    assert_eq!(combine(&buckets), Ok(read("1")));
}

#[test]
fn a_stretch_that_ends_on_a_boundary_has_no_part_after_it() {
    assert_eq!(fold(&interval(), &[&line("10:15", "2", 15)]), ["U-1 10:00 2 x0", "U-1 10:15 0 x1"]);
}

#[test]
fn a_stretch_of_no_length_is_in_its_own_quarter() {
    assert_eq!(fold(&interval(), &[&line("10:15", "2", 0)]), ["U-1 10:15 2 x1"]);
}

#[test]
fn what_was_used_before_the_service_is_free() {
    let served = [possession("U-1 09:00 - 10:05")];
    assert_eq!(
        fold_of(&interval(), &served, &[&line("10:20", "20", 20)]),
        ["U-1 10:00 10 x0", "U-1 10:15 5 x1"]
    );
}

#[test]
fn stretches_overlap() {
    assert_eq!(
        fold(&interval(), &[&line("10:20", "20", 20), &line("10:10", "10", 10)]),
        ["U-1 10:00 25 x1", "U-1 10:15 5 x1"]
    );
}
