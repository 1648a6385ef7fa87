//! Brings the layout of a file up to date. A migration that was released is never edited: the
//! next change is the next file.

use rusqlite::{Connection, TransactionBehavior};
use store::{Result, StoreError};

use crate::failed;

/// In order; the first is number 1.
const ALL: &[&str] = &[
    include_str!("../migrations/0001_begin.sql"),
    include_str!("../migrations/0002_usage_segments.sql"),
    include_str!("../migrations/0003_usage_replays.sql"),
    include_str!("../migrations/0004_carried.sql"),
];

/// Runs what is new, in one transaction: of several openers one does it, the others wait.
pub fn run(connection: &mut Connection) -> Result<()> {
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(failed("begin to migrate"))?;
    let done: i64 = transaction
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(failed("read the version of the layout"))?;
    let new = usize::try_from(done).ok().and_then(|done| ALL.get(done..));
    let Some(new) = new else {
        return Err(made_by_a_later_program(done));
    };
    if new.is_empty() {
        // Nothing is written, so that a store on a full disk can still be read.
        return Ok(());
    }
    for migration in new {
        transaction.execute_batch(migration).map_err(failed("migrate"))?;
    }
    transaction
        .pragma_update(None, "user_version", ALL.len() as i64)
        .map_err(failed("write the version of the layout"))?;
    transaction.commit().map_err(failed("migrate"))
}

fn made_by_a_later_program(version: i64) -> StoreError {
    let known = ALL.len();
    let reason = format!("its layout is version {version} and this program knows {known}; update");
    StoreError::Database { action: "use the file", reason }
}
