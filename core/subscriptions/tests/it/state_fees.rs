//! Each change of state is charged once, on its day and to the unit whose day it is, whatever was
//! believed before. Somebody who walks from day to day says which there are.

use std::collections::BTreeMap;

use facts::ChargeKind;
use facts::device::{LifeState, StateChange};
use facts::offer::{ChargeRule, ComponentKind, Proration};
use facts::price::OrderedPrice;
use facts::unit::LifeBefore;
use jiff::civil::Date;
use proptest::prelude::*;

use crate::fleet::{Account, Unit, component, offer, paris, read};
use crate::states::{DAYS, Days, day, lives};

/// What costs something: from which states (none: any), and to which.
const FEES: [(&str, &[LifeState], LifeState); 8] = [
    ("stored", &[], LifeState::Stored),
    ("test", &[], LifeState::Test),
    ("active", &[], LifeState::Active),
    ("suspended", &[], LifeState::Suspended),
    ("gone", &[], LifeState::Gone),
    ("ended", &[], LifeState::Ended),
    ("first", &[LifeState::New, LifeState::Stored, LifeState::Test], LifeState::Active),
    ("again", &[LifeState::Suspended], LifeState::Active),
];

fn account(proration: Proration) -> Account {
    let fee = |(name, from, to): (&str, &[LifeState], LifeState)| {
        let price = OrderedPrice::Each(read("12.50"));
        let from = from.iter().copied().collect();
        component(name, ComponentKind::Fee, ChargeRule::StateChanged { price, from, to })
    };
    let components = FEES.map(fee).to_vec();
    Account::with(facts::OfferPublished { proration, plans: Vec::new(), components, ..offer() }, 1)
}

/// The device as one unit; or as two, of which the second goes on from a day on.
fn units(life: &Days, taken_over: Option<i64>) -> Vec<Unit> {
    let mut first = life.unit(&FEES.map(|it| it.0));
    let Some(number) = taken_over else { return vec![first] };
    let at = paris().start_of(day(number)).expect("a day of this era");
    let mut second = first.clone();
    second.unit = read("U-1.2");
    second.line.line = read("ORD-1001-2");
    second.line.units.iter_mut().for_each(|it| it.unit = read("U-1.2"));
    let whole = first.timeline.clone();
    first.timeline.passed_on_at = Some(at);
    first.timeline.ended_at = whole.ended_at.into_iter().chain([at]).min();
    first.timeline.start = whole.start.clone().filter(|it| it.start_at < at);
    second.timeline.before = Some(LifeBefore {
        passed_on_at: at,
        stored_from: whole.stored_from,
        test_from: whole.test_from,
        started_at: whole.start.as_ref().map(|it| it.start_at),
    });
    second.timeline.stored_from = whole.stored_from.map(|it| it.max(at));
    second.timeline.test_from = whole.test_from.map(|it| it.max(at));
    if let Some(start) = &mut second.timeline.start {
        start.start_at = start.start_at.max(at);
    }
    vec![first, second]
}

/// By component, unit and day: what the fees sum to, of those that were billed.
type Fees = BTreeMap<(String, String, Date), (StateChange, i32)>;

fn bill(account: &mut Account, units: &[Unit], issued_on: Date, fees: &mut Fees) {
    for charge in account.bill(units, issued_on) {
        let sign = if charge.kind == ChargeKind::StateFeeCredit { -1 } else { 1 };
        let day = charge.period.expect("the day of the change").from();
        assert!(day < issued_on, "known before it happened");
        let change = charge.device.change.expect("a change of state");
        for unit in &charge.units {
            let key = (charge.component.to_string(), unit.to_string(), day);
            let (of, times) = fees.entry(key).or_insert((change, 0));
            (*of, *times) = (change, *times + sign);
        }
    }
    fees.retain(|_, (_, times)| *times != 0);
}

fn expected(life: &Days, with_last_day: bool, taken_over: Option<i64>) -> Fees {
    let mut fees = Fees::new();
    for number in 0..DAYS {
        let [from, to] = [number - 1, number].map(|it| life.life_on(it, with_last_day));
        let is_second = taken_over.is_some_and(|it| it <= number);
        let unit = if is_second { "U-1.2" } else { "U-1" };
        for (name, of, becomes) in FEES {
            if from != to && to == becomes && (of.is_empty() || of.contains(&from)) {
                let key = (name.to_owned(), unit.to_owned(), day(number));
                fees.insert(key, (StateChange { from, to }, 1));
            }
        }
    }
    fees
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn each_change_is_charged_once_as_somebody_who_walks_sees_it(
        believed in lives(),
        life in lives(),
        taken_over in prop::option::of(1..DAYS),
        with_last_day in any::<bool>(),
    ) {
        let policy =
            if with_last_day { Proration::DaysInclusive } else { Proration::DaysHalfOpen };
        let mut account = account(policy);
        let mut fees = Fees::new();
        bill(&mut account, &units(&believed, None), day(40), &mut fees);
        bill(&mut account, &units(&life, taken_over), day(80), &mut fees);
        bill(&mut account, &units(&life, taken_over), day(DAYS), &mut fees);
        let mut right = expected(&life, with_last_day, taken_over);
        // A fee stays for the day on which it was billed, if there still is one.
        let of_day = |fees: &mut Fees| fees.values_mut().for_each(|it| it.0.from = it.0.to);
        of_day(&mut right);
        of_day(&mut fees);
        prop_assert_eq!(&fees, &right);
        prop_assert_eq!(account.bill(&units(&life, taken_over), day(DAYS)).len(), 0);
    }
}

#[test]
fn a_resumption_that_was_on_another_day_is_given_back_and_charged_again() {
    let suspended = |until: i64| Days::suspended(0, (10, until)).unit(&["again"]);
    let mut account = account(Proration::DaysHalfOpen);
    let lines = account.lines(&[suspended(20)], day(31));
    assert_eq!(lines, ["fee.state_change again 2026-01-21..2026-01-22 x1 12.50"]);
    let lines = account.lines(&[suspended(25)], day(59));
    assert_eq!(
        lines,
        [
            "fee.state_change again 2026-01-26..2026-01-27 x1 12.50",
            "fee.state_change_credit again 2026-01-21..2026-01-22 x-1 -12.50",
        ]
    );
    assert_eq!(account.lines(&[suspended(25)], day(59)), [""; 0]);
}
