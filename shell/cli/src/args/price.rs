//! What can be asked about prices.

use std::path::PathBuf;

use clap::Subcommand;

/// Prices.
#[derive(Debug, Subcommand)]
pub enum Price {
    /// What an event would cost, and why. Nothing is received.
    Check {
        /// A file with the event (JSON, or the first line of NDJSON); `-` is standard input.
        #[arg(long, value_name = "FILE")]
        event: PathBuf,
        /// Price it by the offers of this catalog file instead of those that were sold.
        #[arg(short, long, value_name = "FILE")]
        file: Option<PathBuf>,
        /// The day of its arrival, which chooses the versions of meters; left out: today.
        #[arg(long, value_name = "DAY")]
        at: Option<String>,
    },
    /// What a catalog file would change for each account: a closed period's real usage and
    /// service, priced as sold and as drafted. Nothing is published.
    Impact {
        /// The catalog file (YAML).
        #[arg(short, long, value_name = "FILE")]
        file: PathBuf,
        /// The bill period with this day; left out: the last one that is over.
        #[arg(long, value_name = "DAY")]
        on: Option<String>,
        /// Only this account, component by component.
        #[arg(long, value_name = "ACCOUNT")]
        account: Option<String>,
        /// Also draw the differences into this file (SVG).
        #[arg(long, value_name = "FILE")]
        picture: Option<PathBuf>,
    },
}
