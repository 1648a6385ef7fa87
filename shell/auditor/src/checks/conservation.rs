//! Nothing forgotten: each batch that came in is one segment of the log, each of its lines has an
//! outcome, and each that took an id has a reading.

use std::collections::{BTreeMap, BTreeSet};

use facts::usage::LineOutcome;
use facts::{UsageReceived, UsageReplayed};
use kernel::Digest;
use store::{SegmentHead, StoreError};

use crate::usage_log::{Tallied, UsageLog, meter_or_none, words};
use crate::world::World;
use crate::{AuditFinding, Check};

pub(crate) fn check(world: &World, log: &UsageLog) -> Result<Check, StoreError> {
    let mut check = Check::new(
        "conservation",
        "Each batch received is one segment of the log without a gap, each of its lines has an \
         outcome, and each line that took its id is one reading of the index.",
    );
    let (received, replays): (Vec<_>, Vec<_>) =
        log.heads.iter().partition(|head| head.replay.is_none());
    check_batches(&mut check, &world.batches, &received);
    check_amended(&mut check, world, &received);
    check_replays(&mut check, world, &received, &replays);
    check_sequences(&mut check, log);
    for head in &log.heads {
        check.examine();
        let tallied = head.tallies.iter().map(|tally| i64::from(tally.lines)).sum();
        check.expect(tallied == i64::from(head.lines), || AuditFinding::TalliesDiffer {
            segment: head.sequence,
            lines: head.lines,
            tallied,
        });
    }
    check.expect(log.is_included(), || AuditFinding::IndexBehind {
        applied: log.applied(),
        last: log.last,
    });
    if log.is_included() {
        check_readings(&mut check, log)?;
    }
    Ok(check)
}

fn check_batches(check: &mut Check, batches: &[UsageReceived], heads: &[&SegmentHead]) {
    let mut segments: BTreeMap<Digest, Vec<&SegmentHead>> = BTreeMap::new();
    for &head in heads {
        segments.entry(head.batch).or_default().push(head);
    }
    let known: BTreeSet<Digest> = batches.iter().map(|batch| batch.batch).collect();
    for batch in batches {
        check.examine();
        let of_batch = segments.get(&batch.batch).map(Vec::as_slice).unwrap_or_default();
        check.expect(of_batch.len() == 1, || AuditFinding::SegmentCount {
            batch: batch.batch,
            name: batch.name.clone(),
            day: batch.arrived_on,
            segments: of_batch.len(),
        });
        for head in of_batch {
            compare(check, batch, head);
        }
    }
    for head in heads.iter().filter(|head| !known.contains(&head.batch)) {
        check.find(AuditFinding::SegmentWithoutBatch {
            segment: head.sequence,
            name: head.name.clone(),
            batch: head.batch,
        });
    }
}

/// What amends earlier lines is a batch that came in.
fn check_amended(check: &mut Check, world: &World, heads: &[&SegmentHead]) {
    for it in &world.amended {
        check.examine();
        let Some(head) = heads.iter().find(|head| head.batch == it.batch) else {
            check.find(AuditFinding::SegmentCount {
                batch: it.batch,
                name: it.name.clone(),
                day: it.arrived_on,
                segments: 0,
            });
            continue;
        };
        let both = [
            ("name", it.name.clone(), head.name.clone()),
            ("day", it.arrived_on.to_string(), head.arrived_on.to_string()),
        ];
        expect_same(check, head, both);
    }
}

fn compare(check: &mut Check, batch: &UsageReceived, head: &SegmentHead) {
    let both = [
        ("name", batch.name.clone(), head.name.clone()),
        ("day", batch.arrived_on.to_string(), head.arrived_on.to_string()),
        ("first line", batch.first_line.to_string(), head.first_line.to_string()),
        ("number of lines", batch.lines.to_string(), head.lines.to_string()),
    ];
    expect_same(check, head, both);
}

/// Each replay is one segment too, about lines of a segment before it.
fn check_replays(
    check: &mut Check,
    world: &World,
    received: &[&SegmentHead],
    replays: &[&SegmentHead],
) {
    let by_sequence: BTreeMap<i64, &SegmentHead> =
        received.iter().map(|head| (head.sequence, *head)).collect();
    let mut known: BTreeMap<Digest, &UsageReplayed> =
        world.replays.iter().map(|it| (it.replay, it)).collect();
    for head in replays {
        check.examine();
        let Some(fact) = known.remove(&head.batch) else {
            check.find(AuditFinding::SegmentWithoutBatch {
                segment: head.sequence,
                name: head.name.clone(),
                batch: head.batch,
            });
            continue;
        };
        let Some(replay) = &head.replay else { continue };
        let told = replay.withdrawn.iter().map(|tally| i64::from(tally.lines)).sum();
        check.expect(told == i64::from(head.lines), || AuditFinding::TalliesDiffer {
            segment: head.sequence,
            lines: head.lines,
            tallied: told,
        });
        let origin = by_sequence.get(&replay.segment);
        let shown = |of: Option<String>| of.unwrap_or_else(|| "none".to_owned());
        let both = [
            ("name", fact.name.clone(), head.name.clone()),
            ("day of replay", fact.replayed_on.to_string(), replay.replayed_on.to_string()),
            ("number of lines", fact.lines.to_string(), head.lines.to_string()),
            ("batch", fact.batch.to_string(), shown(origin.map(|it| it.batch.to_string()))),
            ("day", shown(origin.map(|it| it.arrived_on.to_string())), head.arrived_on.to_string()),
        ];
        expect_same(check, head, both);
    }
    for fact in known.into_values() {
        check.find(AuditFinding::SegmentCount {
            batch: fact.replay,
            name: fact.name.clone(),
            day: fact.replayed_on,
            segments: 0,
        });
    }
}

fn expect_same<const N: usize>(
    check: &mut Check,
    head: &SegmentHead,
    both: [(&'static str, String, String); N],
) {
    for (what, received, stored) in both {
        check.expect(received == stored, || AuditFinding::SegmentDiffers {
            segment: head.sequence,
            what,
            received: received.clone(),
            stored: stored.clone(),
        });
    }
}

fn check_sequences(check: &mut Check, log: &UsageLog) {
    let mut expected = 1;
    let sequences = log.heads.iter().map(|head| head.sequence);
    for sequence in sequences.chain([log.last.saturating_add(1)]) {
        check.expect(sequence <= expected, || AuditFinding::SegmentsMissing {
            missing: expected,
            count: sequence - expected,
        });
        expected = sequence.saturating_add(1);
    }
}

/// As many readings as lines that took their id, by day, meter and the reason that holds them.
fn check_readings(check: &mut Check, log: &UsageLog) -> Result<(), StoreError> {
    let mut tallied = log.tallied();
    tallied.retain(|(_, _, outcome), _| outcome.takes_id());
    let mut indexed = Tallied::new();
    log.each_series(|series| {
        let outcome = series.track.held.map_or(LineOutcome::Taken, LineOutcome::Held);
        for point in &series.points {
            let key = (point.arrived_on, series.track.meter.clone(), outcome);
            *indexed.entry(key).or_default() += 1;
        }
    })?;
    let keys: BTreeSet<_> = tallied.keys().chain(indexed.keys()).collect();
    for key in keys {
        check.examine();
        let count = |of: &Tallied| of.get(key).copied().unwrap_or_default();
        let (tallied, indexed) = (count(&tallied), count(&indexed));
        let (day, meter, outcome) = key;
        check.expect(tallied == indexed, || AuditFinding::ReadingsLost {
            day: *day,
            meter: meter_or_none(meter.as_ref()),
            outcome: words(*outcome),
            tallied,
            indexed,
        });
    }
    Ok(())
}
