//! Measures the index: `measure FOLDER EVENTS [BATCH]` applies so many events and says what each
//! one took, then what a look at 50 subjects and opening the files take.
#![expect(clippy::print_stdout, reason = "the figures are the result")]
#![expect(clippy::disallowed_methods, reason = "measures, never decides")]
#![expect(clippy::unwrap_used, reason = "a measurement that fails says nothing")]

use std::path::Path;
use std::time::Instant;

use facts::MeterCode;
use facts::usage::Track;
use jiff::Timestamp;
use jiff::civil::date;
use kernel::Quantity;
use usage_index::{Additions, EventKey, Index, NewReading, Print, Readings, Secret};

const SUBJECTS: u64 = 100_000;
const METERS: u16 = 5;
const SETS: u64 = 32;
/// An event of each subject every 6 minutes, in microseconds.
const STEP: u64 = 360_000_000 / SUBJECTS;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap();
    let events: u64 = arguments.next().unwrap().parse().unwrap();
    let batch: u64 = arguments.next().map_or(10_000, |text| text.parse().unwrap());
    let folder = Path::new(&folder);
    let index = Index::open(folder, [1; 16]).unwrap();
    let input = Input::new();
    let begun = Instant::now();
    let (mut inside, mut wall, mut slowest, mut recent) = (0, 0, 0, [0; 2]);
    let segments = events / batch;
    for segment in 0..segments {
        let additions = input.segment(segment, batch);
        let keys: Vec<EventKey> = additions.keys.iter().map(|(key, _)| *key).collect();
        let (before, worked) = (Instant::now(), work());
        assert!(index.seen(&keys).unwrap().iter().all(Option::is_none));
        let looked = work();
        index.apply(additions, [7; 16]).unwrap();
        slowest = slowest.max(before.elapsed().as_nanos());
        wall += before.elapsed().as_nanos();
        recent[0] += looked - worked;
        recent[1] += work() - looked;
        if (segment + 1) % (segments / 10).max(1) == 0 {
            let [seen, apply] = recent.map(|spent| spent / (batch * (segments / 10).max(1)));
            inside += recent[0] + recent[1];
            let stats = index.stats();
            println!(
                "{:>10} events: {seen} + {apply} ns an event lately, {} + {} runs, {} wait, {} kB",
                (segment + 1) * batch,
                stats.key_runs,
                stats.reading_runs,
                stats.waiting,
                memory("VmRSS")
            );
            recent = [0; 2];
        }
    }
    println!("seen + apply: {} ns of work an event", inside / events);
    println!("seen + apply: {} ns of time an event", wall / u128::from(events));
    println!("slowest batch: {} us", slowest / 1_000);
    println!("all with making the input: {} ms", begun.elapsed().as_millis());
    look(&index, "unsettled");
    let before = Instant::now();
    index.flush().unwrap();
    println!("flush: {} ms", before.elapsed().as_millis());
    let before = Instant::now();
    index.settle().unwrap();
    println!("merges left: {} ms", before.elapsed().as_millis());
    println!("most memory: {} kB", memory("VmHWM"));
    look(&index, "settled");
    again(&index, &input, batch);
    let stats = index.stats();
    println!("{stats:#?}");
    println!(
        "bytes on disk: {} / 100 a key, {} / 100 a reading",
        stats.key_bytes * 100 / stats.keys,
        (stats.reading_bytes + stats.name_bytes) * 100 / stats.readings
    );
    drop(index);
    let before = Instant::now();
    let index = Index::open(folder, [1; 16]).unwrap();
    println!("open: {} ms", before.elapsed().as_millis());
    assert_eq!(index.applied(), i64::try_from(segments).unwrap());
}

/// Reads 50 subjects, several times.
fn look(index: &Index, when: &str) {
    for round in 0..4_u64 {
        let subjects: Vec<String> =
            (0..50).map(|n| subject((n * 1_999 + round) % SUBJECTS)).collect();
        let subjects: Vec<&str> = subjects.iter().map(String::as_str).collect();
        let (before, worked) = (Instant::now(), work());
        let series = index.series(&subjects).unwrap();
        let worked = (work() - worked) / 1_000;
        let waited = before.elapsed().as_micros();
        let points: usize = series.iter().map(|series| series.points.len()).sum();
        println!("50 subjects, {points} points, {when}: {worked} us of work, {waited} of time");
    }
}

/// The same events again.
fn again(index: &Index, input: &Input, batch: u64) {
    let additions = input.segment(3, batch);
    let keys: Vec<EventKey> = additions.keys.iter().map(|(key, _)| *key).collect();
    let before = Instant::now();
    assert!(index.seen(&keys).unwrap().iter().all(Option::is_some));
    println!("seen again: {} ns an event", before.elapsed().as_nanos() / u128::from(batch));
}

fn subject(number: u64) -> String {
    format!("SN-{:012}", number * 7_919)
}

struct Input {
    secret: Secret,
    tracks: Vec<Track>,
    subjects: Vec<String>,
    regions: Vec<String>,
}

impl Input {
    fn new() -> Self {
        let track = |n: u16| Track {
            meter: Some(MeterCode::new(format!("meter-{n}")).unwrap()),
            held: None,
        };
        Self {
            secret: Secret([9; 16]),
            tracks: (0..METERS).map(track).collect(),
            subjects: (0..SUBJECTS).map(subject).collect(),
            regions: (0..SETS).map(|n| format!("region-{n}")).collect(),
        }
    }

    fn segment(&self, segment: u64, batch: u64) -> Additions {
        let begin = Timestamp::from_second(1_767_225_600).unwrap().as_microsecond().cast_unsigned();
        let mut readings = Readings::with_tracks(self.tracks.clone());
        let mut keys = Vec::new();
        for event in segment * batch..(segment + 1) * batch {
            let noise = mix(event);
            let key = self.secret.key("fleet", &event.to_string());
            keys.push((key, Print(noise.to_be_bytes()[..6].try_into().unwrap())));
            // Late by up to a second, in whole milliseconds.
            let at = (begin + event * STEP + noise % 1_000_000) / 1_000 * 1_000;
            // Each once in 6 minutes, in an order that differs.
            let turn = (event * 7_919 + mix(event / SUBJECTS) % SUBJECTS) % SUBJECTS;
            let subject = usize::try_from(turn).unwrap();
            let region = &self.regions[usize::try_from(noise >> 32 & (SETS - 1)).unwrap()];
            readings.push(NewReading {
                subject: &self.subjects[subject],
                track: u16::try_from(noise >> 20 & 0xffff).unwrap() % METERS,
                happened_at: Timestamp::from_microsecond(at.cast_signed()).unwrap(),
                arrived_on: date(2026, 1, 1),
                value: Quantity::from_count(noise >> 40 & 0xffff),
                dimensions: &[("region", region), ("tariff", "flat")],
            });
        }
        Additions { sequence: i64::try_from(segment + 1).unwrap(), keys, readings }
    }
}

fn mix(number: u64) -> u64 {
    let number = (number ^ number >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ number >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ number >> 31
}

/// Nanoseconds that this thread had a processor: others may use the machine too.
fn work() -> u64 {
    let spent = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    spent.split_whitespace().next().unwrap().parse().unwrap()
}

/// A line of the memory figures of this process, in kB.
fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
