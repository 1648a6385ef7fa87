//! Commitments, worked out by hand and by a naive second reading.

#![expect(clippy::unwrap_used, reason = "a test stops where its world is wrong")]

use std::collections::BTreeSet;

use facts::commitment::{Bound, Commitment, Partial, Span};
use facts::discount::Scope;
use facts::invoice::TermedCharge;
use facts::{Charge, ChargeKind};
use jiff::civil::Date;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::world::{World, cents, percent, period, read, usage, words};

fn commitment(bound: Bound, minor: i64) -> Commitment {
    Commitment {
        code: read("committed"),
        name: words("Committed"),
        bound,
        amount: cents(minor),
        each: Span::Period,
        scope: Scope::Account,
        counts: BTreeSet::new(),
        from: None,
        until: None,
        partial: Partial::Prorated,
    }
}

fn under(started_on: &str, commitments: Vec<Commitment>) -> World {
    let mut world = World::started(started_on, started_on);
    world.account.terms.commitments = commitments;
    world
}

/// Usage of the month that a day is in.
fn month(month: i8, minor: i64) -> Charge {
    let from = Date::new(2026, month, 1).unwrap();
    let to = from.last_of_month().tomorrow().unwrap();
    usage(&from.to_string(), &to.to_string(), minor, &[("U-1", "1")])
}

fn true_ups(lines: &[TermedCharge]) -> Vec<(String, i64)> {
    let of = lines.iter().filter(|it| it.charge.kind == ChargeKind::CommitmentTrueUp);
    of.map(|it| (it.charge.period.unwrap().to_string(), it.charge.amount.minor)).collect()
}

fn net(lines: &[TermedCharge]) -> i64 {
    let effects = lines.iter().flat_map(|it| &it.effects).map(|it| it.amount.minor);
    lines.iter().map(|it| it.charge.amount.minor).chain(effects).sum()
}

#[test]
fn a_minimum_is_due_when_its_period_is_over_and_not_before() {
    // The bill day of the world is 1 April.
    let world = under("2026-03-01", vec![commitment(Bound::Minimum, 10_000)]);
    let lines = world.apply(vec![month(3, 4_000), month(4, 1_000)]);
    let march = period("2026-03-01", "2026-04-01").to_string();
    assert_eq!(true_ups(&lines), [(march, 6_000)]);
}

#[test]
fn a_part_of_a_period_has_its_part_of_the_minimum_or_all_of_it() {
    // 17 to 31 March are 15 of 31 days: 31.00 x 15/31 = 15.00.
    let world = under("2026-03-17", vec![commitment(Bound::Minimum, 3_100)]);
    assert_eq!(net(&world.apply(vec![month(3, 400)])), 1_500);
    let whole = Commitment { partial: Partial::Whole, ..commitment(Bound::Minimum, 3_100) };
    assert_eq!(net(&under("2026-03-17", vec![whole]).apply(vec![month(3, 400)])), 3_100);
    // Agreed from the 25th only, 7 days; until the 29th, 4 of them.
    let from = Commitment { from: Some(read("2026-03-25")), ..commitment(Bound::Minimum, 3_100) };
    assert_eq!(net(&under("2026-03-17", vec![from.clone()]).apply(Vec::new())), 700);
    let until = Commitment { until: Some(read("2026-03-29")), ..from };
    assert_eq!(net(&under("2026-03-17", vec![until]).apply(Vec::new())), 400);
}

#[test]
fn nothing_is_committed_before_the_first_service_nor_after_the_last() {
    let mut world = under("2026-03-01", vec![commitment(Bound::Minimum, 3_100)]);
    world.units.values_mut().for_each(|it| it.started_on = None);
    assert_eq!(world.apply(Vec::new()), []);
    // A minimum of the offer ends when the last of its units went back; that of the account not.
    world = World::started("2026-03-01", "2026-03-01");
    let scope = Scope::Offer(read("plan"));
    world.offer.terms.commitments = vec![Commitment { scope, ..commitment(Bound::Minimum, 3_100) }];
    let mut days = ["2026-03-06", "2026-03-11"].into_iter();
    world.units.values_mut().for_each(|it| it.ended_on = days.next().map(read));
    assert_eq!(net(&world.apply(Vec::new())), 1_000);
}

#[test]
fn a_year_is_twelve_bill_periods_and_has_one_true_up() {
    let yearly = Commitment { each: Span::Year, ..commitment(Bound::Minimum, 100_000) };
    // It began in April 2025 and is over on 1 April 2026.
    let world = under("2025-04-01", vec![yearly.clone()]);
    let lines = world.apply(vec![month(3, 40_000)]);
    let year = period("2025-04-01", "2026-04-01").to_string();
    assert_eq!(true_ups(&lines), [(year, 60_000)]);
    // A day later, and it is not over.
    assert_eq!(true_ups(&under("2025-05-01", vec![yearly]).apply(vec![month(3, 40_000)])), []);
}

#[test]
fn an_amendment_does_not_reach_back() {
    let mut world = under("2026-02-01", vec![commitment(Bound::Minimum, 10_000)]);
    let mut amended = world.account.clone();
    amended.version = 2;
    amended.effective_from = read("2026-03-15");
    amended.terms.commitments[0].amount = cents(20_000);
    world.versions = vec![world.account.clone(), amended];
    let lines = world.apply(vec![month(2, 1_000), month(3, 1_000)]);
    let amounts: Vec<i64> = true_ups(&lines).into_iter().map(|(_, minor)| minor).collect();
    assert_eq!(amounts, [9_000, 19_000]);
}

#[test]
fn a_wide_minimum_counts_what_a_narrow_one_added() {
    let narrow = Commitment {
        code: read("narrow"),
        scope: Scope::Components([read("data")].into()),
        ..commitment(Bound::Minimum, 3_000)
    };
    let wide = commitment(Bound::Minimum, 10_000);
    // 10.00 used; 20.00 to 30.00; 70.00 to 100.00.
    let world = under("2026-03-01", vec![wide, narrow]);
    let amounts: Vec<i64> =
        true_ups(&world.apply(vec![month(3, 1_000)])).into_iter().map(|(_, minor)| minor).collect();
    assert_eq!(amounts, [2_000, 7_000]);
}

/// What a month costs in the end: its sum less the discount, held between the two, with no code
/// of the rules.
fn naive(sum: i64, tenths: i64, minimum: i64, maximum: i64) -> i64 {
    let off = (sum * tenths * 10 + 50) / 100;
    let left = sum - off;
    (left.min(maximum)).max(minimum)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    /// Usage comes in any pieces, late or in time: the total of all invoices is that of a naive
    /// reading of the whole.
    #[test]
    fn billing_in_parts_never_changes_the_total(
        parts in vec((2_i8..=3, 0_i64..20_000), 1..8),
        cuts in vec(0_usize..8, 0..3),
        tenths in 0_i64..=9,
        minimum in 1_i64..30_000,
        above in 0_i64..30_000,
    ) {
        let maximum = minimum + above;
        let most = Commitment { code: read("most"), ..commitment(Bound::Maximum, maximum) };
        let mut world = under("2026-02-01", vec![commitment(Bound::Minimum, minimum), most]);
        if tenths > 0 {
            world.account.terms.discounts = vec![percent("off", &(tenths * 10).to_string())];
        }
        let mut total = 0;
        let mut rest: Vec<Charge> =
            parts.iter().map(|(of, minor)| month(*of, *minor)).collect();
        for cut in cuts {
            let later = rest.split_off(cut.min(rest.len()));
            total += net(&world.bill(rest));
            rest = later;
        }
        total += net(&world.bill(rest));
        let expected: i64 = [2_i8, 3].iter().map(|of| {
            let sum = parts.iter().filter(|(it, _)| it == of).map(|(_, minor)| minor).sum();
            naive(sum, tenths, minimum, maximum)
        }).sum();
        prop_assert_eq!(total, expected);
    }

    /// What is given back is given back as it was billed: nothing of a maximum stays behind, and
    /// the minimum takes its place.
    #[test]
    fn what_is_given_back_leaves_the_minimum(
        amounts in vec(0_i64..50_000, 1..6),
        minimum in 1_i64..30_000,
        above in 0_i64..30_000,
    ) {
        let most = Commitment {
            code: read("most"),
            ..commitment(Bound::Maximum, minimum + above)
        };
        let mut world = under("2026-03-01", vec![commitment(Bound::Minimum, minimum), most]);
        let all = |sign: i64| amounts.iter().map(|it| month(3, it * sign)).collect::<Vec<_>>();
        let billed = net(&world.bill(all(1)));
        prop_assert_eq!(billed + net(&world.bill(all(-1))), minimum);
    }

    /// A maximum never takes a line below zero, and what is left never exceeds it.
    #[test]
    fn no_line_crosses_zero_under_a_maximum(
        amounts in vec(-20_000_i64..50_000, 1..8),
        maximum in 1_i64..60_000,
    ) {
        let world = under("2026-03-01", vec![commitment(Bound::Maximum, maximum)]);
        let lines = world.apply(amounts.iter().map(|it| month(3, *it)).collect());
        for line in &lines {
            let (gross, net) = (line.charge.amount.minor, net(std::slice::from_ref(line)));
            prop_assert!((gross.min(0)..=gross.max(0)).contains(&net), "{gross} became {net}");
        }
        prop_assert_eq!(net(&lines), amounts.iter().sum::<i64>().min(maximum));
    }
}
