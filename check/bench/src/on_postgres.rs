//! The same intake into PostgreSQL: the segments are its rows, the index is a folder here.

use engine::usage::Intake;
use postgres::{Client, NoTls};
use serde_json::json;
use store_postgres::PostgresStore;

use crate::baseline::Baseline;
use crate::embedded::report_bytes;
use crate::footprint::bytes_of;
use crate::history::History;
use crate::ingest::{Files, alternate};
use crate::measure::{Goal, Measure, Report, Thousandths};
use crate::truth::{Counted, check_received};
use crate::workload::Workload;
use crate::{Bench, Result, fleet, stage};

/// The tenant, and the database that is measured.
const TENANT: &str = "fleet";

/// Runs all of it.
pub fn run(bench: &Bench, report: &mut Report) -> Result<()> {
    let scale = &bench.scale;
    let folder = bench.folder.join("index");
    let mut store = PostgresStore::connect(&bench.url, TENANT)?.keep_index(&folder)?;
    stage(&format!("PostgreSQL: {} units into service", scale.devices_postgres), || {
        fleet::build(&mut store, scale.devices_postgres)
    })?;
    let mut baseline = Baseline::connect(&bench.url)?;
    let mut client = Client::connect(&bench.url, NoTls)?;
    let bytes_before = database_size(&mut client)? + bytes_of(&folder)?;
    let mut history = History::new(Workload { devices: scale.devices_postgres }, &bench.folder);
    let files = Files {
        count: scale.files_postgres,
        lines: scale.file_lines,
        copy_every: scale.copy_every,
    };
    let sent = stage("PostgreSQL: files in, COPY in between", || {
        let mut intake = Intake::open(&mut store, history.begins_at()?)?;
        alternate((&mut store, &mut intake), &mut history, &files, &mut baseline)
    })?;
    let mut more = vec![("events", json!(history.sent.lines))];
    more.extend(sent.circumstances()?);
    report.add(Measure {
        name: "ingest_postgres",
        value: Thousandths::whole(sent.rate()),
        unit: "events/s",
        baseline: Some(Thousandths::whole(sent.copy_rate())),
        goal: Goal::TimesBaseline(Thousandths::whole(1)),
        more,
    })?;
    check_received(&sent.received, &history.sent)?;
    stage("PostgreSQL: every event is counted once", || {
        Counted::of_fleet(&mut store, scale.devices_postgres)?.check(&history.sent)
    })?;
    drop(store);
    let kept = database_size(&mut client)? + bytes_of(&folder)?;
    report_bytes(report, "bytes_postgres", kept.saturating_sub(bytes_before), &history)
}

/// All that the database keeps on disk, without the log of the server.
fn database_size(client: &mut Client) -> Result<u64> {
    client.batch_execute("CHECKPOINT")?;
    let row = client.query_one("SELECT pg_database_size(current_database())", &[])?;
    Ok(u64::try_from(row.get::<_, i64>(0))?)
}
