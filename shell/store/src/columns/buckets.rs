//! Columns of `usage_buckets`, and their arithmetic: quantities are text, which no database adds
//! exactly, so differences are added here.

use std::collections::BTreeMap;

use ::facts::usage::Bucket;
use ::facts::{MeterCode, UnitId};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{Overflow, Quantity};

use super::{Cell, Reader, Row, Table, inconsistent};
use crate::{BucketChange, Result, StoreError};

const USAGE_BUCKETS: Table = Table { name: "usage_buckets", key_columns: 5 };

type Key = (UnitId, Timestamp, MeterCode, BTreeMap<String, String>, Date);

/// What a bucket holds, or by how much that changes.
#[derive(Debug, Clone, Copy, Default)]
struct Content {
    quantity: Quantity,
    events: i64,
}

impl Content {
    fn plus(self, other: Self) -> std::result::Result<Self, Overflow> {
        Ok(Self {
            quantity: self.quantity.plus(other.quantity)?,
            events: self.events.checked_add(other.events).ok_or(Overflow)?,
        })
    }
}

/// Differences to buckets, one a bucket.
pub struct Changes(BTreeMap<Key, Content>);

/// What to write.
#[derive(Debug)]
pub struct BucketWrites {
    /// Whole rows that stand in place of the stored ones: `unit, quarter_at, meter, dimensions,
    /// arrived_on, quantity, events`.
    pub saved: Vec<Row<'static>>,
    /// Keys of the stored rows that disappear.
    pub emptied: Vec<Row<'static>>,
}

impl Changes {
    /// Adds up the differences of each bucket.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when a sum is too large.
    pub fn of(changes: &[BucketChange]) -> Result<Self> {
        let mut sums: BTreeMap<Key, Content> = BTreeMap::new();
        for BucketChange { arrived_on, change } in changes {
            let key = (
                change.unit.clone(),
                change.quarter_at,
                change.meter.clone(),
                change.dimensions.clone(),
                *arrived_on,
            );
            let content = Content { quantity: change.quantity, events: change.events };
            let sum = sums.get(&key).copied().unwrap_or_default().plus(content);
            let sum = sum.map_err(|error| refused(&key, error))?;
            sums.insert(key, sum);
        }
        Ok(Self(sums))
    }

    /// `unit, quarter_at, meter, dimensions, arrived_on` of each bucket that may change.
    ///
    /// # Errors
    /// [`StoreError`], when attributes cannot be written as JSON.
    pub fn keys(&self) -> Result<Vec<Row<'static>>> {
        self.0.keys().map(key_row).collect()
    }

    /// Adds the differences to the stored rows (`unit, quarter_at, meter, dimensions, arrived_on,
    /// quantity, events`).
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when a bucket would hold fewer than zero events, a quantity
    /// of no event, or too much.
    pub fn added_to(self, stored: Vec<Row<'static>>) -> Result<BucketWrites> {
        let stored: BTreeMap<Key, Content> = stored.into_iter().map(read).collect::<Result<_>>()?;
        let mut writes = BucketWrites { saved: Vec::new(), emptied: Vec::new() };
        for (key, change) in self.0 {
            let before = stored.get(&key).copied();
            let after = before.unwrap_or_default().plus(change);
            let after = after.map_err(|error| refused(&key, error))?;
            match after.events {
                ..0 => return Err(refused(&key, format!("it would hold {} events", after.events))),
                0 if !after.quantity.is_zero() => {
                    return Err(refused(&key, format!("no event, but {}", after.quantity)));
                }
                0 if before.is_some() => writes.emptied.push(key_row(&key)?),
                0 => {}
                1.. => writes.saved.push(whole_row(&key, after)?),
            }
        }
        Ok(writes)
    }
}

fn refused(key: &Key, reason: impl std::fmt::Display) -> StoreError {
    let (unit, quarter_at, meter, dimensions, arrived_on) = key;
    let row = format!("{unit} {quarter_at} {meter} {dimensions:?} {arrived_on}");
    inconsistent(USAGE_BUCKETS.name, row, reason)
}

fn key_row(key: &Key) -> Result<Row<'static>> {
    let (unit, quarter_at, meter, dimensions, arrived_on) = key;
    Ok(vec![
        Cell::shown(unit),
        (*quarter_at).into(),
        Cell::shown(meter),
        Cell::json(dimensions)?,
        Cell::shown(*arrived_on),
    ])
}

fn whole_row(key: &Key, content: Content) -> Result<Row<'static>> {
    let mut row = key_row(key)?;
    row.extend([Cell::shown(content.quantity.normalized()), content.events.into()]);
    Ok(row)
}

fn read(row: Row<'static>) -> Result<(Key, Content)> {
    let mut reader = Reader::new(USAGE_BUCKETS, row);
    let key =
        (reader.parsed()?, reader.instant()?, reader.parsed()?, reader.json()?, reader.parsed()?);
    Ok((key, Content { quantity: reader.parsed()?, events: reader.integer()? }))
}

/// One bucket per unit, meter, quarter and attributes, in that order, whatever the day of
/// arrival. The rows are those that [`Changes::added_to`] reads.
///
/// # Errors
/// [`StoreError::Inconsistent`].
pub fn sum_buckets(rows: Vec<Row<'static>>) -> Result<Vec<Bucket>> {
    let mut sums = BTreeMap::new();
    for row in rows {
        let (key, content) = read(row)?;
        let (unit, quarter_at, meter, dimensions, _) = key.clone();
        let sum: &mut Content = sums.entry((unit, meter, quarter_at, dimensions)).or_default();
        *sum = sum.plus(content).map_err(|error| refused(&key, error))?;
    }
    let bucket = |((unit, meter, quarter_at, dimensions), content): (_, Content)| Bucket {
        unit,
        meter,
        quarter_at,
        dimensions,
        quantity: content.quantity,
        events: content.events,
    };
    Ok(sums.into_iter().map(bucket).collect())
}
