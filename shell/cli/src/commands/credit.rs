//! Prepaid credits: grant them, and show the ledger of each.

use std::process::ExitCode;

use credits::Credit;
use documents::format;
use facts::credit::CreditAmount;
use serde_json::Value;

use super::imports;
use crate::args::{Common, Credit as Command};
use crate::compose;
use crate::failure::Failure;
use crate::output::{Kind, Shown, Table};
use crate::texts::Texts;

pub fn run(common: &Common, command: &Command, texts: &Texts) -> Result<ExitCode, Failure> {
    if let Command::Grant { file, schema } = command {
        let Some(file) = file.as_ref().filter(|_| !schema) else {
            let schema = connect::credit_file::schema();
            println!("{}", serde_json::to_string_pretty(&schema).unwrap_or_default());
            return Ok(ExitCode::SUCCESS);
        };
        return imports::credits(common, file, texts);
    }
    let mut store = compose::open(common)?;
    let shown = match command {
        Command::Show { credit } => show(&engine::credits::credit(store.as_mut(), credit)?, texts),
        _ => list(&engine::credits::credits(store.as_mut())?, texts),
    };
    shown.print(common.output)?;
    Ok(ExitCode::SUCCESS)
}

fn amount(it: CreditAmount, texts: &Texts) -> String {
    match it {
        CreditAmount::Money(money) => format::money(money, texts.language),
        CreditAmount::Units(quantity) => format::quantity(quantity, texts.language),
    }
}

fn as_json(it: &Credit) -> Value {
    serde_json::to_value(stories::report::credit(it)).unwrap_or_default()
}

fn list(credits: &[Credit], texts: &Texts) -> Shown {
    let words = |key| (texts.text(key), Kind::Words);
    let columns = vec![
        words("column-account"),
        words("column-credit"),
        words("column-what"),
        words("column-until"),
        (texts.text("column-granted"), Kind::Figures),
        (texts.text("column-left"), Kind::Figures),
    ];
    let mut table = Table::new(None, columns);
    table.rows = credits
        .iter()
        .map(|it| {
            let until = it.until.map(|until| format::date(until, texts.language));
            vec![
                it.granted.account.to_string(),
                it.granted.credit.to_string(),
                it.granted.name.get(texts.language).to_owned(),
                until.unwrap_or_default(),
                amount(it.granted.amount, texts),
                amount(it.left, texts),
            ]
        })
        .collect();
    let none = credits.is_empty();
    Shown {
        json: credits.iter().map(as_json).collect(),
        tables: if none { Vec::new() } else { vec![table] },
        after: none.then(|| texts.text("credit-none")).into_iter().collect(),
        ..Shown::default()
    }
}

fn show(it: &Credit, texts: &Texts) -> Shown {
    let columns = vec![
        (texts.text("column-day"), Kind::Words),
        (texts.text("column-happened"), Kind::Words),
        (texts.text("column-source"), Kind::Words),
        (texts.text("column-amount"), Kind::Figures),
        (texts.text("column-left"), Kind::Figures),
    ];
    let mut table = Table::new(Some(it.granted.name.get(texts.language).to_owned()), columns);
    table.rows = it
        .entries
        .iter()
        .map(|entry| {
            vec![
                format::date(entry.day, texts.language),
                texts.text(&format!("credit-{}", entry.kind.key())),
                entry.source.clone(),
                amount(entry.amount, texts),
                amount(entry.left, texts),
            ]
        })
        .collect();
    Shown { json: as_json(it), tables: vec![table], ..Shown::default() }
}
