//! Runs the statements in SQLite: a set is a loop over one prepared statement, in the one
//! transaction, because nothing is faster inside a process.

use std::borrow::Cow;

use rusqlite::types::{ToSql, ToSqlOutput, Value, ValueRef};
use rusqlite::{CachedStatement, Connection, Transaction};
use store::columns::{Cell, Row};
use store::{Driver, Result, Statement, StoreError};

use crate::failed;

macro_rules! include_texts {
    ($($name:ident = $file:literal, $action:literal;)+) => {
        /// This engine's text of a statement.
        pub const fn text(statement: Statement) -> &'static str {
            match statement { $(Statement::$name => include_str!(concat!("../sql/", $file)),)+ }
        }
    };
}

store::for_each_statement!(include_texts);

/// A transaction. Dropped, it rolls back.
pub struct SqliteDriver<'a> {
    transaction: Transaction<'a>,
}

impl<'a> SqliteDriver<'a> {
    pub const fn new(transaction: Transaction<'a>) -> Self {
        Self { transaction }
    }

    fn prepared(&self, statement: Statement) -> Result<CachedStatement<'_>> {
        self.transaction.prepare_cached(text(statement)).map_err(failed(statement.action()))
    }
}

/// Prepares every statement, so that a mistake in one is found before it is needed.
pub fn check_statements(connection: &Connection) -> Result<()> {
    for statement in Statement::ALL {
        let action = statement.action();
        let prepared = connection.prepare(text(*statement)).map_err(failed(action))?;
        for index in 1..=prepared.parameter_count() {
            // To SQLite `$1` is a name. Values are given by position, so the two must agree.
            if prepared.parameter_name(index) != Some(format!("${index}").as_str()) {
                let reason = format!("parameter {index} of {} is out of order", statement.file());
                return Err(StoreError::Database { action, reason });
            }
        }
    }
    Ok(())
}

impl Driver for SqliteDriver<'_> {
    fn rows(&mut self, statement: Statement, parameters: &[Cell<'_>]) -> Result<Vec<Row<'static>>> {
        let mut found = Vec::new();
        collect(&mut self.prepared(statement)?, statement, parameters, &mut found)?;
        Ok(found)
    }

    fn rows_of_set(&mut self, statement: Statement, set: &[Row<'_>]) -> Result<Vec<Row<'static>>> {
        let mut prepared = self.prepared(statement)?;
        let mut found = Vec::new();
        for row in set {
            collect(&mut prepared, statement, row, &mut found)?;
        }
        Ok(found)
    }

    fn change(&mut self, statement: Statement, parameters: &[Cell<'_>]) -> Result<u64> {
        execute(&mut self.prepared(statement)?, statement, parameters)
    }

    fn change_set(&mut self, statement: Statement, set: &[Row<'_>]) -> Result<u64> {
        let mut prepared = self.prepared(statement)?;
        set.iter().map(|row| execute(&mut prepared, statement, row)).sum()
    }

    fn commit(self: Box<Self>) -> Result<()> {
        self.transaction.commit().map_err(failed("commit"))
    }
}

fn execute(
    prepared: &mut CachedStatement<'_>,
    statement: Statement,
    parameters: &[Cell<'_>],
) -> Result<u64> {
    let parameters = rusqlite::params_from_iter(parameters.iter().map(Parameter));
    let changed = prepared.execute(parameters).map_err(failed(statement.action()))?;
    Ok(changed as u64)
}

fn collect(
    prepared: &mut CachedStatement<'_>,
    statement: Statement,
    parameters: &[Cell<'_>],
    found: &mut Vec<Row<'static>>,
) -> Result<()> {
    let columns = prepared.column_count();
    let parameters = rusqlite::params_from_iter(parameters.iter().map(Parameter));
    let mut rows = prepared.query(parameters).map_err(failed(statement.action()))?;
    while let Some(row) = rows.next().map_err(failed(statement.action()))? {
        let cell = |column| {
            let value = row.get_ref(column).map_err(failed(statement.action()))?;
            cell(value).map_err(|reason| StoreError::Database {
                action: statement.action(),
                reason: format!("column {column} {reason}"),
            })
        };
        found.push((0..columns).map(cell).collect::<Result<_>>()?);
    }
    Ok(())
}

/// SQLite keeps any type in any column, so a hand-made change can leave one that we never write.
fn cell(value: ValueRef<'_>) -> std::result::Result<Cell<'static>, String> {
    match value {
        ValueRef::Null => Ok(Cell::Null),
        ValueRef::Integer(value) => Ok(Cell::Integer(value)),
        ValueRef::Text(bytes) => match String::from_utf8(bytes.to_vec()) {
            Ok(text) => Ok(Cell::Text(Cow::Owned(text))),
            Err(error) => Err(format!("is not UTF-8: {error}")),
        },
        ValueRef::Blob(bytes) => Ok(Cell::Bytes(Cow::Owned(bytes.to_vec()))),
        ValueRef::Real(_) => Err(format!("holds a {}", value.data_type())),
    }
}

/// A cell on its way into SQLite.
struct Parameter<'a>(&'a Cell<'a>);

impl ToSql for Parameter<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            Cell::Null => ToSqlOutput::Owned(Value::Null),
            Cell::Integer(value) => ToSqlOutput::Owned(Value::Integer(*value)),
            Cell::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Cell::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
        })
    }
}
