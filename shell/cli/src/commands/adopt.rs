//! Contracts of another system: tried on a store that is thrown away, then taken over.

use std::process::ExitCode;

use ::imports::{Adopted, FirstInvoice, adopt, read_adoption, try_adoption};
use documents::format;
use serde_json::{Value, json};

use super::usage::say;
use crate::args::{Adopt, Common};
use crate::compose;
use crate::failure::Failure;
use crate::output::{Kind, Shown, Table};
use crate::texts::Texts;

pub fn run(common: &Common, asked: &Adopt, texts: &Texts) -> Result<ExitCode, Failure> {
    let adoption = read_adoption(&asked.folder)?;
    let mut store = compose::open(common)?;
    let now = compose::now(store.as_mut())?;
    // What is refused is refused before anything is changed.
    let mut scratch = compose::scratch()?;
    let (tried, first) = try_adoption(store.as_mut(), scratch.as_mut(), &adoption, now)?;
    let adopted = match asked.dry_run {
        true => tried,
        false => adopt(store.as_mut(), &adoption, now)?,
    };
    let key = if asked.dry_run { "adopt-dry-run" } else { "adopt-done" };
    Shown {
        json: json!({
            "dry_run": asked.dry_run,
            "accounts": adopted.accounts,
            "contracts": adopted.contracts.new,
            "units": adopted.units.new,
            "balances": adopted.balances.new,
            "first_invoices": first.iter().map(as_json).collect::<Vec<_>>(),
        }),
        tables: vec![counts(&adopted, texts), invoices(&first, texts)],
        after: vec![texts.text(key)],
        ..Shown::default()
    }
    .print(common.output)?;
    Ok(ExitCode::SUCCESS)
}

fn as_json(it: &FirstInvoice) -> Value {
    json!({
        "account": it.account,
        "issued_on": it.issued_on,
        "total": it.total.map(say::amount),
    })
}

fn counts(it: &Adopted, texts: &Texts) -> Table {
    let rows = [
        ("adopt-accounts", it.accounts, None),
        ("adopt-contracts", it.contracts.new, Some(it.contracts.unchanged)),
        ("adopt-units", it.units.new, Some(it.units.unchanged)),
        ("adopt-balances", it.balances.new, Some(it.balances.unchanged)),
    ];
    let figures = |key: &str| (texts.text(key), Kind::Figures);
    let columns = vec![
        (texts.text("column-what"), Kind::Words),
        figures("imported-new"),
        figures("imported-unchanged"),
    ];
    let mut table = Table::new(None, columns);
    table.rows.extend(rows.into_iter().map(|(key, new, unchanged)| {
        let unchanged = unchanged.map(|it| it.to_string()).unwrap_or_default();
        vec![texts.text(key), new.to_string(), unchanged]
    }));
    table
}

fn invoices(first: &[FirstInvoice], texts: &Texts) -> Table {
    let columns = vec![
        (texts.text("column-account"), Kind::Words),
        (texts.text("column-issued"), Kind::Words),
        (texts.text("total"), Kind::Figures),
    ];
    let mut table = Table::new(Some(texts.text("adopt-first-invoices")), columns);
    table.rows.extend(first.iter().map(|it| {
        let total = it.total.map(|it| format::money(it, texts.language));
        vec![
            it.account.to_string(),
            format::date(it.issued_on, texts.language),
            total.unwrap_or_else(|| say::NOTHING.to_owned()),
        ]
    }));
    table
}
