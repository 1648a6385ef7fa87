//! The figures of `docs/guides/mediation.md`.

use facts::MeterPublished;
use facts::meter::{
    Derived, Factor, Filter, Interval, Level, Literal, Measure, Mediation, Member, Rollover,
    Session, Test, TimeUnit,
};
use facts::usage::{Envelope, Scalar};
use metering::{Rules, buckets, combine, trace};

use super::sample::asks;
use crate::fold::sample::{TODAY, held, point, series};
use crate::line::{arrival_day, field, meter, text, with};

const GUIDE: &str = include_str!("../../../../../docs/guides/mediation.md");

#[track_caller]
fn in_guide(text: &str) {
    assert!(GUIDE.contains(&format!("```text\n{text}\n")), "{text}");
}

fn data_mb() -> MeterPublished {
    let mut bytes = field("bytes");
    bytes.decimals_max = 0;
    let other = Test::Different(Literal::Text("test".to_owned()));
    let derived = |name: &str, expression: &str| Derived {
        name: name.to_owned(),
        expression: expression.to_owned(),
    };
    let choice = r#"if(country = "FR", "home", concat("roaming-", country))"#;
    let mediation = Mediation {
        accept: Some(Filter::All(vec![asks("apn", other), asks("up", Test::Exists(true))])),
        derive: vec![derived("bytes", "up + down"), derived("where", choice)],
        convert: Some(Factor { numerator: 1, denominator: 1_000_000 }),
    };
    let measure = Measure::Sum(bytes);
    MeterPublished { mediation, ..meter("data_mb", "com.example.data.v1", measure, &["where"]) }
}

#[test]
fn bytes_both_ways_in_mb() {
    let rules = Rules::new(vec![data_mb()], arrival_day());
    let shown = |members: &[(&str, Scalar<'_>)]| {
        let event_type = Some("com.example.data.v1".into());
        trace(Some(&Envelope { event_type, ..with(members) }), &rules).to_string()
    };
    let (up, country) = (("up", Scalar::Number("1234567")), ("country", text("BE")));
    let (apn, down) = (("apn", text("fleet")), ("down", Scalar::Number("8")));
    in_guide(&shown(&[apn.clone(), up.clone(), down, country]));
    in_guide(&shown(&[apn, up.clone()]));
    in_guide(&shown(&[("apn", text("test")), up]));
}

/// The quarters of a series, each with its quantity, and what they are in all.
fn folded(measure: &Measure, lines: &[&str]) -> (Vec<String>, String) {
    let series = series(lines.iter().map(|line| point(line)).collect());
    let buckets = buckets(&series, measure, &held(), TODAY).unwrap();
    let shown = |it: &facts::usage::Bucket| {
        let quarter = it.quarter_at.to_string();
        format!("{} {}", &quarter[11..16], it.quantity.normalized())
    };
    let whole = combine(&buckets).unwrap().normalized().to_string();
    (buckets.iter().map(shown).collect(), whole)
}

#[test]
fn trips_from_a_start_to_a_stop() {
    let word = str::to_owned;
    let trips = Measure::Duration(Session {
        phase: word("state"),
        start: word("begun"),
        stop: word("ended"),
        key: word("trip"),
        timeout_seconds: 7_200,
        per: TimeUnit::Minute,
    });
    let (quarters, whole) =
        folded(&trips, &["10:05 1 $key=17", "10:20 1 $key=18", "10:32 0 $key=17"]);
    in_guide(&quarters[..4].join("\n"));
    assert_eq!(quarters.last().unwrap(), "12:15 5");
    assert_eq!(whole, "147");
}

#[test]
fn energy_by_day_and_by_night() {
    let energy = Measure::Interval(Interval {
        field: field("kwh"),
        from: "began".to_owned(),
        longest_seconds: 86_400,
    });
    let (quarters, whole) = folded(&energy, &["18:15 7 $lasted=2100000000"]);
    in_guide(&quarters.join("\n"));
    assert_eq!(whole, "7");
}

#[test]
fn what_stands_at_the_end() {
    let field = || field("n");
    let users = ["10:00 3", "10:05 7", "10:10 5", "10:20 2"];
    let drivers = [
        "10:00 1 $key=\"anna",
        "10:05 1 $key=\"bert",
        "10:20 1 $key=\"anna",
        "10:21 1 $key=1",
        "10:22 1 $key=\"1",
    ];
    let level = Measure::TimeWeighted(Level { field: field(), per: TimeUnit::Hour });
    let few_digits = Rollover { field: field(), wraps_at: "1000".parse().unwrap() };
    for (measure, lines, expected) in [
        (Measure::Max(field()), users.as_slice(), "7"),
        (Measure::Min(field()), users.as_slice(), "2"),
        (Measure::Latest(field()), users.as_slice(), "2"),
        (Measure::Unique(Member { name: "driver".to_owned() }), drivers.as_slice(), "4"),
        (Measure::Counter(field()), &["10:00 100", "11:00 107", "12:00 4.5", "13:00 5"], "12"),
        (Measure::Rollover(few_digits), &["10:00 990", "11:00 5"], "15"),
        (level, &["10:00 4", "10:30 1", "12:00 0"], "3.5"),
    ] {
        assert_eq!(folded(&measure, lines).1, expected, "{measure:?}");
        assert!(GUIDE.contains(&format!("| {expected}")), "{expected}");
    }
}
