//! What a customer reads: the invoice as a PDF, and the words and figures on it.
//!
//! Owns: the layout, the words in English and French, how a number, a date or an amount is
//! written. Does not own: any figure. Everything printed is in the fact; nothing is computed here
//! but sums of lines, so that a document can never disagree with the books.
//!
//! Facts in: [`facts::InvoiceIssued`], [`facts::CreditNoteIssued`]. Facts out: none.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`mod@format`] | amounts, quantities, dates and periods as people write them |
//! | [`lines`] | what a line of an invoice is called |
//! | [`explain`] | why a line costs what it costs and starts when it starts |
//! | [`credit_note`] | a credit note as the pages of an invoice |
//! | [`words`] | the Fluent texts |
//! | `view` | the invoice as the template reads it: every text finished |
//! | `world` | the typesetter, with the template and the fonts that are compiled in |
//!
//! Invariants: the same invoice and language give the same bytes, on every machine, for ever of
//! one version (no clock, no system font, no locale of the machine); no float touches a figure.
//! The date of the document is the day of issue.

pub mod words;
pub mod format;
pub mod lines;
pub mod explain;
pub mod explain_pool;
pub mod bars;
pub mod credit_note;
mod mentions;
mod view;
mod view_annex;
mod view_rows;
mod world;

use facts::text::Language;
use facts::{CreditNoteIssued, InvoiceIssued};

/// Why no document could be made. None of these is a business "no": each is a defect.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The lines of the invoice cannot be added up.
    #[error("the lines cannot be added up: {0}")]
    Sum(#[from] kernel::money::MoneyError),
    /// The data for the template could not be written.
    #[error("the data of the document cannot be written: {0}")]
    Data(#[from] serde_json::Error),
    /// The typesetter could not be set up.
    #[error("the typesetter cannot be set up: {0}")]
    Setup(String),
    /// The template does not compile with this invoice.
    #[error("the template refuses the invoice: {0}")]
    Template(String),
    /// The pages could not be written as PDF.
    #[error("the pages cannot be written as PDF: {0}")]
    Export(String),
}

/// The invoice as a PDF, ready to send: a first page to pay from, the lines by section, and an
/// annex that says how each figure came about.
///
/// The language is an argument, not the account's, because the seller's people read the same
/// invoice in their own.
///
/// # Errors
/// [`DocumentError`], for defects only.
pub fn invoice_pdf(invoice: &InvoiceIssued, language: Language) -> Result<Vec<u8>, DocumentError> {
    let view = view::invoice(invoice, language)?;
    world::pdf(invoice.number.as_str(), serde_json::to_vec(&view)?)
}

/// A credit note as a PDF: the pages of an invoice, with what is credited and of which invoice.
///
/// # Errors
/// [`DocumentError`], for defects only.
pub fn credit_note_pdf(
    note: &CreditNoteIssued,
    invoice: &InvoiceIssued,
    language: Language,
) -> Result<Vec<u8>, DocumentError> {
    let view = credit_note::view(note, invoice, language)?;
    world::pdf(note.number.as_str(), serde_json::to_vec(&view)?)
}
