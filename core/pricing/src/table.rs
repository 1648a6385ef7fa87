//! Price tables: compiled at publication, which proves that each key hits exactly one row, and
//! then looked up by position. (`reference/commercial-systems.md` §2.5; overlaps are refused and
//! never settled by priority, so that the order of the rows has no meaning.)

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use facts::price::{Condition, Dimension, DimensionSource, PriceRow, PriceTable};
use jiff::civil::DateTime;

use crate::bands::Day;
use crate::{PriceFault, proof, scale};

/// Most columns of a table.
pub const DIMENSIONS_MAX: usize = 16;

/// The values of the dimensions, in their order; none where the unit or event has no such value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Vec<Option<String>>);

impl Key {
    /// A key of these values, one per dimension.
    #[must_use]
    pub const fn new(values: Vec<Option<String>>) -> Self {
        Self(values)
    }

    /// The values, one per dimension.
    #[must_use]
    pub fn values(&self) -> &[Option<String>] {
        &self.0
    }
}

impl fmt::Display for Key {
    /// `dashcam, FR, peak`; `-` where there is no value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, value) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{}", value.as_deref().unwrap_or("-"))?;
        }
        Ok(())
    }
}

/// A table that was proved: each key hits exactly one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompiledTable {
    rows: Vec<PriceRow>,
    columns: Vec<Column>,
    /// Index of the row for each combination of classes, the last dimension running fastest.
    row_of: Vec<usize>,
}

/// A dimension whose values are sorted into classes that no row tells apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    source: Source,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Source {
    /// An attribute of the unit.
    Unit(String, Values),
    /// An attribute of the event.
    Event(String, Values),
    /// The local time.
    Band(Box<Day>),
}

/// Each value that a row mentions; what is not here is "any other value, or none".
type Values = BTreeMap<String, usize>;

/// Where the value of a text dimension falls; the class of the rest comes last.
fn class_of_text(values: &Values, value: Option<&str>) -> usize {
    value.and_then(|value| values.get(value)).copied().unwrap_or(values.len())
}

impl Column {
    /// How many classes there are, at least 1.
    pub(crate) fn class_count(&self) -> usize {
        match &self.source {
            Source::Unit(_, values) | Source::Event(_, values) => values.len() + 1,
            Source::Band(day) => day.names().len(),
        }
    }

    /// The class of a value; none for a band that does not occur.
    pub(crate) fn class_of(&self, value: Option<&str>) -> Option<usize> {
        match &self.source {
            Source::Unit(_, values) | Source::Event(_, values) => {
                Some(class_of_text(values, value))
            }
            Source::Band(day) => value.and_then(|name| day.class_of_name(name)),
        }
    }

    /// A class in words: `region=FR`.
    pub(crate) fn example(&self, class: usize) -> String {
        let value = match &self.source {
            Source::Unit(_, values) | Source::Event(_, values) => {
                values.iter().find(|(_, index)| **index == class).map(|(value, _)| value.as_str())
            }
            Source::Band(day) => day.names().get(class).map(String::as_str),
        };
        format!("{}={}", self.name, value.unwrap_or("(any other or none)"))
    }
}

impl CompiledTable {
    /// Proves that each key hits exactly one row, and builds the lookup.
    ///
    /// # Errors
    /// Every fault of the bands, rows and scales; when there is none of these, every two rows
    /// that overlap and the first key that no row takes, each with an example.
    pub fn compile(table: &PriceTable) -> Result<Self, Vec<PriceFault>> {
        let mut faults = row_faults(table);
        let mut columns = Vec::new();
        for (index, dimension) in table.dimensions.iter().enumerate() {
            match column(dimension, &mentioned(table, index)) {
                Ok(column) => {
                    faults.extend(unknown_bands(table, index, &column));
                    columns.push(column);
                }
                Err(found) => faults.extend(found),
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let row_of = proof::prove(&table.rows, &columns)?;
        Ok(Self { rows: table.rows.clone(), columns, row_of })
    }

    /// The row that prices a key. A compiled table has one for every key that [`Self::key_of`]
    /// makes; there is none only for a key of another table.
    #[must_use]
    pub fn row(&self, key: &Key) -> Option<&PriceRow> {
        if key.0.len() != self.columns.len() {
            return None;
        }
        let columns = self.columns.iter().zip(&key.0);
        self.at(columns.map(|(column, value)| column.class_of(value.as_deref())))
    }

    /// The key of an event: attributes of its unit, its own, and the time in the zone of the
    /// device.
    #[must_use]
    pub fn key_of(
        &self,
        unit_attributes: &BTreeMap<String, String>,
        event_dimensions: &BTreeMap<String, String>,
        local: DateTime,
    ) -> Key {
        let value = |column: &Column| match &column.source {
            Source::Unit(name, _) => unit_attributes.get(name).cloned(),
            Source::Event(name, _) => event_dimensions.get(name).cloned(),
            Source::Band(day) => Some(day.name_at(local).to_owned()),
        };
        Key(self.columns.iter().map(value).collect())
    }

    /// As [`Self::key_of`] and then [`Self::row`], without making the key: this runs once for
    /// each event.
    #[must_use]
    pub fn price_row_of(
        &self,
        unit_attributes: &BTreeMap<String, String>,
        event_dimensions: &BTreeMap<String, String>,
        local: DateTime,
    ) -> Option<&PriceRow> {
        let text =
            |values, value: Option<&String>| Some(class_of_text(values, value.map(String::as_str)));
        self.at(self.columns.iter().map(|column| match &column.source {
            Source::Unit(name, values) => text(values, unit_attributes.get(name)),
            Source::Event(name, values) => text(values, event_dimensions.get(name)),
            Source::Band(day) => Some(day.class_at(local)),
        }))
    }

    /// The row at one class per column.
    fn at(&self, classes: impl Iterator<Item = Option<usize>>) -> Option<&PriceRow> {
        let mut position = 0;
        for (column, class) in self.columns.iter().zip(classes) {
            position = position * column.class_count() + class?;
        }
        self.rows.get(*self.row_of.get(position)?)
    }
}

/// The values that any row lists for a dimension.
fn mentioned(table: &PriceTable, dimension: usize) -> BTreeSet<&String> {
    let lists = table.rows.iter().filter_map(|row| match row.conditions.get(dimension) {
        Some(Condition::OneOf(values)) => Some(values),
        _ => None,
    });
    lists.flatten().collect()
}

fn column(dimension: &Dimension, values: &BTreeSet<&String>) -> Result<Column, Vec<PriceFault>> {
    let classes =
        || values.iter().enumerate().map(|(class, value)| ((*value).clone(), class)).collect();
    let source = match &dimension.source {
        DimensionSource::Unit(name) => Source::Unit(name.clone(), classes()),
        DimensionSource::Event(name) => Source::Event(name.clone(), classes()),
        DimensionSource::TimeBand(bands) => {
            Source::Band(Box::new(Day::cut(&dimension.name, bands)?))
        }
    };
    Ok(Column { name: dimension.name.clone(), source })
}

/// Rows that name a part of the day that does not occur.
fn unknown_bands(table: &PriceTable, index: usize, column: &Column) -> Vec<PriceFault> {
    let Source::Band(day) = &column.source else { return Vec::new() };
    let mut faults = Vec::new();
    for row in &table.rows {
        let Some(Condition::OneOf(names)) = row.conditions.get(index) else { continue };
        for band in names.iter().filter(|name| day.class_of_name(name).is_none()) {
            faults.push(PriceFault::UnknownBand {
                row: row.code.clone(),
                dimension: column.name.clone(),
                band: band.clone(),
                known: day.names().join(", "),
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
        faults.extend(scale::check_named(row.code.as_str(), &row.scale));
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
    if row.is_default && row.conditions.iter().any(|it| *it != Condition::Any) {
        return vec![PriceFault::DefaultCondition { row: row.code.clone() }];
    }
    let conditions = table.dimensions.iter().zip(&row.conditions);
    let empty = conditions.filter(|(_, condition)| match condition {
        Condition::Any => false,
        Condition::OneOf(values) => values.is_empty(),
    });
    let fault = |(dimension, _): (&Dimension, &Condition)| PriceFault::EmptyCondition {
        row: row.code.clone(),
        dimension: dimension.name.clone(),
    };
    empty.map(fault).collect()
}
