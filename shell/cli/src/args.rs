//! The command line, as clap reads it.

mod bill;
mod hold;
mod key;
mod price;
mod reconcile;
mod serve;
mod usage;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use facts::text::Language;

pub use bill::Bill;
pub use hold::{Hold, PlaceHold as HoldToPlace, ReleaseHold as HoldToRelease};
pub use key::{IssueKey as KeyToIssue, Key};
pub use price::Price;
pub use reconcile::Reconcile;
pub use serve::Serve;
pub use usage::{By, Meter, Outcome, Reason, ReplayReason, Usage};

/// Hardware, subscriptions and usage: one order, one invoice, one source of truth.
#[derive(Debug, Parser)]
#[command(name = "tabouret", version, propagate_version = true)]
pub struct Arguments {
    #[command(flatten)]
    pub common: Common,
    #[command(subcommand)]
    pub command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// Folder of the embedded database.
    #[arg(long, global = true, env = "TABOURET_DATA_DIR", value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// PostgreSQL instead: postgres://USER@HOST/DATABASE.
    #[arg(long, global = true, env = "TABOURET_STORE", value_name = "URL")]
    pub store: Option<String>,
    /// Tenant: a schema of the PostgreSQL database.
    #[arg(long, global = true, default_value = "tabouret", value_name = "NAME")]
    pub tenant: String,
    /// How results are shown.
    #[arg(long, global = true, value_enum, default_value_t = Format::Table)]
    pub output: Format,
    /// Language of messages: en or fr. Left out: that of the system.
    #[arg(long, global = true, value_enum, env = "TABOURET_LANG")]
    pub lang: Option<Lang>,
}

/// How results are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Table,
    /// For programs; one document.
    Json,
    /// For spreadsheets.
    Csv,
}

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Lang {
    /// English.
    En,
    /// French.
    Fr,
}

impl Common {
    /// The language asked for.
    pub fn asked_language(&self) -> Option<Language> {
        self.lang.map(|lang| match lang {
            Lang::En => Language::En,
            Lang::Fr => Language::Fr,
        })
    }

    /// The language asked for, or that of the system.
    pub fn language(&self) -> Language {
        match self.asked_language() {
            Some(language) => language,
            None => {
                let of_system = ["LC_ALL", "LC_MESSAGES", "LANG"]
                    .iter()
                    .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
                match of_system {
                    Some(name) if name.starts_with("fr") => Language::Fr,
                    _ => Language::En,
                }
            }
        }
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Play the Smart Fleet: 50 trucks, one month, one invoice, its PDF.
    Demo,
    /// Show what a catalog file changes, then publish it.
    Apply(Apply),
    /// Take over customers, contracts, units and open items of another system.
    Adopt(Adopt),
    /// Orders.
    #[command(subcommand)]
    Order(Order),
    /// Shipments of the ERP.
    #[command(subcommand)]
    Shipment(Shipment),
    /// Activation signals of the device cloud.
    #[command(subcommand)]
    Signal(Signal),
    /// Amendments of units.
    #[command(subcommand)]
    Change(Change),
    /// Holds of units, contracts and accounts.
    #[command(subcommand)]
    Hold(Hold),
    /// Keys of the service.
    #[command(subcommand)]
    Key(Key),
    /// Bill runs.
    #[command(subcommand)]
    Bill(Bill),
    /// Prepaid credits.
    #[command(subcommand)]
    Credit(Credit),
    /// Usage of devices.
    #[command(subcommand)]
    Usage(Usage),
    /// Meters.
    #[command(subcommand)]
    Meter(Meter),
    /// Prices.
    #[command(subcommand)]
    Price(Price),
    /// Serve the API until SIGTERM or SIGINT.
    Serve(Serve),
    /// The virtual clock of a store for simulations.
    #[command(subcommand)]
    Clock(Clock),
    /// Invoices.
    #[command(subcommand)]
    Invoice(Invoice),
    /// Play a story on an empty store and show what comes out.
    Simulate(Simulate),
    /// Compare shipping, activation, billing, usage, the ERP and the device cloud.
    Reconcile(Reconcile),
    /// Recompute the promises from what is stored.
    Audit(Audit),
    /// Check that the store is well and nothing is waiting.
    Doctor,
}

/// Recompute the promises from what is stored.
#[derive(Debug, Args)]
pub struct Audit {
    /// Read every raw line of usage again too.
    #[arg(long)]
    pub deep: bool,
}

/// Take over customers, contracts, units and open items of another system.
#[derive(Debug, Args)]
pub struct Adopt {
    /// The folder of accounts.csv, contracts.csv, units.csv and, if there are any, balances.csv.
    pub folder: PathBuf,
    /// Only try it, and show what the first invoices would be.
    #[arg(long)]
    pub dry_run: bool,
}

/// Show what a catalog file changes, then publish it.
#[derive(Debug, Args)]
pub struct Apply {
    /// The catalog file (YAML).
    #[arg(short, long, value_name = "FILE", required_unless_present = "schema")]
    pub file: Option<PathBuf>,
    /// Only show what would change.
    #[arg(long)]
    pub dry_run: bool,
    /// Print the JSON Schema of the file and stop.
    #[arg(long)]
    pub schema: bool,
}

/// Orders.
#[derive(Debug, Subcommand)]
pub enum Order {
    /// Import orders (CSV): all of the files, or nothing.
    Import(OrderFiles),
    /// What orders would do to the next invoices. Nothing is placed.
    Preview(OrderFiles),
    /// What orders would be billed, month after month, without usage. Nothing is placed.
    Forecast {
        #[command(flatten)]
        files: OrderFiles,
        /// The day on which all devices come into service.
        #[arg(long, value_name = "DAY")]
        from: String,
        /// Bill days up to so many months after it.
        #[arg(long, value_name = "MONTHS", default_value_t = 12,
            value_parser = clap::value_parser!(u8).range(1..=120))]
        months: u8,
    },
}

/// Files of orders.
#[derive(Debug, Args)]
pub struct OrderFiles {
    /// The orders.
    pub file: PathBuf,
    /// The units that they name.
    #[arg(long, value_name = "FILE")]
    pub units: Option<PathBuf>,
    /// Prices that their lines have of their own, for single rows of price tables.
    #[arg(long, value_name = "FILE")]
    pub prices: Option<PathBuf>,
}

impl<'a> From<&'a OrderFiles> for ::imports::OrderFiles<'a> {
    fn from(files: &'a OrderFiles) -> Self {
        let (units, prices) = (files.units.as_deref(), files.prices.as_deref());
        Self { orders: &files.file, units, prices }
    }
}

/// Shipments.
#[derive(Debug, Subcommand)]
pub enum Shipment {
    /// Import shipments (CSV or JSON): all of the file, or nothing.
    Import {
        /// The shipments.
        file: PathBuf,
    },
}

/// Signals.
#[derive(Debug, Subcommand)]
pub enum Signal {
    /// Send activation signals (CloudEvents as NDJSON or JSON).
    Send {
        /// The signals.
        file: PathBuf,
    },
}

/// Amendments.
#[derive(Debug, Subcommand)]
pub enum Change {
    /// Import amendments (CSV): all of the file, or nothing.
    Import {
        /// The amendments.
        file: PathBuf,
    },
    /// What amendments would do to the next invoices. Nothing is recorded.
    Preview {
        /// The amendments.
        file: PathBuf,
    },
}

/// Prepaid credits.
#[derive(Debug, Subcommand)]
pub enum Credit {
    /// Grant credits and put them right (YAML): all of the file, or nothing.
    Grant {
        /// The credits and adjustments.
        #[arg(required_unless_present = "schema")]
        file: Option<PathBuf>,
        /// Print the JSON Schema of the file and stop.
        #[arg(long)]
        schema: bool,
    },
    /// What is left of each, in the order in which they burn.
    List,
    /// The ledger of one: grant, burns, adjustments, expiry, rollover.
    Show {
        /// The credit.
        credit: String,
    },
}

/// The clock.
#[derive(Debug, Subcommand)]
pub enum Clock {
    /// What time it is, and what will fall due.
    Show,
    /// Let time pass; everything that falls due is carried out. An empty store begins here.
    Advance {
        /// A day (its 00:00), a local time, or an RFC 3339 instant.
        #[arg(long, value_name = "WHEN")]
        to: String,
        /// Zone in which a day or local time is read.
        #[arg(long, default_value = "Europe/Paris")]
        zone: String,
    },
    /// Carry out what is due now (stores that live by the system clock).
    Run,
}

/// Invoices.
#[derive(Debug, Subcommand)]
pub enum Invoice {
    /// All invoices.
    List,
    /// One invoice with its lines.
    Show {
        /// Its number.
        number: String,
    },
    /// How a line came about: quantity, price, tiers, rounding, evidence.
    Explain {
        /// Number of the invoice.
        number: String,
        /// The line, from 1.
        line: u32,
    },
    /// Write the PDF.
    Pdf {
        /// Its number.
        number: String,
        /// Where; left out: NUMBER.pdf in this folder.
        #[arg(short, long, value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// Give back an invoice, or a part of it, with a credit note. The invoice never changes.
    Credit(CreditInvoice),
    /// All credit notes.
    Credits,
    /// Invoices that wait to be looked at, and what each comes to now.
    Drafts,
    /// Issue a draft today, instead of on its day. It ends a hold.
    Issue {
        /// The account.
        account: String,
    },
    /// Hold a draft for review: it is not issued by itself.
    Hold {
        /// The account.
        account: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// What the next invoice of an account would be on a bill day. Nothing is issued.
    Preview {
        /// The account.
        account: String,
        /// The bill day.
        #[arg(long, value_name = "DAY")]
        on: String,
    },
}

/// What of an invoice is credited, and why.
#[derive(Debug, Args)]
pub struct CreditInvoice {
    /// Number of the invoice.
    pub number: String,
    /// A name of your own for this request: the same one again changes nothing.
    #[arg(long, value_name = "NAME")]
    pub request: String,
    /// Why.
    #[arg(long, value_parser = ["error", "returned", "cancelled", "dispute", "goodwill"])]
    pub reason: String,
    /// Whether what is credited becomes due again, on the next invoice.
    #[arg(long, value_parser = ["yes", "no"])]
    pub rebill: String,
    /// A line, or a part of it: `12`, `12=4.50` (an amount) or `12=x3` (a quantity). Left out: all
    /// that is left of the invoice.
    #[arg(long = "line", value_name = "LINE[=PART]")]
    pub lines: Vec<String>,
    /// Why, in words that the customer reads.
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
    /// Only show what it would be.
    #[arg(long)]
    pub dry_run: bool,
}

/// Play a story.
#[derive(Debug, Args)]
pub struct Simulate {
    /// The story (YAML).
    #[arg(required_unless_present = "schema")]
    pub story: Option<PathBuf>,
    /// Print the JSON Schema of a story and stop.
    #[arg(long)]
    pub schema: bool,
}
