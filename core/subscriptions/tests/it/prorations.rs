//! Each proration policy against a definition that looks at all days of a period at once: whatever
//! is recorded when, what the lines charge and give back of a period is what its days cost.

use std::collections::{BTreeMap, BTreeSet};

use facts::ChargeKind;
use facts::offer::{Proration, Timing};
use facts::unit::ChangeAction;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use kernel::Period;
use proptest::prelude::*;

use crate::fleet::{Account, Unit, days_of, offer, recurring, shown, started, unit};

const POLICIES: [Proration; 5] = [
    Proration::DaysHalfOpen,
    Proration::DaysInclusive,
    Proration::ThirtyDayMonth,
    Proration::FullPeriod,
    Proration::None,
];

fn account(policy: Proration) -> Account {
    let mut sold = offer();
    sold.proration = policy;
    sold.components = vec![recurring("service", "31.00", Timing::InAdvance, None)];
    Account::with(sold, 1)
}

fn of(unit: Unit) -> Unit {
    let named = crate::fleet::unit(unit.unit.as_str(), &["service"]);
    Unit { timeline: unit.timeline, ..named }
}

/// What a device costs that comes on 10 January and goes back on 20 February, which is known then.
fn of_a_short_life(policy: Proration) -> Vec<String> {
    let (mut account, first) = (account(policy), of(started("U-001", date(2026, 1, 10))));
    let back = first.clone().returned(date(2026, 2, 20));
    let mut lines = account.lines(std::slice::from_ref(&first), date(2026, 2, 1));
    lines.extend(account.lines(std::slice::from_ref(&back), date(2026, 3, 1)));
    assert!(account.charges(&[back], date(2026, 3, 1)).is_empty());
    let short = |it: String| it.replace("service.", "").replace(" service", "");
    lines.into_iter().map(short).collect()
}

#[test]
fn a_short_life_under_each_policy() {
    let table = [
        (
            Proration::DaysHalfOpen,
            [
                "charge 2026-01-10..2026-02-01 22/31 x1 22.00",
                "charge 2026-02-01..2026-03-01 28/28 x1 31.00",
                "credit 2026-02-20..2026-03-01 9/28 x-1 -9.96",
            ],
        ),
        (
            Proration::DaysInclusive,
            [
                "charge 2026-01-10..2026-02-01 22/31 x1 22.00",
                "charge 2026-02-01..2026-03-01 28/28 x1 31.00",
                "credit 2026-02-21..2026-03-01 8/28 x-1 -8.86",
            ],
        ),
        (
            Proration::ThirtyDayMonth,
            [
                "charge 2026-01-10..2026-02-01 22/30 x1 22.73",
                "charge 2026-02-01..2026-03-01 30/30 x1 31.00",
                // 30 of 30 were paid, 19 were used.
                "credit 2026-02-20..2026-03-01 11/30 x-1 -11.37",
            ],
        ),
        (
            Proration::FullPeriod,
            [
                "charge 2026-01-10..2026-02-01 31/31 x1 31.00",
                "charge 2026-02-01..2026-03-01 28/28 x1 31.00",
                "credit 2026-02-20..2026-03-01 0/28 x-1 0.00",
            ],
        ),
        (
            Proration::None,
            [
                "charge 2026-01-10..2026-02-01 0/31 x1 0.00",
                "charge 2026-02-01..2026-03-01 28/28 x1 31.00",
                "credit 2026-02-20..2026-03-01 0/28 x-1 0.00",
            ],
        ),
    ];
    for (policy, lines) in table {
        assert_eq!(of_a_short_life(policy), lines, "{policy:?}");
    }
}

/// How many days of a month are paid for these days of it.
fn paid(policy: Proration, month: Period, days: &BTreeSet<Date>) -> i64 {
    let count = i64::try_from(days.len()).unwrap_or(i64::MAX);
    match policy {
        Proration::DaysHalfOpen | Proration::DaysInclusive => count,
        Proration::ThirtyDayMonth if count == month.days() => 30,
        Proration::ThirtyDayMonth => count.min(30),
        Proration::FullPeriod => count.min(1) * month.days(),
        Proration::None => i64::from(days.contains(&month.from())) * month.days(),
    }
}

/// A change: the day of its effect, what it does, and which bill knows it first.
type Change = (i64, u8, usize);

fn known(start: Date, changes: &[Change], bill: usize) -> Unit {
    let mut known: Vec<_> = changes.iter().filter(|it| it.2 <= bill).collect();
    known.sort_by_key(|it| it.0);
    let first = unit("U-001", &["service"]).starting(start);
    let unit = known.into_iter().fold(first, |unit, (on, kind, _)| {
        let action = match kind {
            0..3 => ChangeAction::Suspend,
            3..6 => ChangeAction::Resume,
            _ => ChangeAction::Return,
        };
        unit.changing(date(2026, 1, 5) + on.days(), action)
    });
    let returns = unit.timeline.changes.iter().filter(|it| it.action == ChangeAction::Return);
    let returned_at = returns.map(|it| it.effective_at).min();
    let timeline = facts::unit::Timeline { returned_at, ended_at: returned_at, ..unit.timeline };
    Unit { timeline, ..unit }
}

/// Whether a day is charged, by what happened on it and before.
fn is_served(unit: &Unit, start: Date, day: Date, inclusive: bool) -> bool {
    let of = |on: Date| {
        unit.timeline
            .changes
            .iter()
            .filter(move |it| crate::fleet::paris().day_of(it.effective_at) == on)
    };
    let (mut suspended, mut ended, mut at) = (false, false, date(2026, 1, 5));
    let (mut before, mut resumed) = ((suspended, ended), false);
    while at <= day {
        (before, resumed) = ((suspended, ended), false);
        for change in of(at) {
            resumed |= change.action == ChangeAction::Resume;
            match change.action {
                ChangeAction::Suspend => suspended = true,
                ChangeAction::Resume => suspended = false,
                _ => ended = true,
            }
        }
        at = at.tomorrow().expect("a day");
    }
    let (was_suspended, was_ended) = before;
    let ended = if inclusive { was_ended } else { ended };
    let suspended = if inclusive { was_suspended && !resumed } else { suspended };
    start <= day && !ended && !suspended
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_period_costs_what_its_days_cost(
        policy in prop::sample::select(POLICIES.to_vec()),
        start in 0_i64..60,
        changes in prop::collection::vec((0_i64..180, 0_u8..7, 0_usize..6), 0..6),
    ) {
        let start = date(2026, 1, 5) + start.days();
        let mut account = account(policy);
        let mut balance = BTreeMap::<Period, i64>::new();
        for bill in 0..6 {
            let issued_on = date(2026, 2, 1) + i64::try_from(bill).unwrap().months();
            let unit = known(start, &changes, bill);
            let units = if start < issued_on { vec![unit.clone()] } else { Vec::new() };
            for charge in account.bill(&units, issued_on) {
                let (share, run) = (charge.days.unwrap(), charge.period.unwrap());
                prop_assert!(share.days >= 0, "{}", shown(&charge));
                let sign = if charge.kind == ChargeKind::ServiceCredit { -1 } else { 1 };
                let month = account.cycle.period_of(run.from()).unwrap();
                *balance.entry(month).or_default() += sign * share.days;
            }
            prop_assert!(account.charges(&units, issued_on).is_empty());
            for (month, paid_so_far) in &balance {
                let inclusive = policy == Proration::DaysInclusive;
                let days = days_of(*month).filter(|day| is_served(&unit, start, *day, inclusive));
                let expected = paid(policy, *month, &days.collect());
                prop_assert_eq!(*paid_so_far, expected, "{} {:?}", month, unit.timeline.changes);
            }
        }
    }
}
