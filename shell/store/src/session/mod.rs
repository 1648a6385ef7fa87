//! The port, written once in terms of the statements. What is left to an engine is a [`Driver`]:
//! its text of each statement, and how to run it.

mod books;
mod clock;
mod facts;
mod units;
mod usage;

use usage_index::Index;

use crate::columns::{Cell, Row};
use crate::{Result, Statement, StoreError, Tx};

/// A transaction of an engine: it runs the engine's own text of a statement.
pub trait Driver {
    /// The rows that answer a question.
    ///
    /// # Errors
    /// [`StoreError`].
    fn rows(&mut self, statement: Statement, parameters: &[Cell<'_>]) -> Result<Vec<Row<'static>>>;

    /// The rows that answer a question about each row of a set, in no order across the set.
    ///
    /// # Errors
    /// [`StoreError`].
    fn rows_of_set(&mut self, statement: Statement, set: &[Row<'_>]) -> Result<Vec<Row<'static>>>;

    /// Asks at once what is going to be asked about these accounts, where that is faster: not
    /// inside a process.
    ///
    /// # Errors
    /// [`StoreError`].
    fn read_ahead(&mut self, _accounts: &[&str]) -> Result<()> {
        Ok(())
    }

    /// Makes a change. Returns how many rows it concerned.
    ///
    /// # Errors
    /// [`StoreError`].
    fn change(&mut self, statement: Statement, parameters: &[Cell<'_>]) -> Result<u64>;

    /// Makes a change for each row of a set. Returns how many rows all of them concerned.
    ///
    /// # Errors
    /// [`StoreError`].
    fn change_set(&mut self, statement: Statement, set: &[Row<'_>]) -> Result<u64>;

    /// Makes everything durable. Dropping instead rolls back.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing was saved.
    fn commit(self: Box<Self>) -> Result<()>;
}

/// One unit of work on any engine.
pub struct Session<'a> {
    driver: Box<dyn Driver + 'a>,
    /// PostgreSQL answers nothing more after an error, and then a commit that says "done" and
    /// saves nothing; SQLite goes on, even outside the transaction if it had to end it. Neither
    /// may reach a caller, so it is remembered here.
    failed: bool,
    /// What is derived from the log of usage.
    index: Index,
}

impl<'a> Session<'a> {
    /// Begins to answer for a transaction that has begun.
    #[must_use]
    pub fn new(driver: Box<dyn Driver + 'a>, index: Index) -> Self {
        Self { driver, failed: false, index }
    }

    /// Takes one step of the work, unless one before it failed.
    fn attempt<T>(&mut self, step: impl FnOnce(&mut dyn Driver) -> Result<T>) -> Result<T> {
        if self.failed {
            return Err(failed_before("go on"));
        }
        let outcome = step(self.driver.as_mut());
        self.failed = outcome.is_err();
        outcome
    }
}

impl Tx for Session<'_> {
    fn commit(self: Box<Self>) -> Result<()> {
        if self.failed {
            return Err(failed_before("commit"));
        }
        self.driver.commit()
    }
}

fn failed_before(action: &'static str) -> StoreError {
    let reason = "a step before it failed; drop the transaction and begin again".to_owned();
    StoreError::Database { action, reason }
}

/// Reads every row of an answer.
fn list<T>(
    driver: &mut dyn Driver,
    statement: Statement,
    parameters: &[Cell<'_>],
    read: impl Fn(Row<'static>) -> Result<T>,
) -> Result<Vec<T>> {
    driver.rows(statement, parameters)?.into_iter().map(read).collect()
}

/// Reads the one row of an answer, if there is one.
fn find<T>(
    driver: &mut dyn Driver,
    statement: Statement,
    parameters: &[Cell<'_>],
    read: impl Fn(Row<'static>) -> Result<T>,
) -> Result<Option<T>> {
    driver.rows(statement, parameters)?.pop().map(read).transpose()
}

/// Makes a change that concerns exactly one row.
fn change_one(
    driver: &mut dyn Driver,
    statement: Statement,
    parameters: &[Cell<'_>],
) -> Result<()> {
    let changed = driver.change(statement, parameters)?;
    check_changed(statement, changed, 1)
}

/// Makes a change that concerns exactly one row for each row of a set.
fn change_each(driver: &mut dyn Driver, statement: Statement, set: &[Row<'_>]) -> Result<()> {
    if set.is_empty() {
        return Ok(());
    }
    let changed = driver.change_set(statement, set)?;
    check_changed(statement, changed, set.len() as u64)
}

/// A row that is not there must not go unnoticed.
fn check_changed(statement: Statement, changed: u64, given: u64) -> Result<()> {
    if changed == given {
        return Ok(());
    }
    let reason = format!("{changed} of {given} rows were there");
    Err(StoreError::Database { action: statement.action(), reason })
}

/// One row a text.
fn set_of(texts: &[String]) -> Vec<Row<'_>> {
    let mut sorted: Vec<&str> = texts.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    sorted.dedup();
    sorted.into_iter().map(|text| vec![text.into()]).collect()
}
