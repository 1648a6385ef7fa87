//! Order lines with an invoice of their own: one plan, several documents.

use std::collections::BTreeMap;

use facts::{AccountId, Charge, InvoiceGroup};
use invoicing::{Draft, Part, Totals, consolidate};
use kernel::Money;
use proptest::prelude::*;

use crate::world::{ISSUED_ON, account, amount, euros, read, seller};

/// A charge of so many minor units, on the consolidated invoice or on that of a group.
fn of_group((minor, group): (i64, Option<&str>)) -> Charge {
    let charge = amount(&Money { minor, ..euros("0.00") }.amount_text());
    Charge { group: group.map(read), ..charge }
}

fn part(name: &str, charges: &[(i64, Option<&str>)]) -> Part {
    let charges = charges.iter().map(|it| of_group(*it).into()).collect();
    Part { account: facts::AccountRegistered { account: read(name), ..account() }, charges }
}

/// What a document is of: the group, the account where it is not that of the invoice, and its net.
fn shape(draft: &Draft) -> (Option<&str>, Vec<&str>, i64) {
    let group = draft.group.as_ref().map(InvoiceGroup::as_str);
    let paid_for = draft.paid_for.iter().map(|it| it.account.as_str()).collect();
    (group, paid_for, draft.net.minor)
}

#[test]
fn the_consolidated_invoice_comes_first_and_each_group_has_its_own() {
    let own = part("A", &[(300, Some("Z")), (100, None), (50, Some("B")), (7, Some("Z"))]);
    let others = vec![part("D", &[(5, None), (9, Some("B"))]), part("C", &[(2, None)])];
    let drafts = consolidate(&seller(), ISSUED_ON, own, others).unwrap();
    let expected = [
        (None, vec!["C", "D"], 107),
        (Some("B"), vec![], 50),
        (Some("Z"), vec![], 307),
        // A group of another account is another document, whatever its name.
        (Some("B"), vec!["D"], 9),
    ];
    assert_eq!(drafts.iter().map(shape).collect::<Vec<_>>(), expected);
    let totals = Totals::of(&drafts).unwrap().unwrap();
    assert_eq!((totals.lines, totals.net.minor), (7, 473));
    // VAT is rounded once on each: 21.40, 10.00, 61.40 and 1.80.
    assert_eq!(totals.total.minor, 473 + 21 + 10 + 61 + 2);
}

#[test]
fn all_documents_of_a_day_are_issued_or_none() {
    let none = part("A", &[(0, None), (0, Some("B"))]);
    assert_eq!(consolidate(&seller(), ISSUED_ON, none, Vec::new()).unwrap(), []);
    let some = part("A", &[(0, None), (1, Some("B"))]);
    let drafts = consolidate(&seller(), ISSUED_ON, some, Vec::new()).unwrap();
    assert_eq!(
        drafts.iter().map(shape).collect::<Vec<_>>(),
        [(None, vec![], 0), (Some("B"), vec![], 1)]
    );
    // Nothing on the consolidated one: there is none.
    let alone = part("A", &[(1, Some("B"))]);
    let drafts = consolidate(&seller(), ISSUED_ON, alone, Vec::new()).unwrap();
    assert_eq!(drafts.iter().map(shape).collect::<Vec<_>>(), [(Some("B"), vec![], 1)]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    /// However lines fall on accounts and groups: each stands once, on the document of its group
    /// and account, under its place there; and what they come to is what they come to in all.
    #[test]
    fn documents_divide_the_lines(
        lines in prop::collection::vec((0_usize..3, 0_usize..4, -999_i64..9_999), 1..12),
    ) {
        let (accounts, groups) = (["A", "B", "C"], [None, Some("X"), Some("Y"), Some("Z")]);
        let mut parts = accounts.iter().enumerate().map(|(at, name)| {
            let of = lines.iter().filter(|it| it.0 == at);
            let charges: Vec<_> = of.map(|(_, group, minor)| (*minor, groups[*group])).collect();
            part(name, &charges)
        });
        let own = parts.next().unwrap();
        let drafts = consolidate(&seller(), ISSUED_ON, own, parts.collect()).unwrap();
        // The same again, one line after the other.
        let mut expected: BTreeMap<(Option<&str>, &str), i64> = BTreeMap::new();
        for (account, group, minor) in &lines {
            *expected.entry((groups[*group], accounts[*account])).or_default() += minor;
        }
        let mut found: BTreeMap<(Option<&str>, &str), i64> = BTreeMap::new();
        for draft in &drafts {
            let group = draft.group.as_ref().map(InvoiceGroup::as_str);
            let numbers = draft.lines.iter().map(|it| it.line);
            prop_assert!(numbers.eq(1..=u32::try_from(draft.lines.len()).unwrap()));
            let whose = |it: &Option<AccountId>| it.as_ref().map_or("A", |it| {
                accounts.iter().find(|name| **name == it.as_str()).unwrap()
            });
            for line in &draft.lines {
                prop_assert_eq!(&line.charge.group, &draft.group);
                let group = groups.iter().find(|it| **it == group).unwrap();
                let minor = line.charge.amount.minor;
                *found.entry((*group, whose(&line.account))).or_default() += minor;
            }
            let mut accounts: Vec<_> = draft.lines.iter().map(|it| whose(&it.account)).collect();
            accounts.dedup();
            prop_assert!(draft.group.is_none() || accounts.len() == 1);
        }
        let is_nothing = lines.iter().all(|(.., minor)| *minor == 0);
        if is_nothing {
            prop_assert!(drafts.is_empty());
        } else {
            prop_assert_eq!(found, expected);
            let net = Totals::of(&drafts).unwrap().unwrap().net.minor;
            prop_assert_eq!(net, lines.iter().map(|(.., minor)| minor).sum::<i64>());
        }
    }
}
