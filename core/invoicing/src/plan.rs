//! The plan: an invoice without a number. It is data: it can be previewed, compared and refused.

use facts::charge::NotBilled;
use facts::credit::Prepaid;
use facts::discount::TermKind;
use facts::invoice::{InvoiceLine, Section, TaxTotal, TermedCharge};
use facts::offer::ComponentKind;
use facts::{AccountRegistered, Charge, ChargeKind, InvoiceIssued, InvoiceNumber, SellerPublished};
use jiff::civil::Date;
use kernel::calendar::{DateOutOfRange, add_days};
use kernel::money::MoneyError;
use kernel::{Money, Percent, Rounding};

/// An invoice before it has a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The seller as it stands.
    pub seller: SellerPublished,
    /// The account as it stands.
    pub account: AccountRegistered,
    /// The bill day.
    pub issued_on: Date,
    /// When it is to be paid.
    pub due_on: Date,
    /// The lines, in order.
    pub lines: Vec<InvoiceLine>,
    /// Sum of the lines.
    pub net: Money,
    /// One per rate.
    pub taxes: Vec<TaxTotal>,
    /// Net and taxes.
    pub total: Money,
    /// What was paid before by credits.
    pub prepaid: Vec<Prepaid>,
    /// What is rated without being billed, and that the invoice does not show.
    pub shadow: Vec<Charge>,
}

/// An invoice could not be planned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// An amount leaves its range.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// A date leaves the calendar.
    #[error(transparent)]
    Date(#[from] DateOutOfRange),
    /// The seller has no rate for the customer's country.
    #[error(
        "seller `{seller}` has no VAT rate for country `{country}`; add it under \
         `sellers[{seller}].vat_rates`"
    )]
    NoTaxRate {
        /// The seller.
        seller: String,
        /// The customer's country.
        country: String,
    },
}

/// Gathers the charges of an account into a draft; `None` when there is nothing to bill: no charge,
/// or only charges of nothing, also after their terms, which wait for the next invoice that has an
/// amount. What credits cover is billed, though nothing is left to pay.
///
/// Lines are sorted by section, component, kind, period, instalment and row: by what they are,
/// never by how they came about, so that the same charges give the same bytes.
///
/// # Errors
/// [`PlanError`].
pub fn plan(
    seller: &SellerPublished,
    account: &AccountRegistered,
    issued_on: Date,
    charges: impl IntoIterator<Item = impl Into<TermedCharge>>,
) -> Result<Option<Draft>, PlanError> {
    let charges = charges.into_iter().map(Into::into);
    let (hidden, mut charges): (Vec<_>, Vec<_>) = charges.partition(is_hidden);
    let rank = |it: &TermedCharge| section_of(&it.charge);
    charges.sort_by(|a, b| rank(a).cmp(&rank(b)).then(a.charge.rank().cmp(&b.charge.rank())));
    let lines = (1..).zip(charges).map(|(line, TermedCharge { charge, effects })| InvoiceLine {
        line,
        section: section_of(&charge),
        charge,
        effects,
    });
    let lines: Vec<InvoiceLine> = lines.collect();
    let nets = lines.iter().map(InvoiceLine::net).collect::<Result<Vec<_>, _>>()?;
    let is_covered = |it: &InvoiceLine| it.effects.iter().any(|it| it.kind == TermKind::Credit);
    if nets.iter().all(|net| net.minor == 0) && !lines.iter().any(is_covered) {
        return Ok(None);
    }
    let net = Money::sum(account.currency, nets)?;
    let tax = tax(seller, account, net)?;
    let total = net.plus(tax.amount)?;
    Ok(Some(Draft {
        seller: seller.clone(),
        account: account.clone(),
        issued_on,
        due_on: add_days(issued_on, i32::from(seller.payment_days))?,
        lines,
        net,
        taxes: vec![tax],
        total,
        prepaid: Vec::new(),
        shadow: hidden.into_iter().map(|it| it.charge).collect(),
    }))
}

/// Whether a charge is for previews only.
fn is_hidden(it: &TermedCharge) -> bool {
    let not_billed = it.charge.rated.as_ref().and_then(|rated| rated.not_billed);
    matches!(not_billed, Some(NotBilled::Shadow { on_invoice: false, .. }))
}

/// VAT at the rate of the customer's country, rounded once on the whole net, half away from zero
/// (`data/smart-fleet/README.md` §1.3).
fn tax(
    seller: &SellerPublished,
    account: &AccountRegistered,
    base: Money,
) -> Result<TaxTotal, PlanError> {
    let country = &account.address.country;
    let rate: Percent = *seller.vat_rates.get(country).ok_or_else(|| PlanError::NoTaxRate {
        seller: seller.code.to_string(),
        country: country.clone(),
    })?;
    let exact =
        base.exact().times(rate.fraction().map_err(MoneyError::from)?).map_err(MoneyError::from)?;
    let amount =
        Money::round(exact, base.currency, Rounding::HalfAwayFromZero).map_err(MoneyError::from)?;
    Ok(TaxTotal { rate, base, amount })
}

fn section_of(charge: &Charge) -> Section {
    match charge.kind {
        ChargeKind::HardwareReturnCredit
        | ChargeKind::HardwareInstalmentCredit
        | ChargeKind::ServiceCredit
        | ChargeKind::UsageCredit => Section::Credits,
        ChargeKind::CommitmentTrueUp => Section::Commitments,
        _ => match charge.component_kind {
            ComponentKind::Hardware => Section::Hardware,
            ComponentKind::Service => Section::Subscriptions,
            ComponentKind::Usage => Section::Usage,
            ComponentKind::Fee => Section::Fees,
        },
    }
}

/// The text of the `sequence`-th number of a seller in a year: `INV-2026-000001`.
///
/// # Errors
/// [`kernel::id::BadId`] when the seller's prefix is too long.
pub fn number(
    prefix: &str,
    issued_on: Date,
    sequence: i64,
) -> Result<InvoiceNumber, kernel::id::BadId> {
    InvoiceNumber::new(format!("{prefix}{}-{sequence:06}", issued_on.year()))
}

impl Draft {
    /// The invoice under its number.
    #[must_use]
    pub fn issue(self, number: InvoiceNumber) -> InvoiceIssued {
        InvoiceIssued {
            number,
            seller: self.seller,
            account: self.account,
            issued_on: self.issued_on,
            due_on: self.due_on,
            lines: self.lines,
            net: self.net,
            taxes: self.taxes,
            total: self.total,
            prepaid: self.prepaid,
        }
    }
}
