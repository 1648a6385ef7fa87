//! Batches handed over one by one: from the lines in memory to the answer that they are durable.

use std::fs::File;
use std::time::Duration;

use connect::usage_file;
use engine::usage::{Intake, UsageBatch};
use serde_json::json;
use store::Store;

use crate::history::History;
use crate::ingest::Sent;
use crate::latency::Latencies;
use crate::measure::{Goal, Measure, Report, Thousandths};
use crate::scale::BATCH_LINES;
use crate::stopwatch::Stopwatch;
use crate::{Bench, Result};

/// Longer than this, and somebody notices.
const STALL: Duration = Duration::from_millis(500);

/// Measures them, and the longest time without a commit of all that was sent before.
pub fn measure(
    bench: &Bench,
    report: &mut Report,
    store: &mut dyn Store,
    history: &mut History,
    sent: &mut Sent,
) -> Result<()> {
    let lines = history.next_file(bench.scale.single_batches * u64::try_from(BATCH_LINES)?)?;
    let file = File::open(&lines.path)?;
    let batches = usage_file::open("single", file, imports::BATCH_LINES);
    let mut intake = Intake::open(store, lines.now)?;
    let mut latencies = Latencies::default();
    for batch in batches.map_err(|fault| fault.to_string())? {
        let batch = batch.map_err(|fault| fault.to_string())?;
        let stopwatch = Stopwatch::start();
        let prepared = intake.reader().prepare(UsageBatch {
            digest: batch.digest(),
            name: "single".to_owned(),
            first_line: batch.first_line,
            lines: batch.lines,
        });
        let receipt = intake.receive(store, prepared, lines.now)?;
        latencies.add(stopwatch.elapsed());
        sent.received.add(receipt.received);
    }
    let p99 = Thousandths::millis(latencies.percentile(99));
    report.add(Measure {
        name: "batch_commit_p99",
        value: p99,
        unit: "ms",
        baseline: None,
        goal: Goal::AtMost(Thousandths::whole(150)),
        more: vec![
            ("median_ms", json!(Thousandths::millis(latencies.percentile(50)).to_string())),
            ("batches", json!(latencies.count())),
            ("lines", json!(BATCH_LINES)),
        ],
    })?;
    report.add(Measure {
        name: "longest_stall",
        value: Thousandths::millis(latencies.longest().max(sent.gaps.longest())),
        unit: "ms",
        baseline: None,
        goal: Goal::AtMost(Thousandths::millis(STALL)),
        more: vec![("commits", json!(latencies.count() + sent.gaps.count()))],
    })
}
