//! The plan: an invoice without a number. It is data: it can be previewed, compared and refused.

use std::collections::BTreeMap;
use std::mem;

use facts::charge::NotBilled;
use facts::credit::Prepaid;
use facts::discount::TermKind;
use facts::invoice::{InvoiceLine, Section, TaxTotal, TermedCharge};
use facts::offer::ComponentKind;
use facts::{
    AccountId, AccountRegistered, Charge, ChargeKind, InvoiceGroup, InvoiceIssued, InvoiceNumber,
    SellerPublished,
};
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
    /// The accounts that it pays for and that have lines here, by name.
    pub paid_for: Vec<AccountRegistered>,
    /// The amount that was reached, where it is issued because of that before the bill day.
    pub threshold: Option<Money>,
    /// The order lines whose own invoice it is; none: it is the consolidated one.
    pub group: Option<InvoiceGroup>,
    /// What is rated without being billed, and that the invoice does not show.
    pub shadow: Vec<Charge>,
}

/// What an invoice bills of one account.
#[derive(Debug, Clone)]
pub struct Part {
    /// The account as it stands.
    pub account: AccountRegistered,
    /// Its charges.
    pub charges: Vec<TermedCharge>,
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

/// Gathers the charges of an account that stand on one document into a draft; `None` when there is
/// nothing to bill, as [`consolidate`] says.
///
/// # Errors
/// [`PlanError`].
pub fn plan(
    seller: &SellerPublished,
    account: &AccountRegistered,
    issued_on: Date,
    charges: impl IntoIterator<Item = impl Into<TermedCharge>>,
) -> Result<Option<Draft>, PlanError> {
    let charges = charges.into_iter().map(Into::into).collect();
    let own = Part { account: account.clone(), charges };
    Ok(consolidate(seller, issued_on, own, Vec::new())?.into_iter().next())
}

/// The documents of a day, of an account and of those that it pays for: the consolidated one, on
/// which the lines of each follow those before; and one of each account and group of order lines
/// that asked for an invoice of their own, by name. None when there is nothing to bill: no charge,
/// or only charges of nothing, also after their terms, which wait for the next day that has an
/// amount. What credits cover is billed, though nothing is left to pay.
///
/// Where one document has an amount, those without are issued beside it: the day settles what it
/// says for all of them, so that nothing is late later that was not.
///
/// Lines are sorted by section, component, kind, period, instalment and row: by what they are,
/// never by how they came about, so that the same charges give the same bytes.
///
/// # Errors
/// [`PlanError`].
pub fn consolidate(
    seller: &SellerPublished,
    issued_on: Date,
    mut own: Part,
    mut others: Vec<Part>,
) -> Result<Vec<Draft>, PlanError> {
    others.sort_by(|a, b| a.account.account.cmp(&b.account.account));
    let payer = own.account.clone();
    let mut groups: Vec<(InvoiceGroup, Part, Vec<Part>)> = Vec::new();
    for (group, part) in own.take_apart() {
        groups.push((group, part, Vec::new()));
    }
    for other in &mut others {
        for (group, part) in other.take_apart() {
            let nothing = Part { account: payer.clone(), charges: Vec::new() };
            groups.push((group, nothing, vec![part]));
        }
    }
    let mut drafts = Vec::new();
    drafts.extend(document(seller, issued_on, own, others)?);
    for (group, own, others) in groups {
        let draft = document(seller, issued_on, own, others)?;
        drafts.extend(draft.map(|draft| Draft { group: Some(group), ..draft }));
    }
    let lines = || drafts.iter().flat_map(|draft| &draft.lines);
    let nets = lines().map(InvoiceLine::net).collect::<Result<Vec<_>, _>>()?;
    let is_covered = |it: &InvoiceLine| it.effects.iter().any(|it| it.kind == TermKind::Credit);
    let is_nothing = nets.iter().all(|net| net.minor == 0) && !lines().any(is_covered);
    Ok(if is_nothing { Vec::new() } else { drafts })
}

impl Part {
    /// Takes out what stands on invoices of their own.
    fn take_apart(&mut self) -> Vec<(InvoiceGroup, Self)> {
        let mut groups: BTreeMap<InvoiceGroup, Vec<TermedCharge>> = BTreeMap::new();
        let mut left = Vec::with_capacity(self.charges.len());
        for it in mem::take(&mut self.charges) {
            match it.charge.group.clone() {
                None => left.push(it),
                Some(group) => groups.entry(group).or_default().push(it),
            }
        }
        self.charges = left;
        let part = |charges| Self { account: self.account.clone(), charges };
        groups.into_iter().map(|(group, charges)| (group, part(charges))).collect()
    }
}

/// One document; none when it has no line.
fn document(
    seller: &SellerPublished,
    issued_on: Date,
    own: Part,
    others: Vec<Part>,
) -> Result<Option<Draft>, PlanError> {
    let (account, mut shadow) = (&own.account, Vec::new());
    let mut lines = lines_of(own.charges, None, 1, &mut shadow);
    let mut paid_for = Vec::new();
    for Part { account, charges } in others {
        let next = u32::try_from(lines.len()).unwrap_or(u32::MAX).saturating_add(1);
        let of_account = lines_of(charges, Some(&account.account), next, &mut shadow);
        if !of_account.is_empty() {
            lines.extend(of_account);
            paid_for.push(account);
        }
    }
    if lines.is_empty() {
        return Ok(None);
    }
    let nets = lines.iter().map(InvoiceLine::net).collect::<Result<Vec<_>, _>>()?;
    let net = Money::sum(account.currency, nets)?;
    let rate = rate_of(seller, account)?;
    let tax = TaxTotal { rate, base: net, amount: tax_of(net, rate)? };
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
        paid_for,
        threshold: None,
        group: None,
        shadow,
    }))
}

/// What the documents of a day come to together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    /// Lines.
    pub lines: usize,
    /// Net.
    pub net: Money,
    /// With tax.
    pub total: Money,
}

impl Totals {
    /// Those of drafts; none where there is no draft.
    ///
    /// # Errors
    /// [`MoneyError`] when a sum leaves its range.
    pub fn of(drafts: &[Draft]) -> Result<Option<Self>, MoneyError> {
        let Some(first) = drafts.first() else { return Ok(None) };
        let currency = first.net.currency;
        Ok(Some(Self {
            lines: drafts.iter().map(|it| it.lines.len()).sum(),
            net: Money::sum(currency, drafts.iter().map(|it| it.net))?,
            total: Money::sum(currency, drafts.iter().map(|it| it.total))?,
        }))
    }
}

/// The lines of one account, in their order; what is only for previews is put aside.
fn lines_of(
    charges: Vec<TermedCharge>,
    account: Option<&AccountId>,
    first: u32,
    shadow: &mut Vec<Charge>,
) -> Vec<InvoiceLine> {
    let (hidden, mut charges): (Vec<_>, Vec<_>) = charges.into_iter().partition(is_hidden);
    shadow.extend(hidden.into_iter().map(|it| it.charge));
    let rank = |it: &TermedCharge| section_of(&it.charge);
    charges.sort_by(|a, b| rank(a).cmp(&rank(b)).then(a.charge.rank().cmp(&b.charge.rank())));
    let lines = (first..).zip(charges).map(|(line, it)| InvoiceLine {
        line,
        section: section_of(&it.charge),
        charge: it.charge,
        effects: it.effects,
        account: account.cloned(),
    });
    lines.collect()
}

/// Whether a charge is for previews only.
fn is_hidden(it: &TermedCharge) -> bool {
    let not_billed = it.charge.rated.as_ref().and_then(|rated| rated.not_billed);
    matches!(not_billed, Some(NotBilled::Shadow { on_invoice: false, .. }))
}

/// VAT at the rate of the customer's country, rounded once on the whole net, half away from zero
/// (`data/smart-fleet/README.md` §1.3).
fn tax_of(base: Money, rate: Percent) -> Result<Money, MoneyError> {
    let exact = base.exact().times(rate.fraction()?)?;
    Ok(Money::round(exact, base.currency, Rounding::HalfAwayFromZero)?)
}

fn rate_of(seller: &SellerPublished, account: &AccountRegistered) -> Result<Percent, PlanError> {
    let country = &account.address.country;
    let rate = seller.vat_rates.get(country).copied();
    rate.ok_or_else(|| PlanError::NoTaxRate {
        seller: seller.code.to_string(),
        country: country.clone(),
    })
}

fn section_of(charge: &Charge) -> Section {
    match charge.kind {
        ChargeKind::HardwareReturnCredit
        | ChargeKind::HardwareInstalmentCredit
        | ChargeKind::ServiceCredit
        | ChargeKind::StateFeeCredit
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
            paid_for: self.paid_for,
            threshold: self.threshold,
            group: self.group,
        }
    }

    /// What the lines of each account come to with tax, in the order of the document; none is the
    /// account of the invoice. The tax of a part is that of all parts so far less that of those
    /// before, so that they sum to the total to the cent.
    ///
    /// # Errors
    /// [`MoneyError`] when a sum leaves its range.
    pub fn shares(&self) -> Result<Vec<(Option<AccountId>, Money)>, MoneyError> {
        let (mut shares, mut so_far) = (Vec::new(), Money::zero(self.net.currency));
        let with_tax = |net: Money| {
            let taxes = self.taxes.iter().map(|tax| tax_of(net, tax.rate));
            taxes.collect::<Result<Vec<_>, _>>()?.into_iter().try_fold(net, Money::plus)
        };
        for part in self.lines.chunk_by(|a, b| a.account == b.account) {
            let nets = part.iter().map(InvoiceLine::net).collect::<Result<Vec<_>, _>>()?;
            let next = Money::sum(so_far.currency, nets)?.plus(so_far)?;
            let share = with_tax(next)?.minus(with_tax(so_far)?)?;
            shares.push((part.first().and_then(|line| line.account.clone()), share));
            so_far = next;
        }
        Ok(shares)
    }
}
