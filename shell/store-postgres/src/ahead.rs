//! What is going to be asked about some accounts, asked at once: planning an invoice takes a dozen
//! small questions, and each would pay the distance to the server. A question whose answer is not
//! here is asked as always, so that nothing depends on what is listed.

use std::collections::HashMap;

use postgres::types::ToSql;
use postgres::{Client, Transaction};
use store::columns::{Cell, Row};
use store::{Result, Statement};

use crate::driver::cells;
use crate::failed;

/// The facts about an account that planning asks for, whether there are any or not.
const KINDS_ABOUT_ACCOUNT: [&str; 5] =
    ["AccountRegistered", "CreditGranted", "UnitAdopted", "HoldPlaced", "AccountParked"];

/// Those that planning asks for where it is not carried what they come to.
const KINDS_BILLED: [&str; 2] = ["InvoiceIssued", "CreditNoteIssued"];

/// The kind of fact that units refer to by key, and the column of `units` that has it, with the
/// account before it.
const KINDS_BY_KEY: [&str; 1] = ["OrderAccepted"];
const ORDER_COLUMN: usize = 3;

/// The text of each question about many; it answers with the parameters of the question about one
/// before its columns.
const TEXTS: [(Statement, &str); 8] = [
    (Statement::Carried, include_str!("../ahead/carried.sql")),
    (Statement::FactsAbout, include_str!("../ahead/facts_about.sql")),
    (Statement::FactByKey, include_str!("../ahead/facts_by_key.sql")),
    (Statement::UnitsOfAccount, include_str!("../ahead/units_of_account.sql")),
    (Statement::UnitFactsOfAccount, include_str!("../ahead/unit_facts_of_account.sql")),
    (Statement::SerialsOfAccount, include_str!("../ahead/serials_of_account.sql")),
    (Statement::TurnsOf, include_str!("../ahead/turns_of.sql")),
    (Statement::UsageLog, include_str!("../sql/usage/log.sql")),
];

/// Prepares every statement, so that a mistake in one is found before it is needed.
pub fn check_statements(client: &mut Client) -> Result<()> {
    for (statement, text) in TEXTS {
        client.prepare(text).map_err(failed(statement.action()))?;
    }
    Ok(())
}

/// Statements that are prepared once a connection.
pub type Prepared = HashMap<Statement, postgres::Statement>;

/// A question: a statement and its parameters.
type Question = (Statement, Vec<Cell<'static>>);

/// The answers. Each is given as often as it is asked for.
#[derive(Default)]
pub struct Ahead(HashMap<Question, Vec<Row<'static>>>);

impl Ahead {
    /// Asks what planning asks about these accounts.
    pub fn of(
        transaction: &mut Transaction<'_>,
        prepared: &mut Prepared,
        accounts: &[&str],
    ) -> Result<Self> {
        let mut asker = Asker { transaction, prepared, ahead: Self::default() };
        asker.ask(Statement::FactsAbout, &[&KINDS_ABOUT_ACCOUNT, accounts])?;
        let carried = texts(&asker.ask(Statement::Carried, &[accounts])?, 0);
        let is_read = |it: &&str| carried.binary_search_by(|name| name.as_str().cmp(it)).is_err();
        let read: Vec<&str> = accounts.iter().copied().filter(is_read).collect();
        asker.ask(Statement::FactsAbout, &[&KINDS_BILLED, &read])?;
        let units = asker.ask(Statement::UnitsOfAccount, &[accounts])?;
        let orders: Vec<String> = texts(&units, ORDER_COLUMN);
        asker.ask(Statement::FactByKey, &[&KINDS_BY_KEY, &strs(&orders)])?;
        asker.ask(Statement::UnitFactsOfAccount, &[accounts])?;
        let serials: Vec<String> = texts(&asker.ask(Statement::SerialsOfAccount, &[accounts])?, 1);
        asker.ask(Statement::TurnsOf, &[&strs(&serials)])?;
        asker.ask(Statement::UsageLog, &[])?;
        Ok(asker.ahead)
    }

    /// The answer, if it is known.
    pub fn answer(
        &self,
        statement: Statement,
        parameters: &[Cell<'_>],
    ) -> Option<Vec<Row<'static>>> {
        if self.0.is_empty() {
            return None;
        }
        let question = (statement, parameters.iter().map(owned).collect());
        self.0.get(&question).cloned()
    }
}

struct Asker<'a, 't> {
    transaction: &'a mut Transaction<'t>,
    prepared: &'a mut Prepared,
    ahead: Ahead,
}

impl Asker<'_, '_> {
    /// Asks about every combination of the parameters, and keeps an answer for each.
    fn ask(&mut self, statement: Statement, sets: &[&[&str]]) -> Result<Vec<Row<'static>>> {
        let mut questions: Vec<Vec<Cell<'static>>> = vec![Vec::new()];
        for set in sets {
            let extended = |question: Vec<Cell<'static>>| {
                set.iter().map(move |text| {
                    let mut question = question.clone();
                    question.push(owned(&Cell::from(*text)));
                    question
                })
            };
            questions = questions.into_iter().flat_map(extended).collect();
        }
        for question in questions {
            self.ahead.0.entry((statement, question)).or_default();
        }
        let action = statement.action();
        let text = TEXTS.iter().find(|it| it.0 == statement).map_or("", |it| it.1);
        let prepared = match self.prepared.get(&statement) {
            Some(prepared) => prepared.clone(),
            None => {
                let prepared = self.transaction.prepare(text).map_err(failed(action))?;
                self.prepared.entry(statement).or_insert(prepared).clone()
            }
        };
        let parameters: Vec<&(dyn ToSql + Sync)> =
            sets.iter().map(|set| set as &(dyn ToSql + Sync)).collect();
        let rows = self.transaction.query(&prepared, &parameters).map_err(failed(action))?;
        let mut all = Vec::with_capacity(rows.len());
        for row in &rows {
            let mut question = cells(statement, row)?;
            all.push(question.clone());
            let answer = question.split_off(sets.len());
            self.ahead.0.entry((statement, question)).or_default().push(answer);
        }
        Ok(all)
    }
}

/// The texts of a column, as they are stored.
fn texts(rows: &[Row<'static>], column: usize) -> Vec<String> {
    let text = |row: &Row<'static>| match row.get(column) {
        Some(Cell::Text(text)) => Some(text.to_string()),
        _ => None,
    };
    let mut texts: Vec<String> = rows.iter().filter_map(text).collect();
    texts.sort_unstable();
    texts.dedup();
    texts
}

fn strs(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}

fn owned(cell: &Cell<'_>) -> Cell<'static> {
    match cell {
        Cell::Null => Cell::Null,
        Cell::Integer(value) => Cell::Integer(*value),
        Cell::Text(text) => Cell::Text(text.to_string().into()),
        Cell::Bytes(bytes) => Cell::Bytes(bytes.to_vec().into()),
    }
}
