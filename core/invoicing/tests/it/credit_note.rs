//! What is credited: parts sum to the invoice, however it is cut, and what cannot be is refused.

use facts::credit_note::{CreditNoteIssued, CreditReason};
use facts::invoice::InvoiceLine;
use facts::{ChargeKind, InvoiceIssued};
use invoicing::{
    AskedPart, CreditInvoice, CreditNoteRejection, Credited, credit, credit_note_number, plan,
    standing,
};
use jiff::civil::date;
use kernel::rejection::Rejection;
use proptest::prelude::*;

use crate::world::{ISSUED_ON, account, euros, fee, first_charges, read, seller, service_credit};

const DAY: jiff::civil::Date = date(2026, 2, 10);

fn invoice() -> InvoiceIssued {
    let draft = plan(&seller(), &account(), ISSUED_ON, first_charges()).unwrap().unwrap();
    draft.issue(read("INV-2026-000001"))
}

fn asked(rebill: bool, lines: Option<Vec<(u32, AskedPart)>>) -> CreditInvoice {
    CreditInvoice {
        request: read("CR-1"),
        invoice: read("INV-2026-000001"),
        reason: CreditReason::Error,
        note: None,
        rebill,
        lines,
    }
}

fn after(
    asked: &CreditInvoice,
    invoice: &InvoiceIssued,
    before: &[CreditNoteIssued],
    later: &[InvoiceIssued],
) -> Result<CreditNoteIssued, Vec<CreditNoteRejection>> {
    let known = Credited { invoice, before, later, open: &[], issued_on: DAY };
    let sequence = i64::try_from(before.len()).unwrap() + 1;
    let number = credit_note_number("INV-", DAY, sequence).unwrap();
    credit(asked, known).map(|draft| draft.issue(number))
}

fn codes(refused: Result<CreditNoteIssued, Vec<CreditNoteRejection>>) -> Vec<&'static str> {
    refused.unwrap_err().iter().map(Rejection::code).collect()
}

fn amount(text: &str) -> AskedPart {
    AskedPart::Amount(read(text))
}

#[test]
fn a_full_credit_is_the_invoice() {
    let invoice = invoice();
    let note = after(&asked(false, None), &invoice, &[], &[]).unwrap();
    assert_eq!(note.number.as_str(), "CN-INV-2026-000001");
    assert_eq!((note.net, note.total), (invoice.net, invoice.total));
    assert_eq!(note.taxes, invoice.taxes);
    let again = after(&asked(false, None), &invoice, &[note], &[]);
    assert_eq!(codes(again), ["credit-note-nothing-left"]);
}

#[test]
fn impossible_requests_are_refused_with_every_reason() {
    let invoice = invoice();
    let of = |lines| codes(after(&asked(false, Some(lines)), &invoice, &[], &[]));
    assert_eq!(of(vec![(99, AskedPart::All)]), ["credit-note-no-line"]);
    assert_eq!(of(vec![(1, AskedPart::All), (1, AskedPart::All)]), ["credit-note-line-twice"]);
    assert_eq!(
        of(vec![(1, amount("199.01")), (2, amount("0")), (3, amount("1.001"))]),
        ["credit-note-too-much", "credit-note-bad-part", "credit-note-bad-part"]
    );
    assert_eq!(of(vec![(1, AskedPart::Quantity(read("1.5")))]), ["credit-note-too-much"]);
    let rebill = asked(true, Some(vec![(1, amount("1.00"))]));
    assert_eq!(codes(after(&rebill, &invoice, &[], &[])), ["credit-note-rebills-part"]);
}

#[test]
fn what_a_later_invoice_changed_is_not_due_again_before_that_is_credited() {
    let invoice = invoice();
    let is_february = |line: &&InvoiceLine| {
        line.charge.kind == ChargeKind::ServiceCharge
            && line.charge.period.is_some_and(|it| it.from() == date(2026, 2, 1))
    };
    let line = invoice.lines.iter().find(is_february).unwrap().line;
    let paused = service_credit(date(2026, 2, 10), date(2026, 2, 20));
    let draft = plan(&seller(), &account(), date(2026, 3, 1), [paused, fee()]).unwrap().unwrap();
    let later = draft.issue(read("INV-2026-000002"));
    let only = |rebill| asked(rebill, Some(vec![(line, AskedPart::All)]));
    let refused = after(&only(true), &invoice, &[], std::slice::from_ref(&later));
    assert_eq!(codes(refused), ["credit-note-changed-later"]);
    assert!(after(&only(false), &invoice, &[], std::slice::from_ref(&later)).is_ok());
    // The credit of the later invoice is taken back first; it then stands no more.
    let place = later.lines.iter().find(|it| it.charge.kind == ChargeKind::ServiceCredit).unwrap();
    let first = CreditInvoice {
        request: read("CR-0"),
        invoice: later.number.clone(),
        lines: Some(vec![(place.line, AskedPart::All), (3 - place.line, AskedPart::All)]),
        ..only(true)
    };
    let note = after(&first, &later, &[], &[]).unwrap();
    let stands = standing(vec![later], &[note]);
    assert!(stands[0].lines.is_empty());
    assert!(after(&only(true), &invoice, &[], &stands).is_ok());
}

#[test]
fn lines_below_zero_are_credited_whole_and_never_alone() {
    let back = service_credit(date(2026, 1, 20), date(2026, 2, 1));
    let draft = plan(&seller(), &account(), ISSUED_ON, [back, fee()]).unwrap().unwrap();
    let invoice = draft.issue(read("INV-2026-000001"));
    let number = invoice.lines.iter().find(|it| it.charge.amount.minor < 0).unwrap().line;
    let of = |part| after(&asked(false, Some(vec![(number, part)])), &invoice, &[], &[]);
    assert_eq!(codes(of(amount("1.00"))), ["credit-note-bad-part"]);
    assert_eq!(codes(of(AskedPart::All)), ["credit-note-not-a-credit"]);
    let all = after(&asked(false, None), &invoice, &[], &[]).unwrap();
    assert_eq!(all.total, invoice.total);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    /// However an invoice is cut into credit notes, none gives back more than is left, and all of
    /// them come to its lines, its net and its tax.
    #[test]
    fn parts_sum_to_the_invoice(
        cuts in proptest::collection::vec((1_u32..8, 0_u8..3, 1_i64..9_000), 0..12),
    ) {
        let invoice = invoice();
        let mut notes: Vec<CreditNoteIssued> = Vec::new();
        for (line, kind, size) in cuts {
            let part = match kind {
                0 => AskedPart::All,
                1 => amount(&euros(&format!("{}.{:02}", size / 100, size % 100)).amount_text()),
                _ => AskedPart::Quantity(read(&(size % 5 + 1).to_string())),
            };
            if let Ok(note) =
                after(&asked(false, Some(vec![(line, part)])), &invoice, &notes, &[])
            {
                prop_assert!(note.net.minor > 0);
                notes.push(note);
            }
        }
        if let Ok(note) = after(&asked(false, None), &invoice, &notes, &[]) {
            notes.push(note);
        }
        for line in &invoice.lines {
            let of = notes.iter().flat_map(|note| &note.lines);
            let of = of.filter(|it| it.invoice_line == line.line);
            let credited: i64 = of.map(|it| it.net.minor).sum();
            prop_assert_eq!(credited, line.net().unwrap().minor);
        }
        let sum = |of: fn(&CreditNoteIssued) -> i64| notes.iter().map(of).sum::<i64>();
        prop_assert_eq!(sum(|it| it.net.minor), invoice.net.minor);
        prop_assert_eq!(sum(|it| it.taxes[0].amount.minor), invoice.taxes[0].amount.minor);
        prop_assert_eq!(sum(|it| it.total.minor), invoice.total.minor);
        let over = after(&asked(false, Some(vec![(1, amount("0.01"))])), &invoice, &notes, &[]);
        prop_assert_eq!(codes(over), ["credit-note-nothing-left"]);
    }
}
