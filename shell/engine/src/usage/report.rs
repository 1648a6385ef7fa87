//! What became of every line that was ever received.

use std::collections::{BTreeMap, BTreeSet};

use facts::usage::{Arrival, ConservationRow, Fate, LineOutcome};
use facts::{EventId, EventSource, MeterCode};
use jiff::civil::Date;
use store::{SegmentHead, Store, Tx};

use super::log;
use super::owners::Owners;
use super::reader::LineReader;
use crate::Result;

/// How many devices are looked at together.
const SUBJECTS_AT_ONCE: usize = 1_000;

/// A line that is not simply billed: it waits, or was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredLine {
    /// Where it arrived.
    pub arrival: Arrival,
    /// The file or stream.
    pub name: String,
    /// The meter of its type.
    pub meter: Option<MeterCode>,
    /// `quarantined`, `rejected`, `duplicate` or `conflict`.
    pub outcome: &'static str,
    /// The reason, for the first two.
    pub reason: Option<&'static str>,
    /// The source and id, where they could be read.
    pub event: Option<(EventSource, EventId)>,
    /// The line as received.
    pub raw: String,
}

/// The words of an outcome and a fate, as they are shown: outcome and reason.
#[must_use]
pub fn words(outcome: LineOutcome, fate: Option<&Fate>) -> (&'static str, Option<&'static str>) {
    match (outcome, fate) {
        (LineOutcome::Duplicate, _) => ("duplicate", None),
        (LineOutcome::Conflict, _) => ("conflict", None),
        (LineOutcome::Rejected(reason), _) => ("rejected", Some(reason.code())),
        (LineOutcome::Held(reason), _) => ("quarantined", Some(reason.code())),
        (LineOutcome::Taken, Some(Fate::Quarantined(reason))) => {
            ("quarantined", Some(reason.code()))
        }
        (LineOutcome::Taken, Some(Fate::Free(_))) => ("free", None),
        (LineOutcome::Taken, _) => ("accepted", None),
    }
}

/// The lines that arrived from `from` to before `to`, counted by day, meter and outcome, in that
/// order. What became of events is worked out by the facts that are known now.
///
/// # Errors
/// [`crate::EngineError`].
pub fn conservation(store: &mut dyn Store, from: Date, to: Date) -> Result<Vec<ConservationRow>> {
    let mut tx = store.read()?;
    let mut lines = BTreeMap::new();
    for head in tx.segment_heads(from, to)? {
        count_refused(&head, &mut lines);
    }
    count_events(tx.as_mut(), (from, to), &mut lines)?;
    let row = |((arrived_on, meter, outcome, reason), lines): ((_, _, &str, Option<&str>), i64)| {
        let reason = reason.map(str::to_owned);
        ConservationRow { arrived_on, meter, outcome: outcome.to_owned(), reason, lines }
    };
    Ok(lines.into_iter().map(row).collect())
}

type Lines = BTreeMap<(Date, Option<MeterCode>, &'static str, Option<&'static str>), i64>;

/// Counts what took no id; an event that did is counted by its reading.
fn count_refused(head: &SegmentHead, lines: &mut Lines) {
    for tally in &head.tallies {
        let outcome = LineOutcome::from_code(tally.outcome);
        if let Some(outcome) = outcome.filter(|outcome| !outcome.takes_id()) {
            let (outcome, reason) = words(outcome, None);
            let key = (head.arrived_on, tally.meter.clone(), outcome, reason);
            *lines.entry(key).or_default() += i64::from(tally.lines);
        }
    }
}

fn count_events(tx: &mut dyn Tx, (from, to): (Date, Date), lines: &mut Lines) -> Result<()> {
    let index = log::caught_up(tx)?;
    let mut owners = Owners::default();
    for subjects in index.subjects().chunks(SUBJECTS_AT_ONCE) {
        let subjects: Vec<&str> = subjects.iter().map(String::as_str).collect();
        owners.load(tx, subjects.iter().copied())?;
        for series in index.series(&subjects).map_err(log::index_failed)? {
            let owners = owners.of_series(&series);
            let outcome = series.track.held.map_or(LineOutcome::Taken, LineOutcome::Held);
            for point in &series.points {
                if point.arrived_on < from || point.arrived_on >= to {
                    continue;
                }
                let fate = metering::attribute(point.happened_at, &series.track, owners);
                let (outcome, reason) = words(outcome, Some(&fate));
                let key = (point.arrived_on, series.track.meter.clone(), outcome, reason);
                *lines.entry(key).or_default() += 1;
            }
        }
    }
    Ok(())
}

/// The lines that wait or were refused, that arrived from `from` to before `to`, by day, batch
/// and line, at most `limit`.
///
/// # Errors
/// [`crate::EngineError`].
pub fn exceptional_lines(
    store: &mut dyn Store,
    from: Date,
    to: Date,
    limit: u32,
) -> Result<Vec<StoredLine>> {
    let mut tx = store.read()?;
    let waiting = waiting_segments(tx.as_mut())?;
    let mut heads = tx.segment_heads(from, to)?;
    let is_exceptional = |head: &SegmentHead| {
        let taken = LineOutcome::Taken.code();
        waiting.contains(&head.sequence) || head.tallies.iter().any(|it| it.outcome != taken)
    };
    heads.retain(is_exceptional);
    heads.sort_by(|a, b| (a.arrived_on, a.batch).cmp(&(b.arrived_on, b.batch)));
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut owners = Owners::default();
    let mut found = Vec::new();
    for head in heads {
        if found.len() >= limit {
            break;
        }
        found.extend(exceptions_of(tx.as_mut(), &head, &mut owners)?);
    }
    found.truncate(limit);
    Ok(found)
}

/// The segments with an event that waits for a fact.
fn waiting_segments(tx: &mut dyn Tx) -> Result<BTreeSet<i64>> {
    let index = log::caught_up(tx)?;
    let mut owners = Owners::default();
    let mut waiting = BTreeSet::new();
    for subjects in index.subjects().chunks(SUBJECTS_AT_ONCE) {
        let subjects: Vec<&str> = subjects.iter().map(String::as_str).collect();
        owners.load(tx, subjects.iter().copied())?;
        for series in index.series(&subjects).map_err(log::index_failed)? {
            let owners = owners.of_series(&series);
            let waits = series.points.iter().filter(|point| {
                let fate = metering::attribute(point.happened_at, &series.track, owners);
                matches!(fate, Fate::Quarantined(_))
            });
            waiting.extend(waits.map(|point| point.segment));
        }
    }
    Ok(waiting)
}

/// The lines of a segment that wait or were refused.
fn exceptions_of(
    tx: &mut dyn Tx,
    head: &SegmentHead,
    owners: &mut Owners,
) -> Result<Vec<StoredLine>> {
    let unpacked = log::unpack(&log::segment(tx, head.sequence)?)?;
    let reader = LineReader::then(tx, head.catalog, head.arrived_on)?;
    let lines = unpacked.lines.iter().zip(unpacked.outcomes).zip(head.first_line..);
    let mut found = Vec::new();
    for ((raw, outcome), line) in lines {
        let seen = reader.look(raw);
        let fate = match (&seen.subject, seen.happened_at, outcome) {
            (Some(subject), Some(happened_at), LineOutcome::Taken) => {
                owners.load(tx, [subject.as_str()])?;
                Some(metering::attribute(happened_at, &seen.track, owners.of(subject)))
            }
            _ => None,
        };
        let (outcome, reason) = words(outcome, fate.as_ref());
        if outcome != "accepted" && outcome != "free" {
            let arrival = Arrival { arrived_on: head.arrived_on, batch: head.batch, line };
            let raw = String::from_utf8_lossy(raw).into_owned();
            let (meter, name, event) = (seen.track.meter, head.name.clone(), seen.event);
            found.push(StoredLine { arrival, name, meter, outcome, reason, event, raw });
        }
    }
    Ok(found)
}
