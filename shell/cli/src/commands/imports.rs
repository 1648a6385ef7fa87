//! Files of orders, shipments, signals and amendments.

use std::path::Path;
use std::process::ExitCode;

use engine::Imported;
use serde_json::json;

use crate::args::Common;
use ::imports::OrderFiles;

use crate::compose;
use crate::failure::Failure;
use crate::output::{Kind, Shown, Table};
use crate::texts::Texts;

pub fn orders(common: &Common, files: OrderFiles<'_>, texts: &Texts) -> Result<ExitCode, Failure> {
    let mut store = compose::open(common)?;
    let now = compose::now(store.as_mut())?;
    let imported = ::imports::import_order_files(store.as_mut(), files, now)?;
    show(common, "orders", imported, texts)
}

pub fn shipments(common: &Common, file: &Path, texts: &Texts) -> Result<ExitCode, Failure> {
    let mut store = compose::open(common)?;
    let now = compose::now(store.as_mut())?;
    let imported = ::imports::import_shipments(store.as_mut(), file, now)?;
    show(common, "shipments", imported, texts)
}

pub fn signals(common: &Common, file: &Path, texts: &Texts) -> Result<ExitCode, Failure> {
    let mut store = compose::open(common)?;
    let now = compose::now(store.as_mut())?;
    let imported = ::imports::import_signals(store.as_mut(), file, now)?;
    show(common, "signals", imported, texts)
}

pub fn changes(common: &Common, file: &Path, texts: &Texts) -> Result<ExitCode, Failure> {
    let mut store = compose::open(common)?;
    let now = compose::now(store.as_mut())?;
    let imported = ::imports::import_changes(store.as_mut(), file, now)?;
    show(common, "changes", imported, texts)
}

fn show(
    common: &Common,
    what: &str,
    imported: Imported,
    texts: &Texts,
) -> Result<ExitCode, Failure> {
    let Imported { new, unchanged, waiting, conflicts } = imported;
    let counts =
        [("new", new), ("unchanged", unchanged), ("waiting", waiting), ("conflicts", conflicts)];
    let words = |key: &str| texts.text(&format!("imported-{key}"));
    let mut table = Table::new(
        Some(texts.text(&format!("imported-{what}"))),
        counts.iter().map(|(key, _)| (words(key), Kind::Figures)).collect(),
    );
    table.rows.push(counts.iter().map(|(_, count)| count.to_string()).collect());
    let after = (waiting > 0).then(|| texts.text(&format!("imported-waiting-{what}")));
    let shown = Shown {
        json: json!({
            "imported": what,
            "new": new,
            "unchanged": unchanged,
            "waiting": waiting,
            "conflicts": conflicts,
        }),
        tables: vec![table],
        after: after.into_iter().collect(),
        ..Shown::default()
    };
    shown.print(common.output)?;
    Ok(ExitCode::SUCCESS)
}
