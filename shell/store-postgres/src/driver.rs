//! Runs the statements in PostgreSQL: a set is one array a column, in one statement, because a
//! row by row way pays the distance to the server for each.

use std::borrow::Cow;
use std::error::Error;

use postgres::types::private::BytesMut;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, Transaction};
use store::columns::{Cell, Row};
use store::{Driver, Result, Statement, StoreError};

use crate::ahead::{Ahead, Prepared};
use crate::failed;

/// Most rows of a set in one statement, so that no message to the server grows without bound.
const SET_ROWS_MAX: usize = 5_000;

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
pub struct PostgresDriver<'a> {
    transaction: Transaction<'a>,
    statements: &'a mut Statements,
    ahead: Ahead,
}

/// Prepared once a connection: a statement is used many times in its life.
#[derive(Default)]
pub struct Statements {
    one: Prepared,
    ahead: Prepared,
}

impl<'a> PostgresDriver<'a> {
    pub fn new(transaction: Transaction<'a>, statements: &'a mut Statements) -> Self {
        Self { transaction, statements, ahead: Ahead::default() }
    }

    fn prepared(&mut self, statement: Statement) -> Result<postgres::Statement> {
        if let Some(prepared) = self.statements.one.get(&statement) {
            return Ok(prepared.clone());
        }
        let prepared =
            self.transaction.prepare(text(statement)).map_err(failed(statement.action()))?;
        self.statements.one.insert(statement, prepared.clone());
        Ok(prepared)
    }

    fn query(
        &mut self,
        statement: Statement,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row<'static>>> {
        let prepared = self.prepared(statement)?;
        let rows = self.transaction.query(&prepared, parameters);
        let rows = rows.map_err(failed(statement.action()))?;
        rows.iter().map(|row| cells(statement, row)).collect()
    }

    fn execute(&mut self, statement: Statement, parameters: &[&(dyn ToSql + Sync)]) -> Result<u64> {
        let prepared = self.prepared(statement)?;
        self.transaction.execute(&prepared, parameters).map_err(failed(statement.action()))
    }
}

/// Prepares every statement, so that a mistake in one is found before it is needed.
pub fn check_statements(client: &mut Client) -> Result<()> {
    let known = |type_: &Type| {
        matches!(
            *type_,
            Type::INT8 | Type::TEXT | Type::BYTEA | Type::INT8_ARRAY | Type::TEXT_ARRAY
        )
    };
    for statement in Statement::ALL {
        let action = statement.action();
        let prepared = client.prepare(text(*statement)).map_err(failed(action))?;
        let columns = prepared.columns().iter().map(postgres::Column::type_);
        if let Some(other) = prepared.params().iter().chain(columns).find(|type_| !known(type_)) {
            let reason = format!("{} takes or returns a {other}", statement.file());
            return Err(StoreError::Database { action, reason });
        }
    }
    Ok(())
}

impl Driver for PostgresDriver<'_> {
    fn rows(&mut self, statement: Statement, parameters: &[Cell<'_>]) -> Result<Vec<Row<'static>>> {
        if let Some(known) = self.ahead.answer(statement, parameters) {
            return Ok(known);
        }
        let parameters: Vec<Parameter<'_>> = parameters.iter().map(Parameter).collect();
        self.query(statement, &as_parameters(&parameters))
    }

    fn rows_of_set(&mut self, statement: Statement, set: &[Row<'_>]) -> Result<Vec<Row<'static>>> {
        let (mut found, mut unknown) = (Vec::new(), Vec::new());
        for row in set {
            match self.ahead.answer(statement, row) {
                Some(known) => found.extend(known),
                None => unknown.push(row.clone()),
            }
        }
        for part in unknown.chunks(SET_ROWS_MAX) {
            found.extend(self.query(statement, &as_parameters(&columns(part)))?);
        }
        Ok(found)
    }

    fn read_ahead(&mut self, accounts: &[&str]) -> Result<()> {
        self.ahead = Ahead::of(&mut self.transaction, &mut self.statements.ahead, accounts)?;
        Ok(())
    }

    fn change(&mut self, statement: Statement, parameters: &[Cell<'_>]) -> Result<u64> {
        let parameters: Vec<Parameter<'_>> = parameters.iter().map(Parameter).collect();
        self.execute(statement, &as_parameters(&parameters))
    }

    fn change_set(&mut self, statement: Statement, set: &[Row<'_>]) -> Result<u64> {
        let mut changed = 0;
        for part in set.chunks(SET_ROWS_MAX) {
            changed += self.execute(statement, &as_parameters(&columns(part)))?;
        }
        Ok(changed)
    }

    fn commit(self: Box<Self>) -> Result<()> {
        self.transaction.commit().map_err(failed("commit"))
    }
}

/// The columns of a row.
pub fn cells(statement: Statement, row: &postgres::Row) -> Result<Row<'static>> {
    let cell = |(index, column): (usize, &postgres::Column)| match *column.type_() {
        Type::INT8 => {
            let value: Option<i64> = row.try_get(index).map_err(failed(statement.action()))?;
            Ok(value.map_or(Cell::Null, Cell::Integer))
        }
        Type::TEXT => {
            let text: Option<String> = row.try_get(index).map_err(failed(statement.action()))?;
            Ok(text.map_or(Cell::Null, |text| Cell::Text(Cow::Owned(text))))
        }
        Type::BYTEA => {
            let bytes: Option<Vec<u8>> = row.try_get(index).map_err(failed(statement.action()))?;
            Ok(bytes.map_or(Cell::Null, |bytes| Cell::Bytes(Cow::Owned(bytes))))
        }
        ref other => Err(StoreError::Database {
            action: statement.action(),
            reason: format!("column {index} holds a {other}"),
        }),
    };
    row.columns().iter().enumerate().map(cell).collect()
}

fn as_parameters<T: ToSql + Sync>(values: &[T]) -> Vec<&(dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

/// The columns of a set; every row has as many as the first.
fn columns<'a>(set: &'a [Row<'a>]) -> Vec<Column<'a>> {
    let width = set.first().map_or(0, Vec::len);
    (0..width).map(|index| Column { set, index }).collect()
}

type Encoded = std::result::Result<IsNull, Box<dyn Error + Sync + Send>>;

/// A cell on its way to PostgreSQL.
#[derive(Debug)]
struct Parameter<'a>(&'a Cell<'a>);

impl ToSql for Parameter<'_> {
    fn to_sql(&self, wanted: &Type, out: &mut BytesMut) -> Encoded {
        match (self.0, wanted) {
            (Cell::Null, _) => Ok(IsNull::Yes),
            (Cell::Integer(value), &Type::INT8) => value.to_sql(wanted, out),
            (Cell::Text(text), &Type::TEXT) => text.as_ref().to_sql(wanted, out),
            (Cell::Bytes(bytes), &Type::BYTEA) => bytes.as_ref().to_sql(wanted, out),
            (other, _) => Err(format!("`{other}` is given where {wanted} is wanted").into()),
        }
    }

    fn accepts(wanted: &Type) -> bool {
        matches!(*wanted, Type::INT8 | Type::TEXT | Type::BYTEA)
    }

    to_sql_checked!();
}

/// One column of a set, on its way to PostgreSQL as an array.
#[derive(Debug)]
struct Column<'a> {
    set: &'a [Row<'a>],
    index: usize,
}

impl ToSql for Column<'_> {
    fn to_sql(&self, wanted: &Type, out: &mut BytesMut) -> Encoded {
        let column: Option<Vec<Parameter<'_>>> =
            self.set.iter().map(|row| row.get(self.index).map(Parameter)).collect();
        column.ok_or("a row of the set is shorter than the first")?.to_sql(wanted, out)
    }

    fn accepts(wanted: &Type) -> bool {
        matches!(*wanted, Type::INT8_ARRAY | Type::TEXT_ARRAY)
    }

    to_sql_checked!();
}
