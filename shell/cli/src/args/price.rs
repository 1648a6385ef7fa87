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
    /// The rows of a price table as a file for a spreadsheet: XLSX where its name says so, else CSV.
    Export {
        /// The offer, by its code.
        offer: String,
        /// The component that the table prices.
        component: String,
        /// The file to write.
        #[arg(short, long, value_name = "FILE")]
        file: PathBuf,
    },
    /// Publish a version of an offer whose price table has the rows of a file (CSV or XLSX): all
    /// of them or nothing.
    Import {
        /// The offer, by its code.
        offer: String,
        /// The component that the table prices.
        component: String,
        /// The file with the rows.
        #[arg(short, long, value_name = "FILE")]
        file: PathBuf,
        /// First day on which an order takes these prices.
        #[arg(long, value_name = "DAY")]
        effective_from: String,
        /// Only show what would change.
        #[arg(long)]
        dry_run: bool,
    },
    /// Which row of a price table prices something, and why no other does.
    Which {
        /// The offer, by its code.
        offer: String,
        /// The component that the table prices.
        component: String,
        /// What a dimension of the table finds, a part of the week by its name; left out: nothing.
        #[arg(long = "value", value_name = "NAME=VALUE")]
        values: Vec<String>,
        /// The civil day, for rows that count for a time; left out: today.
        #[arg(long, value_name = "DAY")]
        on: Option<String>,
        /// Ask the offers of this catalog file instead of those that are published.
        #[arg(short, long, value_name = "FILE")]
        catalog: Option<PathBuf>,
    },
}
