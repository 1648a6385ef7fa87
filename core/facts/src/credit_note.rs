//! The credit note: what is given back of an issued invoice, which itself never changes.

use jiff::civil::Date;
use kernel::{Money, Quantity};
use serde::{Deserialize, Serialize};

use crate::credit::CreditAmount;
use crate::invoice::TaxTotal;
use crate::{AccountId, CreditId, CreditNoteNumber, InvoiceNumber, RequestId, SellerCode, Text};

/// A credit note was issued. It never changes. Amounts are what is given back: above zero where the
/// customer gets them. (EN 16931: type code 381; the invoice is BT-25.)
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditNoteIssued {
    /// In a series of its own, without a gap per seller and year.
    pub number: CreditNoteNumber,
    /// The request, as its sender names it: the same one twice is one credit note.
    pub request: RequestId,
    /// What it credits.
    pub invoice: InvoiceNumber,
    /// Whose invoice that is.
    pub account: AccountId,
    /// Who issued it.
    pub seller: SellerCode,
    /// Civil day in the account's zone.
    pub issued_on: Date,
    /// Why.
    pub reason: CreditReason,
    /// Why, in somebody's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Whether what is credited becomes due again: the next invoice then bills what the facts say
    /// of it. Else it is settled.
    pub rebill: bool,
    /// The lines that it credits, in their order.
    pub lines: Vec<CreditNoteLine>,
    /// Sum of the lines.
    pub net: Money,
    /// One per rate.
    pub taxes: Vec<TaxTotal>,
    /// Net and taxes.
    pub total: Money,
    /// What prepaid credits get back; what was paid with them is a part of the total.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub given_back: Vec<CreditGivenBack>,
}

/// What is credited of a line of an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditNoteLine {
    /// The line of the invoice.
    pub invoice_line: u32,
    /// Which part of it.
    pub part: CreditedPart,
    /// How much, net of tax; with the sign of the line.
    pub net: Money,
}

/// Which part of a line is credited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CreditedPart {
    /// All of it.
    Whole,
    /// What earlier credit notes left of it.
    Rest,
    /// So much of its quantity, at the price of the line.
    Quantity(Quantity),
    /// An amount.
    Amount,
}

/// Why an invoice is credited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CreditReason {
    /// It was wrong.
    Error,
    /// Something came back.
    Returned,
    /// The contract was cancelled.
    Cancelled,
    /// The customer disputes it.
    Dispute,
    /// A gesture.
    Goodwill,
}

impl CreditReason {
    /// All.
    pub const ALL: [Self; 5] =
        [Self::Error, Self::Returned, Self::Cancelled, Self::Dispute, Self::Goodwill];

    /// The stable key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Returned => "returned",
            Self::Cancelled => "cancelled",
            Self::Dispute => "dispute",
            Self::Goodwill => "goodwill",
        }
    }
}

/// What a prepaid credit gets back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditGivenBack {
    /// The credit.
    pub credit: CreditId,
    /// What documents call it.
    pub name: Text,
    /// Whether it paid the invoice: then this is a part of the total.
    pub is_payment: bool,
    /// How much, above zero.
    pub amount: CreditAmount,
}
