//! Which events are usage.

use facts::meter::{Filter, Literal, Mediation, Test};
use facts::usage::{Envelope, RejectReason, Scalar};

use super::sample::{asks, says, sums, word};
use crate::line::{read, text, with};

fn passes(filter: &Filter, members: &[(&str, Scalar<'_>)]) -> bool {
    let mut members = members.to_vec();
    members.push(("mb", Scalar::Number("1")));
    let mediation = Mediation { accept: Some(filter.clone()), ..Mediation::default() };
    match says(sums(mediation), &with(&members)) {
        Ok(_) => true,
        Err(RejectReason::Filtered) => false,
        Err(other) => panic!("{other}"),
    }
}

fn number(text: &str) -> Literal {
    Literal::Number(read(text))
}

#[test]
fn each_test_asks_one_member() {
    for (test, yes, no) in [
        (Test::Equal(number("1.50")), "1.5", "1.51"),
        (Test::Different(number("1")), "2", "1.0"),
        (Test::Below(read("2")), "1.999999999999", "2"),
        (Test::AtMost(read("2")), "2.0", "2.000000000001"),
        (Test::Above(read("2")), "2.000000000001", "2"),
        (Test::AtLeast(read("2")), "20e-1", "-3"),
        (Test::In(vec![number("1"), number("3")]), "3", "2"),
    ] {
        let filter = asks("n", test);
        assert!(passes(&filter, &[("n", Scalar::Number(yes))]), "{filter} {yes}");
        assert!(!passes(&filter, &[("n", Scalar::Number(no))]), "{filter} {no}");
    }
    for (test, yes, no) in [
        (Test::Equal(word("FR")), "FR", "fr"),
        (Test::Different(word("FR")), "fr", "FR"),
        (Test::In(vec![word("FR"), word("BE")]), "BE", "DE"),
        (Test::Contains("oa".to_owned()), "roaming", "home"),
        (Test::StartsWith("ro".to_owned()), "roaming", "Roaming"),
        (Test::EndsWith("é".to_owned()), "café", "cafe"),
    ] {
        let filter = asks("t", test);
        assert!(passes(&filter, &[("t", text(yes))]), "{filter} {yes}");
        assert!(!passes(&filter, &[("t", text(no))]), "{filter} {no}");
    }
}

#[test]
fn what_is_absent_or_of_another_kind_is_only_different() {
    let other_kinds = [vec![], vec![("n", Scalar::Other)], vec![("n", text("1"))]];
    for members in other_kinds {
        for test in [
            Test::Equal(number("1")),
            Test::Below(read("9")),
            Test::AtLeast(read("0")),
            Test::In(vec![number("1")]),
            Test::StartsWith("2".to_owned()),
        ] {
            assert!(!passes(&asks("n", test), &members));
        }
        assert!(passes(&asks("n", Test::Different(number("1"))), &members));
    }
    // A number that does not fit is no number.
    assert!(!passes(&asks("n", Test::Above(read("0"))), &[("n", Scalar::Number("1e400"))]));
}

#[test]
fn a_member_exists_whatever_it_is() {
    for there in [text(""), Scalar::Number("0"), Scalar::Other] {
        assert!(passes(&asks("n", Test::Exists(true)), &[("n", there)]));
    }
    assert!(passes(&asks("n", Test::Exists(false)), &[]));
    assert!(!passes(&asks("n", Test::Exists(false)), &[("n", Scalar::Other)]));
}

#[test]
fn filters_stand_in_each_other() {
    let fr = || asks("region", Test::Equal(word("FR")));
    let big = || asks("size", Test::Above(read("10")));
    let all = Filter::All(vec![fr(), Filter::Not(Box::new(big()))]);
    let any = Filter::Any(vec![fr(), big()]);
    let size = |text| ("size", Scalar::Number(text));
    assert!(passes(&all, &[("region", text("FR")), size("10")]));
    assert!(!passes(&all, &[("region", text("FR")), size("11")]));
    assert!(passes(&any, &[("region", text("BE")), size("11")]));
    assert!(!passes(&any, &[("region", text("BE"))]));
    assert_eq!(all.to_string(), "(region = \"FR\" and not size > 10)");
    assert!(passes(&Filter::All(vec![]), &[]));
    assert!(!passes(&Filter::Any(vec![]), &[]));
}

#[test]
fn what_is_filtered_is_told_after_a_missing_id_and_before_a_bad_number() {
    let accept = Some(asks("region", Test::Equal(word("FR"))));
    let meter = || sums(Mediation { accept: accept.clone(), ..Mediation::default() });
    let bad = with(&[("mb", Scalar::Other), ("region", text("BE"))]);
    assert_eq!(says(meter(), &bad), Err(RejectReason::Filtered));
    let without_id = Envelope { id: None, ..bad.clone() };
    assert_eq!(says(meter(), &without_id), Err(RejectReason::MissingId));
    let accepted = with(&[("mb", Scalar::Other), ("region", text("FR"))]);
    assert_eq!(says(meter(), &accepted), Err(RejectReason::BadNumber));
    let without_source = Envelope { source: None, ..bad };
    assert_eq!(says(meter(), &without_source), Err(RejectReason::Filtered));
}
