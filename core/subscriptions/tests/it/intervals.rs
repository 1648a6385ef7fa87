//! Charge periods of their own: by the month, all together or late, each day is billed once, as its
//! part of the charge period that a naive count from the anchor finds.

use std::collections::BTreeMap;

use facts::offer::{Alignment, ChargeRule, Every, Timing};
use facts::{ChargeKind, OfferPublished};
use jiff::civil::{Date, date};
use kernel::Interval;
use kernel::calendar::{add_days, add_months};
use proptest::prelude::*;

use crate::fleet::{Account, offer, recurring, unit};

/// Cents of a whole charge period.
const PRICE: i64 = 9_000;

fn sold(timing: Timing, every: Every) -> OfferPublished {
    let mut component = recurring("warranty", "90.00", timing, None);
    if let ChargeRule::Recurring { every: of, .. } = &mut component.charge {
        *of = Some(every);
    }
    OfferPublished { components: vec![component], ..offer() }
}

fn step(anchor: Date, interval: Interval, times: i32) -> Date {
    match interval {
        Interval::Weeks(weeks) => add_days(anchor, times * 7 * i32::from(weeks)),
        Interval::Months(months) => add_months(anchor, times * i32::from(months)),
    }
    .expect("a day")
}

/// First day and end day of the charge period, one after the other from its anchor.
fn around(anchor: Date, interval: Interval, day: Date) -> (Date, Date) {
    let mut times = 0;
    while step(anchor, interval, times + 1) <= day {
        times += 1;
    }
    (step(anchor, interval, times), step(anchor, interval, times + 1))
}

fn days_between(from: Date, to: Date) -> i64 {
    i64::from((to - from).get_days())
}

/// A fraction of cents as whole cents, a half away from zero.
fn rounded(above: i64, below: i64) -> i64 {
    (above * 2 + below) / (below * 2)
}

fn intervals() -> impl Strategy<Value = Interval> {
    prop_oneof![(1_u16..6).prop_map(Interval::Weeks), (1_u16..14).prop_map(Interval::Months)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn each_day_is_billed_once_as_its_part_of_its_charge_period(
        interval in intervals(),
        in_advance in any::<bool>(),
        start in 0_i32..60,
        stay in prop::option::of(0_i32..500),
    ) {
        let timing = if in_advance { Timing::InAdvance } else { Timing::InArrears };
        let start = add_days(date(2026, 1, 1), start).expect("a day");
        let end = stay.map(|stay| add_days(start, stay).expect("a day"));
        let started = unit("U-001", &["warranty"]).delivered(start).starting(start);
        let started = end.map_or(started.clone(), |end| started.returned(end));
        let every = Every { interval, align: Alignment::Start };
        let (first, last) = (date(2026, 2, 1), date(2027, 9, 1));
        let mut account = Account::with(sold(timing, every), 1);
        let mut days: BTreeMap<Date, i64> = BTreeMap::new();
        let mut bill_day = first;
        while bill_day <= last {
            // What happens later is not known yet.
            let known = end.is_none_or(|end| end < bill_day);
            let known = if known { started.clone() } else {
                unit("U-001", &["warranty"]).delivered(start).starting(start)
            };
            let units = if start < bill_day { vec![known] } else { Vec::new() };
            for charge in account.bill(&units, bill_day) {
                let run = charge.period.expect("days of service");
                let (from, to) = around(start, interval, run.from());
                prop_assert!(run.to() <= to, "{run} crosses {from}..{to}");
                let part = rounded(PRICE * run.days(), days_between(from, to));
                let gives_back = charge.kind == ChargeKind::ServiceCredit;
                prop_assert_eq!(charge.amount.minor, if gives_back { -part } else { part });
                for day in run.each_day() {
                    *days.entry(day).or_default() += if gives_back { -1 } else { 1 };
                }
            }
            bill_day = add_months(bill_day, 1).expect("a day");
        }
        let (from, to) = around(start, interval, last);
        let horizon = if in_advance { to } else { from };
        let horizon = end.map_or(horizon, |end| end.min(horizon));
        let billed: Vec<Date> =
            days.into_iter().filter(|(_, times)| *times != 0).map(|(day, _)| day).collect();
        let served: Vec<Date> = std::iter::successors(Some(start), |day| day.tomorrow().ok())
            .take_while(|day| *day < horizon)
            .collect();
        prop_assert_eq!(billed, served);
    }
}
