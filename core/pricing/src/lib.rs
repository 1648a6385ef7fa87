//! The calculator: tiers, pools, price tables, proration, and the one rounding of an amount.
//!
//! Owns: how a quantity falls on tiers, which row of a table prices a key, what part of a period
//! is charged, how terms become one amount, and which prices may be published.
//! Does not own: what is measured (`metering`), which usage is rated (`rating`), which days are
//! charged (`subscriptions`), the shapes themselves (`facts::price`).
//! Facts: - → -
//! Invariants: the parts of a quantity sum to it; each key of a compiled table hits exactly one
//! row; an amount is an exact sum that is rounded once; the same input gives the same answer.
//! Dates: a period is half-open civil days; a time band is read from the local time of the device.

pub mod model;
pub mod pool;
pub mod table;
pub mod proration;
pub mod amount;
pub mod check;
mod bands;
mod fault;

pub use fault::PriceFault;
