//! Everything that is measured on the embedded store: one SQLite file and its folder.

use std::path::PathBuf;

use engine::usage::Intake;
use serde_json::json;
use store_sqlite::SqliteStore;

use crate::baseline::Baseline;
use crate::footprint::{bytes_of, peak_memory};
use crate::history::History;
use crate::ingest::{Files, Sent, alternate};
use crate::measure::{Goal, Measure, Report, Thousandths};
use crate::truth::check_received;
use crate::workload::Workload;
use crate::{Bench, Result, busy, fleet, recovery, rerate, served, single, stage};

/// Bytes in the megabyte of the memory goal.
const MEGABYTE: u64 = 1_000_000;

/// The folder of the store, and the file in it.
pub struct Home {
    /// Nothing else is in it.
    pub folder: PathBuf,
}

impl Home {
    /// The database.
    pub fn file(&self) -> PathBuf {
        self.folder.join("tabouret.db")
    }

    /// Opens it, or makes it.
    pub fn open(&self) -> Result<SqliteStore> {
        Ok(SqliteStore::open(&self.file())?)
    }
}

/// Runs all of it.
pub fn run(bench: &Bench, report: &mut Report) -> Result<()> {
    let scale = &bench.scale;
    let home = Home { folder: bench.folder.join("embedded") };
    std::fs::create_dir_all(&home.folder)?;
    let mut store = home.open()?;
    stage(&format!("embedded: {} units into service", scale.devices), || {
        fleet::build(&mut store, scale.devices)
    })?;
    drop(store);
    let bytes_before = bytes_of(&home.folder)?;
    let mut store = home.open()?;
    let mut history = History::new(Workload { devices: scale.devices }, &bench.folder);
    let mut intake = Intake::open(&mut store, history.begins_at()?)?;
    let mut baseline = Baseline::connect(&bench.url)?;
    let files = Files { count: scale.files, lines: scale.file_lines, copy_every: scale.copy_every };
    let mut sent = stage("embedded: files in, COPY in between", || {
        alternate((&mut store, &mut intake), &mut history, &files, &mut baseline)
    })?;
    drop(baseline);
    report_intake(bench, report, &sent, &history)?;
    stage("embedded: what accounts cost while files come in", || {
        busy::measure(bench, report, (&mut store, &mut intake), &mut history, &mut sent)
    })?;
    stage("embedded: files streamed over HTTP", || {
        served::measure(bench, report, &store, &mut history, &mut sent)
    })?;
    stage("embedded: batches one by one", || {
        single::measure(bench, report, &mut store, &mut history, &mut sent)
    })?;
    report.add(Measure {
        name: "memory",
        value: Thousandths::ratio(peak_memory()?, MEGABYTE),
        unit: "MB",
        baseline: None,
        goal: Goal::AtMost(Thousandths::whole(800)),
        more: vec![("events", json!(history.sent.lines)), ("devices", json!(scale.devices))],
    })?;
    check_received(&sent.received, &history.sent)?;
    drop(store);
    stage("embedded: killed, and ready again", || {
        recovery::measure(bench, report, &home, &mut history)
    })?;
    let kept = bytes_of(&home.folder)?.saturating_sub(bytes_before);
    report_bytes(report, "bytes_embedded", kept, &history)?;
    stage("embedded: everything rated again from the lines", || {
        rerate::measure(bench, report, &home, &history)
    })
}

/// Events a second against COPY, and how they hold out.
fn report_intake(bench: &Bench, report: &mut Report, sent: &Sent, history: &History) -> Result<()> {
    let line_bytes = Thousandths::ratio(history.sent.bytes, history.sent.lines).to_string();
    let mut more = vec![
        ("events", json!(history.sent.lines)),
        ("distinct", json!(history.sent.distinct)),
        ("line_bytes", json!(line_bytes)),
    ];
    more.extend(sent.circumstances()?);
    report.add(Measure {
        name: "ingest_embedded",
        value: Thousandths::whole(sent.rate()),
        unit: "events/s",
        baseline: Some(Thousandths::whole(sent.copy_rate())),
        goal: Goal::TimesBaseline(Thousandths::new(1_800)),
        more,
    })?;
    let (first, last) = sent.ends(bench.scale.growth_files)?;
    report.add(Measure {
        name: "growth_embedded",
        value: Thousandths::whole(last),
        unit: "events/s",
        baseline: Some(Thousandths::whole(first)),
        goal: Goal::TimesBaseline(Thousandths::new(850)),
        more: vec![("each_events", json!(bench.scale.growth_files * bench.scale.file_lines))],
    })
}

/// What an event takes on disk, all that belongs to it included.
pub fn report_bytes(
    report: &mut Report,
    name: &'static str,
    kept: u64,
    history: &History,
) -> Result<()> {
    report.add(Measure {
        name,
        value: Thousandths::ratio(kept, history.sent.lines),
        unit: "bytes/event",
        baseline: None,
        goal: Goal::AtMost(Thousandths::whole(80)),
        more: vec![("events", json!(history.sent.lines)), ("bytes", json!(kept))],
    })
}
