//! By when something must have started a service, and the test before it.

use facts::offer::{AfterDeadline, DeadlineFrom, StartDeadline, StartPolicy, TestState};
use facts::offer::{Milestone, StartTrigger};
use facts::unit::{ChangeAction, MissedDeadline, StartEvidence, Timeline};
use fulfilment::UnitEvidence;
use jiff::civil::{Date, date};
use kernel::Zone;
use proptest::prelude::*;

use crate::unit::{at, change, delivered, read, signal, timeline_under};

/// 00:00 in Paris, ten days after the day of delivery.
const DEADLINE: &str = "2026-01-21T23:00:00Z";

fn policy(then: AfterDeadline) -> StartPolicy {
    StartPolicy {
        first_of: vec![StartTrigger::Activated],
        not_before: Some(Milestone::Delivered),
        deadline: Some(StartDeadline { after: DeadlineFrom::Delivered, days: 10, then }),
        test: None,
    }
}

fn life(policy: &StartPolicy, signalled_at: Option<&str>) -> Timeline {
    let signals = signalled_at.map(|it| signal("S-1", "T-1", it)).into_iter().collect();
    timeline_under(policy, &UnitEvidence { signals, ..delivered() })
}

fn missed(then: AfterDeadline) -> Option<MissedDeadline> {
    Some(MissedDeadline { at: at(DEADLINE), then })
}

#[test]
fn who_does_nothing_until_the_deadline_has_the_service() {
    let silent = life(&policy(AfterDeadline::Start), None);
    let start = silent.start.unwrap();
    assert_eq!(start.start_at, at(DEADLINE));
    assert!(matches!(start.evidence, StartEvidence::Deadline { days: 10, .. }));
    assert_eq!(silent.missed, None);

    let ordered =
        StartDeadline { after: DeadlineFrom::Ordered, days: 5, then: AfterDeadline::Start };
    let early = StartPolicy { deadline: Some(ordered), ..policy(AfterDeadline::Start) };
    let start = life(&early, None).start.unwrap();
    assert_eq!(start.start_at, at(crate::unit::DELIVERED_AT), "never before it may start");
}

#[test]
fn what_comes_before_the_deadline_counts_and_what_comes_with_it_does_not() {
    let policy = policy(AfterDeadline::Cancel);
    let in_time = life(&policy, Some("2026-01-21T22:59:59Z"));
    assert_eq!(in_time.start.map(|it| it.start_at), Some(at("2026-01-21T22:59:59Z")));
    assert_eq!((in_time.missed, in_time.ended_at), (None, None));

    for late in [Some(DEADLINE), None] {
        let lapsed = life(&policy, late);
        assert_eq!((lapsed.start, lapsed.missed), (None, missed(AfterDeadline::Cancel)));
        assert_eq!(lapsed.ended_at, Some(at(DEADLINE)));
        assert_eq!(lapsed.holdings[0].until, Some(at(DEADLINE)), "its usage is of nobody");
    }
}

#[test]
fn people_are_told_until_something_starts_it() {
    let policy = policy(AfterDeadline::Report);
    assert_eq!(life(&policy, None).missed, missed(AfterDeadline::Report));
    let late = life(&policy, Some("2026-03-01T12:00:00Z"));
    assert_eq!((late.missed, late.ended_at), (None, None));
    assert_eq!(late.start.map(|it| it.start_at), Some(at("2026-03-01T12:00:00Z")));
}

#[test]
fn an_end_before_the_deadline_is_the_end() {
    let mut evidence = delivered();
    evidence.changes = vec![change("CHG-1", "2026-01-15T09:00:00Z", ChangeAction::Return)];
    let life = timeline_under(&policy(AfterDeadline::Cancel), &evidence);
    assert_eq!((life.missed, life.ended_at), (None, Some(at("2026-01-15T09:00:00Z"))));
}

#[test]
fn a_test_comes_before_the_service() {
    let test = StartPolicy {
        test: Some(TestState { days: 14, until: None }),
        ..policy(AfterDeadline::Cancel)
    };
    let life = life(&test, Some("2026-01-20T12:00:00Z"));
    assert_eq!(life.test_from, Some(at("2026-01-20T12:00:00Z")));
    let start = life.start.unwrap();
    assert_eq!(start.start_at, at("2026-02-02T23:00:00Z"), "14 days from the 20th");
    assert!(matches!(start.evidence, StartEvidence::Tested { days: 14, .. }));
}

/// Days of January with evidence: delivery, first signal, end.
type Days = (i8, Option<i8>, Option<i8>);

fn days_later(day: Date, days: i16) -> Date {
    day.checked_add(jiff::Span::new().days(days)).expect("a day of 2026")
}

/// Somebody who walks from day to day: the day of the start and that of the cancellation.
fn walk(
    (delivered, signalled, ended): Days,
    (days, then): (u8, AfterDeadline),
    test: Option<u8>,
) -> (Option<Date>, Option<Date>) {
    let mut age = None;
    for offset in 0..120_i16 {
        let day = days_later(date(2026, 1, 1), offset);
        let is = |it: i8| day == date(2026, 1, it);
        if is(delivered) {
            age = Some(0_u8);
        }
        let Some(waited) = &mut age else { continue };
        let too_late = *waited == days && *waited > 0;
        let begins = (too_late && then == AfterDeadline::Start) || signalled.is_some_and(is);
        if too_late && then == AfterDeadline::Cancel {
            return (None, Some(day));
        }
        if ended.is_some_and(is) {
            return (None, None);
        }
        if begins {
            let start = days_later(day, i16::from(test.unwrap_or(0)));
            return (Some(start), None);
        }
        *waited = waited.saturating_add(1);
    }
    (None, None)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]
    #[test]
    fn the_start_is_that_of_somebody_who_walks_from_day_to_day(
        delivered in 1_i8..15,
        signalled in proptest::option::of(1_i8..29),
        ended in proptest::option::of(20_i8..29),
        days in 1_u8..20,
        then in prop_oneof![
            Just(AfterDeadline::Start), Just(AfterDeadline::Cancel), Just(AfterDeadline::Report)
        ],
        test in proptest::option::of(1_u8..20),
    ) {
        let noon = |day: i8| format!("2026-01-{day:02}T12:00:00Z");
        let mut evidence = UnitEvidence::default();
        let sale = facts::unit::ShipmentReason::Sale;
        evidence.shipments = vec![crate::unit::shipment("SHP-1", "T-1", sale, &noon(delivered))];
        evidence.deliveries = vec![crate::unit::delivery("SHP-1", &noon(delivered))];
        let awake = signalled.map(|day| signal("S-1", "T-1", &noon(day)));
        evidence.signals = awake.into_iter().collect();
        let cancel = |day| change("CHG-1", &noon(day), ChangeAction::Cancel);
        evidence.changes = ended.map(cancel).into_iter().collect();
        let policy = StartPolicy {
            deadline: Some(StartDeadline {
                after: DeadlineFrom::Delivered, days: days.into(), then
            }),
            test: test.map(|days| TestState { days: days.into(), until: None }),
            ..policy(then)
        };
        let life = timeline_under(&policy, &evidence);
        let zone: Zone = read("Europe/Paris");
        let day = |at| zone.day_of(at);
        // A start after the end, or a test that ends after it, is none.
        let start = life.start.as_ref().map(|it| day(it.start_at));
        let begun = life.test_from.map(day).or(start);
        let begun_in_time = begun.filter(|on| life.ended_at.is_none_or(|end| *on < day(end)));
        let start = start.filter(|_| begun_in_time.is_some());
        let expected = walk((delivered, signalled, ended), (days, then), test);
        prop_assert_eq!((start, life.lapsed_at().map(day)), expected);
    }
}
