//! Drafts that do not wait for the day that was agreed on.

use facts::{Fact, InvoiceDrafted};

use crate::world::{Case, check, day, read};

pub const CASES: &[Case] = &[Case {
    name: "an account that nobody reviews has a draft",
    breaks: |world| {
        world.after.push(Fact::InvoiceDrafted(InvoiceDrafted {
            account: read("A"),
            drafted_on: day("2026-02-01"),
            issue_on: day("2026-02-06"),
        }));
    },
    finds: &["draft-differs"],
}];

#[test]
fn drafts_that_wait_for_another_day_are_found() {
    check(CASES);
}
