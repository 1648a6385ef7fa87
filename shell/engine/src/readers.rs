//! Several threads that look at many things at once, each in a unit of work of its own that only
//! reads.

use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use store::{OwnStore, Store, Tx};

use crate::{EngineError, Result};

/// Most threads: more would wait for the same disk.
const THREADS_MAX: usize = 8;

/// Things that a thread takes at once.
const TAKEN_AT_ONCE: usize = 32;

/// Looks at each item, and gives what was found in their order. Each thread has a state of its own,
/// for what it need not work out twice. What is committed meanwhile may be seen or not, item by item.
///
/// # Errors
/// The first error; the others stop then.
pub(crate) fn look_at<T: Sync, S, R: Send>(
    store: &mut dyn Store,
    items: &[T],
    state: impl Fn() -> S + Sync,
    look: impl Fn(&mut dyn Tx, &mut S, &T) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    let mut beside: Vec<OwnStore> = Vec::new();
    let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get).min(THREADS_MAX);
    for _ in 1..threads.min(items.len().div_ceil(TAKEN_AT_ONCE)) {
        beside.extend(store.beside()?);
    }
    let next = AtomicUsize::new(0);
    let work = |store: &mut dyn Store| -> Result<Vec<(usize, R)>> {
        let (mut tx, mut state) = (store.read()?, state());
        let mut found = Vec::new();
        loop {
            let first = next.fetch_add(TAKEN_AT_ONCE, Ordering::Relaxed);
            let taken = items.iter().enumerate().skip(first).take(TAKEN_AT_ONCE);
            if taken.len() == 0 {
                return Ok(found);
            }
            for (place, item) in taken {
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
