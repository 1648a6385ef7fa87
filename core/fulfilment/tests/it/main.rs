//! What is accepted of what is reported about a unit, and the timeline that it comes to.

mod amend;
mod deadline;
mod holdings;
mod loss;
mod order_of_arrival;
mod receive;
mod spans;
mod start;
mod unit;
mod used;
