//! Deposits, parts that end early, and devices that are due with another milestone.

use std::collections::BTreeMap;

use facts::offer::{AfterLoss, ChargeRule, Milestone, OpenParts};
use facts::price::OrderedPrice;
use facts::unit::{ChangeAction, Loss, LossCause};
use facts::{Charge, ChargeKind, OfferPublished};
use jiff::civil::{Date, date};
use kernel::calendar::{add_days, add_months};
use proptest::prelude::*;

use crate::fleet::{Account, noon, offer, read, unit};

const DELIVERED_ON: Date = date(2026, 1, 31);

/// The offer with 33.33 in so many parts, and what else is agreed on.
fn in_parts(count: u16, deposit: Option<&str>, on_end: OpenParts) -> OfferPublished {
    with(ChargeRule::Instalments {
        price: OrderedPrice::Each(read("33.33")),
        count,
        deposit: deposit.map(read),
        on_end,
        at: Milestone::Delivered,
    })
}

fn with(charge: ChargeRule) -> OfferPublished {
    let mut offer = offer();
    let code = read("hardware_instalment");
    offer.components.iter_mut().filter(|it| it.code == code).for_each(|it| {
        it.charge = charge.clone();
    });
    offer
}

fn device() -> crate::fleet::Unit {
    unit("U-1", &["hardware_instalment"]).delivered(DELIVERED_ON)
}

#[test]
fn a_deposit_is_due_with_the_first_part_at_its_own_price() {
    let mut account = Account::with(in_parts(2, Some("60"), OpenParts::GoOn), 1);
    assert_eq!(
        account.lines(&[device()], date(2026, 2, 1)),
        [
            "hardware.instalment hardware_instalment 0 of 2 x1 60.00",
            "hardware.instalment hardware_instalment 1 of 2 x1 33.33",
        ]
    );
    let returned = [device().returned(date(2026, 2, 10))];
    assert_eq!(
        account.lines(&returned, date(2026, 3, 1)),
        [
            "hardware.instalment_credit hardware_instalment 0 of 2 x-1 -60.00",
            "hardware.instalment_credit hardware_instalment 1 of 2 x-1 -33.33",
        ]
    );
    assert!(account.lines(&returned, date(2027, 3, 1)).is_empty());
}

#[test]
fn a_part_that_is_due_before_its_time_says_so() {
    let mut account = Account::with(in_parts(3, None, OpenParts::DueAtOnce), 1);
    let cancelled = [device().changing(date(2026, 3, 1), ChangeAction::Cancel)];
    assert!(account.charges(&cancelled, date(2026, 2, 28)).len() == 2, "nothing is due before it");
    let charges = account.bill(&cancelled, date(2026, 4, 1));
    let at_once: Vec<_> =
        charges.iter().filter_map(|it| it.instalment).map(|it| (it.number, it.at_once)).collect();
    assert_eq!(at_once, [(1, false), (2, false), (3, true)]);
}

#[test]
fn the_parts_of_a_device_that_is_lost_go_on() {
    let loss = Loss { cause: LossCause::Stolen, then: AfterLoss::Ends };
    for on_end in [OpenParts::DueAtOnce, OpenParts::Waived] {
        let mut account = Account::with(in_parts(3, None, on_end), 1);
        let lost = [device().changing(date(2026, 2, 10), ChangeAction::Lost(loss))];
        let parts = |charges: Vec<Charge>| charges.iter().filter_map(|it| it.instalment).count();
        assert_eq!(parts(account.bill(&lost, date(2026, 3, 1))), 2);
        assert_eq!(parts(account.bill(&lost, date(2027, 3, 1))), 1);
    }
}

#[test]
fn a_device_is_due_with_the_milestone_that_its_offer_names() {
    for (at, due) in [(Milestone::Shipped, 0), (Milestone::Delivered, 1), (Milestone::Accepted, 2)]
    {
        let charge = ChargeRule::OnceDelivered { price: OrderedPrice::Each(read("100")), at };
        let mut account = Account::with(with(charge), 1);
        let mut unit = unit("U-1", &["hardware_instalment"]);
        let days = [date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1)];
        for (step, day) in days.into_iter().enumerate() {
            let before = noon(add_days(day, -1).expect("a day"));
            match step {
                0 => unit.timeline.shipped_at = Some(before),
                1 => unit.timeline.delivered_at = Some(before),
                _ => unit.timeline.accepted_at = Some(before),
            }
            let billed = account.bill(std::slice::from_ref(&unit), day);
            assert_eq!(billed.len(), usize::from(step == due), "{at:?} on {day}");
        }
    }
}

#[test]
fn an_acceptance_that_lies_ahead_is_not_billed_before_it() {
    let at = Milestone::Accepted;
    let charge = ChargeRule::OnceDelivered { price: OrderedPrice::Each(read("100")), at };
    let mut account = Account::with(with(charge), 1);
    let mut unit = device();
    unit.timeline.accepted_at = Some(noon(date(2026, 3, 10)));
    assert!(account.bill(std::slice::from_ref(&unit), date(2026, 3, 1)).is_empty());
    assert_eq!(account.bill(&[unit], date(2026, 4, 1)).len(), 1);
}

/// A plan of parts, when the device ends, and when that is known.
#[derive(Debug, Clone)]
struct Plan {
    count: u16,
    deposit: bool,
    on_end: OpenParts,
    ends_after_days: Option<i32>,
    known_after_days: i32,
    /// When it turns out that the device did not end: a start in time is told.
    undone_after_days: Option<i32>,
    bill_every_days: i32,
}

fn plan() -> impl Strategy<Value = Plan> {
    let on_end =
        prop_oneof![Just(OpenParts::GoOn), Just(OpenParts::DueAtOnce), Just(OpenParts::Waived)];
    let end = proptest::option::of(0..500_i32);
    let known = (0..600_i32, proptest::option::of(0..900_i32));
    (1..14_u16, any::<bool>(), on_end, end, known, 1..200_i32).prop_map(
        |(count, deposit, on_end, ends_after_days, (known_after_days, undone), bill_every_days)| {
            // What was waived by an end was never billed, if that end is none in the end.
            let can_be_undone = on_end != OpenParts::Waived;
            Plan {
                count,
                deposit,
                on_end,
                ends_after_days,
                known_after_days,
                undone_after_days: undone.filter(|_| can_be_undone),
                bill_every_days,
            }
        },
    )
}

impl Plan {
    fn day(days: i32) -> Date {
        add_days(DELIVERED_ON, days).expect("a day of these years")
    }

    /// Cents that are billed in the end, said naively: each part by itself.
    fn cents(&self) -> i64 {
        let deposit = if self.deposit { 6000 } else { 0 };
        let waived_after = self.ends_after_days.filter(|_| self.on_end == OpenParts::Waived);
        let stays = |number: &u16| {
            let due = add_months(DELIVERED_ON, i32::from(*number) - 1).expect("a day");
            waived_after.is_none_or(|days| due <= Self::day(days))
        };
        deposit + 3333 * i64::try_from((1..=self.count).filter(stays).count()).expect("few")
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    /// However often it is billed and whenever the end is known, the same is billed in the end:
    /// nothing twice, and nothing before it is due.
    #[test]
    fn parts_come_to_what_was_agreed_on_whenever_they_are_billed(plan in plan()) {
        let deposit = plan.deposit.then_some("60");
        let mut account = Account::with(in_parts(plan.count, deposit, plan.on_end), 1);
        let end = plan.ends_after_days.map(Plan::day);
        let mut net: BTreeMap<u16, i64> = BTreeMap::new();
        let mut after = 0;
        while after < 1100 {
            after += plan.bill_every_days;
            let mut unit = device();
            let is_known = plan.known_after_days <= after;
            let is_undone = plan.undone_after_days.is_some_and(|undone| undone <= after);
            if let Some(end) = end.filter(|_| is_known && !is_undone) {
                unit = unit.changing(end, ChangeAction::Cancel);
            }
            let today = Plan::day(after);
            for charge in account.bill(&[unit], today) {
                let part = charge.instalment.expect("a part");
                let agreed = add_months(DELIVERED_ON, i32::from(part.number.max(1)) - 1);
                let agreed = agreed.expect("a day");
                let is_charge = charge.kind == ChargeKind::HardwareInstalment;
                let is_due = agreed <= today || end.is_some_and(|end| end <= today && part.at_once);
                prop_assert!(!is_charge || is_due, "{part:?} on {today}");
                *net.entry(part.number).or_default() += charge.amount.minor;
            }
            if is_undone {
                let too_early = net.iter().find(|(number, cents)| {
                    let agreed = add_months(DELIVERED_ON, i32::from(**number).max(1) - 1);
                    **cents != 0 && agreed.expect("a day") > today
                });
                prop_assert_eq!(too_early, None, "billed before its day on {}", today);
            }
        }
        prop_assert_eq!(net.values().sum::<i64>(), plan.cents());
    }
}
