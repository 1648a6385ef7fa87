//! Days that were suspended or held: not served, whoever stops them; what was paid for them is
//! given back or used later, as the offer says. A plain second implementation keeps a purse of paid
//! days.

use std::collections::BTreeSet;

use facts::ComponentCode;
use facts::hold::HeldDays;
use facts::offer::{Proration, StoppedDays, Timing};
use facts::unit::ChangeAction;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use subscriptions::service_days;

use crate::fleet::{Account, Unit, noon, offer, paris, read, recurring, unit};

const FIRST: Date = date(2026, 1, 1);

fn day(number: i64) -> Date {
    FIRST + number.days()
}

/// One component of 31.00 a month in advance, whose stopped days are used later.
fn account(stopped_days: StoppedDays) -> Account {
    let service = recurring("service", "31.00", Timing::InAdvance, None);
    let proration = Proration::DaysHalfOpen;
    let plans = Vec::new();
    let components = vec![service];
    Account::with(
        facts::OfferPublished { stopped_days, proration, plans, components, ..offer() },
        1,
    )
}

fn held(from: i64, until: Option<i64>) -> HeldDays {
    HeldDays { from: day(from), until: until.map(day) }
}

fn one(held: Vec<HeldDays>) -> Unit {
    let mut unit = unit("U-1", &["service"]).starting(FIRST);
    unit.timeline.held = held;
    unit
}

#[test]
fn a_stopped_day_that_was_paid_stands_in_for_the_next_one() {
    let mut account = account(StoppedDays::UsedLater);
    let free = [one(Vec::new())];
    assert_eq!(
        account.lines(&free, date(2026, 1, 1)),
        ["service.charge service 2026-01-01..2026-02-01 31/31 x1 31.00"]
    );
    // Ten days of January are held: ten days of February are paid already.
    let stopped = [one(vec![held(10, Some(20))])];
    assert_eq!(
        account.lines(&stopped, date(2026, 2, 1)),
        ["service.charge service 2026-02-11..2026-03-01 18/28 x1 19.93"]
    );
    // The hold never was: its days are charged that were passed over.
    assert_eq!(
        account.lines(&free, date(2026, 3, 1)),
        [
            "service.charge service 2026-02-01..2026-02-11 10/28 x1 11.07",
            "service.charge service 2026-03-01..2026-04-01 31/31 x1 31.00",
        ]
    );
}

#[test]
fn what_is_left_when_the_service_ends_is_given_back() {
    let mut account = account(StoppedDays::UsedLater);
    account.bill(&[one(Vec::new())], date(2026, 1, 1));
    let stopped = one(vec![held(10, None)]);
    assert_eq!(account.lines(std::slice::from_ref(&stopped), date(2026, 2, 1)), [""; 0]);
    assert_eq!(account.lines(std::slice::from_ref(&stopped), date(2026, 3, 1)), [""; 0]);
    let mut ended = stopped.changing(date(2026, 3, 10), ChangeAction::Cancel);
    ended.timeline.ended_at = Some(noon(date(2026, 3, 10)));
    assert_eq!(
        account.lines(&[ended], date(2026, 4, 1)),
        ["service.credit service 2026-01-11..2026-02-01 21/31 x-1 -21.00"]
    );
}

#[test]
fn a_hold_and_a_suspension_of_one_day_stop_it_once() {
    let mut unit = one(vec![held(3, Some(6)), held(8, Some(9))]);
    unit = unit.changing(day(5), ChangeAction::Suspend).changing(day(7), ChangeAction::Resume);
    let days = service_days(&unit.timeline, &paris(), day(10));
    assert_eq!(days, [0, 1, 2, 7, 9].map(day).into());
}

/// Stops of a unit: the first day, how many, and whether it is a suspension; and the bill that
/// knows each first.
type Stop = (i64, i64, bool, usize);

fn stops() -> impl Strategy<Value = Vec<Stop>> {
    prop::collection::vec((0_i64..180, 0_i64..70, any::<bool>(), 0_usize..7), 0..5)
}

fn known(stops: &[Stop], end: Option<(i64, usize)>, bill: usize) -> Unit {
    let mut known: Vec<_> = stops.iter().filter(|it| it.3 <= bill).collect();
    known.sort_by_key(|it| it.0);
    let mut unit = one(Vec::new());
    let mut suspended_until = -1;
    for (from, days, is_suspension, _) in known {
        if *is_suspension && *from > suspended_until {
            unit = unit.changing(day(*from), ChangeAction::Suspend);
            unit = unit.changing(day(from + days), ChangeAction::Resume);
            suspended_until = from + days;
        } else {
            unit.timeline.held.push(held(*from, Some(from + days)));
        }
    }
    if let Some((end, _)) = end.filter(|it| it.1 <= bill) {
        unit.timeline.ended_at = Some(noon(day(end)));
    }
    unit
}

/// Whether a day is stopped by anything that is known.
fn is_stopped(stops: &[Stop], bill: usize, on: i64) -> bool {
    stops.iter().any(|(from, days, _, known)| *known <= bill && (*from..from + days).contains(&on))
}

/// The days that are billed after a bill, by a purse: paid days that are not served go in, each
/// served day that is not paid takes one out, or is charged.
fn by_purse(
    billed: &BTreeSet<Date>,
    stops: &[Stop],
    (end, bill): (Option<i64>, usize),
    horizon: Date,
) -> BTreeSet<Date> {
    let ends = |on: i64| end.is_some_and(|end| end <= on);
    let mut after = BTreeSet::new();
    let mut purse: Vec<Date> = Vec::new();
    for on in 0..400 {
        let today = day(on);
        let is_paid = billed.contains(&today);
        let is_served = today < horizon && !ends(on) && !is_stopped(stops, bill, on);
        match (is_served, is_paid) {
            (true, true) => {
                after.insert(today);
            }
            (true, false) if !purse.is_empty() => {
                after.insert(purse.remove(0));
            }
            (true, false) => {
                after.insert(today);
            }
            (false, true) if is_stopped(stops, bill, on) => purse.push(today),
            _ => {}
        }
    }
    let is_over = end.is_some_and(|end| day(end) <= horizon);
    if !is_over {
        after.extend(purse);
    }
    after
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn after_each_bill_the_billed_days_are_those_of_the_purse(
        stops in stops(),
        end in prop::option::of((0_i64..250, 0_usize..7)),
        bills in 1_usize..8,
    ) {
        let mut account = account(StoppedDays::UsedLater);
        let key = (read::<ComponentCode>("service"), read("U-1"));
        let mut bill_day = date(2026, 2, 1);
        for bill in 0..bills {
            let unit = known(&stops, end, bill);
            let horizon = account.cycle.next_after(bill_day).unwrap();
            let before = account.billed.service_days.get(&key).cloned().unwrap_or_default();
            let ended = end.filter(|it| it.1 <= bill).map(|it| it.0);
            let expected = by_purse(&before, &stops, (ended, bill), horizon);
            account.bill(std::slice::from_ref(&unit), bill_day);
            let after = account.billed.service_days.get(&key).cloned().unwrap_or_default();
            prop_assert_eq!(after, expected, "after {}", bill_day);
            prop_assert!(account.charges(&[unit], bill_day).is_empty(), "a second run is empty");
            bill_day = horizon;
        }
    }

    /// Where stopped days are given back, what is billed is what is served.
    #[test]
    fn given_back_at_once_the_billed_days_are_the_service_days(
        stops in stops(),
        bills in 1_usize..8,
    ) {
        let mut account = account(StoppedDays::Credited);
        let key = (read::<ComponentCode>("service"), read("U-1"));
        let mut bill_day = date(2026, 2, 1);
        for bill in 0..bills {
            let unit = known(&stops, None, bill);
            account.bill(std::slice::from_ref(&unit), bill_day);
            let horizon = account.cycle.next_after(bill_day).unwrap();
            let expected: BTreeSet<Date> =
                (0..400).filter(|on| !is_stopped(&stops, bill, *on)).map(day).collect();
            let expected = expected.range(..horizon).copied().collect::<BTreeSet<_>>();
            let billed = account.billed.service_days.get(&key).cloned().unwrap_or_default();
            prop_assert_eq!(billed, expected);
            bill_day = horizon;
        }
    }
}
