//! What is sold and how it is supplied: two linked, separately versioned definitions, checked
//! before publication. A draft is compared with what is published; the plan of what changes can
//! be read by a person before it is carried out.
//!
//! Owns: what may be published, the number of each version, and the words of a difference.
//! Does not own: how a price is computed and proved (`pricing`), what the catalog file looks like
//! (`connect`), which version an order takes (`orders`).
//! Facts: - → SellerPublished, MeterPublished, FulfilmentSpecPublished, OfferPublished,
//! AccountRegistered, PayerNamed
//! Invariants: nothing is published with an objection; versions of a definition rise by 1 and
//! their `effective_from` rises with them; a definition without a difference is not published
//! again, so publishing twice changes nothing.
//! Dates: `effective_from` is the first civil day on which a version counts; when it was
//! published is the time of record of its fact and has no other meaning.

mod check;
mod definition;
mod listing;
mod plan;

use facts::{
    AccountRegistered, FulfilmentSpecPublished, MeterPublished, OfferPublished, SellerPublished,
};

pub use check::{CatalogFault, Fault, Objection, TermFault, check, check_billed};
pub use definition::Kind;
pub use listing::Difference;
pub use plan::{Change, Plan, payer_named, plan};
pub use pricing::PriceFault;

/// Definitions of every kind. In a draft the `version` of each is 0: the plan assigns it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Definitions {
    /// The legal entities that sell.
    pub sellers: Vec<SellerPublished>,
    /// What is measured.
    pub meters: Vec<MeterPublished>,
    /// How things are supplied.
    pub fulfilment_specs: Vec<FulfilmentSpecPublished>,
    /// What is sold.
    pub offers: Vec<OfferPublished>,
    /// Who is billed.
    pub accounts: Vec<AccountRegistered>,
}

#[cfg(test)]
mod tests;
