//! Half-open periods.

use jiff::civil::{Date, date};
use kernel::Period;
use kernel::calendar::add_days;
use kernel::period::EmptyPeriod;
use proptest::prelude::*;

use crate::{loads, round_trip};

fn period(from: Date, to: Date) -> Period {
    Period::new(from, to).expect("a period")
}

#[test]
fn the_first_day_is_in_and_the_end_day_is_out() {
    let january = period(date(2026, 1, 1), date(2026, 2, 1));
    assert_eq!(
        (january.from(), january.to(), january.days()),
        (date(2026, 1, 1), date(2026, 2, 1), 31)
    );
    for (day, expected) in [
        (date(2025, 12, 31), false),
        (date(2026, 1, 1), true),
        (date(2026, 1, 31), true),
        (date(2026, 2, 1), false),
    ] {
        assert_eq!(january.contains(day), expected, "{day}");
    }
    assert_eq!(january.to_string(), "2026-01-01..2026-02-01");
}

#[test]
fn a_period_has_at_least_one_day() {
    let day = date(2026, 1, 1);
    assert_eq!(Period::new(day, day), Err(EmptyPeriod { from: day, to: day }));
    assert!(Period::new(date(2026, 1, 2), day).is_err());
}

#[test]
fn days_are_counted_over_leap_years_and_all_of_the_calendar() {
    let days = |from, to| period(from, to).days();
    assert_eq!(days(date(2024, 2, 1), date(2024, 3, 1)), 29);
    assert_eq!(days(date(2026, 2, 1), date(2026, 3, 1)), 28);
    assert_eq!(days(date(2100, 2, 1), date(2100, 3, 1)), 28);
    assert_eq!(days(date(2000, 2, 29), date(2000, 3, 1)), 1);
    assert_eq!(days(date(2024, 1, 1), date(2025, 1, 1)), 366);
    assert_eq!(days(Date::MIN, Date::MAX), 7_304_483);
}

#[test]
fn json_holds_both_ends() {
    let january = period(date(2026, 1, 1), date(2026, 2, 1));
    round_trip(&january, r#"{"from":"2026-01-01","to":"2026-02-01"}"#);
    for json in [
        r#"{"from":"2026-02-01","to":"2026-01-01"}"#,
        r#"{"from":"2026-02-01","to":"2026-02-01"}"#,
        r#"{"from":"2026-02-30","to":"2026-03-01"}"#,
        r#"{"from":"2026-02-01"}"#,
    ] {
        assert!(!loads::<Period>(json), "{json}");
    }
}

fn periods() -> impl Strategy<Value = Period> {
    (0_i32..2_000, 1_i32..400).prop_map(|(start, days)| {
        let from = add_days(date(2023, 1, 1), start).expect("a day");
        period(from, add_days(from, days).expect("a day"))
    })
}

proptest! {
    #[test]
    fn the_overlap_is_the_days_of_both(a in periods(), b in periods(), offset in 0_i32..2_500) {
        let day = add_days(date(2023, 1, 1), offset).unwrap();
        let common = a.overlap(b);
        prop_assert_eq!(common, b.overlap(a));
        prop_assert_eq!(a.overlap(a), Some(a));
        let both = a.contains(day) && b.contains(day);
        prop_assert_eq!(common.is_some_and(|it| it.contains(day)), both);
    }

    #[test]
    fn a_period_that_is_cut_keeps_its_days(whole in periods(), cut in 1_i32..400) {
        prop_assume!(whole.days() > 1);
        let cut = 1 + i64::from(cut) % (whole.days() - 1);
        let at = add_days(whole.from(), i32::try_from(cut).unwrap()).unwrap();
        let (first, second) = (period(whole.from(), at), period(at, whole.to()));
        prop_assert_eq!(first.days() + second.days(), whole.days());
        prop_assert_eq!(first.overlap(second), None);
    }
}
