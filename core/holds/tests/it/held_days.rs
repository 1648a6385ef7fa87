//! What is held on a day, against a definition that looks at one hold and one day at a time.

use facts::hold::{Blocked, HeldDays, HoldTarget};
use facts::{HoldPlaced, HoldReleased, OrderLineId, UnitId};
use holds::{Holds, Place};
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp, ToSpan};
use proptest::prelude::*;

const FIRST: Date = date(2026, 1, 1);
const DAYS: i64 = 60;

fn day(number: i64) -> Date {
    FIRST + number.days()
}

fn hour(number: u8) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(i64::from(number))
}

/// A hold: on what, what it blocks, from which day, when it was recorded; and its release.
type Told = (u8, u8, i64, u8, Option<(i64, u8)>);

fn told() -> impl Strategy<Value = Vec<Told>> {
    let release = prop::option::of((0_i64..DAYS, 0_u8..20));
    prop::collection::vec((0_u8..5, 1_u8..8, 0_i64..DAYS, 0_u8..20, release), 0..6)
}

fn target(kind: u8) -> HoldTarget {
    match kind {
        0 => HoldTarget::Account,
        1 => HoldTarget::Line("L-1".parse().unwrap()),
        2 => HoldTarget::Line("L-2".parse().unwrap()),
        3 => HoldTarget::Unit("U-1".parse().unwrap()),
        _ => HoldTarget::Unit("U-2".parse().unwrap()),
    }
}

fn facts(told: &[Told]) -> (Vec<HoldPlaced>, Vec<HoldReleased>) {
    let (mut placed, mut released) = (Vec::new(), Vec::new());
    for (number, (kind, blocks, from, recorded, release)) in told.iter().enumerate() {
        let hold: facts::HoldId = format!("H-{number}").parse().unwrap();
        let account: facts::AccountId = "ACC-1".parse().unwrap();
        let blocked = |(bit, it): (u8, Blocked)| (blocks & (1 << bit) != 0).then_some(it);
        placed.push(HoldPlaced {
            hold: hold.clone(),
            holder: "dunning".parse().unwrap(),
            account: account.clone(),
            target: target(*kind),
            blocks: (0..).zip(Blocked::ALL).filter_map(blocked).collect(),
            from: day(*from),
            recorded_at: hour(*recorded),
            reason: None,
        });
        if let Some((until, recorded)) = release {
            let (until, recorded_at) = (day(from + until), hour(*recorded));
            released.push(HoldReleased { hold, account, until, recorded_at });
        }
    }
    (placed, released)
}

/// U-1 of line L-1, which went on for nothing.
fn places() -> (OrderLineId, Vec<UnitId>) {
    ("L-1".parse().unwrap(), vec!["U-1".parse().unwrap()])
}

/// Whether any hold says that U-1 is blocked on a day, by what was recorded before an hour.
fn is_held(told: &[Told], what: usize, on: i64, before: u8) -> bool {
    told.iter().any(|(kind, blocks, from, recorded, release)| {
        let concerns = matches!(kind, 0 | 1 | 3);
        let released = release.filter(|(_, recorded)| *recorded < before);
        let is_over = released.is_some_and(|(until, _)| from + until <= on);
        concerns && blocks & (1 << what) != 0 && *recorded < before && *from <= on && !is_over
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn a_day_is_held_while_anyone_holds_it(told in told(), before in 0_u8..21, turn in 0_usize..6) {
        let (mut placed, mut released) = facts(&told);
        // The order in which they came does not matter.
        let (turn_placed, turn_released) = (turn.min(placed.len()), turn.min(released.len()));
        placed.rotate_left(turn_placed);
        released.rotate_left(turn_released);
        let (line, units) = places();
        let place = Place { line: Some(&line), units: &units };
        let holds = Holds::of(placed, released).known_before(hour(before));
        for (number, what) in Blocked::ALL.into_iter().enumerate() {
            let spans = holds.held_days(what, place);
            for on in 0..2 * DAYS {
                let expected = is_held(&told, number, on, before);
                let among = spans.iter().filter(|it| it.has(day(on))).count();
                prop_assert_eq!(among, usize::from(expected), "{:?} on {}", what, day(on));
                let holding = holds.holding(what, place, day(on));
                prop_assert_eq!(holding.is_some(), expected, "{:?} on {}", what, day(on));
            }
            let are_apart = |pair: &[HeldDays]| pair[0].until.is_some_and(|it| it < pair[1].from);
            prop_assert!(spans.windows(2).all(are_apart), "{spans:?}");
        }
    }
}

#[test]
fn an_account_is_not_held_by_the_holds_of_its_units() {
    let (placed, released) = facts(&[(1, 7, 0, 0, None), (3, 7, 0, 0, None)]);
    let holds = Holds::of(placed, released);
    assert!(holds.holding(Blocked::Billing, Place::ACCOUNT, day(5)).is_none());
    let (placed, released) = facts(&[(0, 1, 3, 0, Some((4, 0)))]);
    let holds = Holds::of(placed, released);
    let held = |on| holds.holding(Blocked::Billing, Place::ACCOUNT, day(on)).is_some();
    assert_eq!([2, 3, 6, 7].map(held), [false, true, true, false]);
}
