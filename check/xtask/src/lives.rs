//! `cargo xtask lives`: random lives of contracts, billed in three ways that must agree. They are
//! built in release: there are many.

use std::env;
use std::process::Command;

use crate::Result;

/// What a release build of the lives is run with; their arguments come behind it.
const RUN: [&str; 9] =
    ["run", "--release", "--locked", "--quiet", "--package", "sim", "--example", "lives", "--"];

/// Explores the lives that the arguments name.
pub fn run(arguments: &[&str]) -> Result<()> {
    let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(program).args(RUN).args(arguments).status()?;
    if status.success() { Ok(()) } else { Err(format!("lives: {status}").into()) }
}
