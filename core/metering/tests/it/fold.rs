//! What the readings of a device amount to.

mod additive;
mod counter;
mod interval;
mod property;
pub mod sample;
mod standing;
mod time;
