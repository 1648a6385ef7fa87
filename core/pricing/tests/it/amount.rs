//! From terms to money.

use facts::charge::{DayShare, Term, TierShare};
use kernel::money::MoneyError;
use kernel::{Currency, Money, Overflow, Percent, Quantity, Rounding, UnitPrice};
use pricing::amount::{parts_of, terms_of, total};
use proptest::collection::vec;
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::read;

/// `quantity × price` or `quantity × price × days / period_days`.
fn term(text: &str) -> Term {
    let parts: Vec<&str> = text.split([' ', '*', '/']).filter(|part| !part.is_empty()).collect();
    let days = match parts[2..] {
        [days, period_days] => Some(DayShare { days: read(days), period_days: read(period_days) }),
        _ => None,
    };
    Term { quantity: read(parts[0]), unit_price: read(parts[1]), days, part: None, percent: None }
}

/// Smart-fleet §9, line by line: calculation, billed before in cents, exact sum, amount in cents.
#[test]
fn the_worked_examples_come_out() {
    let table: [(&str, Option<i64>, &str, i64); 18] = [
        ("30 * 199.00", None, "5970", 597_000),
        ("10 * 17.50", None, "175", 17_500),
        ("3 * 24.90 * 18 / 31", None, "43.374193548387…", 4_337),
        ("34 * 24.90 * 28 / 28", None, "846.6", 84_660),
        ("6000 * 0.0180 + 1240.397 * 0.0150", None, "126.605955", 12_661),
        ("0 * 0.05", None, "0", 0),
        ("1 * 24.90 * 16 / 28", None, "14.228571428571…", 1_423),
        ("1 * 24.90 * 7 / 28", None, "6.225", 623),
        ("-10 * 24.90 * 13 / 28", None, "-115.607142857142…", -11_561),
        ("10 * 34.90 * 13 / 28", None, "162.035714285714…", 16_204),
        ("6000 * 0.0180 + 1656.641 * 0.0150", Some(12_661), "132.849615", 624),
        ("6000 * 0.0180 + 8000 * 0.0150 + 13721.852 * 0.0120", None, "392.662224", 39_266),
        ("24930 * 0.0050", None, "124.65", 12_465),
        ("2471.66 * 0.021", Some(5_085), "51.90486", 105),
        ("1 * -199.00", None, "-199", -19_900),
        ("-1 * 24.90 * 8 / 31", None, "-6.425806451612…", -643),
        ("25322 * 0.0045", Some(12_465), "113.949", -1_070),
        ("10909.50 * 0.021", None, "229.0995", 22_910),
    ];
    for (calculation, before, exact, minor) in table {
        let terms: Vec<_> = calculation.split(" + ").map(term).collect();
        let less = before.map(|minor| Money::from_minor(minor, Currency::EUR));
        let (computation, amount) =
            total(terms.clone(), Rounding::default(), Currency::EUR, less).unwrap();
        assert_eq!(computation.exact, exact, "{calculation}");
        assert_eq!(amount.minor, minor, "{calculation}");
        assert_eq!((computation.terms, computation.less), (terms, less));
    }
}

#[test]
fn a_sum_is_rounded_once_and_not_per_term() {
    let thirds = vec![term("1 * 0.004"), term("1 * 0.004"), term("1 * 0.004")];
    let (_, amount) = total(thirds, Rounding::default(), Currency::EUR, None).unwrap();
    assert_eq!(amount.minor, 1);
    let days = (0..31).map(|_| term("1 * 24.90 * 1 / 31")).collect();
    let (_, amount) = total(days, Rounding::default(), Currency::EUR, None).unwrap();
    assert_eq!(amount.minor, 2_490);
}

#[test]
fn the_mode_and_the_currency_decide_the_last_digit() {
    let table = [
        (Rounding::HalfAwayFromZero, "EUR", 623),
        (Rounding::HalfEven, "EUR", 622),
        (Rounding::HalfTowardsZero, "EUR", 622),
        (Rounding::Up, "EUR", 623),
        (Rounding::Down, "EUR", 622),
        (Rounding::HalfAwayFromZero, "JPY", 6),
        (Rounding::HalfAwayFromZero, "TND", 6_225),
    ];
    for (rounding, currency, minor) in table {
        let terms = vec![term("1 * 24.90 * 7 / 28")];
        let (_, amount) = total(terms, rounding, read(currency), None).unwrap();
        assert_eq!(amount.minor, minor, "{rounding:?} {currency}");
    }
}

#[test]
fn nothing_costs_nothing_and_less_can_make_it_negative() {
    let less = Some(Money::from_minor(5, Currency::EUR));
    let (computation, amount) = total(vec![], Rounding::Up, Currency::EUR, less).unwrap();
    assert_eq!((computation.exact.as_str(), computation.rounded.minor), ("0", 0));
    assert_eq!(amount.minor, -5);
}

#[test]
fn another_currency_or_an_impossible_size_is_refused() {
    let usd: Currency = read("USD");
    let mixed = total(vec![], Rounding::Up, Currency::EUR, Some(Money::zero(usd)));
    let expected = MoneyError::CurrencyMismatch { left: Currency::EUR, right: usd };
    assert_eq!(mixed, Err(expected));
    let huge = vec![term("999999999999 * 999999999999")];
    let refused = total(huge, Rounding::Up, Currency::EUR, None);
    assert_eq!(refused, Err(MoneyError::Overflow(Overflow)));
    let empty = vec![term("1 * 1 * 1 / 0")];
    assert!(total(empty, Rounding::Up, Currency::EUR, None).is_err());
}

/// Nine decimals of quantity and twelve of price, on every term, with unlike shares of days.
#[test]
fn the_most_precise_terms_can_be_summed() {
    let precise = "123456.123456789 * 0.123456789011 * 17 / 31";
    let other = "7654321.987654321 * 0.987654321013 * 13 / 28";
    let terms: Vec<_> = [precise, other, precise, other].map(term).into();
    let (_, amount) = total(terms, Rounding::default(), Currency::EUR, None).unwrap();
    assert_eq!(amount.minor, 703_655_322);
}

#[test]
fn each_share_is_a_term() {
    let share = |quantity, unit_price| TierShare {
        over: Quantity::ZERO,
        up_to: None,
        quantity: read(quantity),
        unit_price: read(unit_price),
        flat: None,
    };
    let terms = terms_of(&[share("6000", "0.0180"), share("1240.397", "0.0150")]).unwrap();
    assert_eq!(terms, [term("6000 * 0.0180"), term("1240.397 * 0.0150")]);
}

fn any_term() -> impl Strategy<Value = Term> {
    let days = proptest::option::of((1_i64..=31, 28_i64..=31));
    (-1_000_000_i64..1_000_000, 0_i64..1_000_000, days).prop_map(|(quantity, price, days)| Term {
        part: None,
        percent: None,
        quantity: Quantity::new(Decimal::new(quantity, 3)).expect("a quantity"),
        unit_price: UnitPrice::new(Decimal::new(price, 4)).expect("a price"),
        days: days.map(|(days, period_days)| DayShare { days, period_days }),
    })
}

fn modes() -> impl Strategy<Value = Rounding> {
    let all = [
        Rounding::HalfAwayFromZero,
        Rounding::HalfEven,
        Rounding::HalfTowardsZero,
        Rounding::Up,
        Rounding::Down,
    ];
    prop::sample::select(all.to_vec())
}

fn negated(terms: &[Term]) -> Vec<Term> {
    terms.iter().map(|it| Term { quantity: it.quantity.negated(), ..it.clone() }).collect()
}

proptest! {
    #[test]
    fn the_order_of_the_terms_does_not_matter(
        (terms, shuffled) in vec(any_term(), 0..8)
            .prop_flat_map(|terms| (Just(terms.clone()), Just(terms).prop_shuffle())),
        mode in modes(),
    ) {
        let (one, amount) = total(terms, mode, Currency::EUR, None).unwrap();
        let (other, same) = total(shuffled, mode, Currency::EUR, None).unwrap();
        prop_assert_eq!((one.exact, amount), (other.exact, same));
    }

    #[test]
    fn a_credit_mirrors_its_charge(terms in vec(any_term(), 0..8), mode in modes()) {
        let (_, charge) = total(terms.clone(), mode, Currency::EUR, None).unwrap();
        let (_, credit) = total(negated(&terms), mode, Currency::EUR, None).unwrap();
        prop_assert_eq!(charge.minor, -credit.minor);
    }

    #[test]
    fn the_invoices_of_one_thing_sum_to_its_rounded_price(
        steps in vec(vec(any_term(), 0..4), 1..5), mode in modes(),
    ) {
        let mut billed = Money::zero(Currency::EUR);
        let mut rounded = billed;
        for terms in steps {
            let (computation, amount) = total(terms, mode, Currency::EUR, Some(billed)).unwrap();
            billed = billed.plus(amount).unwrap();
            rounded = computation.rounded;
        }
        prop_assert_eq!(billed, rounded);
    }
}

#[test]
fn the_parts_of_a_price_sum_to_it_by_largest_remainder() {
    let parts = |price: &str, percents: &[&str]| -> Vec<String> {
        let percents: Vec<Percent> = percents.iter().map(|it| read(it)).collect();
        let parts = parts_of(read(price), &percents, Rounding::default(), Currency::EUR);
        parts.unwrap().iter().map(ToString::to_string).collect()
    };
    // 600.003, 1,000.005, 400.002: the cent that is left goes to the second.
    assert_eq!(parts("2000.01", &["30", "50", "20"]), ["600.00", "1000.01", "400.00"]);
    // Of equal remainders the first.
    assert_eq!(parts("0.01", &["50", "50"]), ["0.01", "0.00"]);
    // The price is rounded before it is cut.
    assert_eq!(parts("0.999", &["33.3333", "33.3333", "33.3334"]), ["0.33", "0.33", "0.34"]);
    assert!(parts_of(read("1"), &[], Rounding::default(), Currency::EUR).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn parts_of_any_price_sum_to_it(
        price in 0_i64..10_000_000_000,
        weights in vec(1_i64..1_000_000, 1..8),
    ) {
        let percents: Vec<Percent> =
            weights.iter().map(|it| Percent::new(Decimal::new(*it, 4)).expect("four")).collect();
        let price = UnitPrice::new(Decimal::new(price, 4)).expect("a price");
        let parts = parts_of(price, &percents, Rounding::default(), Currency::EUR).unwrap();
        let sum = parts.iter().fold(Decimal::ZERO, |sum, part| sum + part.decimal());
        let whole = Money::round(price.exact(), Currency::EUR, Rounding::default()).unwrap();
        prop_assert_eq!(sum, Decimal::new(whole.minor, 2));
    }
}
