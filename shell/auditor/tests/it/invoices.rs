//! Invoices that are not the sum of their lines, and books that do not say the same.

use crate::world::{Case, check, day, read};

pub const CASES: &[Case] = &[
    Case {
        name: "a net that is not the sum of the lines",
        breaks: |world| world.first.net.minor += 1,
        finds: &["net-differs", "tax-base-differs", "total-differs"],
    },
    Case {
        name: "a cent too much tax",
        breaks: |world| {
            world.first.taxes[0].amount.minor += 1;
            world.first.total.minor += 1;
        },
        finds: &["tax-differs"],
    },
    Case {
        name: "tax on more than the net",
        breaks: |world| {
            world.first.taxes[0].base.minor += 5;
            world.first.taxes[0].amount.minor += 1;
            world.first.total.minor += 1;
        },
        finds: &["tax-base-differs"],
    },
    Case {
        name: "a total that is not net and tax",
        breaks: |world| {
            world.book(|_| {});
            world.first.total.minor += 1;
        },
        finds: &["total-differs", "receivable-differs"],
    },
    Case {
        name: "lines out of number",
        breaks: |world| world.first.lines[0].line = 9,
        finds: &["line-numbers-differ"],
    },
    Case {
        name: "an invoice is missing in a book",
        breaks: |world| {
            world.book(|entries| {
                entries.remove(3);
            });
        },
        finds: &["entry-count"],
    },
    Case {
        name: "an invoice is booked twice",
        breaks: |world| {
            world.book(|entries| {
                let mut again = entries[0].clone();
                again.entry = read("again");
                entries.push(again);
            });
        },
        finds: &["entry-count"],
    },
    Case {
        name: "an entry of no invoice",
        breaks: |world| {
            world.book(|entries| {
                let mut stray = entries[0].clone();
                (stray.entry, stray.source) = (read("stray"), read("INV-2026-000009"));
                entries.push(stray);
            });
        },
        finds: &["entry-without-invoice"],
    },
    Case {
        name: "an entry on another day",
        breaks: |world| world.book(|entries| entries[0].posted_on = day("2026-02-02")),
        finds: &["entry-header-differs"],
    },
    Case {
        name: "another customer owes it",
        breaks: |world| world.book(|entries| entries[0].lines[0].party = Some(read("B"))),
        finds: &["receivable-differs", "tax-booked-differs"],
    },
    Case {
        name: "a cent of one line on another",
        breaks: |world| {
            world.book(|entries| {
                entries[0].lines[1].credit -= 1;
                entries[0].lines[2].credit += 1;
            });
        },
        finds: &["line-booked-differs"],
    },
    Case {
        name: "a cent of tax on a line",
        breaks: |world| {
            world.book(|entries| {
                entries[0].lines[1].credit += 1;
                entries[0].lines.last_mut().unwrap().credit -= 1;
            });
        },
        finds: &["line-booked-differs", "tax-booked-differs"],
    },
];

#[test]
fn wrong_sums_and_entries_are_found() {
    check(CASES);
}
