//! Catalog as code: plan, difference, publication.

use std::process::ExitCode;

use catalog::{Change, Difference, Plan};
use serde_json::{Value, json};

use crate::args::{Apply, Common};
use crate::compose;
use crate::failure::Failure;
use crate::output::{Kind, Shown, Table};
use crate::texts::Texts;

pub fn run(common: &Common, apply: &Apply, texts: &Texts) -> Result<ExitCode, Failure> {
    let Some(file) = apply.file.as_ref().filter(|_| !apply.schema) else {
        let schema = connect::catalog_file::schema();
        println!("{}", serde_json::to_string_pretty(&schema).unwrap_or_default());
        return Ok(ExitCode::SUCCESS);
    };
    let mut store = compose::open(common)?;
    let now = compose::now(store.as_mut())?;
    let draft = ::imports::read_catalog(file)?;
    let plan = if apply.dry_run {
        ::imports::preview_catalog(store.as_mut(), &draft)?
    } else {
        ::imports::publish_catalog(store.as_mut(), &draft, now)?
    };
    shown(&plan, apply.dry_run, texts).print(common.output)?;
    Ok(ExitCode::SUCCESS)
}

/// What a plan changes, as published or as it would be.
pub fn shown(plan: &Plan, dry_run: bool, texts: &Texts) -> Shown {
    let count = plan.changes.len().to_string();
    let said = match (plan.is_empty(), dry_run) {
        (true, _) => texts.text("apply-nothing"),
        (false, true) => texts.with("apply-would", &[("count", &count)]),
        (false, false) => texts.with("apply-published", &[("count", &count)]),
    };
    Shown {
        json: json!({
            "published": !dry_run,
            "changes": plan.changes.iter().map(change_json).collect::<Vec<_>>(),
        }),
        tables: plan.changes.iter().map(|change| table(change, texts)).collect(),
        after: vec![said],
        ..Shown::default()
    }
}

fn change_json(change: &Change) -> Value {
    let difference =
        |it: &Difference| json!({ "path": it.path, "before": it.before, "after": it.after });
    json!({
        "kind": change.kind.section(),
        "code": change.code,
        "from_version": change.from_version,
        "to_version": change.to_version,
        "effective_from": change.effective_from,
        "differences": change.differences.iter().map(difference).collect::<Vec<_>>(),
    })
}

/// A new definition is listed whole; a changed one by what differs.
fn table(change: &Change, texts: &Texts) -> Table {
    let version = change.to_version.to_string();
    let from = change.effective_from.to_string();
    let values = [
        ("kind", change.kind.section()),
        ("code", change.code.as_str()),
        ("version", &version),
        ("from", &from),
    ];
    let key = if change.from_version.is_some() { "apply-changed" } else { "apply-new" };
    let words = |key: &str| (texts.text(key), Kind::Words);
    let is_new = change.from_version.is_none();
    let mut columns = vec![words("apply-path")];
    if !is_new {
        columns.push(words("apply-before"));
    }
    columns.push(words("apply-after"));
    let mut table = Table::new(Some(texts.with(key, &values)), columns);
    for it in &change.differences {
        let mut row = vec![format!("  {}", it.path)];
        if !is_new {
            row.push(it.before.clone().unwrap_or_default());
        }
        row.push(it.after.clone().unwrap_or_default());
        table.rows.push(row);
    }
    table
}
