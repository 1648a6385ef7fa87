//! Credit notes: issue, preview, show, list, PDF.

use std::path::Path;

use connect::readable::Readable;
use documents::credit_note::{as_invoice, reason};
use documents::format;
use engine::credit_notes::{Outcome, issue, preview};
use facts::credit_note::CreditReason;
use facts::text::Language;
use facts::{CreditNoteIssued, CreditNoteNumber, InvoiceNumber, RequestId};
use invoicing::{AskedPart, CreditInvoice};
use kernel::{Money, Quantity, UnitPrice};
use serde_json::{Value, json};
use store::Store;

use super::invoice;
use crate::args::CreditInvoice as Asked;
use crate::compose;
use crate::failure::Failure;
use crate::output::{Kind, Shown, Table};
use crate::texts::Texts;

pub fn run(store: &mut dyn Store, asked: &Asked, texts: &Texts) -> Result<Shown, Failure> {
    let now = compose::now(store)?;
    let request = read(asked)?;
    let outcome = if asked.dry_run {
        let number = CreditNoteNumber::read(&texts.text("preview-number"));
        preview(store, &request, number.map_err(Failure::refused)?, now)?
    } else {
        issue(store, &request, now)?
    };
    let mut shown = show(&outcome, texts)?;
    let key = match (outcome.is_new, asked.dry_run) {
        (false, _) => "credit-note-known",
        (true, true) => "credit-note-dry-run",
        (true, false) => "credit-note-issued",
    };
    shown.after.push(texts.with(key, &[("number", outcome.note.number.as_str())]));
    Ok(shown)
}

fn read(asked: &Asked) -> Result<CreditInvoice, Failure> {
    let is_asked = |it: &CreditReason| it.key() == asked.reason;
    let lines = asked.lines.iter().map(|it| line(it)).collect::<Result<Vec<_>, _>>()?;
    Ok(CreditInvoice {
        request: RequestId::read(&asked.request).map_err(Failure::refused)?,
        invoice: InvoiceNumber::read(&asked.number).map_err(Failure::refused)?,
        reason: CreditReason::ALL.into_iter().find(is_asked).unwrap_or(CreditReason::Error),
        note: asked.note.clone(),
        rebill: asked.rebill == "yes",
        lines: (!lines.is_empty()).then_some(lines),
    })
}

/// `12`, `12=4.50` or `12=x3`.
fn line(text: &str) -> Result<(u32, AskedPart), Failure> {
    let (number, part) = match text.split_once('=') {
        None => (text, AskedPart::All),
        Some((number, part)) => match part.strip_prefix('x') {
            Some(quantity) => {
                let quantity = Quantity::read(quantity).map_err(Failure::refused)?;
                (number, AskedPart::Quantity(quantity))
            }
            None => {
                let amount = UnitPrice::read(part).map_err(Failure::refused)?;
                (number, AskedPart::Amount(amount))
            }
        },
    };
    let number = number.parse().map_err(|_| {
        Failure::refused(connect::InputRejection::BadInteger {
            text: number.to_owned(),
            min: 1,
            max: u32::MAX,
        })
    })?;
    Ok((number, part))
}

/// A credit note with the lines that it credits.
pub fn show(outcome: &Outcome, texts: &Texts) -> Result<Shown, Failure> {
    let Outcome { note, invoice, .. } = outcome;
    let mut shown = invoice::show(&as_invoice(note, invoice)?, texts);
    let day = format::date(note.issued_on, texts.language);
    let values = [
        ("number", note.number.as_str()),
        ("invoice", note.invoice.as_str()),
        ("day", &day),
        ("reason", &reason(note.reason, texts.language)),
    ];
    let rebill = if note.rebill { "credit-note-rebill" } else { "credit-note-settled" };
    shown.before = vec![texts.with("credit-note-head", &values), texts.text(rebill)];
    shown.before.extend(note.note.clone());
    shown.after = note
        .given_back
        .iter()
        .map(|it| {
            let amount = it.amount.to_string();
            let values = [("name", it.name.get(texts.language)), ("amount", &amount)];
            texts.with("credit-note-given-back", &values)
        })
        .collect();
    shown.json = as_json(note);
    Ok(shown)
}

fn as_json(note: &CreditNoteIssued) -> Value {
    serde_json::to_value(stories::report::credit_note(note)).unwrap_or_default()
}

/// All credit notes.
pub fn list(notes: &[CreditNoteIssued], texts: &Texts) -> Shown {
    let words = |key: &str| (texts.text(key), Kind::Words);
    let figures = |key: &str| (texts.text(key), Kind::Figures);
    let columns = vec![
        words("column-number"),
        words("column-invoice"),
        words("column-account"),
        words("column-issued"),
        words("column-reason"),
        words("column-rebill"),
        figures("net"),
        figures("tax"),
        figures("total"),
    ];
    let mut table = Table::new(None, columns);
    let money = |it: Money| format::money(it, texts.language);
    for note in notes {
        let tax = note.total.minus(note.net).map(money).unwrap_or_default();
        table.rows.push(vec![
            note.number.to_string(),
            note.invoice.to_string(),
            note.account.to_string(),
            format::date(note.issued_on, texts.language),
            reason(note.reason, texts.language),
            texts.text(if note.rebill { "yes" } else { "no" }),
            money(note.net),
            tax,
            money(note.total),
        ]);
    }
    let none = notes.is_empty();
    Shown {
        json: json!(notes.iter().map(as_json).collect::<Vec<_>>()),
        tables: if none { Vec::new() } else { vec![table] },
        after: none.then(|| texts.text("credit-note-none")).into_iter().collect(),
        ..Shown::default()
    }
}

/// Writes the PDF.
pub fn write_pdf(found: &Outcome, path: &Path, asked: Option<Language>) -> Result<(), Failure> {
    let language = asked.unwrap_or(found.invoice.account.language);
    let pdf = documents::credit_note_pdf(&found.note, &found.invoice, language)?;
    std::fs::write(path, pdf).map_err(|error| Failure::file(path, &error))
}
