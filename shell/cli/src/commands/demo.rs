//! The demo: the Smart Fleet from catalog to PDF, in an embedded database.

mod data;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use documents::{format, lines};
use facts::InvoiceIssued;
use facts::invoice::Section;
use facts::unit::StartEvidence;
use indicatif::ProgressBar;
use kernel::Money;
use serde_json::json;
use stories::Told;

use super::{invoice, simulate};
use crate::args::{Common, Format};
use crate::compose;
use crate::failure::Failure;
use crate::output::{Kind, Shown, Table};
use crate::texts::Texts;

pub fn run(common: &Common, texts: &Texts) -> Result<ExitCode, Failure> {
    let folder = folder(common)?;
    let fleet = folder.join("smart-fleet");
    data::unpack(&fleet)?;
    let path = fleet.join("story.yaml");
    let text = ::imports::read_text(&path)?;
    let story = connect::story_file::read(&path.display().to_string(), &text)
        .map_err(::imports::ImportError::from)?;
    let mut store = match &common.store {
        Some(_) => compose::open(common)?,
        None => compose::open_embedded(&folder)?,
    };
    let bar = spinner(common);
    stories::run(store.as_mut(), &story, &fleet, &mut |told| {
        if let Told::Usage(day, received) = told {
            let accepted = received.accepted.to_string();
            let day = format::date(*day, texts.language);
            bar.set_message(texts.with("demo-day", &[("day", &day), ("accepted", &accepted)]));
            bar.tick();
        }
    })?;
    bar.finish_and_clear();
    let invoices = engine::read::invoices(store.as_mut())?;
    let Some(first) = invoices.first() else {
        return Err(Failure::Technical("the demo issued no invoice".to_owned()));
    };
    let pdf = folder.join(format!("{}.pdf", first.number));
    invoice::write_pdf(first, &pdf, texts.language)?;
    summary(store.as_mut(), &folder, first, &pdf, common, texts)?.print(common.output)?;
    Ok(ExitCode::SUCCESS)
}

/// The folder that was named, or a fresh one that stays.
fn folder(common: &Common) -> Result<PathBuf, Failure> {
    if let Some(folder) = &common.data_dir {
        std::fs::create_dir_all(folder).map_err(|error| Failure::file(folder, &error))?;
        return Ok(folder.clone());
    }
    let fresh = tempfile::Builder::new().prefix("tabouret-demo-").tempdir();
    let fresh = fresh.map_err(|error| Failure::file(&std::env::temp_dir(), &error))?;
    Ok(fresh.keep())
}

fn spinner(common: &Common) -> ProgressBar {
    let watched = std::io::IsTerminal::is_terminal(&std::io::stderr());
    if common.output == Format::Table && watched {
        ProgressBar::new_spinner()
    } else {
        ProgressBar::hidden()
    }
}

fn summary(
    store: &mut dyn store::Store,
    folder: &Path,
    first: &InvoiceIssued,
    pdf: &Path,
    common: &Common,
    texts: &Texts,
) -> Result<Shown, Failure> {
    let report = stories::report::read(store)?;
    let mut tables = vec![by_section(first, texts), starts(store, first, texts)?];
    tables.extend(simulate::conservation(store, texts)?);
    let clean = if report.audit.is_clean() { "audit-clean" } else { "audit-unclean" };
    let place = match &common.store {
        Some(_) => String::new(),
        None => format!(" --data-dir {}", folder.display()),
    };
    let number = first.number.as_str();
    let next = [
        format!("tabouret invoice show {number}{place}"),
        format!("tabouret invoice explain {number} 28{place}"),
        format!("tabouret usage exceptions{place}"),
        format!("tabouret audit{place}"),
    ];
    let mut after = vec![
        texts.text(clean),
        texts.with("pdf-written", &[("path", &pdf.display().to_string())]),
        String::new(),
        texts.text("demo-next"),
    ];
    after.extend(next.iter().map(|command| format!("  {command}")));
    Ok(Shown {
        json: json!({
            "folder": folder.display().to_string(),
            "pdf": pdf.display().to_string(),
            "report": serde_json::to_value(&report).unwrap_or_default(),
        }),
        before: vec![
            texts.text("demo-title"),
            texts.with(
                "demo-invoice",
                &[
                    ("number", number),
                    ("customer", &first.account.customer),
                    ("issued", &format::date(first.issued_on, texts.language)),
                    ("lines", &first.lines.len().to_string()),
                ],
            ),
        ],
        tables,
        after,
    })
}

fn by_section(invoice: &InvoiceIssued, texts: &Texts) -> Table {
    let language = texts.language;
    let money = |amount| format::money(amount, language);
    let mut table = Table::new(
        None,
        vec![
            (texts.text("column-section"), Kind::Words),
            (texts.text("column-lines"), Kind::Figures),
            (texts.text("column-amount"), Kind::Figures),
        ],
    );
    for section in Section::ALL {
        let of_section: Vec<Money> =
            invoice.lines.iter().filter(|line| line.section == section).map(lines::net).collect();
        if let Ok(sum) = Money::sum(invoice.net.currency, of_section.iter().copied())
            && !of_section.is_empty()
        {
            let name = lines::section(section, language);
            table.rows.push(vec![name, of_section.len().to_string(), money(sum)]);
        }
    }
    table.rows.push(vec![texts.text("net"), String::new(), money(invoice.net)]);
    for it in &invoice.taxes {
        let rate = format::percent(it.rate, language);
        let name = texts.with("tax-at", &[("rate", &rate)]);
        table.rows.push(vec![name, String::new(), money(it.amount)]);
    }
    table.rows.push(vec![texts.text("total"), String::new(), money(invoice.total)]);
    table
}

/// How the units stand on the day of the invoice, and why.
fn starts(
    store: &mut dyn store::Store,
    invoice: &InvoiceIssued,
    texts: &Texts,
) -> Result<Table, Failure> {
    let units = engine::read::units(store, &invoice.account.account)?;
    let now = compose::now(store)?;
    let known = |at: Option<jiff::Timestamp>| at.is_some_and(|at| at < now);
    let started =
        |unit: &&store::UnitState| unit.start.as_ref().is_some_and(|start| start.start_at < now);
    let by_signal = |unit: &&store::UnitState| {
        let evidence = unit.start.as_ref().map(|start| &start.evidence);
        matches!(evidence, Some(StartEvidence::Activated { .. }))
    };
    let delivered = units.iter().filter(|unit| known(unit.delivered_at)).count();
    let active = units.iter().filter(started).count();
    let activated = units.iter().filter(started).filter(by_signal).count();
    let mut table = Table::new(
        None,
        vec![
            (texts.text("demo-units"), Kind::Words),
            (texts.text("demo-count"), Kind::Figures),
            (texts.text("demo-meaning"), Kind::Words),
        ],
    );
    let rows = [
        ("ordered", units.len()),
        ("delivered", delivered),
        ("active", active),
        ("activated", activated),
        ("not-started", delivered.saturating_sub(active)),
    ];
    table.rows = rows
        .iter()
        .map(|(key, count)| {
            vec![
                texts.text(&format!("demo-{key}")),
                count.to_string(),
                texts.text(&format!("demo-{key}-meaning")),
            ]
        })
        .collect();
    Ok(table)
}
