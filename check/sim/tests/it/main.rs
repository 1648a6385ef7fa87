//! The proof on whole stores: one binary, so that it links once.

mod smart_fleet;
mod stories;
// what they stand on
mod shown;
mod worlds;
