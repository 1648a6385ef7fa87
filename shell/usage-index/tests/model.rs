//! The index against a model that keeps everything in maps.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod common;

use common::{IDENTITY, Model, batch, segment_of};
use jiff::Timestamp;
use jiff::civil::date;
use kernel::Quantity;
use proptest::prelude::*;
use usage_index::{Index, IndexError, NewReading, Readings};

/// Something that is done to the index.
#[derive(Debug, Clone)]
enum Step {
    /// Applies a segment of so many events.
    Apply(u64),
    Flush,
    Settle,
    /// Lets go of it and opens it again; what was not in files is applied again.
    Reopen,
    /// Opens it beside the one that writes.
    Beside,
    Forget,
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (0..700_u64).prop_map(Step::Apply),
        2 => Just(Step::Flush),
        1 => Just(Step::Settle),
        1 => Just(Step::Reopen),
        1 => Just(Step::Beside),
        1 => Just(Step::Forget),
    ]
}

/// Applies again what an index that was opened lacks.
fn catch_up(index: &Index, log: &[u64]) {
    let applied = usize::try_from(index.applied()).unwrap();
    for (size, sequence) in log.iter().zip(1_i64..).skip(applied) {
        index.apply(batch(sequence, *size), segment_of(sequence)).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_index_says_what_the_model_says(
        steps in prop::collection::vec(any_step(), 1..20),
        memtable in 1..900_usize,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut index = Index::open_sized(folder.path(), IDENTITY, memtable).unwrap();
        let mut model = Model::default();
        let mut log: Vec<u64> = Vec::new();
        for step in steps {
            match step {
                Step::Apply(size) => {
                    log.push(size);
                    let sequence = i64::try_from(log.len()).unwrap();
                    model.apply(&batch(sequence, size), sequence, size);
                    index.apply(batch(sequence, size), segment_of(sequence)).unwrap();
                }
                Step::Flush => {
                    index.flush().unwrap();
                    prop_assert_eq!(index.flushed(), index.applied());
                }
                Step::Settle => index.settle().unwrap(),
                Step::Reopen => {
                    let flushed = index.flushed();
                    drop(index);
                    index = Index::open_sized(folder.path(), IDENTITY, memtable).unwrap();
                    prop_assert!(index.applied() >= flushed);
                    catch_up(&index, &log);
                }
                Step::Beside => {
                    let beside = Index::open(folder.path(), IDENTITY).unwrap();
                    prop_assert!(beside.applied() <= index.applied());
                    catch_up(&beside, &log);
                    model.check(&beside);
                }
                Step::Forget => {
                    index.forget();
                    prop_assert_eq!(index.applied(), 0);
                    Model::default().check(&index);
                    (model, log) = (Model::default(), Vec::new());
                }
            }
            prop_assert_eq!(index.mark().is_some(), !log.is_empty());
        }
        model.check(&index);
        prop_assert_eq!(index.health(), Ok(()));
        prop_assert_eq!(index.stats().keys, model.keys.len() as u64);
    }
}

#[test]
fn an_index_in_memory_says_what_the_model_says() {
    let (index, mut model) = (Index::in_memory(), Model::default());
    for (sequence, size) in (1..).zip([3, 0, 1, 500, 2, 2, 2, 2, 2, 2, 2, 2, 2, 9_000]) {
        model.apply(&batch(sequence, size), sequence, size);
        index.apply(batch(sequence, size), segment_of(sequence)).unwrap();
    }
    index.flush().unwrap();
    index.settle().unwrap();
    index.health().unwrap();
    model.check(&index);
    assert_eq!(index.mark(), Some(segment_of(14)));
}

#[test]
fn only_the_next_segment_is_included() {
    let index = Index::in_memory();
    index.apply(batch(1, 3), [1; 16]).unwrap();
    let again = index.apply(batch(1, 3), [1; 16]);
    assert_eq!(again, Err(IndexError::OutOfOrder { applied: 1, given: 1 }));
    assert!(index.apply(batch(3, 3), [1; 16]).is_err());
    let mut wrong = batch(2, 3);
    wrong.readings = Readings::with_tracks(Vec::new());
    wrong.readings.push(NewReading {
        subject: "device",
        track: 9,
        happened_at: Timestamp::UNIX_EPOCH,
        arrived_on: date(2026, 1, 1),
        value: Quantity::ONE,
        dimensions: &[],
    });
    assert_eq!(index.apply(wrong, [2; 16]), Err(IndexError::UnknownTrack { track: 9, tracks: 0 }));
    assert_eq!(index.applied(), 1);
    index.apply(batch(2, 3), [2; 16]).unwrap();
}

#[test]
fn several_read_while_one_applies() {
    let folder = tempfile::tempdir().unwrap();
    let index = Index::open_sized(folder.path(), IDENTITY, 300).unwrap();
    let sizes: Vec<u64> = (0..120).map(|n| n * 7 % 90).collect();
    std::thread::scope(|scope| {
        for reader in 0..2 {
            let index = index.clone();
            scope.spawn(move || {
                while index.applied() < 120 {
                    // Whatever was included before the look is seen by it, and nothing twice.
                    let before = index.applied();
                    if reader == 0 {
                        let keys = common::keys(before, 89.min(before.unsigned_abs() * 7 % 90));
                        let size = u64::try_from(before - 1).unwrap_or(0) * 7 % 90;
                        let seen = index.seen(&keys).unwrap();
                        let known = seen.iter().filter(|seen| seen.is_some()).count();
                        assert!(before == 0 || known as u64 >= size.min(keys.len() as u64));
                    } else {
                        let series = index.series(&["device-1", "device-2"]).unwrap();
                        for one in series {
                            assert!(
                                one.points
                                    .windows(2)
                                    .all(|pair| { pair[0].happened_at <= pair[1].happened_at })
                            );
                        }
                    }
                }
            });
        }
        for (sequence, size) in (1..).zip(&sizes) {
            index.apply(batch(sequence, *size), segment_of(sequence)).unwrap();
        }
    });
    let mut model = Model::default();
    for (sequence, size) in (1..).zip(&sizes) {
        model.apply(&batch(sequence, *size), sequence, *size);
    }
    index.settle().unwrap();
    model.check(&index);
    assert!(index.stats().key_runs < 12, "{:?}", index.stats());
}
