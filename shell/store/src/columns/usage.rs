//! Columns of `usage_log` and `usage_segments`.

use std::borrow::Cow;

use kernel::Digest;

use super::{Cell, Reader, Row, Table};
use crate::{Replay, Result, Segment, SegmentHead, UsageLog};

const USAGE_LOG: Table = Table { name: "usage_log", key_columns: 1 };
const USAGE_SEGMENTS: Table = Table { name: "usage_segments", key_columns: 1 };

/// `sequence, batch, name, arrived_on, first_line, lines, catalog, tallies, replayed,
/// replayed_on, withdrawn, raw, outcomes`.
///
/// # Errors
/// [`crate::StoreError`], when the tallies cannot be written as JSON.
pub fn segment_row(segment: &Segment) -> Result<Row<'_>> {
    let head = &segment.head;
    let replay = head.replay.as_ref();
    let withdrawn = replay.map(|it| Cell::json(&it.withdrawn)).transpose()?;
    Ok(vec![
        head.sequence.into(),
        Cell::shown(head.batch),
        head.name.as_str().into(),
        Cell::shown(head.arrived_on),
        i64::from(head.first_line).into(),
        i64::from(head.lines).into(),
        head.catalog.into(),
        Cell::json(&head.tallies)?,
        replay.map(|it| it.segment).into(),
        replay.map_or(Cell::Null, |it| Cell::shown(it.replayed_on)),
        withdrawn.unwrap_or(Cell::Null),
        Cell::Bytes(Cow::Borrowed(&segment.raw)),
        Cell::Bytes(Cow::Borrowed(&segment.outcomes)),
    ])
}

fn head(reader: &mut Reader) -> Result<SegmentHead> {
    Ok(SegmentHead {
        sequence: reader.integer()?,
        batch: reader.parsed()?,
        name: reader.text()?,
        arrived_on: reader.parsed()?,
        first_line: reader.number()?,
        lines: reader.number()?,
        catalog: reader.integer()?,
        tallies: reader.json()?,
        replay: replay(reader)?,
    })
}

/// All three columns, or none of them.
fn replay(reader: &mut Reader) -> Result<Option<Replay>> {
    let Some(segment) = reader.integer_or_none()? else {
        reader.next += 2;
        return Ok(None);
    };
    let (replayed_on, withdrawn) = (reader.parsed()?, reader.json()?);
    Ok(Some(Replay { segment, replayed_on, withdrawn }))
}

/// The columns of [`segment_row`] without the last two.
///
/// # Errors
/// [`crate::StoreError::Inconsistent`].
pub fn read_segment_head(row: Row<'static>) -> Result<SegmentHead> {
    head(&mut Reader::new(USAGE_SEGMENTS, row))
}

/// The columns of [`segment_row`].
///
/// # Errors
/// [`crate::StoreError::Inconsistent`].
pub fn read_segment(row: Row<'static>) -> Result<Segment> {
    let mut reader = Reader::new(USAGE_SEGMENTS, row);
    Ok(Segment { head: head(&mut reader)?, raw: reader.bytes()?, outcomes: reader.bytes()? })
}

/// `sequence`.
///
/// # Errors
/// [`crate::StoreError::Inconsistent`].
pub fn read_sequence(row: Row<'static>) -> Result<i64> {
    Reader::new(USAGE_SEGMENTS, row).integer()
}

/// `secret, last`.
///
/// # Errors
/// [`crate::StoreError::Inconsistent`].
pub fn read_usage_log(row: Row<'static>) -> Result<UsageLog> {
    let mut reader = Reader::new(USAGE_LOG, row);
    let Digest(secret) = reader.parsed()?;
    Ok(UsageLog { secret, last: reader.integer()? })
}
