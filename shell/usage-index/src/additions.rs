//! What a segment adds, as a parse worker gathers it.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;

use facts::usage::Track;
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::Quantity;

use crate::bytes::put_text;
use crate::reading::pack_day;
use crate::{EventKey, IndexError, Print};

/// Subjects come from strangers: a hash that they cannot foresee, computed by the parse worker.
pub(crate) static SUBJECT_HASH: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// The hash of a device that [`Readings::subject_hash`] gives, of this process.
#[must_use]
pub fn subject_hash(subject: &str) -> u64 {
    SUBJECT_HASH.hash_one(subject.as_bytes())
}

/// What a segment adds.
#[derive(Debug, Default)]
pub struct Additions {
    /// Of the segment: one more than the last applied, at most 2^32 - 1.
    pub sequence: i64,
    /// Keys that no earlier segment took and that occur once here, with the print of their line.
    pub keys: Vec<(EventKey, Print)>,
    /// What the taken events measured.
    pub readings: Readings,
}

/// Readings of one segment. Cheap to fill from borrowed text; several of them, filled by several
/// workers, are joined with [`Readings::append`].
#[derive(Debug, Default)]
pub struct Readings {
    pub(crate) tracks: Vec<Standing>,
    /// All subjects, one after the other.
    pub(crate) subjects: String,
    /// Sets of attributes as their bytes in the dictionary, each once.
    pub(crate) sets: Vec<Box<[u8]>>,
    set_numbers: HashMap<Box<[u8]>, u32>,
    pub(crate) rows: Vec<Row>,
    /// The bytes of the set at hand; kept for its capacity.
    scratch: Vec<u8>,
}

/// What a reading does to its track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// It counts since its arrival.
    Received,
    /// It counts since a replay on this day.
    Replayed(Date),
    /// It takes back an equal one that an earlier segment added.
    Withdrawn,
    /// Another line stands in the place of an equal one, since this day.
    Amended(Date),
}

/// A track, and what readings do to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    pub track: Track,
    pub role: Role,
}

/// A reading before its names have numbers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    pub subject_hash: u64,
    /// Where the subject ends in [`Readings::subjects`]; it begins where the last one ends.
    pub subject_end: usize,
    pub at: i64,
    pub value: Quantity,
    pub day: u32,
    /// Place in [`Readings::sets`].
    pub set: u32,
    /// The segment of the reading that is taken back; else 0, for the segment that adds it.
    pub segment: u32,
    pub track: u16,
}

/// What one taken event measured.
#[derive(Debug, Clone, Copy)]
pub struct NewReading<'a> {
    /// The device, as sent.
    pub subject: &'a str,
    /// What is read: place in the tracks given to [`Readings::with_tracks`], from 0.
    pub track: u16,
    /// `time` of the event; less than a microsecond is dropped.
    pub happened_at: Timestamp,
    /// Civil day of arrival.
    pub arrived_on: Date,
    /// 1 for a count, the number for a sum, the reading of a counter.
    pub value: Quantity,
    /// Attributes that price tables can ask, sorted by name, each name once.
    pub dimensions: &'a [(&'a str, &'a str)],
}

impl Readings {
    /// None yet, of these tracks.
    #[must_use]
    pub fn with_tracks(tracks: Vec<Track>) -> Self {
        let received = |track| Standing { track, role: Role::Received };
        Self { tracks: tracks.into_iter().map(received).collect(), ..Self::default() }
    }

    /// Adds a reading that a replay found in a line of an earlier segment: it counts under its own
    /// day of arrival, and is known since the day of the replay. The track of the reading is not
    /// asked.
    pub fn replay(&mut self, track: &Track, known_on: Date, reading: NewReading<'_>) {
        let track = self.place(track, Role::Replayed(known_on));
        self.add(NewReading { track, ..reading }, 0);
    }

    /// Takes back a reading that the segment with this sequence added: the same track, instant,
    /// day of arrival, value and attributes.
    ///
    /// # Errors
    /// [`IndexError::Full`] for a sequence that no segment can have.
    pub fn withdraw(
        &mut self,
        track: &Track,
        segment: i64,
        reading: NewReading<'_>,
    ) -> Result<(), IndexError> {
        let segment = u32::try_from(segment).ok().filter(|it| *it > 0);
        let segment = segment.ok_or(IndexError::Full { what: "segments" })?;
        let track = self.place(track, Role::Withdrawn);
        self.add(NewReading { track, ..reading }, segment);
        Ok(())
    }

    /// Says of a reading that this segment or an earlier one added that another line stands in its
    /// place since a day: the same track, instant, day of arrival, value and attributes.
    ///
    /// # Errors
    /// [`IndexError::Full`] for a sequence that no segment can have.
    pub fn amend(
        &mut self,
        track: &Track,
        (segment, amended_on): (i64, Date),
        reading: NewReading<'_>,
    ) -> Result<(), IndexError> {
        let segment = u32::try_from(segment).ok().filter(|it| *it > 0);
        let segment = segment.ok_or(IndexError::Full { what: "segments" })?;
        let track = self.place(track, Role::Amended(amended_on));
        self.add(NewReading { track, ..reading }, segment);
        Ok(())
    }

    /// The place of a track in a role, a new one if it has none.
    fn place(&mut self, track: &Track, role: Role) -> u16 {
        let is_it = |it: &Standing| it.track == *track && it.role == role;
        let place = self.tracks.iter().position(is_it).unwrap_or_else(|| {
            self.tracks.push(Standing { track: track.clone(), role });
            self.tracks.len() - 1
        });
        // Beyond the last number there is no track, which the index refuses.
        u16::try_from(place).unwrap_or(u16::MAX)
    }

    /// Adds a reading.
    pub fn push(&mut self, reading: NewReading<'_>) {
        self.add(reading, 0);
    }

    fn add(&mut self, reading: NewReading<'_>, segment: u32) {
        self.scratch.clear();
        for (name, value) in reading.dimensions {
            put_text(&mut self.scratch, name);
            put_text(&mut self.scratch, value);
        }
        let set = self.set_number();
        self.subjects.push_str(reading.subject);
        self.rows.push(Row {
            subject_hash: subject_hash(reading.subject),
            subject_end: self.subjects.len(),
            at: reading.happened_at.as_microsecond(),
            value: reading.value,
            day: pack_day(reading.arrived_on),
            set,
            segment,
            track: reading.track,
        });
    }

    /// The place of the set in `scratch`.
    fn set_number(&mut self) -> u32 {
        // Events of one kind come together: the set of the last one is often the set of this one.
        if let Some(last) = self.rows.last()
            && *self.sets[last.set as usize] == *self.scratch
        {
            return last.set;
        }
        if let Some(number) = self.set_numbers.get(self.scratch.as_slice()) {
            return *number;
        }
        let number = self.sets.len() as u32;
        let set: Box<[u8]> = self.scratch.as_slice().into();
        self.sets.push(set.clone());
        self.set_numbers.insert(set, number);
        number
    }

    /// Adds the readings of another worker, which has the same tracks in the same order.
    pub fn append(&mut self, other: &Self) {
        let before = self.subjects.len();
        let sets: Vec<u32> = other
            .sets
            .iter()
            .map(|set| {
                self.scratch.clear();
                self.scratch.extend_from_slice(set);
                self.set_number()
            })
            .collect();
        self.subjects.push_str(&other.subjects);
        self.rows.extend(other.rows.iter().map(|row| Row {
            subject_end: before + row.subject_end,
            set: sets[row.set as usize],
            ..*row
        }));
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The device of a reading, by its place.
    #[must_use]
    pub fn subject(&self, place: usize) -> &str {
        let start = place.checked_sub(1).map_or(0, |before| self.rows[before].subject_end);
        &self.subjects[start..self.rows[place].subject_end]
    }

    /// The hash of the device of a reading, by its place: see [`subject_hash`].
    #[must_use]
    pub fn subject_hash(&self, place: usize) -> u64 {
        self.rows[place].subject_hash
    }

    /// When a reading happened, by its place; whole microseconds.
    #[must_use]
    pub fn happened_at(&self, place: usize) -> Timestamp {
        Timestamp::from_microsecond(self.rows[place].at).unwrap_or_default()
    }

    /// Keeps the readings whose place says so: the others turned out to be no news.
    pub fn retain(&mut self, keep: &[bool]) {
        if keep.iter().all(|keep| *keep) {
            return;
        }
        let mut subjects = String::with_capacity(self.subjects.len());
        let mut rows = Vec::with_capacity(self.rows.len());
        for (place, row) in self.rows.iter().enumerate() {
            if keep.get(place).is_none_or(|keep| *keep) {
                subjects.push_str(self.subject(place));
                rows.push(Row { subject_end: subjects.len(), ..*row });
            }
        }
        (self.subjects, self.rows) = (subjects, rows);
    }
}
