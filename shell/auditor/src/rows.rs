//! Which row of a price table takes some usage, read from the table row by row.

use std::collections::BTreeMap;

use facts::RowCode;
use facts::order::OrderedUnit;
use facts::price::{Condition, DimensionSource, PriceTable, TimeBands};
use jiff::Timestamp;
use jiff::civil::Time;

/// What a table can ask.
pub(crate) struct Asked<'a> {
    pub ordered: &'a OrderedUnit,
    pub dimensions: &'a BTreeMap<String, String>,
    pub at: Timestamp,
}

impl Asked<'_> {
    fn value(&self, source: &DimensionSource) -> Option<String> {
        match source {
            DimensionSource::Unit(name) => self.ordered.attributes.get(name).cloned(),
            DimensionSource::Event(name) => self.dimensions.get(name).cloned(),
            DimensionSource::TimeBand(bands) => {
                Some(band_at(bands, self.ordered.zone.local(self.at).time()).to_owned())
            }
        }
    }
}

/// A band that ends before it begins crosses midnight.
fn band_at(bands: &TimeBands, time: Time) -> &str {
    let takes = |from: Time, to: Time| {
        if from < to { from <= time && time < to } else { from <= time || time < to }
    };
    let band = bands.bands.iter().find(|band| takes(band.from, band.to));
    band.map_or(&bands.otherwise, |band| &band.name)
}

/// The row whose conditions all hold, or the default row where there is none.
pub(crate) fn row_of(table: &PriceTable, asked: &Asked<'_>) -> Option<RowCode> {
    let values: Vec<Option<String>> =
        table.dimensions.iter().map(|dimension| asked.value(&dimension.source)).collect();
    let holds = |(condition, value): (&Condition, &Option<String>)| match condition {
        Condition::Any => true,
        Condition::OneOf(listed) => value.as_ref().is_some_and(|value| listed.contains(value)),
    };
    let mut specific = table.rows.iter().filter(|row| !row.is_default);
    let row = specific.find(|row| row.conditions.iter().zip(&values).all(holds));
    let row = row.or_else(|| table.rows.iter().find(|row| row.is_default));
    row.map(|row| row.code.clone())
}

#[cfg(test)]
mod tests {
    use facts::price::TimeBand;

    use super::*;

    #[test]
    fn a_band_may_cross_midnight() {
        let band = |name: &str, from: i8, to: i8| TimeBand {
            name: name.to_owned(),
            from: Time::constant(from, 0, 0, 0),
            to: Time::constant(to, 0, 0, 0),
        };
        let bands = TimeBands {
            bands: vec![band("night", 22, 6), band("lunch", 12, 14)],
            otherwise: "day".to_owned(),
        };
        let at = |hour| band_at(&bands, Time::constant(hour, 0, 0, 0));
        assert_eq!(
            [0, 5, 6, 12, 14, 22].map(at),
            ["night", "night", "day", "lunch", "day", "night"]
        );
    }
}
