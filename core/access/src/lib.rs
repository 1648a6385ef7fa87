//! Access: who may ask what of the service (`docs/adr/0040-access.md`).
//!
//! Owns: the text of a key, which keys can be issued and revoked, whether one is good at an
//! instant, and the one matrix of operations and roles.
//! Does not own: where keys are kept and digests are made (`engine`), how a request carries one
//! (`server`).
//! Facts: KeyIssued, KeyRevoked → KeyIssued, KeyRevoked
//! Invariants: what is not granted is refused; the text of a key is in no fact; a key that was
//! revoked or has expired is never good again.
//! Dates: `expires_at` is the first instant at which a key is refused, by the clock of the tenant.

mod key;
mod keyring;
mod matrix;
mod decide;

pub use decide::{IssueKey, Rejection, issue, revoke};
pub use key::{KeyText, Mode, SECRET_BYTES};
pub use keyring::{KeyRefused, Keyring, KnownKey};
pub use matrix::{Grant, Operation};
