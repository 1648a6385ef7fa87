//! The fate of a usage event, and what it measures (mediation).
//!
//! Owns: which lines are refused, which events are duplicates or conflicts, which unit an event
//! belongs to, and what a counter's readings amount to.
//! Does not own: how lines are parsed (`connect`), what usage costs (`rating`).
//! Facts: MeterPublished, OrderAccepted, ItemShipped, UnitChanged, ServiceStarted → UsageReceived
//! Invariants: every line gets exactly one fate; an id is taken once, for ever, whatever the
//! event's time, order or batch; of conflicting events the first received stands; the fate of an
//! event that took its id depends on the set of known facts, never on their order.
//! Dates: `happened_at` is the event's own time and decides period and band; `arrived_on` is the
//! civil day of arrival in the seller's zone and decides which invoice can know it.

mod attribute;
mod counter;
mod intake;

pub use attribute::{Ownership, Possession, attribute};
pub use counter::increments;
pub use intake::{ArrivalDay, Intake, Line, Meters, receive};

use facts::meter::Measure;
use facts::usage::{Bucket, Fate, UsageEvent};
use jiff::{Timestamp, ToSpan};
use kernel::Quantity;

/// Seconds of the quarter of an hour that a bucket covers.
const QUARTER_SECONDS: i64 = 15 * 60;

/// The start of the quarter of an hour that contains an instant.
#[must_use]
pub fn quarter_of(instant: Timestamp) -> Timestamp {
    // The second that contains the instant: `as_second` cuts towards 1970, also from before it.
    let second = instant.as_second() - i64::from(instant.subsec_nanosecond() < 0);
    let since = second.rem_euclid(QUARTER_SECONDS);
    let whole = Timestamp::from_second(second).unwrap_or(instant);
    whole.checked_sub(since.seconds()).unwrap_or(whole)
}

/// What an event adds to its bucket: nothing unless it is accepted, and nothing for a counter,
/// whose readings only mean something together.
#[must_use]
pub fn contribution(event: &UsageEvent, fate: &Fate, measure: &Measure) -> Option<Bucket> {
    let (Fate::Accepted(unit), Some(meter)) = (fate, &event.meter) else { return None };
    let quantity = match measure {
        Measure::Count => Quantity::ONE,
        Measure::Sum(_) => event.reading,
        Measure::Counter(_) => return None,
    };
    Some(Bucket {
        unit: unit.clone(),
        meter: meter.clone(),
        quarter_at: quarter_of(event.happened_at),
        dimensions: event.dimensions.clone(),
        quantity,
        events: 1,
    })
}
