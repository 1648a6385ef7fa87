//! The increments of running counters.

use facts::meter::{Measure, Rollover};

use super::sample::{fold, fold_of, possession};
use crate::line::{field, read};

fn counter() -> Measure {
    Measure::Counter(field("hours"))
}

#[test]
fn the_first_reading_is_a_baseline_and_each_later_one_adds_the_difference() {
    assert_eq!(
        fold(&counter(), &["09:59 2421.65", "10:00 2421.65", "10:29 2471.66"]),
        ["U-1 09:45 0 x1", "U-1 10:00 0 x1", "U-1 10:15 50.01 x1"]
    );
}

#[test]
fn after_a_reset_the_reading_itself_counts() {
    assert_eq!(
        fold(&counter(), &["09:00 100", "10:00 4.5", "11:00 5"]),
        ["U-1 09:00 0 x1", "U-1 10:00 4.5 x1", "U-1 11:00 0.5 x1"]
    );
}

#[test]
fn a_counter_with_few_digits_runs_over() {
    let measure = Measure::Rollover(Rollover { field: field("hours"), wraps_at: read("1000") });
    assert_eq!(
        fold(&measure, &["09:00 990", "10:00 5", "11:00 1005", "12:00 7"]),
        // A reading that the counter cannot show is taken for a counter without an end.
        ["U-1 09:00 0 x1", "U-1 10:00 15 x1", "U-1 11:00 1000 x1", "U-1 12:00 7 x1"]
    );
}

#[test]
fn a_free_reading_moves_the_counter_and_bills_nothing() {
    let served_late = [possession("U-1 08:00 - 11:00")];
    assert_eq!(
        fold_of(&counter(), &served_late, &["09:00 100", "10:00 110", "11:00 113"]),
        ["U-1 11:00 3 x1"]
    );
}

#[test]
fn a_reading_that_waits_does_not_move_the_counter() {
    let unheld = [possession("U-1 08:00 09:30 08:00"), possession("U-2 10:30 - 10:30")];
    assert_eq!(
        fold_of(&counter(), &unheld, &["09:00 100", "10:00 110", "11:00 113"]),
        ["U-1 09:00 0 x1", "U-2 11:00 13 x1"]
    );
}

#[test]
fn a_device_has_one_counter_whoever_holds_it() {
    let handed_over = [possession("U-1 08:00 10:30 08:00"), possession("U-2 10:30 - 10:30")];
    assert_eq!(
        fold_of(&counter(), &handed_over, &["09:00 100", "10:00 101", "11:00 104"]),
        ["U-1 09:00 0 x1", "U-1 10:00 1 x1", "U-2 11:00 3 x1"]
    );
}

#[test]
fn a_reading_that_comes_late_moves_hours_and_keeps_their_sum() {
    assert_eq!(
        fold(&counter(), &["09:00 100", "11:00 110"]),
        ["U-1 09:00 0 x1", "U-1 11:00 10 x1"]
    );
    assert_eq!(
        fold(&counter(), &["09:00 100", "10:00 107", "11:00 110"]),
        ["U-1 09:00 0 x1", "U-1 10:00 7 x1", "U-1 11:00 3 x1"]
    );
}

#[test]
fn readings_of_one_instant_are_taken_from_the_least() {
    assert_eq!(fold(&counter(), &["09:00 100", "10:00 107", "10:00 103"]).len(), 2);
    assert_eq!(
        fold(&counter(), &["10:00 107", "09:00 100", "10:00 103"]),
        ["U-1 09:00 0 x1", "U-1 10:00 7 x2"]
    );
}

#[test]
fn no_reading_measures_nothing() {
    assert_eq!(fold(&counter(), &[]), [""; 0]);
}
