use orders::AskInvoice;
use proptest::prelude::*;

use super::*;

const ORDERS: &str = include_str!("../../../../demo/smart-fleet/orders.csv");
const UNITS: &str = include_str!("../../../../demo/smart-fleet/units.csv");

fn demo() -> Vec<Located<PlaceOrder>> {
    read(("orders.csv", ORDERS), Some(("units.csv", UNITS))).unwrap()
}

/// What is said about the two files.
fn said(orders: &str, units: Option<&str>) -> Vec<String> {
    let faults = read(("o.csv", orders), units.map(|units| ("u.csv", units))).unwrap_err();
    faults.iter().map(ToString::to_string).collect()
}

const HEADER: &str = "order,order_line,customer,ordered_on,offer,units,hardware_payment\n";

#[test]
fn the_demo_has_two_orders_of_fifty_units() {
    let orders = demo();
    let sizes: Vec<(&str, Vec<usize>)> = orders
        .iter()
        .map(|order| {
            let lines = order.value.lines.iter().map(|line| line.named_units.len());
            (order.value.order.as_str(), lines.collect())
        })
        .collect();
    assert_eq!(sizes, [("ORD-1001", vec![30, 10]), ("ORD-1002", vec![10])]);
    let line = &orders[0].value.lines[1];
    assert_eq!(line.units, Some(10));
    assert_eq!(line.offer, "Smart Fleet Plan");
    let chosen = |options: &[(&str, &str)]| owned(options.iter().copied());
    assert_eq!(line.options, chosen(&[("hardware_payment", "instalments")]));
    let unit = &orders[0].value.lines[0].named_units[1];
    assert_eq!((unit.unit.as_str(), unit.zone.name()), ("U-002", "Europe/Lisbon"));
    assert_eq!(unit.attributes, chosen(&[("device_type", "tracker-4g")]));
    assert_eq!(orders[1].place.to_string(), "orders.csv:4");
}

#[test]
fn units_need_no_names() {
    let text = format!("{HEADER}O-1,O-1-1,Translog SAS,2026-01-05,Plan,,\n");
    let orders = read(("o.csv", &text), None).unwrap();
    let line = &orders[0].value.lines[0];
    assert_eq!((line.units, line.named_units.len(), line.options.len()), (None, 0, 0));
}

#[test]
fn a_line_says_on_which_invoice_it_stands() {
    let header = "order,order_line,customer,ordered_on,offer,units,invoice\n";
    let row =
        |invoice: &str| format!("{header}O-1,O-1-1,Translog SAS,2026-01-05,Plan,,{invoice}\n");
    let asked = |invoice: &str| {
        let orders = read(("o.csv", &row(invoice)), None).unwrap();
        orders[0].value.lines[0].invoice.clone()
    };
    assert_eq!(asked(""), None);
    assert_eq!(asked("consolidated"), Some(AskInvoice::Consolidated));
    assert_eq!(asked("separate"), Some(AskInvoice::Separate));
    assert_eq!(asked("SITE-1"), Some(AskInvoice::Group("SITE-1".parse().unwrap())));
    let long = "x".repeat(201);
    assert_eq!(said(&row(&long), None).len(), 1);
}

#[test]
fn every_wrong_cell_is_reported() {
    let text = format!(
        "{HEADER}O-1,O-1-1,Translog SAS,2026-02-31,Plan,-1,upfront\n\
         ,O-2-1,Translog SAS,2026-01-05,,1e3,upfront\n\
         O-3,O-3-1\n"
    );
    let expected = [
        "o.csv:2 (ordered_on): `2026-02-31` is not a day of the calendar; write year-month-day, \
         such as 2026-02-28",
        "o.csv:2 (units): `-1` is not a whole number from 0 to 4294967295; write one",
        "o.csv:3 (order): `order` is missing or empty; give it a value",
        "o.csv:3 (offer): `offer` is missing or empty; give it a value",
        "o.csv:3 (units): `1e3` is not a whole number from 0 to 4294967295; write one",
    ];
    let mut said = said(&text, None);
    assert_eq!(
        said.remove(0),
        "o.csv:4: the row has 2 cells for 7 columns; give each column its cell"
    );
    assert_eq!(said, expected);
}

#[test]
fn the_header_names_the_columns() {
    assert_eq!(
        said("order,order,customer,ordered_on,offer,units,\n", None),
        [
            "o.csv:1 (order_line): `order_line` is missing or empty; give it a value",
            "o.csv:1 (order): `order` occurs twice; keep one of them",
            "o.csv:1 (): `column 7` is missing or empty; give it a value",
        ]
    );
    assert_eq!(said("", None).len(), 6);
}

#[test]
fn the_rows_of_an_order_agree() {
    let text = format!(
        "{HEADER}O-1,O-1-1,Translog SAS,2026-01-05,Plan,1,\n\
         O-1,O-1-1,Translog,2026-01-06,Plan,1,\n"
    );
    assert_eq!(
        said(&text, None),
        [
            "o.csv:3 (order_line): the order line `O-1-1` stands in line 2 already; give each its \
             own row",
            "o.csv:3 (customer): order `O-1` has the customer `Translog SAS` in its first row, \
             but `Translog` here; make them equal",
            "o.csv:3 (ordered_on): order `O-1` has the ordered_on `2026-01-05` in its first row, \
             but `2026-01-06` here; make them equal",
        ]
    );
}

#[test]
fn the_two_files_agree() {
    let orders = format!("{HEADER}O-1,O-1-1,Translog SAS,2026-01-05,Plan,2,\n");
    let units = "unit,order_line,device_type,zone\nU-1,O-1-1,dashcam,Europe/Paris\n\
                 U-2,O-9-1,dashcam,Europe/Paris\nU-3,O-1-1,dashcam,Mars/Olympus\n";
    assert_eq!(
        said(&orders, Some(units)),
        [
            "u.csv:3 (order_line): the order line `O-9-1` is not in o.csv; add it there, or \
             correct its name",
            "u.csv:4 (zone): `Mars/Olympus` is not an IANA time zone; use a name such as \
             Europe/Paris",
            "o.csv:2 (units): order line `O-1-1` has 2 units, but u.csv names 1; make them equal",
        ]
    );
}

proptest! {
    #[test]
    fn no_text_panics(body in "(\\PC|[,\"\n\r]){0,80}", units in "(\\PC|[,\"\n\r]){0,80}") {
        let _ = read(("o.csv", &body), Some(("u.csv", &units)));
        let orders = format!("{HEADER}{body}");
        let units = format!("unit,order_line,zone\n{units}");
        let _ = read(("o.csv", &orders), Some(("u.csv", &units)));
    }
}
