//! Lines that waited, read again by the rules of today.

use std::process::ExitCode;

use documents::format;
use engine::usage::{Cause, ReplayFilter, ReplayGroup, ReplayReport};
use serde_json::{Value, json};

use super::say::{self, NOTHING};
use crate::args::{Common, ReplayReason};
use crate::compose;
use crate::failure::Failure;
use crate::output::{Kind, Shown, Table};
use crate::texts::Texts;

/// Which lines, and whether they are only looked at.
pub struct Asked<'a> {
    pub reason: Option<ReplayReason>,
    pub event_type: Option<&'a str>,
    pub source: Option<&'a str>,
    pub dry_run: bool,
}

pub fn run(common: &Common, asked: &Asked<'_>, texts: &Texts) -> Result<ExitCode, Failure> {
    let mut store = compose::open(common)?;
    let now = compose::now(store.as_mut())?;
    let filter = ReplayFilter {
        cause: asked.reason.and_then(|it| Cause::from_code(it.code())),
        event_type: asked.event_type.map(str::to_owned),
        source: asked.source.map(str::to_owned),
        from_segment: 0,
    };
    let report = if asked.dry_run {
        engine::usage::replay_dry_run(store.as_mut(), filter, now)?
    } else {
        engine::usage::replay(store.as_mut(), filter, now, usize::MAX)?
    };
    Shown {
        json: as_json(&report, asked.dry_run),
        tables: if report.groups.is_empty() { Vec::new() } else { vec![table(&report, texts)] },
        after: after(&report, asked.dry_run, texts),
        ..Shown::default()
    }
    .print(common.output)?;
    Ok(ExitCode::SUCCESS)
}

fn table(report: &ReplayReport, texts: &Texts) -> Table {
    let columns = [
        ("column-reason", Kind::Words),
        ("column-type", Kind::Words),
        ("column-meter", Kind::Words),
        ("column-lines", Kind::Figures),
        ("fate-accepted", Kind::Figures),
        ("fate-free", Kind::Figures),
        ("column-still-waiting", Kind::Words),
        ("column-unreadable", Kind::Words),
        ("column-estimated-value", Kind::Figures),
    ];
    let columns = columns.map(|(key, kind)| (texts.text(key), kind));
    let mut table = Table::new(Some(texts.text("replay-title")), columns.to_vec());
    for it in &report.groups {
        let count =
            |lines: u64| format::count(i64::try_from(lines).unwrap_or(i64::MAX), texts.language);
        let listed = |reasons: Vec<(&'static str, u64)>| {
            let one = |(code, lines)| format!("{} {code}", count(lines));
            let listed: Vec<String> = reasons.into_iter().map(one).collect();
            if listed.is_empty() { NOTHING.to_owned() } else { listed.join(", ") }
        };
        table.rows.push(vec![
            it.cause.code().to_owned(),
            it.event_type.clone(),
            it.meter.as_ref().map_or(NOTHING.to_owned(), ToString::to_string),
            count(it.lines),
            count(it.accepted),
            count(it.free),
            listed(it.waiting.iter().map(|(reason, lines)| (reason.code(), *lines)).collect()),
            listed(it.unreadable.iter().map(|(reason, lines)| (reason.code(), *lines)).collect()),
            it.value.map_or(NOTHING.to_owned(), |it| format::money(it, texts.language)),
        ]);
    }
    table
}

fn after(report: &ReplayReport, dry_run: bool, texts: &Texts) -> Vec<String> {
    if report.groups.is_empty() {
        return vec![texts.text("replay-empty")];
    }
    let (lines, segments) = (report.changed.to_string(), report.segments.to_string());
    let values = [("lines", lines.as_str()), ("segments", segments.as_str())];
    let mut after = vec![match (report.changed, dry_run) {
        (0, _) => texts.text("replay-nothing-new"),
        (_, true) => texts.with("replay-dry-run", &values),
        (_, false) => texts.with("replay-done", &values),
    }];
    if report.groups.iter().any(|it| !it.unreadable.is_empty()) {
        after.push(texts.text("replay-unreadable"));
    }
    if report.groups.iter().any(|it| it.value.is_some()) {
        after.push(texts.text("quarantine-estimate"));
    }
    after
}

fn as_json(report: &ReplayReport, dry_run: bool) -> Value {
    json!({
        "dry_run": dry_run,
        "groups": report.groups.iter().map(group_json).collect::<Vec<_>>(),
        "changed": report.changed,
        "segments": report.segments,
    })
}

fn group_json(it: &ReplayGroup) -> Value {
    let waiting = it.waiting.iter().map(|(reason, lines)| (reason.code(), Value::from(*lines)));
    let unreadable =
        it.unreadable.iter().map(|(reason, lines)| (reason.code(), Value::from(*lines)));
    let mut group = json!({
        "reason": it.cause.code(),
        "type": it.event_type,
        "meter": it.meter,
        "lines": it.lines,
        "changed": it.changed,
        "accepted": it.accepted,
        "free": it.free,
        "waiting": waiting.collect::<Value>(),
        "unreadable": unreadable.collect::<Value>(),
        "value": it.value.map(say::amount),
    });
    if it.shadow > 0 {
        group["shadow"] = Value::from(it.shadow);
    }
    group
}
