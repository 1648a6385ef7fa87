//! What replays say of lines that arrived earlier: a replay is a segment that holds no lines, but
//! names lines of one other segment and what they are since (`docs/adr/0012`).

use facts::usage::LineOutcome;
use jiff::civil::Date;
use store::{Segment, SegmentHead, Tx};
use usage_index::{Additions, NewReading, Readings};

use super::log;
use super::reader::{LineReader, Look};
use crate::Result;

/// So many readers are kept for the next line: few days and catalogs say what lines are.
const READERS_MAX: usize = 16;

/// What a replay made of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replayed {
    /// Sequence of the segment that says so.
    pub segment: i64,
    /// Civil day of the replay.
    pub replayed_on: Date,
    /// What the line was until then.
    pub was: LineOutcome,
    /// What it is since.
    pub became: LineOutcome,
}

/// What a line is, by all that was ever said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    pub outcome: LineOutcome,
    /// Whether the line took its id when it arrived; a replay gives no id back.
    pub took_id: bool,
    /// In the order of the log; none for nearly every line.
    pub replays: Vec<Replayed>,
}

impl Standing {
    /// Whether a replay may make something else of it: what counts does so for ever.
    pub fn may_change(&self) -> bool {
        self.took_id && self.outcome != LineOutcome::Taken
    }
}

/// A line as a replay names it.
pub(super) struct Again {
    /// Its number in its file, from 1.
    pub line: u32,
    /// The segment that said last what it is.
    pub since: i64,
    /// What it is now.
    pub outcome: LineOutcome,
}

/// What replayed lines are kept as: `line since`, each with a line feed.
pub(super) fn written<'a>(lines: impl IntoIterator<Item = &'a Again>) -> Vec<u8> {
    let line = |it: &Again| format!("{} {}\n", it.line, it.since);
    lines.into_iter().map(line).collect::<String>().into_bytes()
}

/// The lines that a replay names.
fn named(replay: &Segment) -> Result<Vec<Again>> {
    let unpacked = log::unpack(replay)?;
    let names = unpacked.lines.iter().map(|name| {
        let (line, since) = std::str::from_utf8(name).ok()?.split_once(' ')?;
        Some((line.parse::<u32>().ok()?, since.parse::<i64>().ok()?))
    });
    let again = names.zip(&unpacked.outcomes).map(|(name, outcome)| {
        let (line, since) = name.ok_or_else(|| log::broken(replay.head.sequence))?;
        Ok(Again { line, since, outcome: *outcome })
    });
    again.collect()
}

/// What the lines of a segment are now.
pub(super) fn standings(
    tx: &mut dyn Tx,
    head: &SegmentHead,
    outcomes: &[LineOutcome],
) -> Result<Vec<Standing>> {
    let arrived = |outcome: &LineOutcome| Standing {
        outcome: *outcome,
        took_id: outcome.takes_id(),
        replays: Vec::new(),
    };
    let mut standings: Vec<Standing> = outcomes.iter().map(arrived).collect();
    for sequence in tx.replays_of(head.sequence)? {
        let replay = log::segment(tx, sequence)?;
        let Some(told) = &replay.head.replay else { return Err(log::broken(sequence)) };
        for again in named(&replay)? {
            let standing = place(head, again.line).and_then(|it| standings.get_mut(it));
            let standing = standing.ok_or_else(|| log::broken(sequence))?;
            standing.replays.push(Replayed {
                segment: sequence,
                replayed_on: told.replayed_on,
                was: standing.outcome,
                became: again.outcome,
            });
            standing.outcome = again.outcome;
        }
    }
    Ok(standings)
}

fn place(head: &SegmentHead, line: u32) -> Option<usize> {
    usize::try_from(line.checked_sub(head.first_line)?).ok()
}

/// Readers by catalog and day, kept while segments are read one after the other.
#[derive(Default)]
pub(super) struct Readers {
    known: Vec<LineReader>,
}

impl Readers {
    /// What reads lines as a segment does: by the rules of its day of arrival, or of its replay.
    pub fn of(&mut self, tx: &mut dyn Tx, head: &SegmentHead) -> Result<&LineReader> {
        let day = head.replay.as_ref().map_or(head.arrived_on, |it| it.replayed_on);
        let known = self.known.iter().position(|it| it.reads(head.catalog, day));
        let place = match known {
            Some(place) => place,
            None => {
                let reader = LineReader::then(tx, head.catalog, day)?;
                if self.known.len() >= READERS_MAX {
                    self.known.clear();
                }
                self.known.push(reader);
                self.known.len() - 1
            }
        };
        Ok(&self.known[place])
    }
}

/// What a replay adds to the index: the new readings, and the held ones that it takes back. Both
/// are read again from the lines, by the rules of then and of now.
pub(super) fn derive(tx: &mut dyn Tx, replay: &Segment) -> Result<Additions> {
    let sequence = replay.head.sequence;
    let broken = || log::broken(sequence);
    let told = replay.head.replay.as_ref().ok_or_else(broken)?;
    let origin = log::segment(tx, told.segment)?;
    let lines = log::unpack(&origin)?.lines;
    let mut readers = Readers::default();
    let mut readings = Readings::default();
    let mut earlier: Option<SegmentHead> = None;
    for again in named(replay)? {
        let raw = place(&origin.head, again.line).and_then(|it| lines.get(it));
        let raw = raw.ok_or_else(broken)?;
        let since = match earlier.take().filter(|it| it.sequence == again.since) {
            _ if again.since == origin.head.sequence => &origin.head,
            Some(same) => &*earlier.insert(same),
            None => &*earlier.insert(log::segment(tx, again.since)?.head),
        };
        let was = readers.of(tx, since)?.look(raw);
        if let Some(reading) = reading(&was, origin.head.arrived_on, &dimensions(&was)) {
            let segment = again.since;
            readings.withdraw(&was.track, segment, reading).map_err(log::index_failed)?;
        }
        let is = readers.of(tx, &replay.head)?.look(raw);
        if is.outcome != again.outcome {
            return Err(broken());
        }
        if let Some(reading) = reading(&is, origin.head.arrived_on, &dimensions(&is)) {
            readings.replay(&is.track, told.replayed_on, reading);
        }
    }
    Ok(Additions { sequence, keys: Vec::new(), readings })
}

pub(super) fn dimensions(look: &Look) -> Vec<(&str, &str)> {
    look.dimensions.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// What a line measures; none when it cannot be read.
pub(super) fn reading<'a>(
    look: &'a Look,
    arrived_on: Date,
    dimensions: &'a [(&'a str, &'a str)],
) -> Option<NewReading<'a>> {
    Some(NewReading {
        subject: look.subject.as_deref()?,
        track: 0,
        happened_at: look.happened_at?,
        arrived_on,
        value: look.value,
        dimensions,
    })
}
