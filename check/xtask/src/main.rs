//! The project's own commands: `cargo xtask <command>`. They need the Rust toolchain and nothing
//! else; what a test needs from the system, `test` finds or installs itself.

mod bench;
mod build_report;
mod kill_intake;
mod lives;
mod postgres;
mod scratch;
mod stopwatch;
mod system;
mod test;
mod tidy;

use std::process::ExitCode;

/// A command fails with one message for the person at the terminal.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const USAGE: &str = "\
usage: cargo xtask <command>

  test [-- ARGS]          format, lints and every test, with a private PostgreSQL;
                          with ARGS only `cargo test ARGS`, with the same PostgreSQL
  bench ingest [--quick]  how fast usage is taken in, against PostgreSQL's COPY (15 minutes;
                          quick: one); a line of JSON a figure
  bench rate [--quick]    how fast usage is priced: tiers, tables, their proof
  bench bill [--only PART] [--quick]
                          how fast bill runs are, against the same rows with no logic
  lives [--from S] [--seeds N]
                          random lives of contracts of the seeds from S (0) on, N of them (10,000),
                          billed day by day, month by month and once at the end
  tidy                    the rules that no compiler checks
  path                    the path of the data: stage, crate, facts in and out
  kill-intake [--kills N] [--postgres]
                          kill -9 of the service N times (100) while clients send
  build-report [--clean]  packages and, with --clean, the time of a clean release build";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["test", rest @ ..] => test::run(rest.strip_prefix(&["--"]).unwrap_or(rest)),
        ["bench", rest @ ..] => bench::run(rest),
        ["lives", rest @ ..] => lives::run(rest),
        ["tidy"] => tidy::run(),
        ["path"] => tidy::print_path(),
        ["kill-intake", rest @ ..] => kill_intake::run(rest),
        ["build-report"] => build_report::run(false),
        ["build-report", "--clean"] => build_report::run(true),
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
