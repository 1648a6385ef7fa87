//! The doctor: is the store well, and what waits for somebody?

use std::process::ExitCode;

use facts::usage::ConservationRow;
use jiff::civil::Date;
use serde_json::json;

use crate::args::Common;
use crate::compose;
use crate::failure::Failure;
use crate::output::{Kind, Shown, Table};
use crate::texts::Texts;

pub fn run(common: &Common, texts: &Texts) -> Result<ExitCode, Failure> {
    let mut store = compose::open(common)?;
    let now = compose::now(store.as_mut())?;
    let overdue =
        engine::read::timers(store.as_mut())?.into_iter().filter(|it| it.due_at <= now).count();
    let waiting = engine::read::waiting_shipments(store.as_mut())?;
    let usage = engine::usage::conservation(store.as_mut(), Date::MIN, Date::MAX)?;
    let lines = |outcome: &str| -> i64 {
        let of_outcome = |row: &&ConservationRow| row.outcome == outcome;
        usage.iter().filter(of_outcome).map(|row| row.lines).sum()
    };
    let report = auditor::audit(store.as_mut())?;
    let findings = report.findings().count();
    let rows = [
        ("doctor-clock", now.to_string(), true),
        ("doctor-overdue", overdue.to_string(), overdue == 0),
        ("doctor-waiting", waiting.len().to_string(), waiting.is_empty()),
        ("doctor-quarantined", lines("quarantined").to_string(), true),
        ("doctor-conflicts", lines("conflict").to_string(), true),
        ("doctor-audit", findings.to_string(), findings == 0),
    ];
    let is_well = rows.iter().all(|(_, _, is_well)| *is_well);
    let mut table = Table::new(
        None,
        vec![
            (String::new(), Kind::Words),
            (texts.text("doctor-what"), Kind::Words),
            (texts.text("doctor-state"), Kind::Figures),
        ],
    );
    table.rows = rows
        .iter()
        .map(|(key, value, is_well)| {
            let mark = if *is_well { "✓" } else { "✗" };
            vec![mark.to_owned(), texts.text(key), value.clone()]
        })
        .collect();
    let mut after: Vec<String> = waiting
        .iter()
        .map(|it| {
            texts.with(
                "doctor-waiting-shipment",
                &[
                    ("shipment", it.shipment.as_str()),
                    ("unit", it.unit.as_str()),
                    ("line", it.order_line.as_str()),
                ],
            )
        })
        .collect();
    after.push(texts.text(if is_well { "doctor-well" } else { "doctor-unwell" }));
    Shown {
        json: json!({
            "now": now.to_string(),
            "overdue_timers": overdue,
            "waiting_shipments": waiting.iter().map(|it| &it.shipment).collect::<Vec<_>>(),
            "quarantined_lines": lines("quarantined"),
            "conflicting_lines": lines("conflict"),
            "audit_findings": findings,
            "is_well": is_well,
        }),
        tables: vec![table],
        after,
        ..Shown::default()
    }
    .print(common.output)?;
    Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::from(4) })
}
