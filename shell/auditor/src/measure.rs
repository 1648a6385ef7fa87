//! What readings amount to, measure by measure: parts at their instants, and what the parts of a
//! unit come to. Time is told in microseconds and cut at quarters of an hour, because no price and
//! no bill period changes within one.

use std::collections::{BTreeMap, BTreeSet};

use facts::meter::{Measure, Session, TimeUnit};
use facts::usage::Point;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use kernel::Rounding;

use crate::fates::Holder;
use crate::ratio::Ratio;

/// A reading that takes part, with who held the device.
pub(crate) struct Told<'a> {
    pub point: &'a Point,
    pub holder: &'a Holder<'a>,
    /// Else it is free.
    pub is_accepted: bool,
}

/// A part of the usage of the holder of a device.
#[derive(Clone)]
pub(crate) struct Part<'a> {
    pub holder: &'a Holder<'a>,
    pub point: &'a Point,
    pub at: Timestamp,
    /// None when it leaves the range of our numbers.
    pub quantity: Option<Ratio>,
}

/// What is counted once, or pairs a start with its stop.
const KEY: &str = "$key";
/// How long before its instant the use of a number began, in microseconds.
const LASTED: &str = "$lasted";
const QUARTER_MICROS: i64 = 15 * 60 * 1_000_000;
/// Decimals of a quantity.
const DECIMALS: u8 = 9;

/// The parts of the readings of one device and meter, given by instant. Only what arrived before a
/// day is known.
pub(crate) fn parts<'a>(
    measure: &Measure,
    told: Vec<Told<'a>>,
    arrived_before: Date,
) -> Vec<Part<'a>> {
    match measure {
        Measure::Counter(_) => counted(told, None),
        Measure::Rollover(it) => counted(told, Some(Ratio::of_quantity(it.wraps_at))),
        Measure::TimeWeighted(it) => held(&told, it.per, arrived_before),
        Measure::Duration(it) => sessions(told, it, arrived_before),
        Measure::Interval(_) => {
            told.iter().filter(|it| it.is_accepted).flat_map(spread_evenly).collect()
        }
        Measure::Count => accepted(told, |_| Ratio::new(1, 1)),
        Measure::Sum(_)
        | Measure::Max(_)
        | Measure::Min(_)
        | Measure::Latest(_)
        | Measure::Unique(_) => accepted(told, value_of),
    }
}

/// What the parts of one unit, period and price come to.
pub(crate) fn total(measure: &Measure, parts: &[Part<'_>]) -> Option<Ratio> {
    let values = || parts.iter().map(|part| part.quantity);
    let better = |wanted: bool| {
        let mut values = values();
        let first = values.next()??;
        values.try_fold(first, |best, value| {
            let value = value?;
            Some(if value.is_below(best)? == wanted { value } else { best })
        })
    };
    match measure {
        Measure::Max(_) => better(false),
        Measure::Min(_) => better(true),
        Measure::Latest(_) => {
            let last = parts.iter().max_by_key(|part| (part.at, part.point.value))?;
            last.quantity
        }
        Measure::Unique(_) => {
            let keys: BTreeSet<_> =
                parts.iter().filter_map(|part| part.point.dimensions.get(KEY)).collect();
            Ratio::new(i128::try_from(keys.len()).ok()?, 1)
        }
        Measure::TimeWeighted(_) | Measure::Duration(_) => {
            let rounded = Ratio::sum(values())?.round(DECIMALS, Rounding::HalfEven)?;
            Ratio::new(rounded, 10_i128.pow(u32::from(DECIMALS)))
        }
        Measure::Count
        | Measure::Sum(_)
        | Measure::Counter(_)
        | Measure::Rollover(_)
        | Measure::Interval(_) => Ratio::sum(values()),
    }
}

fn value_of(point: &Point) -> Option<Ratio> {
    Ratio::of_quantity(point.value)
}

fn accepted<'a>(told: Vec<Told<'a>>, quantity: fn(&Point) -> Option<Ratio>) -> Vec<Part<'a>> {
    let part = |it: Told<'a>| Part {
        holder: it.holder,
        point: it.point,
        at: it.point.happened_at,
        quantity: quantity(it.point),
    };
    told.into_iter().filter(|it| it.is_accepted).map(part).collect()
}

/// What a counter rose by since the reading before, whoever had that. The first reading of a
/// device is what it is counted from.
fn counted<'a>(told: Vec<Told<'a>>, wraps_at: Option<Option<Ratio>>) -> Vec<Part<'a>> {
    let mut parts = Vec::new();
    let mut before = None;
    for it in told {
        let now = value_of(it.point);
        if it.is_accepted {
            let (holder, point) = (it.holder, it.point);
            let quantity = before.map_or(Some(Ratio::ZERO), |before| rise(before, now, wraps_at));
            parts.push(Part { holder, point, at: point.happened_at, quantity });
        }
        before = Some(now);
    }
    parts
}

/// A counter that fell ran over where it has few digits, unless it stood beyond them; else it was
/// reset to zero.
fn rise(
    before: Option<Ratio>,
    now: Option<Ratio>,
    wraps_at: Option<Option<Ratio>>,
) -> Option<Ratio> {
    let (before, now) = before.zip(now)?;
    if !now.is_below(before)? {
        return now.minus(before);
    }
    match wraps_at {
        None => Some(now),
        Some(limit) => {
            let limit = limit?;
            if before.is_below(limit)? { limit.minus(before)?.plus(now) } else { Some(now) }
        }
    }
}

/// A level holds until the next reading, or until a day after the start of the day before which
/// all had arrived.
fn held<'a>(told: &[Told<'a>], per: TimeUnit, arrived_before: Date) -> Vec<Part<'a>> {
    let day = SignedDuration::from_hours(24);
    let horizon = start_of(arrived_before).checked_add(day).unwrap_or(Timestamp::MAX);
    let mut parts = Vec::new();
    for (position, it) in told.iter().enumerate() {
        let next = told.get(position + 1).map_or(horizon, |next| next.point.happened_at);
        for (at, micros) in billed(it, it.point.happened_at, next.min(horizon)) {
            let quantity = time(micros, per)
                .zip(value_of(it.point))
                .and_then(|(time, level)| time.times(level));
            parts.push(Part { holder: it.holder, point: it.point, at, quantity });
        }
    }
    parts
}

/// Sessions, key by key. A stop ends what is open, a start does too and begins another; at one
/// instant the stops come first, but a stop of a start at the same instant ends that.
fn sessions<'a>(told: Vec<Told<'a>>, rule: &Session, arrived_before: Date) -> Vec<Part<'a>> {
    let mut by_key: BTreeMap<&str, Vec<Told<'a>>> = BTreeMap::new();
    for it in told {
        let key = it.point.dimensions.get(KEY).map_or("", String::as_str);
        by_key.entry(key).or_default().push(it);
    }
    let over_by = start_of(arrived_before);
    let mut parts = Vec::new();
    for told in by_key.into_values() {
        let mut open: Option<&Told<'a>> = None;
        for now in told.chunk_by(|one, next| one.point.happened_at == next.point.happened_at) {
            let Some(at) = now.first().map(|it| it.point.happened_at) else { continue };
            let before = open.take();
            let stays = before.filter(|it| at < ends_by(it, rule));
            if let Some(before) = before {
                end(before, ends_by(before, rule).min(at), rule, &mut parts);
            }
            let is_stop = |it: &&Told<'_>| it.point.value.is_zero();
            let stops = now.iter().filter(is_stop).count();
            let starts = now.len() - stops;
            let first = now.iter().find(|it| !is_stop(it));
            open = first.filter(|_| starts + usize::from(stays.is_some()) > stops);
        }
        if let Some(open) = open.filter(|it| ends_by(it, rule) <= over_by) {
            end(open, ends_by(open, rule), rule, &mut parts);
        }
    }
    parts
}

fn ends_by(it: &Told<'_>, rule: &Session) -> Timestamp {
    let timeout = SignedDuration::from_secs(i64::from(rule.timeout_seconds));
    let timed_out = it.point.happened_at.checked_add(timeout).unwrap_or(Timestamp::MAX);
    let (_, until) = it.holder.held_around(it.point.happened_at);
    until.map_or(timed_out, |until| timed_out.min(until))
}

fn end<'a>(it: &Told<'a>, to: Timestamp, rule: &Session, parts: &mut Vec<Part<'a>>) {
    let pieces = billed(it, it.point.happened_at, to);
    parts.extend(pieces.into_iter().map(|(at, micros)| Part {
        holder: it.holder,
        point: it.point,
        at,
        quantity: time(micros, rule.per),
    }));
}

/// A number, spread evenly over the time that it took. What was used by an instant is cut to nine
/// decimals, but for the end, when all was.
fn spread_evenly<'a>(it: &Told<'a>) -> Vec<Part<'a>> {
    let to = it.point.happened_at;
    let lasted = it.point.dimensions.get(LASTED).and_then(|text| text.parse::<i64>().ok());
    let lasted = lasted.unwrap_or_default();
    let part = |at, quantity| Part { holder: it.holder, point: it.point, at, quantity };
    let from = to.checked_sub(SignedDuration::from_micros(lasted)).unwrap_or(Timestamp::MIN);
    if lasted == 0 {
        return vec![part(to, value_of(it.point))];
    }
    let used_by = |at: Timestamp| {
        let share = Ratio::new(i128::from(micros_between(from, at)), i128::from(lasted))?;
        let used = value_of(it.point)?.times(share)?;
        let cut = Ratio::new(used.round(DECIMALS, Rounding::Down)?, 1_000_000_000);
        if at == to { value_of(it.point) } else { cut }
    };
    let piece = |(at, micros): (Timestamp, i64)| {
        let end = at.checked_add(SignedDuration::from_micros(micros)).ok();
        let quantity = end.and_then(|end| used_by(end)?.minus(used_by(at)?));
        part(at, quantity)
    };
    billed(it, from, to).into_iter().map(piece).collect()
}

/// What of a stretch of time is billed to the holder, from the start of its service until the
/// device is in other hands, in pieces that no quarter of an hour cuts: when, and how long.
fn billed(it: &Told<'_>, from: Timestamp, to: Timestamp) -> Vec<(Timestamp, i64)> {
    let (held_from, held_until) = it.holder.held_around(it.point.happened_at);
    let Some(start_at) = it.holder.start_at() else { return Vec::new() };
    let to = held_until.map_or(to, |until| until.min(to));
    let mut at = from.max(start_at).max(held_from);
    let mut pieces = Vec::new();
    while at < to {
        let passed = at.as_microsecond().rem_euclid(QUARTER_MICROS);
        let rest = (QUARTER_MICROS - passed).min(micros_between(at, to));
        // A hold begins and ends with a day, and so with a quarter of an hour.
        if !it.holder.is_held_at(at) {
            pieces.push((at, rest));
        }
        at = at.checked_add(SignedDuration::from_micros(rest)).unwrap_or(to);
    }
    pieces
}

fn micros_between(from: Timestamp, to: Timestamp) -> i64 {
    to.as_microsecond().saturating_sub(from.as_microsecond())
}

fn time(micros: i64, per: TimeUnit) -> Option<Ratio> {
    Ratio::new(i128::from(micros), i128::from(per.microseconds()))
}

/// The start of a day in UTC.
fn start_of(day: Date) -> Timestamp {
    day.to_zoned(TimeZone::UTC).map_or(Timestamp::MAX, |it| it.timestamp())
}
