//! Lines in whose place another stands: of the lines of one id, that of the greatest revision
//! counts.

use std::collections::HashMap;

use facts::usage::{LineOutcome, Point, Track};
use jiff::civil::Date;
use store::{StoreError, Tx};

use super::line::{self, Rules};
use super::replay::{Readings, unpack_lines};
use crate::world::World;

/// A line: its segment and its number.
pub(crate) type Place = (i64, u32);

/// A reading of the index: device, kind, point.
pub(crate) type Reading = (String, Track, Point);

/// A line that took its revision of an id.
#[derive(Clone, Copy)]
pub(crate) struct Version {
    pub revision: u32,
    pub print: [u8; 32],
    pub place: Place,
}

/// The lines of all ids, by the SHA-256 of source and id. Few have more than one.
#[derive(Default)]
pub(crate) struct Versions {
    first: HashMap<[u8; 32], Version>,
    more: HashMap<[u8; 32], Vec<Version>>,
}

/// What a line is among those of its id.
pub(crate) struct Taken {
    pub outcome: LineOutcome,
    /// How many took the id before it.
    pub nth: u32,
    /// The line that stood until now.
    pub replaced: Option<Place>,
}

impl Versions {
    /// What a line is that would have this outcome if nothing had been told of its id.
    pub(crate) fn take(&mut self, name: [u8; 32], version: Version, outcome: LineOutcome) -> Taken {
        let refused = |outcome| Taken { outcome, nth: 0, replaced: None };
        let Some(first) = self.first.get(&name) else {
            self.first.insert(name, version);
            return refused(outcome);
        };
        let more = self.more.entry(name).or_default();
        let mut all = vec![*first];
        all.extend(more.iter().copied());
        if let Some(same) = all.iter().find(|it| it.revision == version.revision) {
            let is_same = same.print == version.print;
            return refused(if is_same { LineOutcome::Duplicate } else { LineOutcome::Conflict });
        }
        let newest = all.iter().max_by_key(|it| it.revision);
        let replaced = newest.filter(|it| it.revision < version.revision).map(|it| it.place);
        more.push(version);
        let is_late = replaced.is_none() && outcome != LineOutcome::Cancels;
        Taken {
            outcome: if is_late { LineOutcome::Superseded } else { outcome },
            nth: u32::try_from(all.len()).unwrap_or(u32::MAX),
            replaced,
        }
    }

    /// How many keys they took.
    pub(crate) fn keys(&self) -> usize {
        self.first.len() + self.more.values().map(Vec::len).sum::<usize>()
    }
}

/// Says of the readings of lines that they stand no more, since a day. `moved` has those that a
/// replay made.
pub(crate) fn mark(
    world: &World,
    tx: &mut dyn Tx,
    amended: &[(Place, Date)],
    moved: &HashMap<Place, Reading>,
    readings: &mut Readings,
) -> Result<(), StoreError> {
    for (place, day) in amended {
        let reading = match moved.get(place) {
            Some(reading) => Some(reading.clone()),
            None => reading_of(world, tx, *place)?,
        };
        let Some((subject, track, point)) = reading else { continue };
        let points = readings.get_mut(&subject).and_then(|it| it.get_mut(&track));
        if let Some(stood) = points.into_iter().flatten().find(|it| **it == point) {
            stood.amended_on = Some(*day);
        }
    }
    Ok(())
}

/// What a line said when it arrived.
fn reading_of(
    world: &World,
    tx: &mut dyn Tx,
    (sequence, number): Place,
) -> Result<Option<Reading>, StoreError> {
    let Some(segment) = tx.segment(sequence)? else { return Ok(None) };
    let head = &segment.head;
    let rules = Rules::of(world, head.catalog, head.arrived_on);
    let (Ok((raw, _)), Some(rules)) = (unpack_lines(&segment), rules) else { return Ok(None) };
    let place = number.checked_sub(head.first_line).and_then(|it| usize::try_from(it).ok());
    let raw = place.and_then(|place| raw.split(|byte| *byte == b'\n').nth(place));
    let Some(line) = raw.map(|raw| line::read(raw, &rules)) else { return Ok(None) };
    let held = match line.outcome {
        LineOutcome::Held(reason) => Some(reason),
        LineOutcome::Taken => None,
        _ => return Ok(None),
    };
    let track = Track { meter: line.meter.cloned(), held };
    Ok(line.event.map(|event| {
        let point = Point {
            happened_at: event.happened_at,
            arrived_on: head.arrived_on,
            known_on: head.arrived_on,
            value: event.value,
            dimensions: event.dimensions.into(),
            segment: sequence,
            amended_on: None,
        };
        (event.subject, track, point)
    }))
}
