//! Quantities, unit prices and percentages.

use kernel::decimal::DecimalError;
use kernel::{Exact, Overflow, Percent, Quantity, UnitPrice};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::{loads, read, round_trip};

#[test]
fn plain_decimals_are_read_as_they_are_written() {
    for text in ["0", "5", "-5", "12.5", "0.000000001", "-1240.397", "007", "1.50", "1.000000000"] {
        let value: Quantity = read(text);
        assert_eq!(value.decimal(), read::<Decimal>(text));
    }
    assert_eq!(read::<Quantity>("+5"), read("5"));
    assert_eq!(read::<Quantity>("1.5").to_string(), "1.5");
    assert_eq!(read::<Quantity>("1.50").normalized().to_string(), "1.5");
}

#[test]
fn what_is_not_a_plain_decimal_is_refused() {
    let texts = [
        "", " ", "-", "+", ".", ".5", "5.", "-.5", "1e3", "1e400", "1E3", "NaN", "inf", "Infinity",
        "-inf", "1_000", "1,5", "1 000", " 1", "1 ", "0x10", "1.2.3", "--1", "+-1", "-+1", "1-",
        "١٢", "½", "1.5.", "1\n", "1\0", "null",
    ];
    for text in texts {
        let expected = Err(DecimalError::NotANumber(text.to_owned()));
        assert_eq!(text.parse::<Quantity>(), expected, "{text:?}");
    }
}

#[test]
fn too_many_decimals_are_refused_and_never_rounded() {
    let refused = |text: &str, max| DecimalError::TooPrecise { text: text.to_owned(), max };
    let quantity = "0.0000000001";
    assert_eq!(quantity.parse::<Quantity>(), Err(refused(quantity, 9)));
    let price = "0.0000000000001";
    assert_eq!(price.parse::<UnitPrice>(), Err(refused(price, 12)));
    assert_eq!("20.00001".parse::<Percent>(), Err(refused("20.00001", 4)));
    assert_eq!(Quantity::new(Decimal::new(1, 10)), Err(refused(quantity, 9)));
    let tiny = format!("0.{}1", "0".repeat(40));
    assert_eq!(tiny.parse::<Quantity>(), Err(refused(&tiny, 9)));
    assert!("1.0000000000000".parse::<Quantity>().is_ok(), "zeros add nothing");
    assert!("0.000000000001".parse::<UnitPrice>().is_ok());
}

#[test]
fn too_many_digits_are_refused() {
    for text in ["79228162514264337593543950336", "-1000000000000000000000000000000000"] {
        assert_eq!(text.parse::<Quantity>(), Err(DecimalError::TooLarge(text.to_owned())));
    }
    let most: Quantity = read("79228162514264337593543950335");
    assert_eq!(most.decimal(), Decimal::MAX);
}

/// Arithmetic keeps each digit or says that it cannot: it never drops the last decimals.
#[test]
fn arithmetic_never_rounds() {
    let big: Quantity = read("79228162514264337593543950335");
    let small: Quantity = read("0.000000001");
    assert_eq!(big.plus(small), Err(Overflow));
    assert_eq!(big.minus(small), Err(Overflow));
    assert_eq!(big.plus(Quantity::ZERO), Ok(big));
    assert_eq!(big.times(2), Err(Overflow));
    let fine: Quantity = read("7922816251426433759.354395033");
    assert_eq!(fine.times(i64::MAX), Err(Overflow));
    let whole: Quantity = read("7922816251426433759354395033");
    assert_eq!(whole.plus(read("0.5")), Ok(read("7922816251426433759354395033.5")));
    assert_eq!(whole.plus(read("0.6")), Err(Overflow));
    let padded: Quantity = read("1.0000000000000000000000000000");
    assert_eq!(padded.plus(read("1000")), Ok(read("1001")));
    assert_eq!(padded.times(1_000_000), Ok(read("1000000")));
}

#[test]
fn zero_has_no_sign() {
    let minus = Quantity::new(-Decimal::ZERO).unwrap();
    let one: Quantity = read("1.5");
    let zeros = [
        read("-0"),
        read("-0.00"),
        minus,
        Quantity::ZERO.negated(),
        one.minus(one).unwrap(),
        one.negated().plus(one).unwrap(),
        one.negated().times(0).unwrap(),
        Quantity::ZERO.times(-1).unwrap(),
        Quantity::ZERO.minus(Quantity::ZERO).unwrap().normalized(),
    ];
    for zero in zeros {
        assert!(zero.is_zero() && !zero.is_negative());
        assert_eq!(zero, Quantity::ZERO);
        assert!(!zero.to_string().starts_with('-'), "{zero}");
    }
}

#[test]
fn a_percentage_is_a_fraction() {
    assert_eq!(read::<Percent>("20").fraction(), Exact::ratio(1, 5));
    assert_eq!(read::<Percent>("5.5").fraction(), Exact::ratio(11, 200));
    assert_eq!(read::<Percent>("0").fraction(), Ok(Exact::ZERO));
}

#[test]
fn json_holds_text_and_no_number() {
    round_trip(&read::<Quantity>("1240.397"), "\"1240.397\"");
    round_trip(&read::<UnitPrice>("0.0180"), "\"0.0180\"");
    round_trip(&read::<Percent>("-5.5"), "\"-5.5\"");
    for json in ["1", "1.5", "\"1e3\"", "\"NaN\"", "\"\"", "null"] {
        assert!(!loads::<Quantity>(json), "{json}");
    }
}

#[test]
fn counts_are_quantities() {
    assert_eq!(Quantity::from_count(u64::MAX).to_string(), u64::MAX.to_string());
    assert_eq!(Quantity::from_count(1), Quantity::ONE);
    assert_eq!(Quantity::default(), Quantity::ZERO);
}

fn quantities() -> impl Strategy<Value = Quantity> {
    // Up to nine decimals, up to 28 digits.
    let mantissa = -(1_i128 << 96) + 1..(1_i128 << 96);
    (mantissa, 0_u32..=9, 0_u32..90).prop_map(|(mantissa, scale, shift)| {
        let value = Decimal::from_i128_with_scale(mantissa >> shift, scale);
        Quantity::new(value).expect("nine decimals at most")
    })
}

proptest! {
    #[test]
    fn text_reads_back(value in quantities()) {
        prop_assert_eq!(value.to_string().parse(), Ok(value));
        prop_assert_eq!(value.normalized(), value);
        let json = serde_json::to_string(&value).unwrap();
        prop_assert_eq!(serde_json::from_str::<Quantity>(&json).unwrap(), value);
    }

    #[test]
    fn arithmetic_is_exact_or_refused(a in quantities(), b in quantities(), n in any::<i64>()) {
        if let Ok(sum) = a.plus(b) {
            prop_assert_eq!(Ok(sum.exact()), a.exact().plus(b.exact()));
            prop_assert_eq!(Ok(sum), b.plus(a));
        }
        if let Ok(difference) = a.minus(b) {
            prop_assert_eq!(Ok(difference.exact()), a.exact().minus(b.exact()));
        }
        if let Ok(product) = a.times(n) {
            let n = Exact::from_integer(n.into());
            prop_assert_eq!(Ok(product.exact()), a.exact().times(n));
        }
    }

    #[test]
    fn sums_differences_and_order_are_those_of_decimal(a in quantities(), b in quantities()) {
        let text = |it: Option<Decimal>| it.map(|it| if it.is_zero() { it.abs() } else { it });
        if let Ok(sum) = a.plus(b) {
            let expected = text(a.decimal().checked_add(b.decimal()));
            prop_assert_eq!(Some(sum.to_string()), expected.map(|it| it.to_string()));
        }
        if let Ok(difference) = a.minus(b) {
            let expected = text(a.decimal().checked_sub(b.decimal()));
            prop_assert_eq!(Some(difference.to_string()), expected.map(|it| it.to_string()));
        }
        prop_assert_eq!(a.cmp(&b), a.decimal().cmp(&b.decimal()));
    }

    #[test]
    fn small_quantities_always_add(
        a in -1_000_000_000_000_i64..1_000_000_000_000,
        b in -1_000_000_000_000_i64..1_000_000_000_000,
    ) {
        let milli = |value| Quantity::new(Decimal::new(value, 3)).unwrap();
        prop_assert_eq!(milli(a).plus(milli(b)), Ok(milli(a + b)));
        prop_assert_eq!(milli(a).minus(milli(b)), Ok(milli(a - b)));
        prop_assert_eq!(milli(a).cmp(&milli(b)), a.cmp(&b));
    }

    #[test]
    fn any_text_is_a_plain_decimal_or_refused(text in "[-+0-9eE._, nN]{0,12}") {
        let plain = |text: &str| {
            let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
            let parts: Vec<_> = unsigned.split('.').collect();
            let digits = |it: &&str| !it.is_empty() && it.chars().all(|c| c.is_ascii_digit());
            parts.len() <= 2 && parts.iter().all(digits)
        };
        let fine = text.split_once('.').map_or(0, |(_, rest)| rest.trim_end_matches('0').len()) > 9;
        prop_assert_eq!(text.parse::<Quantity>().is_ok(), plain(&text) && !fine, "{:?}", text);
    }
}
