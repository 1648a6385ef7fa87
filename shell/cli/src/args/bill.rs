//! `tabouret bill`.

use clap::Subcommand;

/// Bill runs: the accounts whose bill day has come.
#[derive(Debug, Subcommand)]
pub enum Bill {
    /// What the run would issue, beside the invoices before. Nothing is issued.
    Preview {
        /// Bill days until then; left out: those that have come. A day (its 00:00), a local time,
        /// or an RFC 3339 instant.
        #[arg(long, value_name = "WHEN")]
        until: Option<String>,
        /// Zone in which a day or local time is read.
        #[arg(long, default_value = "Europe/Paris")]
        zone: String,
    },
    /// Issue what is due now. A run that was cut off goes on; a second run issues nothing.
    Run,
    /// Accounts that could not be billed, and why.
    Parked,
    /// Bill a parked account today, instead of on its next bill day.
    Release {
        /// The account.
        account: String,
    },
}
