//! Whose usage it is: the unit that held the device at the event's time, and whether its service
//! had started. Worked out whenever it is asked, so a shipment, signal or swap may come later.

use std::collections::BTreeMap;
use std::sync::Arc;

use facts::usage::{Fate, QuarantineReason, Series, Track};
use facts::{MeterCode, UnitId};
use jiff::Timestamp;
use jiff::civil::Date;

/// Who holds, held or will hold a device.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ownership {
    /// By serial; a serial that was in a shipment or a swap is here, even if nobody holds it.
    pub possessions: BTreeMap<String, Vec<Possession>>,
}

impl Ownership {
    /// The possessions of a device; none when no shipment and no swap ever named it.
    #[must_use]
    pub fn of(&self, subject: &str) -> Option<&[Possession]> {
        self.possessions.get(subject).map(Vec::as_slice)
    }
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
    /// The meters that its contract has a price for; units of one order line share them.
    pub priced: Arc<PricedMeters>,
    /// When its service is held, from and until, apart and in order: what is used then is free.
    pub held: Arc<[(Timestamp, Timestamp)]>,
}

/// The meters that a contract has a price for, with the instant until which the price is only
/// shown; none: it always is billed.
pub type PricedMeters = BTreeMap<MeterCode, Option<Timestamp>>;

impl Possession {
    fn at(&self, instant: Timestamp) -> bool {
        self.from.is_some_and(|from| from <= instant)
            && self.until.is_none_or(|until| instant < until)
    }

    /// Whether its service runs at an instant.
    fn serves(&self, instant: Timestamp) -> bool {
        self.service_from.is_some_and(|from| from <= instant)
            && !self.held.iter().any(|(from, until)| *from <= instant && instant < *until)
    }

    /// What of a stretch of time is billed to it: from the start of its service, until the device
    /// is in other hands, without what is held.
    pub(crate) fn billed(&self, from: Timestamp, to: Timestamp) -> Vec<(Timestamp, Timestamp)> {
        let (Some(held_from), Some(service_from)) = (self.from, self.service_from) else {
            return Vec::new();
        };
        let mut from = from.max(held_from).max(service_from);
        let to = self.until.map_or(to, |until| to.min(until));
        let mut pieces = Vec::with_capacity(1);
        for (held, until) in self.held.iter() {
            pieces.push((from, to.min(*held)));
            from = from.max(*until);
        }
        pieces.push((from, to));
        pieces.retain(|(from, to)| from < to);
        pieces
    }
}

/// A fate without the unit, to count by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FateKind {
    /// To be billed, or billed.
    Accepted,
    /// Before the start of service, or while it is held.
    Free,
    /// Before its charge is switched on.
    Shadow,
    /// Waits.
    Quarantined(QuarantineReason),
}

impl FateKind {
    /// The outcome, as in [`facts::usage::ConservationRow`].
    #[must_use]
    pub const fn outcome(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Free => "free",
            Self::Shadow => "shadow",
            Self::Quarantined(_) => "quarantined",
        }
    }

    /// Whether it is measured and rated.
    #[must_use]
    pub const fn is_rated(self) -> bool {
        matches!(self, Self::Accepted | Self::Shadow)
    }

    /// Why it waits, when it does.
    #[must_use]
    pub const fn reason(self) -> Option<QuarantineReason> {
        match self {
            Self::Quarantined(reason) => Some(reason),
            Self::Accepted | Self::Free | Self::Shadow => None,
        }
    }
}

impl From<&Fate> for FateKind {
    fn from(fate: &Fate) -> Self {
        match fate {
            Fate::Accepted(_) => Self::Accepted,
            Fate::Free(_) => Self::Free,
            Fate::Shadow(_) => Self::Shadow,
            Fate::Quarantined(reason) => Self::Quarantined(*reason),
        }
    }
}

/// The fate of an event that took its id. `possessions` is none when the serial is unknown.
#[must_use]
pub fn attribute(
    happened_at: Timestamp,
    track: &Track,
    possessions: Option<&[Possession]>,
) -> Fate {
    let (kind, holder) = fate_of(happened_at, track, possessions);
    match (kind, holder) {
        (FateKind::Accepted, Some(holder)) => Fate::Accepted(holder.unit.clone()),
        (FateKind::Free, Some(holder)) => Fate::Free(holder.unit.clone()),
        (FateKind::Shadow, Some(holder)) => Fate::Shadow(holder.unit.clone()),
        (FateKind::Quarantined(reason), _) => Fate::Quarantined(reason),
        (FateKind::Accepted | FateKind::Free | FateKind::Shadow, None) => {
            Fate::Quarantined(QuarantineReason::SerialNotAssigned)
        }
    }
}

/// The fate, and the possession that decides it. An unknown type and a time in the future
/// are so until a replay, whatever the facts.
pub fn fate_of<'a>(
    happened_at: Timestamp,
    track: &Track,
    possessions: Option<&'a [Possession]>,
) -> (FateKind, Option<&'a Possession>) {
    let waits = |reason| (FateKind::Quarantined(reason), None);
    if let Some(reason) = track.held {
        return waits(reason);
    }
    let Some(meter) = &track.meter else { return waits(QuarantineReason::UnknownType) };
    let Some(possessions) = possessions else { return waits(QuarantineReason::UnknownSerial) };
    let Some(holder) = possessions.iter().find(|it| it.at(happened_at)) else {
        return waits(QuarantineReason::SerialNotAssigned);
    };
    let Some(shadow_until) = holder.priced.get(meter) else {
        return waits(QuarantineReason::NoPrice);
    };
    let is_shadow = shadow_until.is_some_and(|until| happened_at < until);
    let fate = match (holder.serves(happened_at), is_shadow) {
        (false, _) => FateKind::Free,
        (true, true) => FateKind::Shadow,
        (true, false) => FateKind::Accepted,
    };
    (fate, Some(holder))
}

/// How many events of a series arrived on each day with each fate: what the conservation report
/// adds up, but for those in whose place another line
/// stands. `possessions` is none when the serial is unknown.
#[must_use]
pub fn fates(
    series: &Series,
    possessions: Option<&[Possession]>,
) -> BTreeMap<(Date, FateKind), i64> {
    let mut counts = BTreeMap::new();
    for point in series.points.iter().filter(|it| it.amended_on.is_none()) {
        let (kind, _) = fate_of(point.happened_at, &series.track, possessions);
        *counts.entry((point.arrived_on, kind)).or_default() += 1;
    }
    counts
}
