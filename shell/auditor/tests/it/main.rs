//! Each check passes on a clean world and finds what is broken in a broken one: an audit that
//! cannot fail is worth nothing.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod world;
mod catalog;
mod bill;
mod usage_log;

mod replay;
mod report;
mod returns;
mod conservation;
mod contracts;
mod holds;
mod credit_notes;
mod credits;
mod deep;
mod fates;
mod early;
mod twice;
mod drafts;
mod due;
mod state_fees;
mod terms;
mod tiling;
mod amounts;
mod prices;
mod usage;
mod invoices;
mod milestones;
mod numbers;
mod kept;
mod ledger;
mod carried;
