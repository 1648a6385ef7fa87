//! The port's promises on SQLite, in memory and in a file, and what only SQLite must do.

use std::path::Path;
use std::sync::Barrier;
use std::thread;

use store::{Store, StoreError, conformance};
use store_sqlite::SqliteStore;

#[test]
fn every_statement_is_in_the_list_and_can_be_prepared() {
    conformance::check_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("sql"));
    SqliteStore::in_memory().unwrap().check_statements().unwrap();
}

#[test]
fn the_suite_in_memory() {
    conformance::run_suite(|check| check(&mut SqliteStore::in_memory().unwrap()));
}

#[test]
fn the_suite_in_a_file() {
    conformance::run_suite(|check| {
        let folder = tempfile::tempdir().unwrap();
        check(&mut SqliteStore::open(&folder.path().join("tenant.db")).unwrap());
    });
}

/// Runs a check that opens one new file more than once.
fn on_a_file(check: impl Fn(conformance::Opener<'_>)) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("tenant.db");
    check(&|| Box::new(SqliteStore::open(&file).expect("a file")));
}

#[test]
fn writers_take_turns() {
    on_a_file(conformance::writers_take_turns);
}

#[test]
fn a_segment_of_one_is_seen_by_the_other() {
    on_a_file(conformance::a_segment_of_one_is_seen_by_the_other);
}

#[test]
fn readers_do_not_wait() {
    on_a_file(conformance::readers_do_not_wait);
}

/// The switch to a log ahead of writes does not wait in SQLite; without our waiting, one of the
/// openers is told that the file is locked. They start together to make that likely.
#[test]
fn many_can_open_a_new_file_at_once() {
    const OPENERS: usize = 4;
    const FILES: usize = 40;
    for _ in 0..FILES {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tenant.db");
        let together = Barrier::new(OPENERS);
        let open = || {
            together.wait();
            SqliteStore::open(&file).unwrap().check_statements().unwrap();
        };
        thread::scope(|scope| {
            for _ in 0..OPENERS {
                scope.spawn(open);
            }
        });
    }
}

#[test]
fn what_is_committed_is_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tenant.db");
    for expected in 1..=3 {
        let mut store = SqliteStore::open(&file).unwrap();
        let mut tx = store.begin().unwrap();
        assert_eq!(tx.take_number("INV-").unwrap(), expected);
        tx.commit().unwrap();
    }
}

#[test]
fn the_file_is_set_up_for_durability() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tenant.db");
    drop(SqliteStore::open(&file).unwrap());
    let plain = rusqlite::Connection::open(&file).unwrap();
    let mode: String = plain.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
}

/// On a full disk it could not be opened to be read.
#[test]
fn to_open_a_file_again_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tenant.db");
    drop(SqliteStore::open(&file).unwrap());
    let log = || std::fs::metadata(folder.path().join("tenant.db-wal")).unwrap().len();
    let first = SqliteStore::open(&file).unwrap();
    drop(first.beside().unwrap());
    assert_eq!(log(), 0);
}

#[test]
fn a_file_of_a_later_program_is_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tenant.db");
    drop(SqliteStore::open(&file).unwrap());
    let plain = rusqlite::Connection::open(&file).unwrap();
    plain.pragma_update(None, "user_version", 999).unwrap();
    let error = SqliteStore::open(&file).err().unwrap().to_string();
    assert!(error.contains("its layout is version 999"), "{error}");
}

#[test]
fn a_row_that_was_changed_by_hand_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tenant.db");
    let mut store = SqliteStore::open(&file).unwrap();
    let mut tx = store.begin().unwrap();
    let fact = &conformance::sample_facts()[0];
    tx.record(fact, jiff::Timestamp::UNIX_EPOCH).unwrap();
    tx.commit().unwrap();
    let plain = rusqlite::Connection::open(&file).unwrap();
    plain.execute("UPDATE facts SET body = '{}'", []).unwrap();
    let asked = store.begin().unwrap().facts_after(0, 10);
    let named = matches!(
        &asked,
        Err(StoreError::Inconsistent { table: "facts", row, .. }) if row == "1"
    );
    assert!(named, "{asked:?}");
    plain.execute("UPDATE facts SET recorded_at = 1.5", []).unwrap();
    let asked = store.begin().unwrap().facts_after(0, 10);
    assert!(matches!(asked, Err(StoreError::Database { .. })), "{asked:?}");
}
