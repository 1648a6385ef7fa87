//! What the parties agreed on, as the invoice of one day knows it; and the terms in their order.

use std::collections::BTreeMap;

use facts::commitment::{Bound, Commitment};
use facts::discount::{Discount, Escalation, Scope, TermKind, Terms};
use facts::{
    AccountRegistered, InvoiceIssued, OfferPublished, OfferRef, OrderId, SellerPublished, TermCode,
    Text, UnitId,
};
use jiff::civil::Date;
use kernel::{Percent, Rounding};

use crate::commitment::{InForce, versions};

/// What terms are judged by.
#[derive(Debug, Clone, Copy)]
pub struct Agreement<'a> {
    /// The account, with its terms.
    pub account: &'a AccountRegistered,
    /// All its versions: commitments are judged by the one in force on the last day of a period.
    pub versions: &'a [AccountRegistered],
    /// The seller, with the indexes.
    pub seller: &'a SellerPublished,
    /// The offers of its units, with their terms.
    pub offers: &'a BTreeMap<OfferRef, &'a OfferPublished>,
    /// The days of its units.
    pub units: &'a BTreeMap<UnitId, UnitDates>,
    /// The offers that its units were sold under.
    pub sold: &'a BTreeMap<UnitId, OfferRef>,
    /// The days of its orders.
    pub orders: &'a BTreeMap<OrderId, Date>,
    /// What was billed before.
    pub invoices: &'a [InvoiceIssued],
    /// What the rise of a renewed contract is called, where a unit has one.
    pub renewal: Option<&'a Escalation>,
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
    /// When its device went back; none: it is still there.
    pub ended_on: Option<Date>,
    /// How its prices rise with the renewals of its contract.
    pub uplift: Option<Uplift>,
}

/// Prices that rise whenever a contract is renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Uplift {
    /// By how much, each time.
    pub percent: Percent,
    /// The first day of the first term that followed.
    pub first: Date,
    /// Months of each term that follows.
    pub months: u16,
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
    /// A rise at each renewal; by how much, each unit says.
    Renewal(&'a Escalation),
    Discount(&'a Discount),
    Maximum(&'a Commitment, InForce),
    Minimum(&'a Commitment, InForce),
}

impl<'a> Term<'a> {
    pub const fn code(self) -> &'a TermCode {
        match self.rule {
            Rule::Escalation(it) | Rule::Renewal(it) => &it.code,
            Rule::Discount(it) => &it.code,
            Rule::Maximum(it, _) | Rule::Minimum(it, _) => &it.code,
        }
    }

    pub const fn name(self) -> &'a Text {
        match self.rule {
            Rule::Escalation(it) | Rule::Renewal(it) => &it.name,
            Rule::Discount(it) => &it.name,
            Rule::Maximum(it, _) | Rule::Minimum(it, _) => &it.name,
        }
    }

    pub const fn kind(self) -> TermKind {
        match self.rule {
            Rule::Escalation(_) | Rule::Renewal(_) => TermKind::Escalation,
            Rule::Discount(_) => TermKind::Discount,
            Rule::Maximum(..) | Rule::Minimum(..) => TermKind::Maximum,
        }
    }

    pub fn rounding(self) -> Rounding {
        self.offer.map_or(Rounding::default(), |offer| offer.rounding)
    }

    /// What is narrower comes first, so that an account's discount is taken of what the offer's
    /// discounts left, and a wide minimum counts what a narrow one added; of commitments, what is
    /// shorter.
    fn rank(self) -> impl Ord {
        let (step, scope, each) = match self.rule {
            Rule::Escalation(_) | Rule::Renewal(_) => (0, 0, None),
            Rule::Discount(it) => (1, rank_of(&it.scope), None),
            Rule::Maximum(it, _) => (2, rank_of(&it.scope), Some(it.each)),
            Rule::Minimum(it, _) => (3, rank_of(&it.scope), Some(it.each)),
        };
        (step, scope, each, self.offer.is_none())
    }
}

/// How wide a term reaches.
pub(crate) const fn rank_of(scope: &Scope) -> u8 {
    match scope {
        Scope::Components(_) => 1,
        Scope::Offer(_) => 2,
        Scope::Account => 3,
    }
}

/// All terms in play, in the order in which they have their effect.
pub(crate) fn terms_in_order<'a>(agreement: Agreement<'a>) -> Vec<Term<'a>> {
    let mut terms = Vec::new();
    let sources = agreement.offers.values().map(|offer| (Some(*offer), &offer.terms));
    for (offer, of) in sources.chain([(None, &agreement.account.terms)]) {
        let escalations = of.escalations.iter().map(Rule::Escalation);
        let discounts = of.discounts.iter().map(Rule::Discount);
        terms.extend(escalations.chain(discounts).map(|rule| Term { offer, rule }));
        if offer.is_some() {
            let renewal = agreement.renewal.map(Rule::Renewal);
            terms.extend(renewal.map(|rule| Term { offer, rule }));
            terms.extend(commitments(offer, of, InForce::default()));
        }
    }
    for (account, in_force) in versions(agreement) {
        terms.extend(commitments(None, &account.terms, in_force));
    }
    terms.sort_by_key(|term| term.rank());
    terms
}

fn commitments<'a>(
    offer: Option<&'a OfferPublished>,
    of: &'a Terms,
    in_force: InForce,
) -> impl Iterator<Item = Term<'a>> {
    of.commitments.iter().map(move |it| {
        let rule = match it.bound {
            Bound::Maximum => Rule::Maximum(it, in_force),
            Bound::Minimum => Rule::Minimum(it, in_force),
        };
        Term { offer, rule }
    })
}
