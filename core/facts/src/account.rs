//! The customer's billing account: who is billed, in which zone, on which day.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kernel::{BillCalendar, Currency, Money, Zone};
use serde::{Deserialize, Serialize};

use crate::discount::Terms;
use crate::text::Language;
use crate::{AccountId, SellerCode};

/// A version of a billing account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountRegistered {
    /// The account.
    pub account: AccountId,
    /// From 1, rising by 1.
    pub version: u32,
    /// First day on which this version counts.
    pub effective_from: Date,
    /// The customer's name, as on the invoice.
    pub customer: String,
    /// Where the invoice goes.
    pub address: PostalAddress,
    /// VAT identification number, when there is one.
    pub vat_id: Option<String>,
    /// Who sells to this account.
    pub seller: SellerCode,
    /// Currency of its invoices.
    pub currency: Currency,
    /// Zone in which its days begin.
    pub zone: Zone,
    /// Day of the month on which it is billed, and from when on it is another.
    pub bill_cycle: BillCalendar,
    /// Language of its documents.
    pub language: Language,
    /// Whether its invoices are looked at before they are issued; none: as the seller says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Review>,
    /// Whose invoice its lines stand on; none: its own (`docs/adr/0031`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid_by: Option<AccountId>,
    /// The usage that is not billed yet, net, from which on an invoice does not wait for the bill
    /// day (`docs/adr/0034`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<Money>,
    /// What is taken off for this customer.
    #[serde(default, skip_serializing_if = "Terms::is_empty")]
    pub terms: Terms,
    /// What price tables can ask of it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
}

/// Invoices wait as drafts before they are issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Days from the bill day to the day on which a draft is issued by itself; it is issued before
    /// the next bill day in any case. 0: it is issued on the bill day, whatever the seller says.
    pub grace_days: u16,
}

/// A postal address, as printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostalAddress {
    /// Street and number, one or more lines.
    pub lines: Vec<String>,
    /// Postal code.
    pub postal_code: String,
    /// Town.
    pub city: String,
    /// ISO 3166 alpha-2.
    pub country: String,
}
