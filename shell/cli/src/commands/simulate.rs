//! Playing a story on the production engine.

use std::path::Path;
use std::process::ExitCode;

use jiff::civil::Date;
use serde_json::Value;
use store::Store;

use super::{audit, invoice};
use crate::args::{Common, Simulate};
use crate::compose;
use crate::failure::Failure;
use crate::output::{Kind, Shown, Table};
use crate::texts::Texts;

pub fn run(common: &Common, command: &Simulate, texts: &Texts) -> Result<ExitCode, Failure> {
    let Some(path) = command.story.as_ref().filter(|_| !command.schema) else {
        let schema = connect::story_file::schema();
        println!("{}", serde_json::to_string_pretty(&schema).unwrap_or_default());
        return Ok(ExitCode::SUCCESS);
    };
    let text = ::imports::read_text(path)?;
    let story = connect::story_file::read(&path.display().to_string(), &text)
        .map_err(::imports::ImportError::from)?;
    let mut store = compose::open_for_simulation(common)?;
    let base = path.parent().unwrap_or(Path::new("."));
    stories::run(store.as_mut(), &story, base, &mut |_| {})?;
    let mut shown = report(store.as_mut(), texts)?;
    shown.before.insert(0, story.title.clone());
    if let Some(description) = &story.description {
        shown.before.insert(1, description.trim().to_owned());
    }
    shown.print(common.output)?;
    let is_clean = auditor::audit(store.as_mut())?.is_clean();
    Ok(if is_clean { ExitCode::SUCCESS } else { ExitCode::from(4) })
}

/// What stands in a store after a story.
pub fn report(store: &mut dyn Store, texts: &Texts) -> Result<Shown, Failure> {
    let mut shown = Shown::default();
    for invoice in engine::read::invoices(store)? {
        let it = invoice::show(&invoice, texts);
        let mut tables = it.tables;
        if let Some(first) = tables.first_mut() {
            let title = first.title.take().unwrap_or_default();
            first.title = Some(format!("{}\n\n{title}", it.before.join("\n")));
        }
        shown.tables.extend(tables);
    }
    shown.tables.extend(conservation(store, texts)?);
    let report = stories::report::read(store)?;
    shown.tables.push(trial_balance(&report, texts));
    let audit = audit::shown(&report.audit, texts);
    shown.after = audit.after;
    shown.json = serde_json::to_value(&report).unwrap_or(Value::Null);
    Ok(shown)
}

/// Received lines by outcome, when any were received.
pub fn conservation(store: &mut dyn Store, texts: &Texts) -> Result<Option<Table>, Failure> {
    let rows = engine::usage::conservation(store, Date::MIN, Date::MAX)?;
    let total = stories::report::conservation(&rows);
    if total.received == 0 {
        return Ok(None);
    }
    let mut table = Table::new(
        Some(texts.text("conservation-title")),
        vec![
            (texts.text("column-outcome"), Kind::Words),
            (texts.text("column-reason"), Kind::Words),
            (texts.text("column-lines"), Kind::Figures),
        ],
    );
    for (outcome, lines) in &total.outcomes {
        let (fate, reason) = outcome.split_once(" (").unwrap_or((outcome, ""));
        table.rows.push(vec![
            texts.text(&format!("fate-{fate}")),
            reason.trim_end_matches(')').to_owned(),
            lines.to_string(),
        ]);
    }
    let received = texts.text("fate-received");
    table.rows.push(vec![received, String::new(), total.received.to_string()]);
    Ok(Some(table))
}

fn trial_balance(report: &stories::Report, texts: &Texts) -> Table {
    let mut table = Table::new(
        Some(texts.text("balance-title")),
        vec![
            (texts.text("column-book"), Kind::Words),
            (texts.text("column-ledger-account"), Kind::Words),
            (texts.text("column-debit"), Kind::Figures),
            (texts.text("column-credit"), Kind::Figures),
        ],
    );
    table.rows = report
        .trial_balance
        .iter()
        .map(|it| vec![it.book.to_owned(), it.account.clone(), it.debit.clone(), it.credit.clone()])
        .collect();
    table
}
