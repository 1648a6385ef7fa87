//! What the handles and the thread beside intake share.

use std::sync::{
    Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
};

use crate::IndexError;
use crate::files::Folder;
use crate::key::KeyEntry;
use crate::manifest::{Manifest, RunPlace};
use crate::memtable::Memtable;
use crate::names::Names;
use crate::reading::Reading;
use crate::run::{Entry, Kind, Run};

/// What the handles and the thread beside intake share. The order of the locks: applying, the
/// manifest, the requests, the state, the names. None but the first is held while runs are
/// written, merged or waited for.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    /// Held by whoever applies or forgets: one at a time.
    pub applying: Mutex<()>,
    pub state: RwLock<State>,
    /// None without files, and where another process has the lock.
    pub upkeep: Option<Upkeep>,
}

/// What is included.
#[derive(Debug, Default)]
pub(crate) struct State {
    /// How often the index started empty again: what was begun before does not count any more.
    pub epoch: u64,
    /// The last segment included, 0 for none.
    pub applied: i64,
    /// Its fingerprint.
    pub mark: [u8; 16],
    /// The last segment that is in files.
    pub flushed: i64,
    pub names: Arc<RwLock<Names>>,
    pub active: Memtable,
    /// Full, and waiting to be written: the oldest first.
    pub waiting: Vec<Arc<Memtable>>,
    pub runs: Runs,
}

/// The runs on disk.
#[derive(Debug, Clone, Default)]
pub(crate) struct Runs {
    pub keys: Vec<Arc<Run<KeyEntry>>>,
    pub readings: Vec<Arc<Run<Reading>>>,
}

/// An entry whose runs are in [`Runs`].
pub(crate) trait Held: Entry {
    /// Runs of one level that become one of the next.
    const FAN_IN: usize;

    /// The runs of this kind.
    fn of(runs: &Runs) -> &Vec<Arc<Run<Self>>>;

    /// The runs of this kind.
    fn of_mut(runs: &mut Runs) -> &mut Vec<Arc<Run<Self>>>;
}

impl Held for KeyEntry {
    /// Few runs: each batch of new keys looks into all of them.
    const FAN_IN: usize = 4;

    fn of(runs: &Runs) -> &Vec<Arc<Run<Self>>> {
        &runs.keys
    }

    fn of_mut(runs: &mut Runs) -> &mut Vec<Arc<Run<Self>>> {
        &mut runs.keys
    }
}

impl Held for Reading {
    /// Fewer merges, each of which packs all readings anew: runs are looked into for one bill.
    const FAN_IN: usize = 8;

    fn of(runs: &Runs) -> &Vec<Arc<Run<Self>>> {
        &runs.readings
    }

    fn of_mut(runs: &mut Runs) -> &mut Vec<Arc<Run<Self>>> {
        &mut runs.readings
    }
}

/// What the thread beside intake needs.
#[derive(Debug)]
pub(crate) struct Upkeep {
    pub folder: Folder,
    /// What the manifest on disk says. Held while it is replaced, never while runs are written.
    /// Taken before [`Shared::state`].
    pub manifest: Mutex<Manifest>,
    pub requests: Mutex<Requests>,
    /// Notified whenever the requests change.
    pub changed: Condvar,
}

/// What is asked of the thread, and how far it is.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    /// How many flushes were asked for.
    pub asked: u64,
    /// The last of them that was tried.
    pub tried: u64,
    /// The last of them after which nothing was left to merge.
    pub settled: u64,
    /// No more will be asked.
    pub stop: bool,
    /// The thread ended.
    pub stopped: bool,
    /// Why the last attempt to write failed.
    pub failure: Option<IndexError>,
}

impl Upkeep {
    /// Asks for a flush; gives its number in [`Requests::tried`].
    pub(crate) fn ask(&self) -> u64 {
        let mut requests = lock(&self.requests);
        requests.asked += 1;
        self.changed.notify_all();
        requests.asked
    }

    /// Waits until the condition holds or the thread ended.
    ///
    /// # Errors
    /// Why the last attempt to write failed, [`IndexError::Stopped`] without a thread.
    pub(crate) fn wait(&self, until: impl Fn(&Requests) -> bool) -> Result<(), IndexError> {
        let requests = lock(&self.requests);
        let waited =
            self.changed.wait_while(requests, |requests| !requests.stopped && !until(requests));
        let requests = waited.unwrap_or_else(PoisonError::into_inner);
        match &requests.failure {
            Some(failure) => Err(failure.clone()),
            None if requests.stopped => Err(IndexError::Stopped),
            None => Ok(()),
        }
    }
}

impl State {
    /// What a manifest says, with its runs and names; nothing unless all are as written.
    pub(crate) fn load(folder: &Folder, manifest: &Manifest) -> Option<Self> {
        let names = Names::load(&folder.names(manifest.names)?)?;
        if names.counts() != manifest.names.counts {
            return None;
        }
        let mut runs = Runs::default();
        for place in &manifest.runs {
            match place.kind {
                Kind::Keys => runs.keys.push(open(folder, place)?),
                Kind::Readings => runs.readings.push(open(folder, place)?),
            }
        }
        Some(Self {
            applied: manifest.flushed,
            mark: manifest.mark,
            flushed: manifest.flushed,
            names: Arc::new(RwLock::new(names)),
            runs,
            ..Self::default()
        })
    }
}

fn open<E: Entry>(folder: &Folder, place: &RunPlace) -> Option<Arc<Run<E>>> {
    let run = Run::open(folder.path(), place.number, place.age).ok()?;
    (run.checksum == place.checksum).then(|| Arc::new(run))
}

/// A lock that a panic elsewhere does not take away: what it guards is changed in one step.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The same for reading.
pub(crate) fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

/// The same for writing.
pub(crate) fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
