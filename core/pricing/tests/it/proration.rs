//! What part of a period is charged.

use facts::charge::{DayShare, Term};
use facts::offer::Proration::{self, DaysHalfOpen, FullPeriod, ThirtyDayMonth};
use jiff::civil::Date;
use kernel::calendar::add_days;
use kernel::{BillCycle, Currency, Exact, Period, Quantity, Rounding};
use pricing::amount::total;
use pricing::proration::{Others, share};
use proptest::prelude::*;

use crate::read;

/// `2021-01-27..2021-02-01`, the end day excluded.
fn period(text: &str) -> Period {
    let (from, to) = text.split_once("..").expect("two days");
    Period::new(read(from), read(to)).expect("a period")
}

/// The calendar month of the first day.
fn month_of(run: Period) -> Period {
    BillCycle::new(1).expect("a day").period_of(run.from()).expect("a month")
}

/// Columns "actual" and "30" of `reference/commercial-systems.md` §2.3, whose last day is
/// included; a whole February is 30/30 here, see `pricing::proration::share`.
#[test]
fn the_reference_table_comes_out() {
    let table = [
        ("2021-01-27..2021-02-01", (5, 31), (5, 30)),
        ("2021-02-27..2021-03-01", (2, 28), (2, 30)),
        ("2020-02-01..2020-03-01", (29, 29), (30, 30)),
        ("2021-04-21..2021-04-30", (9, 30), (9, 30)),
        ("2021-02-01..2021-03-01", (28, 28), (30, 30)),
        ("2021-01-01..2021-02-01", (31, 31), (30, 30)),
        ("2021-01-02..2021-02-01", (30, 31), (30, 30)),
        ("2021-01-03..2021-02-01", (29, 31), (29, 30)),
        ("2020-02-29..2020-03-01", (1, 29), (1, 30)),
    ];
    for (run, actual, thirty) in table {
        let run = period(run);
        let month = month_of(run);
        let pair = |policy| {
            let DayShare { days, period_days } =
                share(policy, Others::default(), run, month.into(), 1);
            (days, period_days)
        };
        assert_eq!(pair(DaysHalfOpen), actual, "{run:?}");
        assert_eq!(pair(ThirtyDayMonth), thirty, "{run:?}");
        let whole = month.days();
        assert_eq!(pair(FullPeriod), (whole, whole), "{run:?}");
    }
}

/// T-P1 and T-P2 of `reference/commercial-systems.md` §2.3.
#[test]
fn the_reference_amounts_come_out() {
    let stub = period("2018-01-01..2018-01-15");
    let cycle = BillCycle::new(15).unwrap();
    let first = cycle.period_of(stub.from()).unwrap();
    let next = cycle.period_of(stub.to()).unwrap();
    let table = [
        (ThirtyDayMonth, vec![(stub, first), (next, next)], "100", 14_667),
        (DaysHalfOpen, vec![(stub, first), (next, next)], "100", 14_516),
        (FullPeriod, vec![(stub, first), (next, next)], "100", 20_000),
        (DaysHalfOpen, vec![(period("2018-01-15..2018-02-01"), month_of(stub))], "31", 1_700),
    ];
    for (policy, runs, price, minor) in table {
        let term = |(run, bill_period): (Period, Period)| Term {
            part: None,
            percent: None,
            quantity: Quantity::ONE,
            unit_price: read(price),
            days: Some(share(policy, Others::default(), run, bill_period.into(), 1)),
        };
        let terms = runs.into_iter().map(term).collect();
        let usd: Currency = read("USD");
        let (_, amount) = total(terms, Rounding::default(), usd, None).unwrap();
        assert_eq!(amount.minor, minor, "{policy:?} {price}");
    }
}

prop_compose! {
    /// A bill period of any cycle day, cut into runs that tile it.
    fn cut_periods()(
        day in 1_u8..=31,
        offset in 0_i32..3_000,
        cuts in proptest::collection::vec(0_i64..31, 0..4),
    ) -> (Period, Vec<Period>) {
        let cycle = BillCycle::new(day).expect("a cycle day");
        let start = add_days(Date::constant(2023, 1, 1), offset).expect("a day");
        let whole = cycle.period_of(start).expect("a period");
        let at = |cut| add_days(whole.from(), i32::try_from(cut).expect("small")).expect("a day");
        let mut days: Vec<_> = cuts.into_iter().map(|cut| at(cut % whole.days())).collect();
        days.extend([whole.from(), whole.to()]);
        days.sort();
        let runs = days.windows(2).filter_map(|pair| Period::new(pair[0], pair[1]).ok());
        (whole, runs.collect())
    }
}

/// The share of a run where no other day of its period is charged.
fn alone(policy: Proration, run: Period, whole: Period) -> DayShare {
    share(policy, Others::default(), run, whole.into(), 1)
}

fn fraction(share: DayShare) -> Exact {
    Exact::ratio(share.days.into(), share.period_days.into()).expect("a fraction")
}

proptest! {
    #[test]
    fn the_runs_of_a_period_cost_its_price((whole, runs) in cut_periods()) {
        let parts = runs.iter().map(|run| fraction(alone(DaysHalfOpen, *run, whole)));
        let sum = parts.fold(Exact::ZERO, |sum, part| sum.plus(part).expect("a small sum"));
        prop_assert_eq!(sum, Exact::from_integer(1));
    }

    #[test]
    fn no_run_costs_nothing_or_more_than_its_period((whole, runs) in cut_periods()) {
        for policy in [DaysHalfOpen, ThirtyDayMonth, FullPeriod] {
            for run in runs.iter().copied() {
                let part = fraction(alone(policy, run, whole));
                prop_assert!(Exact::ZERO < part && part <= Exact::from_integer(1));
            }
            let price = fraction(alone(policy, whole, whole));
            prop_assert_eq!(price, Exact::from_integer(1), "{:?}", policy);
        }
    }

    #[test]
    fn a_longer_run_never_costs_less((whole, runs) in cut_periods()) {
        for policy in [Proration::DaysHalfOpen, ThirtyDayMonth, FullPeriod] {
            let cost = |run: &Period| (run.days(), fraction(alone(policy, *run, whole)));
            let mut costs: Vec<_> = runs.iter().map(cost).collect();
            costs.sort();
            prop_assert!(costs.windows(2).all(|pair| pair[0].1 <= pair[1].1));
        }
    }
}
