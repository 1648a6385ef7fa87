//! What the five kinds of definition have in common.

use std::collections::HashMap;

use facts::{
    AccountRegistered, Fact, FulfilmentSpecPublished, MeterPublished, OfferPublished,
    SellerPublished,
};
use jiff::civil::Date;

use crate::Definitions;
use crate::listing::{self, Fields};

/// A kind of definition, in the order in which they are published: what is referred to first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A legal entity that sells.
    Seller,
    /// What is measured.
    Meter,
    /// How something is supplied.
    FulfilmentSpec,
    /// What is sold.
    Offer,
    /// Who is billed.
    Account,
}

impl Kind {
    /// The section of the catalog file, also used in places such as `offers[smart-fleet-plan]`.
    #[must_use]
    pub const fn section(self) -> &'static str {
        match self {
            Self::Seller => "sellers",
            Self::Meter => "meters",
            Self::FulfilmentSpec => "fulfilment_specs",
            Self::Offer => "offers",
            Self::Account => "accounts",
        }
    }
}

/// One version of something that is published.
pub trait Definition: Clone + PartialEq {
    /// Which kind it is.
    const KIND: Kind;

    /// What stays the same across versions.
    fn code(&self) -> &str;
    /// The first day on which the version counts.
    fn effective_from(&self) -> Date;
    /// From 1; 0 in a draft.
    fn version(&self) -> u32;
    /// The same under another number.
    fn with_version(&self, version: u32) -> Self;
    /// Every field but the code and the version, by name.
    fn list(&self, fields: &mut Fields);
    /// The fact of its publication.
    fn into_fact(self) -> Fact;
    /// All of this kind.
    fn all(definitions: &Definitions) -> &[Self];

    /// Where it is: `offers[smart-fleet-plan]`.
    fn place(&self) -> String {
        format!("{}[{}]", Self::KIND.section(), self.code())
    }

    /// The definitions by code, for who asks for many: there can be as many accounts as customers.
    fn by_code(definitions: &Definitions) -> HashMap<&str, &Self> {
        Self::all(definitions).iter().map(|definition| (definition.code(), definition)).collect()
    }

    /// The definition of this code.
    fn find<'a>(definitions: &'a Definitions, code: &str) -> Option<&'a Self> {
        Self::all(definitions).iter().find(|definition| definition.code() == code)
    }
}

macro_rules! definition {
    ($type:ident, $kind:ident, $code:ident, $section:ident, $list:path) => {
        impl Definition for $type {
            const KIND: Kind = Kind::$kind;

            fn code(&self) -> &str {
                self.$code.as_str()
            }

            fn effective_from(&self) -> Date {
                self.effective_from
            }

            fn version(&self) -> u32 {
                self.version
            }

            fn with_version(&self, version: u32) -> Self {
                Self { version, ..self.clone() }
            }

            fn list(&self, fields: &mut Fields) {
                $list(self, fields);
            }

            fn into_fact(self) -> Fact {
                Fact::$type(self)
            }

            fn all(definitions: &Definitions) -> &[Self] {
                &definitions.$section
            }
        }
    };
}

definition!(SellerPublished, Seller, code, sellers, listing::seller);
definition!(MeterPublished, Meter, code, meters, listing::meter);
definition!(FulfilmentSpecPublished, FulfilmentSpec, code, fulfilment_specs, listing::spec);
definition!(OfferPublished, Offer, code, offers, listing::offer::offer);
definition!(AccountRegistered, Account, account, accounts, listing::account);

/// What would be published together: the draft, and what is published and not in it.
pub fn merged(draft: &Definitions, published: &Definitions) -> Definitions {
    Definitions {
        sellers: merge(draft, published),
        meters: merge(draft, published),
        fulfilment_specs: merge(draft, published),
        offers: merge(draft, published),
        accounts: merge(draft, published),
    }
}

fn merge<D: Definition>(draft: &Definitions, published: &Definitions) -> Vec<D> {
    let drafted = D::by_code(draft);
    let kept = D::all(published).iter().filter(|old| !drafted.contains_key(old.code()));
    D::all(draft).iter().chain(kept).cloned().collect()
}
