//! Two openers of one tenant: processes that share a file or a server.

use std::thread;

use super::usage::{brought, event};
use super::{commit, minute};
use crate::{SeenEvent, Store};

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
pub fn an_event_of_one_is_seen_by_the_other(open: Opener<'_>) {
    let (mut one, mut other) = (open(), open());
    commit(other.as_mut(), |tx| tx.set_clock(minute(1)));
    commit(one.as_mut(), |tx| tx.save_events(&[brought(event(1))]));
    let event = event(1);
    commit(other.as_mut(), |tx| {
        let seen = tx.seen_events(&[(event.source.clone(), event.id.clone())])?;
        let SeenEvent { digest, .. } = seen.first().expect("the event of the other").clone();
        assert_eq!(digest, event.digest);
        assert!(tx.save_events(&[]).is_ok());
        Ok(())
    });
    let mut tx = other.begin().expect("begin");
    tx.save_events(&[brought(event)]).expect_err("an id that the other took");
}
