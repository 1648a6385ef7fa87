//! Prices in parts, each with the order, a milestone, or a day that was agreed on.

use std::collections::BTreeMap;

use facts::device::{PartDue, PricePart, ReturnStep};
use facts::offer::{ChargeRule, Milestone, OpenParts};
use facts::unit::{ChangeAction, StartEvidence};
use facts::{ChargeKind, OfferPublished};
use jiff::civil::{Date, date};
use kernel::calendar::add_days;
use proptest::prelude::*;

use crate::fleet::{Account, Unit, noon, offer, read, unit};

/// The day of the order of every contract of these tests.
const ORDERED_ON: Date = date(2026, 1, 1);
const CODE: &str = "hardware_instalment";

fn day(days: i32) -> Date {
    add_days(ORDERED_ON, days).expect("a day of these years")
}

fn in_parts(price: &str, parts: &[(&str, PartDue)], on_end: OpenParts) -> OfferPublished {
    let part = |(percent, due): &(&str, PartDue)| PricePart { percent: read(percent), due: *due };
    let mut offer = offer();
    let code = read(CODE);
    for component in offer.components.iter_mut().filter(|it| it.code == code) {
        let parts = parts.iter().map(part).collect();
        component.charge = ChargeRule::Milestones { unit_price: read(price), parts, on_end };
    }
    offer
}

const USUAL: [(&str, PartDue); 3] = [
    ("30", PartDue::Ordered),
    ("50", PartDue::At(Milestone::Delivered)),
    ("20", PartDue::At(Milestone::Accepted)),
];

fn sold() -> Unit {
    unit("U-1", &[CODE])
}

#[test]
fn each_part_is_due_with_its_milestone_and_all_sum_to_the_price() {
    // 30 % of 1,000.01 are 300.003, 50 % are 500.005, 20 % are 200.002: the cent that is left goes
    // to the part that lost most, the second.
    let mut account = Account::with(in_parts("1000.01", &USUAL, OpenParts::GoOn), 1);
    assert!(account.bill(&[sold()], ORDERED_ON).is_empty(), "the order is of this day");
    let line = |number, price| {
        let what = "hardware.instalment hardware_instalment";
        vec![format!("{what} {number} of 3 x1 {price}")]
    };
    assert_eq!(account.lines(&[sold()], day(1)), line(1, "300.00"));
    let delivered = || sold().delivered(day(40));
    let charges = account.bill(&[delivered()], day(41));
    assert_eq!(charges[0].starts[0].evidence, StartEvidence::Delivered);
    assert_eq!(charges[0].amount.minor, 50001);
    let mut accepted = delivered();
    accepted.timeline.accepted_at = Some(noon(day(50)));
    assert!(account.bill(std::slice::from_ref(&accepted), day(50)).is_empty());
    assert_eq!(account.lines(&[accepted], day(51)), line(3, "200.00"));
}

#[test]
fn a_day_that_was_agreed_on_is_one_whatever_happens() {
    let parts = [("50", PartDue::On(date(2025, 12, 1))), ("50", PartDue::On(date(2026, 3, 1)))];
    let mut account = Account::with(in_parts("99.99", &parts, OpenParts::GoOn), 1);
    let first = account.bill(&[sold()], date(2026, 2, 1));
    // A day before the order is that of the order. 49.995 twice: the first takes the cent.
    assert_eq!(first.len(), 1);
    assert_eq!(first[0].device.part.and_then(|it| it.due_on), Some(ORDERED_ON));
    assert_eq!(first[0].amount.minor, 5000);
    let second = account.bill(&[sold()], date(2026, 3, 1));
    assert_eq!(second[0].amount.minor, 4999);
    assert_eq!(second[0].starts[0].evidence, StartEvidence::Agreed);
}

#[test]
fn a_return_gives_back_the_parts_that_were_billed() {
    let mut offer = in_parts("1000", &USUAL, OpenParts::Waived);
    let bill = |offer: OfferPublished, age: i32| {
        let mut account = Account::with(offer, 1);
        let delivered = || sold().delivered(day(10));
        account.bill(&[delivered()], day(31));
        account.lines(&[delivered().returned(day(10 + age))], day(200))
    };
    let line = |number, price| {
        format!("hardware.instalment_credit hardware_instalment {number} of 3 x-1 {price}")
    };
    assert_eq!(bill(offer.clone(), 60), [line(1, "-300.00"), line(2, "-500.00")]);
    assert_eq!(bill(offer.clone(), 61), [""; 0], "after the window");
    for component in &mut offer.components {
        if component.code.as_str() == CODE {
            component.device.return_credit =
                vec![ReturnStep { within_days: 90, percent: read("70") }];
        }
    }
    assert_eq!(bill(offer, 61), [line(1, "-210.00"), line(2, "-350.00")]);
}

#[test]
fn open_parts_are_due_at_the_end_where_that_was_agreed_on() {
    let mut account = Account::with(in_parts("1000", &USUAL, OpenParts::DueAtOnce), 1);
    let cancelled = || sold().changing(day(20), ChangeAction::Cancel);
    account.bill(&[sold()], day(10));
    let charges = account.bill(&[cancelled()], day(31));
    let parts: Vec<_> = charges.iter().filter_map(|it| it.instalment).collect();
    assert_eq!(
        parts.iter().map(|it| (it.number, it.at_once)).collect::<Vec<_>>(),
        [(2, true), (3, true)]
    );
    assert_eq!(charges[0].starts[0].evidence, StartEvidence::Ordered);
    assert!(account.bill(&[cancelled().delivered(day(40))], day(90)).is_empty());
}

/// A plan of parts, what happens to the unit, and when its end is known.
#[derive(Debug, Clone)]
struct Plan {
    cents: i64,
    parts: Vec<(u32, u8)>,
    on_end: OpenParts,
    delivered: Option<i32>,
    accepted: Option<i32>,
    ends: Option<i32>,
    known: i32,
    bill_every_days: i32,
}

fn plan() -> impl Strategy<Value = Plan> {
    let on_end =
        prop_oneof![Just(OpenParts::GoOn), Just(OpenParts::DueAtOnce), Just(OpenParts::Waived)];
    let days = || proptest::option::of(1..200_i32);
    let parts = proptest::collection::vec((1..1000_u32, 0..4_u8), 1..6);
    (1..1_000_000_i64, parts, on_end, days(), days(), days(), 1..300_i32, 1..90_i32).prop_map(
        |(cents, parts, on_end, delivered, accepted, ends, known, bill_every_days)| Plan {
            cents,
            parts,
            on_end,
            delivered,
            accepted: delivered.zip(accepted).map(|(a, b)| a.max(b)),
            ends,
            known,
            bill_every_days,
        },
    )
}

impl Plan {
    /// Weights as percentages that sum to 100 in ten-thousandths.
    fn percents(&self) -> Vec<u32> {
        let sum: u32 = self.parts.iter().map(|(weight, _)| weight).sum();
        let mut percents: Vec<u32> =
            self.parts.iter().map(|(weight, _)| weight * 1_000_000 / sum).collect();
        let missing = 1_000_000 - percents.iter().sum::<u32>();
        percents[0] += missing;
        percents
    }

    fn due(kind: u8) -> PartDue {
        match kind {
            0 => PartDue::Ordered,
            1 => PartDue::At(Milestone::Delivered),
            2 => PartDue::At(Milestone::Accepted),
            _ => PartDue::On(day(77)),
        }
    }

    fn offer(&self) -> OfferPublished {
        let percents = self.percents();
        let parts: Vec<(String, PartDue)> = percents
            .iter()
            .zip(&self.parts)
            .map(|(it, (_, kind))| {
                (format!("{}.{:04}", it / 10_000, it % 10_000), Self::due(*kind))
            })
            .collect();
        let parts: Vec<(&str, PartDue)> =
            parts.iter().map(|(percent, due)| (percent.as_str(), *due)).collect();
        let price = format!("{}.{:02}", self.cents / 100, self.cents % 100);
        in_parts(&price, &parts, self.on_end)
    }

    /// The day of a part, said naively; none: it never comes.
    fn day_of(&self, kind: u8) -> Option<i32> {
        match kind {
            0 => Some(0),
            1 => self.delivered,
            2 => self.accepted,
            _ => Some(77),
        }
    }

    /// The numbers of the parts that are billed in the end.
    fn stays(&self) -> Vec<u16> {
        let stays = |kind: u8| {
            let of_part = self.day_of(kind);
            match self.ends {
                Some(end) if of_part.is_none_or(|day| end < day) => match self.on_end {
                    OpenParts::DueAtOnce => true,
                    OpenParts::Waived => false,
                    OpenParts::GoOn => of_part.is_some(),
                },
                _ => of_part.is_some(),
            }
        };
        (1..).zip(&self.parts).filter(|(_, (_, kind))| stays(*kind)).map(|(it, _)| it).collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    /// However often it is billed and whenever the end is known, the same parts are billed in the
    /// end, each for its share to the cent, and all of them come to the price.
    #[test]
    fn parts_come_to_the_price_whenever_they_are_billed(plan in plan()) {
        let mut account = Account::with(plan.offer(), 1);
        let mut net: BTreeMap<u16, i64> = BTreeMap::new();
        let mut after = 0;
        while after < 500 {
            after += plan.bill_every_days;
            let mut unit = sold();
            let before = |days: Option<i32>| days.filter(|days| *days < after);
            if let Some(delivered) = before(plan.delivered) {
                unit = unit.delivered(day(delivered));
            }
            unit.timeline.accepted_at = before(plan.accepted).map(|days| noon(day(days)));
            if let Some(end) = plan.ends.filter(|_| plan.known <= after) {
                unit = unit.changing(day(end), ChangeAction::Cancel);
            }
            for charge in account.bill(&[unit], day(after)) {
                let part = charge.instalment.expect("a part");
                let due_on = charge.device.part.and_then(|it| it.due_on);
                let is_charge = charge.kind == ChargeKind::HardwareInstalment;
                prop_assert_eq!(is_charge, due_on.is_some());
                prop_assert!(due_on.is_none_or(|due_on| due_on <= day(after)));
                *net.entry(part.number).or_default() += charge.amount.minor;
            }
        }
        let percents = plan.percents();
        net.retain(|number, minor| *minor != 0 || plan.stays().contains(number));
        prop_assert_eq!(net.keys().copied().collect::<Vec<_>>(), plan.stays());
        for (number, minor) in &net {
            let exact = plan.cents * i64::from(percents[usize::from(*number) - 1]);
            prop_assert!((minor * 1_000_000 - exact).abs() < 1_000_000, "part {number}: {minor}");
        }
        if net.len() == percents.len() {
            prop_assert_eq!(net.values().sum::<i64>(), plan.cents);
        }
    }
}
