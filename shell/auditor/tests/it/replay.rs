//! Lines that were read again: each once, by the rules of the day of the replay.

use std::collections::BTreeSet;

use facts::usage::{LineOutcome, QuarantineReason, Tally, Track};
use facts::{Fact, UsageReplayed};
use kernel::rejection::Rejection;
use store::{Replay, Segment, SegmentHead, Store};
use usage_index::{Additions, NewReading, Readings};

use crate::usage_log::{TAKEN, digest, pack};
use crate::world::{at, clean, day, read};

const AHEAD: LineOutcome = LineOutcome::Held(QuarantineReason::FutureTime);

/// What is written of the replay of the line that came from the future: line 7 of segment 4.
struct Told {
    refs: &'static str,
    outcomes: Vec<LineOutcome>,
    tallies: Vec<Tally>,
    segment: Option<Segment>,
    fact: Option<UsageReplayed>,
    readings: Readings,
}

fn tally(outcome: LineOutcome, lines: u32) -> Tally {
    Tally { meter: Some(read("data")), outcome: outcome.code(), lines }
}

fn reading() -> NewReading<'static> {
    NewReading {
        subject: "D1",
        track: 0,
        happened_at: at("2026-05-01T10:00:00Z"),
        arrived_on: day("2026-02-21"),
        value: read("1"),
        dimensions: &[("region", "FR")],
    }
}

fn track(held: Option<QuarantineReason>) -> Track {
    Track { meter: Some(read("data")), held }
}

fn told() -> Told {
    let mut readings = Readings::default();
    readings.withdraw(&track(Some(QuarantineReason::FutureTime)), 4, reading()).unwrap();
    readings.replay(&track(None), day("2026-05-02"), reading());
    Told {
        refs: "7 4\n",
        outcomes: vec![TAKEN],
        tallies: vec![tally(TAKEN, 1)],
        segment: Some(Segment {
            head: SegmentHead {
                sequence: 5,
                batch: digest(50),
                name: "late".to_owned(),
                arrived_on: day("2026-02-21"),
                first_line: 7,
                lines: 1,
                catalog: 1_000,
                tallies: Vec::new(),
                replay: Some(Replay {
                    segment: 4,
                    replayed_on: day("2026-05-02"),
                    withdrawn: vec![tally(AHEAD, 1)],
                }),
            },
            raw: Vec::new(),
            outcomes: Vec::new(),
        }),
        fact: Some(UsageReplayed {
            replay: digest(50),
            batch: digest(4),
            name: "late".to_owned(),
            replayed_on: day("2026-05-02"),
            lines: 1,
        }),
        readings,
    }
}

/// What an audit finds after a replay that was changed.
fn found(change: impl FnOnce(&mut Told)) -> BTreeSet<&'static str> {
    let mut told = told();
    change(&mut told);
    let mut store = clean().store();
    let mut tx = store.begin().unwrap();
    if let Some(fact) = told.fact {
        tx.record(&Fact::UsageReplayed(fact), at("2026-05-02T10:00:00Z")).unwrap().unwrap();
    }
    let is_logged = told.segment.is_some();
    if let Some(mut segment) = told.segment {
        let codes: Vec<u8> = told.outcomes.iter().map(|it| it.code()).collect();
        segment.head.tallies = told.tallies;
        segment.raw = pack(told.refs.as_bytes());
        segment.outcomes = pack(&codes);
        tx.append_segment(&segment).unwrap();
    }
    tx.commit().unwrap();
    if is_logged {
        let (sequence, keys) = (5, Vec::new());
        let additions = Additions { sequence, keys, readings: told.readings };
        let index = store.read().unwrap().index();
        index.apply(additions, digest(50).0).unwrap();
    }
    let report = auditor::audit_deep(&mut store).unwrap();
    report.findings().map(Rejection::code).collect()
}

fn of_segment(told: &mut Told) -> &mut Segment {
    told.segment.as_mut().unwrap()
}

fn of_replay(told: &mut Told) -> &mut Replay {
    of_segment(told).head.replay.as_mut().unwrap()
}

#[test]
fn a_replay_that_is_right_is_right() {
    assert_eq!(found(|_| {}), BTreeSet::new());
}

#[test]
fn a_replay_is_one_segment() {
    assert_eq!(found(|it| it.fact = None), ["segment-without-batch"].into());
    assert_eq!(found(|it| it.segment = None), ["segment-count"].into());
    let differs = ["segment-differs"].into();
    assert_eq!(found(|it| it.fact.as_mut().unwrap().batch = digest(1)), differs);
    assert_eq!(found(|it| it.fact.as_mut().unwrap().lines = 2), differs);
    let other_day = found(|it| of_segment(it).head.arrived_on = day("2026-02-22"));
    assert!(other_day.contains("segment-differs"), "{other_day:?}");
}

#[test]
fn a_line_that_counts_is_not_read_again() {
    let refs = [
        // It counted when it arrived; it took no id; there is no such line; another said it last.
        "5 4\n", "9 4\n", "4 4\n", "7 3\n", "seven\n", "7\n",
    ];
    for refs in refs {
        let found = found(|it| it.refs = refs);
        assert_eq!(found, ["segment-unreadable", "readings-differ"].into(), "{refs}");
    }
    let twice = found(|it| {
        (it.refs, it.outcomes) = ("7 4\n7 4\n", vec![TAKEN, TAKEN]);
        it.tallies = vec![tally(TAKEN, 2)];
        it.fact.as_mut().unwrap().lines = 2;
        of_segment(it).head.lines = 2;
        of_replay(it).withdrawn = vec![tally(AHEAD, 2)];
        it.readings.replay(&track(None), day("2026-05-02"), reading());
    });
    let expected = ["segment-unreadable", "readings-differ", "readings-lost", "lines-lost"];
    assert_eq!(twice, expected.into());
}

#[test]
fn the_rules_of_the_day_decide() {
    let early = found(|it| {
        of_replay(it).replayed_on = day("2026-04-29");
        it.fact.as_mut().unwrap().replayed_on = day("2026-04-29");
    });
    assert_eq!(early, ["segment-unreadable", "readings-differ"].into());
    let rejected = LineOutcome::Rejected(facts::usage::RejectReason::BadNumber);
    let wrong = found(|it| it.outcomes = vec![rejected]);
    assert_eq!(wrong, ["outcome-differs"].into());
    let another = found(|it| of_replay(it).segment = 3);
    assert!(another.contains("segment-unreadable"), "{another:?}");
}

#[test]
fn what_is_withdrawn_is_what_the_lines_were() {
    let tallies = found(|it| of_replay(it).withdrawn = vec![tally(TAKEN, 1)]);
    assert_eq!(tallies, ["tally-differs", "readings-lost"].into());
    let lines = found(|it| of_replay(it).withdrawn.clear());
    assert_eq!(lines, ["tallies-differ", "tally-differs", "readings-lost"].into());
    let stays = found(|it| {
        it.readings = Readings::default();
        it.readings.replay(&track(None), day("2026-05-02"), reading());
    });
    assert_eq!(stays, ["readings-lost", "readings-differ", "lines-lost"].into());
    let known = found(|it| {
        it.readings = Readings::default();
        let held = track(Some(QuarantineReason::FutureTime));
        it.readings.withdraw(&held, 4, reading()).unwrap();
        it.readings.replay(&track(None), day("2026-05-03"), reading());
    });
    assert_eq!(known, ["readings-differ"].into());
}
