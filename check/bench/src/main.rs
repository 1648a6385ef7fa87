//! How fast usage is taken in: durably, each event once, against PostgreSQL's own COPY of the same
//! events on the same machine in the same run (`cargo xtask bench ingest`). How fast it is priced
//! (`cargo xtask bench rate`), and billed (`cargo xtask bench bill`).
//!
//! Owns: the workload, the baseline, the figures and their goals.
//! Does not own: anything that is measured; it is driven as the command line drives it.
//! Invariants: what the generator sent and what the engine would bill agree to the unit, or the
//! run fails; generating is never on the clock.

mod baseline;
mod bill;
mod busy;
mod embedded;
mod fleet;
mod footprint;
mod history;
mod ingest;
mod latency;
mod measure;
mod on_postgres;
mod rate;
mod recovery;
mod reprice;
mod rerate;
mod scale;
mod served;
mod single;
mod stopwatch;
mod truth;
mod workload;

use std::path::PathBuf;
use std::process::ExitCode;

use measure::Report;
use scale::Scale;
use stopwatch::Stopwatch;

/// A run fails with one message for the person at the terminal.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Where a PostgreSQL is found that may be filled: its `fsync` must be on.
const POSTGRES_URL_VARIABLE: &str = "TABOURET_BENCH_POSTGRES";

/// A folder that may be filled.
const FOLDER_VARIABLE: &str = "TABOURET_BENCH_FOLDER";

const USAGE: &str = "usage: bench (ingest [--only embedded|postgres] | rate | bill [--only PART]) \
                     [--quick], started by `cargo xtask bench ingest`, `rate` or `bill`";

/// What a run needs.
struct Bench<S = Scale> {
    scale: S,
    folder: PathBuf,
    url: String,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["ingest"] => ingest(scale::FULL, &[embedded::run, on_postgres::run]),
        ["ingest", "--quick"] => ingest(scale::QUICK, &[embedded::run, on_postgres::run]),
        ["ingest", "--only", "embedded"] => ingest(scale::FULL, &[embedded::run]),
        ["ingest", "--only", "postgres"] => ingest(scale::FULL, &[on_postgres::run]),
        ["rate"] => rate(&rate::FULL),
        ["rate", "--quick"] => rate(&rate::QUICK),
        ["bill"] => bill(&bill::FULL, None),
        ["bill", "--quick"] => bill(&bill::QUICK, None),
        ["bill", "--only", part] => bill(&bill::FULL, Some(part)),
        ["bill", "--only", part, "--quick"] => bill(&bill::QUICK, Some(part)),
        [bill::CHILD, folder] => bill::measure_child(folder),
        [rate::CHILD] => rate::prove(),
        [recovery::CHILD, database, file, now] => recovery::send(database, file, now),
        _ => Err(USAGE.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// What is measured on one store.
type Part = fn(&Bench, &mut Report) -> Result<()>;

fn ingest(scale: Scale, parts: &[Part]) -> Result<()> {
    let mut report = Report::new(scale.note);
    let bench = Bench::at(scale)?;
    let whole = Stopwatch::start();
    let outcome = parts.iter().try_for_each(|part| part(&bench, &mut report));
    report.print_table();
    eprintln!("{:.1?} in all", whole.elapsed());
    outcome
}

impl<S> Bench<S> {
    /// At the places that the surroundings name.
    fn at(scale: S) -> Result<Self> {
        let missing = |name: &'static str| move |_| format!("{name} is not set; {USAGE}");
        let folder = std::env::var(FOLDER_VARIABLE).map_err(missing(FOLDER_VARIABLE))?;
        let url = std::env::var(POSTGRES_URL_VARIABLE).map_err(missing(POSTGRES_URL_VARIABLE))?;
        Ok(Self { scale, folder: folder.into(), url })
    }
}

fn bill(rounds: &'static bill::Rounds, only: Option<&str>) -> Result<()> {
    let mut report = Report::new(rounds.note);
    let bench = Bench::at(rounds)?;
    let parts = bill::PARTS.iter().filter(|(name, _)| only.is_none_or(|only| only == *name));
    let outcome = parts.map(|(_, part)| part).try_for_each(|part| part(&bench, &mut report));
    report.print_table();
    outcome
}

fn rate(rounds: &rate::Rounds) -> Result<()> {
    let folder = std::env::var(FOLDER_VARIABLE);
    let folder = folder.map_err(|_| format!("{FOLDER_VARIABLE} is not set; {USAGE}"))?;
    let mut report = Report::new(rounds.note);
    let outcome = rate::run(rounds, &mut report)
        .and_then(|()| reprice::measure(folder.as_ref(), rounds.accounts, &mut report));
    report.print_table();
    outcome
}

/// Announces a step, and says how long it took.
fn stage<T>(name: &str, step: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("==> {name}");
    let stopwatch = Stopwatch::start();
    let outcome = step();
    let verdict = if outcome.is_ok() { "ok" } else { "FAILED" };
    eprintln!("==> {name}: {verdict} in {:.1?}", stopwatch.elapsed());
    outcome
}
