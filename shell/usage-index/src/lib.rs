//! What is derived from the usage log: which ids are taken, and what was measured.
//!
//! Two structures, both functions of the segments applied, in the order of their sequence: the key
//! index (a key of 12 bytes gives the print of its line and its segment) and the readings (what
//! each taken event measured, by subject, track and time). What is recent is in memory, the rest
//! in sorted runs on disk. The files are only a cache: lost or broken, the caller applies the
//! segments again.

mod additions;
mod bytes;
mod column;
mod dictionary;
mod error;
mod event;
mod files;
mod filter;
mod index;
mod key;
mod manifest;
mod memtable;
mod names;
mod reading;
mod run;
mod series;
mod state;
mod upkeep;

pub use additions::{Additions, NewReading, Readings, subject_hash};
pub use error::IndexError;
pub use event::{EventKey, Print, Secret, Seen};
pub use index::{Index, Stats};
