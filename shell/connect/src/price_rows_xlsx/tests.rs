use facts::price::{Dimension, DimensionSource};

use super::*;

const ROWS: &str = "\
row,region,kg,default,priority,from,until,up_to,unit_price,flat
R1,BE|FR,10..20,,2,2026-01-01,2026-07-01,100,0.018,
R1,,,,,,,,0.000000000001,3
REST,any,any,true,,,,,1,
";
const DIMENSIONS: [&str; 2] = ["region", "kg"];

fn table() -> PriceTable {
    let dimension = |name: &str| Dimension {
        name: name.to_owned(),
        source: DimensionSource::Event(name.to_owned()),
    };
    let rows = price_rows_csv::read("rows.csv", ROWS, &DIMENSIONS).unwrap();
    let rows = rows.into_iter().map(|row| row.value).collect();
    PriceTable { dimensions: DIMENSIONS.map(dimension).into(), rows }
}

/// A sheet as a person would type it: numbers as numbers.
fn typed(cells: &[&[&str]]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (line, record) in (0_u32..).zip(cells) {
        for (column, cell) in (0_u16..).zip(*record) {
            match cell.parse::<f64>() {
                Ok(number) => sheet.write_number(line, column, number).unwrap(),
                Err(_) => sheet.write_string(line, column, *cell).unwrap(),
            };
        }
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn what_is_written_reads_back_to_the_last_decimal() {
    let table = table();
    let content = write(&table).unwrap().unwrap();
    let rows = read("rows.xlsx", &content, &DIMENSIONS).unwrap();
    let lines: Vec<_> = rows.iter().map(|row| row.place.line).collect();
    assert_eq!(lines, [Some(2), Some(4)], "the rows of the sheet");
    assert_eq!(rows.into_iter().map(|row| row.value).collect::<Vec<_>>(), table.rows);
}

#[test]
fn what_a_person_types_is_read_by_its_digits() {
    let head: &[&str] = &["row", "region", "kg", "default", "up_to", "unit_price"];
    let content =
        typed(&[head, &["R1", "FR", "any", "", "100", "0.1"], &["R1", "", "", "", "", "0.018"]]);
    let rows = read("rows.xlsx", &content, &DIMENSIONS).unwrap();
    let prices: Vec<_> =
        rows[0].value.model.tiers.iter().map(|tier| tier.unit_price.to_string()).collect();
    assert_eq!(prices, ["0.1", "0.018"]);
}

#[test]
fn what_is_wrong_is_named_with_its_row_and_column() {
    let head: &[&str] = &["row", "region", "kg", "up_to", "unit_price"];
    let of = |row: &[&str]| {
        let faults = read("rows.xlsx", &typed(&[head, &[], row]), &DIMENSIONS).unwrap_err();
        faults.iter().map(|it| format!("{} {}", it.place, it.rejection)).collect::<Vec<_>>()
    };
    let dear = of(&["R1", "FR", "any", "", "dear"]);
    assert!(dear[0].starts_with("rows.xlsx:3 (unit_price) `dear`"), "{dear:?}");
    let inexact = of(&["R1", "FR", "any", "", "0.12345678901234567"]);
    // Which last digit is kept is up to who writes the file.
    let named = inexact[0].starts_with("rows.xlsx:3 (unit_price) `0.123456789012345");
    assert!(named && inexact[0].contains("is not a number that"), "{inexact:?}");
    let none = read("rows.xlsx", b"not a sheet", &DIMENSIONS).unwrap_err();
    assert!(none[0].rejection.to_string().contains("save it as XLSX"), "{none:?}");
}
