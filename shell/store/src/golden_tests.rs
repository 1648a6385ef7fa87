//! Old facts load: what was ever stored can be read for ever.
//!
//! `tests/golden/<Kind>.v<version>.json` holds facts as a program of that version wrote them. A
//! golden file is written once and never edited. When this test fails, the shape of a fact has
//! changed: raise `Fact::VERSION`, keep the old files and make `columns::read_fact` read them,
//! and add files of the new version.

use std::path::PathBuf;

use ::facts::Fact;

use crate::columns::{Cell, fact_row, read_fact};
use crate::conformance::sample_facts;

const REMEDY: &str = "a stored shape changed: see the head of shell/store/src/golden_tests.rs";

/// The place of a fact on the path. No wildcard: a new fact does not compile without a place.
fn kind_index(fact: &Fact) -> usize {
    match fact {
        Fact::SellerPublished(_) => 0,
        Fact::MeterPublished(_) => 1,
        Fact::FulfilmentSpecPublished(_) => 2,
        Fact::OfferPublished(_) => 3,
        Fact::AccountRegistered(_) => 4,
        Fact::OrderAccepted(_) => 5,
        Fact::ItemShipped(_) => 6,
        Fact::ItemDelivered(_) => 7,
        Fact::DeviceSignalled(_) => 8,
        Fact::UnitChanged(_) => 9,
        Fact::ServiceStarted(_) => 10,
        Fact::UsageReceived(_) => 11,
        Fact::UsageReplayed(_) => 12,
        Fact::UsageAmended(_) => 13,
        Fact::InvoiceIssued(_) => 14,
        Fact::EntryPosted(_) => 15,
    }
}

const KINDS: usize = 16;

fn path(kind: &str, version: i32) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    folder.join(format!("{kind}.v{version}.json"))
}

#[test]
fn there_is_a_sample_of_every_fact() {
    let mut kinds: Vec<usize> = sample_facts().iter().map(kind_index).collect();
    kinds.dedup();
    assert_eq!(kinds, (0..KINDS).collect::<Vec<_>>(), "samples in the order of the path");
}

#[test]
fn facts_of_today_are_stored_as_they_always_were() {
    for kind in kinds() {
        let samples: Vec<Fact> =
            sample_facts().into_iter().filter(|fact| fact.kind() == kind).collect();
        let written = serde_json::to_string_pretty(&samples).unwrap();
        let path = path(kind, Fact::VERSION);
        let golden = std::fs::read_to_string(&path).unwrap_or_default();
        let same = golden.trim_end() == written;
        assert!(same, "{}: {REMEDY}. Today it is written:\n{written}", path.display());
    }
}

#[test]
fn facts_of_every_version_load() {
    for (version, kind) in (1..=Fact::VERSION).flat_map(|it| kinds().map(move |kind| (it, kind))) {
        let golden = std::fs::read_to_string(path(kind, version)).unwrap();
        let bodies: Vec<Box<serde_json::value::RawValue>> = serde_json::from_str(&golden).unwrap();
        assert!(!bodies.is_empty());
        for body in bodies {
            let row = vec![
                Cell::from(1),
                Cell::from(i64::from(version)),
                Cell::from(0),
                Cell::shown(body.get()),
            ];
            let fact = read_fact(row).unwrap_or_else(|error| panic!("{kind}: {error}. {REMEDY}"));
            assert_eq!(fact.fact.kind(), kind);
        }
    }
}

#[test]
fn a_stored_fact_says_what_it_is() {
    for fact in sample_facts() {
        let row = fact_row(&fact, jiff::Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(row[..2], [Cell::shown(fact.kind()), Cell::shown(fact.key())]);
        assert_eq!(row[3], Cell::Integer(i64::from(Fact::VERSION)));
    }
}

fn kinds() -> impl Iterator<Item = &'static str> {
    let mut kinds: Vec<&'static str> = sample_facts().iter().map(Fact::kind).collect();
    kinds.dedup();
    kinds.into_iter()
}
