//! Whose usage it is: the unit that held the device at the event's time, and whether its service
//! had started. Done again when a shipment, signal or swap comes later than the usage.

use std::collections::{BTreeMap, BTreeSet};

use facts::usage::{Fate, QuarantineReason, UsageEvent};
use facts::{MeterCode, UnitId};
use jiff::Timestamp;

/// Who holds, held or will hold a device.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ownership {
    /// By serial; a serial that was in a shipment or a swap is here, even if nobody holds it.
    pub possessions: BTreeMap<String, Vec<Possession>>,
}

/// A device in the hands of a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Possession {
    /// The unit.
    pub unit: UnitId,
    /// From when; none: shipped as a replacement, not yet swapped in.
    pub from: Option<Timestamp>,
    /// Until when (excluded); none: still.
    pub until: Option<Timestamp>,
    /// When the service of the unit starts.
    pub service_from: Option<Timestamp>,
    /// The meters that its contract has a price for.
    pub priced: BTreeSet<MeterCode>,
}

impl Possession {
    fn at(&self, instant: Timestamp) -> bool {
        self.from.is_some_and(|from| from <= instant)
            && self.until.is_none_or(|until| instant < until)
    }
}

/// The fate of an event that took its id. An unknown type and a time in the future are final.
#[must_use]
pub fn attribute(event: &UsageEvent, ownership: &Ownership) -> Fate {
    if let Fate::Quarantined(
        reason @ (QuarantineReason::UnknownType | QuarantineReason::FutureTime),
    ) = event.fate
    {
        return Fate::Quarantined(reason);
    }
    let Some(possessions) = ownership.possessions.get(&event.subject) else {
        return Fate::Quarantined(QuarantineReason::UnknownSerial);
    };
    match possessions.iter().find(|it| it.at(event.happened_at)) {
        None => Fate::Quarantined(QuarantineReason::SerialNotAssigned),
        Some(it) if !event.meter.as_ref().is_some_and(|meter| it.priced.contains(meter)) => {
            Fate::Quarantined(QuarantineReason::NoPrice)
        }
        Some(it) if it.service_from.is_some_and(|from| from <= event.happened_at) => {
            Fate::Accepted(it.unit.clone())
        }
        Some(it) => Fate::Free(it.unit.clone()),
    }
}
