//! What a series amounts to: the accepted usage of a device and meter, quarter by quarter.
//!
//! Each measure is a fold over points sorted by time, so it is the same for any order of arrival
//! and any batching. Only accepted and free points take part: what waits has no effect on
//! anything. Every accepted point counts as one event of its own quarter.
//!
//! | measure | a quarter's quantity | a longer time ([`Joins`]) |
//! | --- | --- | --- |
//! | count, sum, counter | events, numbers, increments at the later reading | adds up |
//! | interval | its part of each number, in proportion to time | adds up |
//! | duration, time_weighted | time, or level times time, within it | exact parts add up |
//! | max, min | greatest, least number | the greatest, the least |
//! | latest | number of its last event | the last |
//! | unique | different values | values counted once |
//!
//! Rating bills each of them: it joins the buckets of a unit in a period under one price
//! ([`Bucket::join`]) and adds up the units. Where a price table has time bands, a period's value
//! is one of each band: the greatest by day and the greatest by night.

mod counter;
mod gather;
mod interval;
mod level;
mod own;
mod session;
mod spread;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use facts::UnitId;
use facts::meter::Measure;
use facts::usage::{Bucket, Joins, Point, Series};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{Overflow, Quantity};

use crate::attribute::{Possession, fate_of};
use gather::Gather;
use own::Attributes;

pub use own::{KEY, LASTED};

pub use spread::QUARTERS_MAX;

/// Attributes, as points share them.
type Dimensions = Arc<BTreeMap<String, String>>;

/// A point that takes part, and who held the device.
#[derive(Debug, Clone, Copy)]
struct Told<'a> {
    point: &'a Point,
    holder: &'a Possession,
    /// Else it is free.
    accepted: bool,
}

impl Told<'_> {
    /// What of a stretch of time is billed to the holder of the device, in its pieces.
    fn billed(&self, from: Timestamp, to: Timestamp) -> Vec<(Timestamp, Timestamp)> {
        self.holder.billed(from, to)
    }
}

/// The accepted usage of one series, per unit, quarter of an hour and attributes, sorted by
/// quarter. Only what arrived, or was replayed, before a day is known. A series that is held
/// measures nothing.
///
/// A level is held until the end of that day in UTC, so that every period that ends on it in any
/// zone is whole; a session that nothing stopped counts once it is over by the start of that day
/// in UTC. So `arrived_before` is a day near the present, not the end of time.
///
/// # Errors
/// [`Overflow`], also when time would have to be cut into more than [`QUARTERS_MAX`] quarters.
pub fn buckets(
    series: &Series,
    measure: &Measure,
    possessions: &[Possession],
    arrived_before: Date,
) -> Result<Vec<Bucket>, Overflow> {
    let Some(meter) = &series.track.meter else { return Ok(Vec::new()) };
    let known = series.points.iter().filter(|point| point.stood_before(arrived_before));
    let told = known.filter_map(|point| {
        let (fate, holder) = fate_of(point.happened_at, &series.track, Some(possessions));
        Some(Told { point, holder: holder?, accepted: fate.is_rated() })
    });
    let mut gather = Gather::new(meter);
    match measure {
        Measure::Counter(_) => counter::fold(told, None, &mut gather)?,
        Measure::Rollover(it) => counter::fold(told, Some(it.wraps_at), &mut gather)?,
        Measure::TimeWeighted(it) => level::fold(told, it.per, arrived_before, &mut gather)?,
        Measure::Duration(it) => session::fold(told, it, arrived_before, &mut gather)?,
        Measure::Interval(_) => interval::fold(told, &mut gather)?,
        Measure::Unique(_) => {
            let mut attributes = Attributes::default();
            for it in told.filter(|it| it.accepted) {
                let keys = it.point.dimensions.get(KEY).map(|key| Arc::from(key.as_str()));
                let joins = Joins::Distinct(keys.into_iter().collect::<BTreeSet<_>>());
                let dimensions = attributes.of(it.point);
                let at = it.point.happened_at;
                gather.add(&it.holder.unit, &dimensions, at, (Quantity::ONE, 1), &joins)?;
            }
        }
        Measure::Count => {
            for it in told.filter(|it| it.accepted) {
                gather.event(it, Quantity::ONE, &Joins::Add)?;
            }
        }
        Measure::Sum(_) => {
            for it in told.filter(|it| it.accepted) {
                gather.event(it, it.point.value, &Joins::Add)?;
            }
        }
        Measure::Max(_) | Measure::Min(_) | Measure::Latest(_) => {
            for it in told.filter(|it| it.accepted) {
                let joins = match measure {
                    Measure::Max(_) => Joins::Greatest,
                    Measure::Min(_) => Joins::Least,
                    _ => Joins::Latest(it.point.happened_at),
                };
                gather.event(it, it.point.value, &joins)?;
            }
        }
    }
    gather.finish()
}

/// Whether each point means the same whatever the others are: then the buckets of a series are
/// those of its parts, joined, and what is new can be added to what was folded before.
#[must_use]
pub const fn adds_up(measure: &Measure) -> bool {
    match measure {
        Measure::Count
        | Measure::Sum(_)
        | Measure::Max(_)
        | Measure::Min(_)
        | Measure::Latest(_)
        | Measure::Unique(_)
        | Measure::Interval(_) => true,
        Measure::Counter(_)
        | Measure::Rollover(_)
        | Measure::TimeWeighted(_)
        | Measure::Duration(_) => false,
    }
}

/// What buckets of one meter amount to together, as of a period: the buckets of each unit are
/// joined, and the units are added up. 0 of none.
///
/// # Errors
/// [`Overflow`].
pub fn combine<'a>(buckets: impl IntoIterator<Item = &'a Bucket>) -> Result<Quantity, Overflow> {
    let mut by_unit: BTreeMap<&UnitId, Bucket> = BTreeMap::new();
    for bucket in buckets {
        match by_unit.get_mut(&bucket.unit) {
            Some(joined) => joined.join(bucket)?,
            None => {
                by_unit.insert(&bucket.unit, bucket.clone());
            }
        }
    }
    by_unit.values().try_fold(Quantity::ZERO, |sum, bucket| sum.plus(bucket.quantity))
}
