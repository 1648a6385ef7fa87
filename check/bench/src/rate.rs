//! How fast usage is priced: rows through tiers, keys through decision tables, tables through their
//! proof. `cargo xtask bench rate` starts it.

use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;
use std::process::Command;

use facts::RowCode;
use facts::price::{
    Condition, Dimension, DimensionSource, Model, NumberRange, PriceRow, PriceTable, Tier, TierMode,
};
use jiff::civil::{DateTime, date};
use kernel::{Exact, Quantity, UnitPrice};
use pricing::model::{Usage, cost, exact_sum, rate};
use pricing::table::{Asked, CompiledTable};
use serde_json::json;

use crate::footprint;
use crate::measure::{Goal, Measure, Report, Thousandths, per_second};
use crate::stopwatch::Stopwatch;
use crate::{Result, stage};

/// How much is done.
pub struct Rounds {
    /// Printed with every measure, unless the run is the full one.
    pub note: Option<&'static str>,
    /// Rows that are priced.
    pub rows: u64,
    /// Keys that are looked up in each table.
    pub lookups: u64,
    /// Accounts whose month is priced again.
    pub accounts: u64,
}

/// The word that makes this program the process whose memory is measured.
pub const CHILD: &str = "prove";

/// Builds the largest table, compiles and proves it, and tells how much memory the process held at
/// most before and after that.
pub fn prove() -> Result<()> {
    let table = Grid::of(TABLES.last().copied().unwrap_or_default()).table()?;
    let before = footprint::peak_memory()?;
    let compiled = CompiledTable::compile(&table).map_err(|faults| faults.len().to_string())?;
    black_box(&compiled);
    println!("{before} {}", footprint::peak_memory()?);
    Ok(())
}

/// The memory of a process that does nothing else: in this one, other tables lay before.
fn proof_memory(report: &mut Report) -> Result<()> {
    const MEGABYTE: u64 = 1_000_000;
    let child = Command::new(std::env::current_exe()?).arg(CHILD).output()?;
    let said = String::from_utf8(child.stdout)?;
    let peaks: Vec<u64> =
        said.split_whitespace().map(str::parse).collect::<std::result::Result<_, _>>()?;
    let [before, after] = peaks.as_slice() else {
        return Err("the process that proves a table did not say its memory".into());
    };
    report.add(Measure {
        name: "compile_table_memory",
        value: Thousandths::ratio(*after, MEGABYTE),
        unit: "MB",
        baseline: Some(Thousandths::ratio(*before, MEGABYTE)),
        goal: Goal::AtMost(Thousandths::whole(200)),
        more: vec![
            ("rows", json!(TABLES.last())),
            ("value_is", json!("the peak of the whole process, with the table")),
            ("baseline_is", json!("its peak before the table was compiled")),
        ],
    })
}

/// What the goals are for.
pub const FULL: Rounds =
    Rounds { note: None, rows: 20_000_000, lookups: 10_000_000, accounts: 100_000 };

/// The same, shorter.
pub const QUICK: Rounds = Rounds {
    note: Some("quick: a tenth of the rows, keys and accounts"),
    rows: 2_000_000,
    lookups: 1_000_000,
    accounts: 10_000,
};

/// Different quantities, and different keys of a table.
const DISTINCT: u64 = 4_096;

/// Sizes of tables; the last is the one that the goals are for.
const TABLES: [u64; 3] = [100, 10_000, 100_000];

/// Measures all of it.
pub fn run(rounds: &Rounds, report: &mut Report) -> Result<()> {
    stage("rows through graduated tiers", || rows(rounds, report))?;
    stage("tables proved, and keys looked up", || tables(rounds, report))?;
    stage("memory of a proof", || proof_memory(report))
}

/// Four tiers with unit prices of four decimals.
fn graduated() -> Result<Model> {
    let tier = |up_to: Option<&str>, price: &str| -> Result<Tier> {
        let up_to = up_to.map(str::parse).transpose()?;
        Ok(Tier { up_to, unit_price: price.parse()?, flat: None })
    };
    let tiers = [(Some("100"), "0.0180"), (Some("1000"), "0.0150"), (Some("10000"), "0.0120")];
    let mut tiers = tiers.map(|(up_to, price)| tier(up_to, price)).into_iter();
    let mut all = tiers.by_ref().collect::<Result<Vec<_>>>()?;
    all.push(tier(None, "0.0095")?);
    Ok(Model::of_tiers(TierMode::Graduated, all))
}

/// Thousandths from 0 to 20,000: every tier is reached by some.
fn quantities() -> Result<Vec<Quantity>> {
    let text = |place: u64| {
        let thousandths = place.wrapping_mul(0x9e37_79b9) % 20_000_000;
        format!("{}.{:03}", thousandths / 1_000, thousandths % 1_000)
    };
    (0..DISTINCT).map(|place| Ok(text(place).parse()?)).collect()
}

/// The product in place of the engine: the same decimals, and nothing that explains them.
fn bare(model: &Model, quantity: Quantity) -> Result<Exact> {
    let (mut over, mut sum) = (Quantity::ZERO, Exact::ZERO);
    for tier in &model.tiers {
        let reached = tier.up_to.map_or(quantity, |bound| bound.min(quantity));
        let part = reached.minus(over)?;
        sum = sum.plus(part.exact().times(tier.unit_price.exact())?)?;
        if reached == quantity {
            break;
        }
        over = reached;
    }
    Ok(sum)
}

fn rows(rounds: &Rounds, report: &mut Report) -> Result<()> {
    let (model, quantities) = (graduated()?, quantities()?);
    for quantity in &quantities {
        let rated = rate(&model, Usage::of(*quantity))?;
        let costs = [exact_sum(&rated.terms)?, cost(&model, Usage::of(*quantity))?];
        if costs != [bare(&model, *quantity)?; 2] {
            return Err(format!("WRONG: {quantity} costs two different amounts").into());
        }
    }
    let each = || quantities.iter().cycle().take(usize::try_from(rounds.rows).unwrap_or_default());
    let stopwatch = Stopwatch::start();
    for quantity in each() {
        black_box(cost(&model, Usage::of(black_box(*quantity)))?);
    }
    let took = stopwatch.elapsed();
    let stopwatch = Stopwatch::start();
    for quantity in each() {
        black_box(exact_sum(&rate(&model, Usage::of(black_box(*quantity)))?.terms)?);
    }
    let explained = per_second(rounds.rows, stopwatch.elapsed());
    let stopwatch = Stopwatch::start();
    for quantity in each() {
        black_box(bare(&model, black_box(*quantity))?);
    }
    let bare = per_second(rounds.rows, stopwatch.elapsed());
    let value = per_second(rounds.rows, took);
    let rows = json!(rounds.rows);
    report.add(Measure {
        name: "price_rows",
        value: Thousandths::whole(value),
        unit: "rows/s",
        baseline: Some(Thousandths::whole(bare)),
        goal: Goal::TimesBaseline(Thousandths::new(700)),
        more: vec![("rows", rows.clone()), ("baseline_is", json!("a bare loop of the decimals"))],
    })?;
    let at_least = |name, value| Measure {
        name,
        value: Thousandths::whole(value),
        unit: "rows/s",
        baseline: None,
        goal: Goal::AtLeast(Thousandths::whole(4_000_000)),
        more: vec![("rows", rows.clone())],
    };
    report.add(at_least("price_rows_per_second", value))?;
    report.add(at_least("price_rows_explained", explained))
}

/// Five columns: sets of regions, kinds of device, ranges of a number, prefixes of a tariff, and
/// one that no row asks for; and a default row.
struct Grid {
    /// Values of the first column; two of them stand in one row.
    regions: u64,
    kinds: u64,
    ranges: u64,
    prefixes: u64,
}

impl Grid {
    /// Of about so many rows.
    const fn of(rows: u64) -> Self {
        let (kinds, ranges, prefixes) = if rows < 1_000 { (5, 4, 1) } else { (20, 10, 5) };
        Self { regions: 2 * rows / (kinds * ranges * prefixes), kinds, ranges, prefixes }
    }

    fn table(&self) -> Result<PriceTable> {
        let dimension = |(name, source): (&str, fn(String) -> DimensionSource)| Dimension {
            name: name.to_owned(),
            source: source(name.to_owned()),
        };
        let dimensions = [
            ("region", DimensionSource::Event as fn(String) -> DimensionSource),
            ("kind", DimensionSource::Unit),
            ("speed", DimensionSource::Event),
            ("tariff", DimensionSource::Account),
            ("segment", DimensionSource::Account),
        ];
        let mut rows = Vec::new();
        for region in (0..self.regions).step_by(2) {
            for kind in 0..self.kinds {
                for range in 0..self.ranges {
                    for prefix in 0..self.prefixes {
                        rows.push(self.row(rows.len(), [region, kind, range, prefix])?);
                    }
                }
            }
        }
        let price = Model::per_unit("0.05".parse()?);
        let mut default = PriceRow::new(RowCode::new("default")?, Vec::new(), price);
        default.is_default = true;
        rows.push(default);
        Ok(PriceTable { dimensions: dimensions.map(dimension).into(), rows })
    }

    fn row(&self, number: usize, [region, kind, range, prefix]: [u64; 4]) -> Result<PriceRow> {
        let one_of = |texts: &[String]| Condition::OneOf(texts.iter().cloned().collect());
        let bound = |range: u64| -> Result<Option<Quantity>> {
            Ok(if range == 0 || range == self.ranges { None } else { Some(speed(range).parse()?) })
        };
        let conditions = vec![
            one_of(&[format!("R{region}"), format!("R{}", region + 1)]),
            one_of(&[format!("K{kind}")]),
            Condition::Range(NumberRange { from: bound(range)?, below: bound(range + 1)? }),
            Condition::Prefix(BTreeSet::from([format!("{prefix}-")])),
            Condition::Any,
        ];
        let price: UnitPrice = format!("0.{:06}", number % 1_000_000).parse()?;
        Ok(PriceRow::new(RowCode::new(format!("R{number}"))?, conditions, Model::per_unit(price)))
    }

    /// The attributes of an event, its unit and its account; some hit the default row.
    fn asked(&self, place: u64) -> [BTreeMap<String, String>; 3] {
        let word = place.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 8;
        let one = |name: &str, value: String| (name.to_owned(), value);
        let region = format!("R{}", word % (self.regions + 1));
        let speed = speed((word >> 16) % self.ranges) + "7";
        [
            BTreeMap::from([one("kind", format!("K{}", (word >> 20) % self.kinds))]),
            BTreeMap::from([one("region", region), one("speed", speed)]),
            BTreeMap::from([
                one("tariff", format!("{}-{place}", (word >> 28) % self.prefixes)),
                one("segment", "any".to_owned()),
            ]),
        ]
    }
}

/// The lower bound of a range.
fn speed(range: u64) -> String {
    format!("{}.5", range * 10)
}

fn tables(rounds: &Rounds, report: &mut Report) -> Result<()> {
    let mut took = Vec::new();
    for rows in TABLES {
        let grid = Grid::of(rows);
        let table = grid.table()?;
        let stopwatch = Stopwatch::start();
        let compiled = CompiledTable::compile(&table)
            .map_err(|faults| format!("the table of {rows} rows has {} faults", faults.len()))?;
        let proof = stopwatch.elapsed();
        if Some(&rows) == TABLES.last() {
            report.add(Measure {
                name: "table_compile",
                value: Thousandths::millis(proof),
                unit: "ms",
                baseline: None,
                goal: Goal::AtMost(Thousandths::whole(2_000)),
                more: vec![("rows", json!(table.rows.len())), ("dimensions", json!(5))],
            })?;
        }
        took.push(lookup(rounds, &grid, &compiled)?);
    }
    let (least, most) = (took.first().copied().unwrap_or(1), took.last().copied().unwrap_or(1));
    report.add(Measure {
        name: "table_lookup",
        value: Thousandths::ratio(most, rounds.lookups),
        unit: "ns",
        baseline: Some(Thousandths::ratio(least, rounds.lookups)),
        goal: Goal::AtMost(Thousandths::whole(300)),
        more: vec![
            ("rows", json!(TABLES)),
            ("ns", took.iter().map(|it| json!(it / rounds.lookups)).collect()),
            ("baseline_is", json!("the table of 100 rows")),
        ],
    })
}

/// The nanoseconds of all look-ups.
fn lookup(rounds: &Rounds, grid: &Grid, table: &CompiledTable<'_>) -> Result<u64> {
    let keys: Vec<_> = (0..DISTINCT).map(|place| grid.asked(place)).collect();
    let at: DateTime = date(2026, 3, 2).at(10, 0, 0, 0);
    let nowhere = BTreeMap::new();
    let [unit, event, account] = [&nowhere; 3];
    let of_nothing = Asked { unit, event, account, at_device: at, at_account: at };
    let default = table.price_row_of(&of_nothing).filter(|row| row.is_default);
    let default = default.ok_or("a key of nothing hits a row that asks for something")?;
    let mut hits = 0_u64;
    let stopwatch = Stopwatch::start();
    for [unit, event, account] in keys.iter().cycle().take(usize::try_from(rounds.lookups)?) {
        let asked = Asked { unit, event, account, at_device: at, at_account: at };
        // The row is found, not read: what is read of it is up to who asks.
        let row = table.price_row_of(black_box(&asked)).ok_or("a key hits no row")?;
        hits += u64::from(!std::ptr::eq(row, default));
    }
    let took = stopwatch.elapsed();
    if hits == 0 {
        return Err("every key hit the default row".into());
    }
    Ok(u64::try_from(took.as_nanos())?)
}
