//! Months, days and bill cycles.

use jiff::civil::{Date, date};
use kernel::calendar::{BadCycleDay, DateOutOfRange, add_days, add_months};
use kernel::{BillCycle, Period};
use proptest::prelude::*;

use crate::{loads, round_trip};

fn cycle(day: u8) -> BillCycle {
    BillCycle::new(day).expect("a cycle day")
}

#[test]
fn months_are_counted_from_the_start_day() {
    let from_31_january: Vec<_> =
        (0..=12).map(|months| add_months(date(2026, 1, 31), months).unwrap().to_string()).collect();
    assert_eq!(
        from_31_january,
        [
            "2026-01-31",
            "2026-02-28",
            "2026-03-31",
            "2026-04-30",
            "2026-05-31",
            "2026-06-30",
            "2026-07-31",
            "2026-08-31",
            "2026-09-30",
            "2026-10-31",
            "2026-11-30",
            "2026-12-31",
            "2027-01-31",
        ]
    );
    let table = [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2024, 2, 29), -48, date(2020, 2, 29)),
        (date(2024, 3, 31), -1, date(2024, 2, 29)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2100, 1, 29), 1, date(2100, 2, 28)),
    ];
    for (day, months, expected) in table {
        assert_eq!(add_months(day, months), Ok(expected), "{day} {months}");
    }
}

#[test]
fn days_are_counted_over_29_february() {
    assert_eq!(add_days(date(2024, 2, 28), 1), Ok(date(2024, 2, 29)));
    assert_eq!(add_days(date(2024, 2, 29), 1), Ok(date(2024, 3, 1)));
    assert_eq!(add_days(date(2026, 2, 28), 1), Ok(date(2026, 3, 1)));
    assert_eq!(add_days(date(2024, 3, 1), -1), Ok(date(2024, 2, 29)));
    assert_eq!(add_days(date(2026, 1, 1), 0), Ok(date(2026, 1, 1)));
}

#[test]
fn the_ends_of_the_calendar_are_refused() {
    assert_eq!(add_months(Date::MAX, 1), Err(DateOutOfRange));
    assert_eq!(add_days(Date::MAX, 1), Err(DateOutOfRange));
    assert_eq!(add_days(Date::MIN, -1), Err(DateOutOfRange));
    for months in [i32::MIN, i32::MAX] {
        assert_eq!(add_months(date(2026, 1, 1), months), Err(DateOutOfRange));
        assert_eq!(add_days(date(2026, 1, 1), months), Err(DateOutOfRange));
    }
    assert_eq!(cycle(1).period_of(Date::MAX), Err(DateOutOfRange));
    assert_eq!(cycle(2).period_of(Date::MIN), Err(DateOutOfRange));
    assert_eq!(cycle(1).next_after(Date::MAX), Err(DateOutOfRange));
}

#[test]
fn a_cycle_day_is_1_to_31() {
    for day in [0, 32, 128, 255] {
        assert_eq!(BillCycle::new(day), Err(BadCycleDay(day)));
        assert!(!loads::<BillCycle>(&day.to_string()));
    }
    for day in 1..=31 {
        round_trip(&cycle(day), &day.to_string());
        assert_eq!(u8::from(cycle(day)), day);
    }
}

#[test]
fn day_31_is_the_end_of_every_month() {
    let mut day = date(2023, 12, 31);
    let mut boundaries = Vec::new();
    for _ in 0..15 {
        day = cycle(31).next_after(day).unwrap();
        boundaries.push(day.to_string());
    }
    assert_eq!(
        boundaries,
        [
            "2024-01-31",
            "2024-02-29",
            "2024-03-31",
            "2024-04-30",
            "2024-05-31",
            "2024-06-30",
            "2024-07-31",
            "2024-08-31",
            "2024-09-30",
            "2024-10-31",
            "2024-11-30",
            "2024-12-31",
            "2025-01-31",
            "2025-02-28",
            "2025-03-31",
        ]
    );
}

#[test]
fn days_29_and_30_give_way_to_february_only() {
    let of = |day, on| cycle(day).period_of(on).unwrap().to_string();
    assert_eq!(of(30, date(2026, 2, 27)), "2026-01-30..2026-02-28");
    assert_eq!(of(30, date(2026, 2, 28)), "2026-02-28..2026-03-30");
    assert_eq!(of(30, date(2024, 2, 28)), "2024-01-30..2024-02-29");
    assert_eq!(of(29, date(2024, 2, 29)), "2024-02-29..2024-03-29");
    assert_eq!(of(29, date(2026, 3, 1)), "2026-02-28..2026-03-29");
    assert_eq!(of(15, date(2018, 1, 1)), "2017-12-15..2018-01-15");
    assert_eq!(of(1, date(2026, 1, 1)), "2026-01-01..2026-02-01");
}

/// The boundary of each month from its definition: the cycle day, or the last day before it.
fn boundaries(day: u8, first_year: i16, last_year: i16) -> Vec<Date> {
    let months = (first_year..=last_year).flat_map(|year| (1..=12).map(move |month| (year, month)));
    let wanted = i8::try_from(day).expect("a small number");
    let last_valid = |(year, month)| {
        (1..=wanted).rev().find_map(|day| Date::new(year, month, day).ok()).expect("a day")
    };
    months.map(last_valid).collect()
}

#[test]
fn periods_tile_for_every_cycle_day_over_leap_and_other_years() {
    for day in 1..=31 {
        let expected = boundaries(day, 2023, 2029);
        for pair in expected.windows(2) {
            let period = Period::new(pair[0], pair[1]).unwrap();
            let mut on = period.from();
            while on < period.to() {
                assert_eq!(cycle(day).period_of(on), Ok(period), "cycle {day}, {on}");
                assert_eq!(cycle(day).begins_on(on), on == period.from(), "cycle {day}, {on}");
                on = on.tomorrow().unwrap();
            }
            assert_eq!(cycle(day).next_after(period.from()), Ok(period.to()));
        }
    }
}

proptest! {
    #[test]
    fn a_period_contains_its_day_and_touches_its_neighbours(
        day in 1_u8..=31, offset in -600_000_i32..600_000,
    ) {
        let on = add_days(date(2000, 1, 1), offset).unwrap();
        let here = cycle(day).period_of(on).unwrap();
        prop_assert!(here.contains(on));
        prop_assert!((28..=31).contains(&here.days()));
        let next = cycle(day).period_of(here.to()).unwrap();
        prop_assert_eq!(next.from(), here.to());
        let before = cycle(day).period_of(here.from().yesterday().unwrap()).unwrap();
        prop_assert_eq!(before.to(), here.from());
    }

    #[test]
    fn adding_months_keeps_the_day_or_takes_the_last(
        offset in -300_000_i32..300_000, months in -1_200_i32..1_200,
    ) {
        let day = add_days(date(2000, 1, 1), offset).unwrap();
        let later = add_months(day, months).unwrap();
        let index = |it: Date| i32::from(it.year()) * 12 + i32::from(it.month());
        prop_assert_eq!(index(later), index(day) + months);
        prop_assert_eq!(later.day(), day.day().min(later.days_in_month()));
    }
}
