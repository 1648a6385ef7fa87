//! What is done to an event before it is measured.

mod derive;
mod filter;
mod guide;
mod keep;
mod sample;
mod stored;
mod trace;
