//! What is accepted of what is reported about a unit, and the timeline that it comes to.

mod holdings;
mod order_of_arrival;
mod receive;
mod start;
mod unit;
