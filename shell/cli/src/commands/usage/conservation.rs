//! Nothing forgotten: by day and meter, every received line has one place in the equation.

use std::collections::BTreeMap;
use std::process::ExitCode;

use documents::format;
use engine::usage::{EquationRow, StoredLine};
use facts::MeterCode;
use jiff::civil::Date;
use kernel::calendar::add_days;
use serde_json::{Value, json};

use super::say::{self, NOTHING};
use crate::args::{Common, Outcome};
use crate::compose;
use crate::failure::Failure;
use crate::output::{Kind, Shown, Table};
use crate::texts::Texts;

/// Which lines, and how they are shown.
pub struct Asked<'a> {
    pub day: Option<&'a str>,
    pub ids: Option<Outcome>,
    pub limit: usize,
}

pub fn run(common: &Common, asked: &Asked<'_>, texts: &Texts) -> Result<ExitCode, Failure> {
    let range = match say::day(asked.day)? {
        None => (Date::MIN, Date::MAX),
        Some(day) => (day, add_days(day, 1).unwrap_or(Date::MAX)),
    };
    let mut store = compose::open(common)?;
    let shown = match asked.ids {
        Some(outcome) => {
            let limit = asked.limit.saturating_add(1);
            let code = outcome.code();
            let lines = engine::usage::lines_behind(store.as_mut(), range, code, limit)?;
            behind(lines, outcome, asked.limit, texts)
        }
        None => equation(&engine::usage::equation(store.as_mut(), range.0, range.1)?, texts),
    };
    shown.print(common.output)?;
    Ok(ExitCode::SUCCESS)
}

/// The parts of one sum.
type Parts = BTreeMap<&'static str, i64>;

fn part(row: &EquationRow) -> Vec<(&'static str, i64)> {
    let (billed, lines) = (row.billed, row.row.lines);
    let of_outcome = |it: &&Outcome| it.code() == row.row.outcome;
    match Outcome::ALL.iter().find(of_outcome) {
        Some(outcome) => vec![(outcome.code(), lines)],
        // Accepted.
        None => vec![(Outcome::Billed.code(), billed), (Outcome::NotYetDue.code(), lines - billed)],
    }
}

fn equation(rows: &[EquationRow], texts: &Texts) -> Shown {
    let mut sums: BTreeMap<(Date, Option<&MeterCode>), Parts> = BTreeMap::new();
    let mut total = Parts::new();
    let mut reasons: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for row in rows {
        let sum = sums.entry((row.row.arrived_on, row.row.meter.as_ref())).or_default();
        for (name, lines) in part(row) {
            *sum.entry(name).or_default() += lines;
            *total.entry(name).or_default() += lines;
        }
        if let Some(reason) = &row.row.reason {
            *reasons.entry((&row.row.outcome, reason)).or_default() += row.row.lines;
        }
    }
    let mut table = Table::new(Some(texts.text("conservation-title")), columns(texts));
    for ((day, meter), parts) in &sums {
        let meter = meter.map_or(NOTHING.to_owned(), ToString::to_string);
        table.rows.push(figures(day.to_string(), meter, parts, texts));
    }
    table.rows.push(figures(texts.text("column-all"), String::new(), &total, texts));
    let mut tables = vec![table];
    if !reasons.is_empty() {
        tables.push(by_reason(&reasons, texts));
    }
    let is_empty = rows.is_empty();
    Shown {
        json: rows.iter().map(as_json).collect(),
        tables: if is_empty { Vec::new() } else { tables },
        after: vec![texts.text(if is_empty { "conservation-none" } else { "conservation-hint" })],
        ..Shown::default()
    }
}

fn columns(texts: &Texts) -> Vec<(String, Kind)> {
    let mut columns = vec![
        (texts.text("column-day"), Kind::Words),
        (texts.text("column-meter"), Kind::Words),
        (texts.text("head-received"), Kind::Figures),
    ];
    let name = |it: Outcome| texts.text(&format!("head-{}", it.code().replace('_', "-")));
    columns.extend(Outcome::ALL.map(|it| (name(it), Kind::Figures)));
    columns
}

fn figures(day: String, meter: String, parts: &Parts, texts: &Texts) -> Vec<String> {
    let count = |lines: i64| format::count(lines, texts.language);
    let mut row = vec![day, meter, count(parts.values().sum())];
    row.extend(Outcome::ALL.map(|it| count(parts.get(it.code()).copied().unwrap_or_default())));
    row
}

fn by_reason(reasons: &BTreeMap<(&str, &str), i64>, texts: &Texts) -> Table {
    let mut table = Table::new(
        Some(texts.text("conservation-reasons")),
        vec![
            (texts.text("column-outcome"), Kind::Words),
            (texts.text("column-reason"), Kind::Words),
            (texts.text("column-why"), Kind::Words),
            (texts.text("column-lines"), Kind::Figures),
        ],
    );
    for ((outcome, reason), lines) in reasons {
        table.rows.push(vec![
            texts.text(&format!("fate-{outcome}")),
            (*reason).to_owned(),
            say::reason_text(reason, texts),
            format::count(*lines, texts.language),
        ]);
    }
    table
}

/// The row as it always was, and the two parts of what is accepted.
fn as_json(row: &EquationRow) -> Value {
    let is_accepted = row.row.outcome == "accepted";
    json!({
        "arrived_on": row.row.arrived_on,
        "meter": row.row.meter,
        "outcome": row.row.outcome,
        "reason": row.row.reason,
        "lines": row.row.lines,
        "billed": is_accepted.then_some(row.billed),
        "not_yet_due": is_accepted.then_some(row.row.lines - row.billed),
    })
}

/// The events behind a figure.
fn behind(mut lines: Vec<StoredLine>, outcome: Outcome, limit: usize, texts: &Texts) -> Shown {
    let more = lines.len() > limit;
    lines.truncate(limit);
    let mut table = Table::new(
        None,
        vec![
            (texts.text("column-source"), Kind::Words),
            (texts.text("column-id"), Kind::Words),
            (texts.text("column-place"), Kind::Words),
            (texts.text("column-day"), Kind::Words),
            (texts.text("column-reason"), Kind::Words),
        ],
    );
    for it in &lines {
        let (source, id) = it.event.as_ref().map_or_else(
            || (NOTHING.to_owned(), NOTHING.to_owned()),
            |(source, id)| (source.to_string(), id.to_string()),
        );
        table.rows.push(vec![
            source,
            id,
            format!("{}:{}", it.name, it.arrival.line),
            it.arrival.arrived_on.to_string(),
            it.reason.unwrap_or(NOTHING).to_owned(),
        ]);
    }
    let name = texts.text(&format!("fate-{}", outcome.code().replace('_', "-")));
    let after = match (lines.is_empty(), more) {
        (true, _) => texts.with("behind-none", &[("outcome", &name)]),
        (_, true) => texts.with("behind-more", &[("limit", &limit.to_string())]),
        (_, false) => {
            let count =
                format::count(i64::try_from(lines.len()).unwrap_or(i64::MAX), texts.language);
            texts.with("behind-all", &[("count", &count), ("outcome", &name)])
        }
    };
    let line = |it: &StoredLine| {
        json!({
            "source": it.event.as_ref().map(|(source, _)| source),
            "id": it.event.as_ref().map(|(_, id)| id),
            "file": it.name,
            "line": it.arrival.line,
            "arrived_on": it.arrival.arrived_on,
            "meter": it.meter,
            "outcome": it.outcome,
            "reason": it.reason,
        })
    };
    Shown {
        json: json!({ "lines": lines.iter().map(line).collect::<Vec<_>>(), "more": more }),
        tables: if lines.is_empty() { Vec::new() } else { vec![table] },
        after: vec![after],
        ..Shown::default()
    }
}
