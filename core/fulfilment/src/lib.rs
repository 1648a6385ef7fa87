//! Shipments, signals and swaps become the timeline of a unit; billing starts here.
//!
//! Owns: what a unit holds, when its service starts, and the evidence for it.
//! Does not own: what a start costs (`subscriptions`), which events it makes billable
//! (`metering`).
//! Facts: OrderAccepted, UnitTakenOver → ItemShipped, ItemDelivered, DeviceSignalled, UnitChanged,
//! UnitUsed, ServiceStarted
//! Invariants: the timeline depends on the set of facts, never on their order; a repeated report
//! changes nothing; without delivery evidence a `not_before: delivered` policy never starts.
//! Dates: `shipped_at`, `delivered_at` are the carrier's; `signalled_at` is the device cloud's
//! time of activation, not of arrival; a fact is known to an invoice if its own instant is
//! strictly before the invoice's.

mod amend;
mod receive;
mod span;
mod timeline;
mod used;

use facts::order::Moment;
use facts::unit::{ChangeAction, ShipmentReason};
use facts::{ChangeId, DeviceSerial, OrderLineId, ShipmentId, UnitId};
use jiff::Timestamp;

pub use amend::{Amended, amend, check_together};
pub use receive::{Receipt, UnitKnowledge, check_shipment, receive_shipment, receive_signal};
pub use span::Span;
pub use timeline::{StartRule, UnitEvidence, timeline};
pub use used::{Use, Uses, moves, uses};

/// The ERP reports a shipment, as it stands now; it is sent again when it is delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportShipment {
    /// The shipment.
    pub shipment: ShipmentId,
    /// The order line.
    pub order_line: OrderLineId,
    /// The unit.
    pub unit: UnitId,
    /// The device in the parcel.
    pub serial: DeviceSerial,
    /// Why it was shipped.
    pub reason: ShipmentReason,
    /// When the carrier took it.
    pub shipped_at: Timestamp,
    /// When the customer got it; none: not yet.
    pub delivered_at: Option<Timestamp>,
    /// Who carries it.
    pub carrier: String,
}

/// An operator amends a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeUnit {
    /// The amendment; it can concern several units.
    pub change: ChangeId,
    /// The unit.
    pub unit: UnitId,
    /// When it was agreed and entered.
    pub recorded_at: Timestamp,
    /// From when it counts.
    pub effective: Effective,
    /// What changes.
    pub action: ChangeAction,
}

/// From when an amendment counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effective {
    /// From an instant.
    At(Timestamp),
    /// From a moment that is named: an instant is worked out of it once.
    Named(Moment),
}

kernel::rejections! {
    /// Why a report about a unit is refused. Nothing of it is kept then.
    pub enum Rejection {
        /// The order line is known and does not have this unit.
        UnknownUnit {
            /// As reported.
            unit: UnitId,
            /// The line.
            order_line: OrderLineId,
        } = "unknown-unit",
            "order line `{order_line}` has no unit `{unit}`; name a unit of that line";
        /// No order has this unit.
        UnitNeverOrdered {
            /// As reported.
            unit: UnitId,
        } = "unit-never-ordered",
            "no order has a unit `{unit}`; import its order first";
        /// The unit belongs to another line.
        OtherLine {
            /// The unit.
            unit: UnitId,
            /// Where it belongs.
            expected: OrderLineId,
            /// As reported.
            actual: OrderLineId,
        } = "other-order-line",
            "unit `{unit}` belongs to order line `{expected}`, not to `{actual}`";
        /// The parcel arrives before it leaves.
        DeliveredBeforeShipped {
            /// The shipment.
            shipment: ShipmentId,
            /// When it left.
            shipped_at: Timestamp,
            /// When it arrived.
            delivered_at: Timestamp,
        } = "delivered-before-shipped",
            "shipment `{shipment}` was delivered at {delivered_at}, before it was shipped at \
             {shipped_at}; one of the two is wrong";
        /// The shipment was reported with another content.
        ShipmentConflict {
            /// The shipment.
            shipment: ShipmentId,
            /// What differs.
            field: String,
            /// As first reported.
            expected: String,
            /// As reported now.
            actual: String,
        } = "shipment-conflict",
            "shipment `{shipment}` was reported before with {field} {expected}, now with \
             {actual}; only a missing delivery can be added";
        /// The unit's device was shipped already.
        ShippedTwice {
            /// The unit.
            unit: UnitId,
            /// The first shipment.
            first: ShipmentId,
        } = "shipped-twice",
            "unit `{unit}` was shipped by `{first}`; ship another device as reason `replacement`";
        /// The change was reported with another content.
        ChangeConflict {
            /// The change.
            change: ChangeId,
            /// The unit.
            unit: UnitId,
        } = "change-conflict",
            "change `{change}` of unit `{unit}` was recorded before with another content; \
             record a new change instead";
        /// The unit's offer has no such plan.
        UnknownPlan {
            /// As reported.
            plan: facts::PlanCode,
            /// What there is.
            known: String,
        } = "unknown-plan", "the offer has no plan `{plan}`; it has: {known}";
        /// The change counts before its unit has a contract.
        ChangeBeforeContract {
            /// The unit.
            unit: UnitId,
            /// When it would count.
            effective_at: Timestamp,
            /// When the contract begins.
            from: Timestamp,
        } = "change-before-contract",
            "the contract of unit `{unit}` begins at {from}; a change cannot count from \
             {effective_at}, give an instant of its contract";
        /// Another unit goes on for it.
        GoesOnAs {
            /// The unit.
            unit: UnitId,
            /// The one that goes on.
            by: UnitId,
            /// Since when.
            at: Timestamp,
        } = "unit-goes-on-as",
            "unit `{unit}` goes on as `{by}` from {at}; change that unit instead";
        /// The unit has ended.
        UnitEnded {
            /// The unit.
            unit: UnitId,
            /// When.
            ended_at: Timestamp,
        } = "unit-ended",
            "unit `{unit}` ends at {ended_at}; a change must count before, and nothing but a \
             return can follow";
        /// It is suspended at that instant.
        AlreadySuspended {
            /// The unit.
            unit: UnitId,
            /// When it would be suspended again.
            effective_at: Timestamp,
        } = "already-suspended",
            "unit `{unit}` is suspended at {effective_at}, or is suspended again before it is \
             resumed; resume it between";
        /// It was accepted before.
        AlreadyAccepted {
            /// The unit.
            unit: UnitId,
            /// When it would be accepted again.
            effective_at: Timestamp,
        } = "already-accepted",
            "unit `{unit}` is accepted once, so it cannot be at {effective_at} too; look at its \
             changes";
        /// Its device is gone already.
        AlreadyLost {
            /// The unit.
            unit: UnitId,
            /// When it would be lost again.
            effective_at: Timestamp,
        } = "already-lost",
            "a device of unit `{unit}` was lost before {effective_at}, or is lost again after it; \
             a contract pays for one loss, put the unit under another contract first";
        /// It is not suspended at that instant.
        NotSuspended {
            /// The unit.
            unit: UnitId,
            /// When it would be resumed.
            effective_at: Timestamp,
        } = "not-suspended",
            "unit `{unit}` is not suspended at {effective_at}, so there is nothing to resume; \
             look at its changes";
        /// It goes back before it was there.
        ReturnedTooEarly {
            /// The unit.
            unit: UnitId,
            /// When it would go back.
            effective_at: Timestamp,
        } = "returned-before-delivered",
            "unit `{unit}` was neither delivered nor in service at {effective_at}, so it cannot \
             come back; import its delivery first, or cancel it";
        /// Its contract has no end.
        NoTerm {
            /// The unit.
            unit: UnitId,
        } = "no-contract-term",
            "the contract of unit `{unit}` has no term that could end; give a day, or \
             `end_of_period`";
        /// The same signal id came with another content; the first stands.
        SignalConflict {
            /// Source of the signal.
            source: facts::EventSource,
            /// Its id.
            id: facts::EventId,
        } = "signal-conflict",
            "signal `{id}` of `{source}` was received before with another content; the first \
             stands, send a corrected signal under a new id";
    }
}
