//! Facts with what was agreed beside prices: discounts, escalations and commitments, and an invoice
//! that they had their effects on.

use std::collections::BTreeMap;

use ::facts::commitment::{Bound, Commitment, CommitmentUse, Partial, Span};
use ::facts::credit::Prepaid;
use ::facts::discount::{
    Basis, Discount, Each, Escalation, Growth, Pot, RampStep, Reduction, Scope, TermEffect,
    TermKind, Terms, Window,
};
use ::facts::invoice::{InvoiceLine, Section};
use ::facts::offer::{AfterLoss, ChargeRule, ComponentKind, StoppedDays};
use ::facts::unit::LossCause;
use ::facts::{ChargeKind, Fact, InvoiceIssued, OfferPublished};
use kernel::{Period, Rounding};

use super::bill::{charge, euros, invoice};
use super::life::{self, offer};
use super::terms::{accounts, offers, seller, text};
use crate::conformance::read;

/// Facts of some kinds, with every variant of every term and of what it does.
#[must_use]
pub fn agreed_facts() -> Vec<Fact> {
    let (mut seller, [mut offer, ..], [mut account, _]) = (seller(), offers(), accounts());
    let values = [("2025-12-01", "310.5"), ("2026-12-01", "318.2")];
    let values = values.map(|(day, value)| (read(day), read(value)));
    seller.indexes = BTreeMap::from([(read("SYNTEC"), values.into())]);
    offer.terms = of_offer();
    account.terms = Terms { discounts: vec![voucher()], commitments: vec![yearly()], ..none() };
    vec![
        Fact::SellerPublished(seller),
        Fact::OfferPublished(offer),
        Fact::OfferPublished(later()),
        Fact::OfferPublished(with_losses()),
        Fact::AccountRegistered(account),
        Fact::OrderAccepted(life::amendment()),
        Fact::UnitChanged(life::cancelled()),
        Fact::UnitChanged(life::lost("C-10", LossCause::Lost, AfterLoss::Ends)),
        Fact::UnitChanged(life::lost("C-11", LossCause::Stolen, AfterLoss::UntilReplaced)),
        Fact::InvoiceIssued(Box::new(billed())),
    ]
}

/// An offer with settings that came later.
fn later() -> OfferPublished {
    let [_, offer, _] = offers();
    OfferPublished { version: 3, stopped_days: StoppedDays::UsedLater, ..offer }
}

/// An offer that says what a loss costs.
fn with_losses() -> OfferPublished {
    let mut offer = OfferPublished { version: 4, on_loss: AfterLoss::UntilReplaced, ..later() };
    offer.components.truncate(1);
    for component in &mut offer.components {
        let price = ::facts::price::OrderedPrice::Each(read("80"));
        component.charge = ChargeRule::OnceLost { price };
    }
    offer
}

fn none() -> Terms {
    Terms::default()
}

fn of_offer() -> Terms {
    let rise = |code: &str, by| Escalation {
        code: read(code),
        name: text("Rise", "Révision"),
        components: [read("service")].into(),
        by,
    };
    let discount = |code: &str, window, reduction, basis| Discount {
        code: read(code),
        name: text("Launch", "Lancement"),
        scope: Scope::Components([read("service"), read("data")].into()),
        window,
        reduction,
        basis,
    };
    let dates = Window::Dates { from: Some(read("2026-01-01")), until: Some(read("2026-07-01")) };
    let ramp = vec![RampStep { months: 12, percent: read("30") }];
    let each = Reduction::Amount { amount: euros(1000), each: Each::Period };
    Terms {
        escalations: vec![
            rise("fixed", Growth::Percent(read("3"))),
            rise("indexed", Growth::Index(read("SYNTEC"))),
        ],
        discounts: vec![
            discount("half", dates, Reduction::Percent(read("50")), Basis::Undiscounted),
            discount("ramp", Window::Always, Reduction::Ramp(ramp), Basis::Remainder),
            discount("ten", Window::Months { count: 3 }, each, Basis::Remainder),
        ],
        commitments: vec![Commitment {
            code: read("cap"),
            name: text("At most", "Plafond"),
            bound: Bound::Maximum,
            amount: euros(5000),
            each: Span::Period,
            scope: Scope::Offer(read("fleet")),
            counts: [ComponentKind::Service, ComponentKind::Usage].into(),
            from: None,
            until: None,
            partial: Partial::Whole,
        }],
    }
}

fn voucher() -> Discount {
    Discount {
        code: read("voucher"),
        name: text("Voucher", "Bon d’achat"),
        scope: Scope::Account,
        window: Window::Periods { count: 2 },
        reduction: Reduction::Amount { amount: euros(5000), each: Each::Once },
        basis: Basis::Remainder,
    }
}

fn yearly() -> Commitment {
    Commitment {
        code: read("yearly"),
        name: text("Yearly", "Annuel"),
        bound: Bound::Minimum,
        amount: euros(60_000),
        each: Span::Year,
        scope: Scope::Account,
        counts: [].into(),
        from: Some(read("2026-01-01")),
        until: Some(read("2028-01-01")),
        partial: Partial::Prorated,
    }
}

/// A line with an effect of each kind, and a true-up.
fn billed() -> InvoiceIssued {
    let period = Period::new(read("2026-01-01"), read("2026-02-01")).ok();
    let effect = |kind, of_amount| TermEffect {
        term: read("term"),
        name: text("Term", "Condition"),
        kind,
        pot: Pot { offer: Some(offer()), component: Some(read("service")), period },
        percent: Some(read("10")),
        of_amount,
        base: euros(-623),
        before: euros(-623),
        amount: euros(62),
        quantity: None,
    };
    let once = TermEffect {
        pot: Pot { offer: None, component: None, period: None },
        percent: None,
        ..effect(TermKind::Discount, Some(euros(5000)))
    };
    let service = InvoiceLine {
        line: 1,
        section: Section::Subscriptions,
        account: None,
        charge: charge(ChargeKind::ServiceCharge, Rounding::HalfEven),
        effects: vec![
            effect(TermKind::Escalation, None),
            effect(TermKind::Discount, None),
            once,
            effect(TermKind::Maximum, Some(euros(5000))),
            TermEffect { quantity: Some(read("12.5")), ..effect(TermKind::Credit, None) },
        ],
    };
    let mut true_up = charge(ChargeKind::CommitmentTrueUp, Rounding::HalfEven);
    true_up.period = period;
    true_up.commitment = Some(CommitmentUse {
        term: read("yearly"),
        offer: Some(offer()),
        scope: Scope::Account,
        each: Span::Year,
        committed: euros(60_000),
        counted: euros(45_000),
    });
    let (line, section) = (2, Section::Commitments);
    let true_up =
        InvoiceLine { line, section, charge: true_up, effects: Vec::new(), account: None };
    let name = text("Prepaid", "Prépayé");
    InvoiceIssued {
        number: read("INV-2026-000002"),
        lines: vec![service, true_up],
        prepaid: vec![Prepaid { credit: read("CRD-1"), name, amount: euros(100), account: None }],
        ..invoice()
    }
}
