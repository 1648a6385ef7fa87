//! Segments, packed and unpacked, and what is derived from them, caught up with the log.

use connect::Lines;
use facts::usage::LineOutcome;
use store::{Segment, Tx};
use usage_index::{Additions, EventKey, Index, IndexError, Print, Readings};

use super::reader::{LineReader, ReadLine};
use super::{replayed, revisions};
use crate::{EngineError, Result, contracts};

/// Lines of strangers compress about sixfold at the fastest level; a slower one saves a tenth.
const LEVEL: i32 = 1;

/// Compresses what a segment keeps.
pub(super) fn pack(bytes: &[u8]) -> Vec<u8> {
    // In memory, the library only fails for a level that it does not have.
    zstd::bulk::compress(bytes, LEVEL).unwrap_or_default()
}

/// A segment, unpacked.
pub(super) struct Unpacked {
    pub lines: Lines,
    /// One a line.
    pub outcomes: Vec<LineOutcome>,
}

/// Unpacks a segment.
///
/// # Errors
/// It is not what was written: its bytes were changed.
pub(super) fn unpack(segment: &Segment) -> Result<Unpacked> {
    let broken = || broken(segment.head.sequence);
    let raw = zstd::stream::decode_all(segment.raw.as_slice()).map_err(|_| broken())?;
    let codes = zstd::stream::decode_all(segment.outcomes.as_slice()).map_err(|_| broken())?;
    let outcomes: Option<Vec<_>> = codes.into_iter().map(LineOutcome::from_code).collect();
    let outcomes = outcomes.ok_or_else(broken)?;
    let lines = Lines::from_bytes(raw);
    if lines.len() != outcomes.len() {
        return Err(broken());
    }
    Ok(Unpacked { lines, outcomes })
}

/// The error for a segment that is not what was written.
pub(super) fn broken(sequence: i64) -> EngineError {
    contracts::missing(format!("what segment {sequence} of the log of usage held"))
}

/// The segment with this sequence, which the log must have.
pub(super) fn segment(tx: &mut dyn Tx, sequence: i64) -> Result<Segment> {
    let absent = || contracts::missing(format!("segment {sequence} of the log of usage"));
    tx.segment(sequence)?.ok_or_else(absent)
}

/// What is derived from the log, with everything that is committed.
///
/// # Errors
/// The store failed, or a segment is not what it was.
pub(crate) fn caught_up(tx: &mut dyn Tx) -> Result<Index> {
    let last = tx.usage_log()?.last;
    let index = tx.index();
    let mut reader: Option<LineReader> = None;
    // Read once a turn: another thread may add a segment at any time.
    let mut applied = index.applied();
    while applied < last {
        let segment = segment(tx, applied + 1)?;
        if segment.head.replay.is_some() {
            let additions = replayed::derive(tx, &segment)?;
            apply(&index, additions, segment.head.batch.0)?;
            applied = index.applied();
            continue;
        }
        let (catalog, day) = (segment.head.catalog, segment.head.arrived_on);
        let reader = match reader.take().filter(|it| it.reads(catalog, day)) {
            Some(same) => reader.insert(same),
            None => reader.insert(LineReader::then(tx, catalog, day)?),
        };
        let additions = derive(tx, &index, reader, &segment)?;
        apply(&index, additions, segment.head.batch.0)?;
        applied = index.applied();
    }
    Ok(index)
}

/// What a segment adds, read again from its lines.
fn derive(
    tx: &mut dyn Tx,
    index: &Index,
    reader: &LineReader,
    segment: &Segment,
) -> Result<Additions> {
    let unpacked = unpack(segment)?;
    let (mut lines, mut readings) = reader.read(&unpacked.lines);
    let outcomes = &unpacked.outcomes;
    retain(&mut readings, &lines, outcomes);
    if readings.len() != outcomes.iter().filter(|it| it.takes_id()).count() {
        return Err(broken(segment.head.sequence));
    }
    let told = (&unpacked.lines, lines.as_slice(), outcomes.as_slice());
    let changes = revisions::changes(tx, index, reader, told)?;
    let place = (reader, &unpacked.lines, segment.head.sequence);
    revisions::apply(tx, &changes, place, (&mut lines, &mut readings))?;
    let keys = keys_of(&lines, outcomes);
    Ok(Additions { sequence: segment.head.sequence, keys, readings })
}

/// Keeps the readings of the lines that were read as events.
pub(super) fn retain(readings: &mut Readings, lines: &[ReadLine], outcomes: &[LineOutcome]) {
    let readable = lines.iter().zip(outcomes).filter(|(line, _)| line.outcome.takes_id());
    let keep: Vec<bool> = readable.map(|(_, outcome)| outcome.takes_id()).collect();
    readings.retain(&keep);
}

/// The keys that lines took, with their prints.
pub(super) fn keys_of(lines: &[ReadLine], outcomes: &[LineOutcome]) -> Vec<(EventKey, Print)> {
    let taken = lines.iter().zip(outcomes).filter(|(_, outcome)| outcome.takes_key());
    taken.map(|(line, _)| (line.key, line.print)).collect()
}

/// Adds what a committed segment says.
pub(super) fn apply(index: &Index, additions: Additions, mark: [u8; 16]) -> Result<()> {
    let sequence = additions.sequence;
    match index.apply(additions, mark) {
        // Another thread was first; a segment says the same to everybody.
        Err(IndexError::OutOfOrder { applied, .. }) if applied >= sequence => Ok(()),
        done => done.map_err(index_failed),
    }
}

/// The files of the index failed; the log is not concerned.
pub(super) fn index_failed(error: IndexError) -> EngineError {
    EngineError::Store(store::StoreError::Database {
        action: "use the index of usage",
        reason: error.to_string(),
    })
}
