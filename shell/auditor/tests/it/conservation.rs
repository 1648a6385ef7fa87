//! Lines that are lost, or whose fate is doubtful.

use crate::world::{Case, check};

pub const CASES: &[Case] = &[
    Case {
        name: "a line has no fate",
        breaks: |world| world.batches[1].lines = 2,
        finds: &["lines-lost"],
    },
    Case {
        name: "an event is lost",
        breaks: |world| {
            world.refusals.remove(0);
        },
        finds: &["lines-lost"],
    },
    Case {
        name: "a batch is not in the log",
        breaks: |world| {
            world.batches.remove(1);
        },
        finds: &["lines-lost"],
    },
    Case {
        name: "a line is not of its batch",
        breaks: |world| world.refusals[2].arrival.line = 9,
        finds: &["line-outside-batch"],
    },
];

#[test]
fn lost_lines_are_found() {
    check(CASES);
}
