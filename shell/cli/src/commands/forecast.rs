//! What orders would be billed in the months to come.

use std::process::ExitCode;

use ::imports::OrderFiles;
use connect::readable::Readable;
use documents::{format, lines};
use engine::forecast::Horizon;
use facts::InvoiceIssued;
use facts::invoice::Section;
use jiff::civil::Date;
use kernel::Money;
use serde_json::Value;

use super::usage::say::NOTHING;
use crate::args::Common;
use crate::compose;
use crate::failure::Failure;
use crate::output::{Kind, Shown, Table};
use crate::texts::Texts;

/// What is asked.
pub struct Asked<'a> {
    pub files: OrderFiles<'a>,
    pub from: &'a str,
    pub months: u8,
}

pub fn run(common: &Common, asked: &Asked<'_>, texts: &Texts) -> Result<ExitCode, Failure> {
    let mut store = compose::open(common)?;
    let mut scratch = compose::scratch()?;
    let starts_on = Date::read(asked.from).map_err(Failure::refused)?;
    let horizon = Horizon { starts_on, months: i32::from(asked.months) };
    let (store, scratch) = (store.as_mut(), scratch.as_mut());
    let invoices = ::imports::forecast_orders(store, scratch, asked.files, horizon)?;
    let day = format::date(starts_on, texts.language);
    let json =
        |it: &InvoiceIssued| serde_json::to_value(stories::report::invoice(it)).unwrap_or_default();
    Shown {
        json: invoices.iter().map(json).collect::<Value>(),
        before: vec![texts.with("forecast-head", &[("day", &day)])],
        tables: if invoices.is_empty() { Vec::new() } else { vec![table(&invoices, texts)?] },
        after: vec![texts.text("forecast-no-usage")],
    }
    .print(common.output)?;
    Ok(ExitCode::SUCCESS)
}

/// One row a bill day, one column for each part of the document that occurs.
fn table(invoices: &[InvoiceIssued], texts: &Texts) -> Result<Table, Failure> {
    let occurs = |section: &&Section| {
        invoices.iter().flat_map(|it| &it.lines).any(|line| line.section == **section)
    };
    let sections: Vec<Section> = Section::ALL.iter().filter(occurs).copied().collect();
    let mut columns = vec![
        (texts.text("column-issued"), Kind::Words),
        (texts.text("column-account"), Kind::Words),
    ];
    let title = |section: &Section| documents::lines::section(*section, texts.language);
    columns.extend(sections.iter().map(|it| (title(it), Kind::Figures)));
    columns.extend(["net", "total"].map(|it| (texts.text(it), Kind::Figures)));
    let mut table = Table::new(None, columns);
    for it in invoices {
        let mut row =
            vec![format::date(it.issued_on, texts.language), it.account.account.to_string()];
        for section in &sections {
            row.push(shown(sum(it, *section)?, texts));
        }
        row.extend([it.net, it.total].map(|it| format::money(it, texts.language)));
        table.rows.push(row);
    }
    Ok(table)
}

fn sum(invoice: &InvoiceIssued, section: Section) -> Result<Money, Failure> {
    let of_section = invoice.lines.iter().filter(|line| line.section == section);
    let sum = Money::sum(invoice.net.currency, of_section.map(lines::net));
    sum.map_err(|error| Failure::Technical(error.to_string()))
}

fn shown(amount: Money, texts: &Texts) -> String {
    if amount.minor == 0 { NOTHING.to_owned() } else { format::money(amount, texts.language) }
}
