//! Tables with every kind of condition, against a reader who goes through the rows one by one and
//! knows nothing of classes and decisions.

use std::collections::{BTreeMap, BTreeSet};

use facts::price::{
    BandZone, Condition, Dimension, DimensionSource, Model, NumberRange, PriceRow, PriceTable,
    TimeBand, TimeBands, WeekDay,
};
use jiff::civil::{Date, DateTime, Time};
use kernel::Quantity;
use kernel::rejection::Rejection;
use pricing::PriceFault;
use pricing::table::{Asked, CompiledTable, override_faults};
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;

use crate::{milli, read};

fn dimension(name: &str, source: DimensionSource) -> Dimension {
    Dimension { name: name.to_owned(), source }
}

fn one_of(values: &[&str]) -> Condition {
    Condition::OneOf(values.iter().map(|value| (*value).to_owned()).collect())
}

fn begins(texts: &[&str]) -> Condition {
    Condition::Prefix(texts.iter().map(|text| (*text).to_owned()).collect())
}

fn range(from: &str, below: &str) -> Condition {
    let bound = |text: &str| (text != "-").then(|| read::<Quantity>(text));
    Condition::Range(NumberRange { from: bound(from), below: bound(below) })
}

fn row(code: &str, conditions: Vec<Condition>) -> PriceRow {
    PriceRow::new(read(code), conditions, Model::per_unit(read("1")))
}

fn rest(code: &str) -> PriceRow {
    PriceRow { is_default: true, ..row(code, vec![]) }
}

fn event(name: &str) -> Dimension {
    dimension(name, DimensionSource::Event(name.to_owned()))
}

/// The row of one event, or `-`.
fn hit(table: &CompiledTable<'_>, values: &[(&str, &str)], local: DateTime) -> String {
    let event = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let (event, none) = (event.collect(), BTreeMap::new());
    let asked =
        Asked { unit: &none, event: &event, account: &none, at_device: local, at_account: local };
    let row = table.price_row_of(&asked);
    assert_eq!(table.row(&table.key_of(&asked)), row);
    row.map_or_else(|| "-".to_owned(), |row| row.code.to_string())
}

fn noon(day: Date) -> DateTime {
    day.at(12, 0, 0, 0)
}

const DAY: Date = Date::constant(2026, 2, 2);

#[test]
fn ranges_are_half_open_and_compare_as_numbers() {
    let table = PriceTable {
        dimensions: vec![event("weight")],
        rows: vec![
            row("LIGHT", vec![range("-", "10")]),
            row("MEDIUM", vec![range("10", "20.5")]),
            row("HEAVY", vec![range("20.5", "-")]),
            PriceRow { priority: 1, ..row("TEN", vec![one_of(&["10"])]) },
            rest("NONE"),
        ],
    };
    let table = CompiledTable::compile(&table).unwrap();
    let cases = [
        ("9.999999999999", "LIGHT"),
        ("-3", "LIGHT"),
        ("10.0", "MEDIUM"),
        ("10", "TEN"),
        ("20.499999999", "MEDIUM"),
        ("20.5", "HEAVY"),
        ("0020.50", "HEAVY"),
        ("99999999999999999999", "HEAVY"),
        ("ten", "NONE"),
        ("1e3", "NONE"),
        ("", "NONE"),
        (".5", "NONE"),
    ];
    for (weight, expected) in cases {
        assert_eq!(hit(&table, &[("weight", weight)], noon(DAY)), expected, "{weight}");
    }
    assert_eq!(hit(&table, &[], noon(DAY)), "NONE");
}

#[test]
fn beginnings_of_text() {
    let table = PriceTable {
        dimensions: vec![event("number")],
        rows: vec![
            row("FRANCE", vec![begins(&["33"])]),
            PriceRow { priority: 1, ..row("MOBILE", vec![begins(&["336", "337"])]) },
            PriceRow { priority: 2, ..row("HELP", vec![one_of(&["3360"])]) },
            rest("WORLD"),
        ],
    };
    let compiled = CompiledTable::compile(&table).unwrap();
    let cases = [
        ("33", "FRANCE"),
        ("3301", "FRANCE"),
        ("3361", "MOBILE"),
        ("3360", "HELP"),
        ("34", "WORLD"),
    ];
    for (number, expected) in cases {
        assert_eq!(hit(&compiled, &[("number", number)], noon(DAY)), expected, "{number}");
    }
    let mut without = table;
    without.rows[1].priority = 0;
    let faults = CompiledTable::compile(&without).unwrap_err();
    assert_eq!(
        faults[0].to_string(),
        "rows `FRANCE` and `MOBILE` both take number=336; narrow the conditions of one of them"
    );
}

#[test]
fn rows_that_count_for_a_time_follow_each_other() {
    let dated = |code, from: Option<&str>, until: Option<&str>| PriceRow {
        from: from.map(read),
        until: until.map(read),
        ..row(code, vec![Condition::Any])
    };
    let mut table = PriceTable {
        dimensions: vec![event("any")],
        rows: vec![dated("OLD", None, Some("2026-03-01")), dated("NEW", Some("2026-03-01"), None)],
    };
    let compiled = CompiledTable::compile(&table).unwrap();
    assert_eq!(hit(&compiled, &[], noon(Date::constant(2026, 2, 28))), "OLD");
    assert_eq!(hit(&compiled, &[], noon(Date::constant(2026, 3, 1))), "NEW");
    table.rows[1].from = Some(read("2026-03-02"));
    let faults = CompiledTable::compile(&table).unwrap_err();
    let text = "no row takes any=(any other or none), day=2026-03-01 (1 such combinations); add a \
                row for it, or a default row";
    assert_eq!(faults[0].to_string(), text);
    table.rows[1].until = Some(read("2026-03-02"));
    let faults = CompiledTable::compile(&table).unwrap_err();
    assert_eq!(faults[0].code(), "price-empty-validity");
}

/// Friday night is of Friday, and a holiday is one from midnight to midnight.
#[test]
fn a_week_has_days_and_holidays() {
    let band = |name: &str, from: i8, to: i8, days: &[WeekDay]| TimeBand {
        name: name.to_owned(),
        from: Time::constant(from, 0, 0, 0),
        to: Time::constant(to, 0, 0, 0),
        days: days.iter().copied().collect(),
    };
    use WeekDay::{Fri, Mon, Thu, Tue, Wed};
    let week = TimeBands {
        bands: vec![band("work", 8, 18, &[Mon, Tue, Wed, Thu, Fri]), band("party", 22, 4, &[Fri])],
        otherwise: "rest".to_owned(),
        holidays: BTreeSet::from([Date::constant(2026, 5, 1)]),
        on_holidays: Some("holiday".to_owned()),
        zone: BandZone::Device,
    };
    let rows = ["work", "party", "rest", "holiday"].map(|name| row(name, vec![one_of(&[name])]));
    let table = PriceTable {
        dimensions: vec![dimension("when", DimensionSource::TimeBand(week))],
        rows: rows.into(),
    };
    let table = CompiledTable::compile(&table).unwrap();
    let at = |day: i8, hour: i8| hit(&table, &[], Date::constant(2026, 5, day).at(hour, 0, 0, 0));
    // 1 May 2026 is a Friday; its night is none of a holiday, and Saturday has the rest of it.
    let cases = [(1, 9), (1, 23), (2, 3), (2, 4), (4, 8), (4, 18), (8, 23), (9, 3)];
    let hits = cases.map(|(day, hour)| at(day, hour));
    let expected = ["holiday", "holiday", "party", "rest", "work", "rest", "party", "party"];
    assert_eq!(hits, expected);
}

#[test]
fn a_row_that_is_always_hidden_is_refused() {
    let table = PriceTable {
        dimensions: vec![event("a")],
        rows: vec![
            row("HIDDEN", vec![one_of(&["x"])]),
            PriceRow { priority: 1, ..row("WIDE", vec![Condition::Any]) },
        ],
    };
    let faults = CompiledTable::compile(&table).unwrap_err();
    assert_eq!(faults, [PriceFault::NeverHit { row: read("HIDDEN") }]);
}

#[test]
fn an_explanation_says_what_the_row_asks_and_who_stands_back() {
    let table = PriceTable {
        dimensions: vec![event("region"), event("weight")],
        rows: vec![
            PriceRow { priority: 1, ..row("FR-10", vec![one_of(&["FR"]), range("10", "20")]) },
            row("FR", vec![one_of(&["FR", "MC"]), Condition::Any]),
            rest("REST"),
        ],
    };
    let table = CompiledTable::compile(&table).unwrap();
    let (none, day) = (BTreeMap::new(), noon(DAY));
    let event = BTreeMap::from(
        [("region", "FR"), ("weight", "12")]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    let asked =
        Asked { unit: &none, event: &event, account: &none, at_device: day, at_account: day };
    let explained = table.explain(&table.key_of(&asked)).unwrap();
    assert_eq!(explained.row.code.as_str(), "FR-10");
    let asks: Vec<_> = explained.asks.iter().map(|it| it.asked.clone().unwrap()).collect();
    assert_eq!(asks, ["FR", "10 ≤ … < 20"]);
    let others: Vec<_> = explained.others.iter().map(ToString::to_string).collect();
    assert_eq!(others, ["FR", "REST"]);
}

#[test]
fn a_contract_can_have_a_price_of_its_own_for_one_row() {
    let table = PriceTable { dimensions: vec![event("a")], rows: vec![rest("REST")] };
    let own = BTreeMap::from([(read("REST"), Model::per_unit(read("0.5")))]);
    assert_eq!(override_faults(&table, &own), []);
    let model = pricing::table::model_under(&table.rows[0], Some(&own));
    assert_eq!(*model, Model::per_unit(read("0.5")));
    assert_eq!(*pricing::table::model_under(&table.rows[0], None), table.rows[0].model);
    let wrong = BTreeMap::from([(read("OTHER"), Model::default())]);
    let codes: Vec<_> = override_faults(&table, &wrong).iter().map(Rejection::code).collect();
    assert_eq!(codes, ["price-override-of-nothing", "price-no-tiers"]);
}

#[test]
fn ranges_and_beginnings_do_not_share_a_column() {
    let rows = vec![row("A", vec![range("1", "2")]), row("B", vec![begins(&["x"])]), rest("C")];
    let table = PriceTable { dimensions: vec![event("a")], rows };
    let faults = CompiledTable::compile(&table).unwrap_err();
    assert_eq!(faults, [PriceFault::MixedConditions { dimension: "a".into() }]);
}

// --- a second reading ---

/// Values that conditions and events draw from: words, and texts that begin like them.
const WORDS: [&str; 6] = ["a", "ab", "abc", "b", "ba", "c"];

fn words(condition: bool) -> impl Strategy<Value = Condition> {
    let texts = prop::sample::subsequence(WORDS.to_vec(), 1..4);
    texts.prop_map(move |texts| if condition { one_of(&texts) } else { begins(&texts) })
}

fn text_condition() -> impl Strategy<Value = Condition> {
    prop_oneof![2 => Just(Condition::Any), 2 => words(true), 1 => words(false)]
}

fn number_condition() -> impl Strategy<Value = Condition> {
    let bounds = (option::of(-2_i64..8), option::of(-2_i64..8));
    let ranged = bounds.prop_filter_map("some bounds", |(from, below)| {
        let fits = match (from, below) {
            (Some(from), Some(below)) => from < below,
            (from, below) => from.is_some() || below.is_some(),
        };
        let bound = |it: Option<i64>| it.map(|it| milli(it * 500));
        fits.then(|| Condition::Range(NumberRange { from: bound(from), below: bound(below) }))
    });
    let exact = btree_set(-1_i64..5, 1..3);
    let exact = exact.prop_map(|it| Condition::OneOf(it.iter().map(i64::to_string).collect()));
    prop_oneof![2 => Just(Condition::Any), 3 => ranged, 1 => exact]
}

fn band_condition() -> impl Strategy<Value = Condition> {
    let names = prop::sample::subsequence(vec!["work", "rest"], 1..=2);
    prop_oneof![2 => Just(Condition::Any), 1 => names.prop_map(|names| one_of(&names))]
}

fn week() -> TimeBands {
    let work = TimeBand {
        name: "work".to_owned(),
        from: Time::constant(8, 0, 0, 0),
        to: Time::constant(18, 0, 0, 0),
        days: BTreeSet::from([WeekDay::Mon, WeekDay::Tue]),
    };
    let holidays = BTreeSet::from([Date::constant(2026, 2, 3)]);
    let (otherwise, zone) = ("rest".to_owned(), BandZone::Account);
    TimeBands { bands: vec![work], otherwise, holidays, on_holidays: None, zone }
}

/// The Monday on which the days of the events begin.
const MONDAY: Date = Date::constant(2026, 2, 2);

fn day(after: i32) -> Date {
    kernel::calendar::add_days(MONDAY, after).expect("a day near")
}

prop_compose! {
    fn rows()(
        conditions in (text_condition(), number_condition(), text_condition(), band_condition()),
        priority in 0_i32..3,
        validity in option::weighted(0.3, (option::of(0_i32..3), option::of(3_i32..5))),
    ) -> PriceRow {
        let (a, n, b, when) = conditions;
        let (from, until) = validity.unwrap_or_default();
        PriceRow {
            priority,
            from: from.map(day),
            until: until.map(day),
            ..row("R", vec![a, n, b, when])
        }
    }
}

fn tables() -> impl Strategy<Value = PriceTable> {
    (vec(rows(), 0..6), any::<bool>()).prop_map(|(rows, with_rest)| {
        let named = (1_u8..).zip(rows);
        let named = named.map(|(n, row)| PriceRow { code: read(&format!("R{n}")), ..row });
        PriceTable {
            dimensions: vec![
                dimension("a", DimensionSource::Unit("a".into())),
                event("n"),
                dimension("b", DimensionSource::Account("b".into())),
                dimension("when", DimensionSource::TimeBand(week())),
            ],
            rows: named.chain(with_rest.then(|| rest("REST"))).collect(),
        }
    })
}

#[derive(Debug, Clone)]
struct Told {
    values: [Option<String>; 3],
    at: DateTime,
}

fn told() -> impl Strategy<Value = Told> {
    let word =
        || option::of(prop::sample::select(vec!["a", "ab", "abc", "abd", "b", "ba", "z", ""]));
    let number = prop_oneof![
        3 => (-3000_i64..5000).prop_map(|it| milli(it).to_string()),
        3 => (-2_i64..5).prop_map(|it| it.to_string()),
        1 => Just("x".to_owned()),
    ];
    let at = (0_i32..7, 0_i8..24);
    (word(), option::of(number), word(), at).prop_map(|(a, n, b, (days, hour))| Told {
        values: [a.map(str::to_owned), n, b.map(str::to_owned)],
        at: day(days).at(hour, 30, 0, 0),
    })
}

fn takes(condition: &Condition, value: Option<&str>) -> bool {
    match condition {
        Condition::Any => true,
        Condition::OneOf(values) => value.is_some_and(|it| values.contains(it)),
        Condition::Prefix(texts) => {
            value.is_some_and(|it| texts.iter().any(|text| it.starts_with(text.as_str())))
        }
        Condition::Range(range) => {
            let number = value.and_then(|it| it.parse::<Quantity>().ok());
            number.is_some_and(|it| {
                range.from.is_none_or(|from| from <= it)
                    && range.below.is_none_or(|below| it < below)
            })
        }
    }
}

fn band_at(at: DateTime) -> &'static str {
    let (holiday, workdays) = (at.date() == day(1), [day(0), day(7)]);
    let works = workdays.contains(&at.date()) && (8..18).contains(&at.hour());
    if works && !holiday { "work" } else { "rest" }
}

/// The rows of the greatest priority that take an event.
fn naive<'a>(table: &'a PriceTable, told: &Told) -> Vec<&'a PriceRow> {
    let [a, n, b] = &told.values;
    let values = [a.as_deref(), n.as_deref(), b.as_deref(), Some(band_at(told.at))];
    let date = told.at.date();
    let mut taking: Vec<_> = table.rows.iter().filter(|row| !row.is_default).collect();
    taking.retain(|row| {
        row.from.is_none_or(|from| from <= date)
            && row.until.is_none_or(|until| date < until)
            && row.conditions.iter().zip(values).all(|(asked, value)| takes(asked, value))
    });
    let highest = taking.iter().map(|row| row.priority).max();
    taking.retain(|row| Some(row.priority) == highest);
    taking
}

fn found<'a>(compiled: &'a CompiledTable<'_>, told: &Told) -> Option<&'a PriceRow> {
    let [a, n, b] = &told.values;
    let one = |name: &str, value: &Option<String>| -> BTreeMap<String, String> {
        value.iter().map(|value| (name.to_owned(), value.clone())).collect()
    };
    let (unit, event, account) = (one("a", a), one("n", n), one("b", b));
    let asked = Asked {
        unit: &unit,
        event: &event,
        account: &account,
        at_device: noon(MONDAY),
        at_account: told.at,
    };
    let row = compiled.price_row_of(&asked);
    assert_eq!(compiled.row(&compiled.key_of(&asked)), row);
    let explained = compiled.explain(&compiled.key_of(&asked));
    assert_eq!(explained.map(|it| it.row), row);
    row
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12_000))]

    #[test]
    fn a_compiled_table_agrees_with_a_reader(table in tables(), events in vec(told(), 1..40)) {
        let default = table.rows.iter().find(|row| row.is_default);
        match CompiledTable::compile(&table) {
            Ok(compiled) => {
                for told in &events {
                    let taking = naive(&table, told);
                    prop_assert!(taking.len() <= 1, "{taking:?}");
                    let expected = taking.first().copied().or(default);
                    prop_assert_eq!(found(&compiled, told), expected);
                    prop_assert!(expected.is_some(), "no gap");
                }
            }
            Err(faults) => {
                // What a reader trips over was told.
                let overlaps: BTreeSet<_> = faults.iter().filter_map(|fault| match fault {
                    PriceFault::Overlap { first, second, .. } => Some((first, second)),
                    _ => None,
                }).collect();
                let gap = faults.iter().any(|fault| matches!(fault, PriceFault::Gap { .. }));
                for told in &events {
                    let taking = naive(&table, told);
                    if let [first, second, ..] = taking.as_slice() {
                        prop_assert!(overlaps.contains(&(&first.code, &second.code)));
                    }
                    prop_assert!(gap || default.is_some() || !taking.is_empty());
                }
            }
        }
    }
}
