//! The readers against what others wrote about JSON, against a slow reader, and against damage.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod agreement;
mod damage;
mod extremes;
mod json_cases;
mod promptly;
mod splitting;
