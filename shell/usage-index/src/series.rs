//! Series as readers get them, from readings with numbers.

use facts::usage::{Point, Series};

use crate::names::Names;
use crate::reading::{Reading, unpack_day};

/// The series of some subjects, sorted as [`Series`] and [`Point`] say. Nothing when a number has
/// no name, which is only so in a broken file.
pub(crate) fn series(mut readings: Vec<Reading>, names: &Names) -> Option<Vec<Series>> {
    // Stable, because the readings of each run are sorted already.
    readings.sort_by_key(|reading| (reading.series, reading.at));
    let groups = readings.chunk_by(|one, other| one.series == other.series);
    let mut series = groups.map(|group| one(group, names)).collect::<Option<Vec<Series>>>()?;
    series.sort_unstable_by(|one, other| {
        one.subject.cmp(&other.subject).then_with(|| one.track.cmp(&other.track))
    });
    Some(series)
}

fn one(group: &[Reading], names: &Names) -> Option<Series> {
    let subject = names.subject(group[0].subject())?.to_owned();
    let track = names.track(group[0].track())?.clone();
    let mut points = Vec::with_capacity(group.len());
    for reading in group {
        points.push(Point {
            happened_at: reading.happened_at()?,
            arrived_on: unpack_day(reading.day)?,
            value: reading.value,
            dimensions: names.set(reading.dimensions)?.clone(),
            segment: i64::from(reading.segment),
        });
    }
    for same in points.chunk_by_mut(|one, other| one.happened_at == other.happened_at) {
        if same.len() > 1 {
            same.sort_unstable_by(|one, other| {
                let dimensions = || one.dimensions.cmp(&other.dimensions);
                let arrival = || one.arrived_on.cmp(&other.arrived_on);
                one.value
                    .cmp(&other.value)
                    .then_with(dimensions)
                    .then_with(arrival)
                    .then_with(|| one.segment.cmp(&other.segment))
            });
        }
    }
    Some(Series { subject, track, points })
}
