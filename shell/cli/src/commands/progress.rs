//! Progress on a terminal; nothing elsewhere.

use std::io::IsTerminal;
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};

use crate::args::{Common, Format};

/// A bar over the files that are sent, or nothing where nobody watches.
pub fn bar(common: &Common, files: &[impl AsRef<Path>]) -> ProgressBar {
    if common.output != Format::Table || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(u64::try_from(files.len()).unwrap_or(0));
    let style = "{bar:32.cyan/dim} {pos}/{len}  {msg}  {elapsed}";
    bar.set_style(
        ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    bar
}
