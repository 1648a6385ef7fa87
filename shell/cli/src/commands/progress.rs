//! Progress on a terminal; nothing elsewhere.

use std::io::IsTerminal;
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};

use crate::args::{Common, Format};

/// A bar over the files that are sent, or nothing where nobody watches.
pub fn bar(common: &Common, files: &[impl AsRef<Path>]) -> ProgressBar {
    let files = u64::try_from(files.len()).unwrap_or(0);
    styled(common, files, "{bar:32.cyan/dim} {pos}/{len}  {msg}  {elapsed}")
}

/// A bar over so many accounts, with how fast it goes and what time is left.
pub fn rate(common: &Common, accounts: u64) -> ProgressBar {
    styled(common, accounts, "{bar:32.cyan/dim} {pos}/{len}  {per_sec}  {elapsed} + {eta}")
}

fn styled(common: &Common, steps: u64, style: &str) -> ProgressBar {
    if common.output != Format::Table || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(steps);
    bar.set_style(
        ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    bar
}
