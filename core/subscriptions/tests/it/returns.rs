//! What of the price of a device is given back by its age.

use std::collections::BTreeMap;

use facts::device::ReturnStep;
use facts::offer::{ChargeRule, Milestone, OpenParts};
use facts::price::OrderedPrice;
use facts::unit::ChangeAction;
use facts::{ChargeKind, OfferPublished};
use jiff::civil::{Date, date};
use kernel::calendar::{add_days, add_months};
use proptest::prelude::*;

use crate::fleet::{Account, offer, read, unit};

const DELIVERED_ON: Date = date(2026, 1, 31);

fn steps(of: &[(u16, &str)]) -> Vec<ReturnStep> {
    of.iter().map(|(within_days, percent)| step(*within_days, percent)).collect()
}

fn step(within_days: u16, percent: &str) -> ReturnStep {
    ReturnStep { within_days, percent: read(percent) }
}

fn aged(code: &str, charge: Option<ChargeRule>, return_credit: &[ReturnStep]) -> OfferPublished {
    let mut offer = offer();
    let component = offer.components.iter_mut().find(|it| it.code.as_str() == code);
    let component = component.expect("a component of the offer");
    component.device.return_credit = return_credit.to_vec();
    component.charge = charge.unwrap_or_else(|| component.charge.clone());
    offer
}

fn parts(count: u16, deposit: bool, on_end: OpenParts) -> ChargeRule {
    ChargeRule::Instalments {
        price: OrderedPrice::Each(read("33.33")),
        count,
        deposit: deposit.then(|| read("60")),
        on_end,
        at: Milestone::Delivered,
    }
}

fn day(days: i32) -> Date {
    add_days(DELIVERED_ON, days).expect("a day of these years")
}

#[test]
fn the_age_of_a_device_says_what_of_its_price_is_given_back() {
    let table = steps(&[(30, "100"), (90, "70"), (365, "40")]);
    // 199.00; 70 % of it are 139.30, 40 % are 79.60.
    for (age, credit) in [
        (0, Some("-199.00")),
        (30, Some("-199.00")),
        (31, Some("-139.30")),
        (90, Some("-139.30")),
        (91, Some("-79.60")),
        (365, Some("-79.60")),
        (366, None),
    ] {
        let mut account = Account::with(aged("hardware", None, &table), 1);
        let sold = || unit("U-1", &["hardware"]).delivered(DELIVERED_ON);
        assert_eq!(account.lines(&[sold()], day(1)), ["hardware.sale hardware x1 199.00"]);
        let returned = [sold().returned(day(age))];
        let lines = account.lines(&returned, day(400));
        let expected = credit.map(|it| format!("hardware.return_credit hardware x-1 {it}"));
        assert_eq!(lines, expected.into_iter().collect::<Vec<_>>(), "after {age} days");
        assert!(account.lines(&returned, day(500)).is_empty());
    }
}

#[test]
fn a_return_that_was_earlier_than_known_gives_back_the_difference() {
    let table = steps(&[(30, "100"), (90, "70")]);
    let mut account = Account::with(aged("hardware", None, &table), 1);
    let sold = || unit("U-1", &["hardware"]).delivered(DELIVERED_ON);
    account.bill(&[sold().returned(day(40))], day(60));
    let earlier = [sold().returned(day(20))];
    // 30 % of 199.00 are 59.70: with 139.30 before, all of it.
    assert_eq!(account.lines(&earlier, day(90)), ["hardware.return_credit hardware x-1 -59.70"]);
    assert!(account.lines(&earlier, day(120)).is_empty());
    // And back again, as if the delivery had been reported wrongly.
    let later = [sold().returned(day(50))];
    assert_eq!(account.lines(&later, day(150)), ["hardware.return_credit hardware x-1 59.70"]);
}

#[test]
fn what_is_due_of_parts_is_given_back_in_part_and_the_rest_stays_owed() {
    let table = steps(&[(90, "70")]);
    let rule = parts(3, true, OpenParts::DueAtOnce);
    let code = "hardware_instalment";
    let mut account = Account::with(aged(code, Some(rule), &table), 1);
    let sold = || unit("U-1", &[code]).delivered(DELIVERED_ON);
    account.bill(&[sold()], day(1));
    // 70 % of 60.00 are 42.00; of 33.33 they are 23.331.
    assert_eq!(
        account.lines(&[sold().returned(day(40))], day(45)),
        [
            "hardware.instalment hardware_instalment 2 of 3 x1 33.33",
            "hardware.instalment hardware_instalment 3 of 3 x1 33.33",
            "hardware.instalment_credit hardware_instalment 0 of 3 x-1 -42.00",
            "hardware.instalment_credit hardware_instalment 1 of 3 x-1 -23.33",
            "hardware.instalment_credit hardware_instalment 2 of 3 x-1 -23.33",
            "hardware.instalment_credit hardware_instalment 3 of 3 x-1 -23.33",
        ]
    );
}

/// A plan of parts, when the device goes back, and when that is known.
#[derive(Debug, Clone)]
struct Plan {
    count: u16,
    deposit: bool,
    on_end: OpenParts,
    table: Vec<(u16, u32)>,
    back_after_days: i32,
    known_after_days: i32,
    bill_every_days: i32,
}

fn plan() -> impl Strategy<Value = Plan> {
    let on_end =
        prop_oneof![Just(OpenParts::GoOn), Just(OpenParts::DueAtOnce), Just(OpenParts::Waived)];
    let table = proptest::collection::vec((1..200_u16, 1..=100_u32), 1..4).prop_map(|steps| {
        let (mut age, mut least) = (0, 100);
        let rising = steps.into_iter().map(|(days, percent)| {
            (age, least) = (age + days, percent.min(least));
            (age, least)
        });
        rising.collect()
    });
    (1..9_u16, any::<bool>(), on_end, table, 0..400_i32, 0..500_i32, 1..200_i32).prop_map(
        |(count, deposit, on_end, table, back_after_days, late, bill_every_days)| Plan {
            count,
            deposit,
            on_end,
            table,
            back_after_days,
            known_after_days: back_after_days + late,
            bill_every_days,
        },
    )
}

impl Plan {
    fn percent(&self) -> i64 {
        let age = self.back_after_days;
        let step = self.table.iter().find(|(days, _)| age <= i32::from(*days));
        step.map_or(0, |(_, percent)| i64::from(*percent))
    }

    /// Cents that are kept in the end, said naively: each part by itself.
    fn kept(&self) -> i64 {
        if self.percent() == 100 {
            return 0;
        }
        let waived = |number: u16| {
            let due = add_months(DELIVERED_ON, i32::from(number.max(1)) - 1).expect("a day");
            self.on_end == OpenParts::Waived && due > day(self.back_after_days)
        };
        let first = u16::from(!self.deposit);
        let parts = (first..=self.count).filter(|number| !waived(*number));
        let kept = |number: u16| {
            let cents = if number == 0 { 6000 } else { 3333 };
            cents - (cents * self.percent() + 50) / 100
        };
        parts.map(kept).sum()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    /// However often it is billed and whenever the return is known, the same is kept in the end,
    /// and at no time is more given back than was billed.
    #[test]
    fn parts_come_to_what_the_age_leaves_whenever_they_are_billed(plan in plan()) {
        let table: Vec<ReturnStep> =
            plan.table.iter().map(|(days, percent)| step(*days, &percent.to_string())).collect();
        let code = "hardware_instalment";
        let rule = parts(plan.count, plan.deposit, plan.on_end);
        let mut account = Account::with(aged(code, Some(rule), &table), 1);
        let mut net: BTreeMap<u16, i64> = BTreeMap::new();
        let mut after = 0;
        while after < 1100 {
            after += plan.bill_every_days;
            let mut sold = unit("U-1", &[code]).delivered(DELIVERED_ON);
            if plan.known_after_days <= after {
                sold = sold.changing(day(plan.back_after_days), ChangeAction::Return);
            }
            for charge in account.bill(&[sold], day(after)) {
                let number = charge.instalment.expect("a part").number;
                let so_far = net.entry(number).or_default();
                *so_far += charge.amount.minor;
                let gives_back = charge.kind == ChargeKind::HardwareInstalmentCredit;
                prop_assert_eq!(gives_back, charge.amount.minor < 0);
                prop_assert!(*so_far >= 0);
            }
        }
        prop_assert_eq!(net.values().sum::<i64>(), plan.kept());
    }
}
