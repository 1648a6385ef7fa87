//! The annex: how each amount came about, which units share it, and why it starts when it does.

use facts::InvoiceIssued;
use facts::charge::{Charge, RatedUsage, UnitShare, UnitStart};
use facts::invoice::{InvoiceLine, Section};
use facts::text::Language;
use kernel::{Quantity, Rounding, Zone};
use serde::Serialize;

use crate::explain_pool::StatementRow;
use crate::words::words;
use crate::{explain, explain_pool, format, lines};

/// Explanations shorter than this stay on one page.
const TOGETHER_ROWS_MAX: usize = 24;
/// How many units stand in one row of an explanation.
const UNITS_IN_ROW: usize = 3;

/// All the explanations.
#[derive(Serialize)]
pub struct Annex {
    intro: Vec<String>,
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
    /// None where all lines are rounded alike, which the introduction says.
    rounding: Option<String>,
    /// A sentence for each thing that is special about the pool.
    pool: Vec<String>,
    allocation: Option<String>,
    before: Option<String>,
    units_label: String,
    units: Vec<String>,
    starts: Vec<Start>,
    usage: Vec<Used>,
    statement: Vec<StatementRow>,
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
    let common = common_rounding(invoice);
    let mut sections = Vec::new();
    for (account, of_account) in lines::by_account(invoice) {
        for section in Section::ALL {
            let lines = of_account.iter().filter(|line| line.section == section);
            let entries: Vec<Entry> =
                lines.map(|line| entry(line, common, &invoice.account.zone, language)).collect();
            let mut name = lines::section(section, language);
            if let Some(account) = account {
                name = format!("{} · {name}", lines::account(account));
            }
            sections.extend((!entries.is_empty()).then_some(AnnexSection { name, entries }));
        }
    }
    Annex { intro: intro(invoice, common, language), sections }
}

/// The rounding of all lines, where it is one and the same.
fn common_rounding(invoice: &InvoiceIssued) -> Option<Rounding> {
    let mut modes = invoice.lines.iter().map(|line| line.charge.computation.rounding);
    let first = modes.next()?;
    modes.all(|mode| mode == first).then_some(first)
}

fn intro(invoice: &InvoiceIssued, common: Option<Rounding>, language: Language) -> Vec<String> {
    let words = words(language);
    let rounding = common.map(|mode| explain::rounding(mode, language));
    let rounding = rounding.map(|name| words.with("annex-rounded-all", &[("rounding", &name)]));
    let times = words.with("annex-times", &[("zone", invoice.account.zone.name())]);
    let currency = invoice.net.currency;
    let amounts = words.with("annex-amounts", &[("currency", currency.code())]);
    let exact = words.text("annex-exact");
    std::iter::once(exact).chain(rounding).chain([amounts, times]).collect()
}

fn entry(line: &InvoiceLine, common: Option<Rounding>, zone: &Zone, language: Language) -> Entry {
    let charge = &line.charge;
    let name = lines::describe(line, language);
    let rated = charge.rated.as_ref();
    let mode = charge.computation.rounding;
    let units = units(charge);
    let used_by = rated.map_or(0, |rated| rated.by_unit.len());
    let statement = rated.and_then(|rated| explain_pool::statement(rated, language));
    let stated = statement.as_ref().map_or(0, Vec::len);
    let rows = charge.starts.len() + (units.len() + used_by) / UNITS_IN_ROW + stated;
    Entry {
        number: line.line.to_string(),
        title: name.title,
        what: name.what,
        amount: format::amount(lines::net(line), language),
        formula: explain::whole_formula(line, language),
        rounding: (common != Some(mode)).then(|| explain::rounding(mode, language)),
        pool: rated
            .and_then(|it| Some(explain_pool::pool(it, it.pool.as_ref()?, language)))
            .unwrap_or_default(),
        before: rated.and_then(|rated| explain::billed_before(rated, language)),
        units_label: words(language).counted("annex-units", charge.units.len(), ""),
        units,
        starts: charge.starts.iter().map(|it| start(it, zone, language)).collect(),
        allocation: rated
            .filter(|_| statement.is_some())
            .and_then(|it| it.pool.as_ref())
            .map(|pool| explain_pool::allocation(pool, language)),
        usage: rated
            .filter(|_| statement.is_none())
            .map(|rated| usage(rated, language))
            .unwrap_or_default(),
        statement: statement.unwrap_or_default(),
        together: rows <= TOGETHER_ROWS_MAX,
    }
}

/// The units that share the line, unless all of them are named below, with their start or usage.
fn units(charge: &Charge) -> Vec<String> {
    let used = charge.rated.as_ref().is_some_and(|rated| !rated.by_unit.is_empty());
    if used || charge.starts.len() == charge.units.len() {
        return Vec::new();
    }
    charge.units.iter().map(ToString::to_string).collect()
}

fn start(start: &UnitStart, zone: &Zone, language: Language) -> Start {
    Start {
        unit: start.unit.to_string(),
        at: format::instant(start.start_at, zone, language),
        why: explain::start(start, zone, language),
    }
}

fn usage(rated: &RatedUsage, language: Language) -> Vec<Used> {
    let decimals = rated.by_unit.iter().map(|share| decimals(share.quantity)).max().unwrap_or(0);
    rated.by_unit.iter().map(|share| used(share, decimals, language)).collect()
}

fn decimals(quantity: Quantity) -> usize {
    usize::try_from(quantity.normalized().decimal().scale()).unwrap_or(0)
}

/// All the quantities of a list get the same number of decimals, so that they line up.
fn used(share: &UnitShare, decimals_min: usize, language: Language) -> Used {
    Used {
        unit: share.unit.to_string(),
        quantity: format::quantity_with_decimals(share.quantity, decimals_min, language),
        events: format::count(share.events, language),
    }
}
