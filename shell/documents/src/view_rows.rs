//! The lines of the invoice as rows of tables, one table per section.

use facts::InvoiceIssued;
use facts::charge::{Charge, ChargeKind, TierShare};
use facts::invoice::{InvoiceLine, Section};
use facts::text::Language;
use kernel::{Currency, Money};
use serde::Serialize;

use crate::words::words;
use crate::{DocumentError, explain, explain_pool, format, lines};

/// The lines of one section.
#[derive(Serialize)]
pub struct Detail {
    /// The account whose sections begin here, where the invoice bills several.
    account: Option<String>,
    /// What the account comes to, where this is its last section.
    account_total: Option<AccountTotal>,
    name: String,
    groups: Vec<Group>,
    subtotal: String,
}

/// What an account comes to.
#[derive(Serialize)]
struct AccountTotal {
    label: String,
    amount: String,
}

/// Lines of one component that follow each other. Where a section has several lines of one, all
/// its lines stand under headings, so that seventeen start dates of one service read as one list.
#[derive(Serialize)]
struct Group {
    heading: Option<String>,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    number: String,
    /// The name of the component; none under a heading that says it.
    title: Option<String>,
    what: String,
    notes: Vec<String>,
    quantity: Figure,
    price: Figure,
    days: String,
    amount: String,
    tiers: Vec<TierRow>,
}

#[derive(Serialize)]
struct TierRow {
    label: String,
    quantity: Figure,
    price: Figure,
}

/// A figure, and the digits to leave blank after it so that a column lines up at the mark.
#[derive(Serialize, Default, Clone)]
struct Figure {
    text: String,
    blank: String,
}

/// The longest text of each column: the template makes all the tables equally wide.
#[derive(Serialize, Default)]
pub struct Longest {
    quantity: String,
    price: String,
    days: String,
    amount: String,
}

/// The tables of all sections that have lines.
pub fn details(invoice: &InvoiceIssued, language: Language) -> Result<Vec<Detail>, DocumentError> {
    let mut details = Vec::new();
    for (account, of_account) in lines::by_account(invoice) {
        let mut of_sections = sections(&of_account, invoice.net.currency, language)?;
        if let Some(account) = account {
            let label = words(language).with("account-total", &[("customer", &account.customer)]);
            let nets = of_account.iter().map(|it| it.net()).collect::<Result<Vec<_>, _>>()?;
            let net = Money::sum(invoice.net.currency, nets)?;
            let total = AccountTotal { label, amount: format::amount(net, language) };
            if let Some(first) = of_sections.first_mut() {
                first.account = Some(lines::account(account));
            }
            if let Some(last) = of_sections.last_mut() {
                last.account_total = Some(total);
            }
        }
        details.extend(of_sections);
    }
    Ok(details)
}

fn sections(
    all: &[&InvoiceLine],
    currency: Currency,
    language: Language,
) -> Result<Vec<Detail>, DocumentError> {
    let mut details = Vec::new();
    for section in Section::ALL {
        let lines: Vec<_> = all.iter().copied().filter(|it| it.section == section).collect();
        if !lines.is_empty() {
            details.push(detail(section, &lines, currency, language)?);
        }
    }
    Ok(details)
}

fn detail(
    section: Section,
    lines: &[&InvoiceLine],
    currency: Currency,
    language: Language,
) -> Result<Detail, DocumentError> {
    let name = lines::section(section, language);
    let nets = lines.iter().map(|it| it.net()).collect::<Result<Vec<_>, _>>()?;
    let subtotal = Money::sum(currency, nets)?;
    let mut groups = groups(lines, language);
    align(&mut groups, format::decimal_mark(language));
    let subtotal = format::amount(subtotal, language);
    Ok(Detail { account: None, account_total: None, name, groups, subtotal })
}

fn groups(lines: &[&InvoiceLine], language: Language) -> Vec<Group> {
    let component = |line: &InvoiceLine| lines::describe(line, language).title;
    let runs: Vec<_> = lines.chunk_by(|a, b| component(a) == component(b)).collect();
    if runs.iter().all(|run| run.len() == 1) {
        let rows = lines.iter().map(|line| row(line, true, language)).collect();
        return vec![Group { heading: None, rows }];
    }
    let group = |run: &&[&InvoiceLine]| Group {
        heading: run.first().map(|line| component(line)),
        rows: run.iter().map(|line| row(line, false, language)).collect(),
    };
    runs.iter().map(group).collect()
}

fn row(line: &InvoiceLine, titled: bool, language: Language) -> Row {
    let charge = &line.charge;
    let words = lines::describe(line, language);
    Row {
        number: line.line.to_string(),
        title: titled.then_some(words.title),
        what: words.what,
        notes: notes(line, language),
        quantity: Figure::new(format::quantity(charge.quantity, language)),
        price: Figure::new(price(charge, language)),
        days: charge
            .days
            .map(|share| format!("{}\u{202f}/\u{202f}{}", share.days, share.period_days))
            .unwrap_or_default(),
        amount: format::amount(lines::net(line), language),
        tiers: tiers(charge, language),
    }
}

fn notes(line: &InvoiceLine, language: Language) -> Vec<String> {
    let charge = &line.charge;
    let mut notes = Vec::new();
    if let Some(rated) = &charge.rated {
        let pool = rated.pool.as_ref().map(|pool| explain_pool::pool(rated, pool, language));
        notes.extend(pool.into_iter().flatten());
        notes.extend(explain::priced(rated, charge.amount.currency, language));
        notes.extend(explain::billed_before(rated, language));
        notes.extend(explain::not_billed(rated, language));
    }
    notes.extend(charge.commitment.iter().map(|it| explain::commitment(it, language)));
    notes.extend(explain::ownership(charge, language));
    notes.extend(explain::state(charge, language));
    notes.extend(explain::ordered(charge, language));
    notes.extend(explain::effects(line, language));
    notes
}

/// The price of one: the line's, or that of the only tier. Several tiers have rows of their own.
fn price(charge: &Charge, language: Language) -> String {
    let only_tier = match charge.rated.as_ref().map(|rated| rated.tiers.as_slice()) {
        Some([tier]) if !is_adjustment(charge) => Some(tier.unit_price),
        _ => None,
    };
    let price = charge.unit_price.or(only_tier);
    price.map_or_else(String::new, |it| format::unit_price(it, charge.amount.currency, language))
}

fn is_adjustment(charge: &Charge) -> bool {
    charge.kind.is_usage() && charge.kind != ChargeKind::UsageCharge
}

/// The tiers of a first bill, and of a whole order line that the line is a part of. An
/// adjustment's quantity is a difference, which no tier explains:
/// its tiers are in the annex.
fn tiers(charge: &Charge, language: Language) -> Vec<TierRow> {
    let tiers = match (&charge.rated, &charge.ordered) {
        (Some(rated), _) if !is_adjustment(charge) => rated.tiers.as_slice(),
        (None, Some(whole)) => whole.tiers.as_slice(),
        _ => return Vec::new(),
    };
    let currency = charge.amount.currency;
    let has_rows = tiers.len() > 1 || tiers.iter().any(|it| it.flat.is_some());
    let tiers = tiers.iter().filter(|_| has_rows);
    tiers.flat_map(|tier| tier_rows(tier, currency, language)).collect()
}

/// The quantity of a tier, unless only its fee counts; then the fee.
fn tier_rows(tier: &TierShare, currency: Currency, language: Language) -> Vec<TierRow> {
    let fee_only = tier.flat.is_some() && tier.unit_price.is_zero();
    let row = (!fee_only).then(|| TierRow {
        label: tier_label(tier, language),
        quantity: Figure::new(format::quantity(tier.quantity, language)),
        price: Figure::new(format::unit_price(tier.unit_price, currency, language)),
    });
    let fee = tier.flat.map(|flat| TierRow {
        label: words(language).with("tier-fee", &[("tier", &tier_label(tier, language))]),
        quantity: Figure::new(format::count(flat.times, language)),
        price: Figure::new(format::unit_price(flat.price, currency, language)),
    });
    row.into_iter().chain(fee).collect()
}

fn tier_label(tier: &TierShare, language: Language) -> String {
    let over = format::quantity(tier.over, language);
    match tier.up_to {
        None if tier.over.is_zero() => words(language).text("tier-any"),
        None => words(language).with("tier-over", &[("over", &over)]),
        Some(to) => {
            let to = format::quantity(to, language);
            let key = if tier.over.is_zero() { "tier-up-to" } else { "tier-between" };
            words(language).with(key, &[("over", &over), ("to", &to)])
        }
    }
}

impl Figure {
    const fn new(text: String) -> Self {
        Self { text, blank: String::new() }
    }

    fn whole(&self) -> String {
        format!("{}{}", self.text, self.blank)
    }
}

/// Lines the figures of a section up at the decimal mark, column by column.
fn align(groups: &mut [Group], mark: char) {
    let columns: [fn(&mut Row) -> Vec<&mut Figure>; 2] = [
        |row| {
            let tiers = row.tiers.iter_mut().map(|tier| &mut tier.quantity);
            std::iter::once(&mut row.quantity).chain(tiers).collect()
        },
        |row| {
            let tiers = row.tiers.iter_mut().map(|tier| &mut tier.price);
            std::iter::once(&mut row.price).chain(tiers).collect()
        },
    ];
    for column in columns {
        let rows = groups.iter_mut().flat_map(|group| group.rows.iter_mut());
        align_figures(rows.flat_map(column).collect(), mark);
    }
}

fn align_figures(figures: Vec<&mut Figure>, mark: char) {
    let places = |figure: &Figure| {
        figure.text.split_once(mark).map_or(0, |(_, decimals)| decimals.chars().count() + 1)
    };
    let most = figures.iter().map(|figure| places(figure)).max().unwrap_or(0);
    for figure in figures {
        let missing = most - places(figure);
        // A whole number leaves the mark blank as well.
        let zeros = if missing == most { missing.saturating_sub(1) } else { missing };
        figure.blank = "0".repeat(zeros);
        if missing == most && most > 0 {
            figure.blank.insert(0, mark);
        }
    }
}

/// The longest text of each column over all sections.
pub fn longest(details: &[Detail]) -> Longest {
    let mut longest = Longest::default();
    for detail in details {
        keep(&mut longest.amount, detail.subtotal.clone());
        let total = detail.account_total.as_ref().map(|it| it.amount.clone());
        keep(&mut longest.amount, total.unwrap_or_default());
        for row in detail.groups.iter().flat_map(|group| &group.rows) {
            keep(&mut longest.quantity, row.quantity.whole());
            keep(&mut longest.price, row.price.whole());
            keep(&mut longest.days, row.days.clone());
            keep(&mut longest.amount, row.amount.clone());
            for tier in &row.tiers {
                keep(&mut longest.quantity, tier.quantity.whole());
                keep(&mut longest.price, tier.price.whole());
            }
        }
    }
    longest
}

fn keep(longest: &mut String, text: String) {
    if text.chars().count() > longest.chars().count() {
        *longest = text;
    }
}
