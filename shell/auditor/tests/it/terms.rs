//! Discounts, maxima and minima that do something else than was agreed.

use std::collections::BTreeSet;

use facts::commitment::{Bound, Commitment, CommitmentUse, Partial, Span};
use facts::discount::{
    Basis, Discount, Pot, Reduction, Scope, TermEffect, TermKind, Terms, Window,
};
use facts::invoice::{InvoiceIssued, InvoiceLine};
use facts::{ChargeKind, Fact, OfferRef};
use kernel::Period;

use crate::bill::{charge, euros, first, period, seal, second};
use crate::catalog::text;
use crate::world::{Case, World, check, findings, read};

/// A tenth off the fee of an order.
fn tenth() -> Discount {
    Discount {
        code: read("tenth"),
        name: text("tenth"),
        scope: Scope::Components([read("setup")].into()),
        window: Window::Always,
        reduction: Reduction::Percent(read("10")),
        basis: Basis::Remainder,
    }
}

/// On one component, in each bill period, whole.
fn commitment(code: &str, component: &str, bound: Bound, minor: i64) -> Commitment {
    Commitment {
        code: read(code),
        name: text(code),
        bound,
        amount: euros(minor),
        each: Span::Period,
        scope: Scope::Components([read(component)].into()),
        counts: BTreeSet::new(),
        from: None,
        until: None,
        partial: Partial::Whole,
    }
}

fn january() -> Period {
    period("2026-01-01", "2026-02-01")
}

fn february() -> Period {
    period("2026-02-01", "2026-03-01")
}

fn tenth_off(period: Period) -> TermEffect {
    TermEffect {
        term: read("tenth"),
        name: text("tenth"),
        kind: TermKind::Discount,
        pot: Pot { offer: None, component: Some(read("setup")), period: Some(period) },
        percent: Some(read("10")),
        of_amount: None,
        base: euros(4900),
        before: euros(4900),
        amount: euros(-490),
        quantity: None,
    }
}

/// At most 2.00 for data.
fn held(line: &mut InvoiceLine, minor: i64) {
    let (base, period) = (line.charge.amount, line.charge.period);
    line.effects = vec![TermEffect {
        term: read("most"),
        name: text("most"),
        kind: TermKind::Maximum,
        pot: Pot { offer: None, component: None, period },
        percent: None,
        of_amount: Some(euros(200)),
        base,
        before: base,
        amount: euros(minor),
        quantity: None,
    }];
}

/// What the hours lack to 100.00.
fn true_up(period: Period, counted: i64) -> InvoiceLine {
    let mut line = charge(ChargeKind::CommitmentTrueUp, "least", &[], "100", 10_000 - counted);
    line.charge.offer = OfferRef { code: read("A"), version: 1 };
    line.charge.period = Some(period);
    line.charge.unit_price = None;
    let mut less = line.charge.computation.terms[0].clone();
    less.quantity = read("-1");
    less.unit_price = euros(counted).amount_text().parse().unwrap();
    line.charge.computation.terms.push(less);
    line.charge.commitment = Some(CommitmentUse {
        term: read("least"),
        offer: None,
        scope: Scope::Components([read("hours")].into()),
        each: Span::Period,
        committed: euros(10_000),
        counted: euros(counted),
    });
    line
}

/// The same world with terms on the account, and with what they do.
fn under_terms(world: &mut World) {
    let terms = Terms {
        discounts: vec![tenth()],
        commitments: vec![
            commitment("most", "data", Bound::Maximum, 200),
            commitment("least", "hours", Bound::Minimum, 10_000),
        ],
        ..Terms::default()
    };
    for fact in &mut world.before {
        if let Fact::AccountRegistered(it) = fact {
            it.terms = terms.clone();
        }
    }
    world.first.account.terms = terms.clone();
    world.second.account.terms = terms;
    world.first.lines[first::FEE].effects = vec![tenth_off(february())];
    held(&mut world.first.lines[first::DATA], 0);
    // 1.80 in time and 0.50 late are 2.30.
    held(&mut world.second.lines[second::DATA_LATE], -30);
    held(&mut world.second.lines[second::DATA], 0);
    world.first.lines.push(true_up(january(), 9));
    world.second.lines.push(true_up(february(), 6));
    seal(&mut world.first);
    seal(&mut world.second);
}

fn broken(world: &mut World, breaks: impl FnOnce(&mut InvoiceIssued, &mut InvoiceIssued)) {
    under_terms(world);
    breaks(&mut world.first, &mut world.second);
    seal(&mut world.first);
    seal(&mut world.second);
}

pub const CASES: &[Case] = &[
    Case {
        name: "a discount takes a cent less",
        breaks: |world| {
            broken(world, |first, _| {
                first.lines[first::FEE].effects[0].amount = euros(-489);
            });
        },
        finds: &["rated-differs"],
    },
    Case {
        name: "a discount stands in the pot of another period",
        breaks: |world| {
            broken(world, |first, _| {
                first.lines[first::FEE].effects = vec![tenth_off(january())];
                let again = tenth_off(january());
                first.lines[first::FEE].effects.push(again);
            });
        },
        finds: &["rated-differs"],
    },
    Case {
        name: "a discount is forgotten",
        breaks: |world| broken(world, |first, _| first.lines[first::FEE].effects.clear()),
        finds: &["rated-differs"],
    },
    Case {
        name: "a line has a discount of another",
        breaks: |world| {
            broken(world, |first, _| {
                let effect = first.lines[first::FEE].effects[0].clone();
                first.lines[first::FEBRUARY].effects.push(effect);
            });
        },
        finds: &["rated-differs"],
    },
    Case {
        name: "a discount is taken of more than the line",
        breaks: |world| {
            broken(world, |first, _| {
                let effect = &mut first.lines[first::FEE].effects[0];
                (effect.base, effect.amount) = (euros(5000), euros(-500));
            });
        },
        finds: &["rated-differs"],
    },
    Case {
        name: "a maximum does not hold late usage",
        breaks: |world| {
            broken(world, |_, second| {
                second.lines[second::DATA_LATE].effects[0].amount = euros(0);
            });
        },
        finds: &["rated-differs"],
    },
    Case {
        name: "a maximum of another amount",
        breaks: |world| {
            broken(world, |_, second| {
                let effect = &mut second.lines[second::DATA_LATE].effects[0];
                (effect.of_amount, effect.amount) = (Some(euros(210)), euros(-20));
            });
        },
        finds: &["rated-differs"],
    },
    Case {
        name: "a maximum stands in the pot of another period",
        breaks: |world| {
            broken(world, |_, second| {
                let effect = &mut second.lines[second::DATA_LATE].effects[0];
                (effect.pot.period, effect.amount) = (Some(february()), euros(0));
            });
        },
        finds: &["rated-differs"],
    },
    Case {
        name: "a minimum is not billed",
        breaks: |world| {
            broken(world, |_, second| {
                second.lines.pop();
            });
        },
        finds: &["charge-missing"],
    },
    Case {
        name: "a minimum is billed a cent too high",
        breaks: |world| {
            broken(world, |first, _| {
                let counted = first.lines.pop().map(|_| 8);
                first.lines.push(true_up(january(), counted.unwrap()));
            });
        },
        finds: &["rated-differs"],
    },
    Case {
        name: "a minimum is billed twice",
        breaks: |world| {
            broken(world, |_, second| second.lines.push(true_up(january(), 9)));
        },
        finds: &["rated-differs"],
    },
    Case {
        name: "a minimum that nobody agreed on",
        breaks: |world| {
            broken(world, |_, second| {
                let mut line = true_up(january(), 9);
                line.charge.commitment.as_mut().unwrap().term = read("other");
                second.lines.push(line);
            });
        },
        finds: &["rated-differs"],
    },
];

#[test]
fn what_was_agreed_is_kept() {
    let findings = findings(under_terms);
    assert!(findings.is_empty(), "{findings:#?}");
}

#[test]
fn broken_terms_are_found() {
    check(CASES);
}
