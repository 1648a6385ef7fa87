//! Bill days that change: whatever they become, each day of service is charged once, at the price
//! of the period that it is in.

use std::collections::BTreeMap;

use facts::ChargeKind;
use facts::offer::Timing;
use facts::unit::ChangeAction;
use jiff::civil::{Date, date};
use kernel::calendar::add_days;
use kernel::{BillCalendar, BillCycle, CycleChange, Exact};
use proptest::prelude::*;

use crate::fleet::{Account, days_of, offer, recurring, shown, started, unit};

fn cycle(day: u8) -> BillCycle {
    BillCycle::new(day).expect("a cycle day")
}

fn with(calendar: &BillCalendar, from: Date, day: u8) -> BillCalendar {
    let change = CycleChange { from, day: cycle(day) };
    let earlier = calendar.changes().iter().copied().filter(|it| it.from < from);
    BillCalendar::new(calendar.first(), earlier.chain([change]).collect()).expect("in order")
}

#[test]
fn a_bridging_period_costs_its_days_of_the_new_period() {
    let mut account = Account::with(offer(), 1);
    let units = [started("U-001", date(2026, 4, 1))];
    assert_eq!(
        account.lines(&units, date(2026, 5, 1)),
        [
            "service.charge service_standard 2026-04-01..2026-05-01 30/30 x1 24.90",
            "service.charge service_standard 2026-05-01..2026-06-01 31/31 x1 24.90",
        ]
    );
    account.cycle = with(&account.cycle, date(2026, 5, 10), 15);
    assert_eq!(
        account.lines(&units, date(2026, 6, 1)),
        // 24.90 × 14 ÷ 31 = 11.245…
        ["service.charge service_standard 2026-06-01..2026-06-15 14/31 x1 11.25"]
    );
    assert_eq!(
        account.lines(&units, date(2026, 6, 15)),
        ["service.charge service_standard 2026-06-15..2026-07-15 30/30 x1 24.90"]
    );
}

/// The fraction of a price that each day costs, as somebody who looks at the days one by one says.
fn by_day(account: &Account, days: impl Iterator<Item = Date>) -> Exact {
    days.fold(Exact::ZERO, |sum, day| {
        let whole = account.cycle.tile_of(day).expect("a tile").whole;
        let one = Exact::ratio(1, i128::from(whole.days())).expect("a part");
        sum.plus(one).expect("a small sum")
    })
}

/// A change of the bill day: before which bill it is announced, from how many days before or after
/// the last one it counts, and the day that it becomes.
type Change = (usize, i32, u8);

fn changes() -> impl Strategy<Value = Vec<Change>> {
    prop::collection::vec((0_usize..10, -40_i32..90, 1_u8..=31), 0..5)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// `Account::bill` panics when a day is charged or given back twice.
    #[test]
    fn each_day_is_charged_once(
        first in 1_u8..=31,
        begins in 0_i32..800,
        ends in prop::option::of(1_i32..400),
        changes in changes(),
        in_arrears in any::<bool>(),
    ) {
        let start = add_days(date(2027, 6, 1), begins).unwrap();
        let timing = if in_arrears { Timing::InArrears } else { Timing::InAdvance };
        let mut sold = offer();
        sold.components = vec![recurring("service", "31.00", timing, None)];
        let mut account = Account::with(sold, first);
        let mut unit = unit("U-001", &["service"]).starting(start);
        let end = ends.map(|it| add_days(start, it).unwrap());
        if let Some(end) = end {
            unit = unit.changing(end, ChangeAction::Return);
        }
        let units = [unit];
        let mut paid = BTreeMap::<Date, i32>::new();
        let (mut exact, mut last) = (Exact::ZERO, start);
        for bill in 0..10 {
            for (_, from, day) in changes.iter().filter(|it| it.0 == bill) {
                let changed = with(&account.cycle, add_days(last, *from).unwrap(), *day);
                let differs = changed.differs_from(&account.cycle).unwrap();
                // What was billed is cut by nothing; such a change is refused.
                if differs.is_none_or(|differs| last < differs) {
                    account.cycle = changed;
                }
            }
            let issued_on = account.cycle.next_after(last).unwrap();
            for charge in account.bill(&units, issued_on) {
                prop_assert_eq!(charge.kind, ChargeKind::ServiceCharge, "{}", shown(&charge));
                let (share, period) = (charge.days.unwrap(), charge.period.unwrap());
                let of = Exact::ratio(share.days.into(), share.period_days.into()).unwrap();
                exact = exact.plus(of).unwrap();
                days_of(period).for_each(|day| *paid.entry(day).or_default() += 1);
            }
            last = issued_on;
            let period = account.cycle.period_of(last).unwrap();
            let horizon = if in_arrears { period.from() } else { period.to() };
            let until = end.map_or(horizon, |end| end.min(horizon));
            let served = || std::iter::successors(Some(start), |day| day.tomorrow().ok())
                .take_while(|day| *day < until);
            prop_assert!(served().all(|day| paid.get(&day) == Some(&1)), "{last}");
            prop_assert_eq!(served().count(), paid.len(), "{}", last);
            prop_assert_eq!(by_day(&account, served()), exact, "{}", last);
            prop_assert!(account.charges(&units, last).is_empty());
        }
    }
}
