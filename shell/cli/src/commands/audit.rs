//! The audit: every promise, recomputed from what is stored.

use std::process::ExitCode;

use jiff::civil::Date;

use crate::args::{Audit, Common};
use crate::compose;
use crate::failure::Failure;
use crate::output::{Kind, Shown, Table};
use crate::texts::Texts;

/// Exit code of an audit that found something.
const FOUND: u8 = 4;

pub fn run(common: &Common, arguments: &Audit, texts: &Texts) -> Result<ExitCode, Failure> {
    let mut store = compose::open(common)?;
    let store = store.as_mut();
    // First, because it catches the index up. A broken log is for the audit to tell.
    let reported = engine::usage::conservation(store, Date::MIN, Date::MAX);
    let mut report =
        if arguments.deep { auditor::audit_deep(store) } else { auditor::audit(store) }?;
    match reported {
        Ok(rows) => report.checks.push(auditor::audit_reported(store, &rows)?),
        Err(error) if report.is_clean() => return Err(error.into()),
        Err(_) => {}
    }
    shown(&report, texts).print(common.output)?;
    Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::from(FOUND) })
}

/// The promises, what was examined, and what was found.
pub fn shown(report: &auditor::Report, texts: &Texts) -> Shown {
    let mut table = Table::new(
        Some(texts.text("audit-title")),
        vec![
            (String::new(), Kind::Words),
            (texts.text("audit-promise"), Kind::Words),
            (texts.text("audit-examined"), Kind::Figures),
            (texts.text("audit-found"), Kind::Figures),
        ],
    );
    for check in &report.checks {
        let mark = if check.findings.is_empty() { "✓" } else { "✗" };
        table.rows.push(vec![
            mark.to_owned(),
            texts.text(&format!("audit-{}", check.code)),
            check.examined.to_string(),
            check.findings.len().to_string(),
        ]);
    }
    let findings = report.findings().map(|it| format!("✗ {}", texts.rejection(it)));
    let mut after: Vec<String> = findings.collect();
    if after.is_empty() {
        after.push(texts.text("audit-clean"));
    }
    if !report.passed_over.is_empty() {
        let meters: Vec<&str> = report.passed_over.iter().map(|meter| meter.as_str()).collect();
        after.push(texts.with("audit-passed-over", &[("meters", &meters.join(", "))]));
    }
    Shown {
        json: serde_json::to_value(report).unwrap_or_default(),
        tables: vec![table],
        after,
        ..Shown::default()
    }
}
