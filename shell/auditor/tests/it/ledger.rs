//! Entries that do not balance, and balances that are not theirs.

use facts::posting::EntryLine;

use crate::world::{Case, check, read};

pub const CASES: &[Case] = &[
    Case {
        name: "a debit without a credit",
        breaks: |world| {
            let mut entries = world.entries();
            entries[0].lines[0].debit += 1;
            world.posted = Some(entries);
        },
        finds: &["receivable-differs", "entry-unbalanced", "balance-differs"],
    },
    Case {
        name: "a line that is neither debit nor credit",
        breaks: |world| {
            let mut entries = world.entries();
            entries[0].lines.push(EntryLine {
                account: read("411"),
                debit: 0,
                credit: 0,
                party: None,
                invoice_line: None,
            });
            world.posted = Some(entries);
        },
        finds: &["entry-line-impossible"],
    },
    Case {
        name: "a negative debit for a credit",
        breaks: |world| {
            let mut entries = world.entries();
            for line in &mut entries[0].lines[1..] {
                (line.debit, line.credit) = (-line.credit, 0);
            }
            world.posted = Some(entries);
        },
        finds: &["entry-line-impossible", "balance-differs"],
    },
    Case {
        name: "an entry is not in the balances",
        breaks: |world| {
            let mut entries = world.entries();
            entries.remove(0);
            world.balanced = Some(entries);
        },
        finds: &["balance-differs"],
    },
];

#[test]
fn wrong_entries_and_balances_are_found() {
    check(CASES);
}
