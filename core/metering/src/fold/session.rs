//! How long sessions last: starts and stops of one key, paired.

use std::collections::BTreeMap;

use facts::UnitId;
use facts::meter::Session;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use kernel::{Exact, Overflow};

use super::gather::Gather;
use super::level::{exact_time, start_of};
use super::own::{Attributes, KEY};
use super::spread::Pieces;
use super::{Dimensions, Told};

/// Time of a unit: when, whose, with which attributes, how long, and how many events.
type Part<'a> = (Timestamp, &'a UnitId, Dimensions, Exact, i64);

/// The starts and stops of one key at one instant.
#[derive(Default)]
struct Moment<'a> {
    /// The first of the starts: its attributes are those of the session.
    start: Option<(Told<'a>, Dimensions)>,
    starts: usize,
    stops: usize,
}

/// Sessions of one device. A stop ends the session that is open under its key; a stop without one
/// means nothing. A start while one is open ends that one and begins another. A session ends at the
/// latest at its time-out, and when the device is in other hands. One that nothing ended counts
/// once its time-out is over. At one instant, an open session is stopped before another starts;
/// without one, a start and a stop are a session of no length.
pub(super) fn fold<'a>(
    told: impl Iterator<Item = Told<'a>>,
    rule: &Session,
    arrived_before: Date,
    gather: &mut Gather<'a>,
) -> Result<(), Overflow> {
    let mut attributes = Attributes::default();
    let mut parts: Vec<Part<'a>> = Vec::new();
    let mut by_key: BTreeMap<&str, BTreeMap<Timestamp, Moment<'a>>> = BTreeMap::new();
    for it in told {
        let dimensions = attributes.of(it.point);
        let at = it.point.happened_at;
        if it.accepted {
            parts.push((at, &it.holder.unit, dimensions.clone(), Exact::ZERO, 1));
        }
        let key = it.point.dimensions.get(KEY).map_or("", String::as_str);
        let moment = by_key.entry(key).or_default().entry(at).or_default();
        if it.point.value.is_zero() {
            moment.stops += 1;
        } else {
            moment.starts += 1;
            moment.start.get_or_insert((it, dimensions));
        }
    }
    let over_by = start_of(arrived_before);
    for moments in by_key.into_values() {
        pair(moments, rule, over_by, &mut parts)?;
    }
    // Sessions overlap: their parts are put in the order of time.
    parts.sort_by_key(|(at, ..)| *at);
    for (at, unit, dimensions, time, events) in parts {
        gather.add_exact(unit, &dimensions, at, time, events)?;
    }
    Ok(())
}

/// The sessions of one key.
fn pair<'a>(
    moments: BTreeMap<Timestamp, Moment<'a>>,
    rule: &Session,
    over_by: Timestamp,
    parts: &mut Vec<Part<'a>>,
) -> Result<(), Overflow> {
    let timeout = SignedDuration::from_secs(i64::from(rule.timeout_seconds));
    let ends_by = |it: &Told<'_>| {
        let timed_out = it.point.happened_at.checked_add(timeout).unwrap_or(Timestamp::MAX);
        it.holder.until.map_or(timed_out, |until| timed_out.min(until))
    };
    let mut open: Option<(Told<'a>, Dimensions)> = None;
    for (at, moment) in moments {
        let session = match open.take() {
            Some((it, dimensions)) if ends_by(&it) <= at => {
                push(&it, &dimensions, ends_by(&it), rule, parts)?;
                None
            }
            other => other,
        };
        let opened = moment.starts + usize::from(session.is_some());
        if let Some((it, dimensions)) = session {
            push(&it, &dimensions, at, rule, parts)?;
        }
        open = moment.start.filter(|_| opened > moment.stops);
    }
    if let Some((it, dimensions)) = open {
        let end = ends_by(&it);
        if end <= over_by {
            push(&it, &dimensions, end, rule, parts)?;
        }
    }
    Ok(())
}

fn push<'a>(
    it: &Told<'a>,
    dimensions: &Dimensions,
    to: Timestamp,
    rule: &Session,
    parts: &mut Vec<Part<'a>>,
) -> Result<(), Overflow> {
    for (from, to) in it.billed(it.point.happened_at, to) {
        let mut before = 0;
        for piece in Pieces::new(from, to)? {
            let (at, passed) = piece?;
            let time = exact_time(passed - before, rule.per)?;
            before = passed;
            parts.push((at, &it.holder.unit, Dimensions::clone(dimensions), time, 0));
        }
    }
    Ok(())
}
