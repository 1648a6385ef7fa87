//! The baseline: the rows that a bill run wrote, inserted again with no logic, into a copy of the
//! store as it was before the run. In SQLite by one prepared statement a table, as many rows in a
//! transaction as the run writes; in PostgreSQL by one COPY a table.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use postgres::{Client, NoTls};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use crate::Result;
use crate::stopwatch::Stopwatch;

/// Invoices that a bill run writes in one transaction.
const INVOICES_AT_ONCE: u64 = 256;

/// The tables that a bill run adds rows to, the column that orders them, and how many columns.
const TABLES: [(&str, &str, usize); 2] = [("facts", "sequence", 7), ("ledger_lines", "rowid", 11)];

/// A copy of a store in one file, made before a run.
pub struct Before {
    copy: PathBuf,
    last: Vec<i64>,
}

impl Before {
    /// Copies the file, which nobody writes to now.
    pub fn of(file: &Path) -> Result<Self> {
        let connection = Connection::open(file)?;
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        let last = |(table, order, _): &(&str, &str, usize)| {
            let text = format!("SELECT COALESCE(MAX({order}), 0) FROM {table}");
            connection.query_row(&text, [], |row| row.get(0))
        };
        let last = TABLES.iter().map(last).collect::<std::result::Result<_, _>>()?;
        let copy = file.with_extension("before");
        fs::copy(file, &copy)?;
        Ok(Self { copy, last })
    }

    /// Inserts what was added to the file since, and says how many rows that were and how long it
    /// took. The copy is removed.
    pub fn insert_rows_of(self, file: &Path, invoices: u64) -> Result<(u64, Duration)> {
        let source = Connection::open(file)?;
        let mut all = Vec::new();
        for ((table, order, _), last) in TABLES.iter().zip(&self.last) {
            let text = format!("SELECT * FROM {table} WHERE {order} > ?1 ORDER BY {order}");
            let mut rows = Vec::new();
            let mut statement = source.prepare(&text)?;
            let columns = statement.column_count();
            let mut found = statement.query([last])?;
            while let Some(row) = found.next()? {
                let cell = |column| row.get::<_, Value>(column);
                rows.push((0..columns).map(cell).collect::<std::result::Result<Vec<_>, _>>()?);
            }
            all.push(rows);
        }
        let mut target = Connection::open(&self.copy)?;
        target.pragma_update(None, "journal_mode", "WAL")?;
        target.pragma_update(None, "synchronous", "FULL")?;
        let commits = usize::try_from(invoices.div_ceil(INVOICES_AT_ONCE))?.max(1);
        let stopwatch = Stopwatch::start();
        for commit in 0..commits {
            let transaction = target.transaction()?;
            for ((table, _, columns), rows) in TABLES.iter().zip(&all) {
                let marks = vec!["?"; *columns].join(", ");
                let text = format!("INSERT INTO {table} VALUES ({marks})");
                let mut statement = transaction.prepare_cached(&text)?;
                let at = |commit: usize| rows.len() * commit / commits;
                for row in rows.iter().take(at(commit + 1)).skip(at(commit)) {
                    statement.execute(params_from_iter(row))?;
                }
            }
            transaction.commit()?;
        }
        let took = stopwatch.elapsed();
        drop(target);
        fs::remove_file(&self.copy)?;
        Ok((all.iter().map(|rows| rows.len() as u64).sum(), took))
    }
}

/// A second schema with the same tables, made before a run.
pub struct Twin {
    client: Client,
    tenant: String,
    last: i64,
}

impl Twin {
    /// Makes it, with the rows and the indexes that the tenant has now.
    pub fn of(url: &str, tenant: &str) -> Result<Self> {
        let mut client = Client::connect(url, NoTls)?;
        client.batch_execute("DROP SCHEMA IF EXISTS twin CASCADE; CREATE SCHEMA twin")?;
        for (table, ..) in TABLES {
            client.batch_execute(&format!(
                "CREATE TABLE twin.{table} (LIKE {tenant}.{table} INCLUDING ALL);
                 INSERT INTO twin.{table} SELECT * FROM {tenant}.{table}"
            ))?;
        }
        client.batch_execute("CHECKPOINT")?;
        let row = client.query_one(&format!("SELECT MAX(sequence) FROM {tenant}.facts"), &[])?;
        Ok(Self { client, tenant: tenant.to_owned(), last: row.get(0) })
    }

    /// Copies in what the tenant has got since, and says how many rows that were and how long it
    /// took.
    pub fn copy_rows(mut self) -> Result<(u64, Duration)> {
        let (tenant, last) = (&self.tenant, self.last);
        let since = [
            format!("SELECT * FROM {tenant}.facts WHERE sequence > {last} ORDER BY sequence"),
            format!(
                "SELECT * FROM {tenant}.ledger_lines WHERE (entry, line) NOT IN \
                 (SELECT entry, line FROM twin.ledger_lines)"
            ),
        ];
        let mut all = Vec::new();
        for text in since {
            let mut rows = Vec::new();
            self.client.copy_out(&format!("COPY ({text}) TO STDOUT"))?.read_to_end(&mut rows)?;
            all.push(rows);
        }
        self.client.batch_execute("CHECKPOINT")?;
        let stopwatch = Stopwatch::start();
        let mut copied = 0;
        for ((table, ..), rows) in TABLES.iter().zip(&all) {
            let mut writer = self.client.copy_in(&format!("COPY twin.{table} FROM STDIN"))?;
            writer.write_all(rows)?;
            copied += writer.finish()?;
        }
        let took = stopwatch.elapsed();
        self.client.batch_execute("DROP SCHEMA twin CASCADE")?;
        Ok((copied, took))
    }
}
