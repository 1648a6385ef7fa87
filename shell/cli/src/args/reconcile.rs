//! The arguments of the reconciliation.

use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;
use reconciliation::Kind;

/// Compare shipping, activation, billing, usage, the ERP and the device cloud.
#[derive(Debug, Args)]
pub struct Reconcile {
    /// All shipments of the ERP (CSV or JSON, as for `shipment import`), to be compared with ours.
    #[arg(long, value_name = "FILE")]
    pub erp: Option<PathBuf>,
    /// All devices of the device cloud (CSV or JSON: serial, state, since), to be compared.
    #[arg(long, value_name = "FILE")]
    pub cloud: Option<PathBuf>,
    /// Only these kinds of finding.
    #[arg(long, value_name = "KIND", value_delimiter = ',',
        value_parser = PossibleValuesParser::new(Kind::ALL.iter().map(|it| it.key())))]
    pub kind: Vec<String>,
    /// Only those of this account.
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// Only those that are at least so many days old.
    #[arg(long, value_name = "DAYS", default_value_t = 0)]
    pub age: i64,
    /// Only those that somebody has to act on: not those that the next invoice or a day that is
    /// set already puts right.
    #[arg(long)]
    pub to_do: bool,
    /// How many of each kind are shown in tables.
    #[arg(long, value_name = "COUNT", default_value_t = 20)]
    pub limit: usize,
}
