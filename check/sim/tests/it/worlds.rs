//! Empty stores of both engines, and where the data is.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use store::Store;
use store_postgres::PostgresStore;
use store_sqlite::SqliteStore;

/// The reference fleet.
pub fn fleet() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../demo/smart-fleet"))
}

/// What must come out of the reference fleet.
pub fn expected() -> serde_json::Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/data/smart-fleet/expected.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// An empty store in memory.
pub fn sqlite() -> SqliteStore {
    SqliteStore::in_memory().unwrap()
}

/// Where PostgreSQL is.
pub fn postgres_url() -> String {
    std::env::var("TABOURET_TEST_POSTGRES")
        .expect("TABOURET_TEST_POSTGRES is not set; run the tests with `cargo xtask test`")
}

/// Runs `test` on an empty schema of its own, which is dropped afterwards.
pub fn on_postgres(test: impl FnOnce(&mut dyn Store)) {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let tenant = format!("sim_{}_{number}", std::process::id());
    let url = postgres_url();
    let mut store = PostgresStore::connect(&url, &tenant).unwrap();
    test(&mut store);
    drop(store);
    store_postgres::drop_tenant(&url, &tenant).unwrap();
}

/// Debits equal credits in every book, of every seller, in every currency.
pub fn assert_books_balance(store: &mut dyn Store) {
    let mut differences: BTreeMap<_, i128> = BTreeMap::new();
    for row in engine::read::trial_balance(store).unwrap() {
        let books = (row.book.key(), row.seller.to_string(), row.currency.clone());
        *differences.entry(books).or_default() += i128::from(row.debit) - i128::from(row.credit);
    }
    for (books, difference) in differences {
        assert_eq!(difference, 0, "debits less credits of {books:?}, in minor units");
    }
}
