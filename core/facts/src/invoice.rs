//! The consolidated invoice: everything of one billing account, on one document, but for order
//! lines that asked for one of their own.

use jiff::civil::Date;
use kernel::money::MoneyError;
use kernel::{Money, Percent};
use serde::{Deserialize, Serialize};

use crate::credit::Prepaid;
use crate::discount::TermEffect;
use crate::{AccountId, AccountRegistered, Charge, InvoiceGroup, InvoiceNumber, SellerPublished};

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
    /// The lines: those of the account in the order of the sections, then those of each account
    /// that it pays for.
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
    /// The accounts that it pays for and that have lines here, as they stood on the day, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paid_for: Vec<AccountRegistered>,
    /// The amount that usage which was not billed had reached before the bill day, where this is
    /// why it was issued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<Money>,
    /// The order lines that asked for an invoice of their own, where this is theirs; none: it is
    /// the consolidated invoice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<InvoiceGroup>,
}

impl InvoiceIssued {
    /// What is still to be paid: the total less what was paid before. (EN 16931: BT-115.)
    ///
    /// # Errors
    /// [`MoneyError`] when it leaves its range.
    pub fn due(&self) -> Result<Money, MoneyError> {
        self.prepaid.iter().try_fold(self.total, |due, it| due.minus(it.amount))
    }

    /// What it bills one account, as if that had been all of it: its lines under their numbers, and
    /// their sum. Taxes and what is to be paid are of the whole invoice and left out. None: it has
    /// no line of that account.
    #[must_use]
    pub fn part_of(&self, account: &AccountId) -> Option<Self> {
        let of_account = |it: &&AccountRegistered| it.account == *account;
        let paid_for = self.paid_for.iter().find(of_account);
        let is_own = self.account.account == *account;
        if is_own && self.paid_for.is_empty() {
            return Some(self.clone());
        }
        let whose = paid_for.or_else(|| is_own.then_some(&self.account))?.clone();
        let name = (!is_own).then_some(account);
        let lines = self.lines.iter().filter(|line| line.account.as_ref() == name).cloned();
        let lines: Vec<InvoiceLine> = lines.map(|it| InvoiceLine { account: None, ..it }).collect();
        let nets = lines.iter().map(InvoiceLine::net).collect::<Result<Vec<_>, _>>().ok()?;
        let net = Money::sum(self.net.currency, nets).ok()?;
        Some(Self {
            number: self.number.clone(),
            seller: self.seller.clone(),
            account: whose,
            issued_on: self.issued_on,
            due_on: self.due_on,
            lines,
            net,
            taxes: Vec::new(),
            total: net,
            prepaid: self.prepaid.clone(),
            paid_for: Vec::new(),
            threshold: self.threshold,
            group: self.group.clone(),
        })
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
    /// Whose it is, where that is not the account of the invoice but one that it pays for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
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
