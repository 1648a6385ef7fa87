//! The fate of each line and event, in the order of the rules, and what readings amount to.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod attribute;
mod fold;
mod line;
mod number;
mod quarter;
mod read;
mod rules;
