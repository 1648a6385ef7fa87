//! Reports of the ERP and the device cloud: new, known, or refused.

use facts::ItemShipped;
use facts::unit::ShipmentReason;
use fulfilment::{
    Receipt, Rejection, ReportShipment, UnitKnowledge, check_shipment, receive_shipment,
    receive_signal,
};

use crate::unit::{DELIVERED_AT, SHIPPED_AT, at, delivery, read, shipment, signal};

fn report() -> ReportShipment {
    ReportShipment {
        shipment: read("SHP-1"),
        order_line: read("ORD-1001-1"),
        unit: read("U-001"),
        serial: read("T-1"),
        reason: ShipmentReason::Sale,
        shipped_at: at(SHIPPED_AT),
        delivered_at: None,
        carrier: "Chronopost".to_owned(),
    }
}

fn shipped() -> ItemShipped {
    shipment("SHP-1", "T-1", ShipmentReason::Sale, SHIPPED_AT)
}

fn refused<T: std::fmt::Debug>(result: Result<T, Rejection>) -> String {
    result.expect_err("a refusal").to_string()
}

fn known(line_of_unit: &str, line_is_known: bool) -> UnitKnowledge {
    let line_of_unit = (line_of_unit != "-").then(|| read(line_of_unit));
    UnitKnowledge { line_of_unit, line_is_known }
}

#[test]
fn a_shipment_is_kept_until_its_order_comes() {
    assert_eq!(check_shipment(&report(), &known("-", false)), Ok(()));
    assert_eq!(check_shipment(&report(), &known("ORD-1001-1", true)), Ok(()));
}

#[test]
fn a_shipment_names_a_unit_of_its_line() {
    assert_eq!(
        refused(check_shipment(&report(), &known("-", true))),
        "order line `ORD-1001-1` has no unit `U-001`; name a unit of that line"
    );
    assert_eq!(
        refused(check_shipment(&report(), &known("ORD-1001-2", true))),
        "unit `U-001` belongs to order line `ORD-1001-2`, not to `ORD-1001-1`"
    );
}

#[test]
fn a_replacement_may_go_out_on_an_order_line_of_the_erp() {
    let report = ReportShipment { reason: ShipmentReason::Replacement, ..report() };
    for knowledge in [known("ORD-1001-2", true), known("-", true)] {
        assert_eq!(check_shipment(&report, &knowledge), Ok(()));
    }
}

#[test]
fn a_parcel_does_not_arrive_before_it_leaves() {
    let at_once = ReportShipment { delivered_at: Some(at(SHIPPED_AT)), ..report() };
    assert_eq!(check_shipment(&at_once, &UnitKnowledge::default()), Ok(()));
    let before = ReportShipment { delivered_at: Some(at("2026-01-08T16:00:59Z")), ..report() };
    assert_eq!(
        refused(check_shipment(&before, &UnitKnowledge::default())),
        "shipment `SHP-1` was delivered at 2026-01-08T16:00:59Z, before it was shipped at \
         2026-01-08T16:01:00Z; one of the two is wrong"
    );
}

#[test]
fn a_first_report_says_what_it_says() {
    let (shipment, delivered) = receive_shipment(&report(), None, None, &[]).unwrap();
    assert_eq!((shipment, delivered), (Receipt::New(shipped()), Receipt::Unchanged));
    let with_delivery = ReportShipment { delivered_at: Some(at(DELIVERED_AT)), ..report() };
    let (_, delivered) = receive_shipment(&with_delivery, None, None, &[]).unwrap();
    assert_eq!(delivered, Receipt::New(delivery("SHP-1", DELIVERED_AT)));
}

#[test]
fn a_repeated_report_adds_only_its_delivery() {
    let (before, delivered) = (shipped(), delivery("SHP-1", DELIVERED_AT));
    let again = |report: &ReportShipment, delivered| {
        receive_shipment(report, Some(&before), delivered, std::slice::from_ref(&before))
            .expect("no contradiction")
    };
    assert_eq!(again(&report(), None), (Receipt::Unchanged, Receipt::Unchanged));
    let with_delivery = ReportShipment { delivered_at: Some(at(DELIVERED_AT)), ..report() };
    let added = (Receipt::Unchanged, Receipt::New(delivered.clone()));
    assert_eq!(again(&with_delivery, None), added);
    let known = (Receipt::Unchanged, Receipt::Unchanged);
    assert_eq!(again(&with_delivery, Some(&delivered)), known);
    // An older export without the delivery does not take it back.
    assert_eq!(again(&report(), Some(&delivered)), known);
}

#[test]
fn a_report_that_contradicts_an_earlier_one_names_the_field() {
    let cases: [(&str, ReportShipment); 6] = [
        ("order_line", ReportShipment { order_line: read("ORD-1001-2"), ..report() }),
        ("unit", ReportShipment { unit: read("U-002"), ..report() }),
        ("serial", ReportShipment { serial: read("T-2"), ..report() }),
        ("shipped_at", ReportShipment { shipped_at: at(DELIVERED_AT), ..report() }),
        ("carrier", ReportShipment { carrier: "DPD".to_owned(), ..report() }),
        ("reason", ReportShipment { reason: ShipmentReason::Replacement, ..report() }),
    ];
    for (expected, report) in cases {
        match receive_shipment(&report, Some(&shipped()), None, &[shipped()]) {
            Err(Rejection::ShipmentConflict { field, .. }) => assert_eq!(field, expected),
            other => panic!("{expected}: {other:?}"),
        }
    }
}

#[test]
fn a_delivery_is_not_moved() {
    let before = delivery("SHP-1", "2026-01-12T08:00:00Z");
    let moved = ReportShipment { delivered_at: Some(at(DELIVERED_AT)), ..report() };
    assert_eq!(
        refused(receive_shipment(&moved, Some(&shipped()), Some(&before), &[shipped()])),
        "shipment `SHP-1` was reported before with delivered_at 2026-01-12T08:00:00Z, now with \
         2026-01-12T14:48:03Z; only a missing delivery can be added"
    );
}

#[test]
fn a_unit_is_sold_one_device() {
    let second = ReportShipment { shipment: read("SHP-2"), serial: read("T-2"), ..report() };
    assert_eq!(
        refused(receive_shipment(&second, None, None, &[shipped()])),
        "unit `U-001` was shipped by `SHP-1`; ship another device as reason `replacement`"
    );
    let replacement = ReportShipment { reason: ShipmentReason::Replacement, ..second };
    let (receipt, _) = receive_shipment(&replacement, None, None, &[shipped()]).unwrap();
    assert!(matches!(receipt, Receipt::New(_)));
}

#[test]
fn a_replacement_may_be_reported_before_the_sale() {
    let replacement = shipment("SHP-2", "T-2", ShipmentReason::Replacement, DELIVERED_AT);
    let (receipt, _) = receive_shipment(&report(), None, None, &[replacement]).unwrap();
    assert_eq!(receipt, Receipt::New(shipped()));
}

#[test]
fn of_signals_with_one_id_the_first_stands() {
    let first = signal("S-1", "T-1", DELIVERED_AT);
    assert_eq!(receive_signal(&first, None), Ok(Receipt::New(first.clone())));
    assert_eq!(receive_signal(&first, Some(&first)), Ok(Receipt::Unchanged));
    let other = signal("S-1", "T-1", SHIPPED_AT);
    assert_eq!(
        refused(receive_signal(&other, Some(&first))),
        "signal `S-1` of `device-cloud` was received before with another content; the first \
         stands, send a corrected signal under a new id"
    );
}
