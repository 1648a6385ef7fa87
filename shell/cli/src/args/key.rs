//! `tabouret key`.

use clap::{Args, Subcommand};

/// Keys: who may ask the service what.
#[derive(Debug, Subcommand)]
pub enum Key {
    /// Issue a key. It is shown once, and kept nowhere.
    Issue(IssueKey),
    /// Refuse a key from now on.
    Revoke {
        /// The name of the key: the twelve characters after `tab_live_` or `tab_test_`.
        key: String,
    },
    /// All keys, without their secrets.
    List,
}

/// A key.
#[derive(Debug, Args)]
pub struct IssueKey {
    /// Who or what will use it, in words.
    pub label: String,
    /// What may be asked with it: owner, finance, operations, engineer, read_only or customer.
    #[arg(long)]
    pub role: String,
    /// The account that a customer's key is for.
    #[arg(long)]
    pub account: Option<String>,
    /// When it ends: 2027-01-01T00:00:00Z. Left out: when it is revoked.
    #[arg(long, value_name = "INSTANT")]
    pub expires_at: Option<String>,
}
