//! Parts of the day.

use std::collections::BTreeMap;

use facts::price::{
    Condition, Dimension, DimensionSource, PriceRow, PriceTable, TierMode, TimeBand, TimeBands,
};
use jiff::civil::{Date, DateTime, Time};
use kernel::Zone;
use kernel::rejection::Rejection;
use pricing::PriceFault;
use pricing::table::{CompiledTable, Key};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::{asked, read, scale};

fn band(name: &str, from: Time, to: Time) -> TimeBand {
    TimeBand { name: name.to_owned(), from, to, ..TimeBand::default() }
}

/// `peak 07:00-19:00`.
fn written(text: &str) -> TimeBand {
    let (name, limits) = text.split_once(' ').expect("a name");
    let (from, to) = limits.split_once('-').expect("two limits");
    band(name, read(from), read(to))
}

/// A table of one row, which takes every part of the day.
fn table(bands: Vec<TimeBand>) -> PriceTable {
    let bands = TimeBands { bands, otherwise: "rest".to_owned(), ..TimeBands::default() };
    let dimension = Dimension { name: "when".to_owned(), source: DimensionSource::TimeBand(bands) };
    let row = PriceRow {
        code: read("R01"),
        conditions: vec![Condition::Any],
        is_default: false,
        priority: 0,
        from: None,
        until: None,
        model: scale(TierMode::Graduated, &[("-", "1")]),
    };
    PriceTable { dimensions: vec![dimension], rows: vec![row] }
}

/// Compiled for the length of the run: a compiled table borrows its rows.
fn compiled(bands: &[&str]) -> Result<CompiledTable<'static>, Vec<PriceFault>> {
    let bands = bands.iter().map(|text| written(text)).collect();
    CompiledTable::compile(Box::leak(Box::new(table(bands))))
}

/// The band of a local time.
fn name_at(table: &CompiledTable<'_>, local: DateTime) -> String {
    let none = BTreeMap::new();
    table.key_of(&asked(&none, &none, local)).to_string()
}

#[test]
fn a_limit_begins_the_band_after_it() {
    let table = compiled(&["peak 07:00-19:00", "night 22:00-06:00"]).unwrap();
    let times = [
        ("00:00", "night"),
        ("05:59:59.999999999", "night"),
        ("06:00", "rest"),
        ("06:59:59.999999999", "rest"),
        ("07:00", "peak"),
        ("12:34:56", "peak"),
        ("18:59:59.999999999", "peak"),
        ("19:00", "rest"),
        ("21:59", "rest"),
        ("22:00", "night"),
        ("23:59:59", "night"),
    ];
    for (time, expected) in times {
        let time: Time = read(time);
        assert_eq!(name_at(&table, Date::constant(2026, 3, 29).to_datetime(time)), expected);
    }
}

#[test]
fn a_band_can_end_at_midnight_and_two_can_share_a_name() {
    let table = compiled(&["peak 07:00-09:00", "peak 17:00-19:00", "late 22:15-00:00"]).unwrap();
    let day = Date::constant(2024, 2, 29);
    for (time, expected) in [
        ("08:59", "peak"),
        ("09:00", "rest"),
        ("17:00", "peak"),
        ("22:14", "rest"),
        ("22:15", "late"),
        ("23:59", "late"),
        ("00:00", "rest"),
    ] {
        assert_eq!(name_at(&table, day.to_datetime(read(time))), expected, "{time}");
    }
}

#[test]
fn bands_that_leave_doubt_are_refused() {
    let table: [(&[&str], &[&str]); 8] = [
        (&["a 07:00-19:00"], &[]),
        (&["a 07:00-19:00", "b 19:00-07:00"], &[]),
        (&["a 07:00-07:00"], &["price-empty-band"]),
        (&["a 00:00-00:00"], &["price-empty-band"]),
        (&["a 07:05-19:00", "b 19:00-20:00:01"], &["price-band-off-quarter"; 2]),
        (&["a 07:00-19:00", "b 18:45-20:00"], &["price-band-overlap"]),
        (&["a 22:00-06:00", "b 05:45-07:00", "c 23:00-23:15"], &["price-band-overlap"; 2]),
        (&["a 07:00-19:00", "a 08:00-09:00"], &["price-band-overlap"]),
    ];
    for (bands, expected) in table {
        let codes: Vec<_> = match compiled(bands) {
            Ok(_) => vec![],
            Err(faults) => faults.iter().map(Rejection::code).collect(),
        };
        assert_eq!(codes, expected, "{bands:?}");
    }
    let faults = compiled(&["a 22:00-06:00", "b 05:45-07:00"]).unwrap_err();
    let text = "bands `a` and `b` of `when` both take 05:45:00; shorten one of them";
    assert_eq!(faults[0].to_string(), text);
}

/// Bands that fill the day leave nothing for `otherwise`: no row need price it, none may name it.
#[test]
fn a_name_that_no_quarter_has_does_not_occur() {
    let mut whole = table(vec![written("day 06:00-22:00"), written("night 22:00-06:00")]);
    let named = |names: &[&str]| {
        vec![Condition::OneOf(names.iter().map(|name| (*name).to_owned()).collect())]
    };
    whole.rows[0].conditions = named(&["day", "night"]);
    let table = CompiledTable::compile(&whole).unwrap();
    assert_eq!(table.row(&Key::new(vec![Some("rest".to_owned())])), None);
    whole.rows[0].conditions = named(&["day", "night", "rest"]);
    let faults = CompiledTable::compile(&whole).unwrap_err();
    assert_eq!(
        faults[0].to_string(),
        "row `R01` names `rest`, which is no part of the day of `when`; it has night, day"
    );
}

/// 07:00 stays 07:00 of the clock on the wall, on both days that daylight saving changes.
#[test]
fn bands_follow_the_clock_of_the_device() {
    let table = compiled(&["peak 07:00-19:00"]).unwrap();
    let cases = [
        ("Europe/Paris", "2026-03-28T05:59:59Z", "rest"),
        ("Europe/Paris", "2026-03-28T06:00:00Z", "peak"),
        ("Europe/Paris", "2026-03-29T04:59:59Z", "rest"),
        ("Europe/Paris", "2026-03-29T05:00:00Z", "peak"),
        ("Europe/Paris", "2026-03-29T17:00:00Z", "rest"),
        ("Europe/Lisbon", "2026-03-29T06:00:00Z", "peak"),
        ("Europe/Athens", "2026-03-29T04:00:00Z", "peak"),
        ("America/Toronto", "2026-03-08T10:59:59Z", "rest"),
        ("America/Toronto", "2026-03-08T11:00:00Z", "peak"),
        ("Europe/Paris", "2026-10-25T06:00:00Z", "peak"),
        ("Asia/Kolkata", "2026-10-25T01:30:00Z", "peak"),
    ];
    for (zone, instant, expected) in cases {
        let local = read::<Zone>(zone).local(read(instant));
        assert_eq!(name_at(&table, local), expected, "{zone} {instant}");
    }
}

const QUARTERS: i8 = 96;

fn quarter(index: i8) -> Time {
    Time::constant(index / 4, index % 4 * 15, 0, 0)
}

/// Whether a band takes a quarter, by walking from its first to its last.
fn walks_over(limits: (i8, i8), wanted: i8) -> bool {
    let mut at = limits.0;
    while at != limits.1 {
        if at == wanted {
            return true;
        }
        at = (at + 1) % QUARTERS;
    }
    false
}

proptest! {
    #[test]
    fn every_quarter_hour_is_in_exactly_one_band(
        limits in vec((0..QUARTERS, 0..QUARTERS), 0..4), minutes in 0_i8..15,
    ) {
        let bands = (0_i8..).zip(&limits);
        let bands = bands.map(|(n, it)| band(&format!("b{n}"), quarter(it.0), quarter(it.1)));
        let table = table(bands.collect());
        let verdict = CompiledTable::compile(&table);
        let takers = |wanted| -> Vec<String> {
            let taking = (0_i8..).zip(&limits).filter(|(_, it)| walks_over(**it, wanted));
            taking.map(|(n, _)| format!("b{n}")).collect()
        };
        let overlap = (0..QUARTERS).any(|wanted| takers(wanted).len() > 1);
        let empty = limits.iter().any(|(from, to)| from == to);
        prop_assert_eq!(verdict.is_err(), overlap || empty);
        let Ok(table) = verdict else { return Ok(()) };
        for wanted in 0..QUARTERS {
            let time = Time::constant(wanted / 4, wanted % 4 * 15 + minutes, 59, 0);
            let names = takers(wanted);
            let expected = names.first().map_or("rest", String::as_str);
            let local = Date::constant(2026, 10, 25).to_datetime(time);
            prop_assert_eq!(name_at(&table, local), expected);
        }
    }
}
