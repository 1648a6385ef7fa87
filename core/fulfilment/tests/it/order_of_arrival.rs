//! The timeline is a function of the set of facts.

use facts::unit::{ChangeAction, ShipmentReason};
use fulfilment::UnitEvidence;
use jiff::Timestamp;
use proptest::prelude::*;

use crate::unit::{at, change, delivered, delivery, read, shipment, signal, timeline_of};

fn action(kind: u8) -> ChangeAction {
    match kind {
        0 => ChangeAction::Suspend,
        1 => ChangeAction::Resume,
        2 => ChangeAction::Return,
        3 => ChangeAction::Plan(read("premium")),
        7 => ChangeAction::Cancel,
        other => ChangeAction::Swap(read(&format!("T-{other}"))),
    }
}

/// Hours after the shipment, few of them, so that instants coincide.
pub fn hour(hours: i64) -> String {
    let start = at("2026-01-08T16:01:00Z").as_second();
    Timestamp::from_second(start + hours * 3600).expect("an instant of 2026").to_string()
}

prop_compose! {
    pub fn any_evidence()(
        deliveries in prop::collection::vec(0_i64..40, 0..3),
        replacements in prop::collection::vec((0_i64..40, 4_u8..7), 0..3),
        changes in prop::collection::vec((0_i64..60, 0_i64..60, 0_u8..8), 0..6),
        signals in prop::collection::vec((0_i64..60, 1_u8..7), 0..6),
    ) -> UnitEvidence {
        let mut evidence = delivered();
        evidence.deliveries = deliveries.iter().map(|it| delivery("SHP-1", &hour(*it))).collect();
        for (number, (hours, serial)) in replacements.into_iter().enumerate() {
            let (id, serial) = (format!("SHP-9{number}"), format!("T-{serial}"));
            let reason = ShipmentReason::Replacement;
            evidence.shipments.push(shipment(&id, &serial, reason, &hour(hours)));
        }
        for (number, (effective, recorded, kind)) in changes.into_iter().enumerate() {
            let mut one = change(&format!("CHG-{number}"), &hour(effective), action(kind));
            one.recorded_at = at(&hour(recorded));
            evidence.changes.push(one);
        }
        for (number, (hours, serial)) in signals.into_iter().enumerate() {
            let (id, serial) = (format!("S-{number}"), format!("T-{serial}"));
            evidence.signals.push(signal(&id, &serial, &hour(hours)));
        }
        evidence
    }
}

prop_compose! {
    fn evidence_in_two_orders()(evidence in any_evidence())(
        shipments in Just(evidence.shipments.clone()).prop_shuffle(),
        deliveries in Just(evidence.deliveries.clone()).prop_shuffle(),
        changes in Just(evidence.changes.clone()).prop_shuffle(),
        signals in Just(evidence.signals.clone()).prop_shuffle(),
        evidence in Just(evidence),
    ) -> (UnitEvidence, UnitEvidence) {
        (evidence, UnitEvidence {
            shipments,
            deliveries,
            changes,
            signals,
            ..UnitEvidence::default()
        })
    }
}

proptest! {
    #[test]
    fn any_order_of_evidence_gives_the_same_timeline(
        (there, shuffled) in evidence_in_two_orders()
    ) {
        prop_assert_eq!(timeline_of(&there), timeline_of(&shuffled));
    }

    #[test]
    fn a_unit_holds_at_most_one_serial_at_a_time(
        evidence in any_evidence(),
        hours in 0_i64..80,
    ) {
        let timeline = timeline_of(&evidence);
        let held = timeline.holdings.iter().filter(|it| it.at(at(&hour(hours)))).count();
        let is_over = timeline.ended_at.is_some_and(|it| it <= at(&hour(hours)));
        prop_assert!(held <= usize::from(!is_over), "{:?}", timeline);
    }

    #[test]
    fn evidence_that_comes_twice_changes_nothing(evidence in any_evidence()) {
        let mut twice = evidence.clone();
        twice.deliveries.extend(evidence.deliveries.clone());
        twice.signals.extend(evidence.signals.clone());
        prop_assert_eq!(timeline_of(&evidence), timeline_of(&twice));
    }

    #[test]
    fn nothing_starts_before_it_was_delivered(evidence in any_evidence()) {
        let timeline = timeline_of(&evidence);
        if let Some(start) = &timeline.start {
            prop_assert!(timeline.delivered_at.is_some_and(|it| it <= start.start_at));
        }
    }
}
