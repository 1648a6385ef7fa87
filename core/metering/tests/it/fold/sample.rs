//! Points of one device, told in one line each.

use std::collections::BTreeMap;
use std::sync::Arc;

use facts::meter::Measure;
use facts::usage::{Bucket, Point, Series, Track};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use metering::{Possession, buckets};

use crate::line::read;

/// The day before which everything arrived.
pub const TODAY: Date = date(2026, 2, 10);

pub fn at(time: &str) -> Timestamp {
    match time.len() {
        5 => read(&format!("2026-02-03T{time}:00Z")),
        8 => read(&format!("2026-02-03T{time}Z")),
        _ => read(time),
    }
}

/// `10:00 1.5 region=FR`: time on 3 February (or a whole instant), value, attributes.
pub fn point(line: &str) -> Point {
    let mut words = line.split(' ');
    let mut word = || words.next().unwrap();
    let (time, value) = (word(), word());
    let attribute = |word: &str| {
        let (name, value) = word.split_once('=').unwrap();
        (name.to_owned(), value.to_owned())
    };
    let dimensions: BTreeMap<_, _> = words.map(attribute).collect();
    Point {
        happened_at: at(time),
        arrived_on: date(2026, 2, 4),
        known_on: date(2026, 2, 4),
        value: read(value),
        dimensions: Arc::new(dimensions),
        segment: 1,
        amended_on: None,
    }
}

/// The points of a device, as the log keeps them.
pub fn series(mut points: Vec<Point>) -> Series {
    let key = |it: &Point| {
        (it.happened_at, it.value, Arc::clone(&it.dimensions), it.arrived_on, it.segment)
    };
    points.sort_by_key(key);
    Series {
        subject: "T-1".to_owned(),
        track: Track { meter: Some(read("m")), held: None },
        points,
    }
}

/// `U-1 09:00 - 09:30`: unit, from, until (`-`: still), start of service (`-`: none).
pub fn possession(line: &str) -> Possession {
    let words: Vec<&str> = line.split(' ').collect();
    let limit = |text: &str| (text != "-").then(|| at(text));
    Possession {
        unit: read(words[0]),
        from: limit(words[1]),
        until: limit(words[2]),
        service_from: limit(words[3]),
        priced: Arc::new(BTreeMap::from([(read("m"), None)])),
        held: Arc::default(),
    }
}

/// The unit U-1 holds the device and is served since 1960.
pub fn held() -> Vec<Possession> {
    vec![possession("U-1 1960-01-01T00:00:00Z - 1960-01-01T00:00:00Z")]
}

/// `U-1 10:15 region=FR 1.5 x2`: unit, quarter, attributes, quantity, events.
pub fn shown(bucket: &Bucket) -> String {
    let quarter = bucket.quarter_at.to_string();
    let quarter = quarter.strip_prefix("2026-02-03T").unwrap_or(&quarter);
    let quarter = quarter.strip_suffix(":00Z").unwrap_or(quarter);
    let one = |(name, value): (&String, &String)| format!("{name}={value} ");
    let dimensions: String = bucket.dimensions.iter().map(one).collect();
    let quantity = bucket.quantity.normalized();
    format!("{} {quarter} {dimensions}{quantity} x{}", bucket.unit, bucket.events)
}

/// The buckets of a device, shown.
pub fn fold_of(measure: &Measure, possessions: &[Possession], lines: &[&str]) -> Vec<String> {
    let series = series(lines.iter().map(|line| point(line)).collect());
    let buckets = buckets(&series, measure, possessions, TODAY).unwrap();
    buckets.iter().map(shown).collect()
}

/// The same, of a device that is always served.
pub fn fold(measure: &Measure, lines: &[&str]) -> Vec<String> {
    fold_of(measure, &held(), lines)
}
