//! The port on SQLite, embedded: one file is one tenant.
//!
//! One writer at a time: a unit of work takes the write lock when it begins, so that what it read
//! is still true when it writes. Several processes may open the same file; they take turns.
//! A commit is on the disk when it returns (`synchronous = FULL`).

mod driver;
mod migrations;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, TransactionBehavior};
use store::{OwnStore, Result, Session, Store, StoreError, Tx};
use usage_index::Index;

use crate::driver::SqliteDriver;

/// How long a writer waits for the writers before it.
pub const TURN_TIMEOUT: Duration = Duration::from_secs(60);

/// How many statements stay prepared: all of them.
const STATEMENTS_KEPT_MAX: usize = 64;

/// How often a new file may be found in use while it is made. Each time waits for a turn.
const CREATE_ATTEMPTS_MAX: u32 = 100;

/// A tenant in one SQLite file, or in memory.
pub struct SqliteStore {
    connection: Connection,
    /// None: in memory.
    file: Option<PathBuf>,
    index: Index,
}

impl SqliteStore {
    /// Opens the file, which is made when it is not there, and brings its layout up to date. What
    /// is derived from usage is kept in a folder beside it, of its name and `-usage`.
    ///
    /// # Errors
    /// [`StoreError`], also when a later version of the program wrote the file.
    pub fn open(path: &Path) -> Result<Self> {
        let mut store = Self::prepare(connect(path)?, Some(path), Index::in_memory())?;
        let mut folder = path.as_os_str().to_owned();
        folder.push("-usage");
        store.index = store::open_index(&mut store, Path::new(&folder))?;
        Ok(store)
    }

    /// A tenant that is gone when it is dropped.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn in_memory() -> Result<Self> {
        let connection = Connection::open_in_memory().map_err(failed("open a store in memory"))?;
        Self::prepare(connection, None, Index::in_memory())
    }

    /// Prepares every statement: whether this program and this layout fit.
    ///
    /// # Errors
    /// [`StoreError`] that names the first statement that does not.
    pub fn check_statements(&mut self) -> Result<()> {
        driver::check_statements(&self.connection)
    }

    fn prepare(mut connection: Connection, file: Option<&Path>, index: Index) -> Result<Self> {
        for (setting, value) in [("synchronous", "FULL"), ("foreign_keys", "ON")] {
            connection.pragma_update(None, setting, value).map_err(failed("set up"))?;
        }
        // A plan that may depend on the values given is made again for each: a quarter of the time
        // of reading an account.
        connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
            .map_err(failed("set up"))?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT_MAX);
        migrations::run(&mut connection)?;
        Ok(Self { connection, file: file.map(Path::to_owned), index })
    }
}

impl Store for SqliteStore {
    fn begin(&mut self) -> Result<Box<dyn Tx + '_>> {
        self.transaction(TransactionBehavior::Immediate)
    }

    fn read(&mut self) -> Result<Box<dyn Tx + '_>> {
        self.transaction(TransactionBehavior::Deferred)
    }

    fn beside(&self) -> Result<Option<OwnStore>> {
        let Some(file) = &self.file else { return Ok(None) };
        let store = Self::prepare(connect(file)?, Some(file), self.index.clone())?;
        Ok(Some(Box::new(store)))
    }
}

impl SqliteStore {
    fn transaction(&mut self, behavior: TransactionBehavior) -> Result<Box<dyn Tx + '_>> {
        let transaction =
            self.connection.transaction_with_behavior(behavior).map_err(failed("begin"))?;
        let driver = SqliteDriver::new(transaction);
        Ok(Box::new(Session::new(Box::new(driver), self.index.clone())))
    }
}

fn connect(path: &Path) -> Result<Connection> {
    let connection = Connection::open(path).map_err(failed("open the file"))?;
    connection.busy_timeout(TURN_TIMEOUT).map_err(failed("set the time to wait"))?;
    write_ahead(&connection)?;
    Ok(connection)
}

/// Keeps readers out of the writer's way. The switch is made once in the life of a file and does
/// not wait when two make it at the same time: then we wait for a turn, and look again.
fn write_ahead(connection: &Connection) -> Result<()> {
    let switched = || connection.pragma_update(None, "journal_mode", "WAL");
    for _ in 1..CREATE_ATTEMPTS_MAX {
        match switched() {
            Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy) => {
                let turn = connection.execute_batch("BEGIN IMMEDIATE; ROLLBACK");
                turn.map_err(failed("wait for another opener"))?;
            }
            outcome => return outcome.map_err(failed("keep a log ahead of writes")),
        }
    }
    switched().map_err(failed("keep a log ahead of writes"))
}

/// SQLite's own words about what could not be done.
fn failed(action: &'static str) -> impl Fn(rusqlite::Error) -> StoreError {
    move |error| StoreError::Database { action, reason: error.to_string() }
}
