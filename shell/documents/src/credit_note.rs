//! The credit note as the pages of an invoice: the lines that it credits, with what of them it does
//! not credit taken off.

use facts::credit::CreditAmount;
use facts::credit_note::{CreditNoteLine, CreditReason};
use facts::discount::{Pot, TermEffect, TermKind};
use facts::invoice::{InvoiceLine, Section};
use facts::text::Language;
use facts::{CreditNoteIssued, InvoiceIssued, InvoiceNumber, TermCode, Text};
use kernel::money::MoneyError;

use crate::view::{self, Document, Pair};
use crate::words::words;
use crate::{DocumentError, format};

/// The reason in words.
#[must_use]
pub fn reason(reason: CreditReason, language: Language) -> String {
    words(language).text(&format!("credit-reason-{}", reason.key()))
}

/// A credit note as pages and tables show it: the lines of its invoice that it credits, under its
/// own number, day and totals.
///
/// # Errors
/// [`DocumentError::Sum`].
pub fn as_invoice(
    note: &CreditNoteIssued,
    invoice: &InvoiceIssued,
) -> Result<InvoiceIssued, DocumentError> {
    let mut lines = Vec::new();
    for (number, credited) in (1..).zip(&note.lines) {
        let of_invoice = invoice.lines.iter().find(|it| it.line == credited.invoice_line);
        let Some(line) = of_invoice else { continue };
        lines.push(InvoiceLine { line: number, ..credited_line(line, credited)? });
    }
    let section = |it: &InvoiceLine| Section::ALL.iter().position(|at| *at == it.section);
    lines.sort_by(|a, b| (&a.account, section(a)).cmp(&(&b.account, section(b))));
    let number = InvoiceNumber::new(note.number.as_str())
        .map_err(|error| DocumentError::Setup(error.to_string()))?;
    Ok(InvoiceIssued {
        number,
        seller: invoice.seller.clone(),
        account: invoice.account.clone(),
        issued_on: note.issued_on,
        due_on: note.issued_on,
        lines,
        net: note.net,
        taxes: note.taxes.clone(),
        total: note.total,
        prepaid: Vec::new(),
        paid_for: invoice.paid_for.clone(),
        group: invoice.group.clone(),
        threshold: None,
    })
}

fn credited_line(
    line: &InvoiceLine,
    credited: &CreditNoteLine,
) -> Result<InvoiceLine, DocumentError> {
    let net = line.net()?;
    let mut shown = line.clone();
    let rest = credited.net.minus(net)?;
    if rest.minor != 0 {
        let word = |language| words(language).text("credit-note-not-credited");
        let name = Text { en: word(Language::En), fr: word(Language::Fr) };
        let term = TermCode::new("not-credited")
            .map_err(|error| DocumentError::Setup(error.to_string()))?;
        shown.effects.push(TermEffect {
            term,
            name,
            kind: TermKind::Credit,
            pot: Pot { offer: None, component: None, period: None },
            percent: None,
            of_amount: None,
            base: net,
            before: net,
            amount: rest,
            quantity: None,
        });
    }
    Ok(shown)
}

/// Builds the view.
pub(crate) fn view(
    note: &CreditNoteIssued,
    invoice: &InvoiceIssued,
    language: Language,
) -> Result<Document, DocumentError> {
    let number = note.number.to_string();
    let mut document = view::invoice(&as_invoice(note, invoice)?, language)?;
    document.title = words(language).with("credit-note-document-title", &[("number", &number)]);
    for (label, key) in [
        ("title", "credit-note-title"),
        ("details", "credit-note-details"),
        ("summary", "credit-note-summary"),
    ] {
        document.labels.insert(label, words(language).text(key));
    }
    let pair = |key: &str, value: String| Pair { label: words(language).text(key), value };
    let issued_on = format::date(invoice.issued_on, language);
    document.facts = vec![
        pair("credit-note-number", number),
        pair("credit-note-issued-on", format::date(note.issued_on, language)),
        pair("credit-note-invoice", invoice.number.to_string()),
        pair("credit-note-invoiced-on", issued_on.clone()),
        pair("credit-note-reason", reason(note.reason, language)),
        pair("account", note.account.to_string()),
    ];
    document.facts.extend(note.note.iter().map(|it| pair("credit-note-note", it.clone())));
    let rebill = if note.rebill { "credit-note-rebill-note" } else { "credit-note-settled-note" };
    document.due.label = words(language).text("credit-note-due-label");
    document.due.amount = format::money(note.total, language);
    document.due.note = words(language).text(rebill);
    document.due.payable = false;
    document.prepaid = given_back(note, language)?;
    document.payment = Vec::new();
    let values = [("number", invoice.number.as_str()), ("date", &issued_on)];
    document.mentions = vec![words(language).with("credit-note-corrects", &values)];
    Ok(document)
}

/// What goes back to prepaid credits, and what of the total is then taken off what is owed.
fn given_back(note: &CreditNoteIssued, language: Language) -> Result<Vec<Pair>, DocumentError> {
    let mut pairs = Vec::new();
    let mut owed = note.total;
    for it in &note.given_back {
        let value = match it.amount {
            CreditAmount::Money(money) => {
                if it.is_payment {
                    owed = owed.minus(money)?;
                }
                format::money(money, language)
            }
            CreditAmount::Units(quantity) => format::quantity(quantity, language),
        };
        let label = words(language).with("credit-given-back", &[("name", it.name.get(language))]);
        pairs.push(Pair { label, value });
    }
    if !pairs.is_empty() {
        let label = words(language).text("credit-note-owed");
        pairs.push(Pair { label, value: format::money(owed, language) });
    }
    Ok(pairs)
}

impl From<kernel::Overflow> for DocumentError {
    fn from(error: kernel::Overflow) -> Self {
        Self::Sum(MoneyError::from(error))
    }
}
