//! Events with a fate that the facts do not give them, and sums that are not theirs.

use facts::usage::{Fate, QuarantineReason};

use crate::usage_log::{DATA, FREE, SWAPPED, accepted, buckets, more_data};
use crate::world::{Case, World, check, read};

fn change_fate(world: &mut World, event: usize, fate: Fate) {
    world.events[event].fate = fate;
    world.buckets = buckets(&world.events);
}

pub const CASES: &[Case] = &[
    Case {
        name: "usage before the start is billed",
        breaks: |world| change_fate(world, FREE, accepted("U1")),
        finds: &["fate-differs", "usage-not-billed"],
    },
    Case {
        name: "usage after the start is free",
        breaks: |world| change_fate(world, DATA, Fate::Free(read("U1"))),
        finds: &["fate-differs", "usage-not-billed"],
    },
    Case {
        name: "usage of a device that was swapped in goes to another unit",
        breaks: |world| change_fate(world, SWAPPED, accepted("U1")),
        finds: &["fate-differs"],
    },
    Case {
        name: "usage waits although its unit is known",
        breaks: |world| {
            let reason = QuarantineReason::SerialNotAssigned;
            change_fate(world, SWAPPED, Fate::Quarantined(reason));
        },
        finds: &["fate-differs", "usage-not-billed"],
    },
    Case {
        name: "usage of the past is said to be of the future",
        breaks: |world| {
            change_fate(world, DATA, Fate::Quarantined(QuarantineReason::FutureTime));
        },
        finds: &["fate-differs", "usage-not-billed"],
    },
    Case {
        name: "a sum is not that of its events",
        breaks: |world| world.buckets[0].change.quantity = read("101"),
        finds: &["buckets-differ", "usage-not-billed"],
    },
    Case {
        name: "an event is in the sums twice",
        breaks: |world| {
            let again = world.buckets[0].clone();
            world.buckets.push(again);
        },
        finds: &["buckets-differ", "usage-not-billed"],
    },
    Case {
        name: "a device that was never activated sends usage: it is free",
        breaks: |world| {
            let fate = Fate::Free(read("U2"));
            more_data(world, ("n1", "D2"), "2026-02-08T22:59:59Z", (7, "2026-02-09"), fate);
        },
        finds: &[],
    },
];

#[test]
fn wrong_fates_are_found() {
    check(CASES);
}
