//! Fields that are computed, and numbers that are converted.

use std::fmt::Write;

use facts::expression::{Expression, ExpressionError};
use facts::usage::{RejectReason, Scalar};
use kernel::{Exact, Rounding};
use proptest::prelude::*;

use super::sample::{converts, derives, says, sums, works_out};
use crate::line::{text, with, with_number};

const BAD: Result<String, RejectReason> = Err(RejectReason::BadNumber);

#[test]
fn an_expression_is_worked_out_exactly() {
    let members = [
        ("a", Scalar::Number("7")),
        ("b", Scalar::Number("2")),
        ("my member", Scalar::Number("1.5e1")),
        ("t", text("x")),
    ];
    for (expression, expected) in [
        ("a + b * 2", "11"),
        ("(a + b) * 2", "18"),
        ("a - b - 1", "4"),
        ("a / b / 2", "1.75"),
        ("-a + 10", "3"),
        ("- -a", "7"),
        ("a / 3 * 3", "7"),
        ("1 / 3", "0.333333333"),
        ("2 / 3", "0.666666667"),
        ("`my member` + 0.1", "15.1"),
        ("min(a, b, 3)", "2"),
        ("max(a, b, 3)", "7"),
        ("floor(a / b)", "3"),
        ("ceil(a / b)", "4"),
        ("10 + floor(-a / b)", "6"),
        ("10 + ceil(-a / b)", "7"),
        ("round(a / b, 0)", "4"),
        ("round(2.345, 2)", "2.35"),
        ("10 + round(-2.5, 0)", "7"),
        ("if(a > b, a, b)", "7"),
        ("if(a > b and not t = \"y\", 1, 0)", "1"),
        ("if(a < b or t != 'x', 1, 0)", "0"),
        ("if(t = 5, 1, 0)", "0"),
        ("if(b = 0, 0, a / b)", "3.5"),
        ("if(1 = 1, 3, missing)", "3"),
        ("if(1 = 1 or missing > 1, 3, 0)", "3"),
    ] {
        assert_eq!(works_out(expression, &members).as_deref(), Ok(expected), "{expression}");
    }
}

#[test]
fn what_cannot_be_worked_out_rejects_the_line() {
    let members = [
        ("a", Scalar::Number("7")),
        ("zero", Scalar::Number("0.0")),
        ("t", text("7")),
        ("o", Scalar::Other),
        ("huge", Scalar::Number("1e400")),
        ("long", Scalar::Number("12345678901234567890123456789012")),
        ("big", Scalar::Number("99999999999999999999999999")),
    ];
    for expression in [
        "a / zero",
        "a / (a - 7)",
        "a + missing",
        "a + t",
        "a + o",
        "t",
        "huge",
        "huge * 0",
        "long",
        "big * big * big",
        "big * 1000",
        "-a",
        "zero - 0.000000001",
    ] {
        assert_eq!(works_out(expression, &members), BAD, "{expression}");
    }
    // Rounded once, at the end: too little to be a negative quantity is nothing.
    assert_eq!(works_out("1 / 10000000000", &members).as_deref(), Ok("0"));
    assert_eq!(works_out("0.0000000005", &members).as_deref(), Ok("0"));
    assert_eq!(works_out("0.0000000015", &members).as_deref(), Ok("0.000000002"));
}

#[test]
fn a_field_may_use_those_before_it_and_stands_before_a_member() {
    let fields = derives(&[("kb", "bytes / 1000"), ("mb", "kb / 1000"), ("region", "'R-1'")]);
    let event = with(&[
        ("bytes", Scalar::Number("2500000")),
        ("mb", Scalar::Number("99")),
        ("region", text("FR")),
    ]);
    assert_eq!(says(sums(fields), &event).as_deref(), Ok("2.5 region=R-1"));
}

#[test]
fn texts_are_put_together() {
    let event = with(&[
        ("mb", Scalar::Number("1")),
        ("country", text("FR")),
        ("zone", Scalar::Number("07.50")),
        ("n", Scalar::Number("7.50")),
    ]);
    let region = |expression| says(sums(derives(&[("region", expression)])), &event);
    assert_eq!(region("concat(country, '-', n)").as_deref(), Ok("1 region=FR-7.5"));
    assert_eq!(region("concat(1 / 3)").as_deref(), Ok("1 region=0.333333333"));
    assert_eq!(region("if(country = 'FR', 'home', 'away')").as_deref(), Ok("1 region=home"));
    // Not JSON: a number does not begin with 0. It is kept for what it is when nobody computes.
    assert_eq!(region("concat(missing)"), BAD);
    let twice = derives(&[
        ("a", "concat(country, country, country, country, country, country, country, country)"),
        ("b", "concat(a, a, a, a, a, a, a, a)"),
        ("c", "concat(b, b, b, b, b, b, b, b)"),
    ]);
    assert_eq!(says(sums(twice), &event), BAD);
}

#[test]
fn bytes_become_megabytes() {
    let event = |text| with(&[("mb", Scalar::Number(text))]);
    let megabytes = |text| says(sums(converts(1, 1_000_000)), &event(text));
    assert_eq!(megabytes("1234567").as_deref(), Ok("1.234567"));
    assert_eq!(megabytes("0.5").as_deref(), Ok("0.0000005"));
    // A half goes to the even digit at nine decimals, once.
    assert_eq!(megabytes("0.001").as_deref(), Ok("0.000000001"));
    let halved = |text| says(sums(converts(1, 2_000_000)), &event(text));
    assert_eq!(halved("0.001").as_deref(), Ok("0"));
    assert_eq!(halved("0.003").as_deref(), Ok("0.000000002"));
    // Miles to kilometres; a conversion that is exact stays exact.
    let kilometres = says(sums(converts(1_609_344, 1_000_000)), &event("12.5"));
    assert_eq!(kilometres.as_deref(), Ok("20.1168"));
    // What is sent must still be in order: at most three decimals, and not negative.
    assert_eq!(megabytes("0.0001"), BAD);
    assert_eq!(megabytes("-5"), BAD);
    assert_eq!(megabytes("1e400"), BAD);
}

#[test]
fn a_derived_number_is_converted_before_it_is_rounded() {
    let mut mediation = derives(&[("mb", "a / 3")]);
    mediation.convert = converts(3, 1).convert;
    let event = with(&[("a", Scalar::Number("1"))]);
    assert_eq!(says(sums(mediation), &event).as_deref(), Ok("1"));
}

#[test]
fn rules_that_cannot_be_read_let_nothing_pass() {
    for mediation in [derives(&[("x", "1 +")]), converts(1, 0)] {
        assert_eq!(says(sums(mediation), &with_number(Scalar::Number("1"))), BAD);
    }
}

fn error(text: &str) -> String {
    Expression::parse(text).expect_err("no expression").to_string()
}

#[test]
fn an_expression_that_means_nothing_says_where_and_what() {
    for (text, expected) in [
        ("", "at character 1 there is the end, but a value is expected"),
        ("1 +", "at character 4 there is the end, but a value is expected"),
        ("1 2", "at character 3 there is `2`, but an operator or the end is expected"),
        ("(1", "at character 3 there is the end, but `)` is expected"),
        ("é", "at character 1 there is `é`, but a value, an operator or a bracket is expected"),
        ("a.b + 1e5", "at character 7 there is `1e5`, but a number such as 12.5 is expected"),
        (
            "'abc",
            "at character 1 there is a quote that is not closed, but another ' after it is \
                  expected",
        ),
        (
            "sqrt(2)",
            "at character 1 there is `sqrt`, but min, max, floor, ceil, round, if or \
                     concat before a bracket is expected",
        ),
        (
            "round(a, 10)",
            "at character 10 there is `10`, but how many decimals, 0 to 9 is \
                          expected",
        ),
        ("a = 1", "before character 6 there is a comparison, but a number or a text is needed"),
        ("'x' + 1", "before character 8 there is a text, but a number is needed"),
        (
            "if(a, 1, 2)",
            "before character 5 there is a number or a text, but a comparison is \
                         needed",
        ),
        ("1 = 1 = 1", "at character 7 there is `=`, but an operator or the end is expected"),
    ] {
        assert_eq!(error(text), expected, "{text}");
    }
}

#[test]
fn an_expression_is_bounded() {
    let sum = |terms| vec!["1"; terms].join(" + ");
    assert!(Expression::parse(&sum(16)).is_ok());
    assert_eq!(Expression::parse(&sum(17)), Err(ExpressionError::TooLarge));
    let brackets = |depth| format!("{}1{}", "(".repeat(depth), ")".repeat(depth));
    assert!(Expression::parse(&brackets(15)).is_ok());
    for depth in [16, 900] {
        assert_eq!(Expression::parse(&brackets(depth)), Err(ExpressionError::TooLarge));
    }
    let max = |terms| format!("max({})", vec!["1"; terms].join(","));
    assert!(Expression::parse(&max(63)).is_ok());
    assert_eq!(Expression::parse(&max(64)), Err(ExpressionError::TooLarge));
    let long = format!("'{}'", "x".repeat(2_000));
    assert_eq!(Expression::parse(&long), Err(ExpressionError::TooLarge));
    assert_eq!(Expression::parse("a + b * a").unwrap().members(), ["a", "b", "a"]);
}

/// A tree of arithmetic, written with all its brackets, and worked out by hand as a fraction.
#[derive(Debug, Clone)]
enum Tree {
    Leaf(i64),
    Member(i64),
    Node(char, Box<Tree>, Box<Tree>),
    Choice(Box<Tree>, Box<Tree>),
}

impl Tree {
    fn write(&self, text: &mut String) {
        match self {
            Self::Leaf(value) => write!(text, "{value}").unwrap(),
            Self::Member(value) => write!(text, "m{value}").unwrap(),
            Self::Node(operator @ ('<' | '>'), a, b) => {
                text.push_str(if *operator == '<' { "min(" } else { "max(" });
                a.write(text);
                text.push(',');
                b.write(text);
                text.push(')');
            }
            Self::Node(operator, a, b) => {
                text.push('(');
                a.write(text);
                text.push(*operator);
                b.write(text);
                text.push(')');
            }
            Self::Choice(a, b) => {
                text.push_str("if(");
                a.write(text);
                text.push_str(" < ");
                b.write(text);
                text.push_str(", 1, 2)");
            }
        }
    }

    fn naive(&self) -> Option<(i128, i128)> {
        Some(match self {
            Self::Leaf(value) | Self::Member(value) => (i128::from(*value), 1),
            Self::Choice(a, b) => {
                let ((a, b), (c, d)) = (a.naive()?, b.naive()?);
                (if a * d < c * b { 1 } else { 2 }, 1)
            }
            Self::Node(operator, left, right) => {
                let ((a, b), (c, d)) = (left.naive()?, right.naive()?);
                match operator {
                    '+' => (a * d + c * b, b * d),
                    '-' => (a * d - c * b, b * d),
                    '*' => (a * c, b * d),
                    '/' if c == 0 => return None,
                    '/' if c < 0 => (-a * d, b * -c),
                    '/' => (a * d, b * c),
                    '<' => {
                        if a * d <= c * b {
                            (a, b)
                        } else {
                            (c, d)
                        }
                    }
                    _ => {
                        if a * d >= c * b {
                            (a, b)
                        } else {
                            (c, d)
                        }
                    }
                }
            }
        })
    }
}

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![(0_i64..20).prop_map(Tree::Leaf), (0_i64..5).prop_map(Tree::Member)];
    leaf.prop_recursive(4, 16, 2, |inner| {
        let operator = prop::sample::select(vec!['+', '-', '*', '/', '<', '>']);
        prop_oneof![
            4 => (operator, inner.clone(), inner.clone())
                .prop_map(|(it, a, b)| Tree::Node(it, Box::new(a), Box::new(b))),
            1 => (inner.clone(), inner)
                .prop_map(|(a, b)| Tree::Choice(Box::new(a), Box::new(b))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn an_expression_comes_to_what_it_comes_to_by_hand(tree in tree()) {
        let mut text = String::new();
        tree.write(&mut text);
        let members = ["0", "1", "2", "3", "4"].map(Scalar::Number);
        let members: Vec<_> = ["m0", "m1", "m2", "m3", "m4"].into_iter().zip(members).collect();
        let expected = tree.naive().filter(|(value, _)| *value >= 0);
        let expected = expected.map(|(value, below)| {
            let exact = Exact::ratio(value, below).unwrap();
            Rounding::HalfEven.quantity(exact).unwrap().to_string()
        });
        prop_assert_eq!(works_out(&text, &members).ok(), expected, "{}", text);
    }

    #[test]
    fn no_text_makes_the_reader_fall_over(text in "[-a-z0-9.,()*/+<>=!'\" é`]{0,60}") {
        let _ = Expression::parse(&text);
    }
}
