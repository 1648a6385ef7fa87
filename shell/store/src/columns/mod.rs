//! How values stand in columns: written once, so that both engines store the same bytes.
//!
//! | value | column |
//! |---|---|
//! | instant | BIGINT, microseconds since 1970 (a finer part is dropped) |
//! | civil day | TEXT, ISO 8601 |
//! | decimal | TEXT without trailing zeros |
//! | amount of money | BIGINT, minor units |
//! | attributes, evidence, a fact's body | TEXT, JSON with sorted members |
//! | fingerprint | TEXT, 32 hexadecimal digits |
//! | any other text | TEXT, with U+0000 escaped, see [`Cell`] |
//! | compressed lines | BYTEA or BLOB |
//!
//! An engine turns rows into lists of [`Cell`] and back, and knows no type of the business. Every
//! reader here names the columns in the order of its statements.

mod books;
mod clock;
mod facts;
mod units;
mod usage;

pub(crate) use self::books::{carried_row, check_entry, entry_rows, read_balance, read_carried};
pub(crate) use self::clock::{read_timer, timer_row};
pub(crate) use self::facts::{fact_row, read_fact};
pub(crate) use self::units::{holding_rows, read_turn, read_unit, unit_row};
pub(crate) use self::usage::{
    read_segment, read_segment_head, read_sequence, read_usage_log, segment_row,
};

use std::borrow::Cow;
use std::fmt::Display;
use std::str::FromStr;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Result, StoreError};

/// The value of one column of one row. There are no other types: no float can be stored.
///
/// Usage lines come from strangers and may hold U+0000, which PostgreSQL cannot keep in a text.
/// So every text that is made into a cell has U+0000 written as U+001A `0`, and U+001A doubled;
/// [`Reader::text`] undoes it. Text without the two is unchanged.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cell<'a> {
    /// NULL.
    Null,
    /// BIGINT.
    Integer(i64),
    /// TEXT, escaped.
    Text(Cow<'a, str>),
    /// BYTEA in PostgreSQL, BLOB in SQLite.
    Bytes(Cow<'a, [u8]>),
}

/// One row, column by column, in the order of the statement.
pub type Row<'a> = Vec<Cell<'a>>;

const ESCAPE: char = '\u{1A}';

impl From<i64> for Cell<'_> {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<Timestamp> for Cell<'_> {
    fn from(instant: Timestamp) -> Self {
        Self::Integer(instant.as_microsecond())
    }
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        if text.contains(['\0', ESCAPE]) {
            let doubled = text.replace(ESCAPE, "\u{1A}\u{1A}");
            Self::Text(Cow::Owned(doubled.replace('\0', "\u{1A}0")))
        } else {
            Self::Text(Cow::Borrowed(text))
        }
    }
}

impl<'a, T: Into<Cell<'a>>> From<Option<T>> for Cell<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl<'a> Cell<'a> {
    /// What a value prints as: a day, a digest, a decimal.
    pub(crate) fn shown(value: impl Display) -> Self {
        Self::Text(Cow::Owned(value.to_string()))
    }

    /// A value as JSON. Members of maps are sorted, so equal values have equal text.
    fn json(value: &impl Serialize) -> Result<Self> {
        let text = serde_json::to_string(value).map_err(|error| StoreError::Database {
            action: "write a value as JSON",
            reason: error.to_string(),
        })?;
        Ok(Self::Text(Cow::Owned(text)))
    }
}

/// The cell as a person sees it in a message.
impl Display for Cell<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Null => f.write_str("NULL"),
            Self::Integer(value) => value.fmt(f),
            Self::Text(text) => f.write_str(text),
            Self::Bytes(bytes) => write!(f, "{} bytes", bytes.len()),
        }
    }
}

/// Where a row comes from, to name it when it cannot be read.
#[derive(Debug, Clone, Copy)]
struct Table {
    name: &'static str,
    /// How many of the first columns read are shown as the row's key.
    key_columns: usize,
}

/// A row that is no row of a table, but an answer of one column.
const ANSWER: Table = Table { name: "an answer", key_columns: 1 };

/// Reads the cells of a row from left to right.
struct Reader {
    table: Table,
    row: Row<'static>,
    next: usize,
}

impl Reader {
    const fn new(table: Table, row: Row<'static>) -> Self {
        Self { table, row, next: 0 }
    }

    /// The row cannot be what it says.
    fn inconsistent(&self, reason: impl Display) -> StoreError {
        let key: Vec<String> =
            self.row.iter().take(self.table.key_columns).map(ToString::to_string).collect();
        inconsistent(self.table.name, key.join(" "), reason)
    }

    fn cell(&mut self) -> Cell<'static> {
        let cell = self.row.get(self.next).cloned().unwrap_or(Cell::Null);
        self.next += 1;
        cell
    }

    fn integer_or_none(&mut self) -> Result<Option<i64>> {
        match self.cell() {
            Cell::Null => Ok(None),
            Cell::Integer(value) => Ok(Some(value)),
            other => Err(self.inconsistent(format!("`{other}` is not an integer"))),
        }
    }

    fn text_or_none(&mut self) -> Result<Option<String>> {
        match self.cell() {
            Cell::Null => Ok(None),
            Cell::Text(text) => Ok(Some(self.unescaped(text.into_owned())?)),
            other => Err(self.inconsistent(format!("`{other}` is not a text"))),
        }
    }

    fn unescaped(&self, text: String) -> Result<String> {
        if !text.contains(ESCAPE) {
            return Ok(text);
        }
        let mut plain = String::with_capacity(text.len());
        let mut rest = text.chars();
        while let Some(current) = rest.next() {
            match (current, current == ESCAPE) {
                (_, false) => plain.push(current),
                (_, true) => match rest.next() {
                    Some('0') => plain.push('\0'),
                    Some(ESCAPE) => plain.push(ESCAPE),
                    _ => return Err(self.inconsistent("U+001A stands alone")),
                },
            }
        }
        Ok(plain)
    }

    /// A value that must be there.
    fn required<T>(&self, value: Option<T>) -> Result<T> {
        value.ok_or_else(|| self.inconsistent(format!("column {} is NULL", self.next)))
    }

    fn integer(&mut self) -> Result<i64> {
        let value = self.integer_or_none()?;
        self.required(value)
    }

    fn text(&mut self) -> Result<String> {
        let value = self.text_or_none()?;
        self.required(value)
    }

    /// An integer of a narrower type.
    fn number<T: TryFrom<i64>>(&mut self) -> Result<T> {
        let value = self.integer()?;
        T::try_from(value).map_err(|_| self.inconsistent(format!("{value} is out of range")))
    }

    fn bytes(&mut self) -> Result<Vec<u8>> {
        match self.cell() {
            Cell::Bytes(bytes) => Ok(bytes.into_owned()),
            other => Err(self.inconsistent(format!("`{other}` is not binary"))),
        }
    }

    fn instant_or_none(&mut self) -> Result<Option<Timestamp>> {
        self.integer_or_none()?.map(|value| self.at(value)).transpose()
    }

    fn instant(&mut self) -> Result<Timestamp> {
        let value = self.integer()?;
        self.at(value)
    }

    fn at(&self, microseconds: i64) -> Result<Timestamp> {
        Timestamp::from_microsecond(microseconds).map_err(|error| self.inconsistent(error))
    }

    /// An id, a day, a digest, a decimal: whatever is read from its text.
    fn parsed<T: FromStr<Err: Display>>(&mut self) -> Result<T> {
        let text = self.text()?;
        text.parse().map_err(|error| self.inconsistent(error))
    }

    fn json<T: DeserializeOwned>(&mut self) -> Result<T> {
        let text = self.text()?;
        serde_json::from_str(&text).map_err(|error| self.inconsistent(error))
    }

    fn json_or_none<T: DeserializeOwned>(&mut self) -> Result<Option<T>> {
        let text = self.text_or_none()?;
        text.map(|text| serde_json::from_str(&text).map_err(|error| self.inconsistent(error)))
            .transpose()
    }

    /// A stable code.
    fn coded<T>(&mut self, read: impl Fn(&str) -> Option<T>) -> Result<T> {
        let code = self.text()?;
        read(&code).ok_or_else(|| self.inconsistent(format!("`{code}` is no known code")))
    }
}

fn inconsistent(table: &'static str, row: impl Into<String>, reason: impl Display) -> StoreError {
    StoreError::Inconsistent { table, row: row.into(), reason: reason.to_string() }
}

/// One integer: a position, a number.
///
/// # Errors
/// [`StoreError::Inconsistent`].
pub fn read_integer(row: Row<'static>) -> Result<i64> {
    Reader::new(ANSWER, row).integer()
}

/// One text.
///
/// # Errors
/// [`StoreError::Inconsistent`].
pub fn read_text(row: Row<'static>) -> Result<String> {
    Reader::new(ANSWER, row).text()
}

/// One instant.
///
/// # Errors
/// [`StoreError::Inconsistent`].
pub fn read_instant(row: Row<'static>) -> Result<Timestamp> {
    Reader::new(ANSWER, row).instant()
}

/// One instant, where NULL says that there is none.
///
/// # Errors
/// [`StoreError::Inconsistent`].
pub fn read_instant_or_none(row: Row<'static>) -> Result<Option<Timestamp>> {
    Reader::new(ANSWER, row).instant_or_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Table = Table { name: "here", key_columns: 1 };

    fn read(cell: Cell<'_>) -> Reader {
        let owned = match cell {
            Cell::Text(text) => Cell::Text(Cow::Owned(text.into_owned())),
            Cell::Integer(value) => Cell::Integer(value),
            Cell::Bytes(bytes) => Cell::Bytes(Cow::Owned(bytes.into_owned())),
            Cell::Null => Cell::Null,
        };
        Reader::new(HERE, vec![owned])
    }

    #[test]
    fn any_text_survives_and_none_holds_a_zero() {
        for text in ["", "a", "\0", "\u{1A}", "\u{1A}0", "a\0\u{1A}\u{1A}\0z", "é\u{1A}😀"] {
            let cell = Cell::from(text);
            assert!(!cell.to_string().contains('\0'));
            assert_eq!(read(cell).text().unwrap(), text);
        }
        assert!(read(Cell::shown("a\u{1A}")).text().is_err());
        assert!(read(Cell::shown("\u{1A}1")).text().is_err());
    }

    #[test]
    fn a_cell_of_the_wrong_kind_is_named() {
        let message = read(Cell::from("seven")).integer().unwrap_err().to_string();
        let expected = "row `seven` of here is inconsistent: `seven` is not an integer; \
                        restore it from a backup";
        assert_eq!(message, expected);
        assert!(read(Cell::from(7)).text().is_err());
        assert!(read(Cell::Null).text().is_err());
        assert!(read(Cell::from(300)).number::<u8>().is_err());
        assert!(read(Cell::from(i64::MAX)).instant().is_err());
        assert!(read(Cell::from("2026-02-30")).parsed::<jiff::civil::Date>().is_err());
    }
}
