//! Brings the layout of a schema up to date. A migration that was released is never edited: the
//! next change is the next file.

use postgres::Client;
use store::{Result, StoreError};

use crate::{failed, take_turn};

/// In order; the first is number 1.
const ALL: &[&str] = &[
    include_str!("../migrations/0001_begin.sql"),
    include_str!("../migrations/0002_usage_segments.sql"),
    include_str!("../migrations/0003_usage_replays.sql"),
    include_str!("../migrations/0004_carried.sql"),
];

/// The one row says how many migrations are done.
const LAYOUT: &str = "CREATE TABLE IF NOT EXISTS layout (
    one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    version BIGINT NOT NULL
)";

/// Runs what is new, in one transaction: of several connections one does it, the others wait.
pub fn run(client: &mut Client, tenant: &str) -> Result<()> {
    let mut transaction = take_turn(client, tenant)?;
    // A schema that is there is not made again, so that a role without that right can work in it.
    let there = transaction
        .query_opt("SELECT 1 FROM pg_namespace WHERE nspname = $1", &[&tenant])
        .map_err(failed("look for the schema"))?;
    if there.is_none() {
        let made = format!("CREATE SCHEMA {tenant}");
        transaction.batch_execute(&made).map_err(failed("make the schema"))?;
    }
    let here = format!("SET LOCAL search_path TO {tenant}");
    transaction.batch_execute(&here).map_err(failed("choose the schema"))?;
    transaction.batch_execute(LAYOUT).map_err(failed("migrate"))?;
    let done = transaction
        .query_opt("SELECT version FROM layout", &[])
        .and_then(|row| row.map_or(Ok(0), |row| row.try_get::<_, i64>(0)))
        .map_err(failed("read the version of the layout"))?;
    let new = usize::try_from(done).ok().and_then(|done| ALL.get(done..));
    let Some(new) = new else {
        return Err(made_by_a_later_program(done));
    };
    for migration in new {
        transaction.batch_execute(migration).map_err(failed("migrate"))?;
    }
    transaction
        .execute(
            "INSERT INTO layout (one, version) VALUES (1, $1)
             ON CONFLICT (one) DO UPDATE SET version = excluded.version",
            &[&(ALL.len() as i64)],
        )
        .map_err(failed("write the version of the layout"))?;
    transaction.commit().map_err(failed("migrate"))
}

fn made_by_a_later_program(version: i64) -> StoreError {
    let known = ALL.len();
    let reason = format!("its layout is version {version} and this program knows {known}; update");
    StoreError::Database { action: "use the schema", reason }
}
