//! One or more samples of every fact, in the order of the path. Together they hold every variant
//! of every type that is stored, so that a changed shape cannot go unnoticed.

mod access;
mod agreed;
mod bill;
mod billing;
mod credit;
mod life;
mod paid;
mod apart;
mod terms;

use ::facts::Fact;

pub use agreed::agreed_facts;
pub use apart::apart_facts;
pub use billing::billing_facts;
pub use life::{evidence, precise};
pub use paid::paid_facts;

/// Facts of every kind; no two share a kind and key.
#[must_use]
pub fn sample_facts() -> Vec<Fact> {
    [terms::facts(), life::facts(), bill::facts(), access::facts()].concat()
}
