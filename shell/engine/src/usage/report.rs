//! What became of every line that was ever received.

use std::collections::{BTreeMap, BTreeSet};

use facts::usage::{Arrival, ConservationRow, Fate, LineOutcome, Tally};
use facts::{EventId, EventSource, MeterCode};
use jiff::civil::Date;
use metering::FateKind;
use store::{SegmentHead, Store, Tx};

use super::dues::{Dues, Told};
use super::lines::{Walked, Walker};
use super::log;
use super::owners::Owners;
use crate::Result;

/// Of the accepted lines, those that the last invoice of their account has.
const BILLED: &str = "billed";
/// Of the accepted lines, the others.
const NOT_YET_DUE: &str = "not_yet_due";

/// What is said of a line in whose place another stands.
pub(super) const AMENDED: (&str, Option<&str>) = ("amended", None);

/// How many devices are looked at together.
pub(super) const SUBJECTS_AT_ONCE: usize = 1_000;

/// A line that is not simply billed: it waits, or was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredLine {
    /// Where it arrived.
    pub arrival: Arrival,
    /// The file or stream.
    pub name: String,
    /// The meter of its type.
    pub meter: Option<MeterCode>,
    /// `quarantined`, `rejected`, `duplicate` or `conflict`; of [`lines_behind`] any outcome.
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
    words_of(outcome, fate.map(FateKind::from))
}

/// The same, when it does not matter which unit it is.
#[must_use]
pub const fn words_of(
    outcome: LineOutcome,
    fate: Option<FateKind>,
) -> (&'static str, Option<&'static str>) {
    match (outcome, fate) {
        (LineOutcome::Superseded, _) => ("amended", None),
        (LineOutcome::Cancels, _) => ("cancelled", None),
        (LineOutcome::Duplicate, _) => ("duplicate", None),
        (LineOutcome::Conflict, _) => ("conflict", None),
        (LineOutcome::Rejected(reason), _) => ("rejected", Some(reason.code())),
        (LineOutcome::Held(reason), _)
        | (LineOutcome::Taken, Some(FateKind::Quarantined(reason))) => {
            ("quarantined", Some(reason.code()))
        }
        (LineOutcome::Taken, Some(FateKind::Free)) => ("free", None),
        (LineOutcome::Taken, Some(FateKind::Shadow)) => ("shadow", None),
        (LineOutcome::Taken, _) => ("accepted", None),
    }
}

/// The lines that arrived from `from` to before `to`, counted by day, meter and outcome, in that
/// order. What became of events is worked out by the facts that are known now.
///
/// # Errors
/// [`crate::EngineError`].
pub fn conservation(store: &mut dyn Store, from: Date, to: Date) -> Result<Vec<ConservationRow>> {
    Ok(counted(store, from, to, None)?.into_iter().map(|it| it.row).collect())
}

/// A row of the report, with what of it is billed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EquationRow {
    /// The row.
    pub row: ConservationRow,
    /// Of its lines, those that the last invoice of their account has. The other accepted lines
    /// are not due yet.
    pub billed: i64,
}

/// As [`conservation`], and how many of the accepted lines are billed.
///
/// # Errors
/// [`crate::EngineError`].
pub fn equation(store: &mut dyn Store, from: Date, to: Date) -> Result<Vec<EquationRow>> {
    counted(store, from, to, Some(Dues::default()))
}

fn counted(
    store: &mut dyn Store,
    from: Date,
    to: Date,
    dues: Option<Dues>,
) -> Result<Vec<EquationRow>> {
    let mut tx = store.read()?;
    let mut lines = Lines::new();
    for head in tx.segment_heads(from, to)? {
        count_refused(&head, &mut lines);
    }
    count_events(tx.as_mut(), (from, to), dues, &mut lines)?;
    let row = |((arrived_on, meter, outcome, reason), count): (_, Count)| {
        let (outcome, reason): (&str, Option<&str>) = (outcome, reason);
        let (outcome, reason) = (outcome.to_owned(), reason.map(str::to_owned));
        let row = ConservationRow { arrived_on, meter, outcome, reason, lines: count.lines };
        EquationRow { row, billed: count.billed }
    };
    lines.retain(|_, count| count.lines != 0);
    Ok(lines.into_iter().map(row).collect())
}

type Lines = BTreeMap<(Date, Option<MeterCode>, &'static str, Option<&'static str>), Count>;

#[derive(Default)]
struct Count {
    lines: i64,
    billed: i64,
}

/// Counts what took no id, or could not be read by a replay; any other event is counted by its
/// reading.
fn count_refused(head: &SegmentHead, lines: &mut Lines) {
    let withdrawn = head.replay.iter().flat_map(|it| &it.withdrawn).map(|it| (it, -1));
    for (tally, sign) in head.tallies.iter().map(|it| (it, 1)).chain(withdrawn) {
        let outcome = LineOutcome::from_code(tally.outcome);
        if let Some(outcome) = outcome.filter(|outcome| !outcome.takes_id()) {
            let (outcome, reason) = words(outcome, None);
            let key = (head.arrived_on, tally.meter.clone(), outcome, reason);
            lines.entry(key).or_default().lines += sign * i64::from(tally.lines);
        }
    }
}

fn count_events(
    tx: &mut dyn Tx,
    (from, to): (Date, Date),
    mut dues: Option<Dues>,
    lines: &mut Lines,
) -> Result<()> {
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
                let stands = point.amended_on.is_none();
                let (outcome, reason) = if stands { words(outcome, Some(&fate)) } else { AMENDED };
                let key = (point.arrived_on, series.track.meter.clone(), outcome, reason);
                let count = lines.entry(key).or_default();
                count.lines += 1;
                if let (Some(dues), Fate::Accepted(unit), true) = (&mut dues, &fate, stands) {
                    dues.load(tx, unit)?;
                    count.billed += i64::from(dues.is_billed(unit, Told::of(&series, point)));
                }
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
        // What a replay says is told of the lines where they arrived.
        let is_told = head.tallies.iter().any(|it| it.outcome != taken);
        head.replay.is_none() && (waiting.contains(&head.sequence) || is_told)
    };
    heads.retain(is_exceptional);
    heads.sort_by_key(|head| (head.arrived_on, head.batch));
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut walker = Walker::default();
    let mut found = Vec::new();
    for head in heads {
        if found.len() >= limit {
            break;
        }
        found.extend(exceptions_of(tx.as_mut(), &head, &mut walker)?);
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
            let stand = series.points.iter().filter(|it| it.amended_on.is_none());
            let waits = stand.filter(|point| {
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
    walker: &mut Walker,
) -> Result<Vec<StoredLine>> {
    let mut found = Vec::new();
    walker.walk(tx, head.sequence, &|_, _| true, &mut |head, line| {
        let (outcome, reason) = line.words();
        if !["accepted", "free", "shadow", "amended", "cancelled"].contains(&outcome) {
            found.push(stored(head, line, (outcome, reason)));
        }
        Ok(())
    })?;
    Ok(found)
}

fn stored(
    head: &SegmentHead,
    line: Walked<'_>,
    (outcome, reason): (&'static str, Option<&'static str>),
) -> StoredLine {
    StoredLine {
        arrival: Arrival { arrived_on: head.arrived_on, batch: head.batch, line: line.line },
        name: head.name.clone(),
        meter: line.look.track.meter,
        outcome,
        reason,
        event: line.look.event,
        raw: String::from_utf8_lossy(line.raw).into_owned(),
    }
}

/// The lines that are behind a figure of the report, in the order of the log, at most `limit`:
/// those that arrived from `from` to before `to` with this outcome. `billed` and `not_yet_due`
/// are the two parts of `accepted`.
///
/// # Errors
/// [`crate::EngineError`].
pub fn lines_behind(
    store: &mut dyn Store,
    (from, to): (Date, Date),
    asked: &str,
    limit: usize,
) -> Result<Vec<StoredLine>> {
    let mut tx = store.read()?;
    let tx = tx.as_mut();
    let parts = asked == BILLED || asked == NOT_YET_DUE;
    let mut walker = if parts { Walker::with_bills() } else { Walker::default() };
    let may_be = |outcome: LineOutcome| match words(outcome, None).0 {
        // Of what took its id, later facts decide.
        "accepted" => !["cancelled", "duplicate", "conflict", "rejected"].contains(&asked),
        told => told == asked,
    };
    let is_part = |tally: &Tally| match LineOutcome::from_code(tally.outcome) {
        // Of what was held, a replay may have made anything.
        None | Some(LineOutcome::Held(_)) => true,
        Some(outcome) => may_be(outcome),
    };
    let mut found = Vec::new();
    for head in tx.segment_heads(from, to)? {
        if found.len() >= limit {
            break;
        }
        if !head.tallies.iter().any(is_part) {
            continue;
        }
        walker.walk(tx, head.sequence, &|it, _| may_be(it.outcome), &mut |head, line| {
            let (outcome, reason) = line.words();
            let part = if line.is_billed { BILLED } else { NOT_YET_DUE };
            let outcome = if outcome == "accepted" && parts { part } else { outcome };
            if outcome == asked {
                found.push(stored(head, line, (outcome, reason)));
            }
            Ok(())
        })?;
    }
    found.truncate(limit);
    Ok(found)
}
