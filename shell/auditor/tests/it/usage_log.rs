//! What the devices of the small world sent: lines as they came in, and what is stored of them.

use facts::UsageReceived;
use facts::usage::{LineOutcome, QuarantineReason, RejectReason, Tally, Track};
use kernel::Digest;
use store::{Segment, SegmentHead, Tx};
use usage_index::{Additions, NewReading, Readings, Secret};

use crate::world::{World, at, day, read};

pub const TAKEN: LineOutcome = LineOutcome::Taken;
const INVALID: LineOutcome = LineOutcome::Rejected(RejectReason::InvalidJson);
const BAD_NUMBER: LineOutcome = LineOutcome::Rejected(RejectReason::BadNumber);
const UNKNOWN_TYPE: LineOutcome = LineOutcome::Held(QuarantineReason::UnknownType);
const AHEAD: LineOutcome = LineOutcome::Held(QuarantineReason::FutureTime);

/// A line and what is stored of it.
#[derive(Clone)]
pub struct Sent {
    pub raw: String,
    pub outcome: LineOutcome,
    pub meter: Option<&'static str>,
    /// In the index.
    pub key: Option<(&'static str, String)>,
    /// In the index.
    pub reading: Option<Reading>,
}

/// A reading, as the index has it.
#[derive(Clone)]
pub struct Reading {
    pub subject: String,
    pub happened_at: String,
    pub value: String,
    pub region: Option<&'static str>,
}

/// A batch: the segment of the log, and what the index has of it.
#[derive(Clone)]
pub struct Batch {
    pub number: u8,
    pub name: &'static str,
    pub arrived_on: &'static str,
    pub first_line: u32,
    pub lines: Vec<Sent>,
    /// Breaks the segment before it is written.
    pub breaks: fn(&mut Segment),
    /// Whether the log has it.
    pub is_logged: bool,
    /// Keys and readings that the index has of it and no line gave.
    pub index_more: Vec<Sent>,
}

pub fn digest(number: u8) -> Digest {
    Digest([number; 16])
}

/// The name of the member that a meter reads.
fn member(meter: &str) -> Option<&'static str> {
    match meter {
        "data" => Some("mb"),
        "hours" => Some("hours"),
        _ => None,
    }
}

/// An event that took its id.
fn event(id: &str, meter: &'static str, subject: &str, happened_at: &str, number: &str) -> Sent {
    let number_member = member(meter).map(|name| format!(r#""{name}":{number},"#));
    let raw = format!(r#"{{"specversion":"1.0","source":"cloud","id":"{id}","type":"{meter}.v1","#,)
        + &format!(
            r#""subject":"{subject}","time":"{happened_at}","data":{{{}"region":"FR"}}}}"#,
            number_member.unwrap_or_default()
        );
    Sent {
        raw,
        outcome: TAKEN,
        meter: Some(meter),
        key: Some(("cloud", id.to_owned())),
        reading: Some(Reading {
            subject: subject.to_owned(),
            happened_at: happened_at.to_owned(),
            value: if meter == "sms" { "1" } else { number }.to_owned(),
            region: Some("FR"),
        }),
    }
}

/// A line that took no id.
fn refused(raw: String, meter: Option<&'static str>, outcome: LineOutcome) -> Sent {
    Sent { raw, outcome, meter, key: None, reading: None }
}

fn data(id: &str, happened_at: &str, mb: &str) -> Sent {
    event(id, "data", "D1", happened_at, mb)
}

fn hours(id: &str, happened_at: &str, hours: &str) -> Sent {
    event(id, "hours", "D1", happened_at, hours)
}

fn sms(id: &str, subject: &str, happened_at: &str) -> Sent {
    event(id, "sms", subject, happened_at, "1")
}

/// The same event as `d1`, written in another way.
const D1_AGAIN: &str = concat!(
    r#" {"data":{"region":"\u0046R","mb":9,"mb":1.00e2},"time":"2026-01-20T10:00:00Z","#,
    r#""subject":"D1","type":"data.v1","id":"d1","source":"cloud","specversion":"1.0"}"#
);

/// Places: batch and line, from 0.
pub const FREE: (usize, usize) = (0, 0);
pub const DATA: (usize, usize) = (0, 2);
pub const DUPLICATE: (usize, usize) = (0, 4);
pub const CONFLICT: (usize, usize) = (0, 5);
pub const SWAPPED: (usize, usize) = (3, 1);
pub const FUTURE: (usize, usize) = (3, 2);

fn january() -> Vec<Sent> {
    let mut unknown_type = sms("t1", "D1", "2026-01-20T12:00:00Z");
    unknown_type.raw = unknown_type.raw.replace("sms.v1", "tea.v1");
    (unknown_type.outcome, unknown_type.meter) = (UNKNOWN_TYPE, None);
    let reading = unknown_type.reading.as_mut().unwrap();
    (reading.value, reading.region) = ("0".to_owned(), None);
    let d1 = data("d1", "2026-01-20T10:00:00Z", "100");
    vec![
        data("f1", "2026-01-11T10:00:00Z", "1"),
        hours("h1", "2026-01-15T10:00:00Z", "10"),
        d1.clone(),
        hours("h2", "2026-01-25T10:00:00Z", "14.5"),
        refused(D1_AGAIN.to_owned(), Some("data"), LineOutcome::Duplicate),
        refused(d1.raw.replace(":100,", ":101,"), Some("data"), LineOutcome::Conflict),
        refused("{".to_owned(), None, INVALID),
        event("q1", "data", "X", "2026-01-20T10:00:00Z", "1"),
        refused(data("r1", "2026-01-20T10:00:00Z", "-1").raw, Some("data"), BAD_NUMBER),
        unknown_type,
    ]
}

fn february() -> Vec<Sent> {
    let mut lines =
        vec![data("d3", "2026-02-10T22:00:00Z", "10"), hours("h3", "2026-02-10T10:00:00Z", "20")];
    lines.extend(
        (1..=5).map(|number| {
            sms(&format!("s{number}"), "D1", &format!("2026-02-10T11:0{number}:00Z"))
        }),
    );
    lines
}

fn late() -> Vec<Sent> {
    let future = Sent { outcome: AHEAD, ..data("q3", "2026-05-01T10:00:00Z", "1") };
    vec![
        sms("q2", "D9", "2026-02-18T10:00:00Z"),
        sms("s6", "D9", "2026-02-21T10:00:00Z"),
        future,
        // Repaired: the line before it with this id was rejected.
        data("r1", "2026-01-11T11:00:00Z", "1"),
    ]
}

fn batch(
    (number, name): (u8, &'static str),
    arrived_on: &'static str,
    first_line: u32,
    lines: Vec<Sent>,
) -> Batch {
    let (breaks, is_logged, index_more) = (|_: &mut Segment| {}, true, Vec::new());
    Batch { number, name, arrived_on, first_line, lines, breaks, is_logged, index_more }
}

pub fn batches() -> Vec<Batch> {
    vec![
        batch((1, "january"), "2026-01-26", 1, january()),
        batch((2, "february"), "2026-02-03", 1, vec![data("d2", "2026-01-30T10:00:00Z", "50")]),
        batch((3, "february"), "2026-02-10", 1, february()),
        batch((4, "late"), "2026-02-21", 5, late()),
    ]
}

/// Another event of data, of a batch of its own.
pub fn more_data(
    world: &mut World,
    (id, serial): (&'static str, &str),
    happened_at: &str,
    (number, arrived_on): (u8, &'static str),
) {
    let lines = vec![event(id, "data", serial, happened_at, "7")];
    let batch = batch((number, id), arrived_on, 1, lines);
    world.received.push(batch.received());
    world.batches.push(batch);
}

pub fn pack(bytes: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(bytes, 1).unwrap()
}

impl Batch {
    /// The fact about it.
    pub fn received(&self) -> UsageReceived {
        UsageReceived {
            batch: digest(self.number),
            name: self.name.to_owned(),
            arrived_on: day(self.arrived_on),
            first_line: self.first_line,
            lines: u32::try_from(self.lines.len()).unwrap(),
        }
    }

    fn tallies(&self) -> Vec<Tally> {
        let mut tallies: Vec<Tally> = Vec::new();
        for line in &self.lines {
            let (meter, outcome) = (line.meter.map(read), line.outcome.code());
            match tallies.iter_mut().find(|it| it.meter == meter && it.outcome == outcome) {
                Some(tally) => tally.lines += 1,
                None => tallies.push(Tally { meter, outcome, lines: 1 }),
            }
        }
        tallies
    }

    pub fn segment(&self, sequence: i64, catalog: i64) -> Segment {
        let raw: String = self.lines.iter().map(|line| line.raw.clone() + "\n").collect();
        let codes: Vec<u8> = self.lines.iter().map(|line| line.outcome.code()).collect();
        let UsageReceived { batch, name, arrived_on, first_line, lines } = self.received();
        let tallies = self.tallies();
        let head = SegmentHead {
            sequence,
            batch,
            name,
            arrived_on,
            first_line,
            lines,
            catalog,
            tallies,
            replay: None,
        };
        let mut segment = Segment { head, raw: pack(raw.as_bytes()), outcomes: pack(&codes) };
        (self.breaks)(&mut segment);
        segment
    }

    fn additions(&self, sequence: i64, secret: Secret) -> Additions {
        let lines = || self.lines.iter().chain(&self.index_more);
        let keys = lines().filter_map(|line| {
            let (source, id) = line.key.as_ref()?;
            Some((secret.key(source, id), secret.print(line.raw.as_bytes())))
        });
        let track = |line: &Sent| Track {
            meter: line.meter.map(read),
            held: match line.outcome {
                LineOutcome::Held(reason) => Some(reason),
                _ => None,
            },
        };
        let mut tracks: Vec<Track> = lines().map(track).collect();
        tracks.sort();
        tracks.dedup();
        let mut readings = Readings::with_tracks(tracks.clone());
        for line in lines() {
            let Some(reading) = &line.reading else { continue };
            let dimensions: Vec<_> = reading.region.iter().map(|it| ("region", *it)).collect();
            let place = tracks.iter().position(|it| *it == track(line)).unwrap();
            readings.push(NewReading {
                subject: &reading.subject,
                track: u16::try_from(place).unwrap(),
                happened_at: at(&reading.happened_at),
                arrived_on: day(self.arrived_on),
                value: read(&reading.value),
                dimensions: &dimensions,
            });
        }
        Additions { sequence, keys: keys.collect(), readings }
    }
}

/// Writes the log and, as far as the world says, the index.
pub fn write(world: &World, tx: &mut dyn Tx) {
    let catalog = tx.last_of_kinds(&["MeterPublished", "SellerPublished"]).unwrap();
    let secret = Secret(tx.usage_log().unwrap().secret);
    let index = tx.index();
    for (batch, sequence) in world.batches.iter().zip(1..) {
        let segment = batch.segment(sequence, catalog);
        if batch.is_logged {
            tx.append_segment(&segment).unwrap();
        }
        if sequence <= world.indexed {
            index.apply(batch.additions(sequence, secret), segment.head.batch.0).unwrap();
        }
    }
}
