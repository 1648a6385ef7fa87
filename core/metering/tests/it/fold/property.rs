//! Whatever the order of arrival and the batches: every measure against a slow, plain one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use facts::meter::{Level, Measure, Member, Rollover, TimeUnit};
use facts::usage::{Bucket, Point};
use jiff::{SignedDuration, Timestamp};
use kernel::{Exact, Quantity};
use metering::{Possession, adds_up, buckets, combine, quarter_of};
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::interval::interval;
use super::sample::{TODAY, possession, series};
use super::time::session;
use crate::line::{field, read};

const CASES: u32 = 1_000;

fn measures() -> Vec<Measure> {
    vec![
        Measure::Count,
        Measure::Sum(field("n")),
        Measure::Counter(field("n")),
        Measure::Rollover(Rollover { field: field("n"), wraps_at: read("6") }),
        Measure::Max(field("n")),
        Measure::Min(field("n")),
        Measure::Latest(field("n")),
        Measure::Unique(Member { name: "n".to_owned() }),
        Measure::TimeWeighted(Level { field: field("n"), per: TimeUnit::Hour }),
        session(1_000),
        interval(),
    ]
}

/// Within four hours of 3 February, often at one instant and often on a quarter.
fn instant() -> impl Strategy<Value = Timestamp> {
    let base: Timestamp = read("2026-02-03T08:00:00Z");
    let micros = prop_oneof![
        (0_i64..16).prop_map(|quarter| quarter * 900_000_000),
        (0_i64..48).prop_map(|step| step * 300_000_000),
        0_i64..14_400_000_000,
    ];
    micros.prop_map(move |it| base + SignedDuration::from_micros(it))
}

fn a_point() -> impl Strategy<Value = Point> {
    let region = prop::option::of(prop::sample::select(vec!["FR", "BE"]));
    let key = prop::sample::select(vec!["1", "2", "\"1"]);
    let lasted = prop_oneof![Just(0_i64), 1_i64..3_600_000_000];
    (instant(), 0_i64..8, region, key, lasted).prop_map(|(happened_at, n, region, key, lasted)| {
        let mut dimensions = BTreeMap::from([
            ("$key".to_owned(), key.to_owned()),
            ("$lasted".to_owned(), lasted.to_string()),
        ]);
        dimensions.extend(region.map(|it| ("region".to_owned(), it.to_owned())));
        Point {
            happened_at,
            arrived_on: TODAY.yesterday().unwrap(),
            known_on: TODAY.yesterday().unwrap(),
            value: Quantity::new(Decimal::new(n, u32::from(n == 7))).unwrap(),
            dimensions: Arc::new(dimensions),
            segment: 1,
            amended_on: None,
        }
    })
}

/// Points; those of the measures that keep nothing for themselves are stripped of what they keep.
fn points_of(measure: &Measure, points: &[Point]) -> Vec<Point> {
    let mut points = points.to_vec();
    for point in &mut points {
        let dimensions = Arc::make_mut(&mut point.dimensions);
        match measure {
            Measure::Unique(_) => drop(dimensions.remove("$lasted")),
            Measure::Duration(_) => {
                dimensions.remove("$lasted");
                // An even number stops a session.
                let even = point.value.exact().numerator() % 2 == 0;
                point.value = if even { Quantity::ZERO } else { Quantity::ONE };
            }
            Measure::Interval(_) => drop(dimensions.remove("$key")),
            _ => dimensions.retain(|name, _| !name.starts_with('$')),
        }
    }
    points
}

/// Handed from one unit to another in the middle, with free time before each service.
fn possessions() -> Vec<Possession> {
    vec![possession("U-1 07:00 10:07 08:20"), possession("U-2 10:07 - 10:20:01")]
}

fn fold(measure: &Measure, points: Vec<Point>) -> Vec<Bucket> {
    buckets(&series(points), measure, &possessions(), TODAY).unwrap()
}

fn holder(at: Timestamp) -> Option<(Possession, bool)> {
    let held = possessions()
        .into_iter()
        .find(|it| it.from.unwrap() <= at && it.until.is_none_or(|until| at < until))?;
    let accepted = held.service_from.unwrap() <= at;
    Some((held, accepted))
}

/// Buckets by unit, quarter and attributes.
fn joined(buckets: &[Bucket]) -> BTreeMap<(String, Timestamp, BTreeMap<String, String>), Bucket> {
    let mut joined: BTreeMap<_, Bucket> = BTreeMap::new();
    for bucket in buckets {
        let (unit, at) = (bucket.unit.to_string(), bucket.quarter_at);
        joined
            .entry((unit, at, bucket.dimensions.as_ref().clone()))
            .and_modify(|there| there.join(bucket).unwrap())
            .or_insert_with(|| bucket.clone());
    }
    joined
}

/// Exact time in minutes by unit, added up second by second of what `level` says of a holder.
type Totals = BTreeMap<String, Exact>;

fn totals(buckets: &[Bucket]) -> Totals {
    let mut totals = Totals::new();
    for bucket in buckets {
        let facts::usage::Joins::AddExact(time) = &bucket.joins else { panic!("{bucket:?}") };
        let total = totals.entry(bucket.unit.to_string()).or_insert(Exact::ZERO);
        *total = total.plus(*time).unwrap();
    }
    totals.retain(|_, total| *total != Exact::ZERO);
    totals
}

/// What of a stretch is billed, in microseconds, cut by hand.
fn billed(held: &Possession, from: Timestamp, to: Timestamp) -> i64 {
    let from = from.max(held.service_from.unwrap());
    let to = held.until.map_or(to, |until| to.min(until));
    (to.as_microsecond() - from.as_microsecond()).max(0)
}

fn add(totals: &mut Totals, unit: &Possession, micros: i64, weight: Exact, per: i64) {
    let total = totals.entry(unit.unit.to_string()).or_insert(Exact::ZERO);
    let time = Exact::ratio(i128::from(micros), i128::from(per)).unwrap();
    *total = total.plus(time.times(weight).unwrap()).unwrap();
}

/// The sessions of each key, found by walking over all its events for each start.
fn sessions_by_hand(points: &[Point], timeout: SignedDuration) -> Totals {
    let mut totals = Totals::new();
    let told = |it: &&Point| holder(it.happened_at).is_some();
    let keys: BTreeSet<&String> = points.iter().map(|it| &it.dimensions["$key"]).collect();
    for key in keys {
        let of_key: Vec<&Point> =
            points.iter().filter(told).filter(|it| it.dimensions["$key"] == *key).collect();
        let instants: BTreeSet<Timestamp> = of_key.iter().map(|it| it.happened_at).collect();
        // Whether a session is open after each instant, and since when.
        let mut since: Option<Timestamp> = None;
        let mut ends = Vec::new();
        for at in instants {
            let end = |it: Timestamp| {
                let until = holder(it).unwrap().0.until.unwrap_or(Timestamp::MAX);
                (it + timeout).min(until)
            };
            if let Some(open) = since.filter(|open| end(*open) <= at) {
                ends.push((open, end(open)));
                since = None;
            }
            let here = || of_key.iter().filter(|it| it.happened_at == at);
            let starts = here().filter(|it| !it.value.is_zero()).count();
            let stops = here().count() - starts;
            let open_before = since.is_some();
            if let Some(open) = since.take() {
                ends.push((open, at));
            }
            if starts > 0 && starts + usize::from(open_before) > stops {
                since = Some(at);
            }
        }
        if let Some(open) = since {
            ends.push((open, open + timeout));
        }
        for (from, to) in ends {
            let held = holder(from).unwrap().0;
            let micros = billed(&held, from, to);
            add(&mut totals, &held, micros, Exact::from_integer(1), 60_000_000);
        }
    }
    totals.retain(|_, total| *total != Exact::ZERO);
    totals
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn the_order_of_arrival_and_the_batches_never_matter(
        points in prop::collection::vec(a_point(), 0..24),
        turn in 0_usize..24,
        batches in prop::collection::vec(1_i64..5, 24),
    ) {
        for measure in measures() {
            let points = points_of(&measure, &points);
            let expected = fold(&measure, points.clone());
            let mut other = points;
            other.reverse();
            let turn = turn.min(other.len());
            other.rotate_left(turn);
            for (point, segment) in other.iter_mut().zip(&batches) {
                point.segment = *segment;
                // The attributes are equal, and no longer at one address.
                point.dimensions = Arc::new((*point.dimensions).clone());
            }
            prop_assert_eq!(fold(&measure, other), expected);
        }
    }

    #[test]
    fn buckets_are_sorted_and_apart_and_hold_every_accepted_event(
        points in prop::collection::vec(a_point(), 0..24),
    ) {
        for measure in measures() {
            let points = points_of(&measure, &points);
            let folded = fold(&measure, points.clone());
            let name = |it: &Bucket| (it.quarter_at, it.unit.clone(), it.dimensions.clone());
            prop_assert!(folded.windows(2).all(|pair| name(&pair[0]) < name(&pair[1])));
            let accepted = points.iter().filter(|it| {
                holder(it.happened_at).is_some_and(|(_, accepted)| accepted)
            });
            let events: i64 = folded.iter().map(|it| it.events).sum();
            prop_assert_eq!(events, i64::try_from(accepted.count()).unwrap());
            prop_assert!(folded.iter().all(|it| quarter_of(it.quarter_at) == it.quarter_at));
        }
    }

    #[test]
    fn sums_and_what_stands_are_those_of_all_accepted_events(
        points in prop::collection::vec(a_point(), 1..24),
    ) {
        let accepted = |points: &[Point]| -> BTreeMap<String, Vec<Point>> {
            let mut by_unit: BTreeMap<String, Vec<Point>> = BTreeMap::new();
            for point in points {
                if let Some((held, true)) = holder(point.happened_at) {
                    by_unit.entry(held.unit.to_string()).or_default().push(point.clone());
                }
            }
            by_unit
        };
        for measure in measures() {
            let points = points_of(&measure, &points);
            let each = accepted(&points).into_values().map(|points| {
                let values = || points.iter().map(|it| it.value);
                match &measure {
                    Measure::Count => Quantity::from_count(points.len() as u64),
                    Measure::Sum(_) => values().fold(Quantity::ZERO, |a, b| a.plus(b).unwrap()),
                    Measure::Max(_) => values().max().unwrap(),
                    Measure::Min(_) => values().min().unwrap(),
                    Measure::Latest(_) => {
                        points.iter().map(|it| (it.happened_at, it.value)).max().unwrap().1
                    }
                    Measure::Unique(_) => {
                        let keys: BTreeSet<_> =
                            points.iter().map(|it| it.dimensions["$key"].clone()).collect();
                        Quantity::from_count(keys.len() as u64)
                    }
                    _ => Quantity::ZERO,
                }
            });
            let expected = each.fold(Quantity::ZERO, |a, b| a.plus(b).unwrap());
            let plain = matches!(
                measure,
                Measure::Count | Measure::Sum(_) | Measure::Max(_) | Measure::Min(_)
                    | Measure::Latest(_) | Measure::Unique(_)
            );
            if plain {
                prop_assert_eq!(combine(&fold(&measure, points)).unwrap(), expected);
            }
        }
    }

    #[test]
    fn a_counter_is_that_of_each_reading_against_the_one_before(
        points in prop::collection::vec(a_point(), 0..24),
        wraps in any::<bool>(),
    ) {
        let measure = &measures()[if wraps { 3 } else { 2 }];
        let mut points = points_of(measure, &points);
        points.sort_by_key(|it| (it.happened_at, it.value));
        let told: Vec<&Point> =
            points.iter().filter(|it| holder(it.happened_at).is_some()).collect();
        let mut expected: BTreeMap<(Timestamp, String), Decimal> = BTreeMap::new();
        for (index, now) in told.iter().enumerate().skip(1) {
            let (before, value) = (told[index - 1].value.decimal(), now.value.decimal());
            let (held, accepted) = holder(now.happened_at).unwrap();
            let six = Decimal::from(6);
            let grown = match value >= before {
                true => value - before,
                false if wraps && before < six => six - before + value,
                false => value,
            };
            if accepted {
                let key = (quarter_of(now.happened_at), held.unit.to_string());
                *expected.entry(key).or_default() += grown;
            }
        }
        expected.retain(|_, grown| !grown.is_zero());
        let mut actual: BTreeMap<(Timestamp, String), Decimal> = BTreeMap::new();
        for bucket in fold(measure, points.clone()) {
            let key = (bucket.quarter_at, bucket.unit.to_string());
            *actual.entry(key).or_default() += bucket.quantity.decimal();
        }
        actual.retain(|_, grown| !grown.is_zero());
        prop_assert_eq!(actual, expected);
    }

    #[test]
    fn the_parts_of_an_interval_sum_to_the_whole(
        end in instant(),
        lasted in prop_oneof![Just(0_i64), 1_i64..86_400_000_000],
        nanos in 0_i64..1_000_000_000_000,
    ) {
        let value = Quantity::new(Decimal::new(nanos, 9)).unwrap();
        let point = Point {
            happened_at: end,
            arrived_on: TODAY.yesterday().unwrap(),
            known_on: TODAY.yesterday().unwrap(),
            value,
            dimensions: Arc::new(BTreeMap::from([("$lasted".to_owned(), lasted.to_string())])),
            segment: 1,
            amended_on: None,
        };
        let always = super::sample::held();
        let folded = buckets(&series(vec![point]), &interval(), &always, TODAY).unwrap();
        prop_assert_eq!(combine(&folded).unwrap(), value);
        // Each part is within the last decimal of its share of the time.
        let from = end - SignedDuration::from_micros(lasted);
        let last_decimal = Exact::ratio(1, 1_000_000_000).unwrap();
        for bucket in folded.iter().filter(|_| lasted > 0) {
            let to = bucket.quarter_at + SignedDuration::from_mins(15);
            let (from, to) = (bucket.quarter_at.max(from), to.min(end));
            let passed = to.as_microsecond() - from.as_microsecond();
            let share = Exact::ratio(i128::from(passed), i128::from(lasted)).unwrap();
            let share = share.times(value.exact()).unwrap();
            let off = bucket.quantity.exact().minus(share).unwrap();
            prop_assert!(off < last_decimal && Exact::ZERO.minus(last_decimal).unwrap() < off);
        }
    }

    #[test]
    fn what_adds_up_can_be_folded_in_parts(
        points in prop::collection::vec((a_point(), any::<bool>()), 0..24),
    ) {
        for measure in measures().into_iter().filter(adds_up) {
            let part = |first: bool| -> Vec<Point> {
                let of_part = points.iter().filter(|(_, it)| *it == first);
                points_of(&measure, &of_part.map(|(point, _)| point.clone()).collect::<Vec<_>>())
            };
            let whole = [part(true), part(false)].concat();
            let parts = [fold(&measure, part(true)), fold(&measure, part(false))].concat();
            prop_assert_eq!(joined(&fold(&measure, whole)), joined(&parts), "{:?}", measure);
        }
    }

    #[test]
    fn sessions_last_as_long_as_by_hand(points in prop::collection::vec(a_point(), 0..24)) {
        let measure = session(1_000);
        let points = points_of(&measure, &points);
        let expected = sessions_by_hand(&points, SignedDuration::from_secs(1_000));
        prop_assert_eq!(totals(&fold(&measure, points)), expected);
    }

    #[test]
    fn a_level_is_held_as_long_as_by_hand(points in prop::collection::vec(a_point(), 0..24)) {
        let measure = Measure::TimeWeighted(Level { field: field("n"), per: TimeUnit::Hour });
        let points = points_of(&measure, &points);
        let mut levels: BTreeMap<Timestamp, Quantity> = BTreeMap::new();
        for point in points.iter().filter(|it| holder(it.happened_at).is_some()) {
            let level = levels.entry(point.happened_at).or_default();
            *level = (*level).max(point.value);
        }
        let mut expected = Totals::new();
        for (at, level) in &levels {
            let after = levels.range(*at..).nth(1).map(|(next, _)| *next);
            let to = after.unwrap_or(read("2026-02-11T00:00:00Z"));
            let held = holder(*at).unwrap().0;
            let micros = billed(&held, *at, to);
            add(&mut expected, &held, micros, level.exact(), 3_600_000_000);
        }
        expected.retain(|_, total| *total != Exact::ZERO);
        prop_assert_eq!(totals(&fold(&measure, points)), expected);
    }
}
