//! What an account has used so far, and what that costs.

use std::collections::BTreeSet;
use std::process::ExitCode;

use connect::readable::Readable;
use documents::{explain, explain_pool, format};
use engine::usage::{Current, MeterUsage, PricedUsage};
use facts::{AccountId, UnitId};
use serde_json::{Value, json};

use super::say::{self, NOTHING};
use crate::args::{By, Common};
use crate::compose;
use crate::failure::Failure;
use crate::output::{Kind, Shown, Table};
use crate::texts::Texts;

pub fn run(common: &Common, account: &str, by: By, texts: &Texts) -> Result<ExitCode, Failure> {
    let mut store = compose::open(common)?;
    let now = compose::now(store.as_mut())?;
    let account = AccountId::read(account).map_err(Failure::refused)?;
    let current = engine::usage::current(store.as_mut(), &account, now)?;
    let language = texts.language;
    let mut before = vec![texts.with(
        "current-head",
        &[
            ("account", account.as_str()),
            ("period", &format::period(current.period, language)),
            ("amount", &format::money(current.amount, language)),
        ],
    )];
    before.push(freshness(&current, texts));
    let mut after = Vec::new();
    let mut tables = Vec::new();
    if current.meters.is_empty() {
        after.push(texts.text("current-nothing"));
    } else {
        tables.push(match by {
            By::Meter => by_meter(&current, texts),
            By::Unit => by_unit(&current, texts),
            By::Row => by_row(&current, texts),
        });
    }
    if !current.late.is_empty() {
        tables.push(late(&current, texts));
    }
    if by == By::Meter && !current.meters.is_empty() {
        after.push(texts.with("current-hint", &[("account", account.as_str())]));
    }
    Shown { json: as_json(&current, texts), before, tables, after }.print(common.output)?;
    Ok(ExitCode::SUCCESS)
}

fn freshness(current: &Current, texts: &Texts) -> String {
    match current.arrived_on {
        None => texts.text("current-no-usage"),
        Some(day) => texts.with(
            "current-freshness",
            &[
                ("segment", &current.segment.to_string()),
                ("day", &format::date(day, texts.language)),
            ],
        ),
    }
}

fn by_meter(current: &Current, texts: &Texts) -> Table {
    let language = texts.language;
    let mut table = Table::new(
        None,
        vec![
            (texts.text("column-meter"), Kind::Words),
            (texts.text("column-what"), Kind::Words),
            (texts.text("column-quantity"), Kind::Figures),
            (texts.text("column-events"), Kind::Figures),
            (texts.text("column-amount"), Kind::Figures),
        ],
    );
    for it in &current.meters {
        table.rows.push(vec![
            it.meter.code.to_string(),
            it.meter.name.get(language).to_owned(),
            say::measured(it.quantity, Some(&it.meter), texts),
            format::count(it.events, language),
            format::money(it.amount, language),
        ]);
    }
    let total = format::money(current.amount, language);
    table.rows.push(vec![texts.text("net"), String::new(), String::new(), String::new(), total]);
    table
}

/// One column for each meter.
fn by_unit(current: &Current, texts: &Texts) -> Table {
    let head = |it: &MeterUsage| {
        let name = format!("{} ({})", it.meter.code, it.meter.symbol.get(texts.language));
        (name, Kind::Figures)
    };
    let mut columns = vec![(texts.text("column-unit"), Kind::Words)];
    columns.extend(current.meters.iter().map(head));
    let mut table = Table::new(None, columns);
    let units: BTreeSet<&UnitId> = current.meters.iter().flat_map(|it| it.units.keys()).collect();
    let shown = |used: Option<&(kernel::Quantity, i64)>| {
        used.map_or(NOTHING.to_owned(), |(it, _)| format::quantity(*it, texts.language))
    };
    for unit in units {
        let mut row = vec![unit.to_string()];
        row.extend(current.meters.iter().map(|it| shown(it.units.get(unit))));
        table.rows.push(row);
    }
    let mut row = vec![texts.text("column-all")];
    let sums = current.meters.iter().map(|it| format::quantity(it.quantity, texts.language));
    row.extend(sums);
    table.rows.push(row);
    table
}

fn by_row(current: &Current, texts: &Texts) -> Table {
    let mut table = Table::new(
        None,
        vec![
            (texts.text("column-meter"), Kind::Words),
            (texts.text("column-row"), Kind::Words),
            (texts.text("column-quantity"), Kind::Figures),
            (texts.text("column-amount"), Kind::Figures),
            (texts.text("column-how"), Kind::Words),
        ],
    );
    table.rows = current
        .meters
        .iter()
        .flat_map(|it| it.rows.iter().map(|row| price_row(row, Some(it), texts)))
        .collect();
    table
}

fn price_row(it: &PricedUsage, of: Option<&MeterUsage>, texts: &Texts) -> Vec<String> {
    let charge = &it.charge;
    let quantity = match (of, it.rated()) {
        (Some(of), Some(rated)) => say::measured(rated.quantity, Some(&of.meter), texts),
        _ => format::quantity(charge.quantity, texts.language),
    };
    vec![
        it.meter.to_string(),
        it.row().map_or_else(
            || pool_name(it, texts),
            |row| {
                let values = it.rated().map(|it| it.row_values.join(", ")).unwrap_or_default();
                if values.is_empty() { row.to_string() } else { format!("{row} ({values})") }
            },
        ),
        quantity,
        format::money(charge.amount, texts.language),
        explain::formula(charge, texts.language),
    ]
}

/// Which of several pools, where there are several.
fn pool_name(it: &PricedUsage, texts: &Texts) -> String {
    let pool = it.rated().and_then(|rated| rated.pool.as_ref());
    let name = pool.map(|pool| explain_pool::name(&pool.name, texts.language));
    name.filter(|name| !name.is_empty()).unwrap_or_else(|| NOTHING.to_owned())
}

/// Usage of periods that were billed before it arrived.
fn late(current: &Current, texts: &Texts) -> Table {
    let language = texts.language;
    let mut table = Table::new(
        Some(texts.text("current-late")),
        vec![
            (texts.text("column-meter"), Kind::Words),
            (texts.text("column-row"), Kind::Words),
            (texts.text("column-period"), Kind::Words),
            (texts.text("column-quantity"), Kind::Figures),
            (texts.text("column-amount"), Kind::Figures),
        ],
    );
    for it in &current.late {
        table.rows.push(vec![
            it.meter.to_string(),
            it.row().map_or_else(|| pool_name(it, texts), ToString::to_string),
            format::period(it.period, language),
            format::quantity(it.charge.quantity, language),
            format::money(it.charge.amount, language),
        ]);
    }
    let total = format::money(current.late_amount, language);
    table.rows.push(vec![texts.text("net"), String::new(), String::new(), String::new(), total]);
    table
}

fn as_json(current: &Current, texts: &Texts) -> Value {
    let row = |it: &PricedUsage| {
        json!({
            "meter": it.meter,
            "component": it.charge.component,
            "row": it.row(),
            "pool": it.rated().and_then(|rated| rated.pool.as_ref()),
            "period_from": it.period.from(),
            "period_to": it.period.to(),
            "quantity": it.charge.quantity,
            "amount": say::amount(it.charge.amount),
            "exact": it.charge.computation.exact,
        })
    };
    let meter = |it: &MeterUsage| {
        let units: Vec<Value> = it
            .units
            .iter()
            .map(|(unit, (quantity, events))| {
                json!({ "unit": unit, "quantity": quantity, "events": events })
            })
            .collect();
        json!({
            "meter": it.meter.code,
            "symbol": it.meter.symbol.get(texts.language),
            "quantity": it.quantity,
            "events": it.events,
            "amount": say::amount(it.amount),
            "rows": it.rows.iter().map(row).collect::<Vec<_>>(),
            "units": units,
        })
    };
    json!({
        "account": current.account,
        "period_from": current.period.from(),
        "period_to": current.period.to(),
        "segment": current.segment,
        "segment_arrived_on": current.arrived_on,
        "amount": say::amount(current.amount),
        "meters": current.meters.iter().map(meter).collect::<Vec<_>>(),
        "late": current.late.iter().map(row).collect::<Vec<_>>(),
        "late_amount": say::amount(current.late_amount),
    })
}
