//! Batches, segments and lines that are lost.

use facts::usage::LineOutcome;

use crate::usage_log::{CONFLICT, DATA, Sent, digest};
use crate::world::{Case, check};

pub const CASES: &[Case] = &[
    Case {
        name: "a line was received and is not there",
        breaks: |world| world.received[1].lines = 2,
        finds: &["segment-differs", "lines-lost"],
    },
    Case {
        name: "a batch has another day than its segment",
        breaks: |world| world.received[1].arrived_on = "2026-02-04".parse().unwrap(),
        finds: &["segment-differs", "lines-lost"],
    },
    Case {
        name: "a batch has another name than its segment",
        breaks: |world| world.received[1].name = "march".to_owned(),
        finds: &["segment-differs"],
    },
    Case {
        name: "a segment in the middle is lost",
        breaks: |world| world.batches[1].is_logged = false,
        finds: &["segment-count", "segments-missing", "readings-lost"],
    },
    Case {
        name: "a batch was never written",
        breaks: |world| {
            world.batches.pop();
        },
        finds: &["segment-count", "lines-lost", "usage-not-billed"],
    },
    Case {
        name: "a batch is not in the log of facts",
        breaks: |world| {
            world.received.remove(1);
        },
        finds: &["segment-without-batch", "lines-lost", "usage-not-billed"],
    },
    Case {
        name: "a segment is of another batch",
        breaks: |world| world.batches[1].breaks = |it| it.head.batch = digest(9),
        finds: &["segment-count", "segment-without-batch"],
    },
    Case {
        name: "a tally has a line too many",
        breaks: |world| world.batches[0].breaks = |it| it.head.tallies[2].lines += 1,
        finds: &["tallies-differ", "lines-lost"],
    },
    Case {
        name: "a tally calls lines by another outcome",
        breaks: |world| {
            world.batches[2].breaks = |it| {
                it.head.tallies[2].outcome = LineOutcome::Conflict.code();
            };
        },
        finds: &["readings-lost", "lines-lost"],
    },
    Case {
        name: "the index lacks the last segment",
        breaks: |world| world.indexed = 3,
        finds: &["index-behind"],
    },
    Case {
        name: "the index lacks a reading",
        breaks: |world| world.line(DATA).reading = None,
        finds: &["readings-lost", "lines-lost", "usage-not-billed"],
    },
    Case {
        name: "the index has a reading twice",
        breaks: |world| {
            let extra = Sent { key: None, ..world.line(DATA).clone() };
            world.batches[0].index_more.push(extra);
        },
        finds: &["readings-lost", "lines-lost", "usage-not-billed"],
    },
    Case {
        name: "the index has a reading of a line that took no id",
        breaks: |world| {
            let mut extra = world.line(CONFLICT).clone();
            extra.reading = world.line(DATA).reading.clone();
            world.batches[0].index_more.push(extra);
        },
        finds: &["readings-lost", "lines-lost", "usage-not-billed"],
    },
];

#[test]
fn lost_lines_are_found() {
    check(CASES);
}
