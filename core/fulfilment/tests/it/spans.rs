//! Units that go on for each other divide the life of their device: nothing is in two of them, and
//! nothing in none.

use facts::UnitTakenOver;
use facts::unit::{StartEvidence, Timeline};
use fulfilment::{Span, UnitEvidence};
use jiff::Timestamp;
use jiff::civil::date;
use proptest::prelude::*;

use crate::order_of_arrival::{any_evidence, hour};
use crate::unit::{at, read, timeline_of};

const UNITS: [&str; 3] = ["U-001", "U-001.2", "U-001.3"];

fn taken_over(unit: usize, instant: Timestamp) -> UnitTakenOver {
    UnitTakenOver {
        unit: read(UNITS[unit]),
        by: read(UNITS[unit + 1]),
        order_line: read(&format!("ORD-{unit}-1")),
        agreed_at: instant,
        on: date(2026, 1, 9),
        at: instant,
    }
}

/// The timelines of three units of one device, of which the second begins at one instant and the
/// third at another.
fn parts(evidence: &UnitEvidence, turns: [Timestamp; 2]) -> Vec<Timeline> {
    let taken_over = [taken_over(0, turns[0]), taken_over(1, turns[1])];
    let life = timeline_of(evidence);
    let part = |number: usize| {
        let after = number.checked_sub(1).map(|it| read(UNITS[it]));
        let span = Span::of(&read(UNITS[number]), after.as_ref(), &taken_over, None);
        span.expect("a take-over that is known").cut(life.clone())
    };
    (0..3).map(part).collect()
}

fn serves(it: &Timeline, instant: Timestamp) -> bool {
    it.start.as_ref().is_some_and(|start| start.start_at <= instant)
        && it.ended_at.is_none_or(|ended| instant < ended)
}

fn holds(it: &Timeline, instant: Timestamp) -> Vec<String> {
    let held = it.holdings.iter().filter(|held| held.at(instant));
    held.map(|held| held.serial.to_string()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn the_units_of_a_device_divide_its_life(
        evidence in any_evidence(),
        first in 0_i64..50,
        later in 1_i64..30,
        hours in 0_i64..90,
    ) {
        let turns = [at(&hour(first)), at(&hour(first + later))];
        let instant = at(&hour(hours));
        let (life, parts) = (timeline_of(&evidence), parts(&evidence, turns));
        let serving = parts.iter().filter(|it| serves(it, instant)).count();
        prop_assert_eq!(serving, usize::from(serves(&life, instant)), "{:#?}", parts);
        let held: Vec<String> = parts.iter().flat_map(|it| holds(it, instant)).collect();
        prop_assert_eq!(held, holds(&life, instant));
        for part in &parts {
            prop_assert_eq!(part.delivered_at, life.delivered_at);
            prop_assert_eq!(part.returned_at, life.returned_at);
        }
    }

    #[test]
    fn a_service_that_goes_on_says_for_whom(evidence in any_evidence(), first in 0_i64..50) {
        let turn = at(&hour(first));
        let life = timeline_of(&evidence);
        let parts = parts(&evidence, [turn, Timestamp::MAX]);
        if let Some(start) = &parts[1].start {
            let goes_on = life.start.as_ref().is_some_and(|it| it.start_at < turn);
            let says = matches!(&start.evidence, StartEvidence::TakenOver { after }
                if after.as_str() == UNITS[0]);
            prop_assert_eq!(says, goes_on);
        }
    }
}

#[test]
fn a_take_over_that_is_not_known_gives_nothing() {
    assert_eq!(Span::of(&read("U-001.2"), Some(&read("U-001")), &[], None), None);
}

#[test]
fn a_contract_is_over_when_nobody_goes_on_for_its_device() {
    let cancelled = Timeline { over_at: Some(at(&hour(30))), ..Timeline::default() };
    let running = Timeline::default();
    let over = |taken_over: &[UnitTakenOver], ends: Option<i64>, life: &Timeline| {
        let ends_at = ends.map(|hours| at(&hour(hours)));
        let span = Span::of(&read(UNITS[0]), None, taken_over, ends_at);
        span.expect("the first unit").cut(life.clone()).over_at
    };
    let next = [taken_over(0, at(&hour(20)))];
    assert_eq!(over(&[], None, &cancelled), Some(at(&hour(30))));
    assert_eq!(over(&[], Some(25), &cancelled), Some(at(&hour(25))), "it ended before");
    assert_eq!(over(&[], Some(25), &running), Some(at(&hour(25))));
    assert_eq!(over(&next, None, &cancelled), None, "the next one is cancelled");
    assert_eq!(over(&next, Some(25), &running), None, "another goes on");
    assert_eq!(over(&next, Some(15), &running), Some(at(&hour(15))), "it ended before");
}
