//! What comes from another system when a business moves here: contracts that were billed there up
//! to a day, and what customers still owed.

use jiff::civil::Date;
use kernel::Money;
use serde::{Deserialize, Serialize};

use crate::{AccountId, BalanceId, OrderLineId, SellerCode, UnitId};

/// A unit was billed elsewhere, up to a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitAdopted {
    /// The unit.
    pub unit: UnitId,
    /// Who is billed.
    pub account: AccountId,
    /// Its order line.
    pub order_line: OrderLineId,
    /// The first day of its service.
    pub in_service_from: Date,
    /// The first day that was not billed elsewhere. What was due before it, device and fees
    /// included, is neither billed here nor given back.
    pub paid_until: Date,
}

/// What a customer owed elsewhere, or had to get back, is owed here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BalanceAdopted {
    /// The open item, as the other system names it: an invoice number.
    pub balance: BalanceId,
    /// Who owes it.
    pub account: AccountId,
    /// To whom.
    pub seller: SellerCode,
    /// How much, tax included; below zero when the customer is owed.
    pub amount: Money,
    /// Civil day from which it stands in our books.
    pub adopted_on: Date,
    /// When it was or is to be paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<Date>,
}
