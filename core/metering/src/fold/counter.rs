//! What the readings of a running counter amount to (`data/smart-fleet/README.md` §6.4).

use facts::usage::Joins;
use kernel::{Overflow, Quantity};

use super::Told;
use super::gather::Gather;

/// The increments, each at the time of its later reading. The first reading of a device is a
/// baseline, billed with zero; a free reading moves the counter and bills nothing. A reading below
/// the one before it means that the counter ran over `wraps_at` to zero, when that is given; else
/// that it was reset to zero, so that the reading itself is the increment.
pub(super) fn fold<'a>(
    told: impl Iterator<Item = Told<'a>>,
    wraps_at: Option<Quantity>,
    gather: &mut Gather<'a>,
) -> Result<(), Overflow> {
    let mut before: Option<Quantity> = None;
    for it in told {
        let now = it.point.value;
        if it.accepted {
            let grown =
                before.map_or(Ok(Quantity::ZERO), |before| increment(before, now, wraps_at));
            gather.event(it, grown?, &Joins::Add)?;
        }
        before = Some(now);
    }
    Ok(())
}

fn increment(
    before: Quantity,
    now: Quantity,
    wraps_at: Option<Quantity>,
) -> Result<Quantity, Overflow> {
    match wraps_at.filter(|limit| before < *limit) {
        _ if before <= now => now.minus(before),
        Some(limit) => limit.minus(before)?.plus(now),
        None => Ok(now),
    }
}
