//! The one clock of this crate: how long a step took, for the person who waits for it.

use std::time::{Duration, Instant};

/// Runs from the moment it is made.
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts counting.
    #[expect(clippy::disallowed_methods, reason = "progress for a person; no rule reads it")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// The time since the start.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}
