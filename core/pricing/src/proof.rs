//! The proof that each key of a table hits exactly one row. The values of a dimension fall into
//! finitely many classes that no row tells apart, so walking all combinations of classes is
//! walking all keys.

use std::collections::BTreeMap;

use facts::price::{Condition, PriceRow};

use crate::PriceFault;
use crate::table::Column;

/// Most combinations of classes of one table: 200 device types × 60 regions × 4 bands, five times
/// over. The lookup of a table of this size takes 2 MB.
pub const KEYS_MAX: usize = 262_144;

/// Most overlaps that are reported at once.
pub const OVERLAPS_MAX: usize = 100;

/// The index of the row for each combination of classes, the last column running fastest.
///
/// # Errors
/// Every two rows that overlap (at most [`OVERLAPS_MAX`]), and the first key that no row takes.
pub fn prove(rows: &[PriceRow], columns: &[Column]) -> Result<Vec<usize>, Vec<PriceFault>> {
    let keys = columns.iter().try_fold(1, |product: usize, column| {
        product.checked_mul(column.class_count()).filter(|product| *product <= KEYS_MAX)
    });
    let Some(keys) = keys else {
        let counts = columns.iter().map(|column| column.class_count().to_string());
        let keys = counts.collect::<Vec<_>>().join(" × ");
        return Err(vec![PriceFault::TooManyKeys { keys, keys_max: KEYS_MAX }]);
    };
    let ordinary = (0..rows.len()).filter(|row| !rows[*row].is_default).collect();
    let mut walk = Walk {
        rows,
        columns,
        default: rows.iter().position(|row| row.is_default),
        takes: columns.iter().enumerate().map(|(at, it)| takes(rows, at, it)).collect(),
        classes: Vec::with_capacity(columns.len()),
        row_of: Vec::with_capacity(keys),
        overlaps: BTreeMap::new(),
        gap: None,
    };
    walk.down(ordinary);
    walk.verdict()
}

/// For each class of a column, whether each row takes it.
fn takes(rows: &[PriceRow], at: usize, column: &Column) -> Vec<Vec<bool>> {
    let mut takes = vec![vec![false; rows.len()]; column.class_count()];
    for (index, row) in rows.iter().enumerate() {
        match row.conditions.get(at) {
            None | Some(Condition::Any) => takes.iter_mut().for_each(|class| class[index] = true),
            Some(Condition::OneOf(values)) => {
                for class in values.iter().filter_map(|value| column.class_of(Some(value))) {
                    takes[class][index] = true;
                }
            }
        }
    }
    takes
}

/// A walk over all combinations of classes, in order.
struct Walk<'a> {
    rows: &'a [PriceRow],
    columns: &'a [Column],
    default: Option<usize>,
    /// By column, class and row.
    takes: Vec<Vec<Vec<bool>>>,
    /// Where the walk is: a class for each of the first columns.
    classes: Vec<usize>,
    row_of: Vec<usize>,
    /// Two rows that take one key, with the first such key.
    overlaps: BTreeMap<(usize, usize), String>,
    /// The first key that no row takes, and how many there are.
    gap: Option<(String, usize)>,
}

impl Walk<'_> {
    /// Goes on with the rows that took every class so far. As deep as there are columns.
    fn down(&mut self, rows: Vec<usize>) {
        let depth = self.classes.len();
        if depth == self.columns.len() {
            return self.arrive(&rows);
        }
        for class in 0..self.columns[depth].class_count() {
            let taking = &self.takes[depth][class];
            let rest = rows.iter().copied().filter(|row| taking[*row]).collect();
            self.classes.push(class);
            self.down(rest);
            self.classes.pop();
        }
    }

    /// At one key, with the rows that take it.
    fn arrive(&mut self, rows: &[usize]) {
        match (rows, self.default) {
            ([row], _) => self.row_of.push(*row),
            ([], Some(row)) => self.row_of.push(row),
            ([], None) => {
                let (key, keys) = match self.gap.take() {
                    Some(gap) => gap,
                    None => (self.example(), 0),
                };
                self.gap = Some((key, keys + 1));
            }
            (several, _) => self.overlap(several),
        }
    }

    fn overlap(&mut self, rows: &[usize]) {
        for (index, second) in rows.iter().enumerate() {
            for first in &rows[..index] {
                let pair = (*first, *second);
                if self.overlaps.len() < OVERLAPS_MAX && !self.overlaps.contains_key(&pair) {
                    self.overlaps.insert(pair, self.example());
                }
            }
        }
    }

    /// Where the walk is, in words.
    fn example(&self) -> String {
        let parts = self.columns.iter().zip(&self.classes);
        let parts: Vec<_> = parts.map(|(column, class)| column.example(*class)).collect();
        if parts.is_empty() { "(every event)".to_owned() } else { parts.join(", ") }
    }

    fn verdict(self) -> Result<Vec<usize>, Vec<PriceFault>> {
        let mut faults = Vec::new();
        for ((first, second), key) in self.overlaps {
            let code = |row: usize| self.rows[row].code.clone();
            faults.push(PriceFault::Overlap { first: code(first), second: code(second), key });
        }
        if let Some((key, keys)) = self.gap {
            faults.push(PriceFault::Gap { key, keys });
        }
        if faults.is_empty() { Ok(self.row_of) } else { Err(faults) }
    }
}
