//! Credit notes: an issued invoice never changes; what is wrong with it is credited, in part or
//! whole, and becomes due again or not.

use ::credits::Credit;
use facts::{
    AccountId, CreditGranted, CreditNoteIssued, CreditNoteNumber, Fact, InvoiceIssued,
    InvoiceNumber, RequestId,
};
use invoicing::{CreditInvoice, CreditNoteDraft, CreditNoteRejection, Credited};
use jiff::Timestamp;
use store::{Store, Tx};

use crate::billing::{Bills, invoice_of};
use crate::{EngineError, EngineRejection, Refusal, Result, contracts, credits};

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The credit note.
    pub note: CreditNoteIssued,
    /// The invoice that it credits.
    pub invoice: InvoiceIssued,
    /// Whether it is new; else the request was known to the letter.
    pub is_new: bool,
}

/// What a credit note would be. Reads only; its number is not taken.
///
/// # Errors
/// As [`issue`].
pub fn preview(
    store: &mut dyn Store,
    asked: &CreditInvoice,
    number: CreditNoteNumber,
    now: Timestamp,
) -> Result<Outcome> {
    let mut tx = store.read()?;
    let planned = plan(tx.as_mut(), asked, now)?;
    Ok(match planned {
        Planned::Known(outcome) => *outcome,
        Planned::New { draft, of } => {
            Outcome { note: draft.issue(number), invoice: of.0, is_new: true }
        }
    })
}

/// Credits an invoice: the note, its entries and what prepaid credits get back, in one unit of
/// work. The same request again changes nothing.
///
/// # Errors
/// [`EngineError::Refused`] with every reason; nothing is recorded then.
pub fn issue(store: &mut dyn Store, asked: &CreditInvoice, now: Timestamp) -> Result<Outcome> {
    let mut tx = store.begin()?;
    let (draft, (invoice, before)) = match plan(tx.as_mut(), asked, now)? {
        Planned::Known(outcome) => return Ok(*outcome),
        Planned::New { draft, of } => (draft, *of),
    };
    let seller = &invoice.seller;
    let issued_on = invoice.account.zone.day_of(now);
    let series = format!("{}/credit-note/{}", seller.code, issued_on.year());
    let sequence = tx.take_number(&series)?;
    let broken = |no: &dyn ToString| contracts::missing(no.to_string());
    let number = invoicing::credit_note_number(&seller.invoice_prefix, issued_on, sequence);
    let note = draft.issue(number.map_err(|no| broken(&no))?);
    let entries = ledger::post_credit_note(&note, &invoice, &before);
    tx.record(&Fact::CreditNoteIssued(Box::new(note.clone())), now)?;
    for entry in entries.map_err(|no| broken(&no))? {
        tx.save_entry(&entry)?;
        tx.record(&Fact::EntryPosted(entry), now)?;
    }
    tx.commit()?;
    Ok(Outcome { note, invoice, is_new: true })
}

/// What a request comes to.
enum Planned {
    /// It was carried out before.
    Known(Box<Outcome>),
    /// It is new; with its invoice and the earlier notes of that.
    New { draft: Box<CreditNoteDraft>, of: Box<(InvoiceIssued, Vec<CreditNoteIssued>)> },
}

fn plan(tx: &mut dyn Tx, asked: &CreditInvoice, now: Timestamp) -> Result<Planned> {
    let invoice = tx.fact("InvoiceIssued", asked.invoice.as_str())?;
    let invoice = invoice.and_then(|it| invoice_of(it.fact));
    let invoice = invoice.ok_or_else(|| unknown(&asked.invoice))?;
    let account = &invoice.account.account;
    let notes = notes_of(tx, account)?;
    if let Some(known) = notes.iter().find(|note| note.request == asked.request) {
        if invoicing::is_same_request(asked, known) {
            let note = known.clone();
            return Ok(Planned::Known(Box::new(Outcome { note, invoice, is_new: false })));
        }
        return Err(other_request(&asked.request, known));
    }
    let issued_on = invoice.account.zone.day_of(now);
    let (mut later, mut open) = (Vec::new(), Vec::new());
    for account in std::iter::once(&invoice.account).chain(&invoice.paid_for) {
        let bills = Bills::load(tx, &account.account)?;
        let place = bills.bills.iter().position(|it| it.part.number == invoice.number);
        later.extend(bills.standing().into_iter().skip(place.unwrap_or_default() + 1));
        open.extend(open_credits(tx, &account.account, issued_on)?);
    }
    let before: Vec<CreditNoteIssued> =
        notes.into_iter().filter(|note| note.invoice == invoice.number).collect();
    let known =
        Credited { invoice: &invoice, before: &before, later: &later, open: &open, issued_on };
    let draft = invoicing::credit(asked, known).map_err(refused)?;
    Ok(Planned::New { draft: Box::new(draft), of: Box::new((invoice, before)) })
}

fn unknown(number: &InvoiceNumber) -> EngineError {
    EngineError::refused(EngineRejection::UnknownInvoice { number: number.to_string() })
}

fn other_request(request: &RequestId, known: &CreditNoteIssued) -> EngineError {
    EngineError::refused(CreditNoteRejection::OtherRequest {
        request: request.clone(),
        number: known.number.clone(),
    })
}

fn refused(reasons: Vec<CreditNoteRejection>) -> EngineError {
    let refusal = |no| Refusal { command: None, place: None, rejection: Box::new(no) };
    EngineError::Refused(reasons.into_iter().map(refusal).collect())
}

/// The prepaid credits of an account whose time is not over: only these can get something back.
fn open_credits(
    tx: &mut dyn Tx,
    account: &AccountId,
    day: jiff::civil::Date,
) -> Result<Vec<CreditGranted>> {
    let known = credits::known(tx, account, None)?;
    let all = known.credits().map_err(|no| contracts::missing(no.to_string()))?;
    let is_open = |it: &Credit| it.until.is_none_or(|until| day < until);
    Ok(all.into_iter().filter(is_open).map(|it| it.granted).collect())
}

/// The credit notes of an account, in the order of the log.
pub(crate) fn notes_of(tx: &mut dyn Tx, account: &AccountId) -> Result<Vec<CreditNoteIssued>> {
    let facts = tx.facts_about("CreditNoteIssued", account.as_str())?;
    Ok(facts.into_iter().filter_map(|it| note_of(it.fact)).collect())
}

fn note_of(fact: Fact) -> Option<CreditNoteIssued> {
    if let Fact::CreditNoteIssued(it) = fact { Some(*it) } else { None }
}

/// All credit notes, in the order of issue.
///
/// # Errors
/// [`EngineError::Store`].
pub fn all(store: &mut dyn Store) -> Result<Vec<CreditNoteIssued>> {
    let facts = store.read()?.facts_of_kind("CreditNoteIssued")?;
    Ok(facts.into_iter().filter_map(|it| note_of(it.fact)).collect())
}

/// One credit note and its invoice.
///
/// # Errors
/// [`EngineRejection::UnknownInvoice`].
pub fn find(store: &mut dyn Store, number: &str) -> Result<Option<Outcome>> {
    let mut tx = store.read()?;
    let note = tx.fact("CreditNoteIssued", number)?.and_then(|it| note_of(it.fact));
    let Some(note) = note else { return Ok(None) };
    let invoice = tx.fact("InvoiceIssued", note.invoice.as_str())?;
    let invoice = invoice.and_then(|it| invoice_of(it.fact));
    let invoice = invoice.ok_or_else(|| unknown(&note.invoice))?;
    Ok(Some(Outcome { note, invoice, is_new: false }))
}
