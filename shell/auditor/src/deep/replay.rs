//! The log from its first line to its last: what each line is, and what it leaves behind.

use std::collections::{BTreeMap, HashMap};

use facts::MeterCode;
use facts::usage::{LineOutcome, Point, RejectReason, Tally, Track};
use jiff::civil::Date;
use sha2::{Digest as _, Sha256};
use store::{Segment, SegmentHead, StoreError, Tx};
use usage_index::{EventKey, Print};

use super::again::{Again, Wait, Waiting};
use super::amended::{self, Place, Version, Versions};
use super::line::{self, Event, Line, Rules};
use crate::usage_log::{UsageLog, meter_or_none, words};
use crate::world::World;
use crate::{AuditFinding, Check};

/// What each device reported, by kind.
pub(crate) type Readings = HashMap<String, BTreeMap<Track, Vec<Point>>>;

/// Lines by meter and outcome.
pub(crate) type Tallies = BTreeMap<(Option<MeterCode>, LineOutcome), u32>;

/// A line that takes its id, as the index must know it.
struct Key {
    key: EventKey,
    print: Print,
    line: u32,
    source: String,
    id: String,
}

/// Reads the log line by line. What is found of lines goes to the first check, of keys to the
/// second; the readings that the lines make are returned.
pub(crate) fn replay(
    world: &World,
    log: &UsageLog,
    tx: &mut dyn Tx,
    lines: &mut Check,
    keys: &mut Check,
) -> Result<Readings, StoreError> {
    let mut taken = Versions::default();
    let mut readings = Readings::new();
    let mut waiting = Waiting::new();
    let (mut moved, mut amended) = (HashMap::new(), Vec::new());
    for head in &log.heads {
        let Some(segment) = tx.segment(head.sequence)? else { continue };
        if let Some(replay) = &head.replay {
            let (waiting, readings, moved) = (&mut waiting, &mut readings, &mut moved);
            Again { world, waiting, readings, moved }.read(tx, &segment, replay, lines)?;
            continue;
        }
        let unpacked = match unpack(world, &segment) {
            Ok(unpacked) => unpacked,
            Err(reason) => {
                let (segment, name) = (head.sequence, head.name.clone());
                lines.find(AuditFinding::SegmentUnreadable { segment, name, reason });
                continue;
            }
        };
        let mut page = Page {
            head,
            log,
            taken: &mut taken,
            readings: &mut readings,
            waiting: &mut waiting,
            amended: &mut amended,
        };
        let new = page.read(&unpacked, lines);
        check_keys(log, head, &new, keys)?;
    }
    amended::mark(world, tx, &amended, &moved, &mut readings)?;
    if log.is_included()
        && let (Some(indexed), Ok(taken)) = (log.keys(), u64::try_from(taken.keys()))
    {
        keys.expect(indexed == taken, || AuditFinding::KeysMiscounted { taken, indexed });
    }
    Ok(readings)
}

/// A segment, unpacked.
struct Unpacked<'a> {
    rules: Rules<'a>,
    /// Each line but the last, followed by a line feed.
    raw: Vec<u8>,
    outcomes: Vec<LineOutcome>,
}

impl Unpacked<'_> {
    fn lines(&self) -> impl Iterator<Item = &[u8]> {
        self.raw.split(|byte| *byte == b'\n')
    }
}

/// What a segment keeps of its lines, without the last line feed, and their outcomes.
pub(crate) fn unpack_lines(segment: &Segment) -> Result<(Vec<u8>, Vec<LineOutcome>), &'static str> {
    let mut raw =
        zstd::decode_all(segment.raw.as_slice()).map_err(|_| "its lines do not unpack")?;
    let codes = zstd::decode_all(segment.outcomes.as_slice())
        .map_err(|_| "the outcomes of its lines do not unpack")?;
    let outcomes: Option<Vec<_>> = codes.into_iter().map(LineOutcome::from_code).collect();
    let outcomes = outcomes.ok_or("it has an outcome that nobody knows")?;
    match raw.pop() {
        Some(b'\n') => Ok((raw, outcomes)),
        _ => Err("its lines, their outcomes and their number do not agree"),
    }
}

fn unpack<'a>(world: &'a World, segment: &Segment) -> Result<Unpacked<'a>, &'static str> {
    let head = &segment.head;
    let (raw, outcomes) = unpack_lines(segment)?;
    let rules = Rules::of(world, head.catalog, head.arrived_on);
    let rules = rules.ok_or("nothing tells the rules of its day")?;
    let unpacked = Unpacked { rules, raw, outcomes };
    let lines = u32::try_from(unpacked.lines().count());
    let outcomes = u32::try_from(unpacked.outcomes.len());
    if lines != Ok(head.lines) || outcomes != Ok(head.lines) {
        return Err("its lines, their outcomes and their number do not agree");
    }
    Ok(unpacked)
}

/// A segment while it is read, and what was read before it.
struct Page<'a> {
    head: &'a SegmentHead,
    log: &'a UsageLog,
    taken: &'a mut Versions,
    readings: &'a mut Readings,
    waiting: &'a mut Waiting,
    /// Lines that stand no more, and since when.
    amended: &'a mut Vec<(Place, Date)>,
}

impl Page<'_> {
    fn read(&mut self, unpacked: &Unpacked<'_>, check: &mut Check) -> Vec<Key> {
        let mut new = Vec::new();
        let mut tallies = Tallies::new();
        let mut wrong: BTreeMap<(LineOutcome, LineOutcome), (u32, [String; 2], u64)> =
            BTreeMap::new();
        let lines = unpacked.lines().zip(&unpacked.outcomes).zip(self.head.first_line..);
        for ((raw, stored), number) in lines {
            check.examine();
            let line = line::read(raw, &unpacked.rules);
            let by_its_meter = line.may_be_rejected && is_by_meter(*stored);
            let (expected, nth) =
                if by_its_meter { (*stored, 0) } else { self.outcome(number, &line) };
            *tallies.entry((line.meter.cloned(), expected)).or_default() += 1;
            let names = line.event.as_ref().map(|it| [it.source.clone(), it.id.clone()]);
            if let (true, Some(event)) = (expected.takes_key(), line.event) {
                new.push(self.key((number, nth), raw, &event));
                if expected.takes_id() {
                    self.keep(number, line.meter, expected, event);
                }
            }
            if *stored != expected {
                let names = names.unwrap_or_else(|| ["none".to_owned(), "none".to_owned()]);
                wrong.entry((*stored, expected)).or_insert((number, names, 0)).2 += 1;
            }
        }
        for ((stored, expected), (line, [source, id], lines)) in wrong {
            check.find(AuditFinding::OutcomeDiffers {
                segment: self.head.sequence,
                line,
                source,
                id,
                stored: words(stored),
                expected: words(expected),
                lines,
            });
        }
        check_tallies(check, self.head, &self.head.tallies, &tallies);
        new
    }

    /// What a line is, now that all before it are known, and how many took its id before: of one
    /// name and revision, the first stands.
    fn outcome(&mut self, number: u32, line: &Line<'_>) -> (LineOutcome, u32) {
        let Some(event) = &line.event else { return (line.outcome, 0) };
        let mut name = Sha256::new();
        name.update(format!("{};", event.source.len()));
        name.update(&event.source);
        name.update(&event.id);
        let (revision, print) = (event.revision, event.print);
        let version = Version { revision, print, place: (self.head.sequence, number) };
        let taken = self.taken.take(name.finalize().into(), version, line.outcome);
        if let Some(replaced) = taken.replaced {
            self.waiting.remove(&replaced);
            self.amended.push((replaced, self.head.arrived_on));
        }
        (taken.outcome, taken.nth)
    }

    fn key(&self, (line, nth): (u32, u32), raw: &[u8], event: &Event) -> Key {
        let first = self.log.secret.key(&event.source, &event.id);
        Key {
            key: if nth == 0 { first } else { self.log.secret.nth(first, nth) },
            print: self.log.secret.print(raw),
            line,
            source: event.source.clone(),
            id: event.id.clone(),
        }
    }

    fn keep(&mut self, line: u32, meter: Option<&MeterCode>, outcome: LineOutcome, event: Event) {
        let held = if let LineOutcome::Held(reason) = outcome { Some(reason) } else { None };
        let track = Track { meter: meter.cloned(), held };
        let point = Point {
            happened_at: event.happened_at,
            arrived_on: self.head.arrived_on,
            known_on: self.head.arrived_on,
            value: event.value,
            dimensions: event.dimensions.into(),
            segment: self.head.sequence,
            amended_on: None,
        };
        if outcome != LineOutcome::Taken {
            let (meter, since) = (meter.cloned(), self.head.sequence);
            let reading = Some((event.subject.clone(), track.clone(), point.clone()));
            let wait = Wait { meter, outcome, since, reading };
            self.waiting.insert((since, line), wait);
        }
        let series = self.readings.entry(event.subject).or_default();
        series.entry(track).or_default().push(point);
    }
}

/// Whether a line may have this outcome because of the rules of its meter.
pub(crate) const fn is_by_meter(outcome: LineOutcome) -> bool {
    matches!(
        outcome,
        LineOutcome::Rejected(
            RejectReason::BadNumber | RejectReason::BadEnvelope | RejectReason::Filtered
        )
    )
}

/// What is said of the number of lines by meter and outcome is their number.
pub(crate) fn check_tallies(
    check: &mut Check,
    head: &SegmentHead,
    stored: &[Tally],
    expected: &Tallies,
) {
    let mut both: BTreeMap<(Option<&MeterCode>, u8), (u64, u64)> = BTreeMap::new();
    for tally in stored {
        let cell = both.entry((tally.meter.as_ref(), tally.outcome)).or_default();
        cell.0 += u64::from(tally.lines);
    }
    for ((meter, outcome), lines) in expected {
        both.entry((meter.as_ref(), outcome.code())).or_default().1 += u64::from(*lines);
    }
    for ((meter, code), (stored, expected)) in both {
        check.expect(stored == expected, || AuditFinding::TallyDiffers {
            segment: head.sequence,
            meter: meter_or_none(meter),
            outcome: LineOutcome::from_code(code).map_or_else(|| code.to_string(), words),
            stored,
            expected,
        });
    }
}

/// The index knows of each new key this segment and this line. Of many that it does not know so,
/// the first is named.
fn check_keys(
    log: &UsageLog,
    head: &SegmentHead,
    new: &[Key],
    check: &mut Check,
) -> Result<(), StoreError> {
    if !log.is_included() {
        return Ok(());
    }
    let keys: Vec<EventKey> = new.iter().map(|it| it.key).collect();
    let mut wrong: BTreeMap<String, (&Key, u64)> = BTreeMap::new();
    for (key, seen) in new.iter().zip(log.seen(&keys)?) {
        check.examine();
        let indexed = match seen {
            Some(seen) if seen.segment == head.sequence && seen.print == key.print => continue,
            Some(seen) if seen.segment == head.sequence => "another line there".to_owned(),
            Some(seen) => format!("segment {}", seen.segment),
            None => "nothing".to_owned(),
        };
        wrong.entry(indexed).or_insert((key, 0)).1 += 1;
    }
    for (indexed, (key, lines)) in wrong {
        check.find(AuditFinding::KeyDiffers {
            segment: head.sequence,
            line: key.line,
            source: key.source.clone(),
            id: key.id.clone(),
            indexed,
            lines,
        });
    }
    Ok(())
}
