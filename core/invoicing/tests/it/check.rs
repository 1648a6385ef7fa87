//! The check finds each broken promise in a draft that was tampered with.

use std::collections::BTreeMap;

use facts::billed::Billed;
use facts::discount::{Pot, TermEffect, TermKind};
use facts::invoice::TermedCharge;
use facts::unit::Timeline;
use facts::{Charge, Text, UnitId};
use invoicing::{Draft, Evidence, check, plan};
use jiff::civil::date;
use kernel::Money;
use kernel::rejection::Rejection;

use crate::world::{
    ISSUED_ON, account, euros, fee, first_charges, instalment, read, sale, seller, service,
    service_credit, timelines, usage,
};

/// A draft, and what it is checked against.
struct Case {
    draft: Draft,
    timelines: BTreeMap<UnitId, Timeline>,
    billed: Billed,
}

impl Case {
    fn of(charges: Vec<Charge>) -> Self {
        let draft = plan(&seller(), &account(), ISSUED_ON, charges).expect("a plan");
        let draft = draft.expect("a line");
        Self { draft, timelines: timelines(), billed: Billed::default() }
    }

    /// The first invoice, with nothing wrong.
    fn sound() -> Self {
        Self::of(first_charges())
    }

    fn timeline(&mut self) -> &mut Timeline {
        self.timelines.get_mut(&read::<UnitId>("U-001")).expect("the unit of the world")
    }

    /// `code line, values` of each objection.
    fn objections(&self) -> Vec<String> {
        let evidence = Evidence {
            timelines: &self.timelines,
            billed: &self.billed,
            zone: &read("Europe/Paris"),
            horizon: date(2026, 3, 1),
            horizons: &BTreeMap::new(),
        };
        let shown = |objection: &invoicing::Objection| {
            let args: Vec<_> = objection.args().into_iter().map(|(_, value)| value).collect();
            format!("{} {}", objection.code(), args.join(", "))
        };
        check(&self.draft, evidence).iter().map(shown).collect()
    }
}

#[test]
fn a_sound_draft_meets_no_objection() {
    assert_eq!(Case::sound().objections(), [""; 0]);
}

#[test]
fn a_device_before_its_delivery_is_too_early() {
    for charge in [sale(), instalment(1)] {
        let mut case = Case::of(vec![charge]);
        case.timeline().delivered_at = None;
        assert_eq!(case.objections(), ["billed-too-early 1, U-001"]);
    }
}

#[test]
fn a_device_before_the_milestone_that_its_line_names_is_too_early() {
    let mut case = Case::of(vec![sale()]);
    let start_at = read("2026-01-20T09:00:00Z");
    let evidence = facts::unit::StartEvidence::Accepted;
    let start = facts::charge::UnitStart { unit: read("U-001"), start_at, evidence };
    case.draft.lines[0].charge.starts = vec![start];
    assert_eq!(case.objections(), ["billed-too-early 1, U-001"], "delivered, not accepted");
    case.timeline().accepted_at = Some(start_at);
    assert_eq!(case.objections(), [""; 0]);
}

#[test]
fn a_unit_that_nobody_knows_is_too_early() {
    let mut case = Case::of(vec![sale()]);
    case.timelines.clear();
    assert_eq!(case.objections(), ["billed-too-early 1, U-001"]);
}

#[test]
fn a_service_before_its_first_day_is_too_early() {
    let mut case = Case::of(vec![service(date(2026, 1, 14), date(2026, 2, 1))]);
    assert_eq!(case.objections(), [""; 0]);
    let start_of_15 = "2026-01-14T23:00:00Z";
    case.timeline().start.as_mut().unwrap().start_at = read(start_of_15);
    assert_eq!(case.objections(), ["billed-too-early 1, U-001"]);
    case.timeline().start = None;
    assert_eq!(case.objections(), ["billed-too-early 1, U-001"]);
}

#[test]
fn usage_of_a_unit_without_a_start_is_too_early() {
    for kind in [facts::ChargeKind::UsageCharge, facts::ChargeKind::UsageAdjustment] {
        let mut case = Case::of(vec![usage(kind, None, "10")]);
        case.timeline().start = None;
        assert_eq!(case.objections(), ["billed-too-early 1, U-001"]);
    }
}

#[test]
fn a_credit_is_never_too_early() {
    let mut case = Case::of(vec![service_credit(date(2026, 1, 14), date(2026, 2, 1))]);
    *case.timeline() = Timeline::default();
    assert_eq!(case.objections(), [""; 0]);
}

#[test]
fn the_same_line_twice_in_a_draft_is_found() {
    for (charge, what) in [
        (sale(), "hardware U-001"),
        (instalment(1), "hardware_instalment U-001 instalment 1"),
        (fee(), "setup_fee ORD-1001"),
        (service(date(2026, 2, 1), date(2026, 2, 2)), "service_standard U-001 2026-02-01"),
    ] {
        let case = Case::of(vec![charge.clone(), charge]);
        assert_eq!(case.objections(), [format!("draft-billed-twice 2, {what}")]);
    }
    let usage = usage(facts::ChargeKind::UsageCharge, Some("R01"), "10");
    let objections = Case::of(vec![usage.clone(), usage]).objections();
    assert_eq!(objections.len(), 1);
    assert!(objections[0].starts_with("draft-billed-twice 2, sms smart-fleet@1"));
}

#[test]
fn service_days_that_overlap_in_a_draft_are_found_day_by_day() {
    let case = Case::of(vec![
        service(date(2026, 2, 1), date(2026, 2, 10)),
        service(date(2026, 2, 8), date(2026, 2, 12)),
    ]);
    assert_eq!(
        case.objections(),
        [
            "draft-billed-twice 2, service_standard U-001 2026-02-08",
            "draft-billed-twice 2, service_standard U-001 2026-02-09",
        ]
    );
}

#[test]
fn what_an_earlier_invoice_billed_is_found() {
    let unit = || read::<UnitId>("U-001");
    let mut case = Case::of(vec![sale()]);
    case.billed.devices.insert((read("hardware"), unit()));
    assert_eq!(case.objections(), ["draft-billed-twice 1, hardware of U-001"]);

    let mut case = Case::of(vec![instalment(1), instalment(2)]);
    case.billed.instalments.insert((read("hardware_instalment"), unit(), 2));
    assert_eq!(case.objections(), ["draft-billed-twice 2, hardware_instalment of U-001"]);

    let mut case = Case::of(vec![service(date(2026, 2, 1), date(2026, 3, 1))]);
    let days = case.billed.service_days.entry((read("service_standard"), unit())).or_default();
    days.insert(date(2026, 1, 31));
    assert_eq!(case.objections(), [""; 0]);
    let days = case.billed.service_days.entry((read("service_standard"), unit())).or_default();
    days.insert(date(2026, 2, 28));
    assert_eq!(case.objections(), ["draft-billed-twice 1, service_standard of U-001"]);
}

#[test]
fn an_order_fee_that_an_earlier_invoice_billed_is_found() {
    let mut case = Case::of(vec![fee()]);
    case.billed.order_fees.insert((read("setup_fee"), read("ORD-1000")));
    assert_eq!(case.objections(), [""; 0]);
    case.billed.order_fees.insert((read("setup_fee"), read("ORD-1001")));
    assert_eq!(case.objections(), ["draft-billed-twice 1, setup_fee of ORD-1001"]);
}

#[test]
fn days_after_the_current_period_are_out_of_period() {
    let case = Case::of(vec![service(date(2026, 3, 1), date(2026, 3, 2))]);
    assert_eq!(case.objections(), ["out-of-period 1"]);
}

#[test]
fn an_amount_that_its_terms_do_not_come_to_is_found() {
    type Tamper = fn(&mut Charge);
    let tampers: [Tamper; 4] = [
        |charge| charge.computation.terms[0].quantity = read("2"),
        |charge| charge.computation.rounded = euros("198.99"),
        |charge| charge.computation.less = Some(euros("0.01")),
        |charge| charge.computation.less = Some(Money::zero(read("USD"))),
    ];
    for tamper in tampers {
        let mut case = Case::of(vec![sale()]);
        tamper(&mut case.draft.lines[0].charge);
        assert_eq!(case.objections(), ["wrong-amount 1"]);
    }
    let mut charge = sale();
    charge.amount = euros("199.01");
    assert_eq!(Case::of(vec![charge]).objections(), ["wrong-amount 1"]);
}

#[test]
fn totals_that_are_not_the_sum_of_their_parts_are_found() {
    type Tamper = fn(&mut Draft);
    let tampers: [(Tamper, &[&str]); 4] = [
        (|draft| draft.total = euros("0.00"), &["wrong-total total"]),
        (|draft| draft.taxes[0].base = euros("0.00"), &["wrong-total tax base"]),
        (|draft| draft.taxes[0].amount = euros("0.00"), &["wrong-total total"]),
        (
            |draft| draft.net = euros("0.00"),
            &["wrong-total net", "wrong-total tax base", "wrong-total total"],
        ),
    ];
    for (tamper, expected) in tampers {
        let mut case = Case::sound();
        tamper(&mut case.draft);
        assert_eq!(case.objections(), expected);
    }
}

/// A line of 199.00 with a discount of 10 %, tampered with.
fn discounted(tamper: impl FnOnce(&mut TermEffect)) -> Vec<String> {
    let effect = |base: &str| TermEffect {
        term: read("launch"),
        name: Text { en: "Launch".to_owned(), fr: "Lancement".to_owned() },
        kind: TermKind::Discount,
        pot: Pot { offer: None, component: None, period: None },
        percent: Some(read("10")),
        of_amount: None,
        base: euros(base),
        before: euros(base),
        amount: euros("-19.90"),
        quantity: None,
    };
    let mut termed = TermedCharge::from(sale());
    assert_eq!(termed.charge.amount, euros("199.00"));
    termed.effects.push(effect("199.00"));
    tamper(&mut termed.effects[0]);
    let draft = plan(&seller(), &account(), ISSUED_ON, vec![termed]).expect("a plan");
    let (timelines, billed) = (timelines(), Billed::default());
    Case { draft: draft.expect("a line"), timelines, billed }.objections()
}

#[test]
fn a_discount_that_is_not_what_it_says_is_found() {
    assert_eq!(discounted(|_| {}), [""; 0]);
    assert_eq!(discounted(|it| it.amount = euros("-19.91")), [""; 0], "a shared rounding");
    assert_eq!(discounted(|it| it.amount = euros("-19.92")), ["wrong-effect 1, launch"]);
    assert_eq!(discounted(|it| it.amount = euros("19.90")), ["wrong-effect 1, launch"]);
    let beyond = |it: &mut TermEffect| {
        it.percent = None;
        it.amount = euros("-199.01");
    };
    assert_eq!(discounted(beyond), ["wrong-effect 1, launch"]);
}
