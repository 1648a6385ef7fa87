use std::str::FromStr;

use facts::unit::{Held, ServiceStart, StartEvidence, Timeline};
use facts::{AccountId, ChargeKind, DeviceSerial, UnitId};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use kernel::{Currency, Money, Zone};
use proptest::prelude::*;

use crate::{Due, Finding, Kind, NextAction, Stake, Standing, units};

const TODAY: Date = date(2026, 3, 25);

fn euros(minor: i64) -> Money {
    Money { minor, currency: Currency::from_str("EUR").unwrap() }
}

fn at(day: i8) -> Option<Timestamp> {
    Some(format!("2026-03-{day:02}T08:00:00Z").parse().unwrap())
}

/// Shipped on the 2nd, delivered on the 4th, active and in service since the 5th, all billed.
fn well(unit: &str) -> Standing {
    let start = ServiceStart { start_at: at(5).unwrap(), evidence: StartEvidence::Delivered };
    let serial = DeviceSerial::new(format!("S-{unit}")).unwrap();
    Standing {
        unit: UnitId::new(unit).unwrap(),
        account: AccountId::new("A").unwrap(),
        zone: Zone::utc(),
        today: TODAY,
        timeline: Timeline {
            holdings: vec![Held { serial, from: at(2), until: None }],
            shipped_at: at(2),
            delivered_at: at(4),
            accepted_at: None,
            start: Some(start.clone()),
            ..Timeline::default()
        },
        start: Some(start),
        can_be_activated: true,
        activated_at: at(5),
        due: Vec::new(),
        billed: None,
        price: Stake { once: Some(euros(19_900)), per_period: Some(euros(2_490)) },
        to_return: None,
        next_bill_on: Some(date(2026, 4, 1)),
    }
}

fn only(it: Standing) -> Finding {
    let mut findings = units(&[it]).unwrap();
    assert_eq!(findings.len(), 1, "{findings:?}");
    findings.remove(0)
}

fn undelivered() -> Standing {
    let mut it = well("U");
    (it.timeline.delivered_at, it.timeline.start, it.start) = (None, None, None);
    it.activated_at = None;
    it
}

fn service(minor: i64) -> Due {
    let from = Some(date(2026, 3, 20));
    Due { kind: ChargeKind::ServiceCharge, from, part: None, amount: euros(minor) }
}

#[test]
fn what_is_well_is_not_told() {
    assert_eq!(units(&[well("U-1"), well("U-2")]).unwrap(), []);
}

#[test]
fn what_is_not_delivered_is_told_by_what_else_is_known() {
    let lost = only(undelivered());
    assert_eq!((lost.kind, lost.action), (Kind::ShippedNotDelivered, NextAction::AskCarrier));
    assert_eq!((lost.since, lost.age_days), (Some(date(2026, 3, 2)), Some(23)));
    assert_eq!((lost.stake.once, lost.stake.per_period), (Some(euros(19_900)), Some(euros(2_490))));

    let active = only(Standing { activated_at: at(6), ..undelivered() });
    assert_eq!(
        (active.kind, active.action),
        (Kind::ActivatedNotDelivered, NextAction::ReportDelivery)
    );

    let billed = only(Standing { billed: Some(euros(22_390)), ..undelivered() });
    assert_eq!(
        (billed.kind, billed.action),
        (Kind::BilledNotDelivered, NextAction::CreditOrDeliver)
    );
    assert_eq!(billed.stake.once, Some(euros(-22_390)), "to give back");
    assert!(billed.needs_action());
}

#[test]
fn a_silent_device_waits_for_its_start_or_for_somebody() {
    let mut waits = well("U");
    waits.activated_at = None;
    waits.timeline.start = None;
    let ahead = "2026-04-03T00:00:00Z".parse().unwrap();
    waits.start = Some(ServiceStart { start_at: ahead, evidence: StartEvidence::Delivered });
    let told = only(waits.clone());
    assert_eq!((told.kind, told.action), (Kind::DeliveredNotActivated, NextAction::WaitForStart));
    assert_eq!(told.resolves_on, Some(date(2026, 4, 3)));
    assert!(!told.needs_action());

    let started = only(Standing { activated_at: None, ..well("U") });
    assert_eq!(started.action, NextAction::CheckDevice);
    assert!(started.needs_action());

    let mute = Standing { can_be_activated: false, ..waits };
    assert_eq!(units(&[mute]).unwrap(), [], "nothing counts as its activation");
}

#[test]
fn a_missed_deadline_is_told_in_place_of_the_silent_device() {
    let mut it = well("U");
    (it.timeline.start, it.start, it.activated_at) = (None, None, None);
    let then = facts::offer::AfterDeadline::Report;
    it.timeline.missed = Some(facts::unit::MissedDeadline { at: at(20).unwrap(), then });
    let told = only(it.clone());
    assert_eq!((told.kind, told.action), (Kind::StartOverdue, NextAction::ActivateOrCancel));
    assert_eq!((told.since, told.age_days), (Some(date(2026, 3, 20)), Some(5)));
    assert_eq!(told.stake, it.price);
    it.today = date(2026, 3, 19);
    assert_eq!(only(it).kind, Kind::DeliveredNotActivated, "there is time");
}

#[test]
fn what_is_due_waits_for_the_next_bill_day_if_there_is_one() {
    let told = only(Standing { due: vec![service(964)], ..well("U") });
    assert_eq!((told.kind, told.action), (Kind::ActivatedNotBilled, NextAction::WaitForInvoice));
    assert_eq!((told.stake.once, told.age_days), (Some(euros(964)), Some(5)));
    assert!(!told.needs_action());

    let told = only(Standing { due: vec![service(964)], next_bill_on: None, ..well("U") });
    assert_eq!(told.action, NextAction::RunBilling);
    assert!(told.needs_action());

    // A plan that changed for the same price leaves nothing to tell.
    let even = vec![service(500), Due { kind: ChargeKind::ServiceCredit, ..service(-500) }];
    assert_eq!(units(&[Standing { due: even, ..well("U") }]).unwrap(), []);
}

#[test]
fn what_came_back_is_given_back() {
    let mut back = well("U");
    back.timeline.returned_at = at(20);
    back.due = vec![Due { kind: ChargeKind::ServiceCredit, ..service(-964) }];
    let told = only(back);
    assert_eq!(told.kind, Kind::ReturnedStillBilled);
    assert_eq!(told.since, Some(date(2026, 3, 20)));
    let paused = Standing {
        due: vec![Due { kind: ChargeKind::ServiceCredit, ..service(-643) }],
        ..well("U")
    };
    assert_eq!(only(paused).kind, Kind::BilledNotServed);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    /// Whatever is known of a unit, it is told at most once of its supply; amounts due are told
    /// whole; every age counts from its day.
    #[test]
    fn amounts_are_told_whole(
        delivered in proptest::option::of(1_i8..24),
        activated in proptest::option::of(1_i8..24),
        returned in any::<bool>(),
        amounts in proptest::collection::vec(-5_000_i64..5_000, 0..4),
    ) {
        let mut it = well("U");
        it.timeline.delivered_at = delivered.and_then(at);
        it.activated_at = activated.and_then(at);
        it.timeline.returned_at = at(24).filter(|_| returned);
        it.due = amounts.iter().map(|minor| service(*minor)).collect();
        let findings = units(&[it]).unwrap();
        let of_supply = |it: &&Finding| matches!(
            it.kind,
            Kind::ShippedNotDelivered | Kind::ActivatedNotDelivered | Kind::DeliveredNotActivated
        );
        prop_assert!(findings.iter().filter(of_supply).count() <= 1);
        let due: Vec<&Finding> = findings.iter().filter(|it| !of_supply(it)).collect();
        let told: i64 = due.iter().filter_map(|it| it.stake.once).map(|it| it.minor).sum();
        prop_assert_eq!(told, amounts.iter().sum::<i64>());
        for it in &findings {
            let days = it.since.map(|since| i64::from((TODAY - since).get_days()));
            prop_assert_eq!(it.age_days, days);
        }
    }
}

#[test]
fn a_device_that_is_not_sold_is_asked_for_when_its_contract_is_over() {
    let mut it = well("U");
    (it.timeline.over_at, it.timeline.ended_at) = (at(20), at(20));
    assert_eq!(units(&[it.clone()]).unwrap(), [], "it is sold");
    it.to_return = Some(Stake { once: Some(euros(12_000)), per_period: None });
    let told = only(it.clone());
    assert_eq!((told.kind, told.action), (Kind::NotReturned, NextAction::AskForDevice));
    assert_eq!((told.since, told.age_days), (Some(date(2026, 3, 20)), Some(5)));
    assert_eq!(told.stake.once, Some(euros(12_000)));
    assert!(told.needs_action());
    let back = Timeline { returned_at: at(22), ..it.timeline.clone() };
    assert_eq!(units(&[Standing { timeline: back, ..it.clone() }]).unwrap(), []);
    it.today = date(2026, 3, 19);
    assert_eq!(units(&[it]).unwrap(), [], "it is not over yet");
}
