//! Reads a line, or folds a series of 100,000 points, again and again, for a stopwatch outside:
//! the core has no clock. `time target/release/examples/read_and_fold WHAT TIMES`, where WHAT is
//! `read`,
//! `derive`, `sum`, `counter`, `max` or `time_weighted`.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;

use facts::meter::{Derived, Factor, Field, Level, Measure, Mediation, TimeUnit};
use facts::usage::{Envelope, Mark, Point, Scalar, Series, Track};
use facts::{MeterPublished, Text};
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use kernel::Quantity;
use metering::{ArrivalDay, Possession, Rules, buckets, read};

const POINTS: u32 = 100_000;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let what =
        arguments.next().ok_or("say what: read, derive, sum, counter, max, time_weighted")?;
    let times = arguments.next().ok_or("say how many times")?.parse()?;
    let begins: Timestamp = "2026-02-01T00:00:00Z".parse()?;
    let field = || Field { name: "mb".into(), decimals_max: 3 };
    let level = || Measure::TimeWeighted(Level { field: field(), per: TimeUnit::Hour });
    match what.as_str() {
        "read" => lines(Mediation::default(), begins, times),
        "derive" => lines(
            Mediation {
                derive: vec![Derived { name: "mb".into(), expression: "up + down".into() }],
                convert: Some(Factor { numerator: 1, denominator: 1_000_000 }),
                ..Mediation::default()
            },
            begins,
            times,
        ),
        "sum" => points(&Measure::Sum(field()), begins, times),
        "counter" => points(&Measure::Counter(field()), begins, times),
        "max" => points(&Measure::Max(field()), begins, times),
        "time_weighted" => points(&level(), begins, times),
        other => Err(format!("`{other}` is not measured here").into()),
    }
}

fn lines(mediation: Mediation, begins: Timestamp, times: u32) -> Outcome<()> {
    let text = |it: &str| Text { en: it.to_owned(), fr: it.to_owned() };
    let meters = ["sms", "data", "calls", "hours"].map(|code| {
        Ok::<_, Box<dyn std::error::Error>>(MeterPublished {
            code: code.parse()?,
            version: 1,
            effective_from: date(2026, 1, 1),
            name: text(code),
            symbol: text("MB"),
            event_type: format!("com.example.usage.{code}.v1"),
            measure: Measure::Sum(Field { name: "mb".into(), decimals_max: 3 }),
            dimensions: vec!["region".into()],
            mediation: mediation.clone(),
        })
    });
    let meters = meters.into_iter().collect::<Outcome<Vec<_>>>()?;
    let rules = Rules::new(meters, ArrivalDay::new(date(2026, 2, 3), &"Europe/Paris".parse()?)?);
    let envelope = Envelope {
        source: Some("fleet-gateway-17".into()),
        id: Some("01956e0a-6f7a-7c51-9d55-2f3d2c1b0a99".into()),
        event_type: Some("com.example.usage.data.v1".into()),
        subject: Some("TRK-000123".into()),
        happened_at: Some(begins),
        mark: Mark::First,
        data: vec![
            ("mb".into(), Scalar::Number("12.345")),
            ("up".into(), Scalar::Number("1500000")),
            ("down".into(), Scalar::Number("250")),
            ("region".into(), Scalar::Text("FR".into())),
        ],
    };
    for _ in 0..times {
        black_box(read(black_box(Some(&envelope)), &rules).is_ok());
    }
    Ok(())
}

fn points(measure: &Measure, begins: Timestamp, times: u32) -> Outcome<()> {
    let regions: Vec<Arc<BTreeMap<String, String>>> = ["FR", "BE"]
        .map(|it| Arc::new(BTreeMap::from([("region".to_owned(), it.to_owned())])))
        .into();
    let point = |index: u32| -> Outcome<Point> {
        Ok(Point {
            happened_at: begins.checked_add(SignedDuration::from_secs(i64::from(index) * 30))?,
            arrived_on: date(2026, 2, 1),
            known_on: date(2026, 2, 1),
            value: Quantity::from_count(u64::from(index % 1_000)),
            dimensions: Arc::clone(&regions[usize::from(index.is_multiple_of(7))]),
            segment: 1,
            amended_on: None,
        })
    };
    let series = Series {
        subject: "TRK-000123".to_owned(),
        track: Track { meter: Some("data".parse()?), held: None },
        points: (0..POINTS).map(point).collect::<Outcome<Vec<_>>>()?,
    };
    let held = Possession {
        unit: "U-1".parse()?,
        from: Some(begins),
        until: None,
        service_from: Some(begins),
        priced: Arc::new(BTreeMap::from([("data".parse()?, None)])),
        held: Arc::default(),
    };
    for _ in 0..times {
        black_box(buckets(&series, measure, std::slice::from_ref(&held), date(2026, 3, 8))?);
    }
    Ok(())
}
