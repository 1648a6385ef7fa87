//! The consolidated invoice: everything of one billing account, on one document.

use jiff::civil::Date;
use kernel::money::MoneyError;
use kernel::{Money, Percent};
use serde::{Deserialize, Serialize};

use crate::credit::Prepaid;
use crate::discount::TermEffect;
use crate::{AccountRegistered, Charge, InvoiceNumber, SellerPublished};

/// An invoice was issued. It never changes; a correction is another document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceIssued {
    /// Without a gap per seller.
    pub number: InvoiceNumber,
    /// The seller as it stood on the day.
    pub seller: SellerPublished,
    /// The customer as it stood on the day.
    pub account: AccountRegistered,
    /// Civil day in the account's zone. What happened before 00:00 of it is known to the invoice.
    pub issued_on: Date,
    /// When it is to be paid.
    pub due_on: Date,
    /// The lines, in the order of the sections.
    pub lines: Vec<InvoiceLine>,
    /// Sum of the lines.
    pub net: Money,
    /// One per rate.
    pub taxes: Vec<TaxTotal>,
    /// Net and taxes.
    pub total: Money,
    /// What was paid before by credits, in the order in which they burn.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prepaid: Vec<Prepaid>,
}

impl InvoiceIssued {
    /// What is still to be paid: the total less what was paid before. (EN 16931: BT-115.)
    ///
    /// # Errors
    /// [`MoneyError`] when it leaves its range.
    pub fn due(&self) -> Result<Money, MoneyError> {
        self.prepaid.iter().try_fold(self.total, |due, it| due.minus(it.amount))
    }
}

/// A charge, and what terms did to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermedCharge {
    /// The charge, whole.
    pub charge: Charge,
    /// What terms did to it, in their order.
    pub effects: Vec<TermEffect>,
}

impl From<Charge> for TermedCharge {
    fn from(charge: Charge) -> Self {
        Self { charge, effects: Vec::new() }
    }
}

/// A line of an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceLine {
    /// From 1, in the order of the document.
    pub line: u32,
    /// Where it stands.
    pub section: Section,
    /// The charge, whole: before any term.
    pub charge: Charge,
    /// What terms did to it, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<TermEffect>,
}

impl InvoiceLine {
    /// The charge and what terms did to it: what is billed (EN 16931: BT-131).
    ///
    /// # Errors
    /// [`MoneyError`] when it leaves its range.
    pub fn net(&self) -> Result<Money, MoneyError> {
        self.effects.iter().try_fold(self.charge.amount, |net, it| net.plus(it.amount))
    }
}

/// The parts of the document, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// Devices and instalments.
    Hardware,
    /// Service days.
    Subscriptions,
    /// Metered consumption and its adjustments.
    Usage,
    /// One-off fees.
    Fees,
    /// What minimum commitments lack.
    Commitments,
    /// What is given back.
    Credits,
}

impl Section {
    /// All, in the order of the document.
    pub const ALL: [Self; 6] = [
        Self::Hardware,
        Self::Subscriptions,
        Self::Usage,
        Self::Fees,
        Self::Commitments,
        Self::Credits,
    ];

    /// The stable key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Hardware => "hardware",
            Self::Subscriptions => "subscriptions",
            Self::Usage => "usage",
            Self::Fees => "fees",
            Self::Commitments => "commitments",
            Self::Credits => "credits",
        }
    }
}

/// Tax of one rate: rounded once on the whole base.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxTotal {
    /// The rate.
    pub rate: Percent,
    /// Sum of the lines under this rate.
    pub base: Money,
    /// The tax.
    pub amount: Money,
}
