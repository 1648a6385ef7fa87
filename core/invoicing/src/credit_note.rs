//! What may be credited of an invoice, and what that comes to. The invoice itself never changes:
//! a void is a credit of all of it.

use std::collections::{BTreeMap, BTreeSet};

use facts::charge::Charge;
use facts::credit::{CreditAmount, CreditKind};
use facts::credit_note::{
    CreditGivenBack, CreditNoteIssued, CreditNoteLine, CreditReason, CreditedPart,
};
use facts::discount::TermKind;
use facts::invoice::{InvoiceLine, TaxTotal};
use facts::{ChargeKind, CreditGranted, CreditNoteNumber, InvoiceIssued, InvoiceNumber, RequestId};
use jiff::civil::Date;
use kernel::money::MoneyError;
use kernel::{Money, Overflow, Percent, Quantity, Rounding, UnitPrice};

/// What somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditInvoice {
    /// The request, as its sender names it.
    pub request: RequestId,
    /// The invoice.
    pub invoice: InvoiceNumber,
    /// Why.
    pub reason: CreditReason,
    /// Why, in words.
    pub note: Option<String>,
    /// Whether what is credited becomes due again.
    pub rebill: bool,
    /// What of it; none: all that is left.
    pub lines: Option<Vec<(u32, AskedPart)>>,
}

/// What is asked for of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskedPart {
    /// All that is left of it.
    All,
    /// So much of its quantity.
    Quantity(Quantity),
    /// An amount in its currency.
    Amount(UnitPrice),
}

/// What is known of the invoice.
#[derive(Debug, Clone, Copy)]
pub struct Credited<'a> {
    /// The invoice.
    pub invoice: &'a InvoiceIssued,
    /// Its earlier credit notes.
    pub before: &'a [CreditNoteIssued],
    /// Later invoices of each account that has lines on it, as parts of that account alone, without
    /// the lines that became due again.
    pub later: &'a [InvoiceIssued],
    /// The prepaid credits of these accounts whose time is not over.
    pub open: &'a [CreditGranted],
    /// Today, in the zone of the account.
    pub issued_on: Date,
}

kernel::rejections! {
    /// Why an invoice is not credited so. Nothing changes.
    pub enum CreditNoteRejection {
        /// No such line.
        NoLine {
            /// As asked.
            line: u32,
            /// The invoice.
            invoice: InvoiceNumber,
        } = "credit-note-no-line",
            "invoice `{invoice}` has no line {line}; see `tabouret invoice show`";
        /// Asked for twice.
        LineTwice {
            /// As asked.
            line: u32,
        } = "credit-note-line-twice", "line {line} is named twice; name each line once";
        /// It is credited already.
        NothingLeft {
            /// What.
            what: String,
        } = "credit-note-nothing-left", "nothing is left to credit of {what}";
        /// More than was billed.
        TooMuch {
            /// The line.
            line: u32,
            /// What is left of it.
            left: String,
        } = "credit-note-too-much", "of line {line} only {left} is left to credit; ask for no more";
        /// Not a part of the line.
        BadPart {
            /// The line.
            line: u32,
        } = "credit-note-bad-part",
            "line {line} cannot be credited by such a part; use an amount or a quantity above \
             zero, in whole minor units, of a line above zero";
        /// Parts cannot become due again.
        RebillsPart {
            /// The line.
            line: u32,
        } = "credit-note-rebills-part",
            "a part of line {line} cannot become due again; credit it whole with rebill, or the \
             part without";
        /// A later invoice is about the same.
        ChangedLater {
            /// The line.
            line: u32,
            /// The later invoice.
            later: InvoiceNumber,
        } = "credit-note-changed-later",
            "line {line} cannot become due again while `{later}` bills or gives back a part of the \
             same; credit that line of it first";
        /// The request was another one.
        OtherRequest {
            /// As asked.
            request: RequestId,
            /// What it was.
            number: CreditNoteNumber,
        } = "credit-note-other-request",
            "request `{request}` already became credit note `{number}`, with another content; use \
             a name of its own";
        /// It would not give anything back.
        NotACredit {} = "credit-note-not-a-credit",
            "this would not give anything back; credit lines that were billed above zero";
        /// An amount that cannot be computed.
        OutOfRange {} = "credit-note-out-of-range",
            "an amount leaves its range; credit less at once";
    }
}

impl From<MoneyError> for CreditNoteRejection {
    fn from(_: MoneyError) -> Self {
        Self::OutOfRange {}
    }
}

impl From<Overflow> for CreditNoteRejection {
    fn from(_: Overflow) -> Self {
        Self::OutOfRange {}
    }
}

/// A credit note before it has a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditNoteDraft(CreditNoteIssued);

impl CreditNoteDraft {
    /// The credit note, numbered.
    #[must_use]
    pub fn issue(self, number: CreditNoteNumber) -> CreditNoteIssued {
        CreditNoteIssued { number, ..self.0 }
    }
}

/// Works out a credit note.
///
/// # Errors
/// Every reason against it.
pub fn credit(
    asked: &CreditInvoice,
    known: Credited<'_>,
) -> Result<CreditNoteDraft, Vec<CreditNoteRejection>> {
    let (mut lines, mut reasons) = (Vec::new(), Vec::new());
    for (line, part) in wanted(asked, known, &mut reasons) {
        match credit_line(asked, known, line, part) {
            Ok(credited) => lines.push(credited),
            Err(no) => reasons.push(no),
        }
    }
    if lines.is_empty() && reasons.is_empty() {
        let what = format!("invoice `{}`", asked.invoice);
        reasons.push(CreditNoteRejection::NothingLeft { what });
    }
    if !reasons.is_empty() {
        return Err(reasons);
    }
    lines.sort_by_key(|it| it.invoice_line);
    sum(asked, known, lines).map_err(|no| vec![no])
}

/// The lines that are asked for, each once; of the whole invoice those of which something is left.
fn wanted<'a>(
    asked: &CreditInvoice,
    known: Credited<'a>,
    reasons: &mut Vec<CreditNoteRejection>,
) -> Vec<(&'a InvoiceLine, AskedPart)> {
    let Some(named) = &asked.lines else {
        let is_left = |line: &&InvoiceLine| !is_gone(known, line);
        return known.invoice.lines.iter().filter(is_left).map(|it| (it, AskedPart::All)).collect();
    };
    let mut seen = BTreeSet::new();
    let mut wanted = Vec::new();
    for (number, part) in named {
        let invoice = known.invoice.number.clone();
        match known.invoice.lines.iter().find(|it| it.line == *number) {
            None => reasons.push(CreditNoteRejection::NoLine { line: *number, invoice }),
            Some(_) if !seen.insert(*number) => {
                reasons.push(CreditNoteRejection::LineTwice { line: *number });
            }
            Some(line) => wanted.push((line, *part)),
        }
    }
    wanted
}

/// What earlier notes credited of a line.
fn earlier<'a>(known: Credited<'a>, line: u32) -> impl Iterator<Item = &'a CreditNoteLine> {
    let lines = known.before.iter().flat_map(|note| &note.lines);
    lines.filter(move |it| it.invoice_line == line)
}

fn is_gone(known: Credited<'_>, line: &InvoiceLine) -> bool {
    let is_whole =
        |it: &CreditNoteLine| matches!(it.part, CreditedPart::Whole | CreditedPart::Rest);
    let left = left_of(known, line);
    earlier(known, line.line).any(is_whole)
        || (earlier(known, line.line).next().is_some() && left.is_ok_and(|left| left.minor == 0))
}

fn left_of(known: Credited<'_>, line: &InvoiceLine) -> Result<Money, MoneyError> {
    earlier(known, line.line).try_fold(line.net()?, |left, it| left.minus(it.net))
}

fn credit_line(
    asked: &CreditInvoice,
    known: Credited<'_>,
    line: &InvoiceLine,
    asked_part: AskedPart,
) -> Result<CreditNoteLine, CreditNoteRejection> {
    let number = line.line;
    if is_gone(known, line) {
        let what = format!("line {number} of invoice `{}`", known.invoice.number);
        return Err(CreditNoteRejection::NothingLeft { what });
    }
    let left = left_of(known, line)?;
    let is_untouched = earlier(known, number).next().is_none();
    let (part, net) = match asked_part {
        AskedPart::All if is_untouched => (CreditedPart::Whole, left),
        AskedPart::All => (CreditedPart::Rest, left),
        AskedPart::Quantity(quantity) => {
            let net = quantity_of(known, line, quantity, left)?;
            (CreditedPart::Quantity(quantity), net)
        }
        AskedPart::Amount(amount) => (CreditedPart::Amount, amount_of(line, amount)?),
    };
    let is_part = !matches!(asked_part, AskedPart::All);
    if is_part && (net.minor <= 0 || line.net()?.minor <= 0) {
        return Err(CreditNoteRejection::BadPart { line: number });
    }
    if is_part && net.minor > left.minor {
        return Err(CreditNoteRejection::TooMuch { line: number, left: left.to_string() });
    }
    if asked.rebill && part != CreditedPart::Whole {
        return Err(CreditNoteRejection::RebillsPart { line: number });
    }
    let whose = line.account.as_ref().unwrap_or(&known.invoice.account.account);
    let is_same = |later: &&InvoiceIssued| {
        later.account.account == *whose
            && later.lines.iter().any(|it| is_about_the_same(&it.charge, &line.charge))
    };
    match known.later.iter().find(is_same) {
        Some(later) if asked.rebill => {
            Err(CreditNoteRejection::ChangedLater { line: number, later: later.number.clone() })
        }
        _ => Ok(CreditNoteLine { invoice_line: number, part, net }),
    }
}

/// So much of the net of a line as the quantity is of that of the line, rounded once; the last of
/// it takes what is left.
fn quantity_of(
    known: Credited<'_>,
    line: &InvoiceLine,
    quantity: Quantity,
    left: Money,
) -> Result<Money, CreditNoteRejection> {
    let number = line.line;
    let mut gone = Quantity::ZERO;
    for it in earlier(known, number) {
        if let CreditedPart::Quantity(quantity) = it.part {
            gone = gone.plus(quantity)?;
        }
    }
    let whole = line.charge.quantity;
    if quantity.is_zero() || quantity.is_negative() || whole.is_zero() || whole.is_negative() {
        return Err(CreditNoteRejection::BadPart { line: number });
    }
    let rest = whole.minus(gone)?;
    if quantity > rest {
        return Err(CreditNoteRejection::TooMuch { line: number, left: rest.to_string() });
    }
    let only_quantities =
        earlier(known, number).all(|it| matches!(it.part, CreditedPart::Quantity(_)));
    if quantity == rest && only_quantities {
        return Ok(left);
    }
    let share = quantity.exact().divided_by(whole.exact())?;
    let exact = line.net()?.exact().times(share)?;
    Ok(Money::round(exact, left.currency, Rounding::HalfAwayFromZero)?)
}

fn amount_of(line: &InvoiceLine, amount: UnitPrice) -> Result<Money, CreditNoteRejection> {
    let currency = line.charge.amount.currency;
    let money = Money::round(amount.exact(), currency, Rounding::HalfAwayFromZero)?;
    if money.exact() == amount.exact() {
        Ok(money)
    } else {
        Err(CreditNoteRejection::BadPart { line: line.line })
    }
}

/// Whether two charges bill or give back parts of the same thing.
pub(crate) fn is_about_the_same(a: &Charge, b: &Charge) -> bool {
    let share_units = || a.units.iter().any(|unit| b.units.binary_search(unit).is_ok());
    let is_service =
        |it: &Charge| matches!(it.kind, ChargeKind::ServiceCharge | ChargeKind::ServiceCredit);
    if a.component != b.component {
        return false;
    }
    if is_service(a) && is_service(b) {
        return a.period.zip(b.period).is_some_and(|(a, b)| a.overlap(b).is_some())
            && share_units();
    }
    if a.device.change.is_some() {
        return a.period == b.period && share_units();
    }
    if a.rated.is_some() || a.commitment.is_some() {
        let part = |it: &Charge| {
            it.rated.as_ref().map(|rated| {
                let (row, contract, pool) = rated.part();
                (row.cloned(), contract.cloned(), pool.cloned())
            })
        };
        let of = |it: &Charge| (it.period, it.offer.clone(), it.group.clone());
        return of(a) == of(b) && part(a) == part(b);
    }
    let part = |it: &Charge| it.instalment.map(|it| it.number);
    (part(a) == part(b) && share_units()) || a.orders.iter().any(|it| b.orders.contains(it))
}

/// VAT of a base: rounded once, half away from zero, as on the invoice.
fn tax_of(base: Money, rate: Percent) -> Result<Money, Overflow> {
    let exact = base.exact().times(rate.fraction()?)?;
    Money::round(exact, base.currency, Rounding::HalfAwayFromZero)
}

fn sum(
    asked: &CreditInvoice,
    known: Credited<'_>,
    lines: Vec<CreditNoteLine>,
) -> Result<CreditNoteDraft, CreditNoteRejection> {
    let (invoice, currency) = (known.invoice, known.invoice.net.currency);
    let net = Money::sum(currency, lines.iter().map(|it| it.net))?;
    let net_before = Money::sum(currency, known.before.iter().map(|it| it.net))?;
    let mut taxes = Vec::new();
    for of_invoice in &invoice.taxes {
        // What all notes so far come to, less what the earlier ones do: a full credit has the tax
        // of the invoice to the cent, in however many parts.
        let rate = of_invoice.rate;
        let amount = tax_of(net_before.plus(net)?, rate)?.minus(tax_of(net_before, rate)?)?;
        taxes.push(TaxTotal { rate, base: net, amount });
    }
    let total = taxes.iter().try_fold(net, |total, it| total.plus(it.amount))?;
    let given_back = given_back(known, &lines, total)?;
    if net.minor < 0 || (net.minor == 0 && given_back.is_empty()) {
        return Err(CreditNoteRejection::NotACredit {});
    }
    let number = CreditNoteNumber::new("draft").map_err(|_| CreditNoteRejection::OutOfRange {})?;
    Ok(CreditNoteDraft(CreditNoteIssued {
        number,
        request: asked.request.clone(),
        invoice: invoice.number.clone(),
        account: invoice.account.account.clone(),
        seller: invoice.seller.code.clone(),
        issued_on: known.issued_on,
        reason: asked.reason,
        note: asked.note.clone(),
        rebill: asked.rebill,
        lines,
        net,
        taxes,
        total,
        given_back,
    }))
}

/// What prepaid credits get back: what burnt on lines that are credited whole, and of what paid the
/// invoice all that the customer does not owe any more, the last first.
fn given_back(
    known: Credited<'_>,
    lines: &[CreditNoteLine],
    total: Money,
) -> Result<Vec<CreditGivenBack>, CreditNoteRejection> {
    let mut back: BTreeMap<_, CreditGivenBack> = BTreeMap::new();
    let is_whole = |line: &&InvoiceLine| {
        let of_line =
            |it: &CreditNoteLine| it.invoice_line == line.line && it.part == CreditedPart::Whole;
        lines.iter().any(of_line)
    };
    let burnt = known.invoice.lines.iter().filter(is_whole).flat_map(|line| &line.effects);
    for effect in burnt.filter(|it| it.kind == TermKind::Credit) {
        let named = |it: &&CreditGranted| it.credit.as_str() == effect.term.as_str();
        let Some(credit) = known.open.iter().find(named) else { continue };
        let amount = match (effect.quantity, &credit.kind) {
            (Some(covered), CreditKind::Units { rate, .. }) => {
                CreditAmount::Units(covered.times(i64::from(*rate))?)
            }
            _ => CreditAmount::Money(effect.amount.negated()?),
        };
        let entry = back.entry(credit.credit.clone()).or_insert_with(|| CreditGivenBack {
            credit: credit.credit.clone(),
            name: credit.name.clone(),
            is_payment: false,
            amount: amount.zero(),
        });
        entry.amount = entry.amount.plus(amount)?;
    }
    let mut given: Vec<CreditGivenBack> = back.into_values().collect();
    given.extend(payments_back(known, total)?);
    Ok(given)
}

/// What of the total goes back to the credits that paid the invoice: what is more than the customer
/// still owes of it.
fn payments_back(
    known: Credited<'_>,
    total: Money,
) -> Result<Vec<CreditGivenBack>, CreditNoteRejection> {
    let paid_back = |note: &CreditNoteIssued| {
        let payments = note.given_back.iter().filter(|it| it.is_payment);
        payments.fold(0_i64, |sum, it| match it.amount {
            CreditAmount::Money(it) => sum.saturating_add(it.minor),
            CreditAmount::Units(_) => sum,
        })
    };
    let owed_back: i64 =
        known.before.iter().map(|note| note.total.minor.saturating_sub(paid_back(note))).sum();
    let still_owed = known.invoice.due()?.minor.saturating_sub(owed_back).max(0);
    let mut rest = total.minor.saturating_sub(still_owed);
    let mut given = Vec::new();
    for paid in known.invoice.prepaid.iter().rev() {
        let before: i64 = known
            .before
            .iter()
            .flat_map(|note| &note.given_back)
            .filter(|it| it.is_payment && it.credit == paid.credit)
            .map(|it| match it.amount {
                CreditAmount::Money(it) => it.minor,
                CreditAmount::Units(_) => 0,
            })
            .sum();
        let minor = (paid.amount.minor - before).min(rest);
        if minor <= 0 || !known.open.iter().any(|it| it.credit == paid.credit) {
            continue;
        }
        rest -= minor;
        given.push(CreditGivenBack {
            credit: paid.credit.clone(),
            name: paid.name.clone(),
            is_payment: true,
            amount: CreditAmount::Money(Money { minor, ..total }),
        });
    }
    Ok(given)
}

/// The invoices as they stand: without the lines that became due again.
#[must_use]
pub fn standing(
    mut invoices: Vec<InvoiceIssued>,
    notes: &[CreditNoteIssued],
) -> Vec<InvoiceIssued> {
    for note in notes.iter().filter(|note| note.rebill) {
        let gone: BTreeSet<u32> = note.lines.iter().map(|it| it.invoice_line).collect();
        for invoice in invoices.iter_mut().filter(|it| it.number == note.invoice) {
            invoice.lines.retain(|line| !gone.contains(&line.line));
        }
    }
    invoices
}

/// The text of the `sequence`-th number of a seller in a year: `CN-INV-2026-000001`.
///
/// # Errors
/// [`kernel::id::BadId`] when the seller's prefix is too long.
pub fn credit_note_number(
    prefix: &str,
    issued_on: Date,
    sequence: i64,
) -> Result<CreditNoteNumber, kernel::id::BadId> {
    CreditNoteNumber::new(format!("CN-{prefix}{}-{sequence:06}", issued_on.year()))
}

/// Whether a request is the one that a note was made of. Parts are compared as they were asked for.
#[must_use]
pub fn is_same_request(asked: &CreditInvoice, note: &CreditNoteIssued) -> bool {
    let is_same_part = |it: &CreditNoteLine, part: &AskedPart| match (it.part, part) {
        (CreditedPart::Whole | CreditedPart::Rest, AskedPart::All) => true,
        (CreditedPart::Quantity(a), AskedPart::Quantity(b)) => a == *b,
        (CreditedPart::Amount, AskedPart::Amount(amount)) => it.net.exact() == amount.exact(),
        _ => false,
    };
    let is_same_line = |(number, part): &(u32, AskedPart)| {
        note.lines.iter().any(|it| it.invoice_line == *number && is_same_part(it, part))
    };
    let same_lines = match &asked.lines {
        None => note.lines.iter().all(|it| is_same_part(it, &AskedPart::All)),
        Some(lines) => lines.len() == note.lines.len() && lines.iter().all(is_same_line),
    };
    same_lines
        && asked.invoice == note.invoice
        && asked.reason == note.reason
        && asked.note == note.note
        && asked.rebill == note.rebill
}
