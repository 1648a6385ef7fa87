//! Devices, instalments and order fees.

use std::collections::BTreeMap;

use facts::OfferPublished;
use jiff::civil::{Date, date};
use subscriptions::{BillDay, due_charges};

use crate::fleet::{Account, contracts, fleet, noon, offer, paris, read, shown, unit};

const DELIVERED_ON: Date = date(2026, 1, 31);

fn device(name: &str) -> crate::fleet::Unit {
    unit(name, &["hardware"]).delivered(DELIVERED_ON)
}

fn in_parts(name: &str) -> crate::fleet::Unit {
    unit(name, &["hardware_instalment"]).delivered(DELIVERED_ON)
}

#[test]
fn a_device_is_billed_once_by_the_first_invoice_that_knows_its_delivery() {
    let mut account = Account::new();
    let waiting = fleet(1, 30, |name| unit(name, &["hardware"]));
    assert!(account.lines(&waiting, date(2026, 1, 1)).is_empty());
    let delivered = fleet(1, 30, device);
    assert_eq!(account.lines(&delivered, date(2026, 2, 1)), ["hardware.sale hardware x30 5970.00"]);
    assert!(account.lines(&delivered, date(2026, 3, 1)).is_empty());
}

#[test]
fn a_sale_names_the_delivery_of_each_unit() {
    let charges = Account::new().bill(&[device("U-002"), device("U-001")], date(2026, 2, 1));
    let starts: Vec<_> = charges[0].starts.iter().map(|it| it.unit.as_str()).collect();
    assert_eq!(starts, ["U-001", "U-002"]);
    assert_eq!(charges[0].starts[0].start_at, noon(DELIVERED_ON));
}

#[test]
fn a_device_returned_within_the_window_is_credited_once() {
    for (returned_on, is_credited) in
        [(DELIVERED_ON, true), (date(2026, 4, 1), true), (date(2026, 4, 2), false)]
    {
        let mut account = Account::new();
        account.bill(&[device("U-022")], date(2026, 2, 1));
        let returned = [device("U-022").returned(returned_on)];
        let expected: &[&str] =
            if is_credited { &["hardware.return_credit hardware x-1 -199.00"] } else { &[] };
        assert_eq!(account.lines(&returned, date(2026, 5, 1)), expected, "{returned_on}");
        assert!(account.lines(&returned, date(2026, 6, 1)).is_empty());
    }
}

#[test]
fn without_a_window_nothing_is_credited() {
    let mut account = Account::with(OfferPublished { return_window_days: None, ..offer() }, 1);
    account.bill(&[device("U-022")], date(2026, 2, 1));
    let returned = [device("U-022").returned(DELIVERED_ON)];
    assert!(account.lines(&returned, date(2026, 3, 1)).is_empty());
}

#[test]
fn a_device_that_came_back_before_its_invoice_stands_on_it_twice() {
    let units = [device("U-022").returned(DELIVERED_ON)];
    assert_eq!(
        Account::new().lines(&units, date(2026, 2, 1)),
        ["hardware.sale hardware x1 199.00", "hardware.return_credit hardware x-1 -199.00",]
    );
}

#[test]
fn ten_units_pay_their_first_part_together() {
    assert_eq!(
        Account::new().lines(&fleet(31, 10, in_parts), date(2026, 2, 1)),
        ["hardware.instalment hardware_instalment 1 of 12 x10 175.00"]
    );
}

#[test]
fn parts_of_a_delivery_on_the_31st_are_due_on_the_last_days() {
    let mut account = Account::new();
    let units = [in_parts("U-038")];
    for (issued_on, part) in [
        (date(2026, 1, 31), Some(1)),
        (date(2026, 2, 27), None),
        (date(2026, 2, 28), Some(2)),
        (date(2026, 3, 30), None),
        (date(2026, 3, 31), Some(3)),
        (date(2026, 4, 29), None),
        (date(2026, 4, 30), Some(4)),
        (date(2026, 5, 30), None),
        (date(2026, 5, 31), Some(5)),
    ] {
        let line =
            |number| format!("hardware.instalment hardware_instalment {number} of 12 x1 17.50");
        let expected: Vec<_> = part.map(line).into_iter().collect();
        assert_eq!(account.lines(&units, issued_on), expected, "{issued_on}");
    }
}

#[test]
fn parts_that_fell_due_unseen_are_billed_together_and_none_after_the_last() {
    let mut account = Account::new();
    let units = [in_parts("U-038")];
    assert_eq!(account.lines(&units, date(2026, 4, 1)).len(), 3);
    assert_eq!(account.lines(&units, date(2027, 6, 1)).len(), 9);
    assert!(account.lines(&units, date(2028, 1, 1)).is_empty());
    assert_eq!(account.billed.instalments.len(), 12);
}

#[test]
fn a_return_within_the_window_gives_back_every_billed_part_and_ends_them() {
    let mut account = Account::new();
    account.bill(&[in_parts("U-038")], date(2026, 2, 1));
    account.bill(&[in_parts("U-038")], date(2026, 3, 1));
    let returned = [in_parts("U-038").returned(date(2026, 3, 20))];
    assert_eq!(
        account.lines(&returned, date(2026, 4, 1)),
        [
            "hardware.instalment_credit hardware_instalment 1 of 12 x-1 -17.50",
            "hardware.instalment_credit hardware_instalment 2 of 12 x-1 -17.50",
        ]
    );
    assert!(account.lines(&returned, date(2027, 6, 1)).is_empty());
}

#[test]
fn a_return_before_the_first_invoice_bills_no_part() {
    let returned = [in_parts("U-038").returned(date(2026, 2, 10))];
    assert!(Account::new().lines(&returned, date(2026, 3, 1)).is_empty());
}

#[test]
fn after_the_window_instalments_go_on() {
    let mut account = Account::new();
    account.bill(&[in_parts("U-038")], date(2026, 4, 1));
    let returned = [in_parts("U-038").returned(date(2026, 4, 2))];
    assert_eq!(
        account.lines(&returned, date(2026, 5, 1)),
        ["hardware.instalment hardware_instalment 4 of 12 x1 17.50"]
    );
}

#[test]
fn an_order_fee_is_billed_once_with_the_first_delivery() {
    let mut account = Account::new();
    let waiting = |name: &str| unit(name, &["setup_fee"]);
    let some = [waiting("U-001").delivered(DELIVERED_ON), waiting("U-002")];
    assert_eq!(account.lines(&some, date(2026, 2, 1)), ["fee.setup setup_fee x1 49.00"]);
    let all = some.map(|it| it.delivered(DELIVERED_ON));
    assert!(account.lines(&all, date(2026, 3, 1)).is_empty());
}

#[test]
fn orders_share_a_fee_line_and_each_is_named() {
    let mut units = fleet(1, 4, |name| unit(name, &["setup_fee"]).delivered(DELIVERED_ON));
    units[3].order = read("ORD-1002");
    let charges = Account::new().bill(&units, date(2026, 2, 1));
    assert_eq!(charges.iter().map(shown).collect::<Vec<_>>(), ["fee.setup setup_fee x2 98.00"]);
    let orders: Vec<_> = charges[0].orders.iter().map(|it| it.as_str()).collect();
    assert_eq!(orders, ["ORD-1001", "ORD-1002"]);
    assert!(charges[0].units.is_empty());
}

#[test]
fn a_return_keeps_the_order_fee() {
    let mut account = Account::new();
    let plain = unit("U-022", &["setup_fee"]).delivered(DELIVERED_ON);
    account.bill(std::slice::from_ref(&plain), date(2026, 2, 1));
    assert!(account.lines(&[plain.returned(date(2026, 2, 3))], date(2026, 3, 1)).is_empty());
}

#[test]
fn lines_of_an_order_that_take_the_fee_differently_pay_it_once() {
    let mut units = fleet(1, 2, |name| unit(name, &["setup_fee"]).delivered(DELIVERED_ON));
    units[1].line.components = BTreeMap::from([(read("setup_fee"), 2)]);
    assert_eq!(Account::new().lines(&units, date(2026, 2, 1)), ["fee.setup setup_fee x1 49.00"]);
}

#[test]
fn offers_of_an_order_that_share_a_fee_charge_it_once() {
    let units = fleet(1, 2, |name| unit(name, &["setup_fee"]).delivered(DELIVERED_ON));
    let (first, second) = (offer(), OfferPublished { code: read("winter-fleet"), ..offer() });
    let mut contracts_of_both = contracts(&first, &units[..1]);
    contracts_of_both.extend(contracts(&second, &units[1..]));
    let account = Account::new();
    let zone = paris();
    let day = BillDay { issued_on: date(2026, 2, 1), cycle: &account.cycle, zone: &zone };
    let charges = due_charges(&contracts_of_both, &account.billed, day).unwrap();
    assert_eq!(charges.iter().map(shown).collect::<Vec<_>>(), ["fee.setup setup_fee x1 49.00"]);
}
