//! The proof lives in `tests/`.
