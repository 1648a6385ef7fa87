//! The fate of each line and event, in the order of the rules, and what counters amount to.

mod attribute;
mod counter;
mod intake;
mod line;
mod number;
mod quarter;
