//! Rounding, and shares that sum to the whole.

use std::cmp::Ordering;

use kernel::rounding::allocate;
use kernel::{Exact, Overflow, Rounding};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::round_trip;

use Rounding::{Down, HalfAwayFromZero, HalfEven, HalfTowardsZero, Up};

const MODES: [Rounding; 5] = [HalfAwayFromZero, HalfEven, HalfTowardsZero, Up, Down];

/// Tenths of a cent, rounded to cents by each mode in the order of [`MODES`].
#[test]
fn each_mode_on_each_side_of_each_half() {
    let table = [
        (6_220, [622; 5]),
        (6_221, [622, 622, 622, 623, 622]),
        (6_224, [622, 622, 622, 623, 622]),
        (6_225, [623, 622, 622, 623, 622]),
        (6_226, [623, 623, 623, 623, 622]),
        (6_235, [624, 624, 623, 624, 623]),
        (5, [1, 0, 0, 1, 0]),
        (15, [2, 2, 1, 2, 1]),
        (1, [0, 0, 0, 1, 0]),
        (9, [1, 1, 1, 1, 0]),
        (0, [0; 5]),
    ];
    for (tenths, expected) in table {
        for (mode, cents) in MODES.into_iter().zip(expected) {
            let value = |tenths| Exact::ratio(tenths, 1_000).unwrap();
            assert_eq!(mode.round(value(tenths), 2), Ok(cents), "{mode:?} {tenths}");
            assert_eq!(mode.round(value(-tenths), 2), Ok(-cents), "{mode:?} -{tenths}");
        }
    }
}

#[test]
fn a_fraction_without_end_is_never_a_half() {
    for (numerator, expected) in [(1, [0, 0, 0, 1, 0]), (2, [1, 1, 1, 1, 0])] {
        let value = Exact::ratio(numerator, 3).unwrap();
        assert_eq!(MODES.map(|mode| mode.round(value, 0).unwrap()), expected);
    }
}

#[test]
fn the_ends_of_the_type_are_rounded_or_refused() {
    let most = Exact::from_integer(i128::MAX);
    assert_eq!(Up.round(most, 0), Ok(i128::MAX));
    assert_eq!(Up.round(most, 1), Err(Overflow));
    assert_eq!(Up.round(Exact::ZERO, 39), Err(Overflow));
    let least_half = Exact::ratio(i128::MIN + 1, 2).unwrap();
    assert_eq!(HalfAwayFromZero.round(least_half, 0), Ok(i128::MIN / 2));
    assert_eq!(Down.round(Exact::from_integer(i128::MIN), 0), Ok(i128::MIN));
    let below_one = Exact::ratio(i128::MAX - 1, i128::MAX).unwrap();
    assert_eq!(MODES.map(|mode| mode.round(below_one, 0).unwrap()), [1, 1, 1, 1, 0]);
}

#[test]
fn a_mode_is_stored_by_its_name() {
    for mode in MODES {
        round_trip(&mode, &format!("\"{}\"", mode.name()));
    }
    assert_eq!(Rounding::default(), HalfAwayFromZero);
}

#[test]
fn the_largest_remainders_get_what_is_left() {
    let table: [(i64, &[i128], &[i64]); 10] = [
        (100, &[1, 1, 1], &[34, 33, 33]),
        (101, &[1, 1, 1], &[34, 34, 33]),
        (-100, &[1, 1, 1], &[-34, -33, -33]),
        (10, &[2, 7, 1], &[2, 7, 1]),
        (10, &[1, 2], &[3, 7]),
        (1, &[1, 2, 3], &[0, 0, 1]),
        (7, &[0, 1, 0], &[0, 7, 0]),
        (0, &[5, 1], &[0, 0]),
        (5, &[1], &[5]),
        (i64::MAX, &[1, 1], &[4_611_686_018_427_387_904, 4_611_686_018_427_387_903]),
    ];
    for (total, weights, expected) in table {
        assert_eq!(allocate(total, weights).as_deref(), Ok(expected), "{total} {weights:?}");
    }
}

#[test]
fn shares_of_nothing_are_refused() {
    for weights in [&[][..], &[0], &[0, 0], &[-1, 2], &[i128::MAX, 1], &[i128::MAX / 2]] {
        assert_eq!(allocate(10, weights), Err(Overflow), "{weights:?}");
    }
}

/// Rounds to a whole number by the definition of each mode.
fn by_definition(mode: Rounding, numerator: i128, denominator: i128) -> i128 {
    let floor = numerator.div_euclid(denominator);
    let rest = numerator.rem_euclid(denominator);
    let ceiling = if rest == 0 { floor } else { floor + 1 };
    let (inner, outer) = if numerator < 0 { (ceiling, floor) } else { (floor, ceiling) };
    let nearest = |at_half| match (2 * rest).cmp(&denominator) {
        Ordering::Less => floor,
        Ordering::Greater => ceiling,
        Ordering::Equal => at_half,
    };
    match mode {
        Up => outer,
        Down => inner,
        HalfAwayFromZero => nearest(outer),
        HalfTowardsZero => nearest(inner),
        HalfEven => nearest(if floor % 2 == 0 { floor } else { ceiling }),
    }
}

/// Gives out one unit at a time, each to the first of those that lack most.
fn one_by_one(total: i64, weights: &[i128]) -> Vec<i64> {
    let whole: i128 = weights.iter().sum();
    let total_abs = i128::from(total.abs());
    let mut parts: Vec<i128> = weights.iter().map(|weight| total_abs * weight / whole).collect();
    while parts.iter().sum::<i128>() < total_abs {
        let lacks = |at: usize| total_abs * weights[at] - parts[at] * whole;
        let first = (0..parts.len()).rev().max_by_key(|at| lacks(*at)).expect("a part");
        parts[first] += 1;
    }
    parts.into_iter().map(|part| i64::try_from(part).expect("small") * total.signum()).collect()
}

proptest! {
    #[test]
    fn rounding_agrees_with_its_definition(
        numerator in -100_000_i128..100_000, denominator in 1_i128..500,
    ) {
        let value = Exact::ratio(numerator, denominator).unwrap();
        for mode in MODES {
            let expected = by_definition(mode, numerator, denominator);
            prop_assert_eq!(mode.round(value, 0), Ok(expected), "{:?}", mode);
            let cents = by_definition(mode, numerator * 100, denominator);
            prop_assert_eq!(mode.round(value, 2), Ok(cents), "{:?}", mode);
        }
    }

    #[test]
    fn a_credit_mirrors_its_charge(numerator in any::<i64>(), denominator in 1_i64..) {
        let (numerator, denominator) = (i128::from(numerator), i128::from(denominator));
        for mode in MODES {
            let round = |n| mode.round(Exact::ratio(n, denominator).unwrap(), 2).unwrap();
            prop_assert_eq!(round(numerator), -round(-numerator));
        }
    }

    #[test]
    fn shares_sum_to_the_whole(
        total in -100_000_i64..100_000, weights in vec(0_i128..1_000, 1..12),
    ) {
        prop_assume!(weights.iter().any(|weight| *weight > 0));
        let parts = allocate(total, &weights).unwrap();
        prop_assert_eq!(parts.iter().sum::<i64>(), total);
        prop_assert_eq!(&parts, &one_by_one(total, &weights));
        let mirrored: Vec<_> = parts.iter().map(|part| -part).collect();
        prop_assert_eq!(allocate(-total, &weights), Ok(mirrored));
    }

    #[test]
    fn no_share_is_a_whole_unit_off(
        total in any::<i64>(), weights in vec(0_i128..1 << 60, 1..12),
    ) {
        prop_assume!(weights.iter().any(|weight| *weight > 0) && total != i64::MIN);
        let whole: i128 = weights.iter().sum();
        let parts = allocate(total, &weights).unwrap();
        prop_assert_eq!(parts.iter().map(|part| i128::from(*part)).sum::<i128>(), total.into());
        for (part, weight) in parts.iter().zip(&weights) {
            let off = i128::from(*part) * whole - i128::from(total) * weight;
            prop_assert!(off.abs() < whole);
            prop_assert!(*weight > 0 || *part == 0);
        }
    }
}
