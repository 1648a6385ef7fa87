//! The states of a unit tile its life: each day from the delivery to the end is charged in one
//! state, or its device is gone. Somebody who walks from day to day says which.

use std::collections::BTreeMap;

use facts::device::{LifeState, ServiceState};
use facts::hold::HeldDays;
use facts::offer::{AfterLoss, ChargeRule, Proration, Timing};
use facts::unit::{ChangeAction, Loss, LossCause};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;

use crate::fleet::{Account, Unit, noon, offer, read, recurring, unit};

const STATES: [ServiceState; 4] =
    [ServiceState::Active, ServiceState::Stored, ServiceState::Test, ServiceState::Suspended];

/// The days that are looked at: four whole bill periods.
pub const DAYS: i64 = 120;

pub fn day(number: i64) -> Date {
    date(2026, 1, 1) + number.days()
}

/// A life in days from its first on.
#[derive(Debug, Clone)]
pub struct Days {
    delivered: Option<i64>,
    /// When something begins it, and how long it is tried then.
    begun: Option<(i64, i64)>,
    ended: Option<i64>,
    held: Option<(i64, i64)>,
    /// 0 suspends, 1 resumes, 2 loses the device, 3 swaps it.
    changes: Vec<(i64, u8)>,
}

pub fn lives() -> impl Strategy<Value = Days> {
    let changes = prop::collection::vec((0..DAYS, 0..4_u8), 0..6);
    let (delivered, ended) = (prop::option::of(0..40_i64), prop::option::of(0..DAYS));
    let (begun, held) = (prop::option::of((0..60_i64, 0..30_i64)), (0..DAYS, 0..20_i64));
    let all = (delivered, begun, ended, prop::option::of(held), changes);
    all.prop_map(|(delivered, begun, ended, held, mut changes)| {
        changes.sort_by_key(|it| it.0);
        Days { delivered, begun, ended, held, changes }
    })
}

impl Days {
    /// In service from a day on, and suspended between two.
    pub fn suspended(started: i64, (from, until): (i64, i64)) -> Self {
        let (begun, changes) = (Some((started, 0)), vec![(from, 0), (until, 1)]);
        Self { delivered: Some(started), begun, ended: None, held: None, changes }
    }

    pub fn unit(&self, components: &[&str]) -> Unit {
        let mut unit = unit("U-1", components);
        for (on, what) in &self.changes {
            let lost = Loss { cause: LossCause::Lost, then: AfterLoss::UntilReplaced };
            unit = unit.changing(
                day(*on),
                match what {
                    0 => ChangeAction::Suspend,
                    1 => ChangeAction::Resume,
                    2 => ChangeAction::Lost(lost),
                    _ => ChangeAction::Swap(read("SN-2")),
                },
            );
        }
        let at = |number: i64| noon(day(number));
        unit.timeline.stored_from = self.delivered.map(at);
        if let Some((begun, tried)) = self.begun {
            unit.timeline.test_from = (tried > 0).then(|| at(begun));
            unit = unit.starting(day(begun + tried));
        }
        unit.timeline.ended_at = self.ended.map(at);
        let held = |(from, days)| HeldDays { from: day(from), until: Some(day(from + days)) };
        unit.timeline.held = self.held.into_iter().map(held).collect();
        unit
    }

    fn state_on(&self, number: i64, with_last_day: bool) -> Option<ServiceState> {
        let key = self.life_on(number, with_last_day).key();
        STATES.into_iter().find(|it| it.key() == key)
    }

    /// What it is on a day; where a stop, a loss or the end begins, that day belongs to it or not.
    pub fn life_on(&self, number: i64, with_last_day: bool) -> LifeState {
        let lasts = |begins: u8, ends: u8| {
            let of_it = self.changes.iter().filter(|it| [begins, ends].contains(&it.1));
            let last = |before: i64| of_it.clone().rfind(|it| it.0 < before).map(|it| it.1);
            let is_over_today = of_it.clone().any(|it| *it == (number, ends));
            if with_last_day {
                // What begins today counts from tomorrow on.
                last(number) == Some(begins) && !is_over_today
            } else {
                last(number + 1) == Some(begins)
            }
        };
        let (rests, is_gone) = (lasts(0, 1), lasts(2, 3));
        let ended = self.ended.map(|it| if with_last_day { it + 1 } else { it });
        if ended.is_some_and(|ended| ended <= number) {
            return LifeState::Ended;
        }
        if is_gone {
            return LifeState::Gone;
        }
        let is_held = self.held.is_some_and(|(from, days)| (from..from + days).contains(&number));
        match self.begun {
            Some((begun, tried)) if begun + tried <= number => {
                let rests = rests || is_held;
                if rests { LifeState::Suspended } else { LifeState::Active }
            }
            Some((begun, tried)) if tried > 0 && begun <= number => LifeState::Test,
            _ if self.delivered.is_some_and(|it| it <= number) => LifeState::Stored,
            _ => LifeState::New,
        }
    }
}

fn account(proration: Proration) -> Account {
    let priced = |state: ServiceState| {
        let mut component = recurring(state.key(), "31.00", Timing::InArrears, None);
        if let ChargeRule::Recurring { state: of, .. } = &mut component.charge {
            *of = state;
        }
        component
    };
    let components = STATES.map(priced).to_vec();
    let plans = Vec::new();
    Account::with(facts::OfferPublished { proration, plans, components, ..offer() }, 1)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn each_day_is_charged_in_the_state_that_somebody_who_walks_sees(
        life in lives(),
        with_last_day in any::<bool>(),
    ) {
        let policy =
            if with_last_day { Proration::DaysInclusive } else { Proration::DaysHalfOpen };
        let mut seen: BTreeMap<Date, Vec<String>> = BTreeMap::new();
        let unit = life.unit(&STATES.map(ServiceState::key));
        for charge in account(policy).charges(&[unit], day(DAYS)) {
            for day in charge.period.expect("days of service").each_day() {
                seen.entry(day).or_default().push(charge.component.to_string());
            }
        }
        for number in 0..DAYS {
            let expected = life.state_on(number, with_last_day);
            let expected: Vec<_> = expected.into_iter().map(|it| it.key().to_owned()).collect();
            let charged = seen.remove(&day(number)).unwrap_or_default();
            prop_assert_eq!(charged, expected, "on {}", day(number));
        }
        prop_assert!(seen.is_empty(), "{seen:?}");
    }
}
