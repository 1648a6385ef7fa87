//! Accounts whose lines stand on the invoice of another.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::AccountId;

/// An account pays for another from a day on: the lines of that stand on its invoice. Said once of
/// two accounts; until when is what the versions of the other say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayerNamed {
    /// Who pays.
    pub payer: AccountId,
    /// For whom.
    pub account: AccountId,
    /// The first day on which a version of the account said so.
    pub from: Date,
}
