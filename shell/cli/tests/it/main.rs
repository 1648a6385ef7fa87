//! The binary as a black box: what people type, what they see, what survives.

mod bad_input;
mod crash;
mod shop;
mod surface;
