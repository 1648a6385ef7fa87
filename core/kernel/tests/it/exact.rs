//! Rational arithmetic.

use std::cmp::Ordering;

use kernel::{Exact, Overflow, Quantity, UnitPrice};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::read;

fn ratio(numerator: i128, denominator: i128) -> Exact {
    Exact::ratio(numerator, denominator).expect("a fraction")
}

#[test]
fn a_fraction_is_kept_in_lowest_terms_with_its_sign_above() {
    let table = [
        ((6, 4), (3, 2)),
        ((-6, 4), (-3, 2)),
        ((6, -4), (-3, 2)),
        ((-6, -4), (3, 2)),
        ((0, -7), (0, 1)),
        ((i128::MAX, i128::MAX), (1, 1)),
        ((i128::MIN, 2), (i128::MIN / 2, 1)),
    ];
    for ((numerator, denominator), expected) in table {
        let value = ratio(numerator, denominator);
        assert_eq!((value.numerator(), value.denominator()), expected);
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let big = Exact::from_integer(i128::MAX);
    let least = Exact::from_integer(i128::MIN);
    let refused = [
        Exact::ratio(1, 0),
        Exact::ratio(i128::MIN, -1),
        Exact::ratio(1, i128::MIN),
        big.plus(Exact::from_integer(1)),
        least.minus(Exact::from_integer(1)),
        Exact::ZERO.minus(least),
        big.times(Exact::from_integer(2)),
        big.divided_by(Exact::ZERO),
        ratio(1, i128::MAX).plus(ratio(1, i128::MAX - 1)),
    ];
    for (index, result) in refused.into_iter().enumerate() {
        assert_eq!(result, Err(Overflow), "{index}");
    }
}

#[test]
fn a_product_overflows_only_when_it_must() {
    let big = ratio(i128::MAX, 3);
    assert_eq!(big.times(ratio(3, i128::MAX)), Ok(Exact::from_integer(1)));
    assert_eq!(big.divided_by(big), Ok(Exact::from_integer(1)));
}

/// Nine decimals of quantity times twelve of price is 10^21 below the line: two of these must add.
#[test]
fn sums_of_the_finest_amounts_fit() {
    let amount = |quantity: &str, price: &str| {
        let quantity: Quantity = read(quantity);
        quantity.exact().times(read::<UnitPrice>(price).exact()).expect("an amount")
    };
    let one = amount("123456.123456789", "0.123456789011");
    let sum = one.plus(amount("0.000000001", "0.000000000001")).unwrap();
    assert_eq!(sum.minus(one), Ok(ratio(1, 10_i128.pow(21))));
    let third = one.times(ratio(17, 31)).unwrap().plus(one.times(ratio(13, 28)).unwrap()).unwrap();
    assert_eq!(third.divided_by(one), ratio(17, 31).plus(ratio(13, 28)));
}

#[test]
fn values_that_nearly_agree_are_told_apart() {
    let (a, b) = (ratio(i128::MAX, i128::MAX - 1), ratio(i128::MAX - 1, i128::MAX - 2));
    assert_eq!(a.cmp(&b), Ordering::Less);
    let least = Exact::from_integer(i128::MIN);
    assert!(least < ratio(i128::MIN + 1, 1) && least < Exact::ZERO);
    assert!(ratio(-1, i128::MAX) < Exact::ZERO && Exact::ZERO < ratio(1, i128::MAX));
}

#[test]
fn the_text_shows_whether_it_is_complete() {
    let table = [
        (ratio(126_605_955, 1_000_000), "126.605955"),
        (ratio(0, 1), "0"),
        (ratio(-1, 2), "-0.5"),
        (ratio(1, 3), "0.333333333333…"),
        (ratio(-34 * 249 * 18, 310), "-491.574193548387…"),
        (ratio(5970, 1), "5970"),
        (ratio(1, 1_000_000_000_000), "0.000000000001"),
        (ratio(1, 10_000_000_000_000), "0.000000000000…"),
        (ratio(i128::MIN, 1), "-170141183460469231731687303715884105728"),
    ];
    for (value, expected) in table {
        assert_eq!(value.to_string(), expected);
    }
}

#[test]
fn a_decimal_is_a_fraction_of_the_same_value() {
    for (text, expected) in [("1.50", ratio(3, 2)), ("-0.0180", ratio(-9, 500))] {
        assert_eq!(Exact::from(read::<Decimal>(text)), expected);
    }
    let most = Exact::from(Decimal::MAX);
    assert_eq!((most.numerator(), most.denominator()), ((1 << 96) - 1, 1));
    let least = Exact::from(Decimal::from_i128_with_scale(1, 28));
    assert_eq!(least.denominator(), 10_i128.pow(28));
}

/// A fraction as it was drawn, before it is reduced.
fn fractions() -> impl Strategy<Value = (i128, i128)> {
    (-1_000_000_i64..=1_000_000, 1_i64..=1_000_000).prop_map(|(n, d)| (n.into(), d.into()))
}

/// Fractions that fill the type.
fn wide() -> impl Strategy<Value = Exact> {
    (any::<i128>(), 1_i128..).prop_map(|(n, d)| ratio(n, d))
}

proptest! {
    #[test]
    fn arithmetic_agrees_with_schoolbook_fractions((a, b) in fractions(), (c, d) in fractions()) {
        let (left, right) = (ratio(a, b), ratio(c, d));
        prop_assert_eq!(left.plus(right), Exact::ratio(a * d + c * b, b * d));
        prop_assert_eq!(left.minus(right), Exact::ratio(a * d - c * b, b * d));
        prop_assert_eq!(left.times(right), Exact::ratio(a * c, b * d));
        prop_assert_eq!(left.divided_by(right), Exact::ratio(a * d, b * c));
        prop_assert_eq!(left.cmp(&right), (a * d).cmp(&(c * b)));
    }

    #[test]
    fn equal_fractions_are_one_key((a, b) in fractions(), times in 1_i64..1_000_000) {
        let times = i128::from(times);
        let (once, grown) = (ratio(a, b), ratio(a * times, b * times));
        prop_assert_eq!(once, grown);
        prop_assert_eq!(std::collections::HashSet::from([once, grown]).len(), 1);
        prop_assert_eq!(once.to_string(), grown.to_string());
    }

    #[test]
    fn the_order_is_total_over_the_whole_type(a in wide(), b in wide(), c in wide()) {
        prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
        prop_assert_eq!(a.cmp(&b) == Ordering::Equal, a == b);
        if a <= b && b <= c {
            prop_assert!(a <= c);
        }
    }

    #[test]
    fn wide_sums_are_right_or_refused(a in wide(), b in wide()) {
        if let Ok(sum) = a.plus(b) {
            prop_assert_eq!(sum.minus(b).unwrap_or(a), a);
            prop_assert_eq!(sum.cmp(&a), b.cmp(&Exact::ZERO));
        }
        if let Ok(product) = a.times(b) {
            prop_assert_eq!(Ok(product), b.times(a));
        }
    }

    #[test]
    fn integers_always_add_when_their_sum_fits(a in any::<i128>(), b in any::<i128>()) {
        let sum = Exact::from_integer(a).plus(Exact::from_integer(b));
        prop_assert_eq!(sum.ok(), a.checked_add(b).map(Exact::from_integer));
    }
}

/// Euclid's way, to compare with.
fn euclid(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { euclid(b, a % b) }
}

/// Numbers of every size, often with many twos.
fn sized() -> impl Strategy<Value = i128> {
    (any::<i128>(), 0_u32..127, 0_u32..64).prop_map(|(n, less, twos)| (n >> less) << (twos / 4))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn a_fraction_is_in_lowest_terms(numerator in sized(), denominator in sized()) {
        prop_assume!(numerator > i128::MIN && denominator > i128::MIN && denominator != 0);
        let divisor = euclid(numerator.unsigned_abs(), denominator.unsigned_abs());
        let sign = denominator.signum();
        let divisor = i128::try_from(divisor).unwrap();
        let exact = Exact::ratio(numerator, denominator).unwrap();
        prop_assert_eq!(exact.numerator(), numerator / divisor * sign);
        prop_assert_eq!(exact.denominator(), denominator / divisor * sign);
    }
}
