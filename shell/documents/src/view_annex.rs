//! The annex: how each amount came about, which units share it, and why it starts when it does.

use facts::InvoiceIssued;
use facts::charge::{Charge, RatedUsage, UnitShare, UnitStart};
use facts::invoice::{InvoiceLine, Section};
use facts::text::Language;
use kernel::{Quantity, Zone};
use serde::Serialize;

use crate::words::words;
use crate::{explain, format, lines};

/// Explanations shorter than this stay on one page.
const TOGETHER_ROWS_MAX: usize = 24;

/// All the explanations.
#[derive(Serialize)]
pub struct Annex {
    intro: String,
    units_label: String,
    events_label: String,
    sections: Vec<AnnexSection>,
}

#[derive(Serialize)]
struct AnnexSection {
    name: String,
    entries: Vec<Entry>,
}

/// The explanation of one line.
#[derive(Serialize)]
struct Entry {
    number: String,
    title: String,
    what: String,
    amount: String,
    formula: String,
    rounding: String,
    pool: Option<String>,
    before: Option<String>,
    units_label: String,
    units: Vec<String>,
    starts: Vec<Start>,
    usage: Vec<Used>,
    together: bool,
}

#[derive(Serialize)]
struct Start {
    unit: String,
    at: String,
    why: String,
}

#[derive(Serialize)]
struct Used {
    unit: String,
    quantity: String,
    events: String,
}

/// Builds the annex.
pub fn annex(invoice: &InvoiceIssued, language: Language) -> Annex {
    let zone = &invoice.account.zone;
    let section = |section: Section| {
        let lines = invoice.lines.iter().filter(|line| line.section == section);
        let entries: Vec<Entry> = lines.map(|line| entry(line, zone, language)).collect();
        let name = lines::section(section, language);
        (!entries.is_empty()).then_some(AnnexSection { name, entries })
    };
    Annex {
        intro: words(language).with(
            "annex-intro",
            &[("zone", zone.name()), ("currency", invoice.net.currency.code())],
        ),
        units_label: words(language).counted("annex-units", 2, ""),
        events_label: words(language).text("usage-events"),
        sections: Section::ALL.into_iter().filter_map(section).collect(),
    }
}

fn entry(line: &InvoiceLine, zone: &Zone, language: Language) -> Entry {
    let charge = &line.charge;
    let name = lines::describe(line, language);
    let rated = charge.rated.as_ref();
    let rows = charge.starts.len() + rated.map_or(0, |rated| rated.by_unit.len() / 3);
    Entry {
        number: line.line.to_string(),
        title: name.title,
        what: name.what,
        amount: format::amount(charge.amount, language),
        formula: explain::formula(charge, language),
        rounding: explain::rounding(charge.computation.rounding, language),
        pool: rated.and_then(|it| it.pool.map(|pool| explain::pool(it, pool, language))),
        before: rated.and_then(|rated| explain::billed_before(rated, language)),
        units_label: words(language).counted("annex-units", charge.units.len(), ""),
        units: units(charge),
        starts: charge.starts.iter().map(|it| start(it, zone, language)).collect(),
        usage: rated.map(|rated| usage(rated, language)).unwrap_or_default(),
        together: rows <= TOGETHER_ROWS_MAX,
    }
}

/// The units that share the line; where usage is listed by unit, they are named there.
fn units(charge: &Charge) -> Vec<String> {
    match &charge.rated {
        Some(rated) if !rated.by_unit.is_empty() => Vec::new(),
        _ => charge.units.iter().map(ToString::to_string).collect(),
    }
}

fn start(start: &UnitStart, zone: &Zone, language: Language) -> Start {
    Start {
        unit: start.unit.to_string(),
        at: format::instant(start.start_at, zone, language),
        why: explain::start(start, zone, language),
    }
}

fn usage(rated: &RatedUsage, language: Language) -> Vec<Used> {
    let decimals =
        rated.by_unit.iter().map(|share| decimals(share.quantity)).max().unwrap_or(0);
    rated.by_unit.iter().map(|share| used(share, decimals, language)).collect()
}

fn decimals(quantity: Quantity) -> u32 {
    quantity.normalized().decimal().scale()
}

/// All the quantities of a list get the same number of decimals, so that they line up.
fn used(share: &UnitShare, decimals_shown: u32, language: Language) -> Used {
    let mut plain = share.quantity.normalized().to_string();
    let missing = decimals_shown - decimals(share.quantity);
    if missing == decimals_shown && missing > 0 {
        plain.push('.');
    }
    plain.extend((0..missing).map(|_| '0'));
    Used {
        unit: share.unit.to_string(),
        quantity: format::decimal(&plain, language),
        events: format::count(share.events, language),
    }
}
