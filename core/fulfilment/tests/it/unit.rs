//! Unit U-001: shipped on 8 January with the tracker T-1 and delivered on 12 January, in Paris.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::str::FromStr;

use facts::offer::{Milestone, StartPolicy, StartTrigger};
use facts::unit::{ChangeAction, ShipmentReason, Timeline};
use facts::{DeviceSignalled, ItemDelivered, ItemShipped, UnitChanged};
use fulfilment::{StartRule, UnitEvidence, timeline};
use jiff::Timestamp;
use jiff::civil::date;

pub const SHIPPED_AT: &str = "2026-01-08T16:01:00Z";
pub const DELIVERED_AT: &str = "2026-01-12T14:48:03Z";
/// 00:00 in Paris, thirty days after the day of delivery.
pub const FALLBACK_AT: &str = "2026-02-10T23:00:00Z";
pub const ACTIVATED: &str = "com.translog.device.activated.v1";

/// Reads a value of the test's own making.
pub fn read<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().expect("a value written in a test")
}

pub fn at(text: &str) -> Timestamp {
    read(text)
}

pub fn shipment(id: &str, serial: &str, reason: ShipmentReason, shipped_at: &str) -> ItemShipped {
    ItemShipped {
        shipment: read(id),
        order_line: read("ORD-1001-1"),
        unit: read("U-001"),
        serial: read(serial),
        reason,
        shipped_at: at(shipped_at),
        carrier: "Chronopost".to_owned(),
    }
}

pub fn delivery(shipment: &str, delivered_at: &str) -> ItemDelivered {
    ItemDelivered { shipment: read(shipment), unit: read("U-001"), delivered_at: at(delivered_at) }
}

pub fn signal(id: &str, serial: &str, signalled_at: &str) -> DeviceSignalled {
    DeviceSignalled {
        source: read("device-cloud"),
        id: read(id),
        event_type: ACTIVATED.to_owned(),
        serial: read(serial),
        signalled_at: at(signalled_at),
    }
}

pub fn change(id: &str, effective_at: &str, action: ChangeAction) -> UnitChanged {
    UnitChanged {
        change: read(id),
        unit: read("U-001"),
        recorded_at: at(effective_at),
        effective_at: at(effective_at),
        action,
        asked: None,
    }
}

/// Shipped and delivered, nothing more.
pub fn delivered() -> UnitEvidence {
    UnitEvidence {
        shipments: vec![shipment("SHP-1", "T-1", ShipmentReason::Sale, SHIPPED_AT)],
        deliveries: vec![delivery("SHP-1", DELIVERED_AT)],
        ..UnitEvidence::default()
    }
}

/// `first_of(activated, delivered + 30 days) and not before delivered`.
pub fn fleet_policy() -> StartPolicy {
    let fallback = StartTrigger::DaysAfter { milestone: Milestone::Delivered, days: 30 };
    StartPolicy {
        first_of: vec![StartTrigger::Activated, fallback],
        not_before: Some(Milestone::Delivered),
        deadline: None,
        test: None,
    }
}

pub fn timeline_under(policy: &StartPolicy, evidence: &UnitEvidence) -> Timeline {
    let activation_signals = BTreeSet::from([ACTIVATED.to_owned()]);
    let zone = read("Europe/Paris");
    let activation_signals = &activation_signals;
    let ordered_on = date(2025, 12, 28);
    timeline(evidence, StartRule { policy, activation_signals, ordered_on, zone: &zone })
}

pub fn timeline_of(evidence: &UnitEvidence) -> Timeline {
    timeline_under(&fleet_policy(), evidence)
}
