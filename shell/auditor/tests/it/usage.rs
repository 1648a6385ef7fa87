//! Usage that is stored and not billed, or billed and not stored.

use crate::bill::{price, second};
use crate::usage_log::{DATA, more_data};
use crate::world::{Case, check, read, signalled};

pub const CASES: &[Case] = &[
    Case {
        name: "messages are not billed",
        breaks: |world| world.unbill_second(second::SMS),
        finds: &["usage-not-billed"],
    },
    Case {
        name: "hours of a counter are not billed",
        breaks: |world| world.unbill_second(second::HOURS),
        finds: &["usage-not-billed"],
    },
    Case {
        name: "usage of the night is billed in the row of the day",
        breaks: |world| {
            world.change_second(second::DATA, |charge| {
                let rated = charge.rated.as_mut().unwrap();
                rated.row = Some(read("R1"));
                rated.tiers[0].unit_price = read("0.02");
                charge.computation.terms[0].unit_price = read("0.02");
                price(charge, 20);
            });
        },
        finds: &["usage-not-billed"],
    },
    Case {
        name: "an event arrived the day before the invoice and is not on it",
        breaks: |world| {
            more_data(world, ("d4", "D1"), "2026-02-27T10:00:00Z", (7, "2026-02-28"));
        },
        finds: &["usage-not-billed"],
    },
    Case {
        name: "an event that arrives on the day of the invoice waits for the next",
        breaks: |world| {
            more_data(world, ("d4", "D1"), "2026-02-27T10:00:00Z", (7, "2026-03-01"));
        },
        finds: &[],
    },
    Case {
        name: "a signal that came after the invoice makes old usage billable: the next bills it",
        breaks: |world| {
            world.after.push(signalled("g2", "D2", "2026-01-20T10:00:00Z"));
            more_data(world, ("d4", "D2"), "2026-01-25T10:00:00Z", (7, "2026-01-25"));
        },
        finds: &[],
    },
    Case {
        name: "a billed event was never received",
        breaks: |world| {
            world.batches[DATA.0].lines.remove(DATA.1);
            world.received[DATA.0].lines -= 1;
        },
        finds: &["usage-not-billed"],
    },
];

#[test]
fn usage_that_is_not_billed_is_found() {
    check(CASES);
}
