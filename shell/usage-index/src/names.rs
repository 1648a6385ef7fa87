//! The names that readings have numbers for: subjects, tracks and sets of attributes.

use std::collections::BTreeMap;
use std::sync::Arc;

use facts::MeterCode;
use facts::usage::{QuarantineReason, Track};
use jiff::civil::Date;

use crate::IndexError;
use crate::additions::{Readings, Role, Standing};
use crate::bytes::{put_number, put_text, take, take_number, take_text};
use crate::dictionary::Dictionary;
use crate::reading::Reading;

/// The names that readings have numbers for. It only grows.
#[derive(Debug, Default)]
pub(crate) struct Names {
    pub subjects: Dictionary,
    pub tracks: Dictionary,
    pub sets: Dictionary,
    read_tracks: Vec<Standing>,
    read_sets: Vec<Arc<BTreeMap<String, String>>>,
}

impl Names {
    /// The readings of a segment with numbers for their names, sorted.
    ///
    /// # Errors
    /// [`IndexError::UnknownTrack`] for a track that was not given to the builder,
    /// [`IndexError::Full`] when numbers run out.
    pub(crate) fn number(
        &mut self,
        readings: &Readings,
        segment: u32,
    ) -> Result<Vec<Reading>, IndexError> {
        let given = readings.tracks.len();
        if let Some(row) = readings.rows.iter().find(|row| usize::from(row.track) >= given) {
            return Err(IndexError::UnknownTrack { track: row.track, tracks: given });
        }
        let tracks = readings.tracks.iter().map(|track| self.add_track(&track_bytes(track)));
        let tracks: Vec<u32> = tracks.collect::<Result<_, _>>()?;
        let sets = readings.sets.iter().map(|set| self.add_set(set));
        let sets: Vec<u32> = sets.collect::<Result<_, _>>()?;
        let mut numbered = Vec::with_capacity(readings.rows.len());
        let mut begin = 0;
        for row in &readings.rows {
            let subject = &readings.subjects.as_bytes()[begin..row.subject_end];
            begin = row.subject_end;
            let subject = self.subjects.intern(row.subject_hash, subject)?;
            let track = tracks[usize::from(row.track)];
            numbered.push(Reading {
                series: u64::from(subject) << 32 | u64::from(track),
                at: row.at,
                value: row.value,
                dimensions: sets[row.set as usize],
                day: row.day,
                segment: if row.segment == 0 { segment } else { row.segment },
            });
        }
        Ok(sorted(&numbered))
    }

    /// The number of a track given as its bytes.
    ///
    /// # Errors
    /// [`IndexError::Full`] when numbers run out or the bytes are of no track.
    pub(crate) fn add_track(&mut self, bytes: &[u8]) -> Result<u32, IndexError> {
        let number = self.tracks.intern_text(bytes)?;
        if number as usize == self.read_tracks.len() {
            let track = read_track(bytes).ok_or(IndexError::Full { what: "kinds of tracks" })?;
            self.read_tracks.push(track);
        }
        Ok(number)
    }

    /// The number of a set of attributes given as its bytes.
    ///
    /// # Errors
    /// [`IndexError::Full`] when numbers run out or the bytes are of no set.
    pub(crate) fn add_set(&mut self, bytes: &[u8]) -> Result<u32, IndexError> {
        let number = self.sets.intern_text(bytes)?;
        if number as usize == self.read_sets.len() {
            let set = read_set(bytes).ok_or(IndexError::Full { what: "kinds of attributes" })?;
            self.read_sets.push(Arc::new(set));
        }
        Ok(number)
    }

    /// How many subjects, tracks and sets of attributes there are.
    pub(crate) fn counts(&self) -> [u32; 3] {
        [&self.subjects, &self.tracks, &self.sets].map(|names| names.len() as u32)
    }

    /// The names between two counts, as bytes: a number for the kind, then the text.
    pub(crate) fn put(&self, from: [u32; 3], to: [u32; 3]) -> Vec<u8> {
        let mut out = Vec::new();
        for (kind, names) in [&self.subjects, &self.tracks, &self.sets].into_iter().enumerate() {
            for text in (from[kind]..to[kind]).filter_map(|number| names.text(number)) {
                out.push(kind as u8);
                put_number(&mut out, text.len() as u64);
                out.extend_from_slice(text);
            }
        }
        out
    }

    /// The names of the bytes of several [`Names::put`], one after the other.
    pub(crate) fn load(mut bytes: &[u8]) -> Option<Self> {
        let from = &mut bytes;
        let mut names = Self::default();
        while !from.is_empty() {
            let [kind] = take(from)?;
            let length = usize::try_from(take_number(from)?).ok()?;
            let (text, rest) = from.split_at_checked(length)?;
            *from = rest;
            match kind {
                0 => names.subjects.intern_text(text).ok()?,
                1 => names.add_track(text).ok()?,
                2 => names.add_set(text).ok()?,
                _ => return None,
            };
        }
        Some(names)
    }

    /// The track with this number, and what its readings do to it.
    pub(crate) fn track(&self, number: u32) -> Option<&Standing> {
        self.read_tracks.get(number as usize)
    }

    /// The set of attributes with this number.
    pub(crate) fn set(&self, number: u32) -> Option<&Arc<BTreeMap<String, String>>> {
        self.read_sets.get(number as usize)
    }

    /// Bytes of memory.
    pub(crate) fn memory(&self) -> usize {
        self.subjects.memory() + self.tracks.memory() + self.sets.memory()
    }

    /// The numbers of those subjects that have one, each once.
    pub(crate) fn numbers_of(&self, subjects: &[&str]) -> Vec<u32> {
        let numbers = subjects.iter().map(|subject| self.subjects.number(subject.as_bytes()));
        let mut numbers: Vec<u32> = numbers.flatten().collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    /// The subject with this number.
    pub(crate) fn subject(&self, number: u32) -> Option<&str> {
        std::str::from_utf8(self.subjects.text(number)?).ok()
    }
}

/// Sorts by subject first, through numbers of 8 bytes: a tenth of the bytes to move.
fn sorted(readings: &[Reading]) -> Vec<Reading> {
    let places = readings.iter().zip(0_u64..);
    let mut order: Vec<u64> =
        places.map(|(reading, place)| u64::from(reading.subject()) << 32 | place).collect();
    order.sort_unstable();
    let mut result: Vec<Reading> =
        order.iter().map(|order| readings[(*order as u32) as usize]).collect();
    for group in result.chunk_by_mut(|one, other| one.subject() == other.subject()) {
        if group.len() > 1 {
            group.sort_unstable();
        }
    }
    result
}

/// Of a track that is taken back, in the place of a day.
const WITHDRAWN: &str = "withdrawn";
/// Of a track whose readings stand no more, before the day since which they do not.
const AMENDED: &str = "amended";

/// The reason as its code, nothing for none, then the meter if there is one. After a replay the
/// meter stands in any case, nothing for none, and behind it the day or [`WITHDRAWN`].
fn track_bytes(Standing { track, role }: &Standing) -> Vec<u8> {
    let mut bytes = Vec::new();
    put_text(&mut bytes, track.held.map_or("", QuarantineReason::code));
    let meter = track.meter.as_ref().map(MeterCode::as_str);
    match (role, meter) {
        (Role::Received, None) => {}
        (Role::Received, Some(meter)) => put_text(&mut bytes, meter),
        (Role::Replayed(day), meter) => {
            put_text(&mut bytes, meter.unwrap_or_default());
            put_text(&mut bytes, &day.to_string());
        }
        (Role::Withdrawn, meter) => {
            put_text(&mut bytes, meter.unwrap_or_default());
            put_text(&mut bytes, WITHDRAWN);
        }
        (Role::Amended(day), meter) => {
            put_text(&mut bytes, meter.unwrap_or_default());
            put_text(&mut bytes, AMENDED);
            put_text(&mut bytes, &day.to_string());
        }
    }
    bytes
}

fn read_track(mut bytes: &[u8]) -> Option<Standing> {
    let held = match take_text(&mut bytes)? {
        "" => None,
        code => Some(QuarantineReason::from_code(code)?),
    };
    let meter = match bytes {
        [] => None,
        _ => match take_text(&mut bytes)? {
            "" => None,
            code => Some(MeterCode::new(code).ok()?),
        },
    };
    let role = match bytes {
        [] => Role::Received,
        _ => match take_text(&mut bytes)? {
            WITHDRAWN => Role::Withdrawn,
            AMENDED => Role::Amended(take_text(&mut bytes)?.parse().ok()?),
            day => Role::Replayed(day.parse::<Date>().ok()?),
        },
    };
    bytes.is_empty().then_some(Standing { track: Track { meter, held }, role })
}

fn read_set(mut bytes: &[u8]) -> Option<BTreeMap<String, String>> {
    let mut set = BTreeMap::new();
    while !bytes.is_empty() {
        let name = take_text(&mut bytes)?.to_owned();
        set.insert(name, take_text(&mut bytes)?.to_owned());
    }
    Some(set)
}
