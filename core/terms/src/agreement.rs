//! What the parties agreed on, as the invoice of one day knows it; and the terms in their order.

use std::collections::BTreeMap;

use facts::discount::{Discount, Escalation, Scope, TermKind};
use facts::{
    AccountRegistered, InvoiceIssued, OfferPublished, OfferRef, OrderId, SellerPublished, TermCode,
    Text, UnitId,
};
use jiff::civil::Date;
use kernel::Rounding;

/// What terms are judged by.
#[derive(Debug, Clone, Copy)]
pub struct Agreement<'a> {
    /// The account, with its terms.
    pub account: &'a AccountRegistered,
    /// The seller, with the indexes.
    pub seller: &'a SellerPublished,
    /// The offers of its units, with their terms.
    pub offers: &'a BTreeMap<OfferRef, &'a OfferPublished>,
    /// The days of its units.
    pub units: &'a BTreeMap<UnitId, UnitDates>,
    /// The days of its orders.
    pub orders: &'a BTreeMap<OrderId, Date>,
    /// What was billed before.
    pub invoices: &'a [InvoiceIssued],
    /// The bill day.
    pub issued_on: Date,
}

/// The days that the terms of a unit are counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct UnitDates {
    /// When its device was delivered.
    pub delivered_on: Option<Date>,
    /// When its service started; none: not yet, which counts as the first month.
    pub started_on: Option<Date>,
}

/// A term, and where it comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Term<'a> {
    /// The offer; none: the account.
    pub offer: Option<&'a OfferPublished>,
    pub rule: Rule<'a>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Rule<'a> {
    Escalation(&'a Escalation),
    Discount(&'a Discount),
}

impl<'a> Term<'a> {
    pub const fn code(self) -> &'a TermCode {
        match self.rule {
            Rule::Escalation(it) => &it.code,
            Rule::Discount(it) => &it.code,
        }
    }

    pub const fn name(self) -> &'a Text {
        match self.rule {
            Rule::Escalation(it) => &it.name,
            Rule::Discount(it) => &it.name,
        }
    }

    pub const fn kind(self) -> TermKind {
        match self.rule {
            Rule::Escalation(_) => TermKind::Escalation,
            Rule::Discount(_) => TermKind::Discount,
        }
    }

    pub fn rounding(self) -> Rounding {
        self.offer.map_or(Rounding::default(), |offer| offer.rounding)
    }

    /// What is narrower comes first, so that an account's discount is taken of what the offer's
    /// discounts left.
    const fn rank(self) -> (u8, bool) {
        let rank = match self.rule {
            Rule::Escalation(_) => 0,
            Rule::Discount(it) => match it.scope {
                Scope::Components(_) => 1,
                Scope::Offer(_) => 2,
                Scope::Account => 3,
            },
        };
        (rank, self.offer.is_none())
    }
}

/// All terms in play, in the order in which they have their effect.
pub(crate) fn terms_in_order<'a>(agreement: Agreement<'a>) -> Vec<Term<'a>> {
    let mut terms = Vec::new();
    let sources = agreement.offers.values().map(|offer| (Some(*offer), &offer.terms));
    for (offer, of) in sources.chain([(None, &agreement.account.terms)]) {
        let escalations = of.escalations.iter().map(Rule::Escalation);
        let rules = escalations.chain(of.discounts.iter().map(Rule::Discount));
        terms.extend(rules.map(|rule| Term { offer, rule }));
    }
    terms.sort_by_key(|term| term.rank());
    terms
}
