//! Where concrete stores are joined to the engine, and the system clock is read.

use std::path::{Path, PathBuf};

use access::SECRET_BYTES;
use jiff::Timestamp;
use server::{Clock, Random, Stores};
use store::Store;
use store_postgres::PostgresStore;
use store_sqlite::SqliteStore;

use crate::args::Common;
use crate::failure::Failure;

/// The folder of the embedded database when none is named.
const DATA_DIR: &str = "tabouret-data";
/// The file in it.
const DATABASE: &str = "tabouret.db";

/// The folder of the embedded database.
pub fn data_dir(common: &Common) -> PathBuf {
    common.data_dir.clone().unwrap_or_else(|| PathBuf::from(DATA_DIR))
}

/// Opens the store that the command line names.
pub fn open(common: &Common) -> Result<Box<dyn Store>, Failure> {
    match &common.store {
        Some(url) => Ok(Box::new(PostgresStore::connect(url, &common.tenant)?)),
        None => open_embedded(&data_dir(common)),
    }
}

/// Opens or creates the embedded database in a folder.
pub fn open_embedded(folder: &Path) -> Result<Box<dyn Store>, Failure> {
    std::fs::create_dir_all(folder).map_err(|error| Failure::file(folder, &error))?;
    Ok(Box::new(SqliteStore::open(&folder.join(DATABASE))?))
}

/// Opens the store of a simulation: the one that is named, or one in memory.
pub fn open_for_simulation(common: &Common) -> Result<Box<dyn Store>, Failure> {
    match (&common.store, &common.data_dir) {
        (None, None) => Ok(Box::new(SqliteStore::in_memory()?)),
        _ => open(common),
    }
}

/// An empty store that is gone afterwards, to try things on.
pub fn scratch() -> Result<Box<dyn Store>, Failure> {
    Ok(Box::new(SqliteStore::in_memory()?))
}

/// The store that the command line names, for the threads of the service: it is opened now, and
/// beside the first for each thread. On PostgreSQL, what is derived from usage is kept in the data
/// folder when one is named, and else in memory.
pub fn stores(common: &Common) -> Result<Stores, Failure> {
    match &common.store {
        Some(url) => {
            let mut first = PostgresStore::connect(url, &common.tenant)?;
            if let Some(folder) = &common.data_dir {
                std::fs::create_dir_all(folder).map_err(|error| Failure::file(folder, &error))?;
                first = first.keep_index(&folder.join(format!("{}-usage", common.tenant)))?;
            }
            Ok(Stores::beside(Box::new(first)))
        }
        None => {
            let folder = data_dir(common);
            std::fs::create_dir_all(&folder).map_err(|error| Failure::file(&folder, &error))?;
            Ok(Stores::beside(Box::new(SqliteStore::open(&folder.join(DATABASE))?)))
        }
    }
}

/// The tenant's time, for the service.
pub fn clock() -> Clock {
    Clock::new(|store| engine::clock::now(store, system_time()))
}

/// The tenant's time: its virtual clock, or that of the system.
pub fn now(store: &mut dyn Store) -> Result<Timestamp, Failure> {
    Ok(engine::clock::now(store, system_time())?)
}

/// Random bytes of the system, for the secret of a key.
pub fn random() -> Result<[u8; SECRET_BYTES], Failure> {
    let mut bytes = [0; SECRET_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| Failure::Technical(error.to_string()))?;
    Ok(bytes)
}

/// The same for the service.
pub fn drawing() -> Random {
    Random::new(|| {
        let mut bytes = [0; SECRET_BYTES];
        getrandom::fill(&mut bytes).ok().map(|()| bytes)
    })
}

/// In whole microseconds.
fn system_time() -> Timestamp {
    #[expect(clippy::disallowed_methods, reason = "the composition root passes the time in")]
    let system = Timestamp::now();
    Timestamp::from_microsecond(system.as_microsecond()).unwrap_or(system)
}
