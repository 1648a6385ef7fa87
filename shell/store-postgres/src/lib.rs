//! The port on PostgreSQL 15 and later: one schema is one tenant.
//!
//! One writer at a time and tenant: a unit of work takes the tenant's advisory lock when it
//! begins, so that what it read is still true when it writes, as on SQLite. Several tenants of
//! one database do not wait for each other.

mod ahead;
mod driver;
mod migrations;

use std::path::Path;

use postgres::{Client, IsolationLevel, NoTls, Transaction};
use store::{OwnStore, Result, Session, Store, StoreError, Tx};
use usage_index::Index;

use crate::driver::{PostgresDriver, Statements};

/// Most characters of a tenant's name, all of them ASCII; PostgreSQL cuts names at 63 bytes.
pub const TENANT_CHARS_MAX: usize = 41;

/// Taken for as long as a transaction lives; freed however it ends, also when we die.
const TAKE_TURN: &str =
    "SELECT pg_advisory_xact_lock(hashtextextended('tabouret ' || CAST($1 AS TEXT), 0))";

/// Taken for as long as the connection lives, or until it is given back.
const CLAIM: [&str; 3] = [
    "SELECT pg_try_advisory_lock(hashtextextended('tabouret ' || CAST($1 AS TEXT), 1))",
    "SELECT pg_advisory_lock(hashtextextended('tabouret ' || CAST($1 AS TEXT), 1))",
    "SELECT pg_advisory_unlock(hashtextextended('tabouret ' || CAST($1 AS TEXT), 1))",
];

/// A tenant in one schema of a PostgreSQL database.
pub struct PostgresStore {
    client: Client,
    url: String,
    tenant: String,
    statements: Statements,
    index: Index,
}

impl PostgresStore {
    /// Connects, makes the tenant's schema when it is not there, and brings its layout up to
    /// date. What is derived from usage is kept in memory and worked out anew by each process,
    /// unless [`Self::keep_index`] is called. The tenant is a name such as `acme_2`: a small
    /// letter, then at most 40 small letters, digits and underscores.
    ///
    /// # Errors
    /// [`StoreError`], also when the name is unfit or a later version of the program made the
    /// schema.
    pub fn connect(url: &str, tenant: &str) -> Result<Self> {
        check_tenant(tenant)?;
        let mut client = connect(url)?;
        migrations::run(&mut client, tenant)?;
        let here = format!("SET search_path TO {tenant}");
        client.batch_execute(&here).map_err(failed("choose the schema"))?;
        let (url, tenant) = (url.to_owned(), tenant.to_owned());
        let index = Index::in_memory();
        Ok(Self { client, url, tenant, statements: Statements::default(), index })
    }

    /// Keeps what is derived from usage in a folder of this machine, so that it is there when the
    /// next process begins. Of several processes one writes there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_index(mut self, folder: &Path) -> Result<Self> {
        self.index = store::open_index(&mut self, folder)?;
        Ok(self)
    }

    /// The name of some work of this tenant.
    fn work(&self, name: &str) -> String {
        format!("{} {name}", self.tenant)
    }

    /// Prepares every statement: whether this program and this layout fit.
    ///
    /// # Errors
    /// [`StoreError`] that names the first statement that does not.
    pub fn check_statements(&mut self) -> Result<()> {
        driver::check_statements(&mut self.client)?;
        ahead::check_statements(&mut self.client)
    }
}

impl Store for PostgresStore {
    fn begin(&mut self) -> Result<Box<dyn Tx + '_>> {
        let transaction = take_turn(&mut self.client, &self.tenant)?;
        let driver = PostgresDriver::new(transaction, &mut self.statements);
        Ok(Box::new(Session::new(Box::new(driver), self.index.clone())))
    }

    fn read(&mut self) -> Result<Box<dyn Tx + '_>> {
        let reading = self.client.build_transaction().read_only(true);
        let transaction = reading
            .isolation_level(IsolationLevel::RepeatableRead)
            .start()
            .map_err(failed("begin to read"))?;
        let driver = PostgresDriver::new(transaction, &mut self.statements);
        Ok(Box::new(Session::new(Box::new(driver), self.index.clone())))
    }

    fn beside(&self) -> Result<Option<OwnStore>> {
        // The database may have been restored, or emptied, since: then its layout is made anew.
        let index = self.index.clone();
        Ok(Some(Box::new(Self { index, ..Self::connect(&self.url, &self.tenant)? })))
    }

    fn claim(&mut self, work: &str) -> Result<bool> {
        let [claim, ..] = CLAIM;
        let answer = self.client.query_one(claim, &[&self.work(work)]);
        answer.and_then(|row| row.try_get(0)).map_err(failed("claim work"))
    }

    fn claim_next(&mut self, work: &str) -> Result<()> {
        let [_, wait, _] = CLAIM;
        let work = self.work(work);
        self.client.execute(wait, &[&work]).map(drop).map_err(failed("wait for work"))
    }

    fn give_back(&mut self, work: &str) -> Result<()> {
        let [.., give_back] = CLAIM;
        let work = self.work(work);
        self.client.execute(give_back, &[&work]).map(drop).map_err(failed("give work back"))
    }
}

/// Begins a transaction and waits for the writer of the tenant before us.
///
/// Each statement sees what was committed before it ("read committed"), so the first one after
/// the wait sees all that the writer before us did. A stricter level, which can be a server's
/// default, would show us the time before the wait.
fn take_turn<'a>(client: &'a mut Client, tenant: &str) -> Result<Transaction<'a>> {
    let mut transaction = client
        .build_transaction()
        .isolation_level(IsolationLevel::ReadCommitted)
        .start()
        .map_err(failed("begin"))?;
    transaction.execute(TAKE_TURN, &[&tenant]).map_err(failed("wait for its turn"))?;
    Ok(transaction)
}

/// Removes a tenant with everything in it: the end of a test.
///
/// # Errors
/// [`StoreError`].
pub fn drop_tenant(url: &str, tenant: &str) -> Result<()> {
    check_tenant(tenant)?;
    let gone = format!("DROP SCHEMA IF EXISTS {tenant} CASCADE");
    connect(url)?.batch_execute(&gone).map_err(failed("remove the schema"))
}

fn connect(url: &str) -> Result<Client> {
    Client::connect(url, NoTls).map_err(failed("connect"))
}

/// The name stands in statements that take no parameter, so nothing but a plain name may pass.
fn check_tenant(tenant: &str) -> Result<()> {
    let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_');
    let fits = tenant.len() <= TENANT_CHARS_MAX
        && tenant.starts_with(|first: char| first.is_ascii_lowercase())
        && tenant.bytes().all(plain);
    if fits {
        return Ok(());
    }
    let reason = format!(
        "`{tenant}` is no tenant; use a small letter, then at most {} small letters, digits and \
         underscores",
        TENANT_CHARS_MAX - 1
    );
    Err(StoreError::Database { action: "choose the schema", reason })
}

/// PostgreSQL's own words about what could not be done: the message and the row, not only "db
/// error".
fn failed(action: &'static str) -> impl Fn(postgres::Error) -> StoreError {
    move |error| {
        let reason = match error.as_db_error() {
            Some(said) => match said.detail() {
                Some(detail) => format!("{}: {detail}", said.message()),
                None => said.message().to_owned(),
            },
            None => with_causes(&error),
        };
        StoreError::Database { action, reason }
    }
}

fn with_causes(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {}", with_causes(cause)),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_is_a_plain_name() {
        let longest = "a".repeat(TENANT_CHARS_MAX);
        for tenant in ["a", "acme_2", &longest] {
            assert!(check_tenant(tenant).is_ok(), "{tenant}");
        }
        let too_long = "a".repeat(TENANT_CHARS_MAX + 1);
        for tenant in ["", "Acme", "2a", "_a", "a-b", "a b", "a;b", "a\"b", "é", &too_long] {
            assert!(check_tenant(tenant).is_err(), "{tenant}");
        }
    }
}
