//! The port on SQLite, embedded.
