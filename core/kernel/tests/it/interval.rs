//! Charge periods tile, and each contains its day.

use jiff::civil::{Date, date};
use kernel::calendar::{add_days, add_months};
use kernel::{BillCycle, Interval};
use proptest::prelude::*;

use crate::read;

#[test]
fn months_are_counted_from_the_anchor_each_time() {
    let quarter = Interval::Months(3);
    let around = |day: &str| quarter.period_of(date(2026, 1, 31), read(day)).unwrap().to_string();
    assert_eq!(around("2026-01-31"), "2026-01-31..2026-04-30");
    assert_eq!(around("2026-04-29"), "2026-01-31..2026-04-30");
    assert_eq!(around("2026-04-30"), "2026-04-30..2026-07-31");
    assert_eq!(around("2026-01-30"), "2025-10-31..2026-01-31");
    let year = Interval::Months(12);
    let leap = year.period_of(date(2024, 2, 29), date(2027, 2, 28)).unwrap();
    assert_eq!(leap.to_string(), "2027-02-28..2028-02-29");
}

#[test]
fn the_calendar_has_quarters_from_the_bill_day_and_weeks_from_monday() {
    let on = |day| BillCycle::new(day).unwrap();
    let in_calendar = |interval: Interval, cycle, day: &str| {
        let calendar = on(cycle).into();
        interval.in_calendar(&calendar, read(day)).unwrap().period.to_string()
    };
    assert_eq!(in_calendar(Interval::Months(3), 1, "2026-03-31"), "2026-01-01..2026-04-01");
    assert_eq!(in_calendar(Interval::Months(3), 15, "2026-04-14"), "2026-01-15..2026-04-15");
    assert_eq!(in_calendar(Interval::Months(3), 31, "2026-04-30"), "2026-04-30..2026-07-31");
    assert_eq!(in_calendar(Interval::Months(12), 15, "2026-01-14"), "2025-01-15..2026-01-15");
    assert_eq!(in_calendar(Interval::Weeks(1), 15, "2026-03-01"), "2026-02-23..2026-03-02");
}

fn intervals() -> impl Strategy<Value = Interval> {
    prop_oneof![(1_u16..40).prop_map(Interval::Weeks), (1_u16..40).prop_map(Interval::Months)]
}

fn days() -> impl Strategy<Value = Date> {
    (0_i32..20_000).prop_map(|it| add_days(date(2000, 1, 1), it).expect("a day"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn charge_periods_tile(interval in intervals(), anchor in days(), day in days()) {
        let period = interval.period_of(anchor, day).unwrap();
        prop_assert!(period.contains(day));
        prop_assert_eq!(interval.period_of(anchor, period.to()).unwrap().from(), period.to());
        let before = period.from().yesterday().unwrap();
        prop_assert_eq!(interval.period_of(anchor, before).unwrap().to(), period.from());
        prop_assert_eq!(interval.period_of(anchor, anchor).unwrap().from(), anchor);
    }

    #[test]
    fn months_of_the_calendar_are_bill_periods_put_together(
        months in prop::sample::select(vec![1_u16, 2, 3, 4, 6, 12]),
        cycle in 1_u8..=31,
        day in days(),
    ) {
        let cycle = BillCycle::new(cycle).unwrap();
        let period = Interval::Months(months).in_calendar(&cycle.into(), day).unwrap().period;
        prop_assert!(period.contains(day));
        let mut at = period.from();
        for _ in 0..months {
            prop_assert!(cycle.begins_on(at));
            at = cycle.next_after(at).unwrap();
        }
        prop_assert_eq!(at, period.to());
        let number = i32::from(period.from().month()) - 1;
        prop_assert_eq!(number % i32::from(months), 0);
        prop_assert!(add_months(period.from(), i32::from(months)).is_ok());
    }
}
