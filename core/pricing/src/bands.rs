//! A week cut into quarter hours, each of which belongs to exactly one band: the proof is then
//! finite, and finding the band of an event is one index.

use std::collections::BTreeSet;

use facts::price::{BandZone, TimeBand, TimeBands, WeekDay};
use jiff::civil::{Date, DateTime, Time};

use crate::PriceFault;

/// Quarter hours of a day on the clock face.
const QUARTERS: usize = 96;

/// The band of each quarter hour of a week, and of holidays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Week {
    /// Whose clock is read.
    pub zone: BandZone,
    /// The names that occur, in order of their first quarter; that of holidays last.
    names: Vec<String>,
    /// Index of the name, Monday 00:00 first.
    quarters: Vec<usize>,
    holidays: BTreeSet<Date>,
    /// Index of the name of holidays.
    holiday: usize,
}

impl Week {
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
        let (zone, holidays) = (bands.zone, bands.holidays.clone());
        let (names, quarters) = (Vec::new(), Vec::new());
        let mut week = Self { zone, names, quarters, holidays, holiday: 0 };
        for (day, quarter) in quarters_of_week() {
            let band = bands.bands.iter().find(|band| takes(band, day, quarter));
            let class = week.intern(band.map_or(&bands.otherwise, |band| &band.name));
            week.quarters.push(class);
        }
        if !week.holidays.is_empty() {
            week.holiday = week.intern(bands.on_holidays.as_ref().unwrap_or(&bands.otherwise));
        }
        Ok(week)
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
        if self.holidays.contains(&local.date()) {
            return self.holiday;
        }
        let day = usize::from(local.weekday().to_monday_zero_offset().unsigned_abs());
        self.quarters[day * QUARTERS + quarter_of(local.time())]
    }

    /// The name that `local` falls in.
    pub fn name_at(&self, local: DateTime) -> &str {
        &self.names[self.class_at(local)]
    }
}

/// Every quarter hour of a week, by day of the week from 0.
fn quarters_of_week() -> impl Iterator<Item = (usize, usize)> {
    (0..WeekDay::ALL.len()).flat_map(|day| (0..QUARTERS).map(move |quarter| (day, quarter)))
}

/// The quarter hour that contains a time, 0 to 95.
fn quarter_of(time: Time) -> usize {
    usize::from(time.hour().unsigned_abs()) * 4 + usize::from(time.minute().unsigned_abs()) / 15
}

/// Whether a band takes a quarter hour. A band that ends before it begins crosses midnight; its
/// days are those on which it begins.
fn takes(band: &TimeBand, day: usize, quarter: usize) -> bool {
    let begins = |day: usize| band.days.is_empty() || band.days.contains(&WeekDay::ALL[day % 7]);
    let (from, to) = (quarter_of(band.from), quarter_of(band.to));
    if from < to {
        begins(day) && (from..to).contains(&quarter)
    } else {
        (begins(day) && quarter >= from) || (begins(day + 6) && quarter < to)
    }
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
            let mut quarters = quarters_of_week();
            let both = |(day, quarter): &(usize, usize)| {
                takes(first, *day, *quarter) && takes(second, *day, *quarter)
            };
            if let Some((day, quarter)) = quarters.find(both) {
                let daily = first.days.is_empty() && second.days.is_empty();
                let at = if daily { time_of(quarter).to_string() } else { named(day, quarter) };
                faults.push(PriceFault::BandOverlap {
                    dimension: dimension.to_owned(),
                    first: first.name.clone(),
                    second: second.name.clone(),
                    at,
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

/// A quarter hour of one day: `sat 05:45:00`.
fn named(day: usize, quarter: usize) -> String {
    let day = match WeekDay::ALL[day % 7] {
        WeekDay::Mon => "mon",
        WeekDay::Tue => "tue",
        WeekDay::Wed => "wed",
        WeekDay::Thu => "thu",
        WeekDay::Fri => "fri",
        WeekDay::Sat => "sat",
        WeekDay::Sun => "sun",
    };
    format!("{day} {}", time_of(quarter))
}
