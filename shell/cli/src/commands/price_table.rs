//! Price tables: their rows to and from a file, and which of them prices something.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use connect::readable::Readable;
use documents::format;
use engine::EngineRejection;
use facts::OfferPublished;
use facts::price::{PriceRow, PriceTable};
use jiff::civil::Date;
use kernel::Zone;
use pricing::table::{Asks, CompiledTable, Explained, Key};
use serde_json::{Value, json};

use super::apply;
use super::usage::say;
use crate::args::Common;
use crate::compose;
use crate::failure::Failure;
use crate::output::{Kind, Shown, Table};
use crate::texts::Texts;

pub fn export(
    common: &Common,
    (offer, component): (&str, &str),
    file: &Path,
    texts: &Texts,
) -> Result<ExitCode, Failure> {
    let mut store = compose::open(common)?;
    let content = ::imports::price_rows::export(store.as_mut(), offer, component, file)?;
    std::fs::write(file, content).map_err(|error| Failure::file(file, &error))?;
    let name = file.display().to_string();
    Shown {
        json: json!({ "offer": offer, "component": component, "file": name }),
        after: vec![texts.with("rows-exported", &[("file", &name)])],
        ..Shown::default()
    }
    .print(common.output)?;
    Ok(ExitCode::SUCCESS)
}

/// A file of rows.
pub struct Rows<'a> {
    pub file: &'a Path,
    pub effective_from: &'a str,
    pub dry_run: bool,
}

pub fn import(
    common: &Common,
    of: (&str, &str),
    rows: &Rows<'_>,
    texts: &Texts,
) -> Result<ExitCode, Failure> {
    let mut store = compose::open(common)?;
    let now = compose::now(store.as_mut())?;
    let from = Date::read(rows.effective_from).map_err(Failure::refused)?;
    let draft = ::imports::price_rows::draft(store.as_mut(), of, rows.file, from)?;
    let plan = if rows.dry_run {
        ::imports::preview_catalog(store.as_mut(), &draft)?
    } else {
        ::imports::publish_catalog(store.as_mut(), &draft, now)?
    };
    apply::shown(&plan, rows.dry_run, texts).print(common.output)?;
    Ok(ExitCode::SUCCESS)
}

/// What is asked of a table.
pub struct Asked<'a> {
    pub values: &'a [String],
    pub on: Option<&'a str>,
    pub catalog: Option<&'a Path>,
}

pub fn which(
    common: &Common,
    (offer, component): (&str, &str),
    asked: &Asked<'_>,
    texts: &Texts,
) -> Result<ExitCode, Failure> {
    let mut store = compose::open(common)?;
    let now = compose::now(store.as_mut())?;
    let offers = match asked.catalog {
        Some(file) => ::imports::read_catalog(file)?.definitions.offers,
        None => engine::catalog::published(store.as_mut())?.offers,
    };
    let (offer, component) = engine::catalog::table_in(offers, offer, component)?;
    let table = offer.component(&component).and_then(|it| it.charge.table());
    let Some(table) = table else { return Ok(ExitCode::SUCCESS) };
    let day = say::day(asked.on)?.unwrap_or_else(|| Zone::utc().day_of(now));
    let key = key(table, asked.values)?.on(day);
    let compiled = CompiledTable::compile(table).map_err(|mut faults| {
        faults.truncate(1);
        faults.pop().map_or_else(|| no_row(&key), Failure::refused)
    })?;
    let explained = compiled.explain(&key).ok_or_else(|| no_row(&key))?;
    let near = compiled.near_misses(&key);
    shown(&offer, &key, &explained, &near, texts).print(common.output)?;
    Ok(ExitCode::SUCCESS)
}

fn no_row(key: &Key) -> Failure {
    Failure::refused(EngineRejection::NoRowForKey { key: key.to_string() })
}

/// The values by dimension, each written `NAME=VALUE`.
fn key(table: &PriceTable, written: &[String]) -> Result<Key, Failure> {
    let names: Vec<&str> = table.dimensions.iter().map(|it| it.name.as_str()).collect();
    let mut values: BTreeMap<&str, String> = BTreeMap::new();
    for text in written {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        if !text.contains('=') || !names.contains(&name) {
            let (dimension, known) = (text.clone(), names.join(", "));
            return Err(Failure::refused(EngineRejection::UnknownDimension { dimension, known }));
        }
        values.insert(name, value.to_owned());
    }
    Ok(Key::new(names.into_iter().map(|name| values.remove(name)).collect()))
}

fn shown(
    offer: &OfferPublished,
    key: &Key,
    explained: &Explained<'_>,
    near: &[(&PriceRow, Vec<Asks>)],
    texts: &Texts,
) -> Shown {
    let row = explained.row;
    let args = [("row", row.code.as_str()), ("key", &key.to_string())];
    let mut before = vec![texts.with("which-row", &args)];
    before.push(say::model(&row.model, offer.currency, texts));
    if row.is_default {
        before.push(texts.text("which-default"));
    }
    let mut after = Vec::new();
    if !explained.others.is_empty() {
        let others: Vec<&str> = explained.others.iter().map(facts::RowCode::as_str).collect();
        let priority = format::count(row.priority.into(), texts.language);
        let args = [("rows", others.join(", ")), ("priority", priority)];
        after.push(texts.with("which-others", &args.each_ref().map(|(k, v)| (*k, v.as_str()))));
    }
    let mut tables = vec![asks(&explained.asks, texts)];
    if !near.is_empty() {
        tables.push(misses(near, texts));
    }
    let asked =
        |it: &Asks| json!({"dimension": it.dimension, "value": it.value, "asked": it.asked});
    let missed = |(row, missed): &(&PriceRow, Vec<Asks>)| json!({"row": row.code, "missed": missed.iter().map(asked).collect::<Vec<Value>>()});
    let json = json!({
        "offer": offer.reference().to_string(),
        "row": row.code,
        "default": row.is_default,
        "price": row.model,
        "asks": explained.asks.iter().map(asked).collect::<Vec<Value>>(),
        "lower_priority": explained.others,
        "near_misses": near.iter().map(missed).collect::<Vec<Value>>(),
    });
    Shown { json, before, tables, after }
}

fn columns(texts: &Texts) -> [(String, Kind); 3] {
    ["column-dimension", "column-value", "column-asked"].map(|it| (texts.text(it), Kind::Words))
}

fn cells(it: &Asks, texts: &Texts) -> [String; 3] {
    let value = it.value.clone().unwrap_or_else(|| say::NOTHING.to_owned());
    let asked = it.asked.clone().unwrap_or_else(|| texts.text("which-anything"));
    [it.dimension.clone(), value, asked]
}

fn asks(asks: &[Asks], texts: &Texts) -> Table {
    let mut table = Table::new(None, columns(texts).to_vec());
    table.rows = asks.iter().map(|it| cells(it, texts).to_vec()).collect();
    table
}

/// One line for each dimension that keeps a row from the key.
fn misses(near: &[(&PriceRow, Vec<Asks>)], texts: &Texts) -> Table {
    let row = (texts.text("column-row"), Kind::Words);
    let columns = std::iter::once(row).chain(columns(texts)).collect();
    let mut table = Table::new(Some(texts.text("which-near")), columns);
    for (row, missed) in near {
        for it in missed {
            let code = std::iter::once(row.code.to_string());
            table.rows.push(code.chain(cells(it, texts)).collect());
        }
    }
    table
}
