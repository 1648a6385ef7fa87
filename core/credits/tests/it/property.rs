//! What holds for any credits and lines.

use facts::credit::{CreditAmount, CreditGranted};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::world::{World, cents, gift, off, paid, units, usage};

fn named(all: &[(i64, u16)], of: fn(&str, i64) -> CreditGranted) -> Vec<CreditGranted> {
    let one = |(number, (minor, priority)): (usize, &(i64, u16))| CreditGranted {
        priority: *priority,
        ..of(&format!("C{number}"), *minor)
    };
    all.iter().enumerate().map(one).collect()
}

/// What burns of each credit, one cent after the other, by priority and name; with no code of the
/// rules.
fn one_by_one(all: &[(i64, u16)], mut due: i64) -> Vec<i64> {
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by_key(|it| (all[*it].1, *it));
    let mut burnt = vec![0; all.len()];
    for index in order {
        while due > 0 && burnt[index] < all[index].0 {
            burnt[index] += 1;
            due -= 1;
        }
    }
    burnt
}

fn minor(amount: CreditAmount) -> i64 {
    match amount {
        CreditAmount::Money(money) => money.minor,
        CreditAmount::Units(_) => unreachable!("these credits are money"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    /// Over any invoices, paid credits pay the totals in their order and no more; their ledgers
    /// sum to what is left; a naive reading agrees.
    #[test]
    fn paid_credits_pay_in_their_order(
        all in vec((1_i64..2_000, 0_u16..3), 1..4),
        bills in vec(0_i64..1_000, 1..4),
    ) {
        let mut world = World::of(named(&all, paid));
        let mut totals = 0;
        for (number, bill) in bills.iter().enumerate() {
            let day = format!("2026-{:02}-01", number + 2);
            let invoice = world.bill(&day, vec![usage("data", "1", *bill)]);
            prop_assert!(invoice.due().unwrap().minor >= 0);
            totals += invoice.total.minor;
        }
        let expected = one_by_one(&all, totals);
        for credit in world.credits() {
            let index: usize = credit.granted.credit.as_str()[1..].parse().unwrap();
            prop_assert_eq!(minor(credit.left), all[index].0 - expected[index]);
            let sum: i64 = credit.entries.iter().map(|it| minor(it.amount)).sum();
            prop_assert_eq!(sum, minor(credit.left));
            prop_assert!(credit.entries.iter().all(|it| minor(it.left) >= 0));
        }
    }

    /// Gifts take off what the invoice comes to and no more, no line crosses zero, in whatever
    /// order the lines come.
    #[test]
    fn gifts_are_shared_and_sum(
        (amounts, order) in vec(-2_000_i64..5_000, 1..6).prop_flat_map(|it| {
            let places = Just((0..it.len()).collect::<Vec<_>>());
            (Just(it), places.prop_shuffle())
        }),
        all in vec((1_i64..4_000, 0_u16..3), 1..4),
    ) {
        let line = |index: usize| usage(&format!("c{index}"), "1", amounts[index]);
        let lines: Vec<_> = (0..amounts.len()).map(line).collect();
        let shuffled: Vec<_> = order.iter().map(|it| line(*it)).collect();
        let mut world = World::of(named(&all, gift));
        let invoice = world.bill("2026-02-01", lines);
        let mut other = World::of(named(&all, gift));
        prop_assert_eq!(&other.bill("2026-02-01", shuffled).lines, &invoice.lines);
        let sum: i64 = amounts.iter().sum();
        let given: i64 = off(&invoice).iter().sum();
        let expected: i64 = one_by_one(&all, sum.max(0)).iter().sum();
        prop_assert_eq!(given, expected);
        for (taken, amount) in off(&invoice).into_iter().zip(amounts) {
            prop_assert!((0..=amount.max(0)).contains(&taken), "{taken} of {amount}");
        }
    }

    /// On invoices of order lines that have their own, gifts burn as they would on invoices of days
    /// that follow each other: the consolidated one first, then by name.
    #[test]
    fn gifts_burn_document_by_document(
        amounts in vec((-2_000_i64..5_000, 0_usize..3), 1..8),
        all in vec((1_i64..4_000, 0_u16..3), 1..4),
    ) {
        let groups = [None, Some("A"), Some("B")];
        let line = |(index, (amount, group)): (usize, &(i64, usize))| {
            let mut line = usage(&format!("c{index}"), "1", *amount);
            line.charge.group = groups[*group].map(|it| it.parse().unwrap());
            line
        };
        let lines: Vec<_> = amounts.iter().enumerate().map(line).collect();
        let world = World::of(named(&all, gift));
        let credits = world.credits();
        let taken =
            credits::take_off(lines.clone(), &credits, "2026-02-01".parse().unwrap()).unwrap();
        let mut left: i64 = all.iter().map(|(minor, _)| *minor).sum();
        let mut seen = 0;
        for (group, name) in groups.iter().enumerate() {
            let sum: i64 = amounts.iter().filter(|it| it.1 == group).map(|it| it.0).sum();
            let expected = sum.max(0).min(left);
            let of = |it: &&facts::invoice::TermedCharge| {
                it.charge.group.as_ref().map(|it| it.as_str()) == *name
            };
            let given: i64 = taken
                .iter()
                .filter(of)
                .flat_map(|it| &it.effects)
                .map(|it| -it.amount.minor)
                .sum();
            prop_assert_eq!(given, expected);
            left -= given;
            seen += taken.iter().filter(of).count();
        }
        prop_assert_eq!(seen, lines.len());
    }

    /// Usage that credits cover costs its part of the line; covered in any pieces, the parts sum.
    #[test]
    fn units_cover_their_part(
        quantity in 1_i64..500,
        price in 0_i64..10_000,
        all in vec((1_i64..300, 1_u16..4), 1..4),
    ) {
        let granted: Vec<CreditGranted> = all
            .iter()
            .enumerate()
            .map(|(number, (count, rate))| units(&format!("C{number}"), &count.to_string(), *rate))
            .collect();
        let mut world = World::of(granted);
        let invoice = world.bill("2026-02-01", vec![usage("data", &quantity.to_string(), price)]);
        // In billionths, as far down as a quantity goes.
        let scale = 1_000_000_000_i128;
        let mut covered = 0_i128;
        for (count, rate) in &all {
            let reach = i128::from(*count) * scale / i128::from(*rate);
            covered += reach.min(i128::from(quantity) * scale - covered);
        }
        // Half away from zero.
        let whole = i128::from(quantity) * scale;
        let expected = (2 * i128::from(price) * covered + whole) / (2 * whole);
        prop_assert_eq!(i128::from(off(&invoice)[0]), expected);
        for credit in world.credits() {
            prop_assert!(!credit.left.is_below(credit.left.zero()).unwrap());
        }
    }

    /// A credit covers a line of another component never, and one that gives back never.
    #[test]
    fn units_leave_the_rest_alone(price in -5_000_i64..5_000, quantity in -50_i64..50) {
        let mut world = World::of(vec![units("C", "100", 1)]);
        let other = world.bill("2026-02-01", vec![usage("other", "5", price)]);
        prop_assert_eq!(off(&other), [0]);
        if quantity <= 0 || price < 0 {
            let lines = vec![usage("data", &quantity.to_string(), price)];
            prop_assert_eq!(off(&world.bill("2026-03-01", lines)), [0]);
        }
    }
}

#[test]
fn credits_act_in_three_steps() {
    // Half of the usage is covered: 10.00 of 20.00; a gift of 4.00; 20 % of 6.00 is 1.20; paid.
    let all = vec![paid("PAID", 500), gift("GIFT", 400), units("UNITS", "50", 1)];
    let mut world = World::of(all);
    let invoice = world.bill("2026-02-01", vec![usage("data", "100", 2_000)]);
    assert_eq!(off(&invoice), [1_400]);
    assert_eq!((invoice.total, invoice.due().unwrap()), (cents(720), cents(220)));
    let left: Vec<(String, String)> = world.left();
    let nothing = |name: &str, left: &str| (name.to_owned(), left.to_owned());
    assert_eq!(left[0], nothing("GIFT", "0.00 EUR"));
    assert_eq!(left[1], nothing("PAID", "0.00 EUR"));
    assert_eq!(left[2], nothing("UNITS", "0"));
}
