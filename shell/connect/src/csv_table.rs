//! A CSV file with a header, as records. Every row has as many cells as the header.

use csv::{Reader, ReaderBuilder, StringRecord};

use crate::faults::Faults;
use crate::record::Record;
use crate::{InputRejection, Place};

/// Which columns a file may have.
pub struct Columns {
    /// Those that must be there, even if their cells are empty.
    pub needed: &'static [&'static str],
    /// Whether others may be there.
    pub others: Others,
}

/// What is done with columns that are not needed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Others {
    /// They are refused: nobody would read them.
    Refused,
    /// They are options or attributes.
    Kept,
}

/// The rows of a file. After a fault of the header there are none.
pub fn read(file: &str, text: &str, columns: &Columns, faults: &mut Faults) -> Vec<Record> {
    let place = Place::file(file);
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let mut reader = ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let header = match reader.headers() {
        Ok(header) => header.clone(),
        Err(error) => {
            faults.add(place.at_line(1), bad_csv(&error));
            return Vec::new();
        }
    };
    if check_header(&place, &header, columns, faults) {
        rows((&place, text), reader, &header, faults)
    } else {
        Vec::new()
    }
}

fn check_header(
    place: &Place,
    header: &StringRecord,
    columns: &Columns,
    faults: &mut Faults,
) -> bool {
    let mut wrong = Vec::new();
    for needed in columns.needed.iter().filter(|name| !header.iter().any(|cell| cell == **name)) {
        wrong.push((*needed, InputRejection::Missing { field: (*needed).to_owned() }));
    }
    for (index, name) in header.iter().enumerate() {
        let field = name.to_owned();
        if name.is_empty() {
            wrong.push((name, InputRejection::Missing { field: format!("column {}", index + 1) }));
        } else if header.iter().take(index).any(|other| other == name) {
            wrong.push((name, InputRejection::Repeated { field }));
        } else if columns.others == Others::Refused && !columns.needed.contains(&name) {
            let known = columns.needed.join(", ");
            wrong.push((name, InputRejection::Unknown { field, known }));
        }
    }
    let fits = wrong.is_empty();
    for (name, rejection) in wrong {
        faults.add(place.at_line(1).in_field(name), rejection);
    }
    fits
}

fn rows(
    (place, text): (&Place, &str),
    mut reader: Reader<&[u8]>,
    header: &StringRecord,
    faults: &mut Faults,
) -> Vec<Record> {
    let mut records = Vec::new();
    for row in reader.records() {
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                faults.add(place.at_line(line_of(error.position(), text)), bad_csv(&error));
                continue;
            }
        };
        let place = place.at_line(line_of(row.position(), text));
        if row.len() == header.len() {
            let own = |(name, cell): (&str, &str)| (name.to_owned(), cell.to_owned());
            records.push(Record { place, cells: header.iter().zip(&row).map(own).collect() });
        } else {
            let (expected, actual) = (header.len(), row.len());
            faults.add(place, InputRejection::CellCount { expected, actual });
        }
    }
    records
}

/// The line of a row. The reader tells where it began to look for one, which is before blank lines.
fn line_of(position: Option<&csv::Position>, text: &str) -> u32 {
    let Some(position) = position else { return 1 };
    let rest = usize::try_from(position.byte()).ok().and_then(|byte| text.get(byte..));
    let ends = rest.into_iter().flat_map(|rest| rest.chars());
    let blank = ends.take_while(|it| matches!(it, '\r' | '\n')).filter(|it| *it == '\n').count();
    u32::try_from(position.line())
        .unwrap_or(u32::MAX)
        .saturating_add(u32::try_from(blank).unwrap_or(u32::MAX))
}

fn bad_csv(error: &csv::Error) -> InputRejection {
    InputRejection::BadCsv { reason: error.to_string() }
}
