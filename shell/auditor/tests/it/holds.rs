//! Holds that were passed over.

use facts::hold::{Blocked, HoldTarget};
use facts::{Fact, HoldPlaced, HoldReleased};

use crate::world::{Case, World, at, check, day, read};

fn hold(world: &mut World, target: HoldTarget, blocks: Blocked) {
    world.before.push(Fact::HoldPlaced(HoldPlaced {
        hold: read("H-1"),
        holder: read("fraud"),
        account: read("A"),
        target,
        blocks: [blocks].into(),
        from: day("2025-01-01"),
        recorded_at: at("2026-01-01T00:00:00Z"),
        reason: None,
    }));
}

fn unit() -> HoldTarget {
    HoldTarget::Unit(read("U1"))
}

pub const CASES: &[Case] = &[
    Case {
        name: "an account that is held for billing is billed",
        breaks: |world| hold(world, HoldTarget::Account, Blocked::Billing),
        finds: &["hold-broken"],
    },
    Case {
        name: "a unit that is held for billing is billed",
        breaks: |world| hold(world, unit(), Blocked::Billing),
        finds: &["hold-broken"],
    },
    Case {
        name: "a unit that is held against changes is changed",
        breaks: |world| hold(world, unit(), Blocked::Change),
        finds: &["hold-broken"],
    },
    Case {
        name: "days on which the service was held are billed",
        breaks: |world| hold(world, unit(), Blocked::Service),
        // Its usage is free then, and its allowance gone from the pool.
        finds: &["rated-differs", "service-excess", "usage-not-billed"],
    },
    Case {
        name: "a hold that nobody placed is released",
        breaks: |world| {
            world.after.push(Fact::HoldReleased(HoldReleased {
                hold: read("H-1"),
                account: read("A"),
                until: day("2026-02-01"),
                recorded_at: at("2026-02-01T00:00:00Z"),
            }));
        },
        finds: &["hold-broken"],
    },
];

#[test]
fn holds_that_were_passed_over_are_found() {
    check(CASES);
}
