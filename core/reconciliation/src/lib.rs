//! The split-brain report: where the device, the service, the bill and the systems around us tell
//! different stories of one unit.
//!
//! Owns: what counts as a difference, since when, what is at stake and what to do next.
//! Does not own: timelines (`fulfilment`), what is due (`subscriptions`), prices (`pricing`), the
//! estimate of held usage (`engine::usage`): they are given.
//! Facts: - → -
//! Invariants: findings are a function of the set of what is given, in one order; a unit that is
//! delivered, activated and billed has none; every finding has a next action.
//! Dates: ages are civil days in the zone of the account, from the evidence to `today`.

mod finding;
mod outside;
mod unit;

#[cfg(test)]
mod tests;

pub use finding::{Finding, Kind, NextAction, Stake};
pub use outside::{CloudDevice, CloudState, ErpShipment, HeldUsage, cloud, erp, held_usage};
pub use unit::{Due, Standing, units};
