//! Access: the text of keys, which of them are good, and the matrix.
#![expect(clippy::unwrap_used, reason = "tests of values of their own making")]

mod keys;
mod matrix;
