use credits::Command;
use facts::credit::CreditKind;

use super::read;

const GOOD: &str = "credits:
  - credit: CRD-1
    customer: ACC-1
    name: {en: Calls, fr: Appels}
    units: {quantity: 500, component: calls, rate: 2}
    until: 2027-01-01
    rollover: {limit: 100, months: 3}
    alert_below: 50
    top_up: {below: 20, amount: 100}
adjustments:
  - adjustment: ADJ-1
    credit: CRD-1
    amount: -5.5
    reason: counted twice
";

#[test]
fn credits_and_adjustments_are_read_with_their_places() {
    let all = read("credits.yaml", GOOD).unwrap();
    let Command::Grant(it) = &all[0].value else { panic!("a grant") };
    let component = "calls".parse().unwrap();
    assert_eq!(it.kind, CreditKind::Units { component, rate: 2 });
    assert_eq!((it.priority, it.rollover.unwrap().times), (100, 1));
    assert_eq!(it.top_up.unwrap().1.to_string(), "100");
    let Command::Adjust(it) = &all[1].value else { panic!("an adjustment") };
    assert_eq!(it.amount.to_string(), "-5.5");
    assert_eq!((all[0].place.line, all[1].place.line), (Some(2), Some(11)));
}

#[test]
fn every_wrong_value_is_said_with_its_place() {
    let text = "credits:
  - {credit: A, customer: X, name: {en: A, fr: A}, paid: 1e3, until: 2027-02-30}
  - {credit: B, customer: X, name: {en: B, fr: B}, paid: 1, promotional: 1}
";
    let faults = read("credits.yaml", text).unwrap_err();
    let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), 3, "{said:#?}");
    assert!(said[0].starts_with("credits.yaml:2:58: `1e3`"), "{said:#?}");
    assert!(said[1].contains("2027-02-30"), "{said:#?}");
    assert!(said[2].contains("paid, promotional, units"), "{said:#?}");
}
