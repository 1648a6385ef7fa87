//! The log of facts.

use ::facts::{Fact, HoldReleased, Recorded, UsageReceived};

use super::{commit, minute, read, refused, sample_facts};
use crate::{Store, Tx};

/// Records the facts, one a minute.
fn record_all(tx: &mut dyn Tx, facts: &[Fact]) -> crate::Result<Vec<Recorded>> {
    let mut recorded = Vec::new();
    for (number, fact) in (1..).zip(facts) {
        let recorded_at = minute(number);
        let sequence = tx.record(fact, recorded_at)?.expect("a new fact");
        recorded.push(Recorded { sequence, recorded_at, fact: fact.clone() });
    }
    Ok(recorded)
}

pub fn every_kind_survives(store: &mut dyn Store) {
    let facts = sample_facts();
    let recorded = commit(store, |tx| record_all(tx, &facts));
    commit(store, |tx| {
        for expected in &recorded {
            let (kind, key) = (expected.fact.kind(), expected.fact.key());
            assert_eq!(tx.fact(kind, &key)?.as_ref(), Some(expected), "{kind} {key}");
        }
        assert_eq!(tx.fact("OrderAccepted", "nobody's")?, None);
        Ok(())
    });
}

pub fn a_kind_and_key_are_recorded_once(store: &mut dyn Store) {
    let facts = sample_facts();
    let recorded = commit(store, |tx| record_all(tx, &facts));
    let changed = facts.iter().find_map(|fact| match fact {
        Fact::ItemShipped(it) => Some(Fact::ItemShipped(::facts::ItemShipped {
            carrier: "another".to_owned(),
            ..it.clone()
        })),
        _ => None,
    });
    commit(store, |tx| {
        for fact in facts.iter().chain(&changed) {
            assert_eq!(tx.record(fact, minute(999))?, None, "{} {}", fact.kind(), fact.key());
        }
        assert_eq!(tx.facts_after(0, 1000)?, recorded, "the first one stands");
        Ok(())
    });
}

pub fn the_log_has_an_order(store: &mut dyn Store) {
    let facts = sample_facts();
    let recorded = commit(store, |tx| record_all(tx, &facts));
    assert!(recorded.is_sorted_by(|a, b| a.sequence < b.sequence));
    commit(store, |tx| {
        let (first, rest) = recorded.split_at(3);
        assert_eq!(tx.facts_after(0, 3)?, first);
        assert_eq!(tx.facts_after(first[2].sequence, 1000)?, rest);
        assert_eq!(tx.facts_after(i64::MAX, 1000)?, []);
        assert_eq!(tx.facts_after(0, 0)?, []);
        Ok(())
    });
}

pub fn facts_are_found_by_what_they_are_about(store: &mut dyn Store) {
    let facts = sample_facts();
    let recorded = commit(store, |tx| record_all(tx, &facts));
    let of = |kind: &str, subject: Option<&str>| -> Vec<Recorded> {
        let about = |fact: &Fact| subject.is_none_or(|subject| fact.subject() == subject);
        let fits = |it: &&Recorded| it.fact.kind() == kind && about(&it.fact);
        recorded.iter().filter(fits).cloned().collect()
    };
    commit(store, |tx| {
        for fact in &facts {
            let (kind, subject) = (fact.kind(), fact.subject());
            assert_eq!(tx.facts_of_kind(kind)?, of(kind, None));
            assert_eq!(tx.facts_about(kind, &subject)?, of(kind, Some(&subject)));
        }
        assert_eq!(tx.facts_of_kind("NothingHappened")?, []);
        assert_eq!(tx.facts_about("ItemShipped", "U-404")?, []);
        Ok(())
    });
}

/// The name of a file is anybody's, and no database keeps every character.
pub fn any_name_of_a_batch_survives(store: &mut dyn Store) {
    let names = ["été.jsonl", "a\0b", "\u{1A}", "'; DROP TABLE facts; --"];
    commit(store, |tx| {
        for (byte, name) in (1..).zip(names) {
            let received = UsageReceived {
                batch: kernel::Digest([byte; 16]),
                name: name.to_owned(),
                arrived_on: read("2026-01-03"),
                first_line: 1,
                lines: 1,
            };
            let fact = Fact::UsageReceived(received);
            tx.record(&fact, minute(1))?;
            let found = tx.facts_about("UsageReceived", name)?;
            assert_eq!(found.into_iter().map(|it| it.fact).collect::<Vec<_>>(), [fact]);
        }
        Ok(())
    });
}

pub fn the_last_fact_of_some_kinds_is_found(store: &mut dyn Store) {
    let facts = sample_facts();
    let mut last = std::collections::BTreeMap::new();
    commit(store, |tx| {
        for fact in &facts {
            if let Some(sequence) = tx.record(fact, minute(1))? {
                last.insert(fact.kind(), sequence);
            }
        }
        Ok(())
    });
    let mut tx = store.read().expect("read");
    for (kind, sequence) in &last {
        assert_eq!(tx.last_of_kinds(&[kind, "NoSuchFact"]).expect("a position"), *sequence);
    }
    let kinds: Vec<&str> = last.keys().copied().collect();
    let newest = last.values().copied().max().unwrap_or_default();
    assert_eq!(tx.last_of_kinds(&kinds).expect("a position"), newest);
    assert_eq!(tx.last_of_kinds(&["NoSuchFact"]).expect("a position"), 0);
    assert_eq!(tx.last_of_kinds(&[]).expect("a position"), 0);
}

pub fn new_facts_are_recorded_together(store: &mut dyn Store) {
    let facts = sample_facts();
    let (first, rest) = facts.split_at(2);
    commit(store, |tx| tx.record_new(first, minute(1)));
    commit(store, |tx| tx.record_new(rest, minute(2)));
    commit(store, |tx| {
        let all = tx.facts_after(0, u32::MAX)?;
        assert_eq!(
            all.iter().map(|it| &it.fact).collect::<Vec<_>>(),
            facts.iter().collect::<Vec<_>>()
        );
        assert!(all.is_sorted_by(|a, b| a.sequence + 1 == b.sequence), "without a gap");
        assert_eq!((all[1].recorded_at, all[2].recorded_at), (minute(1), minute(2)));
        tx.record_new(&[], minute(3))
    });
    refused(store, |tx| tx.record_new(first, minute(3)));
}

/// Keys of text: capitals come before small letters, whatever the language of a database is.
const NAMES: [&str; 5] = ["A-1", "A-10", "A-2", "B", "a"];

fn hold_named(name: &str, account: &str) -> Fact {
    let holds = sample_facts().into_iter().find_map(|it| match it {
        Fact::HoldReleased(it) => Some(it),
        _ => None,
    });
    let hold = holds.expect("a sample");
    Fact::HoldReleased(HoldReleased { hold: read(name), account: read(account), ..hold })
}

pub fn facts_of_a_kind_are_read_in_pages(store: &mut dyn Store) {
    let facts: Vec<Fact> = NAMES.iter().rev().map(|name| hold_named(name, "ACC-1")).collect();
    commit(store, |tx| tx.record_new(&facts, minute(1)));
    commit(store, |tx| {
        let mut page = |after: &str, limit| -> crate::Result<Vec<String>> {
            let page = tx.page_of_kind("HoldReleased", after, limit)?;
            Ok(page.iter().map(|it| it.fact.key()).collect())
        };
        assert_eq!(page("", 2)?, NAMES[..2]);
        assert_eq!(page("A-10", 2)?, NAMES[2..4]);
        assert_eq!(page("A-11", 9)?, NAMES[2..], "a cursor need not be there any more");
        assert!(page("a", 9)?.is_empty());
        assert!(tx.page_of_kind("HoldPlaced", "", 9)?.is_empty());
        Ok(())
    });
}

pub fn what_facts_are_about_is_listed_once(store: &mut dyn Store) {
    let named = |(number, account)| hold_named(&format!("H-{number}"), account);
    let accounts = NAMES.iter().chain(&NAMES).copied();
    let facts: Vec<Fact> = (0..).zip(accounts).map(named).collect();
    commit(store, |tx| tx.record_new(&facts, minute(1)));
    commit(store, |tx| {
        let mut page = |after, limit| tx.subjects_of_kind("HoldReleased", after, limit);
        assert_eq!(page("", 9)?, NAMES);
        assert_eq!(page("A-1", 2)?, NAMES[1..3]);
        assert!(page("a", 9)?.is_empty());
        Ok(())
    });
}
