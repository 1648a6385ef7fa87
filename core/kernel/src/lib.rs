//! The words every other crate is written in. No business word lives here.
//!
//! | module | one line |
//! | --- | --- |
//! | [`currency`] | ISO 4217 codes and the exponent of each |
//! | [`money`] | an amount in minor units of one currency |
//! | [`decimal`] | quantities (9 decimals) and unit prices (12 decimals), read strictly |
//! | [`exact`] | rational arithmetic: what an amount is before it is rounded |
//! | [`rounding`] | the only place where anything is rounded, and shares that sum to the whole |
//! | [`period`] | half-open runs of civil days |
//! | [`calendar`] | zones, days as instants, bill cycles |
//! | [`bill_calendar`] | the bill periods of an account whose bill day changes |
//! | [`id`] | one newtype per kind of identifier |
//! | [`rejection`] | a business "no" with a stable code |
//! | [`digest`] | 128-bit fingerprints, used as idempotency keys |
//!
//! Invariants: nothing here reads a clock, draws a number, does I/O or holds a float; every
//! operation on money and quantities is checked and returns [`Overflow`] instead of wrapping.

pub mod currency;
pub mod money;
pub mod decimal;
pub mod exact;
pub mod rounding;
pub mod period;
pub mod calendar;
pub mod bill_calendar;
pub mod interval;
pub mod id;
pub mod digest;
pub mod rejection;

pub use bill_calendar::{BillCalendar, CycleChange, Tile};
pub use calendar::{BillCycle, Zone};
pub use currency::Currency;
pub use decimal::{Percent, Quantity, UnitPrice};
pub use digest::Digest;
pub use exact::Exact;
pub use interval::Interval;
pub use money::Money;
pub use period::Period;
pub use rounding::Rounding;

/// An exact result does not fit its type. Nothing wraps, nothing is truncated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the exact result is too large to be represented")]
pub struct Overflow;
