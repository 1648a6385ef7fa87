//! Units of work: all or nothing.

use super::{commit, minute, refused, sample_facts};
use crate::{Store, Timer, TimerKind};

pub fn nothing_is_saved_without_a_commit(store: &mut dyn Store) {
    let fact = &sample_facts()[0];
    let mut tx = store.begin().expect("begin");
    assert_eq!(tx.take_number("INV-").expect("a number"), 1);
    assert!(tx.record(fact, minute(1)).expect("a fact").is_some());
    tx.set_clock(minute(1)).expect("the clock");
    drop(tx);
    commit(store, |tx| {
        assert_eq!(tx.facts_after(0, 10)?, []);
        assert_eq!(tx.clock()?, None);
        assert_eq!(tx.take_number("INV-")?, 1, "the roll-back gives the number back");
        Ok(())
    });
}

pub fn what_is_committed_stays(store: &mut dyn Store) {
    let timer =
        Timer { due_at: minute(5), kind: TimerKind::IssueInvoice, subject: "ACC-1".to_owned() };
    commit(store, |tx| {
        tx.set_clock(minute(1))?;
        tx.set_timer(&timer)
    });
    commit(store, |tx| {
        assert_eq!(tx.clock()?, Some(minute(1)));
        assert_eq!(tx.timers()?.as_slice(), std::slice::from_ref(&timer));
        Ok(())
    });
}

/// A caller that goes on after an error must not make half of its work durable.
pub fn after_an_error_nothing_can_be_saved(store: &mut dyn Store) {
    let mut entry = super::books::entry("E-1", 5);
    entry.lines.pop();
    let mut tx = store.begin().expect("begin");
    tx.set_clock(minute(1)).expect("the clock");
    tx.save_entry(&entry).expect_err("half an entry");
    tx.set_clock(minute(2)).expect_err("a step after a failed one");
    tx.clock().expect_err("a question after a failed step");
    tx.commit().expect_err("a commit after a failed step");
    commit(store, |tx| {
        assert_eq!(tx.clock()?, None);
        Ok(())
    });
    let said = refused(store, |tx| tx.save_entry(&entry));
    assert!(said.contains("ledger_lines"), "{said}");
}
