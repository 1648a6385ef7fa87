//! A day cut into quarter hours, each of which belongs to exactly one band: the proof is then
//! finite, and finding the band of an event is one index.

use facts::price::{TimeBand, TimeBands};
use jiff::civil::{DateTime, Time};

use crate::PriceFault;

/// Quarter hours of a day on the clock face.
pub const QUARTERS: usize = 96;

/// The band of each quarter hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// The names that occur, in order of their first quarter; at most one per quarter.
    names: Vec<String>,
    /// Index of the name.
    quarters: [usize; QUARTERS],
}

impl Day {
    /// Proves that each quarter hour falls in exactly one band.
    ///
    /// # Errors
    /// One fault for each band that is empty or off the quarter, and each two that overlap.
    pub fn cut(dimension: &str, bands: &TimeBands) -> Result<Self, Vec<PriceFault>> {
        let mut faults = shape_faults(dimension, &bands.bands);
        if faults.is_empty() {
            faults = overlap_faults(dimension, &bands.bands);
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut day = Self { names: Vec::new(), quarters: [0; QUARTERS] };
        for quarter in 0..QUARTERS {
            let band = bands.bands.iter().find(|band| takes(band, quarter));
            day.quarters[quarter] = day.intern(band.map_or(&bands.otherwise, |band| &band.name));
        }
        Ok(day)
    }

    fn intern(&mut self, name: &str) -> usize {
        self.class_of_name(name).unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        })
    }

    /// The names that occur.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The index of a name.
    pub fn class_of_name(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known == name)
    }

    /// The index of the name that `local` falls in.
    pub fn class_at(&self, local: DateTime) -> usize {
        self.quarters[quarter_of(local.time())]
    }

    /// The name that `local` falls in.
    pub fn name_at(&self, local: DateTime) -> &str {
        &self.names[self.class_at(local)]
    }
}

/// The quarter hour that contains a time, 0 to 95.
fn quarter_of(time: Time) -> usize {
    usize::from(time.hour().unsigned_abs()) * 4 + usize::from(time.minute().unsigned_abs()) / 15
}

/// Whether a band takes a quarter hour. A band that ends before it begins crosses midnight.
fn takes(band: &TimeBand, quarter: usize) -> bool {
    let (from, to) = (quarter_of(band.from), quarter_of(band.to));
    if from < to { (from..to).contains(&quarter) } else { quarter >= from || quarter < to }
}

fn is_on_quarter(time: Time) -> bool {
    time.minute() % 15 == 0 && time.second() == 0 && time.subsec_nanosecond() == 0
}

fn shape_faults(dimension: &str, bands: &[TimeBand]) -> Vec<PriceFault> {
    let mut faults = Vec::new();
    for band in bands {
        let (dimension, name) = (dimension.to_owned(), band.name.clone());
        let off = [band.from, band.to].into_iter().find(|time| !is_on_quarter(*time));
        if let Some(at) = off {
            faults.push(PriceFault::BandOffQuarter { dimension, band: name, at });
        } else if band.from == band.to {
            faults.push(PriceFault::EmptyBand { dimension, band: name, at: band.from });
        }
    }
    faults
}

/// One fault for each two bands with a common quarter, also when they share a name.
fn overlap_faults(dimension: &str, bands: &[TimeBand]) -> Vec<PriceFault> {
    let mut faults = Vec::new();
    for (index, second) in bands.iter().enumerate() {
        for first in &bands[..index] {
            let common = (0..QUARTERS).find(|q| takes(first, *q) && takes(second, *q));
            if let Some(quarter) = common {
                faults.push(PriceFault::BandOverlap {
                    dimension: dimension.to_owned(),
                    first: first.name.clone(),
                    second: second.name.clone(),
                    at: time_of(quarter),
                });
            }
        }
    }
    faults
}

/// The time at which a quarter hour begins.
fn time_of(quarter: usize) -> Time {
    let part = |value: usize| i8::try_from(value).unwrap_or_default();
    Time::new(part(quarter / 4), part(quarter % 4 * 15), 0, 0).unwrap_or(Time::midnight())
}
