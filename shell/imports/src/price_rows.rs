//! The rows of a price table from and to a file: CSV, or a spreadsheet where its name ends with
//! `.xlsx`.

use std::collections::BTreeMap;
use std::path::Path;

use ::catalog::Definitions;
use connect::catalog_file::{LocatedDefinitions, Places};
use connect::{Located, Place, price_rows_csv, price_rows_xlsx};
use engine::{EngineError, EngineRejection};
use facts::price::{PriceRow, PriceTable};
use jiff::civil::Date;
use store::Store;

use crate::{Result, name_of, read_text, unreadable};

/// The rows of a table of the latest version of an offer, as the content of a file of this name.
///
/// # Errors
/// [`crate::ImportError`] where there is no such table, or the columns cannot say what a row says.
pub fn export(store: &mut dyn Store, offer: &str, component: &str, path: &Path) -> Result<Vec<u8>> {
    let (offer, code) = engine::catalog::priced_by_table(store, offer, component)?;
    let table = offer.component(&code).and_then(|it| it.charge.table());
    let content = table.map(|table| written(table, path)).transpose()?.flatten();
    let cannot = || EngineRejection::RowsNotExportable { component: code.to_string() };
    content.ok_or_else(|| EngineError::refused(cannot()).into())
}

fn written(table: &PriceTable, path: &Path) -> Result<Option<Vec<u8>>> {
    if is_sheet(path) {
        let sheet = price_rows_xlsx::write(table);
        return sheet.map_err(|error| unreadable(path, &std::io::Error::other(error)));
    }
    Ok(price_rows_csv::write(table).map(String::into_bytes))
}

/// A draft of the latest version of an offer with the rows of a file in a table, from a day on.
///
/// # Errors
/// [`crate::ImportError`] with every fault of the file and its row and column.
pub fn draft(
    store: &mut dyn Store,
    (offer, component): (&str, &str),
    path: &Path,
    effective_from: Date,
) -> Result<LocatedDefinitions> {
    let (mut offer, code) = engine::catalog::priced_by_table(store, offer, component)?;
    (offer.version, offer.effective_from) = (0, effective_from);
    let around = format!("offers[{}].components[{code}]", offer.code);
    let mut by_name = BTreeMap::new();
    let tables = offer.components.iter_mut().filter(|it| it.code == code);
    for table in tables.filter_map(|it| it.charge.table_mut()) {
        let names: Vec<&str> = table.dimensions.iter().map(|it| it.name.as_str()).collect();
        let rows = rows(path, &names)?;
        table.rows = rows.iter().map(|row| row.value.clone()).collect();
        for row in rows {
            by_name.entry(format!("{around}.rows[{}]", row.value.code)).or_insert(row.place);
        }
    }
    let definitions = Definitions { offers: vec![offer], ..Definitions::default() };
    let places = Places::new(Place::file(&name_of(path)), by_name);
    Ok(LocatedDefinitions { definitions, places })
}

fn rows(path: &Path, dimensions: &[&str]) -> Result<Vec<Located<PriceRow>>> {
    let name = name_of(path);
    if is_sheet(path) {
        let content = std::fs::read(path).map_err(|error| unreadable(path, &error))?;
        return Ok(price_rows_xlsx::read(&name, &content, dimensions)?);
    }
    Ok(price_rows_csv::read(&name, &read_text(path)?, dimensions)?)
}

fn is_sheet(path: &Path) -> bool {
    path.extension().is_some_and(|it| it.eq_ignore_ascii_case("xlsx"))
}
