//! Price tables: faults, and compilation against brute force.

use std::collections::{BTreeMap, BTreeSet};

use facts::price::{
    Condition, Dimension, DimensionSource, PriceRow, PriceTable, TierMode, TimeBand, TimeBands,
};
use jiff::civil::{Date, DateTime, Time};
use kernel::rejection::Rejection;
use pricing::PriceFault;
use pricing::table::{CompiledTable, DIMENSIONS_MAX, Key};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::smart_fleet;
use crate::{asked, read, scale};

fn one_of(values: &[&str]) -> Condition {
    Condition::OneOf(values.iter().map(|value| (*value).to_owned()).collect())
}

fn row(code: &str, conditions: Vec<Condition>) -> PriceRow {
    let model = scale(TierMode::Graduated, &[("-", "1")]);
    PriceRow {
        code: read(code),
        conditions,
        is_default: false,
        priority: 0,
        from: None,
        until: None,
        model,
    }
}

fn default_row(code: &str) -> PriceRow {
    PriceRow { is_default: true, ..row(code, vec![]) }
}

fn by_unit(name: &str) -> Dimension {
    Dimension { name: name.to_owned(), source: DimensionSource::Unit(name.to_owned()) }
}

fn codes(table: &PriceTable) -> Vec<&'static str> {
    match CompiledTable::compile(table) {
        Ok(_) => vec![],
        Err(faults) => faults.iter().map(Rejection::code).collect(),
    }
}

fn local(hour: i8) -> DateTime {
    Date::constant(2026, 2, 1).at(hour, 0, 0, 0)
}

/// The smart-fleet table with one thing changed.
fn changed(change: impl FnOnce(&mut PriceTable)) -> Vec<&'static str> {
    let mut table = smart_fleet::table();
    change(&mut table);
    codes(&table)
}

#[test]
fn each_fault_has_its_code() {
    assert_eq!(changed(|_| ()), [""; 0]);
    let table: [(&str, Vec<&str>); 13] = [
        ("price-duplicate-row", changed(|it| it.rows[1].code = read("R01"))),
        ("price-duplicate-default", changed(|it| it.rows.push(default_row("R98")))),
        ("price-default-condition", changed(|it| it.rows[9].conditions[0] = one_of(&["x"]))),
        ("price-condition-count", changed(|it| it.rows[0].conditions.truncate(2))),
        ("price-condition-count", changed(|it| it.rows[0].conditions.push(Condition::Any))),
        ("price-condition-count", changed(|it| it.rows[0].conditions.clear())),
        ("price-empty-condition", changed(|it| it.rows[0].conditions[1] = one_of(&[]))),
        ("price-unknown-band", changed(|it| it.rows[0].conditions[2] = one_of(&["Peak"]))),
        ("price-duplicate-dimension", changed(|it| it.dimensions[1].name = "device_type".into())),
        ("price-tier-closed", changed(|it| it.rows[0].model.tiers.truncate(2))),
        ("price-no-tiers", changed(|it| it.rows[9].model.tiers.clear())),
        ("price-overlap", changed(|it| it.rows[0].conditions[1] = one_of(&["FR", "CH"]))),
        ("price-gap", changed(|it| it.rows.truncate(9))),
    ];
    for (expected, codes) in table {
        assert_eq!(codes, [expected]);
    }
}

#[test]
fn all_faults_are_told_at_once() {
    let codes = changed(|it| {
        it.rows[1].code = read("R01");
        it.rows[3].model.tiers[0].up_to = Some(read("0"));
        it.rows[4].conditions[2] = one_of(&["dusk"]);
    });
    assert_eq!(codes, ["price-duplicate-row", "price-tier-order", "price-unknown-band"]);
}

#[test]
fn a_default_row_may_write_its_conditions_or_leave_them_out() {
    assert_eq!(changed(|it| it.rows[9].conditions.clear()), [""; 0]);
    assert_eq!(changed(|it| it.rows[9].conditions.truncate(2)), ["price-condition-count"]);
}

#[test]
fn a_table_without_dimensions_has_one_key() {
    let table = |rows| PriceTable { dimensions: vec![], rows };
    assert_eq!(codes(&table(vec![row("A", vec![])])), [""; 0]);
    assert_eq!(codes(&table(vec![default_row("A")])), [""; 0]);
    assert_eq!(codes(&table(vec![row("A", vec![]), row("B", vec![])])), ["price-overlap"]);
    assert_eq!(codes(&table(vec![])), ["price-gap"]);
    let faults = CompiledTable::compile(&table(vec![])).unwrap_err();
    assert!(faults[0].to_string().starts_with("no row takes (every event)"), "{faults:?}");
}

#[test]
fn a_key_of_another_table_has_no_row() {
    let table = PriceTable { dimensions: vec![by_unit("a")], rows: vec![default_row("A")] };
    let table = CompiledTable::compile(&table).unwrap();
    assert!(table.row(&Key::new(vec![None])).is_some());
    assert_eq!(table.row(&Key::new(vec![])), None);
    assert_eq!(table.row(&Key::new(vec![None, None])), None);
}

#[test]
fn what_cannot_be_proved_is_refused_by_name() {
    let names: Vec<_> = (0..=DIMENSIONS_MAX).map(|n| format!("d{n}")).collect();
    let dimensions = names.iter().map(|name| by_unit(name)).collect();
    let wide = PriceTable { dimensions, rows: vec![default_row("A")] };
    assert_eq!(codes(&wide), ["price-too-many-dimensions"]);
}

/// Quick enough at its limit: 64³ combinations and 100 rows.
#[test]
fn a_table_of_the_largest_size_is_proved() {
    let values: Vec<_> = (0..63).map(|n| n.to_string()).collect();
    let all = Condition::OneOf(values.iter().cloned().collect());
    let first = |n: usize| Condition::OneOf([values[n].clone()].into());
    let rows = (0..63).map(|n| row(&format!("R{n}"), vec![first(n), all.clone(), all.clone()]));
    let rows = rows.chain([default_row("R99")]).collect();
    let table = PriceTable { dimensions: ["a", "b", "c"].map(by_unit).into(), rows };
    let compiled = CompiledTable::compile(&table).unwrap();
    let unit: BTreeMap<_, _> = ["a", "b", "c"].map(|name| (name.to_owned(), "7".to_owned())).into();
    let row = compiled.price_row_of(&asked(&unit, &BTreeMap::new(), local(0))).unwrap();
    assert_eq!(row.code.as_str(), "R7");
}

#[test]
fn one_attribute_can_be_asked_twice() {
    let table = PriceTable {
        dimensions: vec![
            by_unit("a"),
            Dimension { name: "again".into(), source: DimensionSource::Unit("a".into()) },
        ],
        rows: vec![row("A", vec![one_of(&["x"]), one_of(&["x"])]), default_row("B")],
    };
    let compiled = CompiledTable::compile(&table).unwrap();
    let unit = |value: &str| BTreeMap::from([("a".to_owned(), value.to_owned())]);
    let code = |value: &str| {
        let row = compiled.price_row_of(&asked(&unit(value), &BTreeMap::new(), local(0)));
        row.map(|row| row.code.as_str().to_owned())
    };
    assert_eq!((code("x"), code("y")), (Some("A".to_owned()), Some("B".to_owned())));
}

// --- brute force ---

/// Every value that a random row can mention, one that none mentions, and none.
const VALUES: [Option<&str>; 5] = [Some("x"), Some("y"), Some("z"), Some("unheard"), None];

/// Parts of the day to draw from, with the names that occur.
fn some_bands(choice: usize) -> (TimeBands, &'static [&'static str]) {
    let band = |name: &str, from, to| TimeBand {
        name: name.to_owned(),
        from: Time::constant(from, 0, 0, 0),
        to: Time::constant(to, 0, 0, 0),
        ..TimeBand::default()
    };
    let (bands, names): (_, &'static [_]) = match choice {
        0 => (vec![], &["rest"]),
        1 => (vec![band("peak", 7, 19)], &["peak", "rest"]),
        2 => (vec![band("night", 22, 6)], &["night", "rest"]),
        _ => (vec![band("night", 22, 6), band("day", 6, 22)], &["night", "day"]),
    };
    (TimeBands { bands, otherwise: "rest".to_owned(), ..TimeBands::default() }, names)
}

fn conditions(values: &'static [&'static str]) -> impl Strategy<Value = Condition> {
    let listed = prop::sample::subsequence(values, 1..=values.len());
    prop_oneof![2 => Just(Condition::Any), 3 => listed.prop_map(|list| one_of(&list))]
}

/// Tables of two text dimensions and one of time, up to five rows, with or without default.
fn tables() -> impl Strategy<Value = PriceTable> {
    let text = || conditions(&["x", "y", "z"]);
    let table = move |choice: usize| {
        let (bands, names) = some_bands(choice);
        let rows = vec((text(), text(), conditions(names)), 0..6);
        (Just(bands), rows, any::<bool>())
    };
    (0_usize..4).prop_flat_map(table).prop_map(|(bands, rows, with_default)| {
        let dimensions = vec![
            by_unit("a"),
            Dimension { name: "b".into(), source: DimensionSource::Event("b".into()) },
            Dimension { name: "when".into(), source: DimensionSource::TimeBand(bands) },
        ];
        let rows = (1_u8..).zip(rows);
        let rows = rows.map(|(n, (a, b, when))| row(&format!("R{n}"), vec![a, b, when]));
        let default = with_default.then(|| default_row("R99"));
        PriceTable { dimensions, rows: rows.chain(default).collect() }
    })
}

/// One event: an attribute of the unit, a member of the event, an hour.
type Event = (Option<&'static str>, Option<&'static str>, i8);

fn events() -> Vec<Event> {
    let pairs = VALUES.into_iter().flat_map(|a| VALUES.map(|b| (a, b)));
    pairs.flat_map(|(a, b)| (0..24).map(move |hour| (a, b, hour))).collect()
}

/// The name of an hour, read from the bands as they are written.
fn band_at(table: &PriceTable, hour: i8) -> String {
    let DimensionSource::TimeBand(bands) = &table.dimensions[2].source else {
        panic!("the third dimension is the time");
    };
    let inside = |band: &&TimeBand| {
        let (from, to) = (band.from.hour(), band.to.hour());
        (from <= hour && hour < to) || (to < from && (hour >= from || hour < to))
    };
    bands.bands.iter().find(inside).map_or(&bands.otherwise, |band| &band.name).clone()
}

/// The rows that take an event, by reading every row; the default row is left out.
fn naive<'a>(table: &'a PriceTable, event: &Event) -> Vec<&'a PriceRow> {
    let when = band_at(table, event.2);
    let values = [event.0, event.1, Some(when.as_str())];
    let takes = |row: &&PriceRow| {
        !row.is_default
            && row.conditions.iter().zip(values).all(|(condition, value)| match condition {
                Condition::Any => true,
                Condition::Range(_) | Condition::Prefix(_) => false,
                Condition::OneOf(list) => value.is_some_and(|value| list.contains(value)),
            })
    };
    table.rows.iter().filter(takes).collect()
}

fn attributes(name: &str, value: Option<&str>) -> BTreeMap<String, String> {
    value.map(|value| (name.to_owned(), value.to_owned())).into_iter().collect()
}

/// The pairs of rows that some event hits both of, and whether some event hits none.
fn brute_force(table: &PriceTable) -> (BTreeSet<(String, String)>, bool) {
    let has_default = table.rows.iter().any(|row| row.is_default);
    let mut pairs = BTreeSet::new();
    let mut gap = false;
    for event in events() {
        let rows = naive(table, &event);
        gap |= rows.is_empty() && !has_default;
        for (index, second) in rows.iter().enumerate() {
            let second = second.code.to_string();
            pairs.extend(rows[..index].iter().map(|it| (it.code.to_string(), second.clone())));
        }
    }
    (pairs, gap)
}

proptest! {
    #[test]
    fn compilation_agrees_with_brute_force(table in tables()) {
        let (pairs, gap) = brute_force(&table);
        match CompiledTable::compile(&table) {
            Ok(_) => prop_assert!(pairs.is_empty() && !gap),
            Err(faults) => {
                let mut told = BTreeSet::new();
                let mut told_gap = false;
                for fault in faults {
                    match fault {
                        PriceFault::Overlap { first, second, .. } => {
                            told.insert((first.to_string(), second.to_string()));
                        }
                        PriceFault::Gap { .. } => told_gap = true,
                        other => prop_assert!(false, "{other}"),
                    }
                }
                prop_assert_eq!((told, told_gap), (pairs, gap));
            }
        }
    }

    #[test]
    fn the_row_of_a_key_is_the_one_a_reader_would_find(table in tables()) {
        let Ok(compiled) = CompiledTable::compile(&table) else { return Ok(()) };
        let default = table.rows.iter().find(|row| row.is_default);
        for event in events() {
            let expected = naive(&table, &event).first().copied().or(default);
            let (unit, data) = (attributes("a", event.0), attributes("b", event.1));
            let found = compiled.price_row_of(&asked(&unit, &data, local(event.2)));
            prop_assert_eq!(found, expected);
            let key = compiled.key_of(&asked(&unit, &data, local(event.2)));
            prop_assert_eq!(compiled.row(&key), expected);
        }
    }

    #[test]
    fn the_order_of_the_rows_has_no_meaning(
        (table, shuffled) in tables().prop_flat_map(|table| {
            let rows = Just(table.rows.clone()).prop_shuffle();
            let shuffled = rows.prop_map({
                let dimensions = table.dimensions.clone();
                move |rows| PriceTable { dimensions: dimensions.clone(), rows }
            });
            (Just(table), shuffled)
        }),
    ) {
        let (one, other) = (CompiledTable::compile(&table), CompiledTable::compile(&shuffled));
        prop_assert_eq!(one.is_ok(), other.is_ok());
        let (Ok(one), Ok(other)) = (one, other) else { return Ok(()) };
        for event in events() {
            let (unit, data) = (attributes("a", event.0), attributes("b", event.1));
            let asked = asked(&unit, &data, local(event.2));
            let row = |of: &CompiledTable<'_>| of.price_row_of(&asked).cloned();
            prop_assert_eq!(row(&one), row(&other));
        }
    }
}
