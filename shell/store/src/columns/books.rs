//! Columns of `ledger_lines`, with the last check before a line is written, and of `carried`.

use ::facts::carried::Carried;
use ::facts::posting::{Balance, Book};
use ::facts::{AccountId, EntryPosted};

use super::{Cell, Reader, Row, Table, inconsistent};
use crate::Result;

const LEDGER_LINES: Table = Table { name: "ledger_lines", key_columns: 4 };

const CARRIED: Table = Table { name: "carried", key_columns: 1 };

/// Fewest lines of an entry: one account gives, another takes.
const ENTRY_LINES_MIN: usize = 2;

/// Refuses an entry that cannot be in a ledger. `ledger` makes balanced entries; the store does
/// not take its word for it.
///
/// # Errors
/// [`crate::StoreError::Inconsistent`] when a line is negative or on both sides, when there are
/// fewer than two, or when debits and credits differ.
pub fn check_entry(entry: &EntryPosted) -> Result<()> {
    let refuse = |reason: String| Err(inconsistent("ledger_lines", entry.entry.as_str(), reason));
    if entry.lines.len() < ENTRY_LINES_MIN {
        return refuse(format!("{} lines are not an entry", entry.lines.len()));
    }
    let (mut debits, mut credits) = (0_i128, 0_i128);
    for (number, line) in (1..).zip(&entry.lines) {
        if line.debit < 0 || line.credit < 0 || (line.debit > 0 && line.credit > 0) {
            let (debit, credit) = (line.debit, line.credit);
            return refuse(format!("line {number} has debit {debit} and credit {credit}"));
        }
        debits += i128::from(line.debit);
        credits += i128::from(line.credit);
    }
    if debits != credits {
        return refuse(format!("debits are {debits} and credits {credits}"));
    }
    Ok(())
}

/// `entry, line, book, seller, posted_on, currency, account, debit, credit, party,
/// invoice_line`.
pub fn entry_rows(entry: &EntryPosted) -> Vec<Row<'_>> {
    let row = |(number, line): (i64, &'_ ::facts::posting::EntryLine)| {
        vec![
            Cell::shown(&entry.entry),
            number.into(),
            entry.book.key().into(),
            Cell::shown(&entry.seller),
            Cell::shown(entry.posted_on),
            Cell::shown(entry.currency),
            Cell::shown(&line.account),
            line.debit.into(),
            line.credit.into(),
            line.party.as_ref().map_or(Cell::Null, Cell::shown),
            line.invoice_line.map(i64::from).into(),
        ]
    };
    (1..).zip(&entry.lines).map(row).collect()
}

/// `book, seller, currency, account, debit, credit`.
///
/// # Errors
/// [`crate::StoreError::Inconsistent`].
pub fn read_balance(row: Row<'static>) -> Result<Balance> {
    let mut reader = Reader::new(LEDGER_LINES, row);
    Ok(Balance {
        book: reader.coded(|code| Book::ALL.into_iter().find(|book| book.key() == code))?,
        seller: reader.parsed()?,
        currency: reader.text()?,
        account: reader.parsed()?,
        debit: reader.integer()?,
        credit: reader.integer()?,
    })
}

/// `account, shape, content`.
///
/// # Errors
/// [`crate::StoreError`] when it cannot be written as JSON.
pub fn carried_row((account, carried): &(AccountId, Carried)) -> Result<Row<'_>> {
    Ok(vec![account.as_str().into(), Carried::VERSION.into(), Cell::json(carried)?])
}

/// `position, shape, content`; none where the content is of another shape: it is made again.
///
/// # Errors
/// [`crate::StoreError::Inconsistent`].
pub fn read_carried(row: Row<'static>) -> Result<Option<(i64, Carried)>> {
    let mut reader = Reader::new(CARRIED, row);
    let (position, shape) = (reader.integer()?, reader.integer()?);
    if shape != Carried::VERSION {
        return Ok(None);
    }
    Ok(reader.json().ok().map(|carried| (position, carried)))
}
