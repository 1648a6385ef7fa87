//! What the proof in `tests/` and in `examples/` stands on.

pub mod dice;
pub mod lives;
