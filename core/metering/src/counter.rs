//! What the readings of a running counter amount to (`data/smart-fleet/README.md` §6.4).

use facts::MeterCode;
use facts::usage::{Bucket, CounterReading};
use kernel::{Overflow, Quantity};

use crate::quarter_of;

/// The increments of counters, each at the time of its later reading. `readings` are sorted by
/// serial and time. The first reading of a serial is a baseline, billed with zero; a free reading
/// moves the counter and bills nothing; a reading below the one before it means that the counter
/// was reset to zero, so that the reading itself is the increment.
///
/// # Errors
/// [`Overflow`].
pub fn increments(meter: &MeterCode, readings: &[CounterReading]) -> Result<Vec<Bucket>, Overflow> {
    let mut buckets = Vec::new();
    let mut before: Option<&CounterReading> = None;
    for now in readings {
        let previous = before.filter(|it| it.serial == now.serial);
        before = Some(now);
        let Some(unit) = &now.billed_to else { continue };
        buckets.push(Bucket {
            unit: unit.clone(),
            meter: meter.clone(),
            quarter_at: quarter_of(now.happened_at),
            dimensions: now.dimensions.clone(),
            quantity: previous
                .map_or(Ok(Quantity::ZERO), |it| increment(it.reading, now.reading))?,
            events: 1,
        });
    }
    Ok(buckets)
}

fn increment(before: Quantity, now: Quantity) -> Result<Quantity, Overflow> {
    if now < before { Ok(now) } else { now.minus(before) }
}
