//! The proof on whole stores: one binary, so that it links once.

mod smart_fleet;
mod worlds;
