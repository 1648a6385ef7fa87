//! Holds: who holds what on which day, and which requests are refused.
#![expect(clippy::unwrap_used, reason = "tests of values of their own making")]

mod decide;
mod held_days;
