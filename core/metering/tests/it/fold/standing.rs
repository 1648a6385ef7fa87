//! The greatest, the least, the latest, and how many different.

use facts::meter::{Measure, Member};
use kernel::Quantity;
use metering::{buckets, combine};

use super::sample::{TODAY, fold, held, point, possession, series};
use crate::line::{field, read};

fn unique() -> Measure {
    Measure::Unique(Member { name: "driver".to_owned() })
}

fn period(measure: &Measure, lines: &[&str]) -> Quantity {
    let series = series(lines.iter().map(|line| point(line)).collect());
    combine(&buckets(&series, measure, &held(), TODAY).unwrap()).unwrap()
}

const LINES: [&str; 4] = ["10:00 3", "10:05 7", "10:10 5", "10:20 2"];

#[test]
fn the_greatest_and_the_least_of_a_quarter_and_of_a_period() {
    let (max, min) = (Measure::Max(field("n")), Measure::Min(field("n")));
    assert_eq!(fold(&max, &LINES), ["U-1 10:00 7 x3", "U-1 10:15 2 x1"]);
    assert_eq!(fold(&min, &LINES), ["U-1 10:00 3 x3", "U-1 10:15 2 x1"]);
    assert_eq!(period(&max, &LINES), read("7"));
    assert_eq!(period(&min, &LINES), read("2"));
}

#[test]
fn the_latest_of_a_quarter_and_of_a_period() {
    let latest = Measure::Latest(field("n"));
    assert_eq!(fold(&latest, &LINES), ["U-1 10:00 5 x3", "U-1 10:15 2 x1"]);
    assert_eq!(period(&latest, &LINES), read("2"));
    // Of one instant, the greater: the order of arrival has no say.
    assert_eq!(fold(&latest, &["10:00 5", "10:00 9", "10:00 7"]), ["U-1 10:00 9 x3"]);
}

#[test]
fn a_value_is_counted_once_however_often_it_comes() {
    let lines = [
        "10:00 0 $key=\"anna",
        "10:05 0 $key=\"bert",
        "10:10 0 $key=\"anna",
        "10:20 0 $key=\"anna",
        "10:21 0 $key=1",
        "10:22 0 $key=\"1",
    ];
    assert_eq!(fold(&unique(), &lines), ["U-1 10:00 2 x3", "U-1 10:15 3 x3"]);
    assert_eq!(period(&unique(), &lines), read("4"));
}

#[test]
fn what_a_measure_keeps_for_itself_does_not_part_buckets() {
    let lines = ["10:00 0 $key=\"anna depot=N", "10:05 0 $key=\"bert depot=N"];
    assert_eq!(fold(&unique(), &lines), ["U-1 10:00 depot=N 2 x2"]);
}

#[test]
fn each_unit_has_its_own_and_a_period_adds_up_the_units() {
    let handed_over = [possession("U-1 08:00 10:05 08:00"), possession("U-2 10:05 - 10:05")];
    let series = series(LINES.iter().map(|line| point(line)).collect());
    let of = |measure: &Measure| {
        combine(&buckets(&series, measure, &handed_over, TODAY).unwrap()).unwrap()
    };
    assert_eq!(of(&Measure::Max(field("n"))), read("10"));
    assert_eq!(of(&Measure::Latest(field("n"))), read("5"));
}
