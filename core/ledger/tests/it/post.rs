//! Which account each part of an invoice goes to.

use std::collections::BTreeSet;

use facts::posting::Book;
use ledger::{PostError, Purpose, account, post};

use crate::invoice::Of::{Across, Ahead, Device, Fee, Past, Usage};
use crate::invoice::{ISSUED_ON, cents, entry, invoice, posted, shown};

#[test]
fn a_first_invoice_is_booked_in_both_books() {
    // Hardware, a stub and a month of service, usage and a fee of the reference fleet.
    let lines = [Device(597_000), Past(4337), Ahead(84_660), Usage(12_661), Fee(4900)];
    assert_eq!(
        posted(Book::Ifrs, &lines),
        [
            "receivable 844270",
            "revenue_device -597000",
            "revenue_service -4337",
            "contract_liability -84660",
            "revenue_usage -12661",
            "contract_liability -4900",
            "tax_due -119400",
            "tax_on_payment -21312",
        ]
    );
    assert_eq!(
        posted(Book::Statutory, &lines),
        [
            "411 844270",
            "707 -597000",
            "7061 -4337",
            "487 -84660",
            "7062 -12661",
            "7063 -4900",
            "44571 -119400",
            "44574 -21312",
        ]
    );
}

#[test]
fn an_entry_names_its_book_day_source_and_party() {
    let entries = post(&invoice(&[Device(19_900), Fee(4900)])).unwrap();
    let ids: Vec<_> = entries.iter().map(|it| it.entry.as_str()).collect();
    assert_eq!(ids, ["INV-2026-000001/ifrs", "INV-2026-000001/statutory"]);
    for entry in entries {
        assert_eq!((entry.posted_on, entry.currency.code()), (ISSUED_ON, "EUR"));
        assert_eq!((entry.source.as_str(), entry.seller.as_str()), ("INV-2026-000001", "us"));
        let party = entry.lines[0].party.as_ref().map(|it| it.as_str());
        assert_eq!(party, Some("ACC-TRANSLOG"));
        assert!(entry.lines[1..].iter().all(|it| it.party.is_none()));
        let invoice_lines: Vec<_> = entry.lines.iter().map(|it| it.invoice_line).collect();
        assert_eq!(invoice_lines, [None, Some(1), Some(2), None, None]);
    }
}

#[test]
fn service_ahead_is_deferred_and_service_that_passed_is_earned() {
    assert_eq!(posted(Book::Statutory, &[Ahead(2490)])[1], "487 -2490");
    assert_eq!(posted(Book::Statutory, &[Past(1446)])[1], "7061 -1446");
    // A credit goes where its days stand.
    assert_eq!(posted(Book::Statutory, &[Past(-643)])[1], "7061 643");
    assert_eq!(posted(Book::Statutory, &[Ahead(-643)])[1], "487 643");
}

#[test]
fn an_order_fee_is_deferred_under_ifrs_and_earned_in_the_statutory_book() {
    assert_eq!(posted(Book::Ifrs, &[Fee(4900)])[1], "contract_liability -4900");
    assert_eq!(posted(Book::Statutory, &[Fee(4900)])[1], "7063 -4900");
}

#[test]
fn vat_on_goods_is_due_now_and_on_services_when_paid() {
    assert_eq!(posted(Book::Ifrs, &[Device(19_900)])[2..], ["tax_due -3980"]);
    assert_eq!(posted(Book::Ifrs, &[Past(2490)])[2..], ["tax_on_payment -498"]);
}

#[test]
fn a_seller_that_opted_for_debits_owes_all_vat_now() {
    let mut invoice = invoice(&[Device(19_900), Past(2490)]);
    invoice.seller.vat_on_debits = true;
    assert_eq!(shown(&entry(Book::Statutory, &invoice))[3..], ["44571 -3980", "44571 -498"]);
}

#[test]
fn the_two_parts_of_the_vat_sum_to_that_of_the_invoice() {
    for (lines, tax) in [
        // 0.006 and 0.006 make 0.012: the goods take the cent.
        ([Device(3), Past(3)], vec!["tax_due -1"]),
        // 0.004 and 0.006 make 0.010: the services take it.
        ([Device(2), Past(3)], vec!["tax_on_payment -1"]),
        // 0.006 less 0.002 makes 0.004, which is nothing: the parts cancel out.
        ([Device(3), Past(-1)], vec!["tax_due -1", "tax_on_payment 1"]),
        ([Device(-19_900), Past(2490)], vec!["tax_due 3980", "tax_on_payment -498"]),
    ] {
        assert_eq!(posted(Book::Ifrs, &lines)[3..], tax, "{lines:?}");
    }
}

#[test]
fn an_invoice_of_credits_is_booked_the_other_way_round() {
    assert_eq!(
        posted(Book::Statutory, &[Device(-19_900), Past(-643)]),
        ["411 -24652", "707 19900", "7061 643", "44571 3980", "44574 129"]
    );
    let entry = entry(Book::Statutory, &invoice(&[Device(-19_900)]));
    assert_eq!((entry.lines[0].debit, entry.lines[0].credit), (0, 23_880));
    assert_eq!((entry.lines[1].debit, entry.lines[1].credit), (19_900, 0));
}

#[test]
fn a_sale_and_its_return_cancel_out_without_a_receivable() {
    assert_eq!(
        posted(Book::Statutory, &[Device(19_900), Device(-19_900)]),
        ["707 -19900", "707 19900"]
    );
}

#[test]
fn a_line_of_nothing_is_not_booked() {
    assert_eq!(
        posted(Book::Statutory, &[Usage(0), Fee(4900)]),
        ["411 5880", "7063 -4900", "44574 -980"]
    );
}

#[test]
fn parts_that_do_not_sum_to_the_total_are_refused() {
    let mut invoice = invoice(&[Device(19_900)]);
    invoice.total = cents(23_881);
    match post(&invoice) {
        Err(PostError::Unbalanced { entry, difference }) => {
            assert_eq!((entry.as_str(), difference), ("INV-2026-000001/ifrs", 1));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn amounts_out_of_range_are_refused() {
    let mut invoice = invoice(&[Device(1)]);
    invoice.lines[0].charge.amount = cents(i64::MIN);
    assert!(matches!(post(&invoice), Err(PostError::Money(_))));
}

#[test]
fn every_purpose_has_an_account_of_its_own_in_each_book() {
    let purposes = [
        Purpose::Receivable,
        Purpose::DeviceRevenue,
        Purpose::ServiceRevenue,
        Purpose::UsageRevenue,
        Purpose::FeeRevenue,
        Purpose::CommitmentRevenue,
        Purpose::CustomerAdvance,
        Purpose::Breakage,
        Purpose::DeferredRevenue,
        Purpose::TaxDue,
        Purpose::TaxOnPayment,
    ];
    for book in Book::ALL {
        let accounts: BTreeSet<_> =
            purposes.iter().map(|it| account(book, *it).expect("a valid name")).collect();
        assert_eq!(accounts.len(), purposes.len());
    }
}

#[test]
fn a_lease_is_booked_on_accounts_of_its_own() {
    // Of 31.00 from 14 January to 14 February, 18 of 31 days are over on 1 February.
    let mut leased = invoice(&[Past(4337), Ahead(84_660), Across(3100)]);
    for line in &mut leased.lines {
        line.charge.component_kind = facts::offer::ComponentKind::Hardware;
        line.charge.device.ownership = facts::device::Ownership::Leased;
    }
    let of_lines = |book| shown(&entry(book, &leased))[1..5].to_vec();
    assert_eq!(
        of_lines(Book::Ifrs),
        [
            "revenue_lease -4337",
            "deferred_lease -84660",
            "revenue_lease -1800",
            "deferred_lease -1300",
        ]
    );
    assert_eq!(of_lines(Book::Statutory), ["7083 -4337", "487 -84660", "7083 -1800", "487 -1300"]);
}

#[test]
fn what_is_due_with_an_order_is_deferred_and_a_device_that_is_kept_is_a_fee() {
    let part = |due| facts::device::PartShare {
        percent: "30".parse().unwrap(),
        of: "100".parse().unwrap(),
        due,
        due_on: Some(ISSUED_ON),
    };
    let mut invoice = invoice(&[Device(3000), Device(7000), Fee(12_000)]);
    invoice.lines[0].charge.device.part = Some(part(facts::device::PartDue::Ordered));
    invoice.lines[1].charge.device.part = Some(part(facts::device::PartDue::On(ISSUED_ON)));
    let until = Some(ISSUED_ON);
    invoice.lines[2].charge.device.not_returned = Some(facts::device::NotReturned { until });
    assert_eq!(
        shown(&entry(Book::Ifrs, &invoice))[1..4],
        ["contract_liability -3000", "revenue_device -7000", "revenue_fee -12000"]
    );
}

#[test]
fn a_fee_for_a_change_of_state_is_earned_unless_it_is_for_an_activation() {
    use facts::device::{LifeState, StateChange};
    let mut invoice = invoice(&[Fee(2000), Fee(1200), Fee(3000)]);
    let changes = [
        (LifeState::Stored, LifeState::Active),
        (LifeState::Suspended, LifeState::Active),
        (LifeState::Active, LifeState::Ended),
    ];
    for (line, (from, to)) in invoice.lines.iter_mut().zip(changes) {
        line.charge.device.change = Some(StateChange { from, to });
    }
    assert_eq!(
        shown(&entry(Book::Ifrs, &invoice))[1..4],
        ["contract_liability -2000", "revenue_fee -1200", "revenue_fee -3000"]
    );
    let statutory = shown(&entry(Book::Statutory, &invoice));
    assert!(statutory[1..4].iter().all(|it| it.starts_with("7063 ")), "{statutory:?}");
}
