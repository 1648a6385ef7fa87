//! The clock and the timers.

use super::sample::precise;
use super::{commit, minute};
use crate::{Store, Timer, TimerKind};

fn timer(at: i64, kind: TimerKind, subject: &str) -> Timer {
    Timer { due_at: minute(at), kind, subject: subject.to_owned() }
}

pub fn the_clock_is_set(store: &mut dyn Store) {
    commit(store, |tx| {
        assert_eq!(tx.clock()?, None, "a tenant lives by the system clock at first");
        tx.set_clock(minute(1))
    });
    commit(store, |tx| tx.set_clock(precise()));
    commit(store, |tx| {
        assert_eq!(tx.clock()?, Some(precise()));
        Ok(())
    });
}

pub fn a_timer_replaces_the_one_before(store: &mut dyn Store) {
    let invoice = |at| timer(at, TimerKind::IssueInvoice, "ACC-1");
    let start = timer(1, TimerKind::StartService, "ACC-1");
    commit(store, |tx| {
        tx.set_timer(&invoice(9))?;
        tx.set_timer(&start)?;
        tx.set_timer(&invoice(5))
    });
    commit(store, |tx| {
        assert_eq!(tx.timers()?, [start.clone(), invoice(5)]);
        tx.clear_timer(TimerKind::StartService, "ACC-1")?;
        tx.clear_timer(TimerKind::StartService, "nobody")?;
        assert_eq!(tx.timers()?, [invoice(5)]);
        Ok(())
    });
}

pub fn timers_come_in_order(store: &mut dyn Store) {
    let (start, invoice) = (TimerKind::StartService, TimerKind::IssueInvoice);
    let expected = [
        timer(1, invoice, "ACC-9"),
        timer(2, start, "U-1"),
        timer(2, start, "U-2"),
        timer(2, invoice, "ACC-1"),
        timer(3, start, "U-3"),
    ];
    commit(store, |tx| expected.iter().rev().try_for_each(|timer| tx.set_timer(timer)));
    commit(store, |tx| {
        assert_eq!(tx.timers()?, expected);
        assert_eq!(tx.first_due_timer(minute(0))?, None);
        for (index, timer) in expected.iter().enumerate() {
            assert_eq!(tx.first_due_timer(minute(2))?.as_ref(), expected[..4].get(index));
            tx.clear_timer(timer.kind, &timer.subject)?;
        }
        assert_eq!(tx.timers()?, []);
        Ok(())
    });
}

pub fn timers_of_one_instant_are_found_together(store: &mut dyn Store) {
    let invoice = |at, subject| timer(at, TimerKind::IssueInvoice, subject);
    let together = ["ACC-1", "ACC-2", "ACC-3"].map(|subject| invoice(2, subject));
    commit(store, |tx| {
        tx.set_timers(&together)?;
        tx.set_timers(&[invoice(3, "ACC-4"), timer(2, TimerKind::StartService, "ACC-5")])?;
        tx.set_timers(&[])
    });
    commit(store, |tx| {
        assert_eq!(tx.timers_together(&together[0], 9)?, together);
        assert_eq!(tx.timers_together(&together[1], 9)?, together[1..]);
        assert_eq!(tx.timers_together(&together[0], 2)?, together[..2]);
        assert_eq!(tx.count_due_timers(TimerKind::IssueInvoice, minute(1))?, 0);
        assert_eq!(tx.count_due_timers(TimerKind::IssueInvoice, minute(2))?, 3);
        assert_eq!(tx.count_due_timers(TimerKind::IssueInvoice, minute(3))?, 4);
        // Set again, it replaces the one before.
        tx.set_timers(&[invoice(4, "ACC-1")])?;
        assert_eq!(tx.timers_together(&together[0], 9)?, together[1..]);
        Ok(())
    });
}

pub fn timers_are_shared_out_by_subject(store: &mut dyn Store) {
    let invoice = |at, subject| timer(at, TimerKind::IssueInvoice, subject);
    commit(store, |tx| {
        assert!(tx.parts_of_timers(TimerKind::IssueInvoice, 2)?.is_empty());
        tx.set_timers(&[invoice(9, "ACC-2"), invoice(1, "ACC-5"), invoice(4, "ACC-1")])?;
        tx.set_timers(&[invoice(2, "ACC-4"), invoice(2, "ACC-3")])?;
        tx.set_timer(&timer(1, TimerKind::StartService, "ACC-0"))
    });
    commit(store, |tx| {
        let parts =
            |tx: &mut dyn crate::Tx, size| tx.parts_of_timers(TimerKind::IssueInvoice, size);
        assert_eq!(parts(tx, 2)?, ["ACC-1", "ACC-3", "ACC-5"]);
        assert_eq!(parts(tx, 5)?, ["ACC-1"]);
        // A timer that is set again is in the part in which it was.
        tx.set_timer(&invoice(20, "ACC-3"))?;
        assert_eq!(parts(tx, 2)?, ["ACC-1", "ACC-3", "ACC-5"]);
        Ok(())
    });
}
