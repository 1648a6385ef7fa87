//! What stands against the commitments of offers and accounts.

use facts::commitment::{Bound, Commitment};

use super::terms::Of;
use super::{Objections, TermFault};

impl Of<'_> {
    pub(super) fn check_commitments(&self, all: &[Commitment], objections: &mut Objections) {
        for it in all {
            let place = format!("{}.commitments[{}]", self.place, it.code);
            objections.require_text(&place, "name", &it.name);
            self.check_scope(&it.scope, &place, objections);
            let (amount, currency) = (it.amount, self.currency);
            if amount.minor <= 0 || amount.currency != currency {
                objections.add_term(&place, TermFault::CommitmentAmount { amount, currency });
            }
            if let (Some(from), Some(until)) = (it.from, it.until)
                && until <= from
            {
                objections.add_term(&place, TermFault::CommitmentNever { from, until });
            }
            // The maximum would take off what the minimum is waiting for.
            let is_below = |other: &&Commitment| {
                other.bound == Bound::Maximum
                    && (&other.scope, &other.counts, other.each) == (&it.scope, &it.counts, it.each)
                    && other.amount.currency == amount.currency
                    && other.amount.minor < amount.minor
            };
            if it.bound == Bound::Minimum
                && let Some(other) = all.iter().find(is_below)
            {
                let (minimum, maximum) = (amount, other.amount);
                let fault =
                    TermFault::MinimumAboveMaximum { minimum, maximum, other: other.code.clone() };
                objections.add_term(&place, fault);
            }
        }
    }
}
