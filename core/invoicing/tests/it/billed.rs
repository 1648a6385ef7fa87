//! What earlier invoices billed, less what they gave back.

use facts::billed::Billed;
use facts::{Charge, ChargeKind, InvoiceIssued};
use invoicing::{billed, plan};
use jiff::civil::{Date, date};

use crate::world::{
    ISSUED_ON, account, euros, first_charges, instalment_credit, read, return_credit, seller,
    service, service_credit, usage,
};

fn invoice(issued_on: Date, charges: Vec<Charge>) -> InvoiceIssued {
    let draft = plan(&seller(), &account(), issued_on, charges).expect("a plan");
    draft.expect("a line").issue(read(&format!("INV-{issued_on}")))
}

fn billed_by(invoices: &[InvoiceIssued]) -> Billed {
    billed(invoices).expect("small sums")
}

#[test]
fn before_the_first_invoice_nothing_is_billed() {
    assert_eq!(billed_by(&[]), Billed::default());
}

#[test]
fn each_kind_of_charge_is_remembered() {
    let billed = billed_by(&[invoice(ISSUED_ON, first_charges())]);
    assert_eq!(billed.last_issued_on, Some(ISSUED_ON));
    let unit = read("U-001");
    assert!(billed.devices.contains(&(read("hardware"), unit)));
    let parts: Vec<u16> = billed.instalments.iter().map(|it| it.2).collect();
    assert_eq!(parts, [1, 2]);
    assert!(billed.order_fees.contains(&(read("setup_fee"), read("ORD-1001"))));
    let days = &billed.service_days[&(read("service_standard"), read("U-001"))];
    assert_eq!((days.len(), days.first()), (18 + 28, Some(&date(2026, 1, 14))));
    assert_eq!(days.last(), Some(&date(2026, 2, 28)));
    assert_eq!(billed.usage.len(), 2);
}

#[test]
fn credits_take_days_back_and_are_remembered_for_devices() {
    let credits = vec![
        return_credit(),
        instalment_credit(1),
        service_credit(date(2026, 2, 16), date(2026, 3, 1)),
    ];
    let invoices = [invoice(ISSUED_ON, first_charges()), invoice(date(2026, 3, 1), credits)];
    let billed = billed_by(&invoices);
    assert_eq!(billed.last_issued_on, Some(date(2026, 3, 1)));
    assert!(billed.devices_credited.contains(&(read("hardware"), read("U-001"))));
    assert!(billed.instalments_credited.contains(&(read("hardware_instalment"), read("U-001"), 1)));
    let days = &billed.service_days[&(read("service_standard"), read("U-001"))];
    assert_eq!(days.last(), Some(&date(2026, 2, 15)));
}

#[test]
fn a_day_that_was_given_back_can_be_billed_again() {
    let days = (date(2026, 2, 1), date(2026, 3, 1));
    let billed = billed_by(&[
        invoice(date(2026, 2, 1), vec![service(days.0, days.1)]),
        invoice(date(2026, 3, 1), vec![service_credit(days.0, days.1)]),
        invoice(date(2026, 4, 1), vec![service(days.0, days.1)]),
    ]);
    let days = &billed.service_days[&(read("service_standard"), read("U-001"))];
    assert_eq!(days.len(), 28);
}

#[test]
fn usage_and_its_adjustments_are_added_up_row_by_row() {
    let of = |kind, quantity| vec![usage(kind, Some("R01"), quantity)];
    let billed = billed_by(&[
        invoice(ISSUED_ON, of(ChargeKind::UsageCharge, "455")),
        invoice(date(2026, 3, 1), of(ChargeKind::UsageAdjustment, "45")),
        invoice(date(2026, 4, 1), of(ChargeKind::UsageAdjustment, "-100")),
    ]);
    let sums: Vec<_> = billed.usage.values().collect();
    assert_eq!(sums.len(), 1);
    assert_eq!((sums[0].quantity, sums[0].amount), (read("400"), euros("20.00")));
}
