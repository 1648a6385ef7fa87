//! Fees for changes of state: one for each that took place, on its day.

use std::collections::BTreeSet;

use facts::device::{LifeState, StateChange};
use facts::invoice::InvoiceLine;
use facts::offer::ChargeRule;
use facts::price::OrderedPrice;
use facts::{ChargeKind, Fact};

use crate::bill::{charge, period, second};
use crate::world::{Case, World, check, read};

/// U3 is delivered and activated on 31 January, which costs 17.50.
fn with_fee(world: &mut World) {
    for fact in &mut world.before {
        let Fact::OfferPublished(offer) = fact else { continue };
        for component in offer.components.iter_mut().filter(|it| it.code.as_str() == "part") {
            let price = OrderedPrice::Each(read("17.5"));
            let from = BTreeSet::from([LifeState::New]);
            component.charge = ChargeRule::StateChanged { price, from, to: LifeState::Active };
        }
    }
    let is_part = |line: &InvoiceLine| line.charge.kind == ChargeKind::HardwareInstalment;
    let part = world.first.lines.iter().position(is_part).unwrap();
    world.unbill_first(part);
    world.unbill_second(second::PART);
}

fn fee(kind: ChargeKind, day: (&str, &str), from: LifeState, minor: i64) -> InvoiceLine {
    let mut line = charge(kind, "part", &["U3"], "17.5", minor);
    line.charge.period = Some(period(day.0, day.1));
    line.charge.device.change = Some(StateChange { from, to: LifeState::Active });
    line
}

const CHANGED: (&str, &str) = ("2026-01-31", "2026-02-01");
const BEFORE: (&str, &str) = ("2026-01-30", "2026-01-31");

fn billed(day: (&str, &str), from: LifeState) -> InvoiceLine {
    fee(ChargeKind::StateFee, day, from, 1750)
}

pub const CASES: &[Case] = &[
    Case {
        name: "a change of state is charged",
        breaks: |world| {
            with_fee(world);
            world.bill_second(billed(CHANGED, LifeState::New));
        },
        // Once: the first invoice should have had it.
        finds: &["charge-missing"],
    },
    Case { name: "a change of state is forgotten", breaks: with_fee, finds: &["charge-missing"] },
    Case {
        name: "a change of state is charged on another day",
        breaks: |world| {
            with_fee(world);
            world.bill_second(billed(BEFORE, LifeState::New));
        },
        finds: &["charge-missing", "credit-missing", "hardware-early"],
    },
    Case {
        name: "a change of state is charged as another one",
        breaks: |world| {
            with_fee(world);
            world.bill_second(billed(CHANGED, LifeState::Stored));
        },
        finds: &["charge-missing", "hardware-early"],
    },
    Case {
        name: "a change of state is charged twice",
        breaks: |world| {
            with_fee(world);
            world.bill_second(billed(CHANGED, LifeState::New));
            world.bill_second(billed(CHANGED, LifeState::New));
        },
        finds: &["billed-twice", "charge-missing"],
    },
    Case {
        name: "a change of state that took place is given back",
        breaks: |world| {
            with_fee(world);
            world.bill_second(fee(ChargeKind::StateFeeCredit, CHANGED, LifeState::New, -1750));
        },
        finds: &["charge-missing", "credit-without-charge"],
    },
];

#[test]
fn fees_for_changes_of_state_are_judged() {
    check(CASES);
}
