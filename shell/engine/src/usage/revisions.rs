//! Lines with one source and id: the event as it was first told, and those that amend or cancel
//! it. Of each revision the first line that was received stands; of an event, the greatest
//! revision (`docs/adr/0019`). What a line says never changes: which of them stands is asked of
//! the log, and the index keeps the answer beside the readings.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use connect::{Lines, cloud_events};
use facts::usage::{LineOutcome, Mark};
use jiff::civil::Date;
use store::Tx;
use usage_index::{EventKey, Index, Readings, Secret};

use super::log;
use super::reader::{LineReader, ReadLine};
use super::replayed::{self, Readers};
use crate::Result;

/// How many segments stay unpacked at once: few, each is some megabytes.
const SEGMENTS_MAX: usize = 4;

/// A line that took its revision of an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    pub mark: Mark,
    /// The segment that holds it; none: the one at hand.
    pub segment: Option<i64>,
    /// Its place in the segment, from 0.
    pub place: usize,
    raw: Vec<u8>,
}

impl Told {
    /// Of the segment at hand.
    pub fn here(place: usize, raw: &[u8]) -> Self {
        Self { mark: mark_of(raw), segment: None, place, raw: raw.to_vec() }
    }
}

fn mark_of(raw: &[u8]) -> Mark {
    cloud_events::read_line(raw).map_or(Mark::First, |it| it.mark)
}

/// What was told of ids by earlier segments, looked up where a print does not settle it.
#[derive(Default)]
pub(super) struct Revisions {
    segments: BTreeMap<i64, HashMap<EventKey, Vec<Told>>>,
}

impl Revisions {
    /// The lines of one id in earlier segments, in the order of the log.
    pub fn of(
        &mut self,
        tx: &mut dyn Tx,
        index: &Index,
        (reader, key): (&LineReader, EventKey),
    ) -> Result<Vec<Told>> {
        let mut told = Vec::new();
        for segment in segments_of(index, reader.secret(), key)? {
            if !self.segments.contains_key(&segment) {
                if self.segments.len() >= SEGMENTS_MAX {
                    self.segments.clear();
                }
                self.segments.insert(segment, lines_of(tx, reader, segment)?);
            }
            let of_key = self.segments.get(&segment).and_then(|lines| lines.get(&key));
            told.extend(of_key.into_iter().flatten().cloned());
        }
        Ok(told)
    }
}

/// The segments with lines of an id.
pub(super) fn segments_of(index: &Index, secret: Secret, key: EventKey) -> Result<BTreeSet<i64>> {
    let mut segments = BTreeSet::new();
    let mut next = key;
    let mut n = 0_u32;
    while let Some(seen) = index.seen(&[next]).map_err(log::index_failed)?.pop().flatten() {
        segments.insert(seen.segment);
        n = n.saturating_add(1);
        next = secret.nth(key, n);
    }
    Ok(segments)
}

/// The lines of every id that took a key in a segment, in their order.
fn lines_of(
    tx: &mut dyn Tx,
    reader: &LineReader,
    segment: i64,
) -> Result<HashMap<EventKey, Vec<Told>>> {
    let unpacked = log::unpack(&log::segment(tx, segment)?)?;
    let mut lines: HashMap<EventKey, Vec<Told>> = HashMap::new();
    for (place, (raw, outcome)) in unpacked.lines.iter().zip(&unpacked.outcomes).enumerate() {
        if let (true, Some(key)) = (outcome.takes_key(), reader.key_of(raw)) {
            let told = Told { segment: Some(segment), ..Told::here(place, raw) };
            lines.entry(key).or_default().push(told);
        }
    }
    Ok(lines)
}

/// What a line is beside those with its id that were received before.
pub(super) fn outcome(before: &[Told], raw: &[u8], line: &ReadLine) -> LineOutcome {
    let same = before.iter().find(|it| it.mark.revision() == line.revision);
    if let Some(same) = same {
        let is_same = same.raw == raw || cloud_events::same_event(&same.raw, raw);
        return if is_same { LineOutcome::Duplicate } else { LineOutcome::Conflict };
    }
    let is_newest = before.iter().all(|it| it.mark.revision() < line.revision);
    if is_newest || !line.outcome.takes_id() { line.outcome } else { LineOutcome::Superseded }
}

/// A line of a segment that is not the first that was ever told of its id.
pub(super) struct Change {
    /// Its place in the segment.
    place: usize,
    /// The key that it takes.
    key: EventKey,
    /// The line in whose place it stands.
    replaced: Option<Told>,
}

/// The changes of a segment whose lines have their outcomes, in their order. What was received
/// before is in the index, and nothing of this segment is.
pub(super) fn changes(
    tx: &mut dyn Tx,
    index: &Index,
    reader: &LineReader,
    (lines, read, outcomes): (&Lines, &[ReadLine], &[LineOutcome]),
) -> Result<Vec<Change>> {
    let is_change = |line: &ReadLine, outcome: LineOutcome| {
        outcome.takes_key() && (line.revision > 0 || outcome == LineOutcome::Superseded)
    };
    if !read.iter().zip(outcomes).any(|(line, outcome)| is_change(line, *outcome)) {
        return Ok(Vec::new());
    }
    let mut revisions = Revisions::default();
    let mut told: HashMap<EventKey, Vec<Told>> = HashMap::new();
    let mut changes = Vec::new();
    for (place, (line, outcome)) in read.iter().zip(outcomes).enumerate() {
        if !outcome.takes_key() {
            continue;
        }
        let raw = lines.get(place).unwrap_or_default();
        if !is_change(line, *outcome) {
            // Nothing was told of its id before.
            told.insert(line.key, vec![Told::here(place, raw)]);
            continue;
        }
        let before = match told.entry(line.key) {
            std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::hash_map::Entry::Vacant(free) => {
                free.insert(revisions.of(tx, index, (reader, line.key))?)
            }
        };
        let n = u32::try_from(before.len()).unwrap_or(u32::MAX);
        let key = if n == 0 { line.key } else { reader.secret().nth(line.key, n) };
        let newest = before.iter().max_by_key(|it| it.mark.revision());
        let replaced = newest.filter(|it| it.mark.revision() < line.revision).cloned();
        changes.push(Change { place, key, replaced });
        before.push(Told::here(place, raw));
    }
    Ok(changes)
}

/// Gives the lines the keys that they take, and says of readings that they stand no more. How many
/// those are.
pub(super) fn apply(
    tx: &mut dyn Tx,
    changes: &[Change],
    (reader, lines, sequence): (&LineReader, &Lines, i64),
    (read, readings): (&mut [ReadLine], &mut Readings),
) -> Result<u32> {
    let mut readers = Readers::default();
    let mut amended = 0;
    for change in changes {
        if let Some(line) = read.get_mut(change.place) {
            line.key = change.key;
        }
        let Some(replaced) = &change.replaced else { continue };
        let amended_on = reader.arrived_on();
        let (look, since, arrived_on) = match replaced.segment {
            None => {
                let raw = lines.get(replaced.place).unwrap_or_default();
                (reader.look(raw), sequence, amended_on)
            }
            Some(segment) => standing(tx, &mut readers, segment, replaced)?,
        };
        let dimensions = replayed::dimensions(&look);
        let reading = replayed::reading(&look, arrived_on, &dimensions);
        if let (true, Some(reading)) = (look.outcome.takes_id(), reading) {
            let at = (since, amended_on);
            readings.amend(&look.track, at, reading).map_err(log::index_failed)?;
            amended += 1;
        }
    }
    Ok(amended)
}

/// What a line of an earlier segment says, by the rules that its reading comes from; the segment
/// that said so last, and the day of arrival.
fn standing(
    tx: &mut dyn Tx,
    readers: &mut Readers,
    segment: i64,
    told: &Told,
) -> Result<(super::reader::Look, i64, Date)> {
    let origin = log::segment(tx, segment)?;
    let unpacked = log::unpack(&origin)?;
    let standings = replayed::standings(tx, &origin.head, &unpacked.outcomes)?;
    let standing = standings.get(told.place).ok_or_else(|| log::broken(segment))?;
    let since = match standing.replays.last() {
        None => origin.head.clone(),
        Some(last) => log::segment(tx, last.segment)?.head,
    };
    let mut look = readers.of(tx, &since)?.look(&told.raw);
    look.outcome = standing.outcome;
    Ok((look, since.sequence, origin.head.arrived_on))
}

/// Of lines that took their ids in a segment, given with their keys and places, those in whose
/// place another stands.
pub(super) fn amended(
    tx: &mut dyn Tx,
    index: &Index,
    reader: &LineReader,
    segment: i64,
    lines: &[(EventKey, usize)],
) -> Result<BTreeSet<usize>> {
    let secret = reader.secret();
    let second: Vec<EventKey> = lines.iter().map(|(key, _)| secret.nth(*key, 1)).collect();
    let seen = index.seen(&second).map_err(log::index_failed)?;
    let mut revisions = Revisions::default();
    let mut amended = BTreeSet::new();
    for ((key, place), _) in lines.iter().zip(seen).filter(|(_, seen)| seen.is_some()) {
        let told = revisions.of(tx, index, (reader, *key))?;
        let newest = told.into_iter().max_by_key(|it| it.mark.revision());
        if newest.is_some_and(|it| (it.segment, it.place) != (Some(segment), *place)) {
            amended.insert(*place);
        }
    }
    Ok(amended)
}
