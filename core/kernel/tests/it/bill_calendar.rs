//! Bill periods tile whatever the bill day becomes, and no period that began is cut.

use jiff::civil::{Date, date};
use kernel::calendar::add_days;
use kernel::{BillCalendar, BillCycle, CycleChange, Interval};
use proptest::prelude::*;

use crate::{loads, read, round_trip};

fn cycle(day: u8) -> BillCycle {
    BillCycle::new(day).expect("a cycle day")
}

fn calendar(first: u8, changes: &[(&str, u8)]) -> BillCalendar {
    let change = |(from, day): &(&str, u8)| CycleChange { from: read(from), day: cycle(*day) };
    BillCalendar::new(cycle(first), changes.iter().map(change).collect()).expect("in order")
}

fn shown(calendar: &BillCalendar, day: &str) -> String {
    let tile = calendar.tile_of(read(day)).expect("a tile");
    format!("{} of {}", tile.period, tile.whole)
}

#[test]
fn the_period_that_runs_goes_on_and_a_bridge_leads_to_the_new_day() {
    let later = calendar(1, &[("2026-05-10", 15)]);
    assert_eq!(shown(&later, "2026-05-31"), "2026-05-01..2026-06-01 of 2026-05-01..2026-06-01");
    assert_eq!(shown(&later, "2026-06-01"), "2026-06-01..2026-06-15 of 2026-05-15..2026-06-15");
    assert_eq!(shown(&later, "2026-06-15"), "2026-06-15..2026-07-15 of 2026-06-15..2026-07-15");
    // A bill day itself is the first of the bridge.
    let at_once = calendar(15, &[("2026-01-15", 31)]);
    assert_eq!(shown(&at_once, "2026-01-20"), "2026-01-15..2026-01-31 of 2025-12-31..2026-01-31");
    assert_eq!(shown(&at_once, "2026-02-01"), "2026-01-31..2026-02-28 of 2026-01-31..2026-02-28");
    // The last day of February is the 31st and the 30th: no bridge.
    let same = calendar(31, &[("2026-02-10", 30)]);
    assert_eq!(shown(&same, "2026-03-01"), "2026-02-28..2026-03-30 of 2026-02-28..2026-03-30");
    let leap = calendar(31, &[("2028-02-10", 30)]);
    assert_eq!(shown(&leap, "2028-03-01"), "2028-02-29..2028-03-30 of 2028-02-29..2028-03-30");
}

#[test]
fn of_two_changes_in_one_period_the_last_counts() {
    let twice = calendar(1, &[("2026-05-10", 15), ("2026-05-20", 20)]);
    assert_eq!(shown(&twice, "2026-06-02"), "2026-06-01..2026-06-20 of 2026-05-20..2026-06-20");
    assert_eq!(twice.differs_from(&calendar(1, &[])), Ok(Some(date(2026, 6, 1))));
    let once = calendar(1, &[("2026-05-10", 15)]);
    assert_eq!(twice.differs_from(&once), Ok(Some(date(2026, 6, 1))));
    assert_eq!(once.differs_from(&once), Ok(None));
    assert_eq!(once.differs_from(&calendar(2, &[])), Ok(Some(Date::MIN)));
}

#[test]
fn a_quarter_that_runs_goes_on_too() {
    let later = calendar(1, &[("2026-05-10", 15)]);
    let tile = |day: &str| Interval::Months(3).in_calendar(&later, read(day)).unwrap();
    assert_eq!(tile("2026-06-30").period.to_string(), "2026-04-01..2026-07-01");
    assert_eq!(tile("2026-07-01").period.to_string(), "2026-07-01..2026-07-15");
    assert_eq!(tile("2026-07-01").whole.to_string(), "2026-04-15..2026-07-15");
    assert_eq!(tile("2026-07-15").period.to_string(), "2026-07-15..2026-10-15");
}

#[test]
fn a_calendar_without_a_change_is_stored_as_its_day() {
    round_trip(&calendar(31, &[]), "31");
    round_trip(
        &calendar(1, &[("2026-05-10", 15)]),
        r#"{"day":1,"changes":[{"from":"2026-05-10","day":15}]}"#,
    );
    assert!(!loads::<BillCalendar>("32"));
    let (a, b) = (r#"{"from":"2026-05-10","day":15}"#, r#"{"from":"2026-05-09","day":2}"#);
    assert!(!loads::<BillCalendar>(&format!(r#"{{"day":1,"changes":[{a},{b}]}}"#)));
}

fn days() -> impl Strategy<Value = Date> {
    (0_i32..1_500).prop_map(|it| add_days(date(2026, 1, 1), it).expect("a day"))
}

fn calendars() -> impl Strategy<Value = BillCalendar> {
    let changes = prop::collection::btree_map(days(), 1_u8..=31, 0..5);
    (1_u8..=31, changes).prop_map(|(first, changes)| {
        let change = |(from, day)| CycleChange { from, day: cycle(day) };
        BillCalendar::new(cycle(first), changes.into_iter().map(change).collect())
            .expect("in order")
    })
}

/// Goes from one first day of a period to the next, day by day; another cycle takes its turn on the
/// first of them that its day has come on.
fn walked(calendar: &BillCalendar, until: Date) -> Vec<Date> {
    let (mut at, mut now) = (date(2025, 10, 1), calendar.first());
    let mut firsts = Vec::new();
    while at < until {
        if now.begins_on(at) {
            let come = calendar.changes().iter().rfind(|it| it.from <= at);
            now = come.map_or(now, |it| it.day);
            firsts.push(at);
        }
        at = at.tomorrow().expect("a day");
    }
    firsts
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn periods_tile(calendar in calendars(), day in days(), months in 1_u16..=12) {
        for interval in [None, Some(Interval::Months(months)), Some(Interval::Weeks(1))] {
            let of = |day| match interval {
                None => calendar.tile_of(day).unwrap(),
                Some(it) => it.in_calendar(&calendar, day).unwrap(),
            };
            let tile = of(day);
            prop_assert!(tile.period.contains(day));
            prop_assert_eq!(of(tile.period.to()).period.from(), tile.period.to());
            let before = tile.period.from().yesterday().unwrap();
            prop_assert_eq!(of(before).period.to(), tile.period.from());
            prop_assert!(tile.whole.from() <= tile.period.from());
            prop_assert_eq!(tile.whole.to(), tile.period.to());
        }
    }

    #[test]
    fn periods_begin_where_somebody_who_walks_says(calendar in calendars(), day in days()) {
        let firsts = walked(&calendar, date(2030, 12, 1));
        let next = firsts.partition_point(|it| *it <= day);
        let period = calendar.period_of(day).unwrap();
        prop_assert_eq!((period.from(), period.to()), (firsts[next - 1], firsts[next]));
    }

    /// A change takes nothing back: what differs begins on its day or after it, and all before is
    /// as it was.
    #[test]
    fn calendars_agree_before_they_differ(
        calendar in calendars(),
        after in 1_i32..400,
        other in 1_u8..=31,
    ) {
        let last = calendar.changes().last().map_or(date(2026, 1, 1), |it| it.from);
        let day = add_days(last, after).unwrap();
        let changes = calendar.changes().iter().copied();
        let changed = changes.chain([CycleChange { from: day, day: cycle(other) }]).collect();
        let changed = BillCalendar::new(calendar.first(), changed).unwrap();
        let differs = changed.differs_from(&calendar).unwrap().unwrap();
        prop_assert!(day <= differs);
        prop_assert_eq!(calendar.period_of(differs).unwrap().from(), differs);
        let before = |it: &BillCalendar| {
            walked(it, date(2032, 1, 1)).into_iter().filter(|it| *it <= differs).collect::<Vec<_>>()
        };
        prop_assert_eq!(before(&calendar), before(&changed));
    }
}
