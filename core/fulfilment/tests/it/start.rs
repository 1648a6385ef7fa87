//! When a service starts, and why then.

use facts::DeviceSignalled;
use facts::offer::{Milestone, StartPolicy, StartTrigger};
use facts::unit::{ChangeAction, ServiceStart, StartEvidence};
use fulfilment::UnitEvidence;
use jiff::ToSpan;

use crate::unit::{
    DELIVERED_AT, FALLBACK_AT, SHIPPED_AT, at, change, delivered, delivery, fleet_policy, read,
    shipment, signal, timeline_of, timeline_under,
};

fn start_with(signals: &[DeviceSignalled]) -> Option<ServiceStart> {
    timeline_of(&UnitEvidence { signals: signals.to_vec(), ..delivered() }).start
}

fn activated_by(signal: &DeviceSignalled) -> Option<ServiceStart> {
    Some(ServiceStart {
        start_at: signal.signalled_at,
        evidence: StartEvidence::Activated {
            source: signal.source.clone(),
            id: signal.id.clone(),
            serial: signal.serial.clone(),
        },
    })
}

fn fallback() -> Option<ServiceStart> {
    let counted_from = at(DELIVERED_AT);
    Some(ServiceStart {
        start_at: at(FALLBACK_AT),
        evidence: StartEvidence::Fallback {
            milestone: Milestone::Delivered,
            counted_from,
            days: 30,
        },
    })
}

#[test]
fn a_signal_before_delivery_does_not_count_and_the_next_one_does() {
    let early = signal("S-1", "T-1", "2026-01-10T09:00:00Z");
    let valid = signal("S-2", "T-1", "2026-01-14T09:00:00Z");
    assert_eq!(start_with(&[early, valid.clone()]), activated_by(&valid));
}

#[test]
fn without_a_valid_signal_the_fallback_starts_the_service() {
    assert_eq!(start_with(&[]), fallback());
    assert_eq!(start_with(&[signal("S-1", "T-1", "2026-01-10T09:00:00Z")]), fallback());
}

#[test]
fn a_signal_at_the_instant_of_delivery_counts() {
    let exact = signal("S-1", "T-1", DELIVERED_AT);
    assert_eq!(start_with(std::slice::from_ref(&exact)), activated_by(&exact));
    let mut before = exact;
    before.signalled_at = at(DELIVERED_AT).checked_sub(1.nanosecond()).unwrap();
    assert_eq!(start_with(&[before]), fallback());
}

#[test]
fn repeated_signals_and_rejoins_change_nothing() {
    let first = signal("S-1", "T-1", "2026-01-14T09:00:00Z");
    let again = signal("S-2", "T-1", "2026-01-14T09:00:01Z");
    let later = signal("S-3", "T-1", "2026-02-01T12:00:00Z");
    let signals = [later, again, first.clone(), first.clone()];
    assert_eq!(start_with(&signals), activated_by(&first));
}

#[test]
fn of_signals_at_one_instant_the_smallest_id_is_named() {
    let (one, two) = (signal("S-1", "T-1", DELIVERED_AT), signal("S-2", "T-1", DELIVERED_AT));
    assert_eq!(start_with(&[two.clone(), one.clone()]), activated_by(&one));
    assert_eq!(start_with(&[one.clone(), two]), activated_by(&one));
}

#[test]
fn a_signal_after_the_fallback_comes_too_late() {
    assert_eq!(start_with(&[signal("S-1", "T-1", "2026-02-11T08:00:00Z")]), fallback());
}

#[test]
fn the_activation_wins_when_both_are_at_one_instant() {
    let exact = signal("S-1", "T-1", FALLBACK_AT);
    assert_eq!(start_with(std::slice::from_ref(&exact)), activated_by(&exact));
}

#[test]
fn a_signal_of_another_device_or_type_does_not_count() {
    let foreign = signal("S-1", "T-9", "2026-01-14T09:00:00Z");
    let mut battery = signal("S-2", "T-1", "2026-01-14T09:00:00Z");
    battery.event_type = "com.translog.device.battery.v1".to_owned();
    assert_eq!(start_with(&[foreign, battery]), fallback());
}

#[test]
fn a_replacement_that_was_swapped_in_can_start_the_service() {
    let mut evidence = delivered();
    evidence.changes =
        vec![change("CHG-1", "2026-01-20T10:00:00Z", ChangeAction::Swap(read("T-2")))];
    let old = signal("S-1", "T-1", "2026-01-20T10:00:00Z");
    let early = signal("S-2", "T-2", "2026-01-20T09:59:59Z");
    let valid = signal("S-3", "T-2", "2026-01-20T10:00:00Z");
    evidence.signals = vec![old, early, valid.clone()];
    assert_eq!(timeline_of(&evidence).start, activated_by(&valid));
}

#[test]
fn without_delivery_nothing_starts() {
    let mut evidence = delivered();
    evidence.deliveries.clear();
    evidence.signals = vec![signal("S-1", "T-1", "2026-01-14T09:00:00Z")];
    let timeline = timeline_of(&evidence);
    assert_eq!((timeline.delivered_at, timeline.start), (None, None));
    assert_eq!(timeline.shipped_at, Some(at(SHIPPED_AT)));
}

#[test]
fn the_delivery_of_a_replacement_starts_nothing() {
    let mut evidence = delivered();
    let reason = facts::unit::ShipmentReason::Replacement;
    evidence.shipments.push(shipment("SHP-2", "T-2", reason, "2026-01-09T08:00:00Z"));
    evidence.deliveries = vec![delivery("SHP-2", "2026-01-10T08:00:00Z")];
    assert_eq!(timeline_of(&evidence).start, None);
}

#[test]
fn the_fallback_counts_days_in_the_zone_of_the_account() {
    // 11 January in UTC, 12 January in Paris: thirty days later is 11 February in Paris.
    let mut evidence = delivered();
    evidence.deliveries = vec![delivery("SHP-1", "2026-01-11T23:30:00Z")];
    assert_eq!(timeline_of(&evidence).start.unwrap().start_at, at(FALLBACK_AT));
    // The clocks change on 29 March: the day still begins at its own 00:00.
    evidence.deliveries = vec![delivery("SHP-1", "2026-03-05T12:00:00Z")];
    let start_at = timeline_of(&evidence).start.unwrap().start_at;
    assert_eq!(start_at, at("2026-04-03T22:00:00Z"));
}

#[test]
fn a_policy_can_start_at_a_milestone() {
    for (milestone, start_at, evidence) in [
        (Milestone::Shipped, SHIPPED_AT, StartEvidence::Shipped),
        (Milestone::Delivered, DELIVERED_AT, StartEvidence::Delivered),
    ] {
        let first_of = vec![StartTrigger::At(milestone)];
        let policy = StartPolicy { first_of, not_before: None, deadline: None, test: None };
        let expected = Some(ServiceStart { start_at: at(start_at), evidence });
        assert_eq!(timeline_under(&policy, &delivered()).start, expected);
    }
}

#[test]
fn a_milestone_before_not_before_does_not_count() {
    let first_of = vec![StartTrigger::At(Milestone::Shipped)];
    let policy = StartPolicy {
        first_of,
        not_before: Some(Milestone::Delivered),
        deadline: None,
        test: None,
    };
    assert_eq!(timeline_under(&policy, &delivered()).start, None);
}

#[test]
fn without_not_before_a_signal_in_transit_counts() {
    let policy = StartPolicy { not_before: None, ..fleet_policy() };
    let in_transit = signal("S-1", "T-1", "2026-01-10T09:00:00Z");
    let unshipped = signal("S-0", "T-1", "2026-01-08T16:00:59Z");
    let signals = vec![unshipped, in_transit.clone()];
    let timeline = timeline_under(&policy, &UnitEvidence { signals, ..delivered() });
    assert_eq!(timeline.start, activated_by(&in_transit));
}

#[test]
fn only_what_happened_strictly_before_an_instant_is_known() {
    let mut evidence = delivered();
    evidence.signals = vec![signal("S-1", "T-1", "2026-01-31T23:00:00Z")];
    evidence.changes = vec![change("CHG-1", "2026-01-20T10:00:00Z", ChangeAction::Suspend)];
    evidence.changes[0].recorded_at = at("2026-01-31T23:00:00Z");
    // 1 February 00:00 in Paris: the signal and the change belong to the next invoice.
    let known = evidence.known_before(at("2026-01-31T23:00:00Z"));
    assert_eq!((known.signals.len(), known.changes.len()), (0, 0));
    assert_eq!((known.shipments.len(), known.deliveries.len()), (1, 1));
    let next = evidence.known_before(at("2026-01-31T23:00:00.000001Z"));
    assert_eq!(next, evidence);
    let nothing = evidence.known_before(at(SHIPPED_AT));
    assert_eq!(nothing, UnitEvidence::default());
}
