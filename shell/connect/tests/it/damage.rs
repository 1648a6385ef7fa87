//! Damaged input never panics: what is in `corpus`, with bytes changed, cut, doubled and joined.
//! The same parsers and the same corpus are fuzzed for longer in `check/fuzz`, which found what is
//! in the folders `fuzzed`.

use std::fs;
use std::num::NonZeroUsize;
use std::path::Path;

use connect::cloud_events::{self, read_line, same_event};
use connect::compat::{lago, open_meter, stripe};
use connect::{Lines, catalog_file, changes_csv, orders_csv, shipments, usage_file};
use jiff::Timestamp;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

const CASES: u32 = 2000;

/// What JSON, CSV, YAML, forms, headers and times are made of.
const PIECES: [&[u8]; 24] = [
    b"\"",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\n",
    b"\r\n",
    b"\0",
    b"\xff",
    b"\\ud800",
    b"1e400",
    b"-",
    b"null",
    b"%C0",
    b"&",
    b"=",
    b";",
    b"\xef\xbb\xbf",
    b"  ",
    b"9999-12-31",
    b"- ",
];

/// The files in the folder of a target, those that the fuzzer found included.
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/corpus").join(target);
    let files = |folder: &Path| fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let mut paths: Vec<_> = files(&folder).chain(files(&folder.join("fuzzed"))).collect();
    paths.retain(|path| path.is_file());
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

fn damaged(seed: &[u8], changes: &[(u8, prop::sample::Index, u8)]) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for (kind, at, with) in changes {
        let at = at.index(bytes.len() + 1);
        let length = usize::from(with % 16).min(bytes.len() - at);
        let piece = PIECES[usize::from(*with) % PIECES.len()];
        match kind % 6 {
            0 if at < bytes.len() => bytes[at] = *with,
            1 => bytes.truncate(at),
            2 => drop(bytes.drain(at..at + length)),
            3 => bytes.extend_from_within(at..at + length),
            4 => {
                let doubled = bytes[at..at + length].to_vec();
                drop(bytes.splice(at..at, doubled));
            }
            _ => drop(bytes.splice(at..at, piece.iter().copied())),
        }
    }
    bytes
}

/// Parses what is in the corpus of a target as it is, and damaged in [`CASES`] ways.
fn damage(target: &str, parse: impl Fn(&[u8])) {
    let seeds = corpus(target);
    seeds.iter().for_each(|seed| parse(seed));
    let change = (any::<u8>(), any::<prop::sample::Index>(), any::<u8>());
    let strategy = (any::<prop::sample::Index>(), prop::collection::vec(change, 1..6));
    let config = Config { failure_persistence: None, ..Config::with_cases(CASES) };
    let test = |(seed, changes): (prop::sample::Index, Vec<_>)| {
        parse(&damaged(&seeds[seed.index(seeds.len())], &changes));
        Ok(())
    };
    TestRunner::new(config).run(&strategy, test).unwrap();
}

fn now() -> Timestamp {
    "2026-01-31T10:00:00Z".parse().unwrap()
}

fn read_all(lines: &Lines) {
    lines.iter().for_each(|line| drop(read_line(line)));
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn lines() {
    damage("read_line", |bytes| {
        assert!(read_line(bytes).is_none() || same_event(bytes, bytes), "what is read compares");
    });
}

#[test]
fn usage_files() {
    let size = NonZeroUsize::new(2).unwrap();
    damage("usage_file", |bytes| {
        for batch in usage_file::open("u", bytes, size).unwrap().map_while(Result::ok) {
            let _ = batch.digest();
            read_all(&batch.lines);
        }
    });
}

#[test]
fn bodies_of_lago() {
    damage("lago", |bytes| drop(lago::lines("b", bytes, now()).map(|lines| read_all(&lines))));
}

#[test]
fn bodies_of_stripe() {
    damage("stripe", |bytes| drop(stripe::lines("b", bytes, now()).map(|lines| read_all(&lines))));
}

#[test]
fn bodies_of_open_meter() {
    damage("open_meter", |bytes| {
        drop(open_meter::lines("b", bytes, now()).map(|lines| read_all(&lines)));
    });
}

#[test]
fn binary_headers() {
    damage("binary", |bytes| {
        let text = text(bytes);
        let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
        let headers = head.lines().filter_map(|line| line.split_once(':'));
        let headers = headers.map(|(name, value)| (name.trim(), value.trim()));
        let line = cloud_events::from_binary(headers, body.as_bytes());
        assert!(!line.contains(&b'\n'));
        let _ = read_line(&line);
    });
}

#[test]
fn bodies_of_cloud_events() {
    damage("cloud_events", |bytes| {
        let _ = cloud_events::split_json("b", bytes).map(|lines| read_all(&lines));
        let _ = cloud_events::read_signals_json("b", &text(bytes));
        let _ = cloud_events::read_signals_ndjson("b", &text(bytes));
    });
}

#[test]
fn orders() {
    damage("orders", |bytes| {
        let text = text(bytes);
        let (orders, units) = text.split_once('\0').unwrap_or((&text, ""));
        let _ = orders_csv::read(("o", orders), Some(("u", units)));
        let _ = orders_csv::read(("o", orders), None);
    });
}

#[test]
fn shipments() {
    damage("shipments", |bytes| {
        let _ = shipments::read_csv("s", &text(bytes));
        let _ = shipments::read_json("s", &text(bytes));
    });
}

#[test]
fn changes() {
    damage("changes", |bytes| drop(changes_csv::read("c", &text(bytes))));
}

#[test]
fn catalogs() {
    damage("catalog", |bytes| drop(catalog_file::read("c", &text(bytes))));
}
