//! Lines that say another thing than what is stored of them.

use facts::Fact;
use facts::meter::{Factor, Measure, Mediation};
use facts::usage::{LineOutcome, RejectReason};
use kernel::rejection::Rejection;
use store::Segment;

use crate::catalog::meter;
use crate::usage_log::{CONFLICT, DATA, DUPLICATE, FUTURE, SWAPPED, Sent, TAKEN, more_data, pack};
use crate::world::{Case, World, check_deep, clean, read};

fn unpack(bytes: &[u8]) -> Vec<u8> {
    zstd::stream::decode_all(bytes).unwrap()
}

/// Writes other bytes in place of some that were received.
fn change_raw(segment: &mut Segment, from: &str, to: &str) {
    let raw = String::from_utf8(unpack(&segment.raw)).unwrap();
    assert!(raw.contains(from), "{raw}");
    segment.raw = pack(raw.replacen(from, to, 1).as_bytes());
}

fn change_outcomes(segment: &mut Segment, change: impl FnOnce(&mut Vec<u8>)) {
    let mut codes = unpack(&segment.outcomes);
    change(&mut codes);
    segment.outcomes = pack(&codes);
}

/// What the index has of a line, without its reading.
fn key_of(world: &mut World, line: (usize, usize)) -> Sent {
    Sent { reading: None, ..world.line(line).clone() }
}

pub const CASES: &[Case] = &[
    Case {
        name: "a byte of the outcomes is another",
        breaks: |world| {
            world.batches[0].breaks = |it| change_outcomes(it, |codes| codes[DUPLICATE.1] = 2);
        },
        finds: &["outcome-differs"],
    },
    Case {
        name: "a byte of the outcomes is none that anybody knows",
        breaks: |world| {
            world.batches[1].breaks = |it| change_outcomes(it, |codes| codes[0] = 77);
        },
        finds: &["segment-unreadable", "keys-miscounted", "readings-differ"],
    },
    Case {
        name: "a line has no outcome",
        breaks: |world| world.batches[1].breaks = |it| change_outcomes(it, Vec::clear),
        finds: &["segment-unreadable", "keys-miscounted", "readings-differ"],
    },
    Case {
        name: "raw lines are cut off",
        breaks: |world| world.batches[1].breaks = |it| it.raw.truncate(9),
        finds: &["segment-unreadable", "keys-miscounted", "readings-differ"],
    },
    Case {
        name: "a tally calls duplicates conflicts",
        breaks: |world| world.batches[0].breaks = |it| it.head.tallies[2].outcome = 2,
        finds: &["tally-differs"],
    },
    Case {
        name: "a duplicate is stored as taken, and was counted",
        breaks: |world| {
            let reading = world.line(DATA).reading.clone();
            let line = world.line(DUPLICATE);
            (line.outcome, line.reading) = (TAKEN, reading);
        },
        finds: &["outcome-differs", "tally-differs", "readings-differ", "usage-not-billed"],
    },
    Case {
        name: "a conflict is stored as a duplicate",
        breaks: |world| world.line(CONFLICT).outcome = LineOutcome::Duplicate,
        finds: &["outcome-differs", "tally-differs"],
    },
    Case {
        name: "a line from the future is stored as taken",
        breaks: |world| world.line(FUTURE).outcome = TAKEN,
        finds: &["outcome-differs", "tally-differs", "readings-differ"],
    },
    Case {
        name: "a good line is stored as rejected",
        breaks: |world| {
            let line = world.line(SWAPPED);
            line.outcome = LineOutcome::Rejected(RejectReason::BadNumber);
            (line.key, line.reading) = (None, None);
        },
        finds: &[
            "outcome-differs",
            "tally-differs",
            "key-differs",
            "keys-miscounted",
            "readings-differ",
            "usage-not-billed",
        ],
    },
    Case {
        name: "a number in a raw line is another",
        breaks: |world| {
            world.batches[0].breaks = |it| change_raw(it, r#""mb":100,"#, r#""mb":101,"#);
        },
        // Now the first line is what the conflict was, and its duplicate a conflict.
        finds: &["outcome-differs", "key-differs", "readings-differ"],
    },
    Case {
        name: "an id in a raw line is another",
        breaks: |world| {
            world.batches[1].breaks = |it| change_raw(it, r#""id":"d2""#, r#""id":"d8""#);
        },
        finds: &["key-differs"],
    },
    Case {
        name: "an instant in a raw line is another",
        breaks: |world| {
            world.batches[1].breaks = |it| change_raw(it, "2026-01-30T10", "2026-01-30T11");
        },
        finds: &["key-differs", "readings-differ"],
    },
    Case {
        name: "an attribute in a raw line is another",
        breaks: |world| world.batches[1].breaks = |it| change_raw(it, "FR", "DE"),
        finds: &["key-differs", "readings-differ"],
    },
    Case {
        name: "a blank in a raw line is new: it says the same and is another line",
        breaks: |world| {
            world.batches[1].breaks = |it| change_raw(it, r#""id":"#, r#""id": "#);
        },
        finds: &["key-differs"],
    },
    Case {
        name: "a raw line lost its end",
        breaks: |world| world.batches[1].breaks = |it| change_raw(it, "}}\n", "}\n"),
        finds: &["outcome-differs", "tally-differs", "keys-miscounted", "readings-differ"],
    },
    Case {
        name: "the index does not know an id",
        breaks: |world| world.line(DATA).key = None,
        finds: &["key-differs", "keys-miscounted"],
    },
    Case {
        name: "the index knows an id that no line took",
        breaks: |world| {
            let mut extra = key_of(world, DATA);
            extra.key = Some(("cloud", "d9".to_owned()));
            world.batches[0].index_more.push(extra);
        },
        finds: &["keys-miscounted"],
    },
    Case {
        name: "the index knows an id from another segment",
        breaks: |world| {
            let moved = key_of(world, DATA);
            world.line(DATA).key = None;
            world.batches[1].index_more.push(moved);
        },
        finds: &["key-differs"],
    },
    Case {
        name: "the index knows an id from another line",
        breaks: |world| {
            let mut moved = key_of(world, DATA);
            world.line(DATA).key = None;
            moved.raw.push(' ');
            world.batches[0].index_more.push(moved);
        },
        finds: &["key-differs"],
    },
    Case {
        name: "the index has another value",
        breaks: |world| world.line(DATA).reading.as_mut().unwrap().value = "99".to_owned(),
        finds: &["readings-differ", "usage-not-billed"],
    },
    Case {
        name: "the index has the reading of another device",
        breaks: |world| world.line(DATA).reading.as_mut().unwrap().subject = "Y".to_owned(),
        finds: &["readings-differ", "usage-not-billed"],
    },
    Case {
        name: "the index has a reading without its attributes",
        breaks: |world| world.line(SWAPPED).reading.as_mut().unwrap().region = None,
        finds: &["readings-differ"],
    },
    Case {
        name: "the index lacks a segment: nothing is said of it",
        breaks: |world| world.indexed = 3,
        finds: &["index-behind"],
    },
];

#[test]
fn lines_that_say_another_thing_are_found() {
    check_deep(CASES);
}

/// A meter that converts has rules of its own, which are not said again: its lines may be
/// rejected, and its readings be anything. That no id is taken twice is still looked at.
#[test]
fn a_meter_with_rules_of_its_own_is_passed_over_by_name() {
    let passed_over = |is_rejected: bool, second: LineOutcome| {
        let mut world = clean();
        let mut steps = meter("data", Measure::Count);
        if let Fact::MeterPublished(meter) = &mut steps {
            let convert = Some(Factor { numerator: 1, denominator: 1024 });
            (meter.code, meter.event_type) = (read("steps"), "steps.v1".to_owned());
            meter.mediation = Mediation { convert, ..Mediation::default() };
        }
        world.before.push(steps);
        more_data(&mut world, ("k1", "X"), "2026-02-21T11:00:00Z", (7, "2026-02-21"));
        let first = &mut world.batches[4].lines[0];
        first.raw = first.raw.replace("data.v1", "steps.v1");
        first.meter = Some("steps");
        let mut again = first.clone();
        (again.outcome, again.key, again.reading) = (second, None, None);
        if is_rejected {
            first.outcome = LineOutcome::Rejected(RejectReason::Filtered);
            (first.key, first.reading) = (None, None);
            again.outcome = first.outcome;
        }
        world.batches[4].lines.push(again);
        world.received[4].lines = 2;
        let report = world.audit_deep();
        assert_eq!(report.passed_over.iter().map(|it| it.as_str()).collect::<Vec<_>>(), ["steps"]);
        report.findings().map(Rejection::code).collect::<Vec<_>>()
    };
    assert_eq!(passed_over(true, TAKEN), [""; 0]);
    assert_eq!(passed_over(false, LineOutcome::Duplicate), [""; 0]);
    assert_eq!(
        passed_over(false, LineOutcome::Conflict),
        ["outcome-differs", "tally-differs", "tally-differs"]
    );
}
