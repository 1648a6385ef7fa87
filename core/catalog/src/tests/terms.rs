//! What stands against terms.

use facts::discount::{
    Basis, Discount, Each, Escalation, Growth, RampStep, Reduction, Scope, Window,
};
use facts::{OfferPublished, Text};
use jiff::civil::date;
use kernel::{Currency, Money};

use super::sample::code;
use super::{one_after, said_after};
use crate::Definitions;

fn words() -> Text {
    Text { en: "Launch".to_owned(), fr: "Lancement".to_owned() }
}

fn launch() -> Discount {
    Discount {
        code: code("launch"),
        name: words(),
        scope: Scope::Offer(code("plan")),
        window: Window::Always,
        reduction: Reduction::Percent("10".parse().unwrap()),
        basis: Basis::Remainder,
    }
}

/// What is said about the discount of the offer after a change.
fn said(change: impl FnOnce(&mut Discount)) -> String {
    one_after(|draft| {
        let mut it = launch();
        change(&mut it);
        draft.offers[0].terms.discounts.push(it);
    })
}

fn offer(draft: &mut Definitions) -> &mut OfferPublished {
    &mut draft.offers[0]
}

#[test]
fn sound_terms_can_be_published() {
    let said = said_after(|draft| {
        draft.offers[0].terms.discounts.push(launch());
        let it = Discount { scope: Scope::Account, ..launch() };
        draft.accounts[0].terms.discounts.push(it);
    });
    assert_eq!(said, [""; 0]);
}

#[test]
fn a_discount_takes_something_and_not_more_than_all() {
    let place = "offers[plan].discounts[launch]: ";
    for percent in ["0", "-5", "100.01"] {
        let said = said(|it| it.reduction = Reduction::Percent(percent.parse().unwrap()));
        let expected = format!(
            "{place}a discount of {percent} % is not possible; use more than 0 and at most 100 \
             (free)"
        );
        assert_eq!(said, expected);
    }
    let off = |minor, currency| Reduction::Amount {
        amount: Money::from_minor(minor, currency),
        each: Each::Period,
    };
    for reduction in [off(0, Currency::EUR), off(5, code("USD"))] {
        let said = said(|it| it.reduction = reduction);
        assert!(
            said.contains("cannot be taken off prices in EUR; use an amount above 0"),
            "{said}"
        );
    }
}

#[test]
fn a_discount_counts_some_day() {
    let said = |window| said(|it| it.window = window);
    let end = "leaves no day on which the discount counts; use 1 or more, and an `until` after \
               `from`";
    let place = "offers[plan].discounts[launch]: ";
    assert_eq!(said(Window::Months { count: 0 }), format!("{place}0 months {end}"));
    assert_eq!(said(Window::Periods { count: 0 }), format!("{place}0 periods {end}"));
    let (from, until) = (Some(date(2026, 2, 1)), Some(date(2026, 2, 1)));
    let expected = format!("{place}from 2026-02-01 until 2026-02-01 {end}");
    assert_eq!(said(Window::Dates { from, until }), expected);
}

#[test]
fn a_ramp_has_steps_and_no_other_window() {
    let step = RampStep { months: 12, percent: "30".parse().unwrap() };
    let place = "offers[plan].discounts[launch]: a ramp of";
    let said_of = |steps: Vec<RampStep>, window| {
        said(|it| {
            it.reduction = Reduction::Ramp(steps);
            it.window = window;
        })
    };
    let said = said_of(vec![step], Window::Months { count: 3 });
    assert!(said.starts_with(&format!("{place} 1 steps says itself when it counts")), "{said}");
    let said = said_of(Vec::new(), Window::Always);
    assert!(said.starts_with(&format!("{place} 0 steps")), "{said}");
}

#[test]
fn the_terms_of_an_offer_are_about_the_offer() {
    let outside = said(|it| it.scope = Scope::Account);
    assert_eq!(
        outside,
        "offers[plan].discounts[launch]: the terms of offer `plan` cannot take anything off the \
         account; write the discount there, or under the account"
    );
    let unknown = said(|it| it.scope = Scope::Components([code("gone")].into()));
    assert!(unknown.contains("there is no component `gone`"), "{unknown}");
    let twice = one_after(|draft| offer(draft).terms.discounts = vec![launch(), launch()]);
    assert!(twice.contains("the term `launch` occurs twice"), "{twice}");
}

#[test]
fn what_rises_is_repeated_and_its_index_is_known() {
    let said = |components: &[&str], by: Growth| {
        one_after(|draft| {
            let components = components.iter().map(|it| code(it)).collect();
            let it = Escalation { code: code("yearly"), name: words(), components, by };
            offer(draft).terms.escalations.push(it);
        })
    };
    let percent = |text: &str| Growth::Percent(text.parse().unwrap());
    let once = said(&["device"], percent("3"));
    assert!(once.contains("`device` is charged once and cannot rise"), "{once}");
    let none = said(&[], percent("0"));
    assert!(none.contains("a yearly rise of 0 % is not possible"), "{none}");
    let unknown = said(&[], Growth::Index(code("SYNTEC")));
    assert!(unknown.contains("there is no index `SYNTEC`"), "{unknown}");
    let value = one_after(|draft| {
        let values = [(date(2026, 1, 1), "0".parse().unwrap())];
        draft.sellers[0].indexes.insert(code("SYNTEC"), values.into_iter().collect());
    });
    assert!(value.contains("index `SYNTEC` cannot be 0; a value is above 0"), "{value}");
}
