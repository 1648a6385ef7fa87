//! The binary as a black box: what people type, what they see, what survives.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

mod bad_input;
mod crash;
mod kill_intake;
mod replay;
mod service;
mod shop;
mod surface;
mod usage_read;
