//! The binary as a black box: what people type, what they see, what survives.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

mod bad_input;
mod bill;
mod client;
mod cluster;
mod crash;
mod disk_full;
mod drafts;
mod hold;
mod keys;
mod kill_bill;
mod kill_intake;
mod outage;
mod price;
mod replay;
mod room;
mod service;
mod shop;
mod surface;
mod usage_read;
