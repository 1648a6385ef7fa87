//! Which serial a unit holds, from when and until when.

use facts::unit::{ChangeAction, ShipmentReason, Timeline};
use fulfilment::UnitEvidence;

use crate::unit::{SHIPPED_AT, at, change, delivered, read, shipment, timeline_of};

/// `serial from..until`, `-` where there is no limit.
fn shown(timeline: &Timeline) -> Vec<String> {
    let limit = |at: Option<jiff::Timestamp>| at.map_or("-".to_owned(), |at| at.to_string());
    let held = timeline.holdings.iter();
    held.map(|it| format!("{} {}..{}", it.serial, limit(it.from), limit(it.until))).collect()
}

fn swap(id: &str, effective_at: &str, serial: &str) -> facts::UnitChanged {
    change(id, effective_at, ChangeAction::Swap(read(serial)))
}

fn with(changes: Vec<facts::UnitChanged>) -> UnitEvidence {
    UnitEvidence { changes, ..delivered() }
}

#[test]
fn a_unit_holds_its_first_serial_from_its_shipment() {
    let timeline = timeline_of(&delivered());
    assert_eq!(shown(&timeline), [format!("T-1 {SHIPPED_AT}..-")]);
    let held = &timeline.holdings[0];
    assert!(!held.at(at("2026-01-08T16:00:59Z")));
    assert!(held.at(at(SHIPPED_AT)));
}

#[test]
fn a_swap_hands_the_unit_over_at_its_instant() {
    let timeline = timeline_of(&with(vec![swap("CHG-2", "2026-02-24T09:15:00Z", "T-2")]));
    assert_eq!(
        shown(&timeline),
        ["T-1 2026-01-08T16:01:00Z..2026-02-24T09:15:00Z", "T-2 2026-02-24T09:15:00Z..-",]
    );
    let at_swap = at("2026-02-24T09:15:00Z");
    let holds: Vec<_> = timeline.holdings.iter().map(|it| it.at(at_swap)).collect();
    assert_eq!(holds, [false, true]);
}

#[test]
fn a_replacement_waits_until_it_is_swapped_in() {
    let mut evidence = delivered();
    let reason = ShipmentReason::Replacement;
    evidence.shipments.push(shipment("SHP-2", "T-2", reason, "2026-02-20T08:00:00Z"));
    assert_eq!(shown(&timeline_of(&evidence)), ["T-1 2026-01-08T16:01:00Z..-", "T-2 -..-"]);
    assert!(!timeline_of(&evidence).holdings[1].at(at("2026-03-01T00:00:00Z")));

    evidence.changes = vec![swap("CHG-2", "2026-02-24T09:15:00Z", "T-2")];
    let swapped = shown(&timeline_of(&evidence));
    assert_eq!(swapped.last().unwrap(), "T-2 2026-02-24T09:15:00Z..-");
    assert_eq!(swapped.len(), 2);
}

#[test]
fn a_return_ends_the_holding() {
    let returned = change("CHG-5", "2026-03-20T10:30:00Z", ChangeAction::Return);
    let timeline = timeline_of(&with(vec![returned]));
    assert_eq!(shown(&timeline), ["T-1 2026-01-08T16:01:00Z..2026-03-20T10:30:00Z"]);
    assert_eq!(timeline.returned_at, Some(at("2026-03-20T10:30:00Z")));
    assert!(!timeline.holdings[0].at(at("2026-03-20T10:30:00Z")));
}

#[test]
fn the_first_of_two_returns_counts() {
    let timeline = timeline_of(&with(vec![
        change("CHG-6", "2026-03-25T00:00:00Z", ChangeAction::Return),
        change("CHG-5", "2026-03-20T10:30:00Z", ChangeAction::Return),
    ]));
    assert_eq!(timeline.returned_at, Some(at("2026-03-20T10:30:00Z")));
}

#[test]
fn a_swap_after_the_return_gives_the_device_to_nobody() {
    let timeline = timeline_of(&with(vec![
        change("CHG-5", "2026-03-20T10:30:00Z", ChangeAction::Return),
        swap("CHG-6", "2026-03-25T00:00:00Z", "T-2"),
    ]));
    for day in ["2026-03-21T00:00:00Z", "2026-03-26T00:00:00Z"] {
        assert!(timeline.holdings.iter().all(|it| !it.at(at(day))), "{day}: {timeline:?}");
    }
    // Both serials stay known, so that their events wait as not assigned, not as unknown.
    assert_eq!(timeline.holdings.len(), 2);
}

#[test]
fn a_device_that_comes_back_is_held_twice() {
    let timeline = timeline_of(&with(vec![
        swap("CHG-1", "2026-02-01T00:00:00Z", "T-2"),
        swap("CHG-2", "2026-02-10T00:00:00Z", "T-1"),
    ]));
    assert_eq!(
        shown(&timeline),
        [
            "T-1 2026-01-08T16:01:00Z..2026-02-01T00:00:00Z",
            "T-2 2026-02-01T00:00:00Z..2026-02-10T00:00:00Z",
            "T-1 2026-02-10T00:00:00Z..-",
        ]
    );
}

#[test]
fn swaps_count_by_their_effect_not_by_their_record() {
    let mut late = swap("CHG-1", "2026-02-01T00:00:00Z", "T-2");
    late.recorded_at = at("2026-03-01T00:00:00Z");
    let timeline = timeline_of(&with(vec![swap("CHG-2", "2026-02-10T00:00:00Z", "T-3"), late]));
    let serials: Vec<_> = timeline.holdings.iter().map(|it| it.serial.as_str()).collect();
    assert_eq!(serials, ["T-1", "T-2", "T-3"]);
}

#[test]
fn at_one_instant_the_change_that_was_recorded_last_counts() {
    let mut first = swap("CHG-9", "2026-02-01T00:00:00Z", "T-2");
    first.recorded_at = at("2026-01-30T00:00:00Z");
    let second = swap("CHG-1", "2026-02-01T00:00:00Z", "T-3");
    let timeline = timeline_of(&with(vec![second, first]));
    let held: Vec<_> =
        timeline.holdings.iter().filter(|it| it.at(at("2026-02-01T00:00:00Z"))).collect();
    assert_eq!(held.len(), 1);
    assert_eq!(held[0].serial.as_str(), "T-3");
}

#[test]
fn before_any_shipment_a_unit_holds_nothing() {
    assert_eq!(timeline_of(&UnitEvidence::default()), Timeline::default());
}
