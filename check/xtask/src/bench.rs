//! `cargo xtask bench`: builds the benchmark in release and gives it a PostgreSQL that is durable.

use std::env;
use std::fs;
use std::process::Command;

use crate::postgres::Cluster;
use crate::{Result, system};

/// Where the benchmark finds PostgreSQL.
const POSTGRES_URL_VARIABLE: &str = "TABOURET_BENCH_POSTGRES";

/// Where it may write: on the same disk as that PostgreSQL, and gone with it.
const FOLDER_VARIABLE: &str = "TABOURET_BENCH_FOLDER";

/// Runs one benchmark with its arguments. The figures go to the standard output, all else does not.
pub fn run(arguments: &[&str]) -> Result<()> {
    system::ensure_tools()?;
    let mut build = cargo();
    build.args(["build", "--release", "--locked", "--package", "bench"]);
    if !build.status()?.success() {
        return Err("the benchmark does not build".into());
    }
    let mut cluster = Cluster::start_durable()?;
    let folder = cluster.folder().join("bench");
    fs::create_dir(&folder)?;
    let mut bench = cargo();
    bench.args(["run", "--release", "--locked", "--quiet", "--package", "bench", "--"]);
    bench.args(arguments).env(POSTGRES_URL_VARIABLE, cluster.url()).env(FOLDER_VARIABLE, folder);
    let status = cluster.run(&mut bench)?;
    if status.success() { Ok(()) } else { Err(format!("the benchmark failed: {status}").into()) }
}

fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}
