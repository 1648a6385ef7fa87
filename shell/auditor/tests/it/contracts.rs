//! Contracts that do not follow each other as they were ordered.

use facts::order::TermRenewed;
use facts::unit::UnitTakenOver;
use facts::{Fact, UnitId};

use crate::world::{Case, World, at, check, day, read};

fn taken_over(world: &mut World, unit: UnitId) {
    world.after.push(Fact::UnitTakenOver(UnitTakenOver {
        unit,
        by: read("U9"),
        order_line: read("L9"),
        agreed_at: at("2026-12-01T00:00:00Z"),
        on: day("2027-01-01"),
        at: at("2027-01-01T00:00:00Z"),
    }));
}

pub const CASES: &[Case] = &[
    Case {
        name: "a unit goes on as one that nobody ordered",
        breaks: |world| taken_over(world, read("U1")),
        finds: &["contract-broken"],
    },
    Case {
        name: "a line without a term is renewed",
        breaks: |world| {
            world.after.push(Fact::TermRenewed(TermRenewed {
                line: read("L1"),
                order: read("O1"),
                account: read("A"),
                from: day("2027-01-01"),
                until: day("2028-01-01"),
                units: 2,
            }));
        },
        finds: &["term-day-wrong"],
    },
];

#[test]
fn contracts_that_do_not_follow_each_other_are_found() {
    check(CASES);
}
