//! Which JSON numbers a meter reads: 0 or more, with at most three decimals, to the last digit.

use facts::usage::{RejectReason, Scalar};
use kernel::Quantity;
use proptest::prelude::*;

use crate::line::{read, refused, text, value, with, with_number};

const fn number(text: &str) -> Scalar<'_> {
    Scalar::Number(text)
}

#[test]
fn a_number_is_read_to_its_last_digit() {
    for (text, expected) in [
        ("0", "0"),
        ("-0", "0"),
        ("-0.0", "0"),
        ("0e400", "0"),
        ("1.5", "1.5"),
        ("1.50", "1.5"),
        ("0.125", "0.125"),
        ("1240.397", "1240.397"),
        ("1.500000", "1.5"),
        ("2.000000000000000000000000000000000000", "2"),
        ("15e-1", "1.5"),
        ("1.5e1", "15"),
        ("1.5E+1", "15"),
        ("12345e-2", "123.45"),
        ("1e3", "1000"),
        ("1.25e5", "125000"),
        ("5000e-6", "0.005"),
        ("1000000000000000000000000000000e-30", "1"),
        ("0.000000000000000000000000000001e30", "1"),
        ("99999999999999999.999", "99999999999999999.999"),
    ] {
        assert_eq!(value(&with_number(number(text))), read(expected), "{text}");
    }
}

#[test]
fn any_other_number_is_rejected() {
    for text in [
        "-1",
        "-0.001",
        "-1e-3",
        "0.0001",
        "1.0005",
        "1e-4",
        "15e-4",
        "1e400",
        "1e29",
        "1e-400",
        "1e99999999999999999999",
        "1e-99999999999999999999",
        "99999999999999999999999999999999",
        "340282366920938463463374607431768211456",
        "0.00000000000000000000000000001",
        "1.00000000000000000000000000001",
        "0.12500000000000000000000000000000001",
        "",
        "abc",
        "1e",
        ".",
        "-",
        "1.2.3",
    ] {
        assert_eq!(refused(Some(&with_number(number(text)))), RejectReason::BadNumber, "{text}");
    }
}

#[test]
fn what_is_no_number_is_rejected() {
    for envelope in [with_number(text("1.5")), with_number(Scalar::Other), with(&[])] {
        assert_eq!(refused(Some(&envelope)), RejectReason::BadNumber);
    }
}

proptest! {
    #[test]
    fn every_way_to_write_a_number_reads_the_same(
        thousandths in 0_i64..1_000_000_000_000,
        shift in 0_usize..40,
    ) {
        let expected = Quantity::new(rust_decimal::Decimal::new(thousandths, 3)).unwrap();
        let (zeros, digits) = ("0".repeat(shift), format!("{thousandths:03}"));
        for text in [
            format!("{thousandths}e-3"),
            format!("{thousandths}{zeros}e-{}", shift + 3),
            format!("0.{zeros}{digits}E{}", digits.len() + shift - 3),
        ] {
            prop_assert_eq!(value(&with_number(number(&text))), expected, "{}", text);
        }
    }
}
