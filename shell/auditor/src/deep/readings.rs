//! The readings of the index are those of the log.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use facts::MeterCode;
use facts::usage::{Point, Track};
use jiff::Timestamp;
use store::StoreError;

use super::replay::Readings;
use crate::usage_log::{UsageLog, meter_or_none};
use crate::{AuditFinding, Check};

/// Where two series part.
struct Difference {
    first: Timestamp,
    missing: u64,
    excess: u64,
}

/// Device by device: each reading once, and no other.
/// Nothing is said of the meters that are passed over.
pub(crate) fn check(
    log: &UsageLog,
    mut readings: Readings,
    passed_over: &BTreeSet<MeterCode>,
) -> Result<Check, StoreError> {
    let mut check = Check::new(
        "readings",
        "The readings of the index are those of the lines that took their id: instant, value, \
         attributes, day of arrival and segment.",
    );
    if !log.is_included() {
        return Ok(check);
    }
    let mut subjects: BTreeSet<String> = log.subjects().into_iter().collect();
    subjects.extend(readings.keys().cloned());
    let is_read = |track: &Track| track.meter.as_ref().is_none_or(|it| !passed_over.contains(it));
    for subject in subjects {
        let mut expected = readings.remove(&subject).unwrap_or_default();
        expected.retain(|track, _| is_read(track));
        let indexed = log.series(&[&subject])?;
        for series in indexed.iter().filter(|series| is_read(&series.track)) {
            let of_track = expected.remove(&series.track).unwrap_or_default();
            compare(&mut check, &subject, &series.track, of_track, &series.points);
        }
        for (track, points) in expected {
            compare(&mut check, &subject, &track, points, &[]);
        }
    }
    Ok(check)
}

fn compare(
    check: &mut Check,
    subject: &str,
    track: &Track,
    mut expected: Vec<Point>,
    indexed: &[Point],
) {
    check.examine();
    expected.sort_by(order);
    let Some(difference) = difference(&expected, indexed) else { return };
    let meter = meter_or_none(track.meter.as_ref());
    check.find(AuditFinding::ReadingsDiffer {
        subject: subject.to_owned(),
        track: track.held.map_or(meter.clone(), |reason| format!("{meter}, held ({reason})")),
        at: difference.first,
        missing: difference.missing,
        excess: difference.excess,
    });
}

/// The promised order of the points of a series.
fn order(one: &Point, other: &Point) -> Ordering {
    let key = |it: &Point| (it.happened_at, it.value);
    key(one)
        .cmp(&key(other))
        .then_with(|| one.dimensions.cmp(&other.dimensions))
        .then_with(|| (one.arrived_on, one.segment).cmp(&(other.arrived_on, other.segment)))
}

/// None when both have the same points in the same order.
fn difference(expected: &[Point], indexed: &[Point]) -> Option<Difference> {
    let first = expected.iter().zip(indexed).position(|(one, other)| one != other);
    let first = first.unwrap_or_else(|| expected.len().min(indexed.len()));
    let at = |points: &[Point]| points.get(first).map(|point| point.happened_at);
    let first = at(expected).into_iter().chain(at(indexed)).min()?;
    let mut indexed: Vec<&Point> = indexed.iter().collect();
    indexed.sort_by(|one, other| order(one, other));
    let mut difference = Difference { first, missing: 0, excess: 0 };
    let (mut expected, mut indexed) = (expected.iter().peekable(), indexed.into_iter().peekable());
    while let (Some(one), Some(other)) = (expected.peek(), indexed.peek()) {
        let order = order(one, other);
        if order.is_le() {
            expected.next();
        }
        if order.is_ge() {
            indexed.next();
        }
        difference.missing += u64::from(order.is_lt());
        difference.excess += u64::from(order.is_gt());
    }
    let rest = |count| u64::try_from(count).unwrap_or(u64::MAX);
    difference.missing += rest(expected.count());
    difference.excess += rest(indexed.count());
    Some(difference)
}
