//! Which row prices a key, and why: what it asks of each dimension, and which rows stand back.

use facts::RowCode;
use facts::price::{Condition, NumberRange, PriceRow};

use super::column::{Column, Source};
use super::{CompiledTable, Key};

/// Most rows that are named as standing back.
pub const OTHERS_MAX: usize = 10;

/// Why a row prices a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained<'a> {
    /// The row.
    pub row: &'a PriceRow,
    /// What it asks, one for each dimension, and one for the day where it counts for a time.
    pub asks: Vec<Asks>,
    /// Rows of a lower priority that take the key as well, at most [`OTHERS_MAX`].
    pub others: Vec<RowCode>,
}

/// One dimension of an explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asks {
    /// The dimension.
    pub dimension: String,
    /// What the key has.
    pub value: Option<String>,
    /// What the row asks: `BE, FR`, `10 ≤ … < 20`, `33…`; none when it takes anything.
    pub asked: Option<String>,
}

impl CompiledTable<'_> {
    /// Which row prices a key, and why. None only for a key of another table.
    #[must_use]
    pub fn explain(&self, key: &Key) -> Option<Explained<'_>> {
        let row = self.row(key)?;
        let columns = self.columns.iter().enumerate();
        let asks = columns.map(|(at, column)| asks(column, at, row, key));
        let takes = |other: &&PriceRow| other.code != row.code && self.takes(other, key);
        let others = self.rows.iter().filter(takes).take(OTHERS_MAX);
        let others = others.map(|other| other.code.clone()).collect();
        Some(Explained { row, asks: asks.collect(), others })
    }

    /// The rows that do not take a key but nearly do, and what keeps each from it: those that miss
    /// in the fewest dimensions, at most [`OTHERS_MAX`], in the order of the table.
    #[must_use]
    pub fn near_misses(&self, key: &Key) -> Vec<(&PriceRow, Vec<Asks>)> {
        let missing = self.rows.iter().filter(|row| !row.is_default);
        let mut missing: Vec<_> =
            missing.map(|row| (row, self.missed(row, key))).filter(|it| !it.1.is_empty()).collect();
        let fewest = missing.iter().map(|(_, missed)| missed.len()).min().unwrap_or_default();
        missing.retain(|(_, missed)| missed.len() == fewest);
        missing.truncate(OTHERS_MAX);
        missing
    }

    fn missed(&self, row: &PriceRow, key: &Key) -> Vec<Asks> {
        let missed = self.columns.iter().enumerate();
        let missed = missed.filter(|(at, column)| !covers(column, *at, row, key));
        missed.map(|(at, column)| asks(column, at, row, key)).collect()
    }

    fn takes(&self, row: &PriceRow, key: &Key) -> bool {
        self.columns.iter().enumerate().all(|(at, column)| covers(column, at, row, key))
    }
}

fn covers(column: &Column, at: usize, row: &PriceRow, key: &Key) -> bool {
    let class = class_of(column, at, key);
    column.cover(row, at).is_none_or(|runs| {
        runs.iter().any(|(from, to)| class.is_some_and(|it| *from <= it && it < *to))
    })
}

fn asks(column: &Column, at: usize, row: &PriceRow, key: &Key) -> Asks {
    match column.source {
        Source::Day => Asks {
            dimension: column.name.clone(),
            value: key.day.map(|day| day.to_string()),
            asked: validity(row),
        },
        _ => Asks {
            dimension: column.name.clone(),
            value: key.values.get(at).cloned().flatten(),
            asked: row.conditions.get(at).and_then(words),
        },
    }
}

fn class_of(column: &Column, at: usize, key: &Key) -> Option<u32> {
    match column.source {
        Source::Day => key.day.map(|day| column.class_of_day(day)),
        _ => column.class_of(key.values.get(at)?.as_deref()),
    }
}

fn validity(row: &PriceRow) -> Option<String> {
    match (row.from, row.until) {
        (None, None) => None,
        (Some(from), None) => Some(format!("{from} ≤ …")),
        (None, Some(until)) => Some(format!("… < {until}")),
        (Some(from), Some(until)) => Some(format!("{from} ≤ … < {until}")),
    }
}

/// What a condition asks, in signs that need no translation; none when it takes anything.
#[must_use]
pub fn words(condition: &Condition) -> Option<String> {
    let listed = |values: Vec<String>| Some(values.join(", "));
    match condition {
        Condition::Any => None,
        Condition::OneOf(values) => listed(values.iter().cloned().collect()),
        Condition::Prefix(texts) => listed(texts.iter().map(|text| format!("{text}…")).collect()),
        Condition::Range(NumberRange { from: Some(from), below: Some(below) }) => {
            Some(format!("{from} ≤ … < {below}"))
        }
        Condition::Range(NumberRange { from: Some(from), below: None }) => {
            Some(format!("{from} ≤ …"))
        }
        Condition::Range(NumberRange { from: None, below: Some(below) }) => {
            Some(format!("… < {below}"))
        }
        Condition::Range(NumberRange { from: None, below: None }) => None,
    }
}
