//! The index as its users hold it.

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, RwLock};
use std::thread::JoinHandle;

use facts::usage::Series;

use crate::files::Folder;
use crate::key::{self, KeyEntry};
use crate::manifest::Manifest;
use crate::memtable::Memtable;
use crate::state::{Requests, Shared, State, Upkeep, lock, read, write};
use crate::{Additions, EventKey, IndexError, Seen, reading, series, upkeep};

/// Keys or readings of a memtable: what a hash table of 2^19 places holds.
const MEMTABLE: usize = 458_752;
/// Memtables that may wait to be written; then intake waits for them.
const WAITING_MAX: usize = 8;
/// Keys or readings that are not worth a run when the last handle goes.
const NOT_WORTH: usize = 16_384;
/// How often files that another process replaces are looked for again.
const ATTEMPTS: usize = 5;

/// The derived state of the usage log: a cheap handle. Several threads may read while one applies.
#[derive(Debug, Clone)]
pub struct Index {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    shared: Arc<Shared>,
    /// Keys or readings of a memtable.
    memtable: usize,
    /// Writes the files; none without them.
    thread: Option<JoinHandle<()>>,
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

impl Index {
    /// An index without files.
    #[must_use]
    pub fn in_memory() -> Self {
        let inner = Inner { shared: Arc::default(), memtable: MEMTABLE, thread: None };
        Self { inner: Arc::new(inner) }
    }

    /// Opens or creates the files in a folder. `identity` is the fingerprint of the store: files
    /// of another store, or broken ones, count as none. The process that gets the lock of the
    /// folder writes there; any other reads what is there at that moment and keeps what it applies
    /// in memory.
    ///
    /// # Errors
    /// [`IndexError::Io`] when the folder cannot be created or its lock file cannot be opened.
    pub fn open(folder: &Path, identity: [u8; 16]) -> Result<Self, IndexError> {
        Self::open_sized(folder, identity, MEMTABLE)
    }

    /// The same with memtables of so many keys or readings. Smaller ones need less memory and make
    /// more runs.
    ///
    /// # Errors
    /// As [`Index::open`].
    pub fn open_sized(
        folder: &Path,
        identity: [u8; 16],
        memtable: usize,
    ) -> Result<Self, IndexError> {
        let folder = Folder::open(folder)?;
        if !folder.writable() {
            let state = load_beside(&folder, identity).unwrap_or_default();
            let shared = Shared { state: RwLock::new(state), ..Shared::default() };
            let inner = Inner { shared: Arc::new(shared), memtable, thread: None };
            return Ok(Self { inner: Arc::new(inner) });
        }
        let stored = folder.manifest().filter(|manifest| manifest.identity == identity);
        let loaded = stored.and_then(|manifest| Some((State::load(&folder, &manifest)?, manifest)));
        folder.remove_others(loaded.as_ref().map(|(_, manifest)| manifest));
        let (state, manifest) =
            loaded.unwrap_or((State::default(), Manifest { identity, ..Manifest::default() }));
        let path = folder.path().to_owned();
        let upkeep = Upkeep {
            folder,
            manifest: Mutex::new(manifest),
            requests: Mutex::new(Requests::default()),
            changed: Condvar::new(),
        };
        let shared =
            Shared { applying: Mutex::new(()), state: RwLock::new(state), upkeep: Some(upkeep) };
        let shared = Arc::new(shared);
        let beside = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("usage-index".to_owned())
            .spawn(move || upkeep::run(&beside))
            .map_err(IndexError::io("start a thread for", &path))?;
        Ok(Self { inner: Arc::new(Inner { shared, memtable, thread: Some(thread) }) })
    }

    /// Sequence of the last segment included, 0 for none.
    #[must_use]
    pub fn applied(&self) -> i64 {
        read(&self.inner.shared.state).applied
    }

    /// Sequence of the last segment that is in files, 0 for none.
    #[must_use]
    pub fn flushed(&self) -> i64 {
        read(&self.inner.shared.state).flushed
    }

    /// The fingerprint that came with the last segment applied, to notice a store that was
    /// restored from a backup.
    #[must_use]
    pub fn mark(&self) -> Option<[u8; 16]> {
        let state = read(&self.inner.shared.state);
        (state.applied > 0).then_some(state.mark)
    }

    /// Starts empty again; the files are removed, if they are ours.
    pub fn forget(&self) {
        let shared = &*self.inner.shared;
        let _applying = lock(&shared.applying);
        let manifest = shared.upkeep.as_ref().map(|upkeep| (upkeep, lock(&upkeep.manifest)));
        {
            let mut state = write(&shared.state);
            let epoch = state.epoch + 1;
            *state = State { epoch, ..State::default() };
        }
        if let Some((upkeep, mut manifest)) = manifest {
            // What the thread is at goes on under numbers that are not used again.
            let number = manifest.take_number();
            *manifest = Manifest {
                identity: manifest.identity,
                next_number: manifest.next_number,
                ..Manifest::default()
            };
            manifest.names.number = number;
            upkeep.folder.remove_others(None);
        }
    }

    /// What is known of some keys, in their order; nothing for a key that is free.
    ///
    /// # Errors
    /// [`IndexError::Io`] and [`IndexError::Broken`] when a run cannot be read.
    pub fn seen(&self, keys: &[EventKey]) -> Result<Vec<Option<Seen>>, IndexError> {
        // Sorted, so that keys that are near in a run or a table are looked for together.
        let mut order: Vec<(u64, u32)> =
            keys.iter().zip(0..).map(|(key, place)| (KeyEntry::probe(*key).high, place)).collect();
        order.sort_unstable();
        let sorted: Vec<KeyEntry> =
            order.iter().map(|(_, place)| KeyEntry::probe(keys[*place as usize])).collect();
        let heads: Vec<u64> = order.iter().map(|(head, _)| *head).collect();
        let mut known = vec![None; keys.len()];
        let (waiting, runs) = {
            let state = read(&self.inner.shared.state);
            state.active.find(&sorted, &mut known);
            (state.waiting.clone(), state.runs.keys.clone())
        };
        for table in waiting {
            table.find(&sorted, &mut known);
        }
        for run in runs {
            key::find(&run, &heads, &sorted, &mut known)?;
        }
        let mut seen = vec![None; keys.len()];
        for ((_, place), known) in order.iter().zip(known) {
            seen[*place as usize] = known;
        }
        Ok(seen)
    }

    /// Includes the next segment. `mark` is its fingerprint.
    ///
    /// # Errors
    /// [`IndexError::OutOfOrder`] unless it is the next one, [`IndexError::UnknownTrack`] for a
    /// reading of no track, [`IndexError::Full`] beyond 2^32 - 1 segments or names, and the error
    /// of the files when more than eight memtables wait for them. Nothing is included then.
    pub fn apply(&self, additions: Additions, mark: [u8; 16]) -> Result<(), IndexError> {
        let shared = &*self.inner.shared;
        let _applying = lock(&shared.applying);
        let (applied, names, held) = {
            let state = read(&shared.state);
            (state.applied, Arc::clone(&state.names), state.active.len())
        };
        if Some(additions.sequence) != applied.checked_add(1) {
            return Err(IndexError::OutOfOrder { applied, given: additions.sequence });
        }
        let segment =
            u32::try_from(additions.sequence).map_err(|_| IndexError::Full { what: "segments" })?;
        let added = additions.keys.len().max(additions.readings.len());
        if held > 0 && held + added > self.inner.memtable && shared.upkeep.is_some() {
            self.inner.freeze()?;
        }
        let (readings, counts) = {
            let mut names = write(&names);
            (names.number(&additions.readings, segment)?, names.counts())
        };
        let mut state = write(&shared.state);
        state.active.add(&additions, segment, readings, counts, mark);
        state.applied = additions.sequence;
        state.mark = mark;
        Ok(())
    }

    /// All series of some subjects: sorted by subject, then track, their points as
    /// [`Point`](facts::usage::Point) says. Subjects without readings have none.
    ///
    /// # Errors
    /// [`IndexError::Io`], [`IndexError::Broken`] and [`IndexError::Nameless`] when a run cannot
    /// be read.
    pub fn series(&self, subjects: &[&str]) -> Result<Vec<Series>, IndexError> {
        self.series_after(subjects, 0).map(|(series, _)| series)
    }

    /// The part of [`Index::series`] that came with later segments than `after`, and the last
    /// segment that it includes.
    ///
    /// # Errors
    /// As [`Index::series`].
    pub fn series_after(
        &self,
        subjects: &[&str],
        after: i64,
    ) -> Result<(Vec<Series>, i64), IndexError> {
        let mut readings = Vec::new();
        let (names, numbers, waiting, runs, applied) = {
            let state = read(&self.inner.shared.state);
            let numbers = read(&state.names).numbers_of(subjects);
            for subject in &numbers {
                state.active.collect(*subject, after, &mut readings);
            }
            let runs = state.runs.readings.clone();
            (Arc::clone(&state.names), numbers, state.waiting.clone(), runs, state.applied)
        };
        for subject in &numbers {
            for table in &waiting {
                table.collect(*subject, after, &mut readings);
            }
            for run in &runs {
                reading::collect(run, *subject, after, &mut readings)?;
            }
        }
        let series = series::series(readings, &read(&names)).ok_or(IndexError::Nameless)?;
        Ok((series, applied))
    }

    /// All subjects that have readings, sorted.
    #[must_use]
    pub fn subjects(&self) -> Vec<String> {
        let names = Arc::clone(&read(&self.inner.shared.state).names);
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
        let shared = &*self.inner.shared;
        let name_bytes =
            shared.upkeep.as_ref().map_or(0, |upkeep| lock(&upkeep.manifest).names.length);
        let state = read(&shared.state);
        let tables = || state.waiting.iter().map(|table| &**table).chain([&state.active]);
        let (keys, readings) = (&state.runs.keys, &state.runs.readings);
        Stats {
            key_runs: keys.len(),
            reading_runs: readings.len(),
            waiting: state.waiting.len(),
            key_bytes: keys.iter().map(|run| run.bytes).sum(),
            reading_bytes: readings.iter().map(|run| run.bytes).sum(),
            name_bytes,
            keys: tables().map(|table| table.keys.len() as u64).sum::<u64>()
                + keys.iter().map(|run| run.entries).sum::<u64>(),
            readings: tables().map(|table| table.readings() as u64).sum::<u64>()
                + readings.iter().map(|run| run.entries).sum::<u64>(),
            filter_memory: keys.iter().map(|run| run.filter_memory()).sum(),
            sparse_memory: keys.iter().map(|run| run.sparse_memory()).sum::<usize>()
                + readings.iter().map(|run| run.sparse_memory()).sum::<usize>(),
            name_memory: read(&state.names).memory(),
        }
    }

    /// Writes what is in memory, and waits for it. Does nothing without files or without the lock.
    ///
    /// # Errors
    /// [`IndexError::Io`] when a file cannot be written; nothing is lost, the next flush tries
    /// again.
    pub fn flush(&self) -> Result<(), IndexError> {
        let shared = &*self.inner.shared;
        let Some(upkeep) = &shared.upkeep else { return Ok(()) };
        let asked = {
            let _applying = lock(&shared.applying);
            self.inner.freeze()?;
            upkeep.ask()
        };
        upkeep.wait(|requests| requests.tried >= asked)
    }

    /// Flushes, then waits until no runs are left to merge: for measuring and for quiet hours.
    ///
    /// # Errors
    /// As [`Index::flush`].
    pub fn settle(&self) -> Result<(), IndexError> {
        self.flush()?;
        let Some(upkeep) = &self.inner.shared.upkeep else { return Ok(()) };
        let asked = upkeep.ask();
        upkeep.wait(|requests| requests.settled >= asked)
    }

    /// Whether the files keep up.
    ///
    /// # Errors
    /// Why the last attempt to write them failed.
    pub fn health(&self) -> Result<(), IndexError> {
        let Some(upkeep) = &self.inner.shared.upkeep else { return Ok(()) };
        lock(&upkeep.requests).failure.clone().map_or(Ok(()), Err)
    }
}

impl Inner {
    /// Lets the memtable wait to be written, once there is room; asks for that. The caller holds
    /// the lock of those who apply.
    ///
    /// # Errors
    /// The error of the files when too many memtables wait already.
    fn freeze(&self) -> Result<(), IndexError> {
        let Some(upkeep) = &self.shared.upkeep else { return Ok(()) };
        let full = || read(&self.shared.state).waiting.len() >= WAITING_MAX;
        if full() {
            let asked = upkeep.ask();
            let waited = upkeep.wait(|requests| requests.tried >= asked || !full());
            if full() {
                return waited.and(Err(IndexError::Stopped));
            }
        }
        let mut state = write(&self.shared.state);
        if state.active.len() > 0 || state.active.sequence > state.flushed {
            // The next one is likely to become as large.
            let next = Memtable::with_room(state.active.keys.len());
            let table = std::mem::replace(&mut state.active, next);
            state.waiting.push(Arc::new(table));
        }
        drop(state);
        upkeep.ask();
        Ok(())
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let Some(upkeep) = &self.shared.upkeep else { return };
        let unflushed = {
            let state = read(&self.shared.state);
            state.waiting.iter().map(|table| table.len()).sum::<usize>() + state.active.len()
        };
        if unflushed > NOT_WORTH {
            // The files are a cache: what cannot be written is applied again.
            self.freeze().unwrap_or_default();
        }
        lock(&upkeep.requests).stop = true;
        upkeep.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

/// What is in the files of another process, which may replace them meanwhile.
fn load_beside(folder: &Folder, identity: [u8; 16]) -> Option<State> {
    (0..ATTEMPTS).find_map(|_| {
        let manifest = folder.manifest().filter(|manifest| manifest.identity == identity)?;
        State::load(folder, &manifest)
    })
}
