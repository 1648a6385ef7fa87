//! Two openers of one tenant: processes that share a file or a server.

use std::thread;

use super::usage::segment;
use super::{commit, minute};
use crate::Store;

/// How many numbers each of two writers takes.
const NUMBERS: i64 = 100;

/// A way to open the same tenant once more.
pub type Opener<'a> = &'a (dyn Fn() -> Box<dyn Store> + Sync);

/// Two writers take numbers of one series at the same time: none is missing and none comes twice,
/// although some are given back.
///
/// # Panics
/// When the engine breaks the promise.
pub fn writers_take_turns(open: Opener<'_>) {
    let mut taken: Vec<i64> = thread::scope(|scope| {
        let writers = [(); 2].map(|()| scope.spawn(|| take_numbers(open().as_mut())));
        writers.into_iter().flat_map(|writer| writer.join().expect("a writer")).collect()
    });
    taken.sort_unstable();
    assert_eq!(taken, (1..=2 * NUMBERS).collect::<Vec<_>>());
}

fn take_numbers(store: &mut dyn Store) -> Vec<i64> {
    let take = |number| {
        if number % 10 == 0 {
            let mut given_back = store.begin().expect("begin");
            given_back.take_number("INV-").expect("a number");
        }
        commit(store, |tx| {
            // A use case looks before it writes; what it saw must still be true then.
            let before = tx.clock()?;
            let taken = tx.take_number("INV-")?;
            assert!(before < Some(minute(taken)), "{taken} was taken after {before:?}");
            tx.set_clock(minute(taken))?;
            Ok(taken)
        })
    };
    (0..NUMBERS).map(take).collect()
}

/// What one has committed, the other sees in its next unit of work, and its writer has waited for
/// the one before.
///
/// # Panics
/// When the engine breaks the promise.
pub fn a_segment_of_one_is_seen_by_the_other(open: Opener<'_>) {
    let (mut one, mut other) = (open(), open());
    commit(other.as_mut(), |tx| tx.set_clock(minute(1)));
    commit(one.as_mut(), |tx| tx.append_segment(&segment(1)));
    commit(other.as_mut(), |tx| {
        assert_eq!(tx.segment(1)?, Some(segment(1)));
        assert_eq!(tx.usage_log()?.last, 1);
        Ok(())
    });
    let mut tx = other.begin().expect("begin");
    tx.append_segment(&segment(1)).expect_err("a sequence that the other took");
}

/// A reader sees what was committed when it began, while a writer is at work.
///
/// # Panics
/// When the engine breaks the promise.
pub fn readers_do_not_wait(open: Opener<'_>) {
    let (mut one, mut other) = (open(), open());
    commit(one.as_mut(), |tx| tx.set_clock(minute(1)));
    let mut writer = one.begin().expect("begin");
    writer.set_clock(minute(2)).expect("the clock");
    let mut reader = other.read().expect("read beside a writer");
    assert_eq!(reader.clock().expect("the clock"), Some(minute(1)));
    writer.commit().expect("commit beside a reader");
    assert_eq!(reader.clock().expect("the clock"), Some(minute(1)), "it is one point in time");
    drop(reader);
    assert_eq!(other.read().expect("read").clock().expect("the clock"), Some(minute(2)));
}
