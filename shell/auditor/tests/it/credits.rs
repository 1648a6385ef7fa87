//! Credits that do something else than was granted.

use facts::credit::{CreditAmount, CreditGranted, CreditKind, CreditLapsed, Prepaid};
use facts::discount::{Pot, TermEffect, TermKind};
use facts::posting::{Book, EntryLine, EntryPosted};
use facts::{CreditId, Fact, InvoiceIssued};

use crate::bill::{euros, seal, second};
use crate::catalog::text;
use crate::world::{Case, World, check, day, findings, read};

fn granted(name: &str, kind: CreditKind, amount: CreditAmount) -> CreditGranted {
    CreditGranted {
        credit: read(name),
        account: read("A"),
        name: text(name),
        kind,
        amount,
        priority: 1,
        granted_on: day("2026-01-15"),
        until: None,
        rollover: None,
        alert_below: None,
        top_up: None,
        tops_up: None,
    }
}

fn paid(minor: i64) -> Vec<Prepaid> {
    vec![Prepaid { credit: read("PAID"), name: text("PAID"), amount: euros(minor), account: None }]
}

fn covered(quantity: &str, minor: i64) -> TermEffect {
    TermEffect {
        term: read("HOURS"),
        name: text("HOURS"),
        kind: TermKind::Credit,
        pot: Pot { offer: None, component: None, period: None },
        percent: None,
        of_amount: None,
        base: euros(6),
        before: euros(6),
        amount: euros(-minor),
        quantity: Some(read(quantity)),
    }
}

/// What was paid is owed in services.
fn advance(book: Book) -> EntryPosted {
    let line = |account: &str, debit: i64| EntryLine {
        account: read(account),
        debit: debit.max(0),
        credit: (-debit).max(0),
        party: Some(read("A")),
        invoice_line: None,
    };
    EntryPosted {
        entry: read(&format!("credit/PAID/{}", book.key())),
        book,
        seller: read("S"),
        posted_on: day("2026-01-15"),
        currency: kernel::Currency::EUR,
        source: read("credit/PAID"),
        lines: vec![line("411", 10_000), line("4191", -10_000)],
    }
}

fn grant(world: &mut World, it: CreditGranted) {
    world.before.push(Fact::CreditGranted(Box::new(it)));
}

/// The same world with 100.00 paid before, and eleven credits for hours, two for each, of which
/// 4.5 hours of January draw nine (9 cents) and one of February the rest (6 x 1/5.5 = 1.09).
fn with_credits(world: &mut World) {
    grant(world, granted("PAID", CreditKind::Paid, CreditAmount::Money(euros(10_000))));
    let kind = CreditKind::Units { component: read("hours"), rate: 2 };
    grant(world, granted("HOURS", kind, CreditAmount::Units(read("11"))));
    let first = &mut world.first.lines[crate::bill::first::HOURS];
    first.effects = vec![TermEffect { base: euros(9), before: euros(9), ..covered("4.5", 9) }];
    world.second.lines[second::HOURS].effects = vec![covered("1", 1)];
    sealed(world, |_, _| {});
    world.first.prepaid = paid(10_000);
    book(world);
}

fn sealed(world: &mut World, change: impl FnOnce(&mut InvoiceIssued, &mut InvoiceIssued)) {
    change(&mut world.first, &mut world.second);
    seal(&mut world.first);
    seal(&mut world.second);
}

fn book(world: &mut World) {
    world.book(|entries| entries.extend(Book::ALL.map(advance)));
}

fn broken(world: &mut World, breaks: impl FnOnce(&mut InvoiceIssued, &mut InvoiceIssued)) {
    with_credits(world);
    sealed(world, breaks);
    book(world);
}

const FINDS: &[&str] = &["credit-differs"];

pub const CASES: &[Case] = &[
    Case {
        name: "a credit pays a cent less than it has",
        breaks: |world| broken(world, |first, _| first.prepaid = paid(9_999)),
        finds: FINDS,
    },
    Case {
        name: "a credit is forgotten",
        breaks: |world| broken(world, |first, _| first.prepaid.clear()),
        finds: FINDS,
    },
    Case {
        name: "a credit pays again when nothing is left of it",
        breaks: |world| broken(world, |_, second| second.prepaid = paid(5)),
        finds: FINDS,
    },
    Case {
        name: "a credit that nobody granted pays",
        breaks: |world| {
            broken(world, |_, second| {
                second.prepaid = paid(5);
                second.prepaid[0].credit = read("OTHER");
            });
        },
        finds: FINDS,
    },
    Case {
        name: "a credit covers less than it could",
        breaks: |world| {
            broken(world, |first, _| {
                let effect = TermEffect { base: euros(9), before: euros(9), ..covered("4", 8) };
                first.lines[crate::bill::first::HOURS].effects = vec![effect];
            });
        },
        finds: FINDS,
    },
    Case {
        name: "what is covered costs another part of the line",
        breaks: |world| {
            broken(world, |_, second| {
                second.lines[second::HOURS].effects = vec![covered("1", 2)];
            });
        },
        finds: FINDS,
    },
    Case {
        name: "a credit for hours covers another component",
        breaks: |world| {
            broken(world, |_, second| {
                second.lines[second::HOURS].effects.clear();
                second.lines[second::SMS].effects = vec![covered("1", 5)];
            });
        },
        finds: FINDS,
    },
    Case {
        name: "a gift is not given",
        breaks: |world| {
            with_credits(world);
            let amount = CreditAmount::Money(euros(500));
            grant(world, granted("GIFT", CreditKind::Promotional, amount));
        },
        finds: FINDS,
    },
    Case {
        name: "what was paid is not booked",
        breaks: |world| {
            with_credits(world);
            world.book(|_| {});
        },
        finds: FINDS,
    },
    Case {
        name: "a credit lapses that has no end",
        breaks: |world| {
            with_credits(world);
            world.after.push(Fact::CreditLapsed(CreditLapsed {
                credit: CreditId::new("HOURS").unwrap(),
                account: read("A"),
                lapsed_on: day("2026-04-01"),
                expired: CreditAmount::Units(read("0")),
                rolled: CreditAmount::Units(read("0")),
                until: None,
            }));
        },
        finds: FINDS,
    },
];

#[test]
fn credits_that_burn_as_granted_are_clean() {
    let findings = findings(with_credits);
    assert!(findings.is_empty(), "{findings:#?}");
}

#[test]
fn credits_that_do_not_are_found() {
    check(CASES);
}
