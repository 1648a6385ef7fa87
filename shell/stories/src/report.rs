//! What came of a story, as data: invoices with their lines, what became of usage, the balances,
//! and what the auditor says. Amounts and quantities are text, so that nothing is lost on the way.

use std::collections::BTreeMap;

use credits::Credit;
use engine::holds::Known;
use facts::charge::{Charge, NotBilled, Term};
use facts::credit::{CreditKind, Prepaid};
use facts::credit_note::{CreditGivenBack, CreditNoteLine, CreditedPart};
use facts::discount::TermEffect;
use facts::hold::HoldTarget;
use facts::invoice::InvoiceLine;
use facts::posting::Balance;
use facts::usage::ConservationRow;
use facts::{CreditNoteIssued, Fact, InvoiceIssued, Recorded};
use imports::ImportError;
use jiff::civil::Date;
use kernel::Money;
use serde::Serialize;
use store::Store;

/// The report of a story, or of a store as it stands.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The invoices, in the order of issue.
    pub invoices: Vec<Invoice>,
    /// What was said of the terms of order lines, in that order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub terms: Vec<TermNews>,
    /// The holds, by account and name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub holds: Vec<Hold>,
    /// The times that an account could not be billed, in that order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parked: Vec<Parked>,
    /// The credit notes, in the order of issue.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub credit_notes: Vec<CreditNote>,
    /// Lines of usage by outcome.
    pub conservation: Conservation,
    /// The ledgers of the credits.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub credits: Vec<CreditLedger>,
    /// Debits and credits of every account.
    pub trial_balance: Vec<BalanceRow>,
    /// What the auditor found.
    pub audit: auditor::Report,
}

/// What was said of the term of an order line.
#[derive(Debug, Clone, Serialize)]
pub struct TermNews {
    /// When it was recorded.
    pub recorded_at: String,
    /// `notice_due`, `renewed` or `ended`.
    pub what: &'static str,
    /// The line.
    pub line: String,
    /// The last day for a notice, the end of the next term, or the first day without a contract.
    pub day: Date,
    /// How many units.
    pub units: u32,
}

/// A hold.
#[derive(Debug, Clone, Serialize)]
pub struct Hold {
    /// Its name.
    pub hold: String,
    /// Who holds.
    pub by: String,
    /// Whose it is.
    pub account: String,
    /// `account`, `line LINE` or `unit UNIT`.
    pub on: String,
    /// `billing`, `service`, `change`.
    pub blocks: Vec<&'static str>,
    /// The first day.
    pub from: Date,
    /// The first day that is not held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A time that an account could not be billed.
#[derive(Debug, Clone, Serialize)]
pub struct Parked {
    /// The account.
    pub account: String,
    /// The bill day.
    pub issued_on: Date,
    /// Why.
    pub reason: String,
}

/// An invoice.
#[derive(Debug, Clone, Serialize)]
pub struct Invoice {
    /// Its number.
    pub number: String,
    /// Who is billed.
    pub account: String,
    /// The order lines whose own invoice it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Civil day.
    pub issued_on: Date,
    /// Civil day.
    pub due_on: Date,
    /// ISO 4217.
    pub currency: String,
    /// The lines.
    pub lines: Vec<Line>,
    /// Sum of the lines.
    pub net: String,
    /// Tax by rate.
    pub taxes: Vec<Tax>,
    /// What is owed.
    pub total: String,
    /// What credits paid of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub prepaid: Vec<Paid>,
    /// What is still to be paid, where credits paid something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
}

/// A credit note.
#[derive(Debug, Clone, Serialize)]
pub struct CreditNote {
    /// Its number.
    pub number: String,
    /// What it was asked for with.
    pub request: String,
    /// What it credits.
    pub invoice: String,
    /// Whose invoice that is.
    pub account: String,
    /// Civil day.
    pub issued_on: Date,
    /// Why.
    pub reason: &'static str,
    /// Why, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Whether what is credited becomes due again.
    pub rebill: bool,
    /// The lines that it credits.
    pub lines: Vec<CreditedLine>,
    /// Sum of the lines.
    pub net: String,
    /// Tax by rate.
    pub taxes: Vec<Tax>,
    /// What is given back.
    pub total: String,
    /// What of it goes back to prepaid credits, and what of gifts and units.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub given_back: Vec<Paid>,
}

/// A line of an invoice that is credited.
#[derive(Debug, Clone, Serialize)]
pub struct CreditedLine {
    /// Its number on the invoice.
    pub line: u32,
    /// `whole`, `rest`, `amount`, or how much of its quantity.
    pub part: String,
    /// How much, net of tax.
    pub net: String,
}

/// What a credit paid.
#[derive(Debug, Clone, Serialize)]
pub struct Paid {
    /// The credit.
    pub credit: String,
    /// How much.
    pub amount: String,
}

/// A credit and its ledger.
#[derive(Debug, Clone, Serialize)]
pub struct CreditLedger {
    /// The credit.
    pub credit: String,
    /// Whose it is.
    pub account: String,
    /// `paid`, `promotional` or `units`.
    pub kind: &'static str,
    /// The day after its last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// What is left.
    pub left: String,
    /// What happened.
    pub entries: Vec<CreditEntry>,
}

/// An entry of the ledger of a credit.
#[derive(Debug, Clone, Serialize)]
pub struct CreditEntry {
    /// Civil day.
    pub day: Date,
    /// `grant`, `adjustment`, `burn`, `expiry` or `rollover`.
    pub kind: &'static str,
    /// What says so.
    pub source: String,
    /// What it adds.
    pub amount: String,
    /// What is left.
    pub left: String,
}

/// A line of an invoice.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    /// From 1.
    pub line: u32,
    /// Whose it is, where that is an account that the one of the invoice pays for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// `hardware`, `subscriptions`, `usage`, `fees` or `credits`.
    pub section: &'static str,
    /// Code of the component.
    pub component: String,
    /// What it is for: `service.charge` and the like.
    pub kind: &'static str,
    /// First day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period_from: Option<Date>,
    /// The day after the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period_to: Option<Date>,
    /// Row of the price table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<String>,
    /// Number of the instalment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instalment: Option<u16>,
    /// How many.
    pub quantity: String,
    /// Price of one, where one price applies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit_price: Option<String>,
    /// How many units share it.
    pub units: usize,
    /// Net of tax, before any term.
    pub amount: String,
    /// The calculation of usage, of what a model prices, of what is given back in part and of what
    /// a minimum lacks:
    /// `500 × 0 + 12 × 0.50 = 6 → 6.00`, less what was billed before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how: Option<String>,
    /// Why nothing, or not all, is billed: `shadow until 2026-04-01`, `0.40 written off`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_billed: Option<String>,
    /// The pool that it is of, and its statement per unit: a line of text each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pool: Vec<String>,
    /// What terms did to it, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<Effect>,
    /// After them, where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub net: Option<String>,
}

/// What a term did to a line.
#[derive(Debug, Clone, Serialize)]
pub struct Effect {
    /// Code of the term.
    pub term: String,
    /// `discount` or `escalation`.
    pub kind: &'static str,
    /// Part of the base.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub percent: Option<String>,
    /// The amount that the lines of the term share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of_amount: Option<String>,
    /// The usage that a credit covers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<String>,
    /// The part of the line that it is about.
    pub base: String,
    /// What is added to the line.
    pub amount: String,
}

/// Tax of one rate.
#[derive(Debug, Clone, Serialize)]
pub struct Tax {
    /// In percent.
    pub rate: String,
    /// What it is on.
    pub base: String,
    /// The tax.
    pub amount: String,
}

/// Lines of usage: `received` is the sum of the rest.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Conservation {
    /// All lines.
    pub received: i64,
    /// By outcome: `accepted`, `free`, `duplicate`, `conflict`, `quarantined (reason)`,
    /// `rejected (reason)`.
    pub outcomes: BTreeMap<String, i64>,
}

/// The balance of one account.
#[derive(Debug, Clone, Serialize)]
pub struct BalanceRow {
    /// The book.
    pub book: &'static str,
    /// The account.
    pub account: String,
    /// ISO 4217.
    pub currency: String,
    /// Sum of debits.
    pub debit: String,
    /// Sum of credits.
    pub credit: String,
}

/// Reads the report of a store.
///
/// # Errors
/// [`ImportError::Store`].
pub fn read(store: &mut dyn Store) -> Result<Report, ImportError> {
    let (from, to) = (Date::MIN, Date::MAX);
    Ok(Report {
        invoices: engine::read::invoices(store)?.iter().map(invoice).collect(),
        terms: engine::read::facts(store)?.iter().filter_map(term_news).collect(),
        holds: engine::holds::all(store)?.iter().map(hold).collect(),
        parked: engine::read::facts(store)?.into_iter().filter_map(parked).collect(),
        credit_notes: engine::credit_notes::all(store)?.iter().map(credit_note).collect(),
        conservation: conservation(&engine::usage::conservation(store, from, to)?),
        credits: engine::credits::credits(store)?.iter().map(credit).collect(),
        trial_balance: engine::read::trial_balance(store)?.iter().map(balance).collect(),
        audit: auditor::audit(store)?,
    })
}

fn term_news(recorded: &Recorded) -> Option<TermNews> {
    let (what, line, day, units) = match &recorded.fact {
        Fact::RenewalNoticeDue(it) => ("notice_due", &it.line, it.notice_by, it.units),
        Fact::TermRenewed(it) => ("renewed", &it.line, it.until, it.units),
        Fact::TermEnded(it) => ("ended", &it.line, it.ended_on, it.units),
        _ => return None,
    };
    let (recorded_at, line) = (recorded.recorded_at.to_string(), line.to_string());
    Some(TermNews { recorded_at, what, line, day, units })
}

/// A hold, as data.
#[must_use]
pub fn hold(it: &Known) -> Hold {
    let placed = &it.placed;
    Hold {
        hold: placed.hold.to_string(),
        by: placed.holder.to_string(),
        account: placed.account.to_string(),
        on: match &placed.target {
            HoldTarget::Account => "account".to_owned(),
            HoldTarget::Line(line) => format!("line {line}"),
            HoldTarget::Unit(unit) => format!("unit {unit}"),
        },
        blocks: placed.blocks.iter().map(|it| it.word()).collect(),
        from: placed.from,
        until: it.released.as_ref().map(|it| it.until),
        reason: placed.reason.clone(),
    }
}

fn parked(recorded: Recorded) -> Option<Parked> {
    let Fact::AccountParked(it) = recorded.fact else { return None };
    Some(Parked { account: it.account.to_string(), issued_on: it.issued_on, reason: it.reason })
}

fn tax(tax: &facts::invoice::TaxTotal) -> Tax {
    Tax {
        rate: tax.rate.to_string(),
        base: tax.base.amount_text(),
        amount: tax.amount.amount_text(),
    }
}

/// A credit note as data.
#[must_use]
pub fn credit_note(it: &CreditNoteIssued) -> CreditNote {
    let line = |it: &CreditNoteLine| CreditedLine {
        line: it.invoice_line,
        part: match it.part {
            CreditedPart::Whole => "whole".to_owned(),
            CreditedPart::Rest => "rest".to_owned(),
            CreditedPart::Amount => "amount".to_owned(),
            CreditedPart::Quantity(quantity) => format!("quantity {quantity}"),
        },
        net: it.net.amount_text(),
    };
    let back = |it: &CreditGivenBack| Paid {
        credit: it.credit.to_string(),
        amount: it.amount.to_string(),
    };
    CreditNote {
        number: it.number.to_string(),
        request: it.request.to_string(),
        invoice: it.invoice.to_string(),
        account: it.account.to_string(),
        issued_on: it.issued_on,
        reason: it.reason.key(),
        note: it.note.clone(),
        rebill: it.rebill,
        lines: it.lines.iter().map(line).collect(),
        net: it.net.amount_text(),
        taxes: it.taxes.iter().map(tax).collect(),
        total: it.total.amount_text(),
        given_back: it.given_back.iter().map(back).collect(),
    }
}

/// An invoice as data.
#[must_use]
pub fn invoice(it: &InvoiceIssued) -> Invoice {
    Invoice {
        number: it.number.to_string(),
        account: it.account.account.to_string(),
        group: it.group.as_ref().map(ToString::to_string),
        issued_on: it.issued_on,
        due_on: it.due_on,
        currency: it.total.currency.to_string(),
        lines: it.lines.iter().map(line).collect(),
        net: it.net.amount_text(),
        taxes: it.taxes.iter().map(tax).collect(),
        total: it.total.amount_text(),
        prepaid: it.prepaid.iter().map(paid).collect(),
        due: if it.prepaid.is_empty() { None } else { it.due().ok().map(|it| it.amount_text()) },
    }
}

fn paid(it: &Prepaid) -> Paid {
    Paid { credit: it.credit.to_string(), amount: it.amount.amount_text() }
}

/// A credit as data.
#[must_use]
pub fn credit(it: &Credit) -> CreditLedger {
    let entry = |it: &credits::Entry| CreditEntry {
        day: it.day,
        kind: it.kind.key(),
        source: it.source.clone(),
        amount: it.amount.to_string(),
        left: it.left.to_string(),
    };
    CreditLedger {
        credit: it.granted.credit.to_string(),
        account: it.granted.account.to_string(),
        kind: match it.granted.kind {
            CreditKind::Paid => "paid",
            CreditKind::Promotional => "promotional",
            CreditKind::Units { .. } => "units",
        },
        until: it.until,
        left: it.left.to_string(),
        entries: it.entries.iter().map(entry).collect(),
    }
}

fn line(it: &InvoiceLine) -> Line {
    let charge = &it.charge;
    let row = charge.rated.as_ref().and_then(|rated| rated.row.as_ref());
    let row = row.or(charge.ordered.as_ref().and_then(|rate| rate.row.as_ref()));
    let is_modelled =
        charge.rated.is_some() || charge.ordered.is_some() || !charge.device.is_empty();
    Line {
        line: it.line,
        account: it.account.as_ref().map(ToString::to_string),
        section: it.section.key(),
        component: charge.component.to_string(),
        kind: charge.kind.key(),
        period_from: charge.period.map(kernel::Period::from),
        period_to: charge.period.map(kernel::Period::to),
        row: row.map(ToString::to_string),
        instalment: charge.instalment.map(|it| it.number),
        quantity: charge.quantity.to_string(),
        unit_price: charge.unit_price.map(|price| price.to_string()),
        units: charge.units.len(),
        amount: charge.amount.amount_text(),
        how: (is_modelled || charge.commitment.is_some()).then(|| how(charge)),
        pool: charge
            .rated
            .as_ref()
            .and_then(|rated| rated.pool.as_ref())
            .map(crate::pool::lines)
            .unwrap_or_default(),
        not_billed: charge.rated.as_ref().and_then(|it| it.not_billed).map(not_billed),
        effects: it.effects.iter().map(effect).collect(),
        net: if it.effects.is_empty() { None } else { it.net().ok().map(|it| it.amount_text()) },
    }
}

fn effect(it: &TermEffect) -> Effect {
    Effect {
        term: it.term.to_string(),
        kind: it.kind.key(),
        percent: it.percent.map(|percent| percent.to_string()),
        of_amount: it.of_amount.map(|amount| amount.amount_text()),
        quantity: it.quantity.map(|it| it.to_string()),
        base: it.base.amount_text(),
        amount: it.amount.amount_text(),
    }
}

fn not_billed(why: NotBilled) -> String {
    match why {
        NotBilled::Shadow { until, .. } => format!("shadow until {until}"),
        NotBilled::WrittenOff { amount, below } => {
            format!("{} written off, below {}", amount.amount_text(), below.amount_text())
        }
    }
}

fn how(charge: &Charge) -> String {
    let computation = &charge.computation;
    let term = |it: &Term| {
        let mut text = format!("{} × {}", it.quantity, it.unit_price);
        if let Some(part) = it.part {
            text += &format!(" × {}/{}", part.of, part.all);
        }
        if let Some(percent) = it.percent {
            text += &format!(" × {percent} %");
        }
        if let Some(share) = it.days {
            text += &format!(" × {}/{}", share.days, share.period_days);
        }
        text
    };
    let terms: Vec<String> = computation.terms.iter().map(term).collect();
    if terms.is_empty() && computation.less.is_some() {
        let less = computation.less.map(|it| it.amount_text()).unwrap_or_default();
        return format!("{}, less {less}", computation.rounded.amount_text());
    }
    let (exact, rounded) = (&computation.exact, computation.rounded.amount_text());
    let cents = charge.ordered.as_ref().and_then(|rate| rate.cents);
    let cents = cents.map(|it| format!(", and {} so that the parts sum", it.amount_text()));
    let less = computation.less.map(|it| format!(", less {}", it.amount_text()));
    let besides = [cents, less].into_iter().flatten().collect::<String>();
    format!("{} = {exact} → {rounded}{besides}", terms.join(" + "))
}

/// Adds up the lines of usage.
#[must_use]
pub fn conservation(rows: &[ConservationRow]) -> Conservation {
    let mut total = Conservation::default();
    for row in rows {
        let outcome = match &row.reason {
            Some(reason) => format!("{} ({reason})", row.outcome),
            None => row.outcome.clone(),
        };
        total.received += row.lines;
        *total.outcomes.entry(outcome).or_default() += row.lines;
    }
    total
}

fn balance(it: &Balance) -> BalanceRow {
    let amount = |minor| match it.currency.parse() {
        Ok(currency) => Money::from_minor(minor, currency).amount_text(),
        Err(_) => minor.to_string(),
    };
    BalanceRow {
        book: it.book.key(),
        account: it.account.to_string(),
        currency: it.currency.clone(),
        debit: amount(it.debit),
        credit: amount(it.credit),
    }
}
