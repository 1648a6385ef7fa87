//! The audit: every promise, recomputed from what is stored.

use std::process::ExitCode;

use crate::args::Common;
use crate::compose;
use crate::failure::Failure;
use crate::output::{Kind, Shown, Table};
use crate::texts::Texts;

/// Exit code of an audit that found something.
const FOUND: u8 = 4;

pub fn run(common: &Common, texts: &Texts) -> Result<ExitCode, Failure> {
    let mut store = compose::open(common)?;
    let report = auditor::audit(store.as_mut())?;
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
    Shown {
        json: serde_json::to_value(report).unwrap_or_default(),
        tables: vec![table],
        after,
        ..Shown::default()
    }
}
