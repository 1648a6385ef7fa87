//! Invoices: list, show, explain, PDF, preview.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use connect::readable::Readable;
use documents::explain_pool::StatementRow;
use documents::{explain, explain_pool, format, lines};
use facts::charge::{PoolUse, RatedUsage};
use facts::invoice::{InvoiceLine, Section};
use facts::text::Language;
use facts::{AccountId, Charge, InvoiceIssued, InvoiceNumber};
use jiff::civil::Date;
use kernel::{Money, Zone};
use serde_json::{Value, json};

use super::{credit_note, draft};
use crate::args::{Common, Invoice};
use crate::compose;
use crate::failure::Failure;
use crate::output::{Kind, Shown, Table};
use crate::texts::Texts;

pub fn run(common: &Common, command: &Invoice, texts: &Texts) -> Result<ExitCode, Failure> {
    let mut store = compose::open(common)?;
    let shown = match command {
        Invoice::List => list(&engine::read::invoices(store.as_mut())?, texts),
        Invoice::Show { number } => match engine::credit_notes::find(store.as_mut(), number)? {
            Some(found) => credit_note::show(&found, texts)?,
            None => show(&engine::read::invoice(store.as_mut(), number)?, texts),
        },
        Invoice::Credit(asked) => credit_note::run(store.as_mut(), asked, texts)?,
        Invoice::Credits => credit_note::list(&engine::credit_notes::all(store.as_mut())?, texts),
        Invoice::Explain { number, line } => {
            let invoice = engine::read::invoice(store.as_mut(), number)?;
            let line = engine::read::invoice_line(&invoice, *line)?;
            explained(&invoice, line, texts)
        }
        Invoice::Pdf { number, file } => {
            let path = file.clone().unwrap_or_else(|| PathBuf::from(format!("{number}.pdf")));
            match engine::credit_notes::find(store.as_mut(), number)? {
                Some(found) => credit_note::write_pdf(&found, &path, common.asked_language())?,
                None => {
                    let invoice = engine::read::invoice(store.as_mut(), number)?;
                    let language = common.asked_language().unwrap_or(invoice.account.language);
                    write_pdf(&invoice, &path, language)?;
                }
            }
            let path = path.display().to_string();
            Shown {
                json: json!({ "invoice": number, "pdf": path }),
                after: vec![texts.with("pdf-written", &[("path", &path)])],
                ..Shown::default()
            }
        }
        Invoice::Drafts => draft::list(store.as_mut(), texts)?,
        Invoice::Issue { account } => draft::issue(store.as_mut(), account, texts)?,
        Invoice::Hold { account, reason } => draft::hold(store.as_mut(), account, reason, texts)?,
        Invoice::Preview { account, on } => preview(store.as_mut(), account, on, texts)?,
    };
    shown.print(common.output)?;
    Ok(ExitCode::SUCCESS)
}

/// Writes the PDF.
pub fn write_pdf(invoice: &InvoiceIssued, path: &Path, language: Language) -> Result<(), Failure> {
    let pdf = documents::invoice_pdf(invoice, language)?;
    std::fs::write(path, pdf).map_err(|error| Failure::file(path, &error))
}

fn list(invoices: &[InvoiceIssued], texts: &Texts) -> Shown {
    let mut table = Table::new(
        None,
        vec![
            (texts.text("column-number"), Kind::Words),
            (texts.text("column-account"), Kind::Words),
            (texts.text("column-issued"), Kind::Words),
            (texts.text("column-lines"), Kind::Figures),
            (texts.text("net"), Kind::Figures),
            (texts.text("tax"), Kind::Figures),
            (texts.text("total"), Kind::Figures),
        ],
    );
    let money = |amount| format::money(amount, texts.language);
    table.rows = invoices
        .iter()
        .map(|it| {
            vec![
                it.number.to_string(),
                whose(it),
                format::date(it.issued_on, texts.language),
                it.lines.len().to_string(),
                money(it.net),
                money(tax(it)),
                money(it.total),
            ]
        })
        .collect();
    let after = invoices.is_empty().then(|| texts.text("invoice-none"));
    Shown {
        json: invoices.iter().map(as_json).collect(),
        tables: if invoices.is_empty() { Vec::new() } else { vec![table] },
        after: after.into_iter().collect(),
        ..Shown::default()
    }
}

/// The account, and the order lines whose own invoice it is.
fn whose(it: &InvoiceIssued) -> String {
    let account = &it.account.account;
    it.group.as_ref().map_or_else(|| account.to_string(), |group| format!("{account} ({group})"))
}

fn as_json(invoice: &InvoiceIssued) -> Value {
    serde_json::to_value(stories::report::invoice(invoice)).unwrap_or_default()
}

fn tax(invoice: &InvoiceIssued) -> Money {
    let currency = invoice.net.currency;
    Money::sum(currency, invoice.taxes.iter().map(|it| it.amount)).unwrap_or(invoice.net)
}

/// An invoice with its lines by section.
pub fn show(invoice: &InvoiceIssued, texts: &Texts) -> Shown {
    let language = texts.language;
    let mut tables = Vec::new();
    let sections = lines::by_account(invoice).into_iter().flat_map(|(account, of_account)| {
        let of = move |section| {
            let of_section = of_account.iter().copied().filter(|line| line.section == section);
            (account, section, of_section.collect::<Vec<_>>())
        };
        Section::ALL.map(of)
    });
    for (account, section, of_section) in sections {
        if of_section.is_empty() {
            continue;
        }
        let section = lines::section(section, language);
        let mut table = Table::new(
            Some(match account {
                Some(account) => format!("{} · {section}", lines::account(account)),
                None => section,
            }),
            vec![
                (texts.text("column-line"), Kind::Figures),
                (texts.text("column-what"), Kind::Words),
                (texts.text("column-detail"), Kind::Words),
                (texts.text("column-quantity"), Kind::Figures),
                (texts.text("column-price"), Kind::Figures),
                (texts.text("column-amount"), Kind::Figures),
            ],
        );
        table.rows = of_section.into_iter().map(|line| line_row(line, texts)).collect();
        tables.push(table);
    }
    tables.push(totals(invoice, texts));
    Shown {
        json: as_json(invoice),
        before: vec![head(invoice, texts)],
        tables,
        after: vec![texts.with("invoice-explain-hint", &[("number", invoice.number.as_str())])],
    }
}

fn head(invoice: &InvoiceIssued, texts: &Texts) -> String {
    let head = texts.with(
        "invoice-head",
        &[
            ("number", invoice.number.as_str()),
            ("customer", &invoice.account.customer),
            ("issued", &format::date(invoice.issued_on, texts.language)),
            ("due", &format::date(invoice.due_on, texts.language)),
        ],
    );
    match &invoice.group {
        Some(group) => {
            format!("{head} · {}", texts.with("invoice-separate", &[("group", group.as_str())]))
        }
        None => head,
    }
}

fn line_row(line: &InvoiceLine, texts: &Texts) -> Vec<String> {
    let (charge, language) = (&line.charge, texts.language);
    let words = lines::describe(line, language);
    let price =
        charge.unit_price.map(|it| format::unit_price(it, charge.amount.currency, language));
    vec![
        line.line.to_string(),
        words.title.clone(),
        words.subtitle(),
        format::quantity(charge.quantity, language),
        price.unwrap_or_default(),
        format::amount(lines::net(line), language),
    ]
}

fn totals(invoice: &InvoiceIssued, texts: &Texts) -> Table {
    let money = |amount| format::money(amount, texts.language);
    let mut table =
        Table::new(None, vec![(String::new(), Kind::Words), (String::new(), Kind::Figures)]);
    table.rows.push(vec![texts.text("net"), money(invoice.net)]);
    for it in &invoice.taxes {
        let rate = format::percent(it.rate, texts.language);
        table.rows.push(vec![texts.with("tax-at", &[("rate", &rate)]), money(it.amount)]);
    }
    table.rows.push(vec![texts.text("total"), money(invoice.total)]);
    table
}

fn explained(invoice: &InvoiceIssued, line: &InvoiceLine, texts: &Texts) -> Shown {
    let (charge, language) = (&line.charge, texts.language);
    let words = lines::describe(line, language);
    let of_account = invoice.paid_for.iter().find(|it| Some(&it.account) == line.account.as_ref());
    let mut before = vec![
        head(invoice, texts),
        of_account.map(lines::account).unwrap_or_default(),
        format!("{} · {}", words.title, words.subtitle()),
        format!("  {}", explain::whole_formula(line, language)),
        format!("  {}", explain::rounding(charge.computation.rounding, language)),
    ];
    if let Some(rated) = &charge.rated {
        let notes = explain::priced(rated, charge.amount.currency, language);
        before.extend(notes.into_iter().map(|it| format!("  {it}")));
    }
    before.extend(explain::ordered(charge, language).into_iter().map(|it| format!("  {it}")));
    before.extend(explain::effects(line, language).into_iter().map(|it| format!("  {it}")));
    let rated = charge.rated.as_ref();
    if let Some((rated, pool)) = rated.and_then(|it| Some((it, it.pool.as_ref()?))) {
        let notes = explain_pool::pool(rated, pool, language);
        before.extend(notes.into_iter().map(|note| format!("  {note}")));
    }
    if let Some(rated) = rated {
        let zone = &invoice.account.zone;
        let notes =
            [explain::not_billed(rated, language), explain::evidence(rated, zone, language)];
        before.extend(notes.into_iter().flatten().map(|it| format!("  {it}")));
    }
    let mut tables = Vec::new();
    if !charge.starts.is_empty() {
        tables.push(starts(charge, &invoice.account.zone, texts));
    }
    let statement = rated.and_then(|it| explain_pool::statement(it, language));
    if let Some((pool, rows)) = rated.and_then(|it| it.pool.as_ref()).zip(statement) {
        tables.push(by_pool(pool, rows, texts));
    } else if let Some(rated) = rated.filter(|it| !it.by_unit.is_empty()) {
        tables.push(by_unit(rated, texts));
    } else if charge.starts.is_empty() && !charge.units.is_empty() {
        let units: Vec<&str> = charge.units.iter().map(facts::UnitId::as_str).collect();
        before.push(format!("  {}", units.join(", ")));
    }
    let json = json!({
        "invoice": invoice.number,
        "line": serde_json::to_value(line).unwrap_or_default(),
        "formula": explain::whole_formula(line, language),
    });
    Shown { json, before, tables, after: Vec::new() }
}

fn starts(charge: &Charge, zone: &Zone, texts: &Texts) -> Table {
    let mut table = Table::new(
        Some(texts.text("explain-starts")),
        vec![
            (texts.text("column-unit"), Kind::Words),
            (texts.text("column-from"), Kind::Words),
            (texts.text("column-why"), Kind::Words),
        ],
    );
    table.rows.extend(charge.starts.iter().map(|it| {
        vec![
            it.unit.to_string(),
            format::instant(it.start_at, zone, texts.language),
            explain::start(it, zone, texts.language),
        ]
    }));
    table
}

fn by_pool(pool: &PoolUse, rows: Vec<StatementRow>, texts: &Texts) -> Table {
    let columns = [
        ("column-unit", Kind::Words),
        ("column-days", Kind::Figures),
        ("column-used", Kind::Figures),
        ("column-allowance", Kind::Figures),
        ("column-overage", Kind::Figures),
        ("column-before", Kind::Figures),
        ("column-amount", Kind::Figures),
    ];
    let columns = columns.map(|(key, kind)| (texts.text(key), kind)).into();
    let mut table = Table::new(Some(explain_pool::allocation(pool, texts.language)), columns);
    table.rows.extend(
        rows.into_iter().map(|it| {
            vec![it.unit, it.days, it.used, it.allowance, it.overage, it.before, it.amount]
        }),
    );
    table
}

fn by_unit(rated: &RatedUsage, texts: &Texts) -> Table {
    let mut table = Table::new(
        Some(texts.text("explain-by-unit")),
        vec![
            (texts.text("column-unit"), Kind::Words),
            (texts.text("column-quantity"), Kind::Figures),
            (texts.text("column-events"), Kind::Figures),
        ],
    );
    table.rows.extend(rated.by_unit.iter().map(|it| {
        vec![
            it.unit.to_string(),
            format::quantity(it.quantity, texts.language),
            format::count(it.events, texts.language),
        ]
    }));
    table
}

fn preview(
    store: &mut dyn store::Store,
    account: &str,
    on: &str,
    texts: &Texts,
) -> Result<Shown, Failure> {
    let account = AccountId::read(account).map_err(Failure::refused)?;
    let day = Date::read(on).map_err(Failure::refused)?;
    let drafts = engine::billing::preview(store, &account, day)?;
    let number = InvoiceNumber::new(texts.text("preview-number"))
        .map_err(|error| Failure::Technical(error.to_string()))?;
    let shown = drafts.into_iter().map(|draft| {
        let shadow = shadow(&draft.shadow, texts);
        let mut shown = show(&draft.issue(number.clone()), texts);
        shown.after.splice(0..0, shadow);
        shown
    });
    Ok(shown.reduce(beside).unwrap_or_else(|| Shown {
        json: Value::Null,
        after: vec![texts.text("preview-nothing")],
        ..Shown::default()
    }))
}

/// An invoice of the same day beside those before it.
fn beside(mut first: Shown, next: Shown) -> Shown {
    if let Value::Object(members) = &mut first.json
        && let Value::Array(separate) = members.entry("separate").or_insert_with(|| json!([]))
    {
        separate.push(next.json);
    }
    let (head, mut tables) = (next.before.join("\n"), next.tables);
    if let Some(table) = tables.first_mut() {
        let title = table.title.take().map(|title| format!("\n\n{title}"));
        table.title = Some(head + &title.unwrap_or_default());
    }
    first.tables.extend(tables);
    first
}

/// What is rated without being billed, and that the invoice will not show.
fn shadow(charges: &[Charge], texts: &Texts) -> Vec<String> {
    let said = |charge: &Charge| {
        let language = texts.language;
        let words = lines::describe_charge(charge, language);
        let why = explain::not_billed(charge.rated.as_ref()?, language)?;
        Some(format!("{} · {} · {why}", words.title, words.subtitle()))
    };
    charges.iter().filter_map(said).collect()
}
