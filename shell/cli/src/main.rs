//! The `tabouret` binary: reads the command line, joins the concrete stores to the engine, and
//! shows people what came of it. The only crate that takes the time from the system.
//!
//! Exit codes: 0 done · 1 the database or a file system failed · 2 the command line is wrong ·
//! 3 the input is wrong or the business says no (nothing was changed) · 4 `audit`, `doctor`,
//! `reconcile` or `simulate` found something that needs a person.

mod args;
mod commands;
mod compose;
mod failure;
mod output;
mod texts;

use std::process::ExitCode;

use clap::Parser;

use crate::args::Arguments;
use crate::texts::Texts;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let texts = Texts::of(arguments.common.language());
    match commands::run(&arguments, &texts) {
        Ok(code) => code,
        Err(failure) => failure.show(arguments.common.output, &texts),
    }
}
