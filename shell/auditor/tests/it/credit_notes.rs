//! Credit notes that give back something else than they say.

use facts::credit_note::{CreditNoteIssued, CreditNoteLine, CreditReason, CreditedPart};
use facts::invoice::TaxTotal;
use facts::posting::{Book, EntryLine, EntryPosted};
use facts::{Fact, InvoiceIssued};

use crate::bill::euros;
use crate::world::{Case, World, check, day, read};

/// 1.00 of a line, with its tax of 0.20.
fn note(invoice: &InvoiceIssued) -> CreditNoteIssued {
    let line = invoice.lines.iter().find(|it| it.net().unwrap().minor > 100).unwrap();
    let (number, tax) = (line.line, &invoice.taxes[0]);
    CreditNoteIssued {
        number: read("CN-INV-2026-000001"),
        request: read("REQ-1"),
        invoice: invoice.number.clone(),
        account: read("A"),
        seller: read("S"),
        issued_on: day("2026-03-01"),
        reason: CreditReason::Goodwill,
        note: None,
        rebill: false,
        lines: vec![CreditNoteLine {
            invoice_line: number,
            part: CreditedPart::Amount,
            net: euros(100),
        }],
        net: euros(100),
        taxes: vec![TaxTotal { rate: tax.rate, base: euros(100), amount: euros(20) }],
        total: euros(120),
        given_back: Vec::new(),
    }
}

fn entry(note: &CreditNoteIssued, book: Book) -> EntryPosted {
    let line = |account: &str, debit: i64, invoice_line| EntryLine {
        account: read(account),
        debit: debit.max(0),
        credit: (-debit).max(0),
        party: (account == "411").then(|| read("A")),
        invoice_line,
    };
    let number = Some(note.lines[0].invoice_line);
    EntryPosted {
        entry: read(&format!("{}/{}", note.number, book.key())),
        book,
        seller: note.seller.clone(),
        posted_on: note.issued_on,
        currency: note.total.currency,
        source: read(note.number.as_str()),
        lines: vec![line("411", -120, None), line("706", 100, number), line("4457", 20, None)],
    }
}

/// The same world with a gesture of 1.00.
pub fn give_back(world: &mut World) {
    broken(world, |_| {});
}

/// It is booked as it should be, and then says something else.
fn broken(world: &mut World, breaks: fn(&mut CreditNoteIssued)) {
    let mut note = note(&world.first);
    let entries = Book::ALL.map(|book| entry(&note, book));
    world.book(|all| all.extend(entries));
    breaks(&mut note);
    world.after.push(Fact::CreditNoteIssued(Box::new(note)));
}

const FINDS: &[&str] = &["credit-note-differs"];

pub const CASES: &[Case] = &[
    Case {
        name: "a line is credited above its net",
        breaks: |world| broken(world, |note| note.lines[0].net = euros(100_000_000)),
        finds: FINDS,
    },
    Case {
        name: "a line that is not on the invoice is credited",
        breaks: |world| broken(world, |note| note.lines[0].invoice_line = 99),
        finds: FINDS,
    },
    Case {
        name: "the tax of a credit note is a cent too low",
        breaks: |world| broken(world, |note| note.taxes[0].amount = euros(19)),
        finds: FINDS,
    },
];

#[test]
fn credit_notes_that_say_something_else_are_found() {
    check(CASES);
}
