//! A credit note takes back what its invoice booked, and no other.

use std::collections::BTreeMap;

use facts::credit_note::{CreditNoteLine, CreditReason, CreditedPart};
use facts::invoice::TaxTotal;
use facts::posting::{Book, EntryPosted};
use facts::{CreditNoteIssued, InvoiceIssued};
use ledger::{post, post_credit_note};

use crate::invoice::Of::{Across, Ahead, Device};
use crate::invoice::{cents, invoice, read, shown};

/// A note over an amount of the first line, with its tax.
fn note(
    number: &str,
    invoice: &InvoiceIssued,
    (net, tax): (i64, i64),
    part: CreditedPart,
) -> CreditNoteIssued {
    let rate = read("20");
    CreditNoteIssued {
        number: read(number),
        request: read(number),
        invoice: invoice.number.clone(),
        account: invoice.account.account.clone(),
        seller: invoice.seller.code.clone(),
        issued_on: invoice.issued_on,
        reason: CreditReason::Error,
        note: None,
        rebill: false,
        lines: vec![CreditNoteLine { invoice_line: 1, part, net: cents(net) }],
        net: cents(net),
        taxes: vec![TaxTotal { rate, base: cents(net), amount: cents(tax) }],
        total: cents(net + tax),
        given_back: Vec::new(),
    }
}

/// What entries leave on each account, in cents; nothing is left out.
fn left(entries: &[EntryPosted], book: Book) -> BTreeMap<String, i64> {
    let mut sums = BTreeMap::new();
    for line in entries.iter().filter(|it| it.book == book).flat_map(|it| &it.lines) {
        *sums.entry(line.account.to_string()).or_default() += line.debit - line.credit;
    }
    sums.retain(|_, sum| *sum != 0);
    sums
}

#[test]
fn a_line_across_the_bill_day_is_taken_back_from_what_was_earned_and_from_what_is_ahead() {
    // 100.01 × 18/31 = 58.070… is earned, and 41.94 is ahead.
    let invoice = invoice(&[Across(10_001)]);
    let booked = post(&invoice).expect("a sound invoice");
    let statutory = booked.iter().find(|it| it.book == Book::Statutory).expect("an entry");
    assert_eq!(shown(statutory), ["411 12001", "7061 -5807", "487 -4194", "44574 -2000"]);

    // The taxes of both notes sum to that of the invoice.
    let first = note("CN-1", &invoice, (3333, 667), CreditedPart::Amount);
    let rest = note("CN-2", &invoice, (6668, 1333), CreditedPart::Rest);
    let one = post_credit_note(&first, &invoice, &[]).expect("a sound note");
    let two = post_credit_note(&rest, &invoice, std::slice::from_ref(&first)).expect("as sound");
    let all: Vec<EntryPosted> = [booked, one, two].concat();
    for book in Book::ALL {
        assert_eq!(left(&all, book), BTreeMap::new(), "{}", book.key());
    }
}

#[test]
fn a_line_that_is_all_ahead_or_all_earned_is_taken_back_whole() {
    for line in [Ahead(2490), Device(2490)] {
        let invoice = invoice(&[line]);
        let note = note("CN-1", &invoice, (2490, 498), CreditedPart::Whole);
        let booked = post(&invoice).expect("a sound invoice");
        let back = post_credit_note(&note, &invoice, &[]).expect("a sound note");
        assert_eq!(left(&[booked, back].concat(), Book::Ifrs), BTreeMap::new());
    }
}
