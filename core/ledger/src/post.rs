//! From invoice to entries.

use facts::device::{Ownership, PartDue};
use facts::invoice::InvoiceLine;
use facts::offer::{ComponentKind, SupplyNature};
use facts::posting::{Book, EntryLine, EntryPosted};
use facts::{ChargeKind, DocumentId, EntryId, InvoiceIssued};
use kernel::id::BadId;
use kernel::money::MoneyError;
use kernel::{Exact, Money, Overflow, Period, Rounding};

use crate::chart::{Purpose, account};

/// An invoice could not be booked. Then it is not issued either.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PostError {
    /// An amount leaves its range.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// An account or entry name is not valid.
    #[error(transparent)]
    Name(#[from] BadId),
    /// The invoice's parts do not sum to its total.
    #[error("entry `{entry}` is out of balance by {difference} minor units; nothing was posted")]
    Unbalanced {
        /// The entry.
        entry: EntryId,
        /// Debits less credits.
        difference: i128,
    },
}

impl From<Overflow> for PostError {
    fn from(overflow: Overflow) -> Self {
        Self::Money(overflow.into())
    }
}

/// The entries of an invoice, one in each book: the customer owes the total, but for what was paid
/// before; each line is earned or deferred; VAT is due now or on payment.
///
/// # Errors
/// [`PostError`].
pub fn post(invoice: &InvoiceIssued) -> Result<Vec<EntryPosted>, PostError> {
    let mut entries = Vec::new();
    for book in Book::ALL {
        let entry = post_in(book, invoice)?;
        // An invoice that credits cover altogether moves nothing.
        if !entry.lines.is_empty() {
            entries.push(entry);
        }
    }
    Ok(entries)
}

fn post_in(book: Book, invoice: &InvoiceIssued) -> Result<EntryPosted, PostError> {
    let mut lines = Vec::new();
    let payer = &invoice.account.account;
    let mut owed = vec![(payer, Purpose::Receivable, invoice.due()?)];
    for part in invoice.prepaid.chunk_by(|a, b| a.account == b.account) {
        let whose = part.first().and_then(|it| it.account.as_ref()).unwrap_or(payer);
        let paid = Money::sum(invoice.total.currency, part.iter().map(|it| it.amount))?;
        owed.push((whose, Purpose::CustomerAdvance, paid));
    }
    for (party, purpose, amount) in owed {
        if let Some(mut line) = debit(book, purpose, amount)? {
            line.party = Some(party.clone());
            lines.push(line);
        }
    }
    for line in &invoice.lines {
        for (purpose, amount) in purposes_of(book, line, invoice, line.net()?)? {
            if let Some(mut entry_line) = debit(book, purpose, amount.negated()?)? {
                entry_line.invoice_line = Some(line.line);
                lines.push(entry_line);
            }
        }
    }
    for (nature, tax) in tax_by_nature(invoice)? {
        let due_now = nature == SupplyNature::Goods || invoice.seller.vat_on_debits;
        let purpose = if due_now { Purpose::TaxDue } else { Purpose::TaxOnPayment };
        lines.extend(debit(book, purpose, tax.negated()?)?);
    }
    let entry = EntryPosted {
        entry: EntryId::new(format!("{}/{}", invoice.number, book.key()))?,
        book,
        seller: invoice.seller.code.clone(),
        posted_on: invoice.issued_on,
        currency: invoice.total.currency,
        source: DocumentId::new(invoice.number.as_str())?,
        lines,
    };
    balanced(entry)
}

/// A debit, or a credit when the amount is negative; nothing for zero.
pub(crate) fn debit(
    book: Book,
    purpose: Purpose,
    amount: Money,
) -> Result<Option<EntryLine>, PostError> {
    if amount.minor == 0 {
        return Ok(None);
    }
    Ok(Some(EntryLine {
        account: account(book, purpose)?,
        debit: amount.minor.max(0),
        credit: amount.negated()?.minor.max(0),
        party: None,
        invoice_line: None,
    }))
}

/// What of an amount of a line, mostly all of it, is what. A charge with charge periods of its own
/// can straddle the bill day: the days before it are earned, rounded once, and the rest is
/// deferred.
pub(crate) fn purposes_of(
    book: Book,
    line: &InvoiceLine,
    invoice: &InvoiceIssued,
    net: Money,
) -> Result<Vec<(Purpose, Money)>, PostError> {
    let (first, today) = (purpose_of(book, line, invoice), invoice.issued_on);
    let straddles = |it: &Period| it.from() < today && today < it.to();
    let leased = is_lease(line);
    let by_days = leased || line.charge.component_kind == ComponentKind::Service;
    let Some(period) = line.charge.period.filter(|it| by_days && straddles(it)) else {
        return Ok(vec![(first, net)]);
    };
    let before = Period::new(period.from(), today).map_or(0, Period::days);
    let share = Exact::ratio(i128::from(before), i128::from(period.days()))?;
    let earned = Money::round(net.exact().times(share)?, net.currency, Rounding::HalfAwayFromZero)?;
    let ahead = if leased { Purpose::DeferredLease } else { Purpose::DeferredRevenue };
    Ok(vec![(first, earned), (ahead, net.minus(earned)?)])
}

/// Whether a line bills days of a lease: income of the lessor, on accounts of its own (IFRS 16.81,
/// ASC 842-30-25-11, `reference/accounting-and-einvoicing.md` A6).
fn is_lease(line: &InvoiceLine) -> bool {
    line.charge.device.ownership == Ownership::Leased && line.charge.period.is_some()
}

/// Service for days that have not begun is deferred; everything else is earned when invoiced. In
/// the IFRS book an order fee, or one for an activation, moves no good or service by itself, so it
/// is deferred (`reference/accounting-and-einvoicing.md` A3). A part of a price that is due with
/// the order is invoiced before anything is supplied. What a device costs that did not go back is a
/// fee for that, and earned. What a minimum lacks is earned when its period is over, which is when
/// it is invoiced.
fn purpose_of(book: Book, line: &InvoiceLine, invoice: &InvoiceIssued) -> Purpose {
    let charge = &line.charge;
    if charge.kind == ChargeKind::CommitmentTrueUp {
        return Purpose::CommitmentRevenue;
    }
    let ahead = charge.period.is_some_and(|period| period.from() >= invoice.issued_on);
    if is_lease(line) {
        return if ahead { Purpose::DeferredLease } else { Purpose::LeaseRevenue };
    }
    if charge.device.not_returned.is_some() {
        return Purpose::FeeRevenue;
    }
    let part = charge.device.part.map(|part| part.due);
    if part == Some(PartDue::Ordered) {
        return Purpose::DeferredRevenue;
    }
    let of_its_day = charge.device.change.is_some_and(|change| !change.is_activation());
    let is_of_order = charge.kind != ChargeKind::LossFee && part.is_none() && !of_its_day;
    match charge.component_kind {
        ComponentKind::Hardware => Purpose::DeviceRevenue,
        ComponentKind::Usage => Purpose::UsageRevenue,
        ComponentKind::Fee if book == Book::Ifrs && is_of_order => Purpose::DeferredRevenue,
        ComponentKind::Fee => Purpose::FeeRevenue,
        ComponentKind::Service => {
            if ahead {
                Purpose::DeferredRevenue
            } else {
                Purpose::ServiceRevenue
            }
        }
    }
}

/// The tax of goods, rounded once, and the rest for services, so that both sum to the tax of the
/// invoice.
fn tax_by_nature(invoice: &InvoiceIssued) -> Result<[(SupplyNature, Money); 2], PostError> {
    let currency = invoice.total.currency;
    let is_goods = |line: &&InvoiceLine| line.charge.nature == SupplyNature::Goods;
    let goods = invoice.lines.iter().filter(is_goods).map(InvoiceLine::net);
    let goods = Money::sum(currency, goods.collect::<Result<Vec<_>, _>>()?)?;
    let tax = Money::sum(currency, invoice.taxes.iter().map(|tax| tax.amount))?;
    let of_goods = match invoice.taxes.first() {
        Some(total) if goods == total.base => tax,
        Some(total) => {
            let exact = goods.exact().times(total.rate.fraction()?)?;
            Money::round(exact, currency, Rounding::HalfAwayFromZero)?
        }
        None => Money::zero(currency),
    };
    Ok([(SupplyNature::Goods, of_goods), (SupplyNature::Services, tax.minus(of_goods)?)])
}

pub(crate) fn balanced(entry: EntryPosted) -> Result<EntryPosted, PostError> {
    let difference: i128 =
        entry.lines.iter().map(|line| i128::from(line.debit) - i128::from(line.credit)).sum();
    if difference == 0 {
        Ok(entry)
    } else {
        Err(PostError::Unbalanced { entry: entry.entry, difference })
    }
}
