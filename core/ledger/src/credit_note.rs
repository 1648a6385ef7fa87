//! From credit note to entries: those of its invoice backwards, as far as it credits it.

use std::collections::BTreeMap;

use facts::credit::CreditAmount;
use facts::invoice::InvoiceLine;
use facts::offer::SupplyNature;
use facts::posting::{Book, EntryPosted};
use facts::{AccountId, CreditNoteIssued, DocumentId, EntryId, InvoiceIssued};
use kernel::money::MoneyError;
use kernel::{Currency, Money, Rounding};

use crate::chart::Purpose;
use crate::post::{PostError, balanced, debit, purposes_of};

/// The entries of a credit note, one in each book: each line is taken back from the account that
/// its invoice put it on, in parts where that put it on two; VAT as it was due; the customer owes
/// less, and has again what was paid before. `before` are the earlier notes of the invoice: what
/// all of them come to is rounded.
///
/// # Errors
/// [`PostError`].
pub fn post_credit_note(
    note: &CreditNoteIssued,
    invoice: &InvoiceIssued,
    before: &[CreditNoteIssued],
) -> Result<Vec<EntryPosted>, PostError> {
    let entries = Book::ALL.into_iter().map(|book| post_in(book, note, invoice, before));
    let entries = entries.collect::<Result<Vec<_>, _>>()?;
    Ok(entries.into_iter().filter(|entry| !entry.lines.is_empty()).collect())
}

fn post_in(
    book: Book,
    note: &CreditNoteIssued,
    invoice: &InvoiceIssued,
    before: &[CreditNoteIssued],
) -> Result<EntryPosted, PostError> {
    let mut lines = Vec::new();
    let advances = paid_back(note, invoice)?;
    let advance = Money::sum(note.total.currency, advances.values().copied())?;
    let mut owed = vec![(&note.account, Purpose::Receivable, note.total.minus(advance)?)];
    owed.extend(advances.into_iter().map(|(whose, it)| (whose, Purpose::CustomerAdvance, it)));
    for (party, purpose, amount) in owed {
        if let Some(mut line) = debit(book, purpose, amount.negated()?)? {
            line.party = Some(party.clone());
            lines.push(line);
        }
    }
    for credited in &note.lines {
        let Some(line) = line_of(invoice, credited.invoice_line) else { continue };
        let credited_before = net_of_line(before, line.line, note.total.currency)?;
        let so_far = credited_before.plus(credited.net)?;
        let earlier = purposes_of(book, line, invoice, credited_before)?;
        let all = purposes_of(book, line, invoice, so_far)?;
        for ((purpose, all), (_, earlier)) in all.into_iter().zip(earlier) {
            if let Some(mut entry_line) = debit(book, purpose, all.minus(earlier)?)? {
                entry_line.invoice_line = Some(line.line);
                lines.push(entry_line);
            }
        }
    }
    for (nature, tax) in tax_by_nature(note, invoice, before)? {
        let due_now = nature == SupplyNature::Goods || invoice.seller.vat_on_debits;
        let purpose = if due_now { Purpose::TaxDue } else { Purpose::TaxOnPayment };
        lines.extend(debit(book, purpose, tax)?);
    }
    balanced(EntryPosted {
        entry: EntryId::new(format!("{}/{}", note.number, book.key()))?,
        book,
        seller: note.seller.clone(),
        posted_on: note.issued_on,
        currency: note.total.currency,
        source: DocumentId::new(note.number.as_str())?,
        lines,
    })
}

fn line_of(invoice: &InvoiceIssued, number: u32) -> Option<&InvoiceLine> {
    invoice.lines.iter().find(|line| line.line == number)
}

/// What notes credited of a line.
fn net_of_line(
    notes: &[CreditNoteIssued],
    number: u32,
    currency: Currency,
) -> Result<Money, MoneyError> {
    let lines = notes.iter().flat_map(|note| &note.lines).filter(|it| it.invoice_line == number);
    Money::sum(currency, lines.map(|it| it.net))
}

/// What of the total goes back to the credits that paid, by whose they are.
fn paid_back<'a>(
    note: &'a CreditNoteIssued,
    invoice: &'a InvoiceIssued,
) -> Result<BTreeMap<&'a AccountId, Money>, MoneyError> {
    let mut back = BTreeMap::new();
    for it in note.given_back.iter().filter(|it| it.is_payment) {
        let CreditAmount::Money(amount) = it.amount else { continue };
        let paid = invoice.prepaid.iter().find(|paid| paid.credit == it.credit);
        let whose = paid.and_then(|paid| paid.account.as_ref()).unwrap_or(&note.account);
        let sum = back.entry(whose).or_insert(Money::zero(amount.currency));
        *sum = sum.plus(amount)?;
    }
    Ok(back)
}

/// The tax of goods and of services: what all notes so far come to, each rounded as on an invoice,
/// less what the earlier ones do. So a full credit takes back what the invoice booked.
fn tax_by_nature(
    note: &CreditNoteIssued,
    invoice: &InvoiceIssued,
    before: &[CreditNoteIssued],
) -> Result<[(SupplyNature, Money); 2], PostError> {
    let currency = note.total.currency;
    let goods_of = |note: &CreditNoteIssued| -> Result<Money, MoneyError> {
        let goods = note.lines.iter().filter(|it| {
            line_of(invoice, it.invoice_line)
                .is_some_and(|line| line.charge.nature == SupplyNature::Goods)
        });
        Money::sum(currency, goods.map(|it| it.net))
    };
    let goods_before =
        before.iter().try_fold(Money::zero(currency), |sum, it| sum.plus(goods_of(it)?))?;
    let net_before = Money::sum(currency, before.iter().map(|it| it.net))?;
    let tax_before = Money::sum(currency, taxes(before.iter()))?;
    let tax = Money::sum(currency, taxes(std::iter::once(note)))?;
    let goods = goods_before.plus(goods_of(note)?)?;
    let (net_all, tax_all) = (net_before.plus(note.net)?, tax_before.plus(tax)?);
    let of_goods = goods_tax(invoice, goods, net_all, tax_all)?.minus(goods_tax(
        invoice,
        goods_before,
        net_before,
        tax_before,
    )?)?;
    Ok([(SupplyNature::Goods, of_goods), (SupplyNature::Services, tax.minus(of_goods)?)])
}

fn taxes<'a>(
    notes: impl Iterator<Item = &'a CreditNoteIssued> + 'a,
) -> impl Iterator<Item = Money> + 'a {
    notes.flat_map(|note| note.taxes.iter().map(|tax| tax.amount))
}

/// The tax of goods, rounded once; all of it where there is nothing else.
fn goods_tax(
    invoice: &InvoiceIssued,
    goods: Money,
    net: Money,
    tax: Money,
) -> Result<Money, PostError> {
    match invoice.taxes.first() {
        Some(_) if goods == net => Ok(tax),
        Some(of_invoice) => {
            let exact = goods.exact().times(of_invoice.rate.fraction()?)?;
            Ok(Money::round(exact, goods.currency, Rounding::HalfAwayFromZero)?)
        }
        None => Ok(Money::zero(goods.currency)),
    }
}
