//! Buckets of a series, from contributions in the order of time.

use std::collections::BTreeMap;
use std::sync::Arc;

use facts::usage::{Bucket, Joins};
use facts::{MeterCode, UnitId};
use jiff::Timestamp;
use kernel::{Exact, Overflow, Quantity, Rounding};

use super::{Dimensions, Told};
use crate::quarter::quarter_of;

/// Cells of a quarter that are looked through one by one, by the address of their attributes,
/// before the index is asked: nearly every quarter has fewer.
const CELLS_SCANNED_MAX: usize = 8;

/// Gathers contributions to buckets. Only the quarter at hand is open; it is found by comparing
/// instants, and its attributes by comparing addresses first.
pub(super) struct Gather<'a> {
    meter: &'a MeterCode,
    done: Vec<Bucket>,
    /// Where in `done` the open quarter begins.
    open: usize,
    /// The open quarter: its start, and its end (excluded).
    quarter: Option<(Timestamp, Timestamp)>,
    /// The buckets of the open quarter, when they are many.
    index: BTreeMap<(UnitId, Dimensions), usize>,
}

impl<'a> Gather<'a> {
    pub(super) const fn new(meter: &'a MeterCode) -> Self {
        Self { meter, done: Vec::new(), open: 0, quarter: None, index: BTreeMap::new() }
    }

    /// Adds an accepted event; instants must not go back to an earlier quarter.
    pub(super) fn event(
        &mut self,
        it: Told<'a>,
        quantity: Quantity,
        joins: &Joins,
    ) -> Result<(), Overflow> {
        let at = it.point.happened_at;
        self.add(&it.holder.unit, &it.point.dimensions, at, (quantity, 1), joins)
    }

    /// Adds to the bucket of an instant, which must not be in an earlier quarter.
    pub(super) fn add(
        &mut self,
        unit: &UnitId,
        dimensions: &Dimensions,
        instant: Timestamp,
        (quantity, events): (Quantity, i64),
        joins: &Joins,
    ) -> Result<(), Overflow> {
        let quarter_at = self.enter(instant)?;
        match self.find(unit, dimensions) {
            Some(place) => self.done[place].put(quantity, events, joins),
            None => {
                self.push(Bucket {
                    unit: unit.clone(),
                    meter: self.meter.clone(),
                    quarter_at,
                    dimensions: Arc::clone(dimensions),
                    quantity,
                    events,
                    joins: joins.clone(),
                });
                Ok(())
            }
        }
    }

    /// Adds exact time, and the events that told of it. What it comes to as a quantity is worked
    /// out once, when the quarter is closed.
    pub(super) fn add_exact(
        &mut self,
        unit: &UnitId,
        dimensions: &Dimensions,
        instant: Timestamp,
        time: Exact,
        events: i64,
    ) -> Result<(), Overflow> {
        self.enter(instant)?;
        let found = self.find(unit, dimensions).and_then(|place| self.done.get_mut(place));
        match found {
            Some(Bucket { events: told, joins: Joins::AddExact(sum), .. }) => {
                *told += events;
                if time != Exact::ZERO {
                    *sum = sum.plus(time)?;
                }
                Ok(())
            }
            _ => {
                let joins = Joins::AddExact(time);
                self.add(unit, dimensions, instant, (Quantity::ZERO, events), &joins)
            }
        }
    }

    /// The buckets, sorted by quarter; within a quarter by unit and attributes.
    pub(super) fn finish(mut self) -> Result<Vec<Bucket>, Overflow> {
        self.close()?;
        Ok(self.done)
    }

    fn enter(&mut self, instant: Timestamp) -> Result<Timestamp, Overflow> {
        if let Some((from, to)) = self.quarter
            && (from..to).contains(&instant)
        {
            return Ok(from);
        }
        self.close()?;
        let from = quarter_of(instant);
        let to = from.checked_add(crate::quarter::LENGTH).unwrap_or(Timestamp::MAX);
        self.quarter = Some((from, to));
        Ok(from)
    }

    fn close(&mut self) -> Result<(), Overflow> {
        for bucket in &mut self.done[self.open..] {
            if let Joins::AddExact(time) = bucket.joins {
                bucket.quantity = Rounding::HalfEven.quantity(time)?;
            }
        }
        self.done[self.open..]
            .sort_unstable_by(|a, b| (&a.unit, &a.dimensions).cmp(&(&b.unit, &b.dimensions)));
        self.open = self.done.len();
        self.index.clear();
        Ok(())
    }

    fn find(&self, unit: &UnitId, dimensions: &Dimensions) -> Option<usize> {
        let open = &self.done[self.open..];
        let scanned = &open[..open.len().min(CELLS_SCANNED_MAX)];
        let same = |it: &Bucket| Arc::ptr_eq(&it.dimensions, dimensions) && it.unit == *unit;
        let equal = |it: &Bucket| it.unit == *unit && it.dimensions == *dimensions;
        let place = scanned.iter().position(same).or_else(|| scanned.iter().position(equal));
        if let Some(place) = place {
            return Some(self.open + place);
        }
        if open.len() <= CELLS_SCANNED_MAX {
            return None;
        }
        self.index.get(&(unit.clone(), Arc::clone(dimensions))).copied()
    }

    fn push(&mut self, bucket: Bucket) {
        if self.done.len() - self.open >= CELLS_SCANNED_MAX {
            let key = (bucket.unit.clone(), Arc::clone(&bucket.dimensions));
            self.index.insert(key, self.done.len());
        }
        self.done.push(bucket);
    }
}
