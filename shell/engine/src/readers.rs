//! Several threads that look at many things at once, each in a unit of work of its own that only
//! reads.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use facts::AccountRegistered;
use store::{OwnStore, Store, Timer, Tx};

use crate::{EngineError, Result};

/// Most threads: more would wait for the same disk.
const THREADS_MAX: usize = 8;

/// Things that a thread takes at once.
const TAKEN_AT_ONCE: usize = 32;

/// Parts that wait for who takes them: what is found ahead costs memory.
const PARTS_AHEAD_MAX: usize = 16;

/// Something that is about an account.
pub(crate) trait OfAccount: Sync {
    /// The name of the account.
    fn account(&self) -> &str;
}

impl OfAccount for AccountRegistered {
    fn account(&self) -> &str {
        self.account.as_str()
    }
}

/// A timer of a bill day.
impl OfAccount for Timer {
    fn account(&self) -> &str {
        &self.subject
    }
}

/// Whether more is to be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GoOn {
    Yes,
    No,
}

/// Looks at each item, and gives what was found in their order. Each thread has a state of its own,
/// for what it need not work out twice. What is committed meanwhile may be seen or not, item by
/// item.
///
/// # Errors
/// The first error; the others stop then.
pub(crate) fn look_at<T: OfAccount, S, R: Send>(
    store: &mut dyn Store,
    items: &[T],
    state: impl Fn() -> S + Sync,
    look: impl Fn(&mut dyn Tx, &mut S, &T) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    let mut beside: Vec<OwnStore> = Vec::new();
    for _ in 1..threads(items.len()) {
        beside.extend(store.beside()?);
    }
    let next = AtomicUsize::new(0);
    let work = |store: &mut dyn Store| -> Result<Vec<(usize, R)>> {
        let (mut tx, mut state) = (store.read()?, state());
        let mut found = Vec::new();
        loop {
            let first = next.fetch_add(TAKEN_AT_ONCE, Ordering::Relaxed);
            let Some(part) = part_of(items, first) else { return Ok(found) };
            tx.read_ahead(&names(part))?;
            for (place, item) in (first..).zip(part) {
                let it = look(tx.as_mut(), &mut state, item).inspect_err(|_| {
                    next.store(items.len(), Ordering::Relaxed);
                })?;
                found.push((place, it));
            }
        }
    };
    let mut found = thread::scope(|scope| {
        let others: Vec<_> =
            beside.iter_mut().map(|it| scope.spawn(|| work(it.as_mut()))).collect();
        let mut found = work(store)?;
        for other in others {
            found.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic))?);
        }
        Ok::<_, EngineError>(found)
    })?;
    found.sort_unstable_by_key(|(place, _)| *place);
    Ok(found.into_iter().map(|(_, it)| it).collect())
}

/// Looks at each item as [`look_at`] does, while what was found is taken: in the order of the
/// items, at most `at_once` at a time.
///
/// # Errors
/// The first error; the others stop then.
pub(crate) fn look_ahead<T: OfAccount, S, R: Send>(
    store: &mut dyn Store,
    (items, at_once): (&[T], usize),
    state: impl Fn() -> S + Sync,
    look: impl Fn(&mut dyn Tx, &mut S, &T) -> Result<R> + Sync,
    mut take: impl FnMut(&mut dyn Store, &[T], Vec<R>) -> Result<GoOn>,
) -> Result<()> {
    let mut beside: Vec<OwnStore> = Vec::new();
    if items.len() > at_once {
        for _ in 0..threads(items.len()) {
            beside.extend(store.beside()?);
        }
    }
    if beside.is_empty() {
        for some in items.chunks(at_once) {
            let found = look_at(store, some, &state, &look)?;
            if take(store, some, found)? == GoOn::No {
                break;
            }
        }
        return Ok(());
    }
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        let (to_taker, found) = sync_channel(PARTS_AHEAD_MAX);
        for store in &mut beside {
            let (to_taker, next, state, look) = (to_taker.clone(), &next, &state, &look);
            scope.spawn(move || send_parts(store.as_mut(), items, (state, look), next, &to_taker));
        }
        drop(to_taker);
        // Dropped with an error, so that nobody waits for it.
        let (mut waiting, mut some, mut first) = (BTreeMap::new(), Vec::new(), 0);
        while first < items.len() {
            let size = at_once.min(items.len() - first);
            while some.len() < size {
                match waiting.remove(&(first + some.len())) {
                    Some(part) => some.extend::<Vec<R>>(part),
                    // The scope tells the panic that must have ended all threads.
                    None => match found.recv() {
                        Ok((place, part)) => _ = waiting.insert(place, part?),
                        Err(_) => return Ok(()),
                    },
                }
            }
            let rest = some.split_off(size);
            let taken = items.get(first..first + size).unwrap_or_default();
            if take(store, taken, std::mem::replace(&mut some, rest))? == GoOn::No {
                next.store(items.len(), Ordering::Relaxed);
                break;
            }
            first += size;
        }
        Ok(())
    })
}

/// Parts by the place of their first item.
type Parts<R> = SyncSender<(usize, Result<Vec<R>>)>;

fn send_parts<T: OfAccount, S, R>(
    store: &mut dyn Store,
    items: &[T],
    (state, look): (&impl Fn() -> S, &impl Fn(&mut dyn Tx, &mut S, &T) -> Result<R>),
    next: &AtomicUsize,
    to_taker: &Parts<R>,
) {
    let mut state = state();
    loop {
        let first = next.fetch_add(TAKEN_AT_ONCE, Ordering::Relaxed);
        let Some(part) = part_of(items, first) else { return };
        let looked = store.read().map_err(EngineError::from).and_then(|mut tx| {
            tx.read_ahead(&names(part))?;
            part.iter().map(|item| look(tx.as_mut(), &mut state, item)).collect()
        });
        if looked.is_err() {
            next.store(items.len(), Ordering::Relaxed);
        }
        if to_taker.send((first, looked)).is_err() {
            return;
        }
    }
}

/// What a thread takes at once; none at the end.
fn part_of<T>(items: &[T], first: usize) -> Option<&[T]> {
    let rest = items.get(first..).filter(|it| !it.is_empty())?;
    Some(rest.get(..TAKEN_AT_ONCE).unwrap_or(rest))
}

fn names<T: OfAccount>(part: &[T]) -> Vec<&str> {
    part.iter().map(T::account).collect()
}

fn threads(items: usize) -> usize {
    let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get).min(THREADS_MAX);
    threads.min(items.div_ceil(TAKEN_AT_ONCE))
}
