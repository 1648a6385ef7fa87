//! From the shape of terms to their facts.

use facts::commitment::{Bound, Commitment, Partial, Span};
use facts::discount::{
    Basis, Discount, Each, Escalation, Growth, IndexValues, RampStep, Reduction, Scope, Terms,
    Window,
};
use facts::offer::ComponentKind;
use facts::{ComponentCode, IndexCode, OfferCode, TermCode};
use kernel::{Currency, Exact, Money, Percent, Rounding, UnitPrice};

use super::convert::{Reader, text};
use super::shape;
use super::shape_terms as terms;
use super::written::Written;
use crate::InputRejection;

/// What says which lines a term is about, and where it is said.
type ScopeOf<'a> =
    (&'a Written<TermCode>, &'a [Written<ComponentCode>], &'a Option<Written<OfferCode>>);

impl Reader {
    /// The terms of an offer.
    pub(super) fn offer_terms(
        &mut self,
        it: &shape::Offer,
        currency: Option<Currency>,
    ) -> Option<Terms> {
        let escalations = self.all(&it.escalations, Self::escalation);
        let code = self.read(&it.code);
        let whole = code.map(Scope::Offer);
        let discounts = self.all(&it.discounts, |reader, discount| {
            reader.discount(discount, whole.clone(), currency)
        });
        let commitments = self.all(&it.commitments, |reader, commitment| {
            reader.commitment(commitment, whole.clone(), currency)
        });
        Some(Terms { escalations: escalations?, discounts: discounts?, commitments: commitments? })
    }

    /// The terms of an account.
    pub(super) fn account_terms(
        &mut self,
        it: &shape::Account,
        currency: Option<Currency>,
    ) -> Option<Terms> {
        let discounts = self.all(&it.discounts, |reader, discount| {
            reader.discount(discount, Some(Scope::Account), currency)
        });
        let commitments = self.all(&it.commitments, |reader, commitment| {
            reader.commitment(commitment, Some(Scope::Account), currency)
        });
        Some(Terms { escalations: Vec::new(), discounts: discounts?, commitments: commitments? })
    }

    pub(super) fn index(&mut self, it: &terms::Index) -> Option<(IndexCode, IndexValues)> {
        let code = self.read(&it.code);
        let values = self.all(&it.values, |reader, value| {
            let from = reader.read(&value.from);
            let value = reader.read(&value.value);
            Some((from?, value?))
        });
        Some((code?, values?.into_iter().collect()))
    }

    fn escalation(&mut self, it: &terms::Escalation) -> Option<Escalation> {
        let code = self.read(&it.code);
        let components = self.all(&it.components, Self::read);
        let by = match &it.by {
            terms::Growth::Percent(percent) => self.read(percent).map(Growth::Percent),
            terms::Growth::Index(index) => self.read(index).map(Growth::Index),
        };
        Some(Escalation {
            code: code?,
            name: text(&it.name),
            components: components?.into_iter().collect(),
            by: by?,
        })
    }

    fn discount(
        &mut self,
        it: &terms::Discount,
        whole: Option<Scope>,
        currency: Option<Currency>,
    ) -> Option<Discount> {
        let code = self.read(&it.code);
        let scope = self.scope((&it.code, &it.components, &it.offer), whole);
        let window = match &it.window {
            None => Some(Window::Always),
            Some(window) => self.window(window),
        };
        let basis = self.or(&it.basis, Basis::Remainder);
        let (reduction, free_months) = match &it.reduction {
            terms::Reduction::Percent(percent) => {
                (self.read(percent).map(Reduction::Percent), None)
            }
            terms::Reduction::Amount(amount) => (self.amount(amount, currency), None),
            terms::Reduction::Ramp(steps) => (self.ramp(steps), None),
            terms::Reduction::FreeMonths(months) => {
                (self.hundred(months), self.read(months).map(|count| Window::Months { count }))
            }
        };
        if free_months.is_some() && it.window.is_some() {
            let keys = "window, free_months".to_owned();
            self.faults.add(it.code.place(&self.place), InputRejection::NotOne { keys });
            return None;
        }
        Some(Discount {
            code: code?,
            name: text(&it.name),
            scope: scope?,
            window: free_months.or(window)?,
            reduction: reduction?,
            basis: basis?,
        })
    }

    fn scope(
        &mut self,
        (code, components, offer): ScopeOf<'_>,
        whole: Option<Scope>,
    ) -> Option<Scope> {
        let components = self.all(components, Self::read)?;
        let offer = self.optional(offer)?;
        match (components.is_empty(), offer) {
            (true, None) => whole,
            (true, Some(offer)) => Some(Scope::Offer(offer)),
            (false, None) => Some(Scope::Components(components.into_iter().collect())),
            (false, Some(_)) => {
                let keys = "components, offer".to_owned();
                self.faults.add(code.place(&self.place), InputRejection::NotOne { keys });
                None
            }
        }
    }

    fn window(&mut self, it: &terms::Window) -> Option<Window> {
        match it {
            terms::Window::Months(count) => Some(Window::Months { count: self.read(count)? }),
            terms::Window::Periods(count) => Some(Window::Periods { count: self.read(count)? }),
            terms::Window::Dates(dates) => {
                let from = self.optional(&dates.from);
                let until = self.optional(&dates.until);
                Some(Window::Dates { from: from?, until: until? })
            }
        }
    }

    fn ramp(&mut self, steps: &[terms::RampStep]) -> Option<Reduction> {
        let steps = self.all(steps, |reader, step| {
            let months = reader.read(&step.months);
            let percent = reader.read(&step.percent);
            Some(RampStep { months: months?, percent: percent? })
        });
        steps.map(Reduction::Ramp)
    }

    /// Free is 100 %.
    fn hundred(&mut self, months: &Written<u16>) -> Option<Reduction> {
        let percent: Option<Percent> = self.faults.read(months.place(&self.place), "100");
        percent.map(Reduction::Percent)
    }

    /// How often an amount is taken off, and how much.
    fn amount(&mut self, it: &terms::Amount, currency: Option<Currency>) -> Option<Reduction> {
        let each = self.or(&it.each, Each::Period);
        let amount = self.money(&it.amount, currency);
        Some(Reduction::Amount { amount: amount?, each: each? })
    }

    /// An amount of money: what its currency cannot write is refused, never rounded.
    pub(super) fn money(
        &mut self,
        written: &Written<UnitPrice>,
        currency: Option<Currency>,
    ) -> Option<Money> {
        let (amount, currency) = (self.read(written)?, currency?);
        let exact: Exact = amount.exact();
        match Money::round(exact, currency, Rounding::Down) {
            Ok(money) if money.exact() == exact => Some(money),
            _ => {
                let rejection = InputRejection::BadDecimal {
                    text: amount.to_string(),
                    decimals_max: u32::from(currency.exponent()),
                };
                self.faults.add(written.place(&self.place), rejection);
                None
            }
        }
    }

    fn commitment(
        &mut self,
        it: &terms::Commitment,
        whole: Option<Scope>,
        currency: Option<Currency>,
    ) -> Option<Commitment> {
        let code = self.read(&it.code);
        let scope = self.scope((&it.code, &it.components, &it.offer), whole);
        let (bound, amount) = match (&it.minimum, &it.maximum) {
            (Some(amount), None) => (Bound::Minimum, self.money(amount, currency)),
            (None, Some(amount)) => (Bound::Maximum, self.money(amount, currency)),
            _ => {
                let keys = "minimum, maximum".to_owned();
                self.faults.add(it.code.place(&self.place), InputRejection::NotOne { keys });
                return None;
            }
        };
        let counts = match (it.counts.is_empty(), it.components.is_empty()) {
            (true, true) => Some(vec![ComponentKind::Service, ComponentKind::Usage]),
            _ => self.all(&it.counts, Self::read),
        };
        let each = self.or(&it.each, Span::Period);
        let partial = self.or(&it.partial, Partial::Prorated);
        let (from, until) = (self.optional(&it.from), self.optional(&it.until));
        Some(Commitment {
            code: code?,
            name: text(&it.name),
            bound,
            amount: amount?,
            each: each?,
            scope: scope?,
            counts: counts?.into_iter().collect(),
            from: from?,
            until: until?,
            partial: partial?,
        })
    }
}
