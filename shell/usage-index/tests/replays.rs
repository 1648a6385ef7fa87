//! Readings that a replay takes back are gone, those that it adds are there: in memory, in runs,
//! merged, and in an index that was opened again.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

use facts::usage::{Point, QuarantineReason, Series, Track};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use kernel::Quantity;
use usage_index::{Additions, Index, NewReading, Readings};

const IDENTITY: [u8; 16] = [7; 16];
const ARRIVED_ON: Date = date(2026, 1, 10);
const REPLAYED_ON: Date = date(2026, 2, 20);

fn track(meter: Option<&str>, held: Option<QuarantineReason>) -> Track {
    Track { meter: meter.map(|it| it.parse().unwrap()), held }
}

fn unknown() -> Track {
    track(None, Some(QuarantineReason::UnknownType))
}

fn reading(subject: &str, second: i64, value: Quantity) -> NewReading<'_> {
    NewReading {
        subject,
        track: 0,
        happened_at: Timestamp::from_second(second).unwrap(),
        arrived_on: ARRIVED_ON,
        value,
        dimensions: &[],
    }
}

/// Segment 1 holds two equal readings of each second, and segment 2 a third; segments after it
/// take back what the second one said, and half of the first.
fn log() -> Vec<Readings> {
    let arrived = |times: usize| {
        let mut readings = Readings::with_tracks(vec![unknown()]);
        for second in (0..500).flat_map(|it| std::iter::repeat_n(it, times)) {
            readings.push(reading("a", second, Quantity::ZERO));
        }
        readings
    };
    let again = |of: i64, every: usize| {
        let (was, is) = (unknown(), track(Some("data"), None));
        let mut readings = Readings::default();
        for second in (0..500).step_by(every) {
            readings.withdraw(&was, of, reading("a", second, Quantity::ZERO)).unwrap();
            readings.replay(&is, REPLAYED_ON, reading("a", second, Quantity::ONE));
        }
        readings
    };
    vec![arrived(2), arrived(1), again(2, 1), again(1, 2), again(1, 2)]
}

fn apply(index: &Index) {
    let applied = usize::try_from(index.applied()).unwrap();
    for (sequence, readings) in (1..).zip(log()).skip(applied) {
        let additions = Additions { sequence, keys: Vec::new(), readings };
        index.apply(additions, [u8::try_from(sequence).unwrap(); 16]).unwrap();
    }
}

fn check(index: &Index) {
    let series = index.series(&["a"]).unwrap();
    let [held, counts] = series.as_slice() else { panic!("{} series", series.len()) };
    assert_eq!((&held.track, &counts.track), (&unknown(), &track(Some("data"), None)));
    let segments = |it: &Series| -> Vec<i64> { it.points.iter().map(|it| it.segment).collect() };
    // Of the odd seconds both, of the even ones none.
    assert_eq!(segments(held), [1; 500]);
    assert!(held.points.iter().all(|it| it.happened_at.as_second() % 2 == 1));
    assert_eq!(counts.points.len(), 1_000);
    let is_known = |it: &Point| (it.arrived_on, it.known_on) == (ARRIVED_ON, REPLAYED_ON);
    assert!(counts.points.iter().all(is_known));
    assert!(counts.points.is_sorted_by_key(|it| (it.happened_at, it.segment)));
    let twice: Vec<i64> = segments(counts).into_iter().take(4).collect();
    assert_eq!(twice, [3, 4, 5, 3]);
}

#[test]
fn what_a_replay_takes_back_is_gone_wherever_it_is_kept() {
    let index = Index::in_memory();
    apply(&index);
    check(&index);
    check_what_is_new(&index);
    for memtable in [1, 600, 100_000] {
        let folder = tempfile::tempdir().unwrap();
        let index = Index::open_sized(folder.path(), IDENTITY, memtable).unwrap();
        apply(&index);
        check(&index);
        index.flush().unwrap();
        check(&index);
        index.settle().unwrap();
        check(&index);
        check_what_is_new(&index);
        drop(index);
        let index = Index::open_sized(folder.path(), IDENTITY, memtable).unwrap();
        assert_eq!(index.applied(), 5);
        check(&index);
    }
}

/// What is new since a segment is the part of the whole with later segments, and nothing else.
fn check_what_is_new(index: &Index) {
    let whole = index.series(&["a"]).unwrap();
    for after in 0..=5 {
        let mut later = whole.clone();
        later.iter_mut().for_each(|it| it.points.retain(|point| point.segment > after));
        later.retain(|it| !it.points.is_empty());
        assert_eq!(index.series_after(&["a"], after).unwrap(), (later, 5), "after {after}");
    }
}

#[test]
fn a_series_that_is_taken_back_as_a_whole_is_gone() {
    let index = Index::in_memory();
    let mut readings = Readings::with_tracks(vec![unknown()]);
    readings.push(reading("b", 1, Quantity::ZERO));
    index.apply(Additions { sequence: 1, keys: Vec::new(), readings }, [1; 16]).unwrap();
    let mut readings = Readings::default();
    readings.withdraw(&unknown(), 1, reading("b", 1, Quantity::ZERO)).unwrap();
    index.apply(Additions { sequence: 2, keys: Vec::new(), readings }, [2; 16]).unwrap();
    assert_eq!(index.series(&["b"]).unwrap(), []);
    let mut wrong = Readings::default();
    assert!(wrong.withdraw(&unknown(), 0, reading("b", 1, Quantity::ZERO)).is_err());
}

/// Of two equal readings one stands no more, and what is kept in files says the same.
#[test]
fn a_reading_stands_until_the_day_on_which_it_is_amended() {
    let of = track(Some("data"), None);
    for memtable in [1, 100_000] {
        let folder = tempfile::tempdir().unwrap();
        let index = Index::open_sized(folder.path(), IDENTITY, memtable).unwrap();
        let mut readings = Readings::with_tracks(vec![of.clone()]);
        for _ in 0..2 {
            readings.push(reading("a", 1, Quantity::ONE));
        }
        index.apply(Additions { sequence: 1, keys: Vec::new(), readings }, [1; 16]).unwrap();
        let mut readings = Readings::default();
        let at = (1, REPLAYED_ON);
        readings.amend(&of, at, reading("a", 1, Quantity::ONE)).unwrap();
        assert!(readings.amend(&of, (0, REPLAYED_ON), reading("a", 1, Quantity::ONE)).is_err());
        index.apply(Additions { sequence: 2, keys: Vec::new(), readings }, [2; 16]).unwrap();
        let stands = |index: &Index| -> Vec<_> {
            let series = index.series(&["a"]).unwrap();
            series.iter().flat_map(|it| &it.points).map(|it| it.amended_on).collect()
        };
        assert_eq!(stands(&index), [Some(REPLAYED_ON), None]);
        index.settle().unwrap();
        assert_eq!(stands(&index), [Some(REPLAYED_ON), None]);
        drop(index);
        let index = Index::open_sized(folder.path(), IDENTITY, memtable).unwrap();
        assert_eq!(stands(&index), [Some(REPLAYED_ON), None]);
    }
}
