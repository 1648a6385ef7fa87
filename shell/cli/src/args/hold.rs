//! `tabouret hold`.

use clap::{Args, Subcommand};

/// Holds: what services stop, on which days.
#[derive(Debug, Subcommand)]
pub enum Hold {
    /// Hold a unit, an order line or an account. It is blocked while anyone holds it.
    Place(PlaceHold),
    /// Hold no more. Only who placed a hold can release it.
    Release(ReleaseHold),
    /// All holds, with their days.
    List {
        /// Of this account.
        #[arg(long)]
        account: Option<String>,
    },
}

/// A hold.
#[derive(Debug, Args)]
pub struct PlaceHold {
    /// A name of your own for it: the same one again changes nothing.
    pub hold: String,
    /// Who holds: dunning, provisioning, fraud, operator, any name.
    #[arg(long, value_name = "SERVICE")]
    pub by: String,
    #[command(flatten)]
    pub target: Target,
    /// What that blocks: some of billing, service, change.
    #[arg(long, value_name = "WHAT", value_delimiter = ',', required = true)]
    pub blocks: Vec<String>,
    /// The first day, in the account's zone; past or ahead.
    #[arg(long, value_name = "DAY")]
    pub from: String,
    /// Why, in words.
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// Only show what it would do to the next invoices.
    #[arg(long)]
    pub dry_run: bool,
}

/// What is held: one of them.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Target {
    /// A unit, and whatever goes on for it.
    #[arg(long)]
    pub unit: Option<String>,
    /// The units of an order line.
    #[arg(long)]
    pub line: Option<String>,
    /// Everything of an account.
    #[arg(long)]
    pub account: Option<String>,
}

/// The release of a hold.
#[derive(Debug, Args)]
pub struct ReleaseHold {
    /// The name of the hold.
    pub hold: String,
    /// Who placed it.
    #[arg(long, value_name = "SERVICE")]
    pub by: String,
    /// The first day that is not held, in the account's zone; past or ahead.
    #[arg(long, value_name = "DAY")]
    pub until: String,
    /// Only show what it would do to the next invoices.
    #[arg(long)]
    pub dry_run: bool,
}
