//! What is done to an event before it is measured.

mod derive;
mod filter;
mod keep;
mod sample;
mod trace;
