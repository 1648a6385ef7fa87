//! What stands against the terms of offers and accounts.

use std::collections::BTreeSet;

use facts::discount::{Discount, Escalation, Growth, Reduction, Scope, Terms, Window};
use facts::offer::ChargeRule;
use facts::{ComponentCode, IndexCode, OfferPublished, TermCode};
use kernel::{Currency, Percent};

use super::{CatalogFault, Objections, TermFault, codes, listed};
use crate::Definitions;
use crate::definition::Definition;

pub fn check(all: &Definitions, objections: &mut Objections) {
    for seller in &all.sellers {
        for (index, values) in &seller.indexes {
            for value in values.values().filter(|it| it.is_negative() || it.is_zero()) {
                let fault = TermFault::IndexValue { index: index.clone(), value: *value };
                objections.add_term(format!("{}.indexes[{index}]", seller.place()), fault);
            }
        }
    }
    for offer in &all.offers {
        let place = offer.place();
        let of = Of { offer: Some(offer), currency: offer.currency, all, place };
        of.check(&offer.terms, objections);
    }
    for account in &all.accounts {
        let of = Of { offer: None, currency: account.currency, all, place: account.place() };
        of.check(&account.terms, objections);
    }
}

/// Whose terms they are.
pub(super) struct Of<'a> {
    /// None: an account.
    pub offer: Option<&'a OfferPublished>,
    pub currency: Currency,
    pub all: &'a Definitions,
    pub place: String,
}

impl Of<'_> {
    fn check(&self, terms: &Terms, objections: &mut Objections) {
        let escalations = terms.escalations.iter().map(|it| &it.code);
        let codes = escalations.chain(terms.discounts.iter().map(|it| &it.code));
        let codes = codes.chain(terms.commitments.iter().map(|it| &it.code));
        objections.require_unique(&self.place, "term", codes.map(TermCode::as_str));
        for it in &terms.escalations {
            let place = format!("{}.escalations[{}]", self.place, it.code);
            objections.require_text(&place, "name", &it.name);
            self.check_escalation(it, &place, objections);
        }
        for it in &terms.discounts {
            let place = format!("{}.discounts[{}]", self.place, it.code);
            objections.require_text(&place, "name", &it.name);
            self.check_scope(&it.scope, &place, objections);
            check_window(it, &place, objections);
            self.check_reduction(it, &place, objections);
        }
        self.check_commitments(&terms.commitments, objections);
    }

    fn check_escalation(&self, it: &Escalation, place: &str, objections: &mut Objections) {
        self.check_components(&it.components, place, objections);
        let repeats = |rule: &ChargeRule| {
            matches!(rule, ChargeRule::Recurring { .. } | ChargeRule::Usage { .. })
        };
        let found = self.offer.into_iter().flat_map(|offer| &offer.components);
        for once in found.filter(|of| it.components.contains(&of.code) && !repeats(&of.charge)) {
            let fault = TermFault::NothingToEscalate { component: once.code.clone() };
            objections.add_term(place, fault);
        }
        match &it.by {
            Growth::Percent(percent) if !is_above_zero_to_100(*percent) => {
                objections.add_term(place, TermFault::GrowthRange { percent: *percent });
            }
            Growth::Percent(_) => {}
            Growth::Index(index) => {
                let known: BTreeSet<&str> = self
                    .all
                    .sellers
                    .iter()
                    .flat_map(|seller| seller.indexes.keys().map(IndexCode::as_str))
                    .collect();
                if !known.contains(index.as_str()) {
                    let known = listed(known.into_iter());
                    let (what, code) = ("index".to_owned(), index.to_string());
                    objections.add(place, CatalogFault::Unknown { what, code, known });
                }
            }
        }
    }

    pub(super) fn check_scope(&self, scope: &Scope, place: &str, objections: &mut Objections) {
        let own = self.offer.map(|offer| &offer.code);
        match (scope, own) {
            (Scope::Components(components), _) => {
                self.check_components(components, place, objections);
            }
            (Scope::Offer(offer), Some(own)) if offer != own => {
                let (actual, expected) = (format!("offer `{offer}`"), format!("offer `{own}`"));
                objections.add_term(place, TermFault::TermOutside { actual, expected });
            }
            (Scope::Offer(offer), None)
                if OfferPublished::find(self.all, offer.as_str()).is_none() =>
            {
                let (what, code) = ("offer".to_owned(), offer.to_string());
                let known = codes::<OfferPublished>(self.all);
                objections.add(place, CatalogFault::Unknown { what, code, known });
            }
            (Scope::Account, Some(own)) => {
                let (actual, expected) = ("the account".to_owned(), format!("offer `{own}`"));
                objections.add_term(place, TermFault::TermOutside { actual, expected });
            }
            _ => {}
        }
    }

    /// Of an account's terms, a component is one of any offer.
    fn check_components(
        &self,
        named: &BTreeSet<ComponentCode>,
        place: &str,
        objections: &mut Objections,
    ) {
        let offers: Vec<&OfferPublished> = match self.offer {
            Some(offer) => vec![offer],
            None => self.all.offers.iter().collect(),
        };
        let known: BTreeSet<&str> =
            offers.iter().flat_map(|it| &it.components).map(|it| it.code.as_str()).collect();
        for component in named.iter().filter(|it| !known.contains(it.as_str())) {
            let (what, code) = ("component".to_owned(), component.to_string());
            let known = listed(known.iter().copied());
            objections.add(place, CatalogFault::Unknown { what, code, known });
        }
    }

    fn check_reduction(&self, it: &Discount, place: &str, objections: &mut Objections) {
        let percents = match &it.reduction {
            Reduction::Amount { amount, .. } => {
                let (amount, currency) = (*amount, self.currency);
                if amount.minor <= 0 || amount.currency != currency {
                    objections.add_term(place, TermFault::DiscountAmount { amount, currency });
                }
                Vec::new()
            }
            Reduction::Percent(percent) => vec![*percent],
            Reduction::Ramp(steps) => {
                if it.window != Window::Always || steps.is_empty() {
                    objections.add_term(place, TermFault::RampWindow { steps: steps.len() });
                }
                if steps.iter().any(|step| step.months == 0) {
                    let what = "a step of 0 months".to_owned();
                    objections.add_term(place, TermFault::EmptyWindow { what });
                }
                steps.iter().map(|step| step.percent).collect()
            }
        };
        for percent in percents.into_iter().filter(|it| !is_above_zero_to_100(*it)) {
            objections.add_term(place, TermFault::PercentRange { percent });
        }
    }
}

fn is_above_zero_to_100(percent: Percent) -> bool {
    let hundred = kernel::Exact::from_integer(100);
    !percent.is_negative() && !percent.is_zero() && percent.exact() <= hundred
}

fn check_window(it: &Discount, place: &str, objections: &mut Objections) {
    let what = match it.window {
        Window::Months { count: 0 } => "0 months".to_owned(),
        Window::Periods { count: 0 } => "0 periods".to_owned(),
        Window::Dates { from: Some(from), until: Some(until) } if until <= from => {
            format!("from {from} until {until}")
        }
        _ => return,
    };
    objections.add_term(place, TermFault::EmptyWindow { what });
}
