//! Measured usage becomes charges.
