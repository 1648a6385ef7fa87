//! Service days against a definition that looks at one day at a time, and what is billed against
//! them: whatever is recorded late, each day is billed once or not at all.

use std::collections::BTreeSet;

use facts::unit::ChangeAction;
use facts::{ComponentCode, UnitChanged};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use kernel::BillCycle;
use proptest::prelude::*;
use subscriptions::service_days;

use crate::fleet::{Account, Unit, offer, paris, read, started};

const FIRST: Date = date(2026, 1, 10);

fn day(number: i64) -> Date {
    FIRST + number.days()
}

fn action(kind: u8) -> ChangeAction {
    match kind {
        0 | 1 => ChangeAction::Suspend,
        2 | 3 => ChangeAction::Resume,
        4 => ChangeAction::Plan(read("standard")),
        5 => ChangeAction::Plan(read("premium")),
        _ => ChangeAction::Return,
    }
}

/// A change: day of effect, what it does, and which bill knows it first.
type Change = (i64, u8, usize);

/// The unit as a bill knows it; changes in the order of their effect.
fn known(start: i64, changes: &[Change], bill: usize) -> Unit {
    let mut known: Vec<_> = changes.iter().filter(|it| it.2 <= bill).collect();
    known.sort_by_key(|it| it.0);
    let unit = known.into_iter().fold(started("U-001", day(start)), |unit, (on, kind, _)| {
        unit.changing(day(*on), action(*kind))
    });
    let returns = unit.timeline.changes.iter().filter(|it| it.action == ChangeAction::Return);
    let returned_at = returns.map(|it| it.effective_at).min();
    let timeline = facts::unit::Timeline { returned_at, ended_at: returned_at, ..unit.timeline };
    Unit { timeline, ..unit }
}

/// The plan on a day; none without service.
fn plan_on(unit: &Unit, start: Date, on: Date) -> Option<&'static str> {
    let zone = paris();
    let (mut plan, mut is_suspended) = ("service_standard", false);
    let so_far = |it: &&UnitChanged| zone.day_of(it.effective_at) <= on;
    for change in unit.timeline.changes.iter().filter(so_far) {
        match &change.action {
            ChangeAction::Return | ChangeAction::Cancel => return None,
            ChangeAction::Accept => {}
            ChangeAction::Suspend => is_suspended = true,
            ChangeAction::Resume => is_suspended = false,
            ChangeAction::Plan(to) if to.as_str() == "premium" => plan = "service_premium",
            ChangeAction::Plan(_) => plan = "service_standard",
            ChangeAction::Swap(_) | ChangeAction::Lost(_) => {}
        }
    }
    (start <= on && !is_suspended).then_some(plan)
}

fn days_on(unit: &Unit, start: Date, horizon: Date, plan: Option<&str>) -> BTreeSet<Date> {
    let days = std::iter::successors(Some(FIRST), |day| day.tomorrow().ok());
    let days = days.take_while(|day| *day < horizon);
    let wanted = |day: &Date| {
        let on = plan_on(unit, start, *day);
        on.is_some() && (plan.is_none() || on == plan)
    };
    days.filter(wanted).collect()
}

fn billed_days(account: &Account, component: &str) -> BTreeSet<Date> {
    let key = (read::<ComponentCode>(component), read("U-001"));
    account.billed.service_days.get(&key).cloned().unwrap_or_default()
}

fn any_changes() -> impl Strategy<Value = Vec<Change>> {
    prop::collection::vec((0_i64..200, 0_u8..8, 0_usize..7), 0..7)
}

proptest! {
    #[test]
    fn service_days_are_what_each_day_says(start in 0_i64..90, changes in any_changes()) {
        let unit = known(start, &changes, usize::MAX);
        let horizon = date(2026, 8, 1);
        prop_assert_eq!(
            service_days(&unit.timeline, &paris(), horizon),
            days_on(&unit, day(start), horizon, None)
        );
    }

    /// `Account::bill` panics when a day is charged or given back twice.
    #[test]
    fn after_each_bill_the_billed_days_are_the_service_days(
        start in 0_i64..90,
        changes in any_changes(),
        cycle_day in 1_u8..32,
        skips in prop::collection::vec(0_usize..3, 1..7),
    ) {
        let cycle = BillCycle::new(cycle_day).unwrap();
        let mut account = Account::with(offer(), cycle_day);
        let mut bill_day = cycle.next_after(day(start)).unwrap();
        for (bill, skip) in skips.into_iter().enumerate() {
            for _ in 0..skip {
                bill_day = cycle.next_after(bill_day).unwrap();
            }
            let unit = known(start, &changes, bill);
            account.bill(std::slice::from_ref(&unit), bill_day);
            let horizon = cycle.next_after(bill_day).unwrap();
            for plan in ["service_standard", "service_premium"] {
                let expected = days_on(&unit, day(start), horizon, Some(plan));
                prop_assert_eq!(billed_days(&account, plan), expected, "{} {}", plan, bill_day);
            }
            prop_assert!(account.charges(&[unit], bill_day).is_empty());
            bill_day = horizon;
        }
    }
}

#[test]
fn the_day_of_a_start_is_that_of_the_zone_of_the_account() {
    let mut unit = started("U-027", date(2026, 1, 31));
    unit.timeline.start.as_mut().unwrap().start_at = read("2026-01-31T23:30:00Z");
    let days = service_days(&unit.timeline, &paris(), date(2026, 2, 3));
    assert_eq!(days, BTreeSet::from([date(2026, 2, 1), date(2026, 2, 2)]));
}

#[test]
fn the_time_of_day_of_a_change_does_not_matter() {
    for time in ["00:00:00", "23:59:59"] {
        let mut unit = started("U-001", date(2026, 3, 1));
        let at = format!("2026-03-05T{time}+01:00");
        unit.timeline.returned_at = Some(read(&at));
        unit.timeline.ended_at = Some(read(&at));
        let days = service_days(&unit.timeline, &paris(), date(2026, 4, 1));
        assert_eq!(days.last(), Some(&date(2026, 3, 4)), "{time}");
    }
}

#[test]
fn a_return_before_the_start_leaves_no_service_day() {
    let unit = started("U-001", date(2026, 3, 10)).returned(date(2026, 3, 5));
    assert!(service_days(&unit.timeline, &paris(), date(2026, 4, 1)).is_empty());
}
