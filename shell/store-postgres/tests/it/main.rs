//! The port's promises on PostgreSQL, and what only PostgreSQL must do. Each test has schemas of
//! its own and removes them.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::{process, thread};

use postgres::{Client, NoTls};
use store::{Store, conformance};
use store_postgres::{PostgresStore, drop_tenant};

/// The server of the run. A test that needs it fails without it: none is skipped.
fn url() -> String {
    const VARIABLE: &str = "TABOURET_TEST_POSTGRES";
    std::env::var(VARIABLE).unwrap_or_else(|_| {
        panic!("{VARIABLE} is not set: run `cargo xtask test`, which starts a PostgreSQL")
    })
}

/// A tenant that is removed when the test ends, also when it fails.
struct Tenant {
    name: String,
}

impl Tenant {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Self { name: format!("test_{}_{number}", process::id()) }
    }

    fn open(&self) -> PostgresStore {
        PostgresStore::connect(&url(), &self.name).expect("a new tenant")
    }
}

impl Drop for Tenant {
    fn drop(&mut self) {
        // The test says what failed; this must not say something else.
        let _gone =
            std::env::var("TABOURET_TEST_POSTGRES").map(|url| drop_tenant(&url, &self.name));
    }
}

#[test]
fn every_statement_is_in_the_list_and_can_be_prepared() {
    conformance::check_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("sql"));
    Tenant::new().open().check_statements().unwrap();
}

#[test]
fn the_suite() {
    let _needed = url();
    conformance::run_suite(|check| {
        let tenant = Tenant::new();
        check(&mut tenant.open());
    });
}

#[test]
fn writers_take_turns() {
    let tenant = Tenant::new();
    conformance::writers_take_turns(&|| Box::new(tenant.open()));
}

#[test]
fn a_segment_of_one_is_seen_by_the_other() {
    let tenant = Tenant::new();
    conformance::a_segment_of_one_is_seen_by_the_other(&|| Box::new(tenant.open()));
}

#[test]
fn readers_do_not_wait() {
    let tenant = Tenant::new();
    conformance::readers_do_not_wait(&|| Box::new(tenant.open()));
}

#[test]
fn many_can_open_a_new_tenant_at_once() {
    const OPENERS: usize = 8;
    let tenant = Tenant::new();
    thread::scope(|scope| {
        for _ in 0..OPENERS {
            scope.spawn(|| tenant.open().check_statements().unwrap());
        }
    });
}

#[test]
fn tenants_do_not_see_each_other_and_do_not_wait() {
    let tenants = [Tenant::new(), Tenant::new()];
    let [mut one, mut other] = tenants.each_ref().map(Tenant::open);
    let mut first = one.begin().unwrap();
    assert_eq!(first.take_number("INV-").unwrap(), 1);
    let mut second = other.begin().unwrap();
    assert_eq!(second.take_number("INV-").unwrap(), 1);
    second.commit().unwrap();
    first.commit().unwrap();
}

#[test]
fn a_tenant_comes_back_as_it_was_and_can_be_removed() {
    let tenant = Tenant::new();
    for expected in [1, 2] {
        let mut store = tenant.open();
        let mut tx = store.begin().unwrap();
        assert_eq!(tx.take_number("INV-").unwrap(), expected);
        tx.commit().unwrap();
    }
    drop_tenant(&url(), &tenant.name).unwrap();
    assert_eq!(tenant.open().begin().unwrap().take_number("INV-").unwrap(), 1);
}

/// Text is sorted and compared by its bytes, as in Rust and in SQLite, whatever the language of the
/// server. The server of the tests may have no language, so the layout itself is asked.
#[test]
fn every_text_that_is_compared_has_the_order_of_its_bytes() {
    const NEVER_COMPARED: [&str; 7] = [
        "carried.content",
        "facts.body",
        "units.start_evidence",
        "usage_log.secret",
        "usage_segments.name",
        "usage_segments.tallies",
        "usage_segments.withdrawn",
    ];
    let tenant = Tenant::new();
    drop(tenant.open());
    let asked = "SELECT table_name || '.' || column_name
        FROM information_schema.columns
        WHERE table_schema = $1 AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'";
    let rows = Client::connect(&url(), NoTls).unwrap().query(asked, &[&tenant.name]).unwrap();
    let mut columns: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    columns.sort();
    assert_eq!(columns, NEVER_COMPARED);
}

/// A server can be told to give every transaction the view of its first statement. A writer that
/// waited must nevertheless see what the one before it did.
#[test]
fn a_waiting_writer_sees_the_one_before_whatever_the_default_isolation() {
    let tenant = Tenant::new();
    drop(tenant.open());
    let strict = format!("{}?options=-c%20default_transaction_isolation%3Dserializable", url());
    let open = || Box::new(PostgresStore::connect(&strict, &tenant.name).unwrap());
    conformance::writers_take_turns(&|| open());
}

#[test]
fn a_schema_of_a_later_program_is_not_touched() {
    let tenant = Tenant::new();
    drop(tenant.open());
    let later = format!("UPDATE {}.layout SET version = 999", tenant.name);
    Client::connect(&url(), NoTls).unwrap().batch_execute(&later).unwrap();
    let error = PostgresStore::connect(&url(), &tenant.name).err().unwrap().to_string();
    assert!(error.contains("its layout is version 999"), "{error}");
}

#[test]
fn a_name_that_is_no_tenant_is_refused_before_anything_is_asked() {
    let error = PostgresStore::connect("no server", "a; DROP TABLE b").err().unwrap().to_string();
    assert!(error.contains("is no tenant"), "{error}");
    assert!(drop_tenant("no server", "A").is_err());
}
