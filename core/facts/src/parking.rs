//! Accounts that could not be billed while the others were.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{AccountId, InvoiceNumber};

/// An account could not be billed on its bill day. The others were; what it owes stays due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountParked {
    /// The account.
    pub account: AccountId,
    /// From 1, counted for the account.
    pub number: u32,
    /// The bill day, in the account's zone.
    pub issued_on: Date,
    /// Why, for a person: the place, the problem and the remedy.
    pub reason: String,
}

/// An account that was parked could be billed again: somebody asked, or its next bill day came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountReleased {
    /// The account.
    pub account: AccountId,
    /// Which parking ends.
    pub number: u32,
    /// The day, in the account's zone.
    pub released_on: Date,
    /// The invoice that bills what had waited; none: there was nothing to bill any more.
    pub invoice: Option<InvoiceNumber>,
}
