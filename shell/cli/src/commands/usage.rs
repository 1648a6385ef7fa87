//! Usage: sending it, and what became of it.

mod conservation;
mod current;
mod events;
mod explain;
mod export;
mod parquet_file;
mod quarantine;
mod replay;
pub mod say;

use std::path::PathBuf;
use std::process::ExitCode;

use engine::usage::{Intake, Received};
use jiff::civil::Date;
use serde_json::{Value, json};

use super::progress;
use crate::args::{Common, Usage};
use crate::compose;
use crate::failure::Failure;
use crate::output::{Kind, Shown, Table};
use crate::texts::Texts;

pub fn run(common: &Common, command: &Usage, texts: &Texts) -> Result<ExitCode, Failure> {
    match command {
        Usage::Send { files, after_line } => send(common, files, *after_line, texts),
        Usage::Explain { id, source, copies } => {
            let source = source.as_deref();
            explain::run(common, &explain::Asked { id, source, copies: *copies }, texts)
        }
        Usage::List { subject, from, to, zone, limit } => {
            let (from, to) = (from.as_deref(), to.as_deref());
            events::list(common, &events::Asked { subject, from, to, zone, limit: *limit }, texts)
        }
        Usage::Export { file, from, to } => {
            export::run(common, file, (from.as_deref(), to.as_deref()), texts)
        }
        Usage::Current { account, by } => current::run(common, account, *by, texts),
        Usage::Quarantine { reason, limit } => quarantine::run(common, *reason, *limit, texts),
        Usage::Replay { reason, event_type, source, dry_run } => {
            let (event_type, source) = (event_type.as_deref(), source.as_deref());
            let asked = replay::Asked { reason: *reason, event_type, source, dry_run: *dry_run };
            replay::run(common, &asked, texts)
        }
        Usage::Conservation { day, ids, limit } => {
            let asked = conservation::Asked { day: day.as_deref(), ids: *ids, limit: *limit };
            conservation::run(common, &asked, texts)
        }
        Usage::Exceptions { limit } => exceptions(common, *limit, texts),
    }
}

fn send(
    common: &Common,
    files: &[PathBuf],
    after_line: u32,
    texts: &Texts,
) -> Result<ExitCode, Failure> {
    let mut store = compose::open(common)?;
    let now = compose::now(store.as_mut())?;
    let mut intake = Intake::open(store.as_mut(), now)?;
    let bar = progress::bar(common, files);
    let mut received = Received::default();
    let mut lines = 0_u64;
    for file in files {
        let now = compose::now(store.as_mut())?;
        let mut count = |batch: u64| {
            lines += batch;
            bar.set_message(texts.with("usage-lines", &[("count", &lines.to_string())]));
        };
        let source = ::imports::UsageSource { path: file, after_line };
        received.add(::imports::send_usage(store.as_mut(), &mut intake, source, now, &mut count)?);
        bar.inc(1);
    }
    bar.finish_and_clear();
    shown(&received, texts).print(common.output)?;
    Ok(ExitCode::SUCCESS)
}

fn shown(received: &Received, texts: &Texts) -> Shown {
    let counts = [
        ("accepted", received.accepted),
        ("free", received.free),
        ("shadow", received.shadow),
        ("amended", received.amended),
        ("cancelled", received.cancelled),
        ("duplicate", received.duplicate),
        ("conflict", received.conflict),
        ("quarantined", received.quarantined),
        ("rejected", received.rejected),
        ("already-received", received.already_received),
    ];
    let mut table = Table::new(
        Some(texts.text("usage-received")),
        counts.iter().map(|(key, _)| (texts.text(&format!("fate-{key}")), Kind::Figures)).collect(),
    );
    table.rows.push(counts.iter().map(|(_, count)| count.to_string()).collect());
    let mut after = Vec::new();
    if received.quarantined + received.conflict + received.rejected > 0 {
        after.push(texts.text("usage-see-exceptions"));
    }
    let json = counts.iter().map(|(key, count)| (key.replace('-', "_"), Value::from(*count)));
    Shown { json: json.collect(), tables: vec![table], after, ..Shown::default() }
}

fn exceptions(common: &Common, limit: u32, texts: &Texts) -> Result<ExitCode, Failure> {
    let mut store = compose::open(common)?;
    let lines = engine::usage::exceptional_lines(store.as_mut(), Date::MIN, Date::MAX, limit)?;
    let mut table = Table::new(
        Some(texts.text("exceptions-title")),
        vec![
            (texts.text("column-place"), Kind::Words),
            (texts.text("column-day"), Kind::Words),
            (texts.text("column-outcome"), Kind::Words),
            (texts.text("column-reason"), Kind::Words),
            (texts.text("column-event"), Kind::Words),
        ],
    );
    let event = |it: &engine::usage::StoredLine| {
        it.event.as_ref().map_or(String::new(), |(source, id)| format!("{source} {id}"))
    };
    table.rows = lines
        .iter()
        .map(|it| {
            vec![
                format!("{}:{}", it.name, it.arrival.line),
                it.arrival.arrived_on.to_string(),
                texts.text(&format!("fate-{}", it.outcome)),
                it.reason.unwrap_or_default().to_owned(),
                event(it),
            ]
        })
        .collect();
    let json = lines.iter().map(|it| {
        json!({
            "name": it.name,
            "line": it.arrival.line,
            "arrived_on": it.arrival.arrived_on,
            "meter": it.meter,
            "outcome": it.outcome,
            "reason": it.reason,
            "source": it.event.as_ref().map(|(source, _)| source),
            "id": it.event.as_ref().map(|(_, id)| id),
            "raw": it.raw,
        })
    });
    let json = Value::from(json.collect::<Vec<_>>());
    Shown { json, tables: vec![table], ..Shown::default() }.print(common.output)?;
    Ok(ExitCode::SUCCESS)
}
