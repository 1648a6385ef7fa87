//! What is carried forward to the next invoice.

use facts::billed::Billed;
use facts::{Charge, ChargeKind, InvoiceIssued};
use invoicing::{add_draft, billed, carry, plan, unpacked};
use jiff::civil::{Date, date};

use crate::world::{
    ISSUED_ON, account, first_charges, instalment_credit, read, seller, service, service_credit,
    usage,
};

const SECOND: Date = date(2026, 3, 1);

fn draft(issued_on: Date, charges: Vec<Charge>) -> invoicing::Draft {
    plan(&seller(), &account(), issued_on, charges).expect("a plan").expect("a line")
}

fn second() -> invoicing::Draft {
    let charges = vec![
        service_credit(date(2026, 2, 16), date(2026, 2, 20)),
        service(date(2026, 3, 1), date(2026, 4, 1)),
        usage(ChargeKind::UsageAdjustment, Some("R01"), "45"),
        instalment_credit(1),
    ];
    draft(SECOND, charges)
}

fn invoices() -> [InvoiceIssued; 2] {
    let first = draft(ISSUED_ON, first_charges()).issue(read("INV-1"));
    [first, second().issue(read("INV-2"))]
}

#[test]
fn an_invoice_that_is_added_is_one_more() {
    let [first, _] = invoices();
    let mut so_far = billed(&[first]).expect("small sums");
    add_draft(&mut so_far, &second()).expect("small sums");
    assert_eq!(so_far, billed(&invoices()).expect("small sums"));
}

#[test]
fn what_is_carried_is_what_was_billed_from_a_day_on() {
    let whole = billed(&invoices()).expect("small sums");
    for from in [Date::MIN, date(2026, 1, 1), date(2026, 2, 1), SECOND] {
        let carried = carry(&whole, (SECOND, 7), from).expect("nothing that is not carried");
        assert_eq!((carried.issued_on, carried.segment), (SECOND, 7));
        for later in [from, from.max(date(2026, 2, 1)), from.max(SECOND)] {
            let mut expected = Billed { from: Some(later), ..whole.clone() };
            expected.service_days.values_mut().for_each(|it| it.retain(|day| *day >= later));
            expected.usage.retain(|key, _| key.period.from() >= later);
            assert_eq!(unpacked(&carried, later), expected, "from {from}, {later}");
        }
    }
}

#[test]
fn what_has_more_than_is_carried_or_less_is_not() {
    let whole = billed(&invoices()).expect("small sums");
    let thing = (read("hardware"), read("U-001"), 0);
    let returned = [(thing, kernel::Percent::WHOLE)].into();
    let by_age = Billed { returned, ..whole.clone() };
    assert_eq!(carry(&by_age, (SECOND, 7), ISSUED_ON), None);
    let later = Billed { from: Some(SECOND), ..whole };
    assert_eq!(carry(&later, (SECOND, 7), ISSUED_ON), None);
}
