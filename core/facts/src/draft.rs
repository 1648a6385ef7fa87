//! Invoices that are looked at before they are issued.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::AccountId;

/// A bill day came, and the invoice waits as a draft: until it is issued it is worked out anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceDrafted {
    /// The account.
    pub account: AccountId,
    /// The bill day, in the account's zone.
    pub drafted_on: Date,
    /// The day on which it is issued by itself.
    pub issue_on: Date,
}

/// Somebody looks at a draft: it is not issued by itself, nor is one of a later bill day before an
/// invoice of the account was issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftHeld {
    /// The account.
    pub account: AccountId,
    /// The bill day of the draft.
    pub drafted_on: Date,
    /// Why, for a person.
    pub reason: String,
}
