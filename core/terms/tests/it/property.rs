//! What holds for any lines, amounts and discounts.

use facts::ChargeKind;
use facts::discount::{Basis, Discount, Each, Scope};
use kernel::{Exact, Rounding};
use proptest::collection::vec;
use proptest::prelude::*;
use terms::share::apportion;

use crate::naive;
use crate::world::{World, added, amount, charge, percent, period, total};

fn lines(amounts: &[i64]) -> Vec<facts::Charge> {
    let of = |(number, minor): (usize, &i64)| {
        let days = Some(period("2026-01-01", "2026-02-01"));
        charge(&format!("c{number:02}"), ChargeKind::ServiceCharge, days, *minor)
    };
    amounts.iter().enumerate().map(of).collect()
}

fn rate(hundredths: i64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

fn discounts(of: &[(i64, bool)]) -> Vec<Discount> {
    let one = |(number, (hundredths, stacked)): (usize, &(i64, bool))| Discount {
        basis: if *stacked { Basis::Undiscounted } else { Basis::Remainder },
        ..percent(&format!("d{number}"), &rate(*hundredths))
    };
    of.iter().enumerate().map(one).collect()
}

fn nets(world: &World, amounts: &[i64]) -> Vec<i64> {
    let lines = world.apply(lines(amounts));
    let added = added(&lines).into_iter().map(|it| it.into_iter().sum::<i64>());
    lines.iter().zip(added).map(|(line, added)| line.charge.amount.minor + added).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn it_is_what_a_naive_reading_says(
        amounts in vec(0_i64..20_000, 1..6),
        of in vec((1_i64..=10_000, any::<bool>()), 0..4),
    ) {
        let world = World::of_account(discounts(&of));
        prop_assert_eq!(nets(&world, &amounts), naive::left(&amounts, &of));
    }

    #[test]
    fn one_percentage_is_rounded_once(
        amounts in vec(-50_000_i64..50_000, 1..8),
        hundredths in 1_i64..=10_000,
    ) {
        let world = World::of_account(discounts(&[(hundredths, false)]));
        let exact = Exact::ratio(i128::from(amounts.iter().sum::<i64>() * hundredths), 10_000);
        let once = Rounding::default().round(exact.unwrap(), 0).unwrap();
        prop_assert_eq!(i128::from(-total(&world.apply(lines(&amounts)))), once);
    }

    #[test]
    fn no_line_crosses_zero(
        amounts in vec(-50_000_i64..50_000, 1..8),
        of in vec((1_i64..=10_000, any::<bool>()), 0..4),
        off in 1_i64..100_000,
    ) {
        let mut all = discounts(&of);
        all.push(amount("off", off, Each::Period));
        for (net, gross) in nets(&World::of_account(all), &amounts).into_iter().zip(amounts) {
            let (least, most) = (gross.min(0), gross.max(0));
            prop_assert!((least..=most).contains(&net), "{gross} became {net}");
        }
    }

    #[test]
    fn an_amount_sums_to_itself_and_never_more_than_there_is(
        amounts in vec(0_i64..50_000, 1..8),
        off in 1_i64..100_000,
    ) {
        let world = World::of_account(vec![amount("off", off, Each::Period)]);
        let sum: i64 = amounts.iter().sum();
        prop_assert_eq!(-total(&world.apply(lines(&amounts))), off.min(sum));
    }

    #[test]
    fn the_order_of_the_lines_does_not_matter(
        (amounts, shuffled) in vec(-50_000_i64..50_000, 1..8).prop_flat_map(|it| {
            let places = Just((0..it.len()).collect::<Vec<_>>());
            (Just(it), places.prop_shuffle())
        }),
        of in vec((1_i64..=10_000, any::<bool>()), 1..4),
        off in 1_i64..100_000,
    ) {
        let mut all = discounts(&of);
        all.push(amount("off", off, Each::Period));
        let world = World::of_account(all);
        let in_order = lines(&amounts);
        let other = shuffled.into_iter().map(|it| in_order[it].clone()).collect();
        prop_assert_eq!(world.apply(in_order), world.apply(other));
    }

    #[test]
    fn a_period_billed_in_parts_has_the_discount_of_the_whole(
        amounts in vec(0_i64..50_000, 2..8),
        cut in 1_usize..7,
        hundredths in 1_i64..=10_000,
        off in 1_i64..100_000,
    ) {
        let cut = cut.min(amounts.len() - 1);
        for all in [
            discounts(&[(hundredths, false)]),
            vec![amount("off", off, Each::Period)],
            vec![amount("off", off, Each::Once)],
        ] {
            let whole = total(&World::of_account(all.clone()).apply(lines(&amounts)));
            let mut parts = World::of_account(all);
            let charges = lines(&amounts);
            let first = total(&parts.bill(charges[..cut].to_vec()));
            let second = total(&parts.bill(charges[cut..].to_vec()));
            prop_assert_eq!(first + second, whole);
        }
    }

    #[test]
    fn what_is_given_back_leaves_no_discount_behind(
        amounts in vec(0_i64..50_000, 1..6),
        hundredths in 1_i64..=10_000,
        off in 1_i64..100_000,
    ) {
        let mut all = discounts(&[(hundredths, false)]);
        all.push(amount("off", off, Each::Period));
        let mut world = World::of_account(all);
        let taken = total(&world.bill(lines(&amounts)));
        let back: Vec<i64> = amounts.iter().map(|it| -it).collect();
        prop_assert_eq!(taken + total(&world.bill(lines(&back))), 0);
    }

    #[test]
    fn a_discount_on_components_is_rounded_for_each(
        amounts in vec(0_i64..50_000, 1..6),
        hundredths in 1_i64..=10_000,
    ) {
        let all = lines(&amounts).iter().map(|it| it.component.clone()).collect();
        let of = Discount { scope: Scope::Components(all), ..percent("c", &rate(hundredths)) };
        for (net, gross) in nets(&World::of_account(vec![of]), &amounts).into_iter().zip(amounts) {
            let exact = Exact::ratio(i128::from(gross * hundredths), 10_000).unwrap();
            let off = Rounding::default().round(exact, 0).unwrap();
            prop_assert_eq!(i128::from(gross - net), off);
        }
    }

    #[test]
    fn parts_sum_to_the_whole_and_are_near(
        values in vec((-1_000_000_i128..1_000_000, 1_i128..=31), 1..20),
    ) {
        let exact: Vec<Exact> = values.iter().map(|(a, b)| Exact::ratio(*a, *b).unwrap()).collect();
        let sum = exact.iter().try_fold(Exact::ZERO, |sum, it| sum.plus(*it)).unwrap();
        let total = i64::try_from(Rounding::default().round(sum, 0).unwrap()).unwrap();
        let parts = apportion(total, &exact, &vec![(i64::MIN, i64::MAX); exact.len()]).unwrap();
        prop_assert_eq!(parts.iter().sum::<i64>(), total);
        for (part, exact) in parts.into_iter().zip(exact) {
            let floor = exact.numerator().div_euclid(exact.denominator());
            prop_assert!((0..=1).contains(&(i128::from(part) - floor)));
        }
    }
}
