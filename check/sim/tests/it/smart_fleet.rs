//! The reference fleet comes out as `expected.json` says: every line, every total, every fate.

use std::collections::BTreeMap;
use std::str::FromStr;

use facts::InvoiceIssued;
use facts::charge::Charge;
use jiff::civil::{Date, date};
use rust_decimal::Decimal;
use serde_json::Value;
use store::Store;

use crate::worlds;

/// Plays the fleet as it arrives, day by day, until an invoice was issued on `until`.
fn play(store: &mut dyn Store, until: Date) {
    let fleet = worlds::fleet();
    let story = connect::story_file::read(
        "fleet.yaml",
        &format!(
            "story: Smart fleet\nzone: Europe/Paris\nstarts_at: 2026-01-01\nsteps:\n\
             - publish_file: catalog.yaml\n\
             - import: {{orders: orders.csv, units: units.csv, shipments: shipments.csv, \
             changes: changes.csv, signals: signals.ndjson}}\n\
             - import_usage_days: {{directory: usage, from: 2026-01-09, until: {until}}}\n"
        ),
    );
    ::stories::run(store, &story.unwrap(), &fleet, &mut |_| {}).unwrap();
}

fn decimal(value: &Value) -> Decimal {
    Decimal::from_str(value.as_str().unwrap()).unwrap().normalize()
}

fn text(value: Option<&dyn ToString>) -> Value {
    value.map_or(Value::Null, |it| Value::from(it.to_string()))
}

/// A line in the words of `expected.json`, decimals normalized.
fn as_expected(charge: &Charge) -> BTreeMap<String, Value> {
    let number = |value: Decimal| Value::from(value.normalize().to_string());
    let mut line = BTreeMap::new();
    let mut put = |name: &str, value: Value| line.insert(name.to_owned(), value);
    put("component", Value::from(charge.component.to_string()));
    put("description_key", Value::from(charge.kind.key()));
    put("period_from", text(charge.period.map(|it| it.from()).as_ref().map(|it| it as _)));
    put("period_to", text(charge.period.map(|it| it.to()).as_ref().map(|it| it as _)));
    put("quantity", number(charge.quantity.decimal()));
    put("amount", number(charge.amount.amount_text().parse().unwrap()));
    if charge.rated.is_none() {
        put("unit_price", number(charge.unit_price.unwrap().decimal()));
    }
    if let Some(it) = charge.instalment {
        put("instalment", Value::from(it.number));
        put("instalments", Value::from(it.count));
    }
    if let Some(it) = charge.days {
        put("days", Value::from(it.days));
        put("period_days", Value::from(it.period_days));
    }
    let names = |ids: Vec<String>| Value::from(ids);
    if !charge.orders.is_empty() {
        put("orders", names(charge.orders.iter().map(ToString::to_string).collect()));
    }
    if charge.rated.is_none() && !charge.units.is_empty() {
        put("units", names(charge.units.iter().map(ToString::to_string).collect()));
    }
    if let Some(rated) = &charge.rated {
        put("rated_quantity", number(rated.quantity.decimal()));
        put("rated_amount", number(rated.amount.amount_text().parse().unwrap()));
        put("billed_before", number(rated.billed_before.amount_text().parse().unwrap()));
        if let Some(row) = &rated.row {
            put("row", Value::from(row.to_string()));
        }
        if let Some(pool) = &rated.pool {
            put("active_units", Value::from(pool.active_units));
            put("pool", Value::from(pool.allowance.decimal().normalize().to_string()));
        }
        let tiers: Vec<Value> = rated
            .tiers
            .iter()
            .map(|it| {
                serde_json::json!({
                    "over": number(it.over.decimal()),
                    "up_to": it.up_to.map(|it| number(it.decimal())),
                    "quantity": number(it.quantity.decimal()),
                    "unit_price": number(it.unit_price.decimal()),
                })
            })
            .collect();
        put("tiers", Value::from(tiers));
    }
    line
}

/// Decimals in text become normalized text; the pool becomes text.
fn normalized(name: &str, value: &Value) -> Value {
    const DECIMALS: [&str; 8] = [
        "quantity",
        "unit_price",
        "amount",
        "rated_quantity",
        "rated_amount",
        "billed_before",
        "over",
        "up_to",
    ];
    match value {
        Value::String(_) if DECIMALS.contains(&name) => Value::from(decimal(value).to_string()),
        Value::Number(pool) if name == "pool" => Value::from(pool.to_string()),
        Value::Array(items) => items.iter().map(|it| normalized(name, it)).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, it)| (name.clone(), normalized(name, it))).collect()
        }
        other => other.clone(),
    }
}

fn assert_invoice(invoice: &InvoiceIssued, expected: &Value) {
    let mut wanted: Vec<BTreeMap<String, Value>> = expected["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            let members = line.as_object().unwrap().iter();
            members.map(|(name, value)| (name.clone(), normalized(name, value))).collect()
        })
        .collect();
    let mut got: Vec<_> = invoice.lines.iter().map(|line| as_expected(&line.charge)).collect();
    let key = |line: &BTreeMap<String, Value>| serde_json::to_string(line).unwrap();
    wanted.sort_by_key(key);
    got.sort_by_key(key);
    for (wanted, got) in wanted.iter().zip(&got) {
        assert_eq!(got, wanted);
    }
    assert_eq!(got.len(), wanted.len(), "number of lines");
    assert_eq!(invoice.issued_on.to_string(), expected["issued_on"].as_str().unwrap());
    assert_eq!(invoice.net.amount_text(), expected["net"].as_str().unwrap());
    assert_eq!(invoice.taxes[0].amount.amount_text(), expected["vat"].as_str().unwrap());
    assert_eq!(invoice.total.amount_text(), expected["total"].as_str().unwrap());
}

type Counts = BTreeMap<(String, String, String), i64>;

/// Lines by arrival day, meter and outcome, as `expected.json` counts them.
fn expected_counts(expected: &Value, before: Date) -> Counts {
    let mut counts = Counts::new();
    for row in expected["conservation"].as_array().unwrap() {
        let day = row["arrival_day"].as_str().unwrap();
        if day.parse::<Date>().unwrap() >= before {
            continue;
        }
        let meter = row["meter"].as_str().unwrap();
        let mut put = |outcome: String, lines: i64| {
            if lines > 0 {
                counts.insert((day.to_owned(), meter.to_owned(), outcome), lines);
            }
        };
        for outcome in ["received", "accepted", "free", "duplicate", "conflict"] {
            put(outcome.to_owned(), row[outcome].as_i64().unwrap());
        }
        for outcome in ["quarantined", "rejected"] {
            for (reason, lines) in row[outcome].as_object().unwrap() {
                put(format!("{outcome} {reason}"), lines.as_i64().unwrap());
            }
        }
    }
    counts
}

fn counts(store: &mut dyn Store, before: Date) -> Counts {
    let mut counts = Counts::new();
    for row in engine::usage::conservation(store, date(2026, 1, 1), before).unwrap() {
        let outcome = match &row.reason {
            Some(reason) => format!("{} {reason}", row.outcome),
            None => row.outcome.clone(),
        };
        let meter = row.meter.map_or("none".to_owned(), |it| it.to_string());
        let day = row.arrived_on.to_string();
        *counts.entry((day.clone(), meter.clone(), outcome)).or_default() += row.lines;
        *counts.entry((day, meter, "received".to_owned())).or_default() += row.lines;
    }
    counts
}

fn assert_fleet(store: &mut dyn Store, until: Date) {
    play(store, until);
    let expected = worlds::expected();
    let invoices = engine::read::invoices(store).unwrap();
    let wanted: Vec<_> = expected["invoices"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["issued_on"].as_str().unwrap().parse::<Date>().unwrap() <= until)
        .collect();
    assert_eq!(invoices.len(), wanted.len());
    for (invoice, wanted) in invoices.iter().zip(wanted) {
        assert_invoice(invoice, wanted);
    }
    assert_eq!(counts(store, until), expected_counts(&expected, until));
    let findings = auditor::audit(store).unwrap();
    assert!(findings.is_clean(), "{findings:#?}");
}

#[test]
fn the_first_invoice_is_reproduced_to_the_cent_on_sqlite() {
    assert_fleet(&mut worlds::sqlite(), date(2026, 2, 1));
}

#[test]
fn the_first_invoice_is_reproduced_to_the_cent_on_postgres() {
    worlds::on_postgres(|store| assert_fleet(store, date(2026, 2, 1)));
}

#[test]
fn all_three_invoices_are_reproduced_to_the_cent_on_sqlite() {
    assert_fleet(&mut worlds::sqlite(), date(2026, 4, 1));
}

#[test]
fn all_three_invoices_are_reproduced_to_the_cent_on_postgres() {
    worlds::on_postgres(|store| assert_fleet(store, date(2026, 4, 1)));
}
