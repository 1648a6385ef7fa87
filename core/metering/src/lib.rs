//! The fate of a usage event, and what it measures (mediation).
//!
//! Owns: which lines are rejected or wait, what a line says after the rules of its meter, which
//! unit an event belongs to, and what the readings of a device amount to.
//! Does not own: how lines are parsed (`connect`), where they are kept and which ids are taken
//! (`engine`, ADR 0010), what usage costs (`rating`).
//! Facts: MeterPublished, OrderAccepted, ItemShipped, UnitChanged, ServiceStarted → UsageReceived,
//! UsageReplayed, UsageAmended
//! Invariants: what a line says depends on the line, the meters and its arrival day, never on
//! later facts; the fate of an event that took its id depends on the set of known facts, never on
//! their order; what a series amounts to depends on its points, never on their order of arrival
//! or their batches; nothing is rounded but where a number cannot be kept in nine decimals.
//! Dates: `happened_at` is the event's own time and decides period and band; `arrived_on` is the
//! civil day of arrival in the seller's zone, `known_on` that day or the one of the replay that
//! made it count, and decides which invoice can know it.

mod attribute;
mod fold;
mod number;
mod quarter;
mod read;
mod rules;
mod trace;

pub use attribute::{FateKind, Ownership, Possession, PricedMeters, attribute, fate_of, fates};
pub use fold::{QUARTERS_MAX, adds_up, buckets, combine};
pub use quarter::quarter_of;
pub use read::{Measured, Unread, read};
pub use rules::{ArrivalDay, Rules};
pub use trace::{Step, Trace, trace};
