//! The life of a unit: shipped, delivered, activated, changed, swapped, returned.

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::Quantity;
use serde::{Deserialize, Serialize};

use crate::hold::HeldDays;
use crate::offer::{AfterDeadline, AfterLoss, DeadlineFrom, Milestone};
use crate::order::Moment;
use crate::{
    ChangeId, DeviceSerial, EventId, EventSource, MeterCode, OrderLineId, PlanCode, ShipmentId,
    UnitId,
};

/// The ERP handed a device to a carrier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemShipped {
    /// The shipment.
    pub shipment: ShipmentId,
    /// The order line, as the ERP names it.
    pub order_line: OrderLineId,
    /// The unit.
    pub unit: UnitId,
    /// The device in the parcel.
    pub serial: DeviceSerial,
    /// Why it was shipped.
    pub reason: ShipmentReason,
    /// When the carrier took it.
    pub shipped_at: Timestamp,
    /// Who carries it.
    pub carrier: String,
}

/// Why a device was shipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShipmentReason {
    /// It was ordered.
    Sale,
    /// It replaces a faulty one; nothing is billed.
    Replacement,
}

/// The carrier handed the device to the customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemDelivered {
    /// The shipment.
    pub shipment: ShipmentId,
    /// The unit.
    pub unit: UnitId,
    /// When.
    pub delivered_at: Timestamp,
}

/// The device cloud reported an activation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceSignalled {
    /// `source` of the CloudEvent.
    pub source: EventSource,
    /// `id` of the CloudEvent; with the source it makes a repeated signal harmless.
    pub id: EventId,
    /// `type` of the CloudEvent.
    pub event_type: String,
    /// `subject`: the device.
    pub serial: DeviceSerial,
    /// `time`: when the device was activated.
    pub signalled_at: Timestamp,
}

/// An amendment to one unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitChanged {
    /// The amendment; it can concern several units.
    pub change: ChangeId,
    /// The unit.
    pub unit: UnitId,
    /// When it was agreed and entered.
    pub recorded_at: Timestamp,
    /// From when it counts; its civil day for service, its instant for serials.
    pub effective_at: Timestamp,
    /// What changes.
    pub action: ChangeAction,
    /// What was asked, where it was not an instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Moment>,
}

/// What an amendment does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeAction {
    /// Another service level.
    Plan(PlanCode),
    /// The recurring charge stops; usage is still billed.
    Suspend,
    /// It goes on.
    Resume,
    /// The unit holds this serial from now on, and no longer the one before.
    Swap(DeviceSerial),
    /// The device goes back; service ends.
    Return,
    /// Service ends; the device stays where it is.
    Cancel,
    /// The customer found the device good.
    Accept,
    /// The device is gone.
    Lost(Loss),
}

/// A device is gone, and nobody gives it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loss {
    /// How.
    pub cause: LossCause,
    /// What the contract does then, as its offer said when it was reported.
    pub then: AfterLoss,
}

/// How a device is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LossCause {
    /// Nobody knows where it is, or it is broken beyond repair.
    Lost,
    /// Somebody took it.
    Stolen,
}

/// Another unit goes on for this one: one device, another contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitTakenOver {
    /// The unit that ends.
    pub unit: UnitId,
    /// The one that goes on.
    pub by: UnitId,
    /// The order line of the one that goes on.
    pub order_line: OrderLineId,
    /// The beginning of the day of the order: since when it can be known.
    pub agreed_at: Timestamp,
    /// The first day of the one that goes on.
    pub on: Date,
    /// The beginning of that day, in the zone of its account.
    pub at: Timestamp,
}

/// The service of a unit starts, or its start was corrected by evidence that came later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceStarted {
    /// The unit.
    pub unit: UnitId,
    /// From 1; a correction is the next revision.
    pub revision: u32,
    /// When, and why then; none when the evidence was taken back.
    pub start: Option<ServiceStart>,
}

/// What the log of usage says of a unit whose service waits for usage, whoever sent what first; a
/// later one says it again when it is another thing (ADR 0038). Of a device that several units had,
/// it is about the first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitUsed {
    /// The unit.
    pub unit: UnitId,
    /// From 1.
    pub revision: u32,
    /// By the usage that had arrived before this: 00:00 of a day in the zone of its account.
    pub known_before: Timestamp,
    /// Its first usage, not before what its start may not come before; none: there is none.
    pub first_at: Option<Timestamp>,
    /// The day on which its test had used what ends it; none: not yet.
    pub used_up_on: Option<Date>,
}

/// When a service starts, and the evidence for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceStart {
    /// The instant.
    pub start_at: Timestamp,
    /// Why this instant.
    pub evidence: StartEvidence,
}

/// Why a service starts when it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StartEvidence {
    /// The first valid activation signal.
    Activated {
        /// Who reported it.
        source: EventSource,
        /// Which signal.
        id: EventId,
        /// The device.
        serial: DeviceSerial,
    },
    /// No valid signal in time: the policy's day came.
    Fallback {
        /// What it is counted from.
        milestone: Milestone,
        /// The instant of the milestone.
        counted_from: Timestamp,
        /// Days after it.
        days: u16,
    },
    /// The policy starts at the milestone itself.
    Shipped,
    /// The policy starts at the milestone itself.
    Delivered,
    /// The policy starts at the milestone itself.
    Accepted,
    /// Nothing started it by its deadline, and the policy starts it then.
    Deadline {
        /// What the deadline is counted from.
        after: DeadlineFrom,
        /// The instant of it; of an order, the beginning of its day.
        counted_from: Timestamp,
        /// Days after it.
        days: u16,
    },
    /// Its first usage.
    Used,
    /// Its test used what ends it, before its days were over.
    UsedUp {
        /// When the test began.
        since: Timestamp,
        /// Why then.
        began: Box<StartEvidence>,
        /// The meter that counts.
        meter: MeterCode,
        /// How much of it ends the test.
        quantity: Quantity,
        /// The day that reached it.
        on: Date,
    },
    /// Its test is over.
    Tested {
        /// When the test began.
        since: Timestamp,
        /// Why then.
        began: Box<StartEvidence>,
        /// How many days it took.
        days: u16,
    },
    /// A part of a price is due with the order.
    Ordered,
    /// A part of a price is due on a day that was agreed on.
    Agreed,
    /// It was in service under another contract.
    TakenOver {
        /// The unit that it goes on for.
        after: UnitId,
    },
}

/// What the facts about one unit say together, in time. `fulfilment` works it out; the other
/// slices read it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Timeline {
    /// The serials it holds and held, in order, and the replacements that wait to be swapped in.
    pub holdings: Vec<Held>,
    /// When its first device was shipped.
    pub shipped_at: Option<Timestamp>,
    /// When its first device was delivered.
    pub delivered_at: Option<Timestamp>,
    /// When it was accepted: not before it was delivered.
    pub accepted_at: Option<Timestamp>,
    /// When its service starts, and why. A fallback may lie in the future.
    pub start: Option<ServiceStart>,
    /// Since when it is stored: its first device was delivered, or it goes on for another. It lasts
    /// until its test or service begins.
    pub stored_from: Option<Timestamp>,
    /// When its test began, of an offer that has one; it lasts until the start.
    pub test_from: Option<Timestamp>,
    /// The deadline by which nothing started it. It may lie in the future.
    pub missed: Option<MissedDeadline>,
    /// When its device went back.
    pub returned_at: Option<Timestamp>,
    /// When its device was lost or stolen, for the first time.
    pub lost_at: Option<Timestamp>,
    /// When its service ends: its device goes back, it is cancelled, another unit goes on for it,
    /// or its contract ends.
    pub ended_at: Option<Timestamp>,
    /// When its contract was cancelled or ended as agreed, and no other goes on for the device:
    /// what is not sold goes back then.
    pub over_at: Option<Timestamp>,
    /// What its device was when this unit went on for another; none: it is the first.
    pub before: Option<LifeBefore>,
    /// When another unit goes on for it.
    pub passed_on_at: Option<Timestamp>,
    /// Its amendments, by instant of effect, then of record, then by name.
    pub changes: Vec<UnitChanged>,
    /// The days on which its service is held, apart and in order.
    pub held: Vec<HeldDays>,
}

/// The life of a device before another unit went on for it (ADR 0021).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LifeBefore {
    /// When that was.
    pub passed_on_at: Timestamp,
    /// Since when the device was stored.
    pub stored_from: Option<Timestamp>,
    /// When its test began.
    pub test_from: Option<Timestamp>,
    /// When its service started.
    pub started_at: Option<Timestamp>,
}

impl Timeline {
    /// Whether its device is lost or stolen, and no other was swapped in since.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        let of_device =
            |it: &&UnitChanged| matches!(it.action, ChangeAction::Lost(_) | ChangeAction::Swap(_));
        let last = self.changes.iter().rev().find(of_device);
        last.is_some_and(|it| matches!(it.action, ChangeAction::Lost(_)))
    }

    /// When it passed a milestone.
    #[must_use]
    pub const fn reached(&self, milestone: Milestone) -> Option<Timestamp> {
        match milestone {
            Milestone::Shipped => self.shipped_at,
            Milestone::Delivered => self.delivered_at,
            Milestone::Accepted => self.accepted_at,
        }
    }

    /// When it is cancelled because nothing started it.
    #[must_use]
    pub fn lapsed_at(&self) -> Option<Timestamp> {
        self.missed.filter(|it| it.then == AfterDeadline::Cancel).map(|it| it.at)
    }
}

/// A deadline by which nothing started a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MissedDeadline {
    /// The deadline.
    pub at: Timestamp,
    /// What follows.
    pub then: AfterDeadline,
}

/// A serial in the hands of a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The device.
    pub serial: DeviceSerial,
    /// From when; none: shipped as a replacement, not yet swapped in.
    pub from: Option<Timestamp>,
    /// Until when (excluded); none: still.
    pub until: Option<Timestamp>,
}

impl Held {
    /// Whether the unit holds the serial at an instant.
    #[must_use]
    pub fn at(&self, instant: Timestamp) -> bool {
        self.from.is_some_and(|from| from <= instant)
            && self.until.is_none_or(|until| instant < until)
    }
}
