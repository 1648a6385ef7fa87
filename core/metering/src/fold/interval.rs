//! A number that was used evenly over a stretch of time that the event names.

use facts::usage::Joins;
use jiff::{SignedDuration, Timestamp};
use kernel::{Exact, Overflow, Quantity, Rounding};

use super::Told;
use super::gather::Gather;
use super::own::{Attributes, LASTED};
use super::spread::{Pieces, micros};

/// Splits each number over the quarters of its stretch, in proportion to time. A quarter gets what
/// was used by its end less what was used by its start, each cut to nine decimals, so the parts
/// sum to the whole exactly and no event has a say in the parts of another. What lies before the
/// start of service, or while it is held, is free. A stretch of no length is all in its own
/// quarter.
pub(super) fn fold<'a>(
    told: impl Iterator<Item = Told<'a>>,
    gather: &mut Gather<'a>,
) -> Result<(), Overflow> {
    let mut attributes = Attributes::default();
    let mut parts = Vec::new();
    for it in told.filter(|it| it.accepted) {
        let to = it.point.happened_at;
        let lasted = it.point.dimensions.get(LASTED).and_then(|text| text.parse().ok());
        let lasted = SignedDuration::from_micros(lasted.unwrap_or(0));
        let from = to.checked_sub(lasted).unwrap_or(Timestamp::MIN);
        let dimensions = attributes.of(it.point);
        let unit = &it.holder.unit;
        parts.push((to, unit, dimensions.clone(), Quantity::ZERO, 1));
        if from == to {
            parts.push((to, unit, dimensions, it.point.value, 0));
            continue;
        }
        let used = |at: Timestamp| used_at(it.point.value, micros(from, at)?, micros(from, to)?);
        for (billed_from, billed_to) in it.billed(from, to) {
            let offset = micros(from, billed_from)?;
            let mut before = used(billed_from)?;
            for piece in Pieces::new(billed_from, billed_to)? {
                let (start, passed) = piece?;
                let now = used_at(it.point.value, offset + passed, micros(from, to)?)?;
                parts.push((start, unit, dimensions.clone(), now.minus(before)?, 0));
                before = now;
            }
        }
    }
    // Stretches overlap: their parts are put in the order of time.
    parts.sort_by_key(|(at, ..)| *at);
    for (at, unit, dimensions, quantity, events) in parts {
        gather.add(unit, &dimensions, at, (quantity, events), &Joins::Add)?;
    }
    Ok(())
}

/// What was used of a number after a part of its time, cut to nine decimals; in the end, all.
fn used_at(whole: Quantity, passed: i64, lasted: i64) -> Result<Quantity, Overflow> {
    if passed == lasted {
        return Ok(whole);
    }
    let part = Exact::ratio(i128::from(passed), i128::from(lasted))?;
    Rounding::Down.quantity(whole.exact().times(part)?)
}
