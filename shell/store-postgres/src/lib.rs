//! The port on PostgreSQL 15 and later.
