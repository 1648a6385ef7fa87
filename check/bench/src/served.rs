//! The same files over HTTP, from one client on the same machine: at least 0.6 times what is
//! taken in without a network.
//!
//! Not measured yet. It will start `shell/server` on a free port, stream each file as NDJSON in one
//! request, and compare with [`Sent::rate`](crate::ingest::Sent::rate) of the same run.
