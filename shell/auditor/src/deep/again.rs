//! Lines that a replay reads again: what they were, what they are since, and that none is read
//! again once it counts.

use std::collections::HashMap;

use facts::MeterCode;
use facts::usage::{LineOutcome, Point, Track};
use jiff::civil::Date;
use store::{Replay, Segment, StoreError, Tx};

use super::amended::{Place, Reading};
use super::line::{self, Line, Rules};
use super::replay::{Readings, Tallies, check_tallies, is_by_meter, unpack_lines};
use crate::usage_log::words;
use crate::world::World;
use crate::{AuditFinding, Check};

/// Lines that took their id and do not count, by segment and line.
pub(crate) type Waiting = HashMap<(i64, u32), Wait>;

/// Why a line does not count, and what the index has of it meanwhile.
pub(crate) struct Wait {
    pub meter: Option<MeterCode>,
    pub outcome: LineOutcome,
    /// The segment that said so last.
    pub since: i64,
    /// None of a line that a replay could not read.
    pub reading: Option<(String, Track, Point)>,
}

/// A replay, and what was read before it.
pub(crate) struct Again<'a> {
    pub world: &'a World,
    pub waiting: &'a mut Waiting,
    pub readings: &'a mut Readings,
    /// The readings that replays made.
    pub moved: &'a mut HashMap<Place, Reading>,
}

impl Again<'_> {
    /// Reads the lines that a replay names, and moves their readings.
    pub(crate) fn read(
        &mut self,
        tx: &mut dyn Tx,
        segment: &Segment,
        replay: &Replay,
        check: &mut Check,
    ) -> Result<(), StoreError> {
        let origin = tx.segment(replay.segment)?;
        let origin = origin
            .filter(|it| it.head.replay.is_none() && it.head.sequence < segment.head.sequence);
        let read = match origin {
            None => Err("it reads lines again of no segment before it"),
            Some(origin) => self.lines(segment, (replay, &origin), check),
        };
        if let Err(reason) = read {
            check.find(AuditFinding::SegmentUnreadable {
                segment: segment.head.sequence,
                name: segment.head.name.clone(),
                reason,
            });
        }
        Ok(())
    }

    fn lines(
        &mut self,
        segment: &Segment,
        (replay, origin): (&Replay, &Segment),
        check: &mut Check,
    ) -> Result<(), &'static str> {
        let head = &segment.head;
        let (names, outcomes) = unpack_lines(segment)?;
        let (raw, _) = unpack_lines(origin)?;
        let raw: Vec<&[u8]> = raw.split(|byte| *byte == b'\n').collect();
        let rules = Rules::of(self.world, head.catalog, replay.replayed_on);
        let rules = rules.ok_or("nothing tells the rules of its day")?;
        let names: Vec<&[u8]> = names.split(|byte| *byte == b'\n').collect();
        if names.len() != outcomes.len() || u32::try_from(names.len()) != Ok(head.lines) {
            return Err("its lines, their outcomes and their number do not agree");
        }
        let (mut now, mut then) = (Tallies::new(), Tallies::new());
        for (name, stored) in names.iter().zip(outcomes) {
            check.examine();
            let (number, since) = named(name).ok_or("it names no line")?;
            let place = number.checked_sub(origin.head.first_line).map(usize::try_from);
            let raw = place.and_then(|place| raw.get(place.ok()?));
            let raw = raw.ok_or("it names a line that its segment does not have")?;
            let of = (origin.head.sequence, number);
            let wait = self.waiting.remove(&of);
            let wait = wait.ok_or("it reads a line again that counts or never took its id")?;
            if wait.since != since {
                return Err("it names another segment than the last that told what a line is");
            }
            let line = line::read(raw, &rules);
            let by_its_meter = line.may_be_rejected && is_by_meter(stored);
            let is = if by_its_meter { stored } else { line.outcome };
            if is == wait.outcome {
                return Err("it says nothing new of a line");
            }
            check.expect(is == stored, || AuditFinding::OutcomeDiffers {
                segment: head.sequence,
                line: number,
                source: line.event.as_ref().map_or("none", |it| &it.source).to_owned(),
                id: line.event.as_ref().map_or("none", |it| &it.id).to_owned(),
                stored: words(stored),
                expected: words(is),
                lines: 1,
            });
            *now.entry((line.meter.cloned(), is)).or_default() += 1;
            *then.entry((wait.meter.clone(), wait.outcome)).or_default() += 1;
            self.take_back(&wait);
            let days = (origin.head.arrived_on, replay.replayed_on);
            self.keep(of, (line, is), days, head.sequence);
        }
        check_tallies(check, head, &head.tallies, &now);
        check_tallies(check, head, &replay.withdrawn, &then);
        Ok(())
    }

    /// The reading of a line as it was.
    fn take_back(&mut self, wait: &Wait) {
        let Some((subject, track, point)) = &wait.reading else { return };
        let points = self.readings.get_mut(subject).and_then(|it| it.get_mut(track));
        if let Some(points) = points
            && let Some(place) = points.iter().position(|it| it == point)
        {
            points.swap_remove(place);
        }
    }

    /// The reading of a line as it is.
    fn keep(
        &mut self,
        of: (i64, u32),
        (line, is): (Line<'_>, LineOutcome),
        (arrived_on, known_on): (Date, Date),
        sequence: i64,
    ) {
        let meter = line.meter.cloned();
        let reading = line.event.filter(|_| is.takes_id()).map(|event| {
            let held = if let LineOutcome::Held(reason) = is { Some(reason) } else { None };
            let point = Point {
                happened_at: event.happened_at,
                arrived_on,
                known_on,
                value: event.value,
                dimensions: event.dimensions.into(),
                segment: sequence,
                amended_on: None,
            };
            (event.subject, Track { meter: meter.clone(), held }, point)
        });
        if let Some((subject, track, point)) = &reading {
            let series = self.readings.entry(subject.clone()).or_default();
            series.entry(track.clone()).or_default().push(point.clone());
        }
        match &reading {
            Some(reading) => drop(self.moved.insert(of, reading.clone())),
            None => drop(self.moved.remove(&of)),
        }
        if is != LineOutcome::Taken {
            self.waiting.insert(of, Wait { meter, outcome: is, since: sequence, reading });
        }
    }
}

/// `line since`.
fn named(name: &[u8]) -> Option<(u32, i64)> {
    let (line, since) = std::str::from_utf8(name).ok()?.split_once(' ')?;
    Some((line.parse().ok()?, since.parse().ok()?))
}
