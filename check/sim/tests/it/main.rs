//! The proof on whole stores: one binary, so that it links once.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod adoption;
mod any_order;
mod bill_runs;
mod carried;
mod lives;
mod refusals;
mod replay;
mod rerun;
mod smart_fleet;
mod stories;
mod usage_log;
// what they stand on
mod live;
mod reconciliation;
mod reduced_fleet;
mod shown;
mod worlds;
