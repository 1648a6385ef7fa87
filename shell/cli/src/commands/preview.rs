//! What orders and amendments would do to the next invoices.

use std::path::Path;
use std::process::ExitCode;

use ::imports::OrderFiles;
use documents::{format, lines};
use engine::preview::{Difference, Draft, Preview, Totals};
use kernel::Money;
use serde_json::{Value, json};

use super::usage::say::NOTHING;
use crate::args::Common;
use crate::compose;
use crate::failure::Failure;
use crate::output::{Kind, Shown, Table};
use crate::texts::Texts;

pub fn orders(common: &Common, files: OrderFiles<'_>, texts: &Texts) -> Result<ExitCode, Failure> {
    let mut store = compose::open(common)?;
    let now = compose::now(store.as_mut())?;
    show(common, &::imports::preview_orders(store.as_mut(), files, now)?, texts)
}

pub fn changes(common: &Common, file: &Path, texts: &Texts) -> Result<ExitCode, Failure> {
    let mut store = compose::open(common)?;
    let now = compose::now(store.as_mut())?;
    show(common, &::imports::preview_changes(store.as_mut(), file, now)?, texts)
}

pub fn show(common: &Common, previews: &[Preview], texts: &Texts) -> Result<ExitCode, Failure> {
    let json: Vec<Value> = previews.iter().map(as_json).collect::<Result<_, _>>()?;
    let tables: Vec<Table> =
        previews.iter().map(|it| table(it, texts)).collect::<Result<_, _>>()?;
    Shown {
        json: json.into(),
        tables,
        after: vec![texts.text("preview-nothing-kept")],
        ..Shown::default()
    }
    .print(common.output)?;
    Ok(ExitCode::SUCCESS)
}

/// What differs, and the totals.
fn table(it: &Preview, texts: &Texts) -> Result<Table, Failure> {
    let day = format::date(it.issued_on, texts.language);
    let head = [("account", it.account.as_str()), ("day", &day)];
    let mut table = Table::new(
        Some(texts.with("preview-head", &head)),
        vec![
            (texts.text("column-what"), Kind::Words),
            (texts.text("column-detail"), Kind::Words),
            (texts.text("column-before-order"), Kind::Figures),
            (texts.text("column-after"), Kind::Figures),
            (texts.text("column-difference"), Kind::Figures),
        ],
    );
    for difference in &it.differences {
        let words = lines::describe_charge(&difference.charge, texts.language);
        let money = |amount| format::money(amount, texts.language);
        table.rows.push(vec![
            words.title,
            words.what,
            money(difference.before),
            money(difference.after),
            money(amount(difference)?),
        ]);
    }
    for (name, is_total) in [("net", false), ("total", true)] {
        let of = |drafts: &[Draft]| -> Result<Option<Money>, Failure> {
            let totals = Totals::of(drafts).map_err(technical)?;
            Ok(totals.map(|it| if is_total { it.total } else { it.net }))
        };
        let (before, after) = (of(&it.before)?, of(&it.after)?);
        let shown = |amount: Option<Money>| {
            amount.map_or(NOTHING.to_owned(), |amount| format::money(amount, texts.language))
        };
        let more = match (before, after) {
            (Some(before), Some(after)) => Some(after.minus(before).map_err(technical)?),
            (Some(before), None) => Some(before.negated().map_err(technical)?),
            (None, after) => after,
        };
        let cells = [texts.text(name), String::new(), shown(before), shown(after), shown(more)];
        table.rows.push(cells.to_vec());
    }
    Ok(table)
}

fn as_json(it: &Preview) -> Result<Value, Failure> {
    let draft = |drafts: &[Draft]| -> Result<Value, Failure> {
        let text = |amount: Money| amount.amount_text();
        let totals = Totals::of(drafts).map_err(technical)?;
        Ok(totals.map_or(
            Value::Null,
            |it| json!({ "net": text(it.net), "total": text(it.total), "lines": it.lines }),
        ))
    };
    let difference = |it: &Difference| {
        Ok(json!({
            "offer": it.charge.offer.to_string(),
            "component": it.charge.component,
            "kind": it.charge.kind.key(),
            "period_from": it.charge.period.map(|period| period.from().to_string()),
            "period_to": it.charge.period.map(|period| period.to().to_string()),
            "before": it.before.amount_text(),
            "after": it.after.amount_text(),
            "difference": amount(it)?.amount_text(),
        }))
    };
    let differences: Vec<Value> =
        it.differences.iter().map(difference).collect::<Result<_, Failure>>()?;
    Ok(json!({
        "account": it.account,
        "issued_on": it.issued_on.to_string(),
        "before": draft(&it.before)?,
        "after": draft(&it.after)?,
        "differences": differences,
    }))
}

fn amount(it: &Difference) -> Result<Money, Failure> {
    it.amount().map_err(technical)
}

fn technical(error: impl ToString) -> Failure {
    Failure::Technical(error.to_string())
}
