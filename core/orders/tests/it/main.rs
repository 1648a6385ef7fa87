//! One order against a small market: what is accepted, and every reason for a no.

mod market;
mod own_invoice;
mod own_price;
mod take_over;

use std::collections::BTreeMap;

use facts::order::OrderedUnit;
use facts::{AccountRegistered, OfferPublished, OrderAccepted};
use jiff::civil::{Date, date};
use kernel::Currency;
use kernel::rejection::Rejection as _;
use orders::{Market, PlaceLine, PlaceOrder, Rejection, accept};

use crate::market::{account, device, offer, read};

const ORDERED_ON: Date = date(2026, 1, 5);

/// Three units of the offer, without a word about anything else.
fn line() -> PlaceLine {
    PlaceLine {
        prices: BTreeMap::new(),
        line: read("ORD-1001-1"),
        offer: "smart-fleet".to_owned(),
        units: Some(3),
        options: BTreeMap::new(),
        components: BTreeMap::new(),
        named_units: Vec::new(),
        takes_over: None,
        term: None,
        invoice: None,
    }
}

fn order(lines: Vec<PlaceLine>) -> PlaceOrder {
    PlaceOrder {
        order: read("ORD-1001"),
        customer: "Translog SAS".to_owned(),
        ordered_on: ORDERED_ON,
        lines,
    }
}

fn named(unit: &str) -> OrderedUnit {
    OrderedUnit {
        unit: read(unit),
        attributes: BTreeMap::new(),
        zone: read("Europe/Lisbon"),
        after: None,
    }
}

fn place_in(
    offers: &[OfferPublished],
    accounts: &[AccountRegistered],
    order: &PlaceOrder,
) -> Result<OrderAccepted, Vec<Rejection>> {
    accept(order, Market { offers, accounts, taken: &BTreeMap::new(), earlier: &BTreeMap::new() })
}

fn place(order: &PlaceOrder) -> Result<OrderAccepted, Vec<Rejection>> {
    place_in(&[offer(1)], &[account("ACC-TRANSLOG", "Translog SAS")], order)
}

fn place_line(line: PlaceLine) -> Result<facts::order::OrderLine, Vec<Rejection>> {
    place(&order(vec![line])).map(|mut order| order.lines.remove(0))
}

/// The sentences against a line.
fn refused(line: PlaceLine) -> Vec<String> {
    let reasons = place_line(line).expect_err("a refusal");
    reasons.iter().map(ToString::to_string).collect()
}

fn words(of: &[(&str, &str)]) -> BTreeMap<String, String> {
    of.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn counts(of: &[(&str, u32)]) -> BTreeMap<String, u32> {
    of.iter().map(|(key, value)| ((*key).to_owned(), *value)).collect()
}

fn taken_of(line: &facts::order::OrderLine) -> Vec<String> {
    line.components.iter().map(|(code, quantity)| format!("{quantity} {code}")).collect()
}

#[test]
fn what_is_left_out_takes_the_default_of_the_offer() {
    let mut plain = line();
    plain.units = None;
    let accepted = place_line(plain).unwrap();
    assert_eq!(accepted.units.len(), 2);
    assert_eq!(accepted.options, words(&[("payment", "upfront")]));
    assert_eq!(taken_of(&accepted), ["1 device", "1 service"]);
}

#[test]
fn an_order_belongs_to_the_account_of_its_customer() {
    for customer in ["ACC-TRANSLOG", "Translog SAS"] {
        let mut order = order(vec![line()]);
        order.customer = customer.to_owned();
        let accepted = place(&order).unwrap();
        assert_eq!(accepted.account.as_str(), "ACC-TRANSLOG", "{customer}");
        assert_eq!((accepted.order.as_str(), accepted.ordered_on), ("ORD-1001", ORDERED_ON));
    }
}

#[test]
fn an_account_id_wins_over_a_customer_of_that_name() {
    let accounts = [account("ACC-1", "ACC-2"), account("ACC-2", "Translog SAS")];
    let mut order = order(vec![line()]);
    order.customer = "ACC-2".to_owned();
    let accepted = place_in(&[offer(1)], &accounts, &order).unwrap();
    assert_eq!(accepted.account.as_str(), "ACC-2");
}

#[test]
fn a_customer_of_no_account_is_refused() {
    let no = place_in(&[offer(1)], &[], &order(vec![line()])).unwrap_err();
    assert_eq!(no, [Rejection::UnknownCustomer { customer: "Translog SAS".to_owned() }]);
}

#[test]
fn a_customer_of_two_accounts_must_name_one() {
    let accounts = [account("ACC-1", "Translog SAS"), account("ACC-2", "Translog SAS")];
    let no = place_in(&[offer(1)], &accounts, &order(vec![line()])).unwrap_err();
    let customer = "Translog SAS".to_owned();
    assert_eq!(no, [Rejection::AmbiguousCustomer { customer, accounts: 2 }]);
}

#[test]
fn an_offer_is_found_by_code_or_by_its_name_in_any_language() {
    for name in ["smart-fleet", "Smart Fleet Plan", "Forfait flotte"] {
        let accepted = place_line(PlaceLine { offer: name.to_owned(), ..line() }).unwrap();
        assert_eq!(accepted.offer.code.as_str(), "smart-fleet", "{name}");
    }
    assert_eq!(
        refused(PlaceLine { offer: "smart fleet plan".to_owned(), ..line() }),
        ["offer `smart fleet plan` is not published; published offers: smart-fleet"]
    );
}

#[test]
fn the_day_of_the_order_chooses_the_version() {
    let mut later = offer(2);
    later.effective_from = date(2026, 3, 1);
    let offers = [later, offer(1)];
    let accounts = [account("ACC-TRANSLOG", "Translog SAS")];
    let cases = [
        (date(2026, 1, 1), 1),
        (date(2026, 2, 28), 1),
        (date(2026, 3, 1), 2),
        (date(2027, 1, 1), 2),
    ];
    for (ordered_on, version) in cases {
        let order = PlaceOrder { ordered_on, ..order(vec![line()]) };
        let accepted = place_in(&offers, &accounts, &order).unwrap();
        assert_eq!(accepted.lines[0].offer.version, version, "{ordered_on}");
    }
    let order = PlaceOrder { ordered_on: date(2025, 12, 31), ..order(vec![line()]) };
    let no = place_in(&offers, &accounts, &order).unwrap_err();
    assert_eq!(
        no[0].to_string(),
        "offer `smart-fleet` can be ordered from 2026-01-01, not on 2025-12-31"
    );
}

#[test]
fn an_offer_in_another_currency_is_refused() {
    let mut dollars = account("ACC-TRANSLOG", "Translog SAS");
    dollars.currency = read("USD");
    assert_eq!(offer(1).currency, Currency::EUR);
    let no = place_in(&[offer(1)], &[dollars], &order(vec![line()])).unwrap_err();
    assert_eq!(
        no[0].to_string(),
        "account `ACC-TRANSLOG` is billed in USD, but the offer is priced in EUR"
    );
}

#[test]
fn units_stay_inside_the_limits_of_the_offer() {
    for (units, is_accepted) in [(0, false), (1, true), (40, true), (41, false)] {
        let accepted = place_line(PlaceLine { units: Some(units), ..line() });
        assert_eq!(accepted.is_ok(), is_accepted, "{units}");
    }
    assert_eq!(
        refused(PlaceLine { units: Some(41), ..line() }),
        ["41 × `smart-fleet` is out of limits; order 1 to 40"]
    );
}

#[test]
fn an_absurd_quantity_is_refused_without_naming_its_units() {
    let no = refused(PlaceLine { units: Some(u32::MAX), ..line() });
    assert_eq!(no, ["4294967295 × `smart-fleet` is out of limits; order 1 to 40"]);
}

#[test]
fn an_option_takes_one_of_its_values() {
    let chosen =
        |option: &str, value: &str| PlaceLine { options: words(&[(option, value)]), ..line() };
    let accepted = place_line(chosen("payment", "instalments")).unwrap();
    assert_eq!(accepted.options, words(&[("payment", "instalments")]));
    assert_eq!(
        refused(chosen("payment", "never")),
        ["option `payment` cannot be `never`; it can be: instalments, upfront"]
    );
    assert_eq!(
        refused(chosen("colour", "red")),
        ["the offer has no option `colour`; it has: payment"]
    );
}

#[test]
fn an_option_adds_and_removes_components() {
    let options = words(&[("payment", "instalments")]);
    let accepted = place_line(PlaceLine { options: options.clone(), ..line() }).unwrap();
    assert_eq!(taken_of(&accepted), ["1 device_part", "1 service"]);
    let no = refused(PlaceLine { options, components: counts(&[("device", 1)]), ..line() });
    assert_eq!(
        no,
        ["`device` is not a component of this order line; choose among: antenna, device_part, \
          service"]
    );
}

#[test]
fn an_optional_component_is_taken_only_when_asked_for() {
    let asking = |quantity| PlaceLine { components: counts(&[("antenna", quantity)]), ..line() };
    let with = place_line(asking(2)).unwrap();
    assert_eq!(taken_of(&with), ["2 antenna", "1 device", "1 service"]);
    let without = place_line(asking(0)).unwrap();
    assert_eq!(taken_of(&without), ["1 device", "1 service"]);
    assert_eq!(refused(asking(5)), ["5 × `antenna` is out of limits; order 0 to 4"]);
}

#[test]
fn a_required_component_cannot_be_left_out() {
    let none = PlaceLine { components: counts(&[("service", 0)]), ..line() };
    assert_eq!(refused(none), ["0 × `service` is out of limits; order 1 to 1"]);
}

#[test]
fn units_without_names_are_numbered_within_their_line() {
    let accepted = place_line(line()).unwrap();
    let units: Vec<_> = accepted.units.iter().map(|it| it.unit.as_str()).collect();
    assert_eq!(units, ["ORD-1001-1/001", "ORD-1001-1/002", "ORD-1001-1/003"]);
    assert!(accepted.units.iter().all(|it| it.zone.name() == "Europe/Paris"));
}

#[test]
fn named_units_keep_their_zone_and_are_sorted() {
    let named_units = vec![named("U-003"), named("U-001"), named("U-002")];
    let accepted = place_line(PlaceLine { named_units, ..line() }).unwrap();
    let units: Vec<_> = accepted.units.iter().map(|it| it.unit.as_str()).collect();
    assert_eq!(units, ["U-001", "U-002", "U-003"]);
    assert!(accepted.units.iter().all(|it| it.zone.name() == "Europe/Lisbon"));
}

#[test]
fn as_many_units_are_named_as_ordered() {
    let named_units = vec![named("U-001"), named("U-002")];
    assert_eq!(
        refused(PlaceLine { named_units, ..line() }),
        ["line `ORD-1001-1` orders 3 units but names 2; name each unit once"]
    );
}

#[test]
fn a_unit_is_sold_once() {
    let first = PlaceLine { units: Some(1), named_units: vec![named("U-001")], ..line() };
    let twice =
        PlaceLine { units: Some(2), named_units: vec![named("U-001"), named("U-001")], ..line() };
    let expected = "unit `U-001` already belongs to order line `ORD-1001-1`; a unit is sold once";
    assert_eq!(refused(twice), [expected]);

    let second = PlaceLine { line: read("ORD-1001-2"), ..first.clone() };
    let no = place(&order(vec![first.clone(), second])).unwrap_err();
    assert_eq!(no[0].to_string(), expected);

    let taken = BTreeMap::from([(read("U-001"), read("ORD-0999-1"))]);
    let (offers, accounts) = ([offer(1)], [account("ACC-TRANSLOG", "Translog SAS")]);
    let market =
        Market { offers: &offers, accounts: &accounts, taken: &taken, earlier: &BTreeMap::new() };
    let no = accept(&order(vec![first]), market).unwrap_err();
    assert_eq!(no, [Rejection::UnitTaken { unit: read("U-001"), line: read("ORD-0999-1") }]);
}

#[test]
fn a_line_is_named_once() {
    let again = PlaceLine { units: Some(1), named_units: vec![named("U-009")], ..line() };
    let no = place(&order(vec![line(), again])).unwrap_err();
    assert_eq!(no, [Rejection::LineTaken { line: read("ORD-1001-1") }]);
}

#[test]
fn every_reason_is_given_at_once() {
    let wrong = PlaceLine {
        units: Some(99),
        options: words(&[("colour", "red"), ("payment", "never")]),
        components: counts(&[("antenna", 9), ("wheel", 1)]),
        ..line()
    };
    let unknown = PlaceLine { line: read("ORD-1001-2"), offer: "?".to_owned(), ..line() };
    let no = place(&order(vec![wrong, unknown])).unwrap_err();
    let codes: Vec<_> = no.iter().map(kernel::rejection::Rejection::code).collect();
    assert_eq!(
        codes,
        [
            "quantity-out-of-limits",
            "unknown-option",
            "unknown-option-value",
            "unknown-component",
            "quantity-out-of-limits",
            "unknown-offer",
        ]
    );
    assert_eq!(no[0].args()[1], ("quantity", "99".to_owned()));
}

#[test]
fn lines_are_kept_in_the_order_of_their_names() {
    let second = PlaceLine { line: read("ORD-1001-2"), ..line() };
    let there = place(&order(vec![line(), second.clone()])).unwrap();
    let back = place(&order(vec![second, line()])).unwrap();
    assert_eq!(there, back);
    assert_eq!(there.lines[0].line.as_str(), "ORD-1001-1");
}

#[test]
fn an_offer_without_choices_says_so() {
    let mut bare = offer(1);
    bare.options.clear();
    bare.components = vec![device("device")];
    let accounts = [account("ACC-TRANSLOG", "Translog SAS")];
    let mut asking = line();
    asking.options = words(&[("payment", "upfront")]);
    let no = place_in(&[bare], &accounts, &order(vec![asking])).unwrap_err();
    assert_eq!(no[0].to_string(), "the offer has no option `payment`; it has: none");
}
