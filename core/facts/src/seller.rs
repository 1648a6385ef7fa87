//! The legal entity that sells: its identity on the invoice, its numbers, its tax.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kernel::{Percent, Zone};
use serde::{Deserialize, Serialize};

use crate::account::{PostalAddress, Review};
use crate::discount::IndexValues;
use crate::{IndexCode, SellerCode};

/// A version of a legal entity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SellerPublished {
    /// The entity.
    pub code: SellerCode,
    /// From 1, rising by 1.
    pub version: u32,
    /// First day on which this version counts.
    pub effective_from: Date,
    /// Legal name.
    pub legal_name: String,
    /// Registered address.
    pub address: PostalAddress,
    /// VAT identification number.
    pub vat_id: String,
    /// Registration number (SIREN in France).
    pub registration: String,
    /// Zone of the books.
    pub zone: Zone,
    /// Prefix of invoice numbers: `INV-` gives `INV-2026-000001`.
    pub invoice_prefix: String,
    /// VAT rate by country of the customer (ISO 3166 alpha-2).
    pub vat_rates: BTreeMap<String, Percent>,
    /// VAT on services is due when invoiced instead of when paid (option "d'après les débits",
    /// `reference/accounting-and-einvoicing.md` §0.4).
    pub vat_on_debits: bool,
    /// Days from issue to due date.
    pub payment_days: u16,
    /// Account the customer pays to.
    pub iban: Option<String>,
    /// Whether invoices are looked at before they are issued, where the account says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Review>,
    /// The values of the indexes that prices follow, as far as they are known.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub indexes: BTreeMap<IndexCode, IndexValues>,
}
