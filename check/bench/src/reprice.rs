//! One cell of a price table of 100,000 rows changes, and the open month of every account is priced
//! as it was sold and as it would be: through the use case that shows the impact of a draft.

use std::collections::BTreeMap;
use std::path::Path;

use catalog::Definitions;
use engine::usage::Intake;
use facts::RowCode;
use facts::offer::ChargeRule;
use facts::price::{
    Condition, Dimension, DimensionSource, Model, PriceRow, PriceTable, UsagePrice,
};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;

use crate::embedded::Home;
use crate::fleet::Fleet;
use crate::history::History;
use crate::ingest::Sent;
use crate::measure::{Goal, Measure, Report, Thousandths};
use crate::stopwatch::Stopwatch;
use crate::workload::{DEVICE_TYPES, REGIONS, Workload};
use crate::{Result, stage};

/// Events of one account.
const EVENTS_PER_ACCOUNT: u64 = 100;

/// Tariffs of accounts: with them the table has 100,000 rows.
const TARIFFS: u64 = 3_125;

/// A day of the month.
const MONTH: Date = Date::constant(2026, 3, 15);

/// Measures it, on a store of its own in the folder.
pub fn measure(folder: &Path, accounts: u64, report: &mut Report) -> Result<()> {
    let home = Home { folder: folder.join("reprice") };
    std::fs::create_dir_all(&home.folder)?;
    let mut store = home.open()?;
    stage(&format!("{accounts} accounts of one unit into service"), || {
        Fleet { accounts, units_per_account: 1 }.build(&mut store, widen)
    })?;
    drop(store);
    let mut store = home.open()?;
    let events = accounts * EVENTS_PER_ACCOUNT;
    let now: Timestamp = stage(&format!("{events} events in"), || {
        let mut history = History::new(Workload { devices: accounts }, folder);
        let mut intake = Intake::open(&mut store, history.begins_at()?)?;
        let lines = history.next_file(events)?;
        Sent::default().send(&mut store, &mut intake, &lines)?;
        Ok(lines.now)
    })?;
    let mut draft = engine::catalog::published(&mut store)?;
    raise_one_cell(&mut draft)?;
    for offer in &mut draft.offers {
        offer.effective_from = Date::constant(2026, 4, 1);
    }
    let stopwatch = Stopwatch::start();
    let impact = engine::impact::impact(&mut store, &draft, Some(MONTH), now)?;
    let took = stopwatch.elapsed();
    let changed = impact.accounts.iter().filter(|it| it.before != it.after).count();
    if changed == 0 || changed == impact.accounts.len() || !impact.not_priced.is_empty() {
        return Err(format!("one cell changed the bill of {changed} accounts").into());
    }
    report.add(Measure {
        name: "reprice_month",
        value: Thousandths::millis(took),
        unit: "ms",
        baseline: None,
        goal: Goal::AtMost(Thousandths::whole(10_000)),
        more: vec![
            ("accounts", json!(accounts)),
            ("events", json!(events)),
            ("rows", json!(rows_of(&draft)?.len())),
            ("changed", json!(changed)),
        ],
    })
}

/// Mobile data is priced by the account's tariff as well: a row for each region, kind and tariff.
fn widen(definitions: &mut Definitions) -> Result<()> {
    let source = |name: &str, of: fn(String) -> DimensionSource| Dimension {
        name: name.to_owned(),
        source: of(name.to_owned()),
    };
    let dimensions = vec![
        source("region", DimensionSource::Event),
        source("device_type", DimensionSource::Event),
        source("tariff", DimensionSource::Account),
        source("segment", DimensionSource::Account),
        source("model", DimensionSource::Unit),
    ];
    let one = |text: String| Condition::OneOf([text].into());
    let mut rows = Vec::new();
    for tariff in 0..TARIFFS {
        for region in REGIONS {
            for kind in DEVICE_TYPES {
                let code = RowCode::new(format!("R{}", rows.len()))?;
                let price = format!("0.0{:05}", 10_000 + rows.len() % 10_000).parse()?;
                let mut conditions = vec![one(region.to_owned()), one(kind.to_owned())];
                conditions.extend([one(format!("T{tariff}")), Condition::Any, Condition::Any]);
                rows.push(PriceRow::new(code, conditions, Model::per_unit(price)));
            }
        }
    }
    let price = Model::per_unit("0.05".parse()?);
    let mut default = PriceRow::new(RowCode::new("default")?, Vec::new(), price);
    default.is_default = true;
    rows.push(default);
    *table_of(definitions)? = PriceTable { dimensions, rows };
    for (number, account) in (0..).zip(&mut definitions.accounts) {
        let tariff = format!("T{}", number % TARIFFS);
        account.attributes = BTreeMap::from([("tariff".to_owned(), tariff)]);
    }
    Ok(())
}

/// The price of a tracker in France under the first tariff.
fn raise_one_cell(definitions: &mut Definitions) -> Result<()> {
    let first = table_of(definitions)?.rows.first_mut().ok_or("a table without rows")?;
    first.model = Model::per_unit("0.5".parse()?);
    Ok(())
}

fn rows_of(definitions: &Definitions) -> Result<Vec<PriceRow>> {
    Ok(table_of(&mut definitions.clone())?.rows.clone())
}

fn table_of(definitions: &mut Definitions) -> Result<&mut PriceTable> {
    let mut components = definitions.offers.iter_mut().flat_map(|it| &mut it.components);
    let component = components.find(|it| it.code.as_str() == "data_mb");
    match component.map(|it| &mut it.charge) {
        Some(ChargeRule::Usage { price: UsagePrice::Table(table), .. }) => Ok(table),
        _ => Err("the offer has no table".into()),
    }
}
