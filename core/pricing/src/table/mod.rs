//! Price tables: compiled at publication, which proves that each key hits exactly one row, and
//! then looked up by decisions. (`reference/commercial-systems.md` §2.5. Rows of one priority may
//! not overlap, so that the order of the rows has no meaning.)

mod column;
mod decision;
mod explain;
mod hash;
mod number;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use facts::RowCode;
use facts::price::{AtZero, BandZone, Condition, Dimension, Model, PriceRow, PriceTable};
use jiff::civil::{Date, DateTime};

use crate::{PriceFault, check};
use column::{Column, Source};
use decision::Decision;

pub use explain::{Asks, Explained, words};

/// Most columns of a table.
pub const DIMENSIONS_MAX: usize = 16;

/// Most rows of a table.
pub const ROWS_MAX: usize = 200_000;

/// What a table is asked with.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Attributes of the unit.
    pub unit: &'a BTreeMap<String, String>,
    /// Attributes of the event.
    pub event: &'a BTreeMap<String, String>,
    /// Attributes of the billing account.
    pub account: &'a BTreeMap<String, String>,
    /// The time of the event on the clock of the device.
    pub at_device: DateTime,
    /// The time of the event on the clock of the account, whose day decides which rows count.
    pub at_account: DateTime,
}

impl Asked<'_> {
    const fn at(&self, zone: BandZone) -> DateTime {
        match zone {
            BandZone::Device => self.at_device,
            BandZone::Account => self.at_account,
        }
    }
}

/// The values of the dimensions, in their order; none where nothing has such a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    values: Vec<Option<String>>,
    day: Option<Date>,
}

impl Key {
    /// A key of these values, one per dimension.
    #[must_use]
    pub const fn new(values: Vec<Option<String>>) -> Self {
        Self { values, day: None }
    }

    /// The same on a civil day, for tables with rows that count for a time.
    #[must_use]
    pub fn on(self, day: Date) -> Self {
        Self { day: Some(day), ..self }
    }

    /// The values, one per dimension.
    #[must_use]
    pub fn values(&self) -> &[Option<String>] {
        &self.values
    }
}

impl fmt::Display for Key {
    /// `dashcam, FR, peak`; `-` where there is no value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, value) in self.values.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{}", value.as_deref().unwrap_or("-"))?;
        }
        Ok(())
    }
}

/// A table that was proved: each key hits exactly one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompiledTable<'a> {
    /// Those of the table: a hundred thousand rows are not kept twice, unless somebody asks for it.
    rows: Cow<'a, [PriceRow]>,
    /// One for each dimension, and one for the day where rows count for a time.
    columns: Vec<Column>,
    decision: Decision,
    by_code: HashMap<RowCode, usize>,
}

impl<'a> CompiledTable<'a> {
    /// Proves that each key hits exactly one row, and builds the lookup.
    ///
    /// # Errors
    /// Every fault of the bands, rows and models; when there is none of these, every two rows
    /// of equal priority that overlap, a key that no row takes, each with an example, and the rows
    /// that are never hit.
    pub fn compile(table: &'a PriceTable) -> Result<Self, Vec<PriceFault>> {
        let mut faults = row_faults(table);
        let mut columns = Vec::new();
        for (at, dimension) in table.dimensions.iter().enumerate() {
            match Column::of(table, at, dimension) {
                Ok(column) => {
                    faults.extend(unknown_bands(table, at, &column));
                    columns.push(column);
                }
                Err(found) => faults.extend(found),
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        columns.extend(Column::of_days(&table.rows));
        let decision = decision::prove(&table.rows, &columns)?;
        let places = table.rows.iter().enumerate();
        let by_code = places.map(|(place, row)| (row.code.clone(), place)).collect();
        Ok(Self { rows: Cow::Borrowed(&table.rows), columns, decision, by_code })
    }

    /// The same with rows of its own, for who keeps it longer than the table.
    #[must_use]
    pub fn into_owned(self) -> CompiledTable<'static> {
        let Self { rows, columns, decision, by_code } = self;
        CompiledTable { rows: Cow::Owned(rows.into_owned()), columns, decision, by_code }
    }

    /// The place of a row in the table, by its code.
    #[must_use]
    pub fn place_of(&self, code: &RowCode) -> Option<usize> {
        self.by_code.get(code).copied()
    }

    /// The row that prices a key. A compiled table has one for every key that [`Self::key_of`]
    /// makes; there is none only for a key of another table.
    #[must_use]
    pub fn row(&self, key: &Key) -> Option<&PriceRow> {
        let days = self.columns.iter().filter(|column| column.source == Source::Day).count();
        if key.values.len() + days != self.columns.len() {
            return None;
        }
        let bands = self.columns.iter().zip(&key.values);
        let mut bands = bands.filter(|(column, _)| matches!(column.source, Source::Band(_)));
        if bands.any(|(column, value)| column.class_of(value.as_deref()).is_none()) {
            return None;
        }
        let row = self.decision.row(|at| {
            let column = &self.columns[at];
            match &column.source {
                Source::Day => key.day.map(|day| column.class_of_day(day)),
                _ => column.class_of(key.values[at].as_deref()),
            }
        });
        self.rows.get(row?)
    }

    /// The key of an event.
    #[must_use]
    pub fn key_of(&self, asked: &Asked<'_>) -> Key {
        let columns = self.columns.iter().filter(|column| column.source != Source::Day);
        let value = |column: &Column| match &column.source {
            Source::Unit(name) => asked.unit.get(name).cloned(),
            Source::Event(name) => asked.event.get(name).cloned(),
            Source::Account(name) => asked.account.get(name).cloned(),
            Source::Band(week) => Some(week.name_at(asked.at(week.zone)).to_owned()),
            Source::Day => None,
        };
        let values = columns.map(value).collect();
        Key { values, day: Some(asked.at_account.date()) }
    }

    /// As [`Self::key_of`] and then [`Self::row`], without making the key: this runs once for
    /// each event.
    #[must_use]
    pub fn price_row_of(&self, asked: &Asked<'_>) -> Option<&PriceRow> {
        let row = self.decision.row(|at| {
            let column = &self.columns[at];
            let text = |value: Option<&String>| column.class_of(value.map(String::as_str));
            match &column.source {
                Source::Unit(name) => text(asked.unit.get(name)),
                Source::Event(name) => text(asked.event.get(name)),
                Source::Account(name) => text(asked.account.get(name)),
                Source::Band(week) => u32::try_from(week.class_at(asked.at(week.zone))).ok(),
                Source::Day => Some(column.class_of_day(asked.at_account.date())),
            }
        });
        self.rows.get(row?)
    }

    /// Whether it asks for the time: a band of the week, or the day.
    #[must_use]
    pub fn asks_time(&self) -> bool {
        let is_time = |it: &Column| matches!(it.source, Source::Band(_) | Source::Day);
        self.columns.iter().any(is_time)
    }

    /// How many nodes and runs the decisions have, for those who measure.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        self.decision.size()
    }
}

/// Single prices that a contract has of its own, by the row that they stand in for.
pub type Overrides = BTreeMap<RowCode, Model>;

/// The model that prices a row under a contract: the contract's own, or that of the row.
#[must_use]
pub fn model_under<'a>(row: &'a PriceRow, overrides: Option<&'a Overrides>) -> &'a Model {
    overrides.and_then(|own| own.get(&row.code)).unwrap_or(&row.model)
}

/// Why the prices that a contract has of its own cannot stand in for rows of a table.
#[must_use]
pub fn override_faults(table: &PriceTable, overrides: &Overrides) -> Vec<PriceFault> {
    let mut faults = Vec::new();
    for (row, model) in overrides {
        if !table.rows.iter().any(|it| it.code == *row) {
            faults.push(PriceFault::OverrideOfNothing { row: row.clone() });
        }
        faults.extend(check::named(row.as_str(), model));
        faults.extend(at_zero_fault(row, model));
    }
    faults
}

fn at_zero_fault(row: &RowCode, model: &Model) -> Option<PriceFault> {
    (model.at_zero == AtZero::Flat).then(|| PriceFault::FlatAtZeroInRow { row: row.clone() })
}

/// Rows that name a part of the week that does not occur.
fn unknown_bands(table: &PriceTable, index: usize, column: &Column) -> Vec<PriceFault> {
    let Source::Band(week) = &column.source else { return Vec::new() };
    let mut faults = Vec::new();
    for row in &table.rows {
        let Some(Condition::OneOf(names)) = row.conditions.get(index) else { continue };
        for band in names.iter().filter(|name| week.class_of_name(name).is_none()) {
            faults.push(PriceFault::UnknownBand {
                row: row.code.clone(),
                dimension: column.name.clone(),
                band: band.clone(),
                known: week.names().join(", "),
            });
        }
    }
    faults
}

/// What is wrong with the names, conditions and scales, dimension by dimension and row by row.
fn row_faults(table: &PriceTable) -> Vec<PriceFault> {
    let mut faults = Vec::new();
    if table.dimensions.len() > DIMENSIONS_MAX {
        let dimensions = table.dimensions.len();
        faults.push(PriceFault::TooManyDimensions { dimensions, dimensions_max: DIMENSIONS_MAX });
    }
    if table.rows.len() > ROWS_MAX {
        let (rows, rows_max) = (table.rows.len(), ROWS_MAX);
        faults.push(PriceFault::TooManyRows { rows, rows_max });
    }
    let mut names = BTreeSet::new();
    for dimension in &table.dimensions {
        if !names.insert(&dimension.name) {
            faults.push(PriceFault::DuplicateDimension { dimension: dimension.name.clone() });
        }
    }
    let mut codes = BTreeSet::new();
    let mut default: Option<&PriceRow> = None;
    for row in &table.rows {
        if !codes.insert(&row.code) {
            faults.push(PriceFault::DuplicateRow { row: row.code.clone() });
        }
        if let Some(first) = default.filter(|_| row.is_default) {
            let (first, second) = (first.code.clone(), row.code.clone());
            faults.push(PriceFault::DuplicateDefault { first, second });
        }
        default = default.or(row.is_default.then_some(row));
        faults.extend(condition_faults(table, row));
        faults.extend(check::named(row.code.as_str(), &row.model));
        faults.extend(at_zero_fault(&row.code, &row.model));
        if let (Some(from), Some(until)) = (row.from, row.until)
            && from >= until
        {
            let (row, from, until) = (row.code.clone(), from.to_string(), until.to_string());
            faults.push(PriceFault::EmptyValidity { row, from, until });
        }
    }
    faults
}

/// A default row may leave its conditions out; any other row has one for each dimension.
fn condition_faults(table: &PriceTable, row: &PriceRow) -> Vec<PriceFault> {
    let (expected, actual) = (table.dimensions.len(), row.conditions.len());
    let left_out = row.is_default && actual == 0;
    if actual != expected && !left_out {
        return vec![PriceFault::ConditionCount { row: row.code.clone(), expected, actual }];
    }
    let limited = row.from.is_some() || row.until.is_some() || row.priority != 0;
    let asks = row.conditions.iter().any(|it| *it != Condition::Any);
    if row.is_default && (asks || limited) {
        return vec![PriceFault::DefaultCondition { row: row.code.clone() }];
    }
    let conditions = table.dimensions.iter().zip(&row.conditions);
    let empty = conditions.filter(|(_, condition)| match condition {
        Condition::Any => false,
        Condition::OneOf(values) => values.is_empty(),
        Condition::Prefix(texts) => texts.is_empty() || texts.iter().any(String::is_empty),
        Condition::Range(range) => match (range.from, range.below) {
            (Some(from), Some(below)) => from >= below,
            (from, below) => from.is_none() && below.is_none(),
        },
    });
    let fault = |(dimension, _): (&Dimension, &Condition)| PriceFault::EmptyCondition {
        row: row.code.clone(),
        dimension: dimension.name.clone(),
    };
    empty.map(fault).collect()
}
