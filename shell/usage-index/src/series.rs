//! Series as readers get them, from readings with numbers.

use std::cmp::Ordering;

use facts::usage::{Point, Series};

use crate::additions::Role;
use crate::names::Names;
use crate::reading::{Reading, unpack_day};

/// The series of some subjects, sorted as [`Series`] and [`Point`] say. Nothing when a number has
/// no name, which is only so in a broken file.
pub(crate) fn series(mut readings: Vec<Reading>, names: &Names) -> Option<Vec<Series>> {
    // Stable, because the readings of each run are sorted already.
    readings.sort_by_key(|reading| (reading.series, reading.at));
    let groups = readings.chunk_by(|one, other| one.series == other.series);
    let read = groups.map(|group| one(group, names)).collect::<Option<Vec<_>>>()?;
    let (mut series, mut again) = (Vec::with_capacity(read.len()), Vec::new());
    for (one, role) in read {
        match role {
            Role::Received => series.push(one),
            Role::Replayed(_) | Role::Withdrawn | Role::Amended(_) => again.push((one, role)),
        }
    }
    series.sort_unstable_by(by_name);
    // What was added first, then what is taken back of it, then what stands no more.
    again.sort_by_key(|(_, role)| match role {
        Role::Received | Role::Replayed(_) => 0,
        Role::Withdrawn => 1,
        Role::Amended(_) => 2,
    });
    for (other, role) in again {
        replay(&mut series, other, role);
    }
    series.retain(|one| !one.points.is_empty());
    Some(series)
}

fn by_name(one: &Series, other: &Series) -> Ordering {
    one.subject.cmp(&other.subject).then_with(|| one.track.cmp(&other.track))
}

/// Puts what replays found to what was received, and takes back what they withdrew.
fn replay(series: &mut Vec<Series>, other: Series, role: Role) {
    let place = series.binary_search_by(|it| by_name(it, &other));
    match (place, role) {
        (Ok(place), Role::Withdrawn) => {
            let mut gone = other.points.iter().peekable();
            series[place].points.retain(|point| {
                while gone.next_if(|it| order(it, point).is_lt()).is_some() {}
                gone.next_if(|it| order(it, point).is_eq()).is_none()
            });
        }
        (Ok(place), Role::Amended(day)) => {
            let mut gone = other.points.iter().peekable();
            for point in &mut series[place].points {
                while gone.next_if(|it| order(it, point).is_lt()).is_some() {}
                if gone.next_if(|it| order(it, point).is_eq()).is_some() {
                    point.amended_on = Some(day);
                }
            }
        }
        (Ok(place), _) => {
            let points = &mut series[place].points;
            points.extend(other.points);
            points.sort_by(order);
        }
        (Err(_), Role::Withdrawn | Role::Amended(_)) => {}
        (Err(place), _) => series.insert(place, other),
    }
}

/// The promised order.
fn order(one: &Point, other: &Point) -> Ordering {
    one.happened_at.cmp(&other.happened_at).then_with(|| order_of_one_instant(one, other))
}

fn order_of_one_instant(one: &Point, other: &Point) -> Ordering {
    let dimensions = || one.dimensions.cmp(&other.dimensions);
    let arrival = || one.arrived_on.cmp(&other.arrived_on);
    one.value
        .cmp(&other.value)
        .then_with(dimensions)
        .then_with(arrival)
        .then_with(|| one.segment.cmp(&other.segment))
}

fn one(group: &[Reading], names: &Names) -> Option<(Series, Role)> {
    let subject = names.subject(group[0].subject())?.to_owned();
    let standing = names.track(group[0].track())?;
    let (track, role) = (standing.track.clone(), standing.role);
    let mut points = Vec::with_capacity(group.len());
    for reading in group {
        let arrived_on = unpack_day(reading.day)?;
        points.push(Point {
            happened_at: reading.happened_at()?,
            arrived_on,
            known_on: if let Role::Replayed(day) = role { day } else { arrived_on },
            value: reading.value,
            dimensions: names.set(reading.dimensions)?.clone(),
            segment: i64::from(reading.segment),
            amended_on: None,
        });
    }
    for same in points.chunk_by_mut(|one, other| one.happened_at == other.happened_at) {
        if same.len() > 1 {
            same.sort_unstable_by(order_of_one_instant);
        }
    }
    Some((Series { subject, track, points }, role))
}
