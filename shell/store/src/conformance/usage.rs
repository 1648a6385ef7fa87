//! Usage: the log of segments.

use ::facts::usage::{LineOutcome, QuarantineReason, RejectReason, Tally};
use kernel::Digest;

use super::{commit, read, refused};
use crate::{Replay, Segment, SegmentHead, Store, UsageLog};

/// Segment `sequence` of the log: two lines of 3 January.
pub fn segment(sequence: i64) -> Segment {
    let number = u8::try_from(sequence).expect("a small one");
    let tally = |meter: Option<&str>, outcome: LineOutcome| Tally {
        meter: meter.map(read),
        outcome: outcome.code(),
        lines: 1,
    };
    Segment {
        head: SegmentHead {
            sequence,
            batch: Digest([number; 16]),
            name: "usage.ndjson".to_owned(),
            arrived_on: read("2026-01-03"),
            first_line: 1,
            lines: 2,
            catalog: 7,
            tallies: vec![
                tally(None, LineOutcome::Held(QuarantineReason::UnknownType)),
                tally(Some("data"), LineOutcome::Rejected(RejectReason::BadNumber)),
            ],
            replay: None,
        },
        raw: vec![number; 40],
        outcomes: vec![16, 34],
    }
}

pub fn the_secret_stays(store: &mut dyn Store) {
    let first = commit(store, |tx| tx.usage_log());
    assert_ne!(first.secret, [0; 16]);
    assert_eq!(first.last, 0);
    commit(store, |tx| tx.append_segment(&segment(1)));
    let then = commit(store, |tx| tx.usage_log());
    assert_eq!(then, UsageLog { last: 1, ..first });
}

/// Lines come from strangers: whatever they hold is kept, byte for byte.
pub fn any_bytes_survive(store: &mut dyn Store) {
    let every_byte: Vec<u8> = (0..=u8::MAX).cycle().take(1_000_000).collect();
    let strange = Segment {
        head: SegmentHead { name: "\0\u{1A}é😀".to_owned(), ..segment(2).head },
        raw: every_byte,
        outcomes: Vec::new(),
    };
    commit(store, |tx| tx.append_segment(&segment(1)));
    commit(store, |tx| tx.append_segment(&strange));
    commit(store, |tx| {
        assert_eq!(tx.segment(1)?, Some(segment(1)));
        assert_eq!(tx.segment(2)?, Some(strange.clone()));
        assert_eq!(tx.segment(3)?, None);
        Ok(())
    });
}

/// The fence: of two writers of one sequence, one fails.
pub fn a_sequence_is_taken_once(store: &mut dyn Store) {
    commit(store, |tx| tx.append_segment(&segment(1)));
    let other = SegmentHead { sequence: 1, ..segment(2).head };
    refused(store, |tx| tx.append_segment(&Segment { head: other, ..segment(2) }));
    let same_batch = SegmentHead { sequence: 2, ..segment(1).head };
    refused(store, |tx| tx.append_segment(&Segment { head: same_batch, ..segment(1) }));
    commit(store, |tx| {
        assert_eq!(tx.usage_log()?.last, 1);
        Ok(())
    });
}

/// What a segment says of lines of another is kept, and found from there.
pub fn replays_are_found(store: &mut dyn Store) {
    let again = |sequence, of| {
        let replay = Replay {
            segment: of,
            replayed_on: read("2026-02-03"),
            withdrawn: segment(sequence).head.tallies,
        };
        let head = SegmentHead { replay: Some(replay), ..segment(sequence).head };
        Segment { head, ..segment(sequence) }
    };
    let all = [segment(1), segment(2), again(3, 1), again(4, 2), again(5, 1)];
    for segment in &all {
        commit(store, |tx| tx.append_segment(segment));
    }
    commit(store, |tx| {
        assert_eq!(tx.replays_of(1)?, [3, 5]);
        assert_eq!(tx.replays_of(2)?, [4]);
        assert_eq!(tx.replays_of(3)?, [0; 0]);
        assert_eq!(tx.segment(3)?.as_ref(), all.get(2));
        let heads = tx.segment_heads(read("2026-01-01"), read("2026-02-01"))?;
        let expected: Vec<SegmentHead> = all.iter().map(|it| it.head.clone()).collect();
        assert_eq!(heads, expected);
        Ok(())
    });
}

pub fn segments_are_listed_by_day(store: &mut dyn Store) {
    let on = |sequence, day: &str| {
        let head = SegmentHead { arrived_on: read(day), ..segment(sequence).head };
        Segment { head, ..segment(sequence) }
    };
    let all = [on(1, "2026-01-03"), on(2, "2026-01-01"), on(3, "2026-01-03"), on(4, "2026-01-04")];
    for segment in &all {
        commit(store, |tx| tx.append_segment(segment));
    }
    let mut tx = store.read().expect("read");
    let mut listed = |from: &str, to: &str| -> Vec<i64> {
        let heads = tx.segment_heads(read(from), read(to)).expect("a list");
        heads.into_iter().map(|head| head.sequence).collect()
    };
    assert_eq!(listed("2026-01-03", "2026-01-04"), [1, 3]);
    assert_eq!(listed("2026-01-01", "2026-01-05"), [1, 2, 3, 4]);
    assert_eq!(listed("2026-01-05", "2026-01-09"), [0; 0]);
}
