//! Everything again from the lines: what is derived is thrown away, the store is opened, and every
//! account is rated. Segments are read, unpacked and parsed, readings folded and priced.

use std::fs;

use serde_json::json;

use crate::embedded::Home;
use crate::footprint::processor_time;
use crate::history::History;
use crate::measure::{Goal, Measure, Report, Thousandths, per_second};
use crate::stopwatch::Stopwatch;
use crate::truth::Counted;
use crate::workload::UNITS_PER_ACCOUNT;
use crate::{Bench, Result};

/// Measures it, and compares the outcome with what was sent.
pub fn measure(bench: &Bench, report: &mut Report, home: &Home, history: &History) -> Result<()> {
    let derived = derived_folder(home);
    fs::remove_dir_all(&derived)?;
    let processor = processor_time()?;
    let stopwatch = Stopwatch::start();
    let mut store = home.open()?;
    // The first question finds nothing derived and reads the whole log.
    let first = Counted::of_fleet(&mut store, UNITS_PER_ACCOUNT)?;
    let read = stopwatch.elapsed();
    let counted = Counted::of_fleet(&mut store, bench.scale.devices)?;
    let whole = stopwatch.elapsed();
    let processor = processor_time()?.saturating_sub(processor);
    if first.events == 0 {
        return Err("the first account has no usage".into());
    }
    counted.check(&history.sent)?;
    report.add(Measure {
        name: "rerate_from_raw",
        value: Thousandths::whole(per_second(history.sent.lines, whole)),
        unit: "events/s",
        baseline: None,
        goal: Goal::AtLeast(Thousandths::whole(500_000)),
        more: vec![
            ("events", json!(history.sent.lines)),
            ("read_s", json!(Thousandths::seconds(read).to_string())),
            ("rate_s", json!(Thousandths::seconds(whole.saturating_sub(read)).to_string())),
            ("cpu_s", json!(Thousandths::seconds(processor).to_string())),
            ("accounts", json!(bench.scale.devices / UNITS_PER_ACCOUNT)),
        ],
    })
}

/// Where the store keeps what it derives.
fn derived_folder(home: &Home) -> std::path::PathBuf {
    let mut name = home.file().into_os_string();
    name.push("-usage");
    name.into()
}
