//! The same files over HTTP, from one client on the same machine: at least 0.6 times what is
//! taken in without a network.
//!
//! Not measured yet: there is no server. It will start one, stream each file as NDJSON in one
//! request, and compare with [`Sent::rate`](crate::ingest::Sent::rate) of the same run.
