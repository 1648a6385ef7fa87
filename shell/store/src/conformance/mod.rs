//! The suite that every engine must pass: what the port promises, said once.
//!
//! An engine's tests call [`run_suite`] with a way to make a fresh store, and the checks beside
//! it that need more than one store. A check panics where the engine breaks the promise.

mod books;
mod clock;
mod facts;
mod sample;
mod turns;
mod units;
mod usage;
mod work;

use std::collections::BTreeSet;
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::str::FromStr;

use jiff::Timestamp;

use crate::{Result, Statement, Store, Tx};

pub use sample::{agreed_facts, apart_facts, billing_facts, paid_facts, sample_facts};
pub use turns::{
    Opener, a_segment_of_one_is_seen_by_the_other, readers_do_not_wait, writers_take_turns,
};

/// One promise of the port, checked on a fresh store.
pub type Check = fn(&mut dyn Store);

macro_rules! suite {
    ($($module:ident { $($check:ident),+ $(,)? })+) => {
        /// Every promise by name, in the order of the port.
        pub const SUITE: &[(&str, Check)] =
            &[$($((concat!(stringify!($module), "::", stringify!($check)), $module::$check)),+),+];
    };
}

suite! {
    work {
        nothing_is_saved_without_a_commit,
        what_is_committed_stays,
        after_an_error_nothing_can_be_saved,
    }
    facts {
        every_kind_survives,
        a_kind_and_key_are_recorded_once,
        the_log_has_an_order,
        the_last_fact_of_some_kinds_is_found,
        facts_of_a_kind_are_read_in_pages,
        what_facts_are_about_is_listed_once,
        facts_are_found_by_what_they_are_about,
        any_name_of_a_batch_survives,
        new_facts_are_recorded_together,
    }
    units {
        a_unit_is_saved_in_place_of_itself,
        units_are_listed_by_name,
        units_are_read_in_pages,
        holdings_are_ordered_by_serial_instant_and_unit,
        holdings_of_another_unit_are_refused,
        devices_of_an_account_are_named_once,
        facts_of_an_account_are_about_its_units_and_their_devices,
        what_is_read_ahead_is_what_is_asked_one_by_one,
    }
    usage {
        the_secret_stays,
        any_bytes_survive,
        a_sequence_is_taken_once,
        segments_are_listed_by_day,
        replays_are_found,
    }
    books {
        numbers_have_no_gap,
        entries_add_up,
        an_entry_is_saved_once,
        an_impossible_entry_is_refused,
        what_is_carried_holds_until_the_next_bill,
    }
    clock {
        the_clock_is_set,
        a_timer_replaces_the_one_before,
        timers_come_in_order,
        timers_of_one_instant_are_found_together,
        timers_are_shared_out_by_subject,
    }
}

/// Runs every check of the suite on a store of its own, and fails with the names of those that
/// failed. `on_fresh_store` makes a store, hands it to the check, and removes it.
///
/// # Panics
/// When a check failed.
pub fn run_suite(on_fresh_store: impl Fn(Check)) {
    let fails = |check: Check| catch_unwind(AssertUnwindSafe(|| on_fresh_store(check))).is_err();
    let failed: Vec<&str> = SUITE
        .iter()
        .filter(|(name, check)| {
            eprintln!("conformance: {name}");
            fails(*check)
        })
        .map(|(name, _)| *name)
        .collect();
    assert!(failed.is_empty(), "the engine breaks {} promises: {failed:?}", failed.len());
}

/// Checks that the files below `sql/` are those of the one list.
///
/// # Panics
/// When a file is missing or is in no statement.
pub fn check_files(sql: &Path) {
    let listed: BTreeSet<String> = Statement::ALL.iter().map(|it| it.file().to_owned()).collect();
    let mut there = BTreeSet::new();
    for slice in std::fs::read_dir(sql).expect("the folder of the statements").flatten() {
        for file in std::fs::read_dir(slice.path()).expect("the folder of a slice").flatten() {
            let (slice, file) = (slice.file_name(), file.file_name());
            there.insert(format!("{}/{}", slice.to_string_lossy(), file.to_string_lossy()));
        }
    }
    assert_eq!(there, listed, "below {}, and in store::for_each_statement", sql.display());
}

/// Does some work in one transaction and commits it.
#[track_caller]
fn commit<T>(store: &mut dyn Store, work: impl FnOnce(&mut dyn Tx) -> Result<T>) -> T {
    let mut tx = store.begin().expect("begin");
    let outcome = work(tx.as_mut()).expect("the work");
    tx.commit().expect("commit");
    outcome
}

/// Does some work that must be refused, in a transaction that is dropped.
#[track_caller]
fn refused<T>(store: &mut dyn Store, work: impl FnOnce(&mut dyn Tx) -> Result<T>) -> String {
    let mut tx = store.begin().expect("begin");
    match work(tx.as_mut()) {
        Ok(_) => panic!("it was not refused"),
        Err(error) => error.to_string(),
    }
}

/// An id, a date, an instant, a quantity: whatever is read from text.
#[track_caller]
fn read<T: FromStr<Err: Display>>(text: &str) -> T {
    match text.parse() {
        Ok(value) => value,
        Err(error) => panic!("`{text}`: {error}"),
    }
}

/// Minutes into the first hour of the sample year.
fn minute(minute: i64) -> Timestamp {
    let start: Timestamp = read("2026-01-01T00:00:00Z");
    start + jiff::SignedDuration::from_mins(minute)
}
