//! `cargo xtask test`: the one command that says whether the tree is good.

use std::env;
use std::process::Command;

use crate::postgres::Cluster;
use crate::stopwatch::Stopwatch;
use crate::{Result, system};

/// Where tests find PostgreSQL. Those that need it fail without it: none is skipped.
pub const POSTGRES_URL_VARIABLE: &str = "TABOURET_TEST_POSTGRES";
/// Where a test finds the programs to start a PostgreSQL of its own, which it may stop.
const POSTGRES_PROGRAMS_VARIABLE: &str = "TABOURET_TEST_POSTGRES_PROGRAMS";
/// Where it puts that: a folder of the user whose server it is, removed at the end of the run.
const POSTGRES_FOLDER_VARIABLE: &str = "TABOURET_TEST_POSTGRES_FOLDER";

/// From which number tests draw their random cases. Fixed, so that the same tree is good or bad
/// whoever asks; who looks for new cases sets another one.
const SEED_VARIABLE: &str = "PROPTEST_RNG_SEED";
const SEED: &str = "20260101";

/// The tests come last, so that their closing lines close the run.
const EVERYTHING: [&[&str]; 3] = [
    &["fmt", "--all", "--check"],
    &["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"],
    &["test", "--workspace", "--locked", "--no-fail-fast"],
];

/// Runs everything, or `cargo test` with the arguments given. A step that fails does not hide the
/// next one, but fails the run.
pub fn run(arguments: &[&str]) -> Result<()> {
    let whole = Stopwatch::start();
    timed("tools", system::ensure_tools)?;
    let mut cluster = timed("postgres: start", Cluster::start)?;
    let narrowed = [&["test", "--locked"], arguments].concat();
    let steps = if arguments.is_empty() { EVERYTHING.to_vec() } else { vec![narrowed.as_slice()] };
    let mut failed = Vec::new();
    for step in steps {
        let name = format!("cargo {}", step.join(" "));
        if let Err(error) = timed(&name, || cargo(&mut cluster, step)) {
            println!("    {error}");
            failed.push(name);
        }
    }
    timed("postgres: stop", || {
        drop(cluster);
        Ok(())
    })?;
    println!("==> all steps: {:.1?}", whole.elapsed());
    if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join("; ")).into()) }
}

fn cargo(cluster: &mut Cluster, arguments: &[&str]) -> Result<()> {
    let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.args(arguments).env(POSTGRES_URL_VARIABLE, cluster.url());
    command.env(POSTGRES_PROGRAMS_VARIABLE, cluster.programs());
    command.env(POSTGRES_FOLDER_VARIABLE, cluster.folder());
    command.env(SEED_VARIABLE, env::var_os(SEED_VARIABLE).unwrap_or_else(|| SEED.into()));
    let status = cluster.run(&mut command)?;
    if status.success() { Ok(()) } else { Err(status.to_string().into()) }
}

/// Announces a step before it runs, and says how it ended and after how long.
fn timed<T>(name: &str, step: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("==> {name}");
    let stopwatch = Stopwatch::start();
    let outcome = step();
    let verdict = if outcome.is_ok() { "ok" } else { "FAILED" };
    println!("==> {name}: {verdict} in {:.1?}", stopwatch.elapsed());
    outcome
}
