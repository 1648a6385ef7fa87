//! Columns of `facts`: sequence, version, recorded_at, body; the rest serves look-ups.

use ::facts::{Fact, Recorded};
use jiff::Timestamp;

use super::{Cell, Reader, Row, Table};
use crate::Result;

const FACTS: Table = Table { name: "facts", key_columns: 1 };

/// `kind, key, subject, version, recorded_at, body`, with the body as JSON.
///
/// # Errors
/// [`crate::StoreError`], when the fact cannot be written as JSON.
pub fn fact_row(fact: &Fact, recorded_at: Timestamp) -> Result<Row<'static>> {
    Ok(vec![
        Cell::shown(fact.kind()),
        Cell::shown(fact.key()),
        owned(&fact.subject()),
        Cell::Integer(i64::from(Fact::VERSION)),
        recorded_at.into(),
        Cell::json(fact)?,
    ])
}

/// A subject can be a file's name, so it is escaped like any text.
fn owned(text: &str) -> Cell<'static> {
    match Cell::from(text) {
        Cell::Text(text) => Cell::shown(text),
        other => Cell::shown(other),
    }
}

/// `sequence, version, recorded_at, body`. Bodies of every version up to today's are read: old
/// facts load for ever.
///
/// # Errors
/// [`crate::StoreError::Inconsistent`].
pub fn read_fact(row: Row<'static>) -> Result<Recorded> {
    let mut reader = Reader::new(FACTS, row);
    let sequence = reader.integer()?;
    let version: i32 = reader.number()?;
    let recorded_at = reader.instant()?;
    let fact = match version {
        1..=Fact::VERSION => reader.json()?,
        _ => {
            let known = Fact::VERSION;
            let reason = format!("its version is {version} and this program reads 1 to {known}");
            return Err(reader.inconsistent(reason));
        }
    };
    Ok(Recorded { sequence, recorded_at, fact })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_of_a_later_program_is_refused_not_guessed() {
        let version = i64::from(Fact::VERSION) + 1;
        let row = vec![Cell::from(7), Cell::from(version), Cell::from(0), Cell::shown("{}")];
        let message = read_fact(row).unwrap_err().to_string();
        assert!(message.starts_with("row `7` of facts is inconsistent: its version is 2"));
    }
}
