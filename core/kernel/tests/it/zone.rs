//! Where a day begins.

use jiff::civil::{Date, date};
use jiff::{Span, Timestamp};
use kernel::Zone;
use kernel::calendar::{DateOutOfRange, UnknownZone, add_days};
use proptest::prelude::*;

use crate::{loads, read, round_trip};

#[test]
fn a_day_begins_at_midnight_of_the_clock_on_the_wall() {
    let table = [
        ("UTC", date(2026, 2, 1), "2026-02-01T00:00:00Z"),
        ("Europe/Paris", date(2026, 2, 1), "2026-01-31T23:00:00Z"),
        // The day of 23 hours, and the day after it.
        ("Europe/Paris", date(2026, 3, 29), "2026-03-28T23:00:00Z"),
        ("Europe/Paris", date(2026, 3, 30), "2026-03-29T22:00:00Z"),
        // The day of 25 hours, and the day after it.
        ("Europe/Paris", date(2026, 10, 25), "2026-10-24T22:00:00Z"),
        ("Europe/Paris", date(2026, 10, 26), "2026-10-25T23:00:00Z"),
        ("America/Toronto", date(2026, 3, 8), "2026-03-08T05:00:00Z"),
        ("America/Toronto", date(2026, 3, 9), "2026-03-09T04:00:00Z"),
        ("Asia/Kolkata", date(2026, 3, 1), "2026-02-28T18:30:00Z"),
        ("Asia/Kathmandu", date(2024, 2, 29), "2024-02-28T18:15:00Z"),
        ("Pacific/Kiritimati", date(2024, 3, 1), "2024-02-29T10:00:00Z"),
    ];
    for (zone, day, expected) in table {
        let start = read::<Zone>(zone).start_of(day).unwrap();
        assert_eq!(start.to_string(), expected, "{zone} {day}");
    }
}

/// Where daylight saving skips midnight, the day begins at the jump.
#[test]
fn a_day_without_midnight_begins_at_the_jump() {
    let table = [
        ("America/Sao_Paulo", date(2018, 11, 4), "2018-11-04T03:00:00Z", "01:00:00"),
        ("Africa/Cairo", date(2023, 4, 28), "2023-04-27T22:00:00Z", "01:00:00"),
        ("Asia/Beirut", date(2026, 3, 29), "2026-03-28T22:00:00Z", "01:00:00"),
        ("America/Havana", date(2023, 3, 12), "2023-03-12T05:00:00Z", "01:00:00"),
        // From 23:30 to 00:30: the jump is before midnight would have been.
        ("America/Toronto", date(1919, 3, 31), "1919-03-31T04:30:00Z", "00:30:00"),
    ];
    for (name, day, expected, wall) in table {
        let zone: Zone = read(name);
        let start = zone.start_of(day).unwrap();
        assert_eq!(start.to_string(), expected, "{name} {day}");
        assert_eq!(zone.local(start).to_string(), format!("{day}T{wall}"), "{name}");
        assert_eq!(zone.day_of(just_before(start)), day.yesterday().unwrap(), "{name}");
    }
}

/// Where midnight comes twice, the first one begins the day: both belong to it.
#[test]
fn a_day_with_two_midnights_begins_at_the_first() {
    let table = [
        ("Atlantic/Azores", date(2026, 10, 25), "2026-10-25T00:00:00Z"),
        ("America/Havana", date(2023, 11, 5), "2023-11-05T04:00:00Z"),
    ];
    for (name, day, expected) in table {
        let zone: Zone = read(name);
        let start = zone.start_of(day).unwrap();
        assert_eq!(start.to_string(), expected, "{name}");
        let second = start.checked_add(Span::new().hours(1)).unwrap();
        assert_eq!(zone.local(second), zone.local(start), "{name}: midnight comes twice");
        assert_eq!(zone.day_of(just_before(start)), day.yesterday().unwrap());
    }
}

/// Samoa had no 30 December 2011: that day has no length, and the days around it touch.
#[test]
fn a_day_that_never_came_has_no_length() {
    let zone: Zone = read("Pacific/Apia");
    let start = |day| zone.start_of(date(2011, 12, day)).unwrap();
    assert_eq!(start(30), start(31));
    assert_eq!(start(31).to_string(), "2011-12-30T10:00:00Z");
    assert_eq!(zone.day_of(start(31)), date(2011, 12, 31));
    assert_eq!(zone.day_of(just_before(start(31))), date(2011, 12, 29));
}

#[test]
fn an_instant_has_one_civil_day_in_each_zone() {
    let instant: Timestamp = read("2026-01-31T23:30:00Z");
    assert_eq!(read::<Zone>("UTC").day_of(instant), date(2026, 1, 31));
    assert_eq!(read::<Zone>("Europe/Paris").day_of(instant), date(2026, 2, 1));
    assert_eq!(read::<Zone>("America/Toronto").day_of(instant), date(2026, 1, 31));
    assert_eq!(read::<Zone>("Asia/Kolkata").local(instant).to_string(), "2026-02-01T05:00:00");
}

#[test]
fn a_zone_has_one_name() {
    let zone: Zone = read("europe/paris");
    assert_eq!(zone, read("Europe/Paris"));
    round_trip(&zone, "\"Europe/Paris\"");
    assert_eq!(read::<Zone>("UTC"), Zone::utc());
    round_trip(&Zone::utc(), "\"UTC\"");
    let never = ["", "Mars/Olympus", "Paris", " Europe/Paris", "+01:00", "../Paris", "Etc/Unknown"];
    for name in never {
        let expected = Err(UnknownZone(name.to_owned()));
        assert_eq!(name.parse::<Zone>(), expected, "{name:?}");
        assert!(!loads::<Zone>(&format!("\"{name}\"")));
    }
}

#[test]
fn the_ends_of_the_calendar_are_refused() {
    let paris: Zone = read("Europe/Paris");
    assert_eq!(paris.start_of(Date::MIN), Err(DateOutOfRange));
    assert_eq!(read::<Zone>("Etc/GMT+12").start_of(Date::MAX), Err(DateOutOfRange));
}

fn just_before(instant: Timestamp) -> Timestamp {
    instant.checked_sub(Span::new().nanoseconds(1)).expect("an instant")
}

/// Every zone that is compiled in.
fn zones() -> impl Strategy<Value = Zone> {
    let names: Vec<String> =
        jiff::tz::db().available().map(|name| name.as_str().to_owned()).collect();
    assert!(names.len() > 400, "the zones are compiled in");
    let known = |name: String| name.parse::<Zone>().ok();
    prop::sample::select(names).prop_filter_map("a zone", known)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// 1970 to 2060; before that, whole days were repeated where the date line moved.
    #[test]
    fn each_day_begins_where_the_day_before_it_ends(zone in zones(), offset in 1_i32..33_000) {
        let day = add_days(date(1970, 1, 1), offset).unwrap();
        let start = zone.start_of(day).unwrap();
        let next = zone.start_of(day.tomorrow().unwrap()).unwrap();
        if start < next {
            prop_assert_eq!(zone.day_of(start), day);
            prop_assert_eq!(zone.day_of(just_before(next)), day);
        } else {
            // A day that never came.
            prop_assert_eq!(start, next);
            prop_assert_eq!(zone.day_of(start), day.tomorrow().unwrap());
        }
        prop_assert!(zone.day_of(just_before(start)) < day);
    }

    #[test]
    fn an_instant_is_not_before_the_start_of_its_day(
        zone in zones(), second in 0_i64..2_800_000_000,
    ) {
        let instant = Timestamp::from_second(second).unwrap();
        let start = zone.start_of(zone.day_of(instant)).unwrap();
        prop_assert!(start <= instant);
    }
}
