//! The log of usage on whole stores: no order, cut or repetition changes what was used, and an id
//! is taken once, for ever.

use std::collections::BTreeMap;
use std::fs;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::thread;

use connect::usage_file;
use engine::usage::Received;
use facts::usage::Bucket;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use store::Store;
use store_sqlite::SqliteStore;

use crate::reduced_fleet::{Sent, usage_lines};
use crate::worlds;
use sim::dice::Dice;

/// Permutations of the month; a failing one is named by its seed.
const PERMUTATIONS: u64 = 1_000;

/// One in so many stores is audited, line by line.
const AUDITED_EVERY: u64 = 50;

/// One that is activated before its delivery, one that is swapped, one that sends days late.
const DEVICES: [&str; 3] = ["TRK-0483139", "TRK-0483542", "TRK-0483113"];

/// One in so many events of these trucks is kept.
const THINNED_BY: usize = 8;

fn at(instant: &str) -> Timestamp {
    instant.parse().unwrap()
}

/// A folder with a store in which the whole fleet is ordered, shipped and at work, and nothing
/// was used yet.
struct World {
    folder: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let world = Self { folder: tempfile::tempdir().unwrap() };
        let mut store = SqliteStore::open(&world.file("template")).unwrap();
        let now = at("2026-04-01T00:00:00Z");
        let fleet = worlds::fleet();
        let catalog = imports::read_catalog(&fleet.join("catalog.yaml")).unwrap();
        imports::publish_catalog(&mut store, &catalog, now).unwrap();
        let units = fleet.join("units.csv");
        imports::import_orders(&mut store, &fleet.join("orders.csv"), Some(&units), now).unwrap();
        imports::import_shipments(&mut store, &fleet.join("shipments.csv"), now).unwrap();
        imports::import_signals(&mut store, &fleet.join("signals.ndjson"), now).unwrap();
        imports::import_changes(&mut store, &fleet.join("changes.csv"), now).unwrap();
        world
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A copy of its own.
    fn store(&self, name: &str) -> SqliteStore {
        fs::copy(self.file("template"), self.file(name)).unwrap();
        SqliteStore::open(&self.file(name)).unwrap()
    }

    fn remove(&self, name: &str) {
        fs::remove_file(self.file(name)).unwrap();
        let derived = self.file(&format!("{name}-usage"));
        fs::remove_dir_all(&derived).unwrap_or_else(|_| panic!("{}", derived.display()));
    }
}

fn send(store: &mut dyn Store, lines: &[&str], now: Timestamp) -> Received {
    let text: String = lines.iter().flat_map(|line| [line, "\n"]).collect();
    let mut received = Received::default();
    for batch in usage_file::open("usage", text.as_bytes(), NonZeroUsize::MAX).unwrap() {
        received.add(imports::send_batch(store, "usage", batch.unwrap(), now).unwrap());
    }
    received
}

fn used(store: &mut dyn Store) -> Vec<Bucket> {
    engine::usage::of_account(store, &"ACC-TRANSLOG".parse().unwrap(), date(2026, 4, 2)).unwrap()
}

/// The month of some trucks, the first line of each id.
fn month() -> Vec<String> {
    let mut first: BTreeMap<(String, String), String> = BTreeMap::new();
    let mut day = date(2026, 1, 9);
    while day < date(2026, 2, 4) {
        for line in usage_lines(day) {
            if DEVICES.iter().any(|device| line.contains(device)) {
                let sent = Sent::new(line);
                first.entry(sent.identity).or_insert(sent.text);
            }
        }
        day = day.tomorrow().unwrap();
    }
    first.into_values().step_by(THINNED_BY).collect()
}

/// The month, with corrections and cancellations of some of its events by their senders.
fn corrected(month: &[String]) -> Vec<String> {
    let mark = |line: &str, mark: &str| line.replacen('{', &format!("{{{mark},"), 1);
    let mut lines = month.to_vec();
    for (number, line) in month.iter().enumerate() {
        let number = number % 20;
        if [3, 4, 5].contains(&number) {
            lines.push(mark(&later(line), "\"usagerevision\":1"));
        }
        if [4, 5].contains(&number) {
            lines.push(mark(line, "\"usagerevision\":2,\"usagecancelled\":true"));
        }
        if number == 5 {
            lines.push(mark(line, "\"usagerevision\":3"));
        }
    }
    lines
}

/// The same event, a minute later: another quarter of an hour, for some.
fn later(line: &str) -> String {
    let (before, rest) =
        line.split_once("\"time\":\"").or(line.split_once("\"time\": \"")).unwrap();
    let (time, after) = rest.split_once('"').unwrap();
    let time: Timestamp = time.parse().unwrap();
    let time = time.checked_add(jiff::SignedDuration::from_mins(1)).unwrap();
    format!("{before}\"time\":\"{time}\"{after}")
}

/// What stands of the corrected month.
fn standing(month: &[String]) -> Vec<String> {
    let stands = |(number, line): (usize, &String)| match number % 20 {
        3 => Some(later(line)),
        4 => None,
        _ => Some(line.clone()),
    };
    month.iter().enumerate().filter_map(stands).collect()
}

/// How many lines came to what, but for what happens to a line as often as it is sent.
fn fates(store: &mut dyn Store) -> BTreeMap<String, i64> {
    let rows = engine::usage::conservation(store, Date::MIN, Date::MAX).unwrap();
    let mut fates: BTreeMap<String, i64> = BTreeMap::new();
    let once = |outcome: &str| !["duplicate", "rejected"].contains(&outcome);
    for row in rows.into_iter().filter(|row| once(&row.outcome)) {
        *fates.entry(row.outcome).or_default() += row.lines;
    }
    fates
}

/// One order of the month, cut into batches, some of them sent twice under another cut.
fn permuted(store: &mut dyn Store, month: &[String], seed: u64) -> Vec<Bucket> {
    let mut dice = Dice::new(seed);
    let alone: Vec<(usize, &str)> = month.iter().map(String::as_str).enumerate().collect();
    let shuffled = dice.shuffled(&alone, |(number, _)| *number);
    let lines: Vec<&str> = shuffled.into_iter().map(|(_, line)| line).collect();
    let now = at("2026-04-01T00:00:00Z");
    let mut rest = lines.as_slice();
    while !rest.is_empty() {
        let count = (1 + dice.below(lines.len())).min(rest.len());
        let (batch, after) = rest.split_at(count);
        send(store, batch, now);
        rest = after;
    }
    let again = dice.below(lines.len());
    send(store, &lines[again..], now);
    used(store)
}

#[test]
fn a_thousand_orders_and_cuts_of_a_month_give_the_same_buckets() {
    let (world, month) = (World::new(), month());
    assert!(month.len() > 100, "{}", month.len());
    let plain = permuted(&mut world.store("plain"), &standing(&month), 0);
    let month = corrected(&month);
    let mut first = world.store("first");
    permuted(&mut first, &month, 0);
    let told = fates(&mut first);
    assert!(told["amended"] > 10 && told["cancelled"] > 10, "{told:?}");
    assert!(plain.iter().map(|bucket| bucket.events).sum::<i64>() > 50);
    let workers = 2;
    thread::scope(|scope| {
        for worker in 0..workers {
            let (world, month, plain, told) = (&world, &month, &plain, &told);
            scope.spawn(move || {
                for seed in (1 + worker..=PERMUTATIONS).step_by(2) {
                    let name = format!("seed-{seed}");
                    let mut store = world.store(&name);
                    assert_eq!(&permuted(&mut store, month, seed), plain, "seed {seed}");
                    assert_eq!(&fates(&mut store), told, "seed {seed}");
                    drop(store);
                    if seed % AUDITED_EVERY == 0 {
                        // What is derived is derived again from the log alone.
                        let derived = world.file(&format!("{name}-usage"));
                        fs::remove_dir_all(&derived).unwrap();
                        let mut store = SqliteStore::open(&world.file(&name)).unwrap();
                        assert_eq!(&used(&mut store), plain, "seed {seed}, derived again");
                        let report = auditor::audit_deep(&mut store).unwrap();
                        let said: Vec<String> =
                            report.findings().map(ToString::to_string).collect();
                        assert_eq!(said, [""; 0], "seed {seed}");
                    }
                    world.remove(&name);
                }
            });
        }
    });
}

/// A line of usage of the first truck.
fn line(id: &str, time: &str, region: &str) -> String {
    format!(
        "{{\"specversion\":\"1.0\",\"id\":\"{id}\",\"source\":\"urn:test\",\
         \"type\":\"com.translog.usage.data.v1\",\"subject\":\"{}\",\"time\":\"{time}\",\
         \"data\":{{\"mb\":1.250,\"region\":\"{region}\"}}}}",
        DEVICES[0]
    )
}

fn counted(store: &mut dyn Store) -> i64 {
    used(store).iter().map(|bucket| bucket.events).sum()
}

#[test]
fn the_same_id_with_another_time_is_a_conflict_and_counts_once() {
    let world = World::new();
    let mut store = world.store("t");
    let now = at("2026-04-01T00:00:00Z");
    let first = line("E-1", "2026-03-02T10:00:00Z", "FR");
    let other = line("E-1", "2026-03-05T10:00:00Z", "FR");
    assert_eq!(send(&mut store, &[&first], now).accepted, 1);
    let received = send(&mut store, &[&other, &first], now);
    assert_eq!((received.conflict, received.duplicate, received.accepted), (1, 1, 0));
    let together = send(
        &mut store,
        &[&line("E-2", "2026-03-02T10:00:00Z", "FR"), &line("E-2", "2026-03-03T10:00:00Z", "FR")],
        now,
    );
    assert_eq!((together.accepted, together.conflict), (1, 1));
    assert_eq!(counted(&mut store), 2);
}

#[test]
fn the_same_id_forty_days_later_is_a_duplicate() {
    let world = World::new();
    let mut store = world.store("t");
    let event = line("E-1", "2026-02-20T10:00:00Z", "FR");
    assert_eq!(send(&mut store, &[&event], at("2026-02-20T12:00:00Z")).accepted, 1);
    let rewritten = event
        .replace("{\"specversion\":\"1.0\",", "{ ")
        .replace(",\"time\"", ", \"specversion\" : \"1.0\" , \"time\"");
    let later = at("2026-04-01T12:00:00Z");
    let received = send(&mut store, &[&rewritten], later);
    assert_eq!((received.duplicate, received.accepted), (1, 0), "{rewritten}");
    assert_eq!(counted(&mut store), 1);
}

#[test]
fn the_same_id_in_two_parallel_batches_counts_once() {
    let world = World::new();
    let now = at("2026-04-01T00:00:00Z");
    drop(world.store("t"));
    let lines: Vec<String> =
        (0..500).map(|it| line(&format!("E-{it}"), "2026-03-02T10:00:00Z", "FR")).collect();
    let total = |name: &str, lines: &[String]| {
        let mut store = SqliteStore::open(&world.file("t")).unwrap();
        let mut received = Received::default();
        for (number, part) in lines.chunks(25).enumerate() {
            let text: String = part.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
            // Another place in another file: another batch.
            let place = u32::try_from(number).unwrap() + u32::from(name == "other") * 1_000 + 1;
            let batches = usage_file::open(name, text.as_bytes(), NonZeroUsize::MAX).unwrap();
            for batch in batches.from_line(place) {
                let batch = batch.unwrap();
                received.add(imports::send_batch(&mut store, name, batch, now).unwrap());
            }
        }
        received
    };
    let reversed: Vec<String> = lines.iter().rev().cloned().collect();
    let (one, other) = thread::scope(|scope| {
        let one = scope.spawn(|| total("one", &lines));
        let other = scope.spawn(|| total("other", &reversed));
        (one.join().unwrap(), other.join().unwrap())
    });
    assert_eq!(one.accepted + other.accepted, 500);
    assert_eq!(one.duplicate + other.duplicate, 500);
    let mut store = SqliteStore::open(&world.file("t")).unwrap();
    assert_eq!(counted(&mut store), 500);
    assert_eq!(auditor::audit(&mut store).unwrap().findings().count(), 0);
}

/// 00:00 of 1 March in Paris is 23:00 of 28 February in UTC: the event is of March, and of March
/// only, and the one a microsecond before is of February.
#[test]
fn an_event_exactly_on_a_period_boundary_is_of_one_period() {
    let world = World::new();
    let mut store = world.store("t");
    let now = at("2026-04-01T00:00:00Z");
    let before = line("E-1", "2026-02-28T22:59:59.999999Z", "FR");
    let on = line("E-2", "2026-02-28T23:00:00Z", "FR");
    assert_eq!(send(&mut store, &[&on, &before], now).accepted, 2);
    let quarters: Vec<(Timestamp, i64)> =
        used(&mut store).iter().map(|bucket| (bucket.quarter_at, bucket.events)).collect();
    let expected = [(at("2026-02-28T22:45:00Z"), 1), (at("2026-02-28T23:00:00Z"), 1)];
    assert_eq!(quarters, expected);
    let zone: kernel::Zone = "Europe/Paris".parse().unwrap();
    let days: Vec<_> = quarters.iter().map(|(quarter, _)| zone.day_of(*quarter)).collect();
    assert_eq!(days, [date(2026, 2, 28), date(2026, 3, 1)]);
}
