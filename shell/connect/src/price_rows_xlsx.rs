//! The rows of a price table as a spreadsheet: the columns of [`crate::price_rows_csv`] on the first
//! sheet. What is written is text, cell by cell, so that no program turns `0.0180` or `10..20` into
//! something else. A number that a person wrote is read by its digits, as long as the file can hold
//! them: a spreadsheet keeps fifteen.

use std::io::Cursor;

use calamine::{Data, DataType, Reader, Xlsx};
use facts::price::{PriceRow, PriceTable};
use rust_xlsxwriter::{Format, Workbook, XlsxError};

use crate::faults::Faults;
use crate::{InputFault, InputRejection, Located, Place, price_rows_csv};

/// How many digits a spreadsheet keeps of a number.
const DIGITS_MAX: usize = 15;

/// Reads the rows of a table that has these dimensions, from the first sheet. The line of a place
/// is the row of the sheet.
///
/// # Errors
/// Every fault of the file, with its row and column.
pub fn read(
    file: &str,
    content: &[u8],
    dimensions: &[&str],
) -> Result<Vec<Located<PriceRow>>, Vec<InputFault>> {
    let place = Place::file(file);
    let mut faults = Faults::default();
    let unreadable = |reason: String| {
        let rejection = InputRejection::BadSpreadsheet { reason };
        vec![InputFault { place: place.clone(), rejection }]
    };
    let mut book: Xlsx<_> =
        Xlsx::new(Cursor::new(content)).map_err(|error| unreadable(error.to_string()))?;
    let sheet = book.worksheet_range_at(0).ok_or_else(|| unreadable("no sheet".to_owned()))?;
    let sheet = sheet.map_err(|error| unreadable(error.to_string()))?;
    let (first, _) = sheet.start().unwrap_or_default();
    let mut header: Vec<String> = Vec::new();
    let mut text = "\n".repeat(usize::try_from(first).unwrap_or_default());
    for (cells, line) in sheet.rows().zip(first + 1..) {
        let mut record = Vec::new();
        for (at, cell) in cells.iter().enumerate() {
            let column = header.get(at).map_or_else(|| format!("column {}", at + 1), Clone::clone);
            let place = place.at_line(line).in_field(&column);
            record.push(faults.keep(place, shown(cell)).unwrap_or_default());
        }
        if header.is_empty() {
            header.clone_from(&record);
        }
        text.push_str(&written(&record).map_err(unreadable)?);
    }
    faults.or(())?;
    price_rows_csv::read(file, &text, dimensions)
}

/// A line of CSV; an empty one where nothing is in the row, so that lines keep their number.
fn written(record: &[String]) -> Result<String, String> {
    if record.iter().all(String::is_empty) {
        return Ok("\n".to_owned());
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(record).map_err(|error| error.to_string())?;
    let line = writer.into_inner().map_err(|error| error.to_string())?;
    String::from_utf8(line).map_err(|error| error.to_string())
}

/// A cell as it would be written.
fn shown(cell: &Data) -> Result<String, InputRejection> {
    match cell {
        Data::Empty => Ok(String::new()),
        Data::String(text) => Ok(text.replace(['\n', '\r'], " ").trim().to_owned()),
        Data::Bool(value) => Ok(value.to_string()),
        Data::Int(number) => Ok(number.to_string()),
        Data::Float(number) => {
            // The shortest text that is this number: what was typed, up to fifteen digits.
            let text = number.to_string();
            let digits = text.trim_start_matches(['-', '0', '.']).chars();
            let digits = digits.filter(char::is_ascii_digit).count();
            if digits > DIGITS_MAX { Err(InputRejection::InexactCell { text }) } else { Ok(text) }
        }
        Data::DateTime(date) if date.is_datetime() => {
            let (year, month, day, ..) = date.to_ymd_hms_milli();
            Ok(format!("{year:04}-{month:02}-{day:02}"))
        }
        other => Err(InputRejection::InexactCell { text: other.as_string().unwrap_or_default() }),
    }
}

/// Writes the rows of a table, as [`read`] reads them. None where a row says what these columns
/// cannot.
///
/// # Errors
/// [`XlsxError`] when the sheet cannot hold it.
pub fn write(table: &PriceTable) -> Result<Option<Vec<u8>>, XlsxError> {
    let Some(records) = price_rows_csv::records(table) else { return Ok(None) };
    let mut book = Workbook::new();
    let (text, heading) =
        (Format::new().set_num_format("@"), Format::new().set_num_format("@").set_bold());
    let sheet = book.add_worksheet();
    sheet.set_freeze_panes(1, 1)?;
    for (line, record) in (0_u32..).zip(records) {
        for (column, cell) in (0_u16..).zip(record) {
            let format = if line == 0 { &heading } else { &text };
            if cell.is_empty() {
                sheet.write_blank(line, column, format)?;
            } else {
                sheet.write_string_with_format(line, column, cell, format)?;
            }
        }
    }
    book.save_to_buffer().map(Some)
}

#[cfg(test)]
mod tests;
