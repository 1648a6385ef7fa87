//! A dimension whose values are sorted into classes that no row tells apart. Classes are numbered
//! so that whatever a row asks is one or a few runs of them.

use std::collections::{BTreeSet, HashMap};

use facts::price::{Condition, Dimension, DimensionSource, PriceRow, PriceTable};
use jiff::civil::Date;

use super::hash::Quick;
use super::number;
use crate::PriceFault;
use crate::bands::Week;

/// Runs of classes, half-open, rising, not touching.
pub(crate) type Cover = Vec<(u32, u32)>;

/// One dimension of a compiled table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub name: String,
    pub source: Source,
    classes: Classes,
}

/// Where the value of a column comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// An attribute of the unit.
    Unit(String),
    /// An attribute of the event.
    Event(String),
    /// An attribute of the account.
    Account(String),
    /// The local time.
    Band(Box<Week>),
    /// The civil day, for rows that count for a time.
    Day,
}

/// How values become classes.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Classes {
    /// Each word that a row lists, in order; then all the rest, and none.
    Words { index: HashMap<String, u32, Quick>, words: Vec<String> },
    /// Text between bounds; then none. A word is what lies between itself and the text after it.
    Texts { bounds: Vec<String> },
    /// Numbers between bounds; then each word that a row lists; then all the rest, and none.
    Numbers { bounds: Vec<i128>, index: HashMap<String, u32, Quick>, words: Vec<String> },
    /// The names of a week.
    Names,
    /// Days between bounds.
    Days { bounds: Vec<Date> },
}

fn small(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

impl Column {
    /// The column of a dimension, with the classes that the rows need.
    pub fn of(
        table: &PriceTable,
        at: usize,
        dimension: &Dimension,
    ) -> Result<Self, Vec<PriceFault>> {
        let source = match &dimension.source {
            DimensionSource::Unit(name) => Source::Unit(name.clone()),
            DimensionSource::Event(name) => Source::Event(name.clone()),
            DimensionSource::Account(name) => Source::Account(name.clone()),
            DimensionSource::TimeBand(bands) => {
                Source::Band(Box::new(Week::cut(&dimension.name, bands)?))
            }
        };
        let classes = match source {
            Source::Band(_) => Classes::Names,
            _ => Classes::of(table, at, &dimension.name)?,
        };
        Ok(Self { name: dimension.name.clone(), source, classes })
    }

    /// The column of the days on which rows count; none when all of them always do.
    pub fn of_days(rows: &[PriceRow]) -> Option<Self> {
        let bounds: BTreeSet<Date> =
            rows.iter().flat_map(|row| [row.from, row.until]).flatten().collect();
        (!bounds.is_empty()).then(|| Self {
            name: "day".to_owned(),
            source: Source::Day,
            classes: Classes::Days { bounds: bounds.into_iter().collect() },
        })
    }

    /// How many classes there are, at least 1.
    pub fn class_count(&self) -> u32 {
        match &self.classes {
            Classes::Words { words, .. } => small(words.len() + 1),
            Classes::Texts { bounds } => small(bounds.len() + 2),
            Classes::Numbers { bounds, words, .. } => small(bounds.len() + words.len() + 2),
            Classes::Names => small(self.names().len()),
            Classes::Days { bounds } => small(bounds.len() + 1),
        }
    }

    /// The names of a week.
    pub fn names(&self) -> &[String] {
        if let Source::Band(week) = &self.source { week.names() } else { &[] }
    }

    /// The class of a value; none for a band that does not occur.
    pub fn class_of(&self, value: Option<&str>) -> Option<u32> {
        let rest = self.class_count() - 1;
        match &self.classes {
            Classes::Names => {
                let Source::Band(week) = &self.source else { return None };
                value.and_then(|name| week.class_of_name(name)).map(small)
            }
            Classes::Days { .. } => None,
            Classes::Words { index, .. } => {
                Some(value.and_then(|value| index.get(value)).copied().unwrap_or(rest))
            }
            Classes::Texts { bounds } => Some(value.map_or(rest, |value| {
                small(bounds.partition_point(|bound| bound.as_str() <= value))
            })),
            Classes::Numbers { bounds, index, .. } => {
                let Some(value) = value else { return Some(rest) };
                let number = || {
                    let scaled = number::scaled(value)?;
                    Some(small(bounds.partition_point(|bound| *bound <= scaled)))
                };
                Some(index.get(value).copied().or_else(number).unwrap_or(rest))
            }
        }
    }

    /// The class of a civil day.
    pub fn class_of_day(&self, day: Date) -> u32 {
        match &self.classes {
            Classes::Days { bounds } => small(bounds.partition_point(|bound| *bound <= day)),
            _ => 0,
        }
    }

    /// The classes that a row takes; none when it takes all.
    pub fn cover(&self, row: &PriceRow, at: usize) -> Option<Cover> {
        if let Classes::Days { bounds } = &self.classes {
            let place = |day: Date| small(bounds.partition_point(|bound| *bound <= day));
            let from = row.from.map_or(0, place);
            let until = row.until.map_or(self.class_count(), place);
            return (row.from.is_some() || row.until.is_some()).then(|| vec![(from, until)]);
        }
        match row.conditions.get(at)? {
            Condition::Any => None,
            Condition::OneOf(values) => {
                let classes = values.iter().filter_map(|value| self.class_of(Some(value)));
                Some(runs(classes.map(|class| (class, class + 1)).collect()))
            }
            Condition::Prefix(beginnings) => {
                let Classes::Texts { bounds } = &self.classes else { return Some(Vec::new()) };
                let place =
                    |text: &str| small(bounds.partition_point(|bound| bound.as_str() <= text));
                let end = self.class_count() - 1;
                let run = |text: &String| (place(text), after(text).map_or(end, |it| place(&it)));
                Some(runs(beginnings.iter().map(run).collect()))
            }
            Condition::Range(range) => {
                let Classes::Numbers { bounds, words, .. } = &self.classes else {
                    return Some(Vec::new());
                };
                let place = |bound: i128| small(bounds.partition_point(|it| *it <= bound));
                let scaled = |it: Option<kernel::Quantity>| it.map(number::of_quantity);
                let (from, below) = (scaled(range.from), scaled(range.below));
                let all = small(bounds.len() + 1);
                let mut covered = vec![(from.map_or(0, place), below.map_or(all, place))];
                for (class, word) in (all..).zip(words) {
                    let inside = number::scaled(word).is_some_and(|it| {
                        from.is_none_or(|from| from <= it) && below.is_none_or(|below| it < below)
                    });
                    covered.extend(inside.then_some((class, class + 1)));
                }
                Some(runs(covered))
            }
        }
    }

    /// A class in words: `region=FR`.
    pub fn example(&self, class: u32) -> String {
        const REST: &str = "(any other or none)";
        let at = class as usize;
        let below = |at: usize| at.checked_sub(1);
        let value = match &self.classes {
            Classes::Words { words, .. } => words.get(at).cloned(),
            Classes::Names => self.names().get(at).cloned(),
            Classes::Texts { bounds } => {
                let bound = below(at).and_then(|at| bounds.get(at));
                bound.filter(|bound| !bound.ends_with(NEXT)).cloned()
            }
            Classes::Numbers { bounds, words, .. } => match below(at) {
                None => bounds.first().map(|it| format!("(below {})", number::text(*it))),
                Some(at) if at < bounds.len() => bounds.get(at).map(|it| number::text(*it)),
                Some(at) => words.get(at - bounds.len()).cloned(),
            },
            Classes::Days { bounds } => match below(at).and_then(|at| bounds.get(at)) {
                Some(day) => Some(day.to_string()),
                None => bounds.first().map(|day| format!("(before {day})")),
            },
        };
        format!("{}={}", self.name, value.as_deref().unwrap_or(REST))
    }
}

/// What follows a text directly: nothing lies between the two.
const NEXT: char = '\0';

/// The first text after all that begin with this one; none when there is no such text.
fn after(beginning: &str) -> Option<String> {
    let mut text = beginning.to_owned();
    while let Some(last) = text.pop() {
        let next = (u32::from(last) + 1..=u32::from(char::MAX)).find_map(char::from_u32);
        if let Some(next) = next {
            text.push(next);
            return Some(text);
        }
    }
    None
}

/// Sorted, joined where they touch, without empty ones.
fn runs(mut covered: Cover) -> Cover {
    covered.retain(|(from, to)| from < to);
    covered.sort_unstable();
    let mut joined: Cover = Vec::with_capacity(covered.len());
    for (from, to) in covered {
        match joined.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => joined.push((from, to)),
        }
    }
    joined
}

impl Classes {
    fn of(table: &PriceTable, at: usize, dimension: &str) -> Result<Self, Vec<PriceFault>> {
        let mut words: BTreeSet<&String> = BTreeSet::new();
        let mut beginnings: BTreeSet<&String> = BTreeSet::new();
        let mut numbers: BTreeSet<i128> = BTreeSet::new();
        let mut has_ranges = false;
        for condition in table.rows.iter().filter_map(|row| row.conditions.get(at)) {
            match condition {
                Condition::Any => {}
                Condition::OneOf(values) => words.extend(values),
                Condition::Prefix(texts) => beginnings.extend(texts),
                Condition::Range(range) => {
                    has_ranges = true;
                    let bounds = [range.from, range.below].into_iter().flatten();
                    numbers.extend(bounds.map(number::of_quantity));
                }
            }
        }
        if has_ranges && !beginnings.is_empty() {
            return Err(vec![PriceFault::MixedConditions { dimension: dimension.to_owned() }]);
        }
        let listed = |first: u32| {
            let words: Vec<String> = words.iter().map(|word| (*word).clone()).collect();
            let index = words.iter().cloned().zip(first..).collect();
            (index, words)
        };
        if has_ranges {
            let bounds: Vec<i128> = numbers.into_iter().collect();
            let (index, words) = listed(small(bounds.len() + 1));
            return Ok(Self::Numbers { bounds, index, words });
        }
        if beginnings.is_empty() {
            let (index, words) = listed(0);
            return Ok(Self::Words { index, words });
        }
        let mut bounds: BTreeSet<String> = BTreeSet::new();
        for word in words {
            bounds.extend([word.clone(), format!("{word}{NEXT}")]);
        }
        for beginning in beginnings {
            bounds.insert(beginning.clone());
            bounds.extend(after(beginning));
        }
        Ok(Self::Texts { bounds: bounds.into_iter().collect() })
    }
}
