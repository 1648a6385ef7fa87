//! How fast bill runs are, against the same rows inserted with no logic; whether an invoice costs
//! the same among many and after years; one large invoice; the preview of a large order.
//! `cargo xtask bench bill` starts it.

mod fleet;
mod large;
mod rows;

use std::path::Path;
use std::time::Duration;

use engine::clock::Happened;
use facts::Fact;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;
use store::Store;
use store_postgres::PostgresStore;

use crate::embedded::Home;
use crate::footprint::{load, processor_time};
use crate::measure::{Goal, Measure, Report, Thousandths, per_second};
use crate::stopwatch::Stopwatch;
use crate::{Bench, Result, stage};
pub use large::{CHILD, measure_child};
use rows::{Before, Twin};

/// How much is done.
pub struct Rounds {
    /// Printed with every measure, unless the run is the full one.
    pub note: Option<&'static str>,
    /// Accounts of the run on SQLite.
    pub accounts: u64,
    /// Accounts of the run on PostgreSQL.
    pub accounts_postgres: u64,
    /// Few and many accounts, whose time per invoice is compared.
    pub growth: (u64, u64),
    /// Accounts whose 2 years are compared with their second month.
    pub accounts_old: u64,
    /// Units of the one invoice.
    pub units: u64,
    /// Units of the order whose preview is measured.
    pub ordered: u32,
}

/// What the goals are for.
pub const FULL: Rounds = Rounds {
    note: None,
    accounts: 200_000,
    accounts_postgres: 200_000,
    growth: (20_000, 1_000_000),
    accounts_old: 2_000,
    units: 100_000,
    ordered: 10_000,
};

/// The same, shorter.
pub const QUICK: Rounds = Rounds {
    note: Some("--quick: small enough to stay in memory; the goals are for the full run"),
    accounts: 10_000,
    accounts_postgres: 3_000,
    growth: (2_000, 10_000),
    accounts_old: 200,
    units: 10_000,
    ordered: 10_000,
};

/// What is measured, by the word that asks for it alone.
pub const PARTS: [(&str, Part); 6] = [
    ("sqlite", on_sqlite),
    ("postgres", on_postgres),
    ("growth", growth),
    ("history", history),
    ("large", large::invoice),
    ("preview", large::preview),
];

type Part = fn(&Bench<&'static Rounds>, &mut Report) -> Result<()>;

/// The tenant in PostgreSQL.
const TENANT: &str = "bill";

/// The first bill day after the fleet is in service, and the second, which is measured.
const FIRST: Date = Date::constant(2026, 3, 1);
const SECOND: Date = Date::constant(2026, 4, 1);

/// How a bill run went.
struct Run {
    invoices: u64,
    took: Duration,
    processor: Duration,
}

impl Run {
    fn per_invoice(&self) -> Thousandths {
        let nanos = u64::try_from(self.took.as_nanos()).unwrap_or(u64::MAX);
        Thousandths::new(nanos / self.invoices.max(1))
    }

    /// Microseconds of processor time, of all threads.
    fn processor_per_invoice(&self) -> Result<Thousandths> {
        Ok(Thousandths::ratio(u64::try_from(self.processor.as_micros())?, self.invoices))
    }

    fn rate(&self) -> u64 {
        per_second(self.invoices, self.took)
    }
}

/// Midnight of a bill day in the zone of the accounts, and an hour more.
fn night_of(day: Date) -> Result<Timestamp> {
    Ok(format!("{day}T00:00:00Z").parse()?)
}

/// Bills everybody on a day.
fn bill(store: &mut dyn Store, day: Date) -> Result<Run> {
    let (now, processor, stopwatch) = (night_of(day)?, processor_time()?, Stopwatch::start());
    let happened = engine::clock::run_due(store, now, &mut |_| {})?;
    let took = stopwatch.elapsed();
    let processor = processor_time()?.saturating_sub(processor);
    let is_invoice = |it: &&Happened| matches!(it, Happened::InvoiceIssued(..));
    let invoices = happened.iter().filter(is_invoice).count() as u64;
    if invoices == happened.len() as u64 {
        return Ok(Run { invoices, took, processor });
    }
    let other = happened.iter().find(|it| !is_invoice(it));
    Err(format!("not an invoice: {other:?}").into())
}

/// The last invoice has the lines and the total that were worked out by hand.
fn check_total(store: &mut dyn Store, accounts: u64) -> Result<()> {
    let mut tx = store.read()?;
    for account in [0, accounts / 2, accounts - 1] {
        let account = crate::fleet::account(account)?;
        let invoices = tx.facts_about("InvoiceIssued", account.as_str())?;
        let Some(Fact::InvoiceIssued(last)) = invoices.last().map(|it| &it.fact) else {
            return Err(format!("{account} has no invoice").into());
        };
        let (lines, total) = (last.lines.len(), last.total.minor);
        if (lines, total) != (fleet::LINES, fleet::TOTAL_MINOR) {
            return Err(format!("{}: {lines} lines, {total} in all", last.number).into());
        }
    }
    Ok(())
}

/// Accounts with one invoice and a month of usage that was not billed.
fn prepare(store: &mut dyn Store, accounts: u64, folder: &Path) -> Result<()> {
    stage(&format!("{accounts} accounts into service"), || fleet::build(store, accounts))?;
    stage("their first invoices", || bill(store, FIRST))?;
    stage("a month of usage", || fleet::use_month(store, accounts, FIRST, folder))
}

fn home(bench: &Bench<&Rounds>, name: &str) -> Result<Home> {
    let home = Home { folder: bench.folder.join(name) };
    std::fs::create_dir_all(&home.folder)?;
    Ok(home)
}

fn on_sqlite(bench: &Bench<&'static Rounds>, report: &mut Report) -> Result<()> {
    let (home, accounts) = (home(bench, "bill")?, bench.scale.accounts);
    prepare(&mut home.open()?, accounts, &bench.folder)?;
    let before = Before::of(&home.file())?;
    let mut store = home.open()?;
    let run = stage("bill run", || bill(&mut store, SECOND))?;
    check_total(&mut store, accounts)?;
    drop(store);
    let bare = stage("the same rows", || before.insert_rows_of(&home.file(), run.invoices))?;
    std::fs::remove_dir_all(&home.folder)?;
    against_bare(report, ("bill_run_sqlite", &run), bare)
}

fn on_postgres(bench: &Bench<&'static Rounds>, report: &mut Report) -> Result<()> {
    let accounts = bench.scale.accounts_postgres;
    let folder = bench.folder.join("bill-index");
    let mut store = PostgresStore::connect(&bench.url, TENANT)?.keep_index(&folder)?;
    prepare(&mut store, accounts, &bench.folder)?;
    let twin = Twin::of(&bench.url, TENANT)?;
    let run = stage("bill run", || bill(&mut store, SECOND))?;
    check_total(&mut store, accounts)?;
    let bare = stage("the same rows", || twin.copy_rows())?;
    against_bare(report, ("bill_run_postgres", &run), bare)
}

/// Invoices a second, against as many rows inserted bare.
fn against_bare(
    report: &mut Report,
    (name, run): (&'static str, &Run),
    (rows, bare): (u64, Duration),
) -> Result<()> {
    report.add(Measure {
        name,
        value: Thousandths::whole(run.rate()),
        unit: "invoices/s",
        baseline: Some(Thousandths::whole(per_second(run.invoices, bare))),
        goal: Goal::TimesBaseline(Thousandths::new(350)),
        more: vec![
            ("invoices", json!(run.invoices)),
            ("lines", json!(fleet::LINES)),
            ("rows", json!(rows)),
            ("cpu_us_per_invoice", json!(run.processor_per_invoice()?.to_string())),
            ("load", json!(load()?)),
        ],
    })
}

/// Microseconds an invoice, and the same where it should cost no more.
fn compare(
    report: &mut Report,
    name: &'static str,
    (run, other): (&Run, &Run),
    most: Thousandths,
) -> Result<()> {
    let ratio =
        Thousandths::ratio(run.per_invoice().thousandths(), other.per_invoice().thousandths());
    report.add(Measure {
        name,
        value: ratio,
        unit: "times",
        baseline: None,
        goal: Goal::AtMost(most),
        more: vec![
            ("us_per_invoice", json!(run.per_invoice().to_string())),
            ("us_per_invoice_of_the_other", json!(other.per_invoice().to_string())),
            ("cpu_us_per_invoice", json!(run.processor_per_invoice()?.to_string())),
            ("cpu_us_per_invoice_of_the_other", json!(other.processor_per_invoice()?.to_string())),
            ("invoices", json!(run.invoices)),
            ("invoices_of_the_other", json!(other.invoices)),
        ],
    })
}

/// The same run among few accounts and among many.
fn growth(bench: &Bench<&'static Rounds>, report: &mut Report) -> Result<()> {
    let mut runs = Vec::new();
    for accounts in [bench.scale.growth.0, bench.scale.growth.1] {
        let home = home(bench, "growth")?;
        let mut store = home.open()?;
        prepare(&mut store, accounts, &bench.folder)?;
        runs.push(stage("bill run", || bill(&mut store, SECOND))?);
        check_total(&mut store, accounts)?;
        drop(store);
        std::fs::remove_dir_all(&home.folder)?;
    }
    let [few, many] = runs.as_slice() else { return Err("two runs are compared".into()) };
    compare(report, "bill_growth", (many, few), Thousandths::new(1_200))
}

/// The second invoice of accounts, and their 26th.
fn history(bench: &Bench<&'static Rounds>, report: &mut Report) -> Result<()> {
    let (home, accounts) = (home(bench, "history")?, bench.scale.accounts_old);
    let mut store = home.open()?;
    stage(&format!("{accounts} accounts into service"), || fleet::build(&mut store, accounts))?;
    bill(&mut store, FIRST)?;
    let mut runs = Vec::new();
    stage("25 months of usage and invoices", || {
        let mut month = FIRST;
        for _ in 0..25 {
            fleet::use_month(&mut store, accounts, month, &bench.folder)?;
            month = month.checked_add(jiff::Span::new().months(1))?;
            runs.push(bill(&mut store, month)?);
        }
        Ok(())
    })?;
    check_total(&mut store, accounts)?;
    let (Some(new), Some(old)) = (runs.first(), runs.last()) else { return Ok(()) };
    compare(report, "bill_history", (old, new), Thousandths::new(1_100))
}
