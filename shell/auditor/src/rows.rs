//! Which row of a price table takes some usage, read from the table row by row.

use std::collections::BTreeMap;

use facts::order::OrderedUnit;
use facts::price::{
    BandZone, Condition, DimensionSource, PriceRow, PriceTable, TimeBand, TimeBands, WeekDay,
};
use facts::{AccountRegistered, RowCode};
use jiff::Timestamp;
use jiff::civil::DateTime;

use crate::ratio::Ratio;

/// What a table can ask.
pub(crate) struct Asked<'a> {
    pub ordered: &'a OrderedUnit,
    pub dimensions: &'a BTreeMap<String, String>,
    pub account: &'a AccountRegistered,
    pub at: Timestamp,
}

impl Asked<'_> {
    fn value(&self, source: &DimensionSource) -> Option<String> {
        match source {
            DimensionSource::Unit(name) => self.ordered.attributes.get(name).cloned(),
            DimensionSource::Event(name) => self.dimensions.get(name).cloned(),
            DimensionSource::Account(name) => self.account.attributes.get(name).cloned(),
            DimensionSource::TimeBand(bands) => {
                let zone = match bands.zone {
                    BandZone::Device => &self.ordered.zone,
                    BandZone::Account => &self.account.zone,
                };
                Some(band_at(bands, zone.local(self.at)).to_owned())
            }
        }
    }
}

/// A band that ends before it begins crosses midnight and is of the day on which it begins. On a
/// holiday no band counts.
fn band_at(bands: &TimeBands, local: DateTime) -> &str {
    if bands.holidays.contains(&local.date()) {
        return bands.on_holidays.as_ref().unwrap_or(&bands.otherwise);
    }
    let today = usize::from(local.weekday().to_monday_zero_offset().unsigned_abs());
    let on = |band: &TimeBand, day: usize| {
        band.days.is_empty() || WeekDay::ALL.get(day % 7).is_some_and(|it| band.days.contains(it))
    };
    let time = local.time();
    let takes = |band: &&TimeBand| {
        if band.from < band.to {
            on(band, today) && band.from <= time && time < band.to
        } else {
            (on(band, today) && band.from <= time) || (on(band, today + 6) && time < band.to)
        }
    };
    bands.bands.iter().find(takes).map_or(&bands.otherwise, |band| &band.name)
}

fn holds(condition: &Condition, value: Option<&String>) -> bool {
    match condition {
        Condition::Any => true,
        Condition::OneOf(listed) => value.is_some_and(|value| listed.contains(value)),
        Condition::Prefix(texts) => {
            value.is_some_and(|value| texts.iter().any(|text| value.starts_with(text.as_str())))
        }
        Condition::Range(range) => {
            let number = value.and_then(|value| Ratio::of_text(value));
            let limits = [range.from, range.below].map(|it| it.map(Ratio::of_quantity));
            number.is_some_and(|number| {
                let from = limits[0]
                    .is_none_or(|from| from.and_then(|from| number.is_below(from)) == Some(false));
                let below = limits[1].is_none_or(|below| {
                    below.and_then(|below| number.is_below(below)) == Some(true)
                });
                from && below
            })
        }
    }
}

/// Of the rows whose conditions all hold that of the greatest priority, or the default row where
/// there is none.
pub(crate) fn row_of(table: &PriceTable, asked: &Asked<'_>) -> Option<RowCode> {
    let values: Vec<Option<String>> =
        table.dimensions.iter().map(|dimension| asked.value(&dimension.source)).collect();
    let day = asked.account.zone.day_of(asked.at);
    let counts = |row: &&PriceRow| {
        row.from.is_none_or(|from| from <= day) && row.until.is_none_or(|until| day < until)
    };
    let specific = table.rows.iter().filter(|row| !row.is_default).filter(counts);
    let holding = specific.filter(|row| {
        row.conditions.iter().zip(&values).all(|(asked, value)| holds(asked, value.as_ref()))
    });
    let row = holding.max_by_key(|row| row.priority);
    let row = row.or_else(|| table.rows.iter().find(|row| row.is_default));
    row.map(|row| row.code.clone())
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, Time};

    use super::*;

    #[test]
    fn a_band_may_cross_midnight() {
        let band = |name: &str, from: i8, to: i8| TimeBand {
            name: name.to_owned(),
            from: Time::constant(from, 0, 0, 0),
            to: Time::constant(to, 0, 0, 0),
            ..TimeBand::default()
        };
        let bands = TimeBands {
            bands: vec![band("night", 22, 6), band("lunch", 12, 14)],
            otherwise: "day".to_owned(),
            ..TimeBands::default()
        };
        let at = |hour| band_at(&bands, Date::constant(2026, 2, 1).at(hour, 0, 0, 0));
        assert_eq!(
            [0, 5, 6, 12, 14, 22].map(at),
            ["night", "night", "day", "lunch", "day", "night"]
        );
    }
}
