//! The service: usage and resources over HTTP, for whoever carries a key. Requests with usage give
//! their lines to one bounded queue, the one writer makes few segments of many requests, and each
//! request is answered with what became of its own lines. All else works on a store beside it.
//!
//! Owns: the routes and their words, the limits, the way of a line from a socket to the commit.
//! Does not own: what a line says (`connect`, `metering`), what becomes of it and what is read
//! (`engine`), which role may ask what (`access`).
//! Invariants: success is answered after the commit and never before; no client can make the
//! service keep more than [`Limits`] allow; a store that failed is opened again by itself.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`limits`] | every limit, by name |
//! | [`stores`] | where the store and the time come from |
//! | `room` | how much may wait |
//! | `pipeline` | lines that wait, groups of them that are read, in order |
//! | `writer` | the one thread with the store: a group becomes a segment |
//! | `unavailable` | why a line could not be received |
//! | `body`, `encoding`, `cutter` | from the bytes of a request to lines |
//! | `media` | what a request says about its body |
//! | `problem` | errors as RFC 9457 has them |
//! | `guard` | who asks, and whether that role may |
//! | `query`, `page` | what the query of a request asks; lists |
//! | `app`, `routes` | what requests share; one module for each kind of request |
//! | `listen` | connections |
//! | `running` | start and stop |

pub mod limits;
pub mod stores;
mod room;
mod pipeline;
mod writer;
mod unavailable;
mod body;
mod encoding;
mod cutter;
mod media;
mod problem;
mod guard;
mod query;
mod page;
mod app;
mod routes;
mod listen;
mod running;

pub use guard::Access;
pub use limits::Limits;
pub use routes::description;
pub use running::{Server, Service, Signals};
pub use stores::{Clock, Random, Stores};
