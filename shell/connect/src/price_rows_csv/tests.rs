use facts::price::{Dimension, DimensionSource};

use super::*;

const TEXT: &str = "\
row,region,kg,number,default,priority,from,until,peak,included,package_size,mode,up_to,\
unit_price,flat,per_event,free_events,floor,cap
R1,BE|FR,10..20,any,,2,2026-01-01,2026-07-01,,5,,graduated,100,0.5,,,,,
R1,,,,,,,,,,,,,0.25,3,,,,
R2,=any,..10,33*|34*,,,,,,,1000,volume,,8,,0.1,2,1,99
REST,any,any,any,true,,,,day,,,graduated,,1,,,,,
";

const DIMENSIONS: [&str; 3] = ["region", "kg", "number"];

fn faults(text: &str) -> Vec<String> {
    let faults = read("rows.csv", text, &DIMENSIONS).unwrap_err();
    faults.iter().map(|fault| format!("{} {}", fault.place, fault.rejection)).collect()
}

#[test]
fn what_is_written_reads_back() {
    let rows = read("rows.csv", TEXT, &DIMENSIONS).unwrap();
    let lines: Vec<_> = rows.iter().map(|row| row.place.line).collect();
    assert_eq!(lines, [Some(2), Some(4), Some(5)]);
    let rows: Vec<PriceRow> = rows.into_iter().map(|row| row.value).collect();
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[0].model.tiers.len(), 2);
    let exact = BTreeSet::from(["any".to_owned()]);
    assert_eq!(rows[1].conditions[0], Condition::OneOf(exact), "a text that looks like a word");
    let dimension = |name: &str| Dimension {
        name: name.to_owned(),
        source: DimensionSource::Event(name.to_owned()),
    };
    let table = PriceTable { dimensions: DIMENSIONS.map(dimension).into(), rows };
    let text = write(&table).unwrap();
    assert_eq!(text, TEXT);
    let again = read("rows.csv", &text, &DIMENSIONS).unwrap();
    assert_eq!(again.into_iter().map(|row| row.value).collect::<Vec<_>>(), table.rows);
}

#[test]
fn what_is_wrong_is_named_with_its_line_and_column() {
    let of = |row: &str| faults(&format!("row,region,kg,number,up_to,unit_price\n{row}\n"));
    let expected = "rows.csv:2 (kg) `x` is not a decimal number";
    assert!(of("R1,FR,x..2,any,,1")[0].starts_with(expected), "{:?}", of("R1,FR,x..2,any,,1"));
    assert!(of("R1,FR,,any,,1")[0].contains("`R1`"), "{:?}", of("R1,FR,,any,,1"));
    assert!(of("R1,FR,any,any,,")[0].contains("`unit_price` is missing"));
    assert!(of("R1,FR,any,any,,dear")[0].contains("`dear` is not a decimal number"));
    let after_blank = of("\n\r\nR1,FR,any,any,,dear");
    assert!(after_blank[0].starts_with("rows.csv:4 (unit_price)"), "{after_blank:?}");
    let unknown = faults("row,region,kg,number,up_to,unit_price,colour\nR1,any,any,any,,1,red\n");
    assert!(unknown[0].contains("`colour` is not known here"), "{unknown:?}");
}
