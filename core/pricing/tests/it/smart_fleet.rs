//! The price table of the Smart Fleet Plan, which the data set prices a year of trucks with.

use std::collections::BTreeMap;

use facts::price::{
    Condition, Dimension, DimensionSource, PriceRow, PriceTable, TierMode, TimeBand, TimeBands,
};
use jiff::civil::{Date, Time};
use pricing::table::CompiledTable;

use crate::{asked, read, scale};

const EU: &str = "BE DE ES IT PT";

/// A row: code, device types, regions, bands, tiers. `*` takes any value.
type Row = (&'static str, [&'static str; 3], &'static [(&'static str, &'static str)]);

const ROWS: [Row; 9] = [
    (
        "R01",
        ["tracker-4g", "FR", "peak"],
        &[("6000", "0.0180"), ("14000", "0.0150"), ("-", "0.0120")],
    ),
    ("R02", ["tracker-4g", "FR", "off-peak"], &[("3000", "0.0090"), ("-", "0.0071")]),
    ("R03", ["tracker-4g", EU, "*"], &[("4000", "0.0200"), ("12000", "0.0175"), ("-", "0.0140")]),
    (
        "R04",
        ["dashcam", "FR", "peak"],
        &[("10000", "0.0095"), ("40000", "0.0081"), ("-", "0.0066")],
    ),
    ("R05", ["dashcam", "FR", "off-peak"], &[("10000", "0.0048"), ("-", "0.0039")]),
    ("R06", ["dashcam", EU, "peak"], &[("8000", "0.0112"), ("-", "0.0098")]),
    ("R07", ["dashcam", EU, "off-peak"], &[("5000", "0.0061"), ("-", "0.0052")]),
    ("R08", ["tracker-4g dashcam", "CH GB", "*"], &[("1000", "0.0450"), ("-", "0.0395")]),
    ("R09", ["reefer-probe", "*", "*"], &[("500", "0.0310"), ("1500", "0.0275"), ("-", "0.0233")]),
];

fn condition(text: &str) -> Condition {
    match text {
        "*" => Condition::Any,
        list => Condition::OneOf(list.split(' ').map(str::to_owned).collect()),
    }
}

fn default_row() -> PriceRow {
    PriceRow {
        code: read("R99"),
        conditions: vec![Condition::Any, Condition::Any, Condition::Any],
        is_default: true,
        priority: 0,
        from: None,
        until: None,
        model: scale(TierMode::Graduated, &[("-", "0.0525")]),
    }
}

/// The table of the offer.
pub fn table() -> PriceTable {
    let peak = TimeBand {
        name: "peak".to_owned(),
        from: Time::constant(7, 0, 0, 0),
        to: Time::constant(19, 0, 0, 0),
        ..TimeBand::default()
    };
    let bands =
        TimeBands { bands: vec![peak], otherwise: "off-peak".to_owned(), ..TimeBands::default() };
    let dimension =
        |name: &str, source: DimensionSource| Dimension { name: name.to_owned(), source };
    let dimensions = vec![
        dimension("device_type", DimensionSource::Unit("device_type".to_owned())),
        dimension("region", DimensionSource::Event("region".to_owned())),
        dimension("time_band", DimensionSource::TimeBand(bands)),
    ];
    let row = |(code, conditions, tiers): Row| PriceRow {
        code: read(code),
        conditions: conditions.map(condition).into(),
        is_default: false,
        priority: 0,
        from: None,
        until: None,
        model: scale(TierMode::Graduated, tiers),
    };
    let rows = ROWS.into_iter().map(row).chain([default_row()]).collect();
    PriceTable { dimensions, rows }
}

fn attributes(name: &str, value: &str) -> BTreeMap<String, String> {
    let value = (value != "-").then(|| (name.to_owned(), value.to_owned()));
    value.into_iter().collect()
}

#[test]
fn each_event_has_its_row() {
    let written = table();
    let table = CompiledTable::compile(&written).unwrap();
    let cases = [
        ("tracker-4g", "FR", "07:00", "R01"),
        ("tracker-4g", "FR", "06:59:59", "R02"),
        ("tracker-4g", "FR", "19:00", "R02"),
        ("tracker-4g", "DE", "12:00", "R03"),
        ("tracker-4g", "PT", "02:00", "R03"),
        ("dashcam", "FR", "18:59:59", "R04"),
        ("dashcam", "FR", "23:00", "R05"),
        ("dashcam", "ES", "08:00", "R06"),
        ("dashcam", "BE", "00:00", "R07"),
        ("dashcam", "CH", "08:00", "R08"),
        ("tracker-4g", "GB", "20:00", "R08"),
        ("reefer-probe", "FR", "08:00", "R09"),
        ("reefer-probe", "XX", "08:00", "R09"),
        ("reefer-probe", "-", "08:00", "R09"),
        ("tracker-4g", "US", "08:00", "R99"),
        ("tracker-4g", "fr", "08:00", "R99"),
        ("tracker-4g", " FR", "08:00", "R99"),
        ("tracker-4g", "-", "08:00", "R99"),
        ("tracker-5g", "FR", "08:00", "R99"),
        ("-", "FR", "08:00", "R99"),
        ("-", "-", "08:00", "R99"),
    ];
    for (device_type, region, time, expected) in cases {
        let (unit, event) = (attributes("device_type", device_type), attributes("region", region));
        let local = Date::constant(2026, 1, 15).to_datetime(read(time));
        let row = table.price_row_of(&asked(&unit, &event, local)).unwrap();
        assert_eq!(row.code.as_str(), expected, "{device_type} {region} {time}");
        assert_eq!(table.row(&table.key_of(&asked(&unit, &event, local))), Some(row));
    }
}

#[test]
fn a_key_reads_as_its_values() {
    let written = table();
    let table = CompiledTable::compile(&written).unwrap();
    let local = Date::constant(2026, 1, 15).to_datetime(read("08:00"));
    let key = table.key_of(&asked(
        &attributes("device_type", "dashcam"),
        &attributes("region", "-"),
        local,
    ));
    assert_eq!(key.to_string(), "dashcam, -, peak");
    assert_eq!(key.values().len(), 3);
}

#[test]
fn without_its_default_row_the_table_has_gaps() {
    let mut table = table();
    table.rows.pop();
    let faults = CompiledTable::compile(&table).unwrap_err();
    let text: Vec<_> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        text,
        ["no row takes device_type=dashcam, region=(any other or none), time_band=off-peak \
          (22 such combinations); add a row for it, or a default row"]
    );
}

#[test]
fn a_wider_row_overlaps_and_both_are_named() {
    let mut table = table();
    table.rows[7].conditions[1] = condition("CH GB PT");
    let faults = CompiledTable::compile(&table).unwrap_err();
    let text: Vec<_> = faults.iter().map(ToString::to_string).collect();
    let overlap = |first: &str, device: &str, band: &str| {
        format!(
            "rows `{first}` and `R08` both take device_type={device}, region=PT, \
             time_band={band}; narrow the conditions of one of them"
        )
    };
    assert_eq!(
        text,
        [
            overlap("R03", "tracker-4g", "off-peak"),
            overlap("R06", "dashcam", "peak"),
            overlap("R07", "dashcam", "off-peak"),
        ]
    );
}
