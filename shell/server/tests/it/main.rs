//! The service from outside: a socket, what is sent, what is answered, what is in the store.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

mod client;
mod compat;
mod hostile;
mod keys;
mod pressure;
mod recovery;
mod reference;
mod replay;
mod stopping;
mod stream;
mod usage;
mod world;
