//! Meters compiled for one arrival day.

mod compiled;
mod evaluate;
mod filter;

use std::collections::BTreeMap;

use facts::meter::MeterPublished;
use facts::usage::{QuarantineReason, Track};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::Zone;
use kernel::calendar::{DateOutOfRange, add_days};

pub use compiled::{Attributes, CompiledMeter, say};
pub use evaluate::{Scope, Stuck, shown};

/// The day of arrival, and until when an event of that day may claim to have happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArrivalDay {
    /// Civil day.
    pub arrived_on: Date,
    /// The end of the day plus the tolerance for clocks that run fast.
    pub latest: Timestamp,
}

impl ArrivalDay {
    /// How far a device's clock may be ahead of the end of the arrival day.
    pub const TOLERANCE_HOURS: i64 = 24;

    /// The day, in a zone.
    ///
    /// # Errors
    /// [`DateOutOfRange`].
    pub fn new(arrived_on: Date, zone: &Zone) -> Result<Self, DateOutOfRange> {
        let end = zone.start_of(add_days(arrived_on, 1)?)?;
        let tolerance = jiff::SignedDuration::from_hours(Self::TOLERANCE_HOURS);
        let latest = end.checked_add(tolerance).map_err(|_| DateOutOfRange)?;
        Ok(Self { arrived_on, latest })
    }
}

/// Meters compiled for one arrival day: cheap to ask, and shared between threads.
#[derive(Debug, Clone)]
pub struct Rules {
    day: ArrivalDay,
    compiled: Vec<CompiledMeter>,
    /// Sorted by type; the index among `compiled`.
    by_type: Vec<(String, u16)>,
}

impl Rules {
    /// Most meters that count on one day: each has two tracks, and a track is a `u16`. The meters
    /// above it, by code, measure nothing: their events wait as those of an unknown type.
    pub const METERS_MAX: usize = 30_000;

    /// Compiles the meters. Of the versions of one meter the latest that counts on the arrival day
    /// is taken (the first of all when none counts yet). Publication sees to it that no two meters
    /// measure one type and that rules can be read. If two do, the one whose code sorts first is
    /// asked; a meter whose rules cannot be read rejects every line as `bad_number`.
    #[must_use]
    pub fn new(meters: Vec<MeterPublished>, day: ArrivalDay) -> Self {
        let mut by_code: BTreeMap<_, MeterPublished> = BTreeMap::new();
        for meter in meters {
            let rank = |it: &MeterPublished| {
                let counts = it.effective_from <= day.arrived_on;
                let version = i64::from(it.version);
                (counts, if counts { version } else { -version })
            };
            let known = by_code.get(&meter.code);
            if known.is_none_or(|known| rank(known) <= rank(&meter)) {
                by_code.insert(meter.code.clone(), meter);
            }
        }
        let compiled: Vec<CompiledMeter> =
            by_code.into_values().take(Self::METERS_MAX).map(CompiledMeter::new).collect();
        let indexed = (0_u16..).zip(&compiled);
        let mut by_type: Vec<(String, u16)> =
            indexed.map(|(index, it)| (it.meter.event_type.clone(), index)).collect();
        by_type.sort_unstable();
        by_type.dedup_by(|later, first| later.0 == first.0);
        Self { day, compiled, by_type }
    }

    /// Every track that a line can get, by its index.
    #[must_use]
    pub fn tracks(&self) -> Vec<Track> {
        let future = Some(QuarantineReason::FutureTime);
        let of_meter = |it: &CompiledMeter| {
            let meter = Some(it.meter.code.clone());
            [Track { meter: meter.clone(), held: None }, Track { meter, held: future }]
        };
        let unknown = Track { meter: None, held: Some(QuarantineReason::UnknownType) };
        self.compiled.iter().flat_map(of_meter).chain([unknown]).collect()
    }

    /// The day that they are compiled for.
    #[must_use]
    pub const fn day(&self) -> ArrivalDay {
        self.day
    }

    /// The track of a meter's events, by its index among the compiled meters.
    pub(crate) const fn track(meter: u16) -> u16 {
        2 * meter
    }

    /// The track of a meter's events that claim to come from the future.
    pub(crate) const fn track_of_future(meter: u16) -> u16 {
        2 * meter + 1
    }

    /// The track of events that no meter measures.
    pub(crate) fn track_of_unknown(&self) -> u16 {
        u16::try_from(2 * self.compiled.len()).unwrap_or(u16::MAX)
    }

    /// The meter of an event type, and its index.
    pub(crate) fn of_type(&self, event_type: &str) -> Option<(u16, &CompiledMeter)> {
        let place = self.by_type.binary_search_by(|(it, _)| it.as_str().cmp(event_type)).ok()?;
        let index = self.by_type[place].1;
        Some((index, self.compiled.get(usize::from(index))?))
    }
}
