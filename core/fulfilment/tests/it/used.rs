//! Services that start with usage, against somebody who walks from day to day and looks at what the
//! device in the unit's hands used.

use facts::offer::{Milestone, StartPolicy, StartTrigger, TestState, UsageThreshold};
use facts::unit::{ChangeAction, ShipmentReason, StartEvidence, Timeline};
use facts::{UnitId, UnitUsed};
use fulfilment::{StartRule, UnitEvidence, Use, moves, uses};
use jiff::civil::{Date, date};
use kernel::Zone;
use proptest::prelude::*;

use crate::unit::{at, change, delivery, read, shipment, timeline_under};

/// Day in January, hour (2 or 20), whether the second device sent it, whether another meter
/// measured it, and how much.
type Event = (i8, bool, bool, bool, u8);

fn instant((day, late, ..): Event) -> String {
    format!("2026-01-{day:02}T{}:00:00Z", if late { "20" } else { "02" })
}

fn policy(first_usage: bool, test: Option<(u8, Option<u8>)>) -> StartPolicy {
    let trigger = StartTrigger::At(Milestone::Delivered);
    let first_of = vec![if first_usage { StartTrigger::FirstUsage } else { trigger }];
    let until = |quantity: u8| UsageThreshold {
        meter: read("minutes"),
        quantity: read(&quantity.to_string()),
    };
    let test =
        test.map(|(days, quantity)| TestState { days: days.into(), until: quantity.map(until) });
    StartPolicy { first_of, not_before: Some(Milestone::Delivered), deadline: None, test }
}

fn under<T>(policy: &StartPolicy, ask: impl FnOnce(StartRule<'_>) -> T) -> T {
    let (signals, zone) = (std::collections::BTreeSet::new(), read::<Zone>("Europe/Paris"));
    let ordered_on = date(2025, 12, 28);
    ask(StartRule { policy, activation_signals: &signals, ordered_on, zone: &zone })
}

/// What the log says is told to the timeline, as the engine does.
fn life(policy: &StartPolicy, mut evidence: UnitEvidence, events: &[Use]) -> Timeline {
    let found = under(policy, |rule| uses(&evidence, rule, events));
    evidence.used.push(UnitUsed {
        unit: read::<UnitId>("U-001"),
        revision: 1,
        known_before: at("2026-03-01T00:00:00Z"),
        first_at: found.first_at,
        used_up_on: found.used_up_on,
    });
    timeline_under(policy, &evidence)
}

/// The first day of the test, or of the service where there is none, and that of the service.
fn walk(
    (delivered, swapped): (i8, Option<i8>),
    (first_usage, test): (bool, Option<(u8, Option<u8>)>),
    events: &[Event],
) -> Option<(Date, Date)> {
    // All happens at 12:00, so that the morning of a day is before it and the evening after.
    let half = |(day, late, ..): &Event| 2 * i32::from(*day) + i32::from(*late);
    let is_ours = |it: &Event| match swapped {
        Some(swap) => it.2 == (half(it) > 2 * i32::from(swap)),
        None => !it.2,
    };
    let mine: Vec<&Event> =
        events.iter().filter(|it| half(it) > 2 * i32::from(delivered) && is_ours(it)).collect();
    let begun =
        if first_usage { mine.iter().map(|it| half(it)).min()? } else { 2 * i32::from(delivered) };
    let begun_on = begun / 2;
    let Some((days, until)) = test else { return Some((january(begun_on), january(begun_on))) };
    let (mut used, mut day) = (0_i32, begun_on);
    loop {
        if day == begun_on + i32::from(days) {
            return Some((january(begun_on), january(day)));
        }
        let of_day = mine.iter().filter(|it| i32::from(it.0) == day && half(it) >= begun);
        used += of_day.filter(|it| !it.3).map(|it| i32::from(it.4)).sum::<i32>();
        day += 1;
        if until.is_some_and(|until| used >= i32::from(until)) {
            return Some((january(begun_on), january(day)));
        }
    }
}

fn january(day: i32) -> Date {
    let days = jiff::Span::new().days(day - 1);
    date(2026, 1, 1).checked_add(days).expect("a day of 2026")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn the_start_is_that_of_somebody_who_looks_at_what_was_used(
        delivered in 1_i8..10,
        swapped in proptest::option::of(10_i8..25),
        first_usage in any::<bool>(),
        test in proptest::option::of((1_u8..20, proptest::option::of(1_u8..40))),
        events in proptest::collection::vec(
            (1_i8..29, any::<bool>(), any::<bool>(), any::<bool>(), 0_u8..15), 0..12
        ),
    ) {
        let noon = |day: i8| format!("2026-01-{day:02}T12:00:00Z");
        let sale = shipment("SHP-1", "T-1", ShipmentReason::Sale, &noon(delivered));
        let swap = |day| change("CHG-1", &noon(day), ChangeAction::Swap(read("T-2")));
        let evidence = UnitEvidence {
            shipments: vec![sale],
            deliveries: vec![delivery("SHP-1", &noon(delivered))],
            changes: swapped.map(swap).into_iter().collect(),
            ..UnitEvidence::default()
        };
        let told: Vec<Use> = events.iter().map(|it| Use {
            serial: read(if it.2 { "T-2" } else { "T-1" }),
            at: at(&instant(*it)),
            meter: read(if it.3 { "payments" } else { "minutes" }),
            quantity: read(&it.4.to_string()),
        }).collect();
        let policy = policy(first_usage, test);
        let life = life(&policy, evidence.clone(), &told);
        let zone: Zone = read("Europe/Paris");
        let start = life.start.as_ref().map(|it| zone.day_of(it.start_at));
        let begun = life.test_from.map(|it| zone.day_of(it)).or(start);
        let expected = walk((delivered, swapped), (first_usage, test), &events);
        prop_assert_eq!(begun.zip(start), expected);
        // The order in which it was sent does not matter.
        let backwards: Vec<Use> = told.into_iter().rev().collect();
        let again = self::life(&policy, evidence.clone(), &backwards);
        prop_assert_eq!(&life.start, &again.start);
        // Whoever hears nothing of what was used since the start knows the same life.
        let start_at = life.start.map(|it| it.start_at);
        let so_far = backwards.iter().filter(|it| start_at.is_none_or(|start| it.at <= start));
        let so_far: Vec<Use> = so_far.cloned().collect();
        let moved = under(&policy, |rule| {
            let [few, all] = [&so_far, &backwards].map(|it| uses(&evidence, rule, it));
            moves(&evidence, rule, (few, all))
        });
        prop_assert!(!moved, "{so_far:?}");
    }
}

#[test]
fn what_is_used_up_says_so() {
    let policy = policy(false, Some((10, Some(5))));
    let evidence = crate::unit::delivered();
    let event = Use {
        serial: read("T-1"),
        at: at("2026-01-14T10:00:00Z"),
        meter: read("minutes"),
        quantity: read("5"),
    };
    let start = life(&policy, evidence, &[event]).start.expect("a start");
    assert_eq!(start.start_at, at("2026-01-14T23:00:00Z"));
    assert!(matches!(start.evidence, StartEvidence::UsedUp { .. }), "{start:?}");
}
