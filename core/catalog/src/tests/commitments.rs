//! What stands against commitments.

use std::collections::BTreeSet;

use facts::Text;
use facts::commitment::{Bound, Commitment, Partial, Span};
use facts::discount::Scope;
use jiff::civil::date;
use kernel::{Currency, Money};

use super::sample::code;
use super::{one_after, said_after};

fn commitment(name: &str, bound: Bound, minor: i64) -> Commitment {
    Commitment {
        code: code(name),
        name: Text { en: name.to_owned(), fr: name.to_owned() },
        bound,
        amount: Money::from_minor(minor, Currency::EUR),
        each: Span::Period,
        scope: Scope::Offer(code("plan")),
        counts: BTreeSet::new(),
        from: None,
        until: None,
        partial: Partial::Prorated,
    }
}

/// What is said about commitments of the offer.
fn said(all: Vec<Commitment>) -> String {
    one_after(|draft| draft.offers[0].terms.commitments = all)
}

#[test]
fn sound_commitments_can_be_published() {
    let said = said_after(|draft| {
        let (least, most) =
            (commitment("a", Bound::Minimum, 1), commitment("b", Bound::Maximum, 1));
        draft.offers[0].terms.commitments = vec![least.clone(), most];
        let of_account = Commitment { scope: Scope::Account, ..least };
        draft.accounts[0].terms.commitments = vec![of_account];
    });
    assert_eq!(said, [""; 0]);
}

#[test]
fn a_commitment_has_an_amount_of_its_currency() {
    let place = "offers[plan].commitments[a]: ";
    assert_eq!(
        said(vec![commitment("a", Bound::Minimum, 0)]),
        format!(
            "{place}a commitment of 0.00 EUR says nothing about prices in EUR; use an amount \
             above 0 in EUR"
        )
    );
    let mut dollars = commitment("a", Bound::Minimum, 5);
    dollars.amount.currency = code("USD");
    assert!(said(vec![dollars]).contains("says nothing about prices in EUR"));
}

#[test]
fn a_commitment_has_a_day() {
    let (from, until) = (Some(date(2026, 2, 1)), Some(date(2026, 2, 1)));
    let never = Commitment { from, until, ..commitment("a", Bound::Minimum, 5) };
    let said = said(vec![never]);
    assert!(said.contains("a commitment from 2026-02-01 until 2026-02-01 has no day"), "{said}");
}

#[test]
fn a_minimum_stays_below_the_maximum_on_the_same_lines() {
    let (least, most) = (commitment("a", Bound::Minimum, 6), commitment("b", Bound::Maximum, 5));
    let said_of = said(vec![least.clone(), most.clone()]);
    assert_eq!(
        said_of,
        "offers[plan].commitments[a]: a minimum of 0.06 EUR stands above the maximum of 0.05 EUR \
         of `b` on the same lines; lower the one or raise the other"
    );
    let of_a_year = Commitment { each: Span::Year, ..most };
    let said = said_after(|draft| draft.offers[0].terms.commitments = vec![least, of_a_year]);
    assert_eq!(said, [""; 0]);
}

#[test]
fn a_commitment_is_about_what_is_there_and_named_once() {
    let scope = Scope::Components([code("gone")].into());
    let unknown = said(vec![Commitment { scope, ..commitment("a", Bound::Minimum, 5) }]);
    assert!(unknown.contains("there is no component `gone`"), "{unknown}");
    let all = vec![commitment("a", Bound::Minimum, 5), commitment("a", Bound::Maximum, 5)];
    assert!(said(all).contains("the term `a` occurs twice"));
}
