//! Segments made of their sequence, and a model of the index that keeps everything in maps.

use std::collections::BTreeMap;
use std::sync::Arc;

use facts::MeterCode;
use facts::usage::{Point, QuarantineReason, Series, Track};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use kernel::Quantity;
use usage_index::{Additions, EventKey, Index, NewReading, Print, Readings, Secret, Seen};

/// Of the store that the files are of.
pub const IDENTITY: [u8; 16] = [5; 16];
const SECRET: Secret = Secret([3; 16]);
/// Subjects that are looked at; some never report.
const SUBJECTS: u64 = 14;

/// The fingerprint of a segment.
pub fn segment_of(sequence: i64) -> [u8; 16] {
    let mut mark = [0; 16];
    mark[..8].copy_from_slice(&sequence.to_le_bytes());
    mark
}

/// The keys of a segment.
pub fn keys(sequence: i64, size: u64) -> Vec<EventKey> {
    (0..size).map(|event| SECRET.key(&format!("source-{sequence}"), &event.to_string())).collect()
}

struct Event {
    subject: String,
    track: u16,
    at: Timestamp,
    day: Date,
    value: Quantity,
    set: Vec<(String, String)>,
}

fn tracks() -> Vec<Track> {
    let meter = |code: &str| Some(MeterCode::new(code).unwrap());
    vec![
        Track { meter: meter("volume"), held: None },
        Track { meter: None, held: Some(QuarantineReason::UnknownType) },
        Track { meter: meter("volume"), held: Some(QuarantineReason::FutureTime) },
        Track { meter: meter("calls"), held: None },
    ]
}

/// What the events of a segment measured: two of three are readings.
fn events(sequence: i64, size: u64) -> Vec<Event> {
    let noise = |event: u64, salt: u64| {
        let number = sequence.unsigned_abs() * 1_000_003 + event * 7 + salt * 65_537;
        (number ^ number >> 7).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 33
    };
    let value = |event: u64| {
        let text = match noise(event, 1) % 12 {
            0 => "79228162514264337593543.950335".to_owned(),
            1 => "-12.50".to_owned(),
            2 => "0.000000001".to_owned(),
            3 => "9223372036854775807".to_owned(),
            4 => "-9223372036854775809".to_owned(),
            5 => "0.0".to_owned(),
            other => format!("{other}.{}", noise(event, 2) % 100),
        };
        text.parse().unwrap()
    };
    let at = |event: u64| {
        let unit = [1, 1_000, 1_000_000][usize::try_from(sequence.unsigned_abs() % 3).unwrap()];
        let at = match noise(event, 3) % 50 {
            0 => return Timestamp::MIN,
            1 => return Timestamp::new(Timestamp::MAX.as_second(), 999_999_000).unwrap(),
            _ => 1_700_000_000_000_000 + noise(event, 4).cast_signed() % 9_000 * unit,
        };
        Timestamp::from_microsecond(at).unwrap()
    };
    let set = |event: u64| match noise(event, 5) % 4 {
        0 => Vec::new(),
        1 => vec![("zone".to_owned(), "FR".to_owned())],
        2 => vec![("a".to_owned(), String::new()), ("zone".to_owned(), "é".to_owned())],
        _ => vec![("cell".to_owned(), (noise(event, 6) % 200).to_string())],
    };
    let taken = (0..size).filter(|event| noise(*event, 7) % 3 != 0);
    taken
        .map(|event| Event {
            subject: format!("device-{}", noise(event, 8) % (SUBJECTS - 2)),
            track: u16::try_from(noise(event, 9) % 4).unwrap(),
            at: at(event),
            day: date(2026, 1, 1 + i8::try_from(noise(event, 10) % 28).unwrap()),
            value: value(event),
            set: set(event),
        })
        .collect()
}

fn readings(events: &[Event]) -> Readings {
    let mut readings = Readings::with_tracks(tracks());
    for event in events {
        let set: Vec<(&str, &str)> =
            event.set.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        readings.push(NewReading {
            subject: &event.subject,
            track: event.track,
            happened_at: event.at,
            arrived_on: event.day,
            value: event.value,
            dimensions: &set,
        });
    }
    readings
}

/// A segment; always the same for the same sequence and size.
pub fn batch(sequence: i64, size: u64) -> Additions {
    let print = |key: &EventKey| SECRET.print(&key.0);
    let keys = keys(sequence, size).into_iter().map(|key| (key, print(&key))).collect();
    let events = events(sequence, size);
    // As two workers would gather them.
    let (one, other) = events.split_at(events.len() / 2);
    let mut all = readings(one);
    all.append(&readings(other));
    assert_eq!(all.len(), events.len());
    assert_eq!(all.is_empty(), events.is_empty());
    Additions { sequence, keys, readings: all }
}

/// What the index should say.
#[derive(Default)]
pub struct Model {
    pub keys: BTreeMap<EventKey, (Print, i64)>,
    series: BTreeMap<(String, Track), Vec<Point>>,
}

/// What came with later segments than `after`.
fn later(series: &[Series], after: i64) -> Vec<Series> {
    let of = |series: &Series| {
        let points = series.points.iter().filter(|point| point.segment > after);
        Series { points: points.cloned().collect(), ..series.clone() }
    };
    series.iter().map(of).filter(|series| !series.points.is_empty()).collect()
}

impl Model {
    /// Includes a segment.
    pub fn apply(&mut self, additions: &Additions, sequence: i64, size: u64) {
        for (key, print) in &additions.keys {
            self.keys.insert(*key, (*print, sequence));
        }
        for event in events(sequence, size) {
            let track = tracks()[usize::from(event.track)].clone();
            self.series.entry((event.subject, track)).or_default().push(Point {
                happened_at: event.at,
                arrived_on: event.day,
                known_on: event.day,
                value: event.value,
                dimensions: Arc::new(event.set.into_iter().collect()),
                segment: sequence,
                amended_on: None,
            });
        }
    }

    /// Panics unless the index says the same.
    pub fn check(&self, index: &Index) {
        let mut keys: Vec<EventKey> = self.keys.keys().copied().collect();
        keys.extend((0..50).map(|n| SECRET.key("nobody", &n.to_string())));
        keys.sort_by_key(|key| key.0[5]);
        let expected = keys.iter().map(|key| {
            self.keys.get(key).map(|(print, segment)| Seen { print: *print, segment: *segment })
        });
        assert_eq!(index.seen(&keys).unwrap(), expected.collect::<Vec<_>>());
        let subjects: Vec<String> = (0..SUBJECTS).rev().map(|n| format!("device-{n}")).collect();
        let mut subjects: Vec<&str> = subjects.iter().map(String::as_str).collect();
        subjects.push("device-1");
        let expected = self.expected();
        assert_eq!(plain(&index.series(&subjects).unwrap()), plain(&expected));
        let applied = index.applied();
        for after in [1, applied / 3, applied / 2, applied - 1, applied] {
            let (series, last) = index.series_after(&subjects, after).unwrap();
            assert_eq!(plain(&series), plain(&later(&expected, after)));
            assert_eq!(last, applied);
        }
        let mut names: Vec<String> =
            self.series.keys().map(|(subject, _)| subject.clone()).collect();
        names.dedup();
        assert_eq!(index.subjects(), names);
    }

    fn expected(&self) -> Vec<Series> {
        let series = self.series.iter().map(|((subject, track), points)| {
            let mut points = points.clone();
            points.sort_by(|one, other| {
                let rest = |point: &Point| (point.arrived_on, point.segment);
                (one.happened_at, one.value, &one.dimensions)
                    .cmp(&(other.happened_at, other.value, &other.dimensions))
                    .then_with(|| rest(one).cmp(&rest(other)))
            });
            Series { subject: subject.clone(), track: track.clone(), points }
        });
        series.collect()
    }
}

/// With the digits of the values as sent: 1.50 is not 1.5 here.
fn plain(series: &[Series]) -> Vec<(&Series, Vec<String>)> {
    let values = |one: &Series| one.points.iter().map(|point| point.value.to_string()).collect();
    series.iter().map(|one| (one, values(one))).collect()
}
