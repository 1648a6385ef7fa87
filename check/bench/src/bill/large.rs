//! One invoice of very many units, in a process of its own so that its memory is known, and the
//! preview of a large order.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use facts::order::OrderedUnit;
use orders::{PlaceLine, PlaceOrder};
use serde_json::json;

use super::{FIRST, Rounds, SECOND, bill, fleet, home};
use crate::embedded::Home;
use crate::fleet::Fleet;
use crate::footprint::peak_memory;
use crate::measure::{Goal, Measure, Report, Thousandths};
use crate::stopwatch::Stopwatch;
use crate::{Bench, Result, stage};

/// The word that makes this program the process whose memory is measured.
pub const CHILD: &str = "large-invoice";

/// Bills the one account of a store, and says how long that took and how much memory the process
/// held at most before and after.
pub fn measure_child(folder: &str) -> Result<()> {
    let mut store = Home { folder: Path::new(folder).to_path_buf() }.open()?;
    let before = peak_memory()?;
    let run = bill(&mut store, SECOND)?;
    println!("{} {before} {}", run.took.as_millis(), peak_memory()?);
    Ok(())
}

/// The second invoice of an account of very many units.
pub fn invoice(bench: &Bench<&'static Rounds>, report: &mut Report) -> Result<()> {
    const MEGABYTE: u64 = 1_000_000;
    let (home, units) = (home(bench, "large")?, bench.scale.units);
    stage(&format!("one account of {units} units"), || {
        let mut store = home.open()?;
        Fleet { accounts: 1, units_per_account: units }.build(&mut store, fleet::five_lines)?;
        bill(&mut store, FIRST)?;
        fleet::use_month(&mut store, units, FIRST, &bench.folder)
    })?;
    let folder = home.folder.to_str().ok_or("a folder whose name is no text")?;
    let child = Command::new(std::env::current_exe()?).args([CHILD, folder]).output()?;
    if !child.status.success() {
        return Err(String::from_utf8_lossy(&child.stderr).into_owned().into());
    }
    let said = String::from_utf8(child.stdout)?;
    let figures: Vec<u64> =
        said.split_whitespace().map(str::parse).collect::<std::result::Result<_, _>>()?;
    let [millis, before, after] = figures.as_slice() else {
        return Err("the process that bills did not say what it took".into());
    };
    std::fs::remove_dir_all(&home.folder)?;
    let more = || vec![("units", json!(units))];
    report.add(Measure {
        name: "bill_large_invoice",
        value: Thousandths::whole(*millis),
        unit: "ms",
        baseline: None,
        goal: Goal::AtMost(Thousandths::whole(3_000)),
        more: more(),
    })?;
    report.add(Measure {
        name: "bill_large_invoice_memory",
        value: Thousandths::ratio(*after, MEGABYTE),
        unit: "MB",
        baseline: Some(Thousandths::ratio(*before, MEGABYTE)),
        goal: Goal::AtMost(Thousandths::whole(500)),
        more: more(),
    })
}

/// What an order of many units would do to the next invoice.
pub fn preview(bench: &Bench<&'static Rounds>, report: &mut Report) -> Result<()> {
    let (home, accounts) = (home(bench, "preview")?, 100);
    let mut store = home.open()?;
    stage(&format!("{accounts} accounts into service"), || fleet::build(&mut store, accounts))?;
    let order = PlaceOrder {
        order: "ORD-NEW".parse()?,
        customer: crate::fleet::account(0)?.to_string(),
        ordered_on: FIRST,
        lines: vec![PlaceLine {
            prices: BTreeMap::new(),
            takes_over: None,
            term: None,
            invoice: None,
            line: "ORD-NEW-1".parse()?,
            offer: "fleet".to_owned(),
            units: Some(bench.scale.ordered),
            options: BTreeMap::new(),
            components: BTreeMap::new(),
            named_units: Vec::<OrderedUnit>::new(),
        }],
    };
    let now = super::night_of(FIRST)?;
    let stopwatch = Stopwatch::start();
    let previews = engine::preview::of_orders(&mut store, std::slice::from_ref(&order), now)?;
    let took = stopwatch.elapsed();
    if previews.is_empty() {
        return Err("the preview shows no invoice".into());
    }
    report.add(Measure {
        name: "preview_order",
        value: Thousandths::millis(took),
        unit: "ms",
        baseline: None,
        goal: Goal::AtMost(Thousandths::whole(1_000)),
        more: vec![("units", json!(bench.scale.ordered))],
    })
}
