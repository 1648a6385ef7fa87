//! What there is, as resources: one module for each kind.

pub mod accounts;
pub mod facts;
pub mod invoices;
pub mod keys;
pub mod units;

use kernel::Money;
use serde::Serialize;
use utoipa::ToSchema;

/// An amount of money.
#[derive(Debug, Serialize, ToSchema)]
pub struct Amount {
    /// A decimal with the places of the currency.
    #[schema(example = "412.30")]
    pub amount: String,
    /// ISO 4217.
    #[schema(example = "EUR")]
    pub currency: String,
}

impl From<Money> for Amount {
    fn from(money: Money) -> Self {
        Self { amount: money.amount_text(), currency: money.currency.to_string() }
    }
}
