//! Numbers and the ledger.

use ::facts::billed::{UsageBilled, UsageKey};
use ::facts::carried::Carried;
use ::facts::posting::{Balance, Book, EntryLine};
use ::facts::{EntryPosted, Fact};
use kernel::{Currency, Period};

use super::{commit, minute, read, refused, sample_facts};
use crate::Store;

/// An entry that moves some cents from bank to revenue.
pub fn entry(name: &str, minor: i64) -> EntryPosted {
    let line = |account: &str, debit, credit| EntryLine {
        account: read(account),
        debit,
        credit,
        party: None,
        invoice_line: None,
    };
    EntryPosted {
        entry: read(name),
        book: Book::Ifrs,
        seller: read("FR01"),
        posted_on: read("2026-01-31"),
        currency: Currency::EUR,
        source: read("INV-1"),
        lines: vec![line("512000", minor, 0), line("706000", 0, minor)],
    }
}

pub fn numbers_have_no_gap(store: &mut dyn Store) {
    commit(store, |tx| {
        assert_eq!(tx.take_number("INV-2026-")?, 1);
        assert_eq!(tx.take_number("INV-2026-")?, 2);
        assert_eq!(tx.take_number("INV-2027-")?, 1, "each series has its own");
        Ok(())
    });
    let mut dropped = store.begin().expect("begin");
    assert_eq!(dropped.take_number("INV-2026-").expect("a number"), 3);
    drop(dropped);
    commit(store, |tx| {
        assert_eq!(tx.take_number("INV-2026-")?, 3);
        assert_eq!(tx.take_numbers("INV-2027-", 3)?, 2, "the first of three");
        assert_eq!(tx.take_number("INV-2027-")?, 5);
        Ok(())
    });
}

fn balance(book: Book, seller: &str, currency: &str, account: &str, sums: (i64, i64)) -> Balance {
    Balance {
        book,
        seller: read(seller),
        currency: currency.to_owned(),
        account: read(account),
        debit: sums.0,
        credit: sums.1,
    }
}

pub fn entries_add_up(store: &mut dyn Store) {
    let large = i64::MAX / 4;
    let statutory = EntryPosted { book: Book::Statutory, ..entry("E-3", 1) };
    let yen = EntryPosted { currency: read("JPY"), ..entry("E-4", 9) };
    let other = EntryPosted { seller: read("DE01"), ..entry("E-5", 0) };
    let mut back = entry("E-6", 40);
    for line in &mut back.lines {
        std::mem::swap(&mut line.debit, &mut line.credit);
    }
    commit(store, |tx| {
        for entry in [statutory, entry("E-1", large), entry("E-2", 300), yen, other, back] {
            tx.save_entry(&entry)?;
        }
        Ok(())
    });
    let sum = large + 300;
    let expected = [
        balance(Book::Ifrs, "DE01", "EUR", "512000", (0, 0)),
        balance(Book::Ifrs, "DE01", "EUR", "706000", (0, 0)),
        balance(Book::Ifrs, "FR01", "EUR", "512000", (sum, 40)),
        balance(Book::Ifrs, "FR01", "EUR", "706000", (40, sum)),
        balance(Book::Ifrs, "FR01", "JPY", "512000", (9, 0)),
        balance(Book::Ifrs, "FR01", "JPY", "706000", (0, 9)),
        balance(Book::Statutory, "FR01", "EUR", "512000", (1, 0)),
        balance(Book::Statutory, "FR01", "EUR", "706000", (0, 1)),
    ];
    commit(store, |tx| {
        assert_eq!(tx.trial_balance()?, expected);
        Ok(())
    });
}

pub fn an_entry_is_saved_once(store: &mut dyn Store) {
    commit(store, |tx| tx.save_entry(&entry("E-1", 300)));
    refused(store, |tx| tx.save_entry(&entry("E-1", 300)));
    commit(store, |tx| {
        assert_eq!(tx.trial_balance()?.iter().map(|it| it.debit).sum::<i64>(), 300);
        Ok(())
    });
}

pub fn an_impossible_entry_is_refused(store: &mut dyn Store) {
    let with = |change: fn(&mut Vec<EntryLine>)| {
        let mut wrong = entry("E-1", 300);
        change(&mut wrong.lines);
        wrong
    };
    for wrong in [
        with(|lines| lines[0].debit += 1),
        with(Vec::clear),
        with(|lines| lines.truncate(1)),
        with(|lines| {
            lines[0].debit = 0;
            lines[0].credit = -300;
        }),
        with(|lines| {
            lines[0] = EntryLine { debit: 600, credit: 300, ..lines[0].clone() };
        }),
        with(|lines| {
            // A sum that wraps in 64 bits would balance.
            lines[0].debit = i64::MAX;
            lines.extend([lines[0].clone(), EntryLine { debit: 302, ..lines[0].clone() }]);
        }),
    ] {
        let said = refused(store, |tx| tx.save_entry(&wrong));
        assert!(said.starts_with("row `E-1` of ledger_lines is inconsistent"), "{said}");
    }
    commit(store, |tx| {
        assert_eq!(tx.trial_balance()?, []);
        Ok(())
    });
}

/// What was billed of an account that has some of everything.
pub fn carried(segment: i64) -> Carried {
    let period = Period::new(read("2026-01-01"), read("2026-02-01")).expect("a month");
    let key = UsageKey {
        offer: ::facts::OfferRef { code: read("OFFER"), version: 2 },
        component: read("data"),
        period,
        row: Some(read("r-1")),
        contract: None,
        pool: ::facts::pool::PoolName::default(),
        is_shadow: false,
        group: None,
    };
    let thing = (read("device"), read("U-1"));
    Carried {
        issued_on: read("2026-02-01"),
        from: read("2026-01-01"),
        segment,
        last_issued_on: Some(read("2026-02-01")),
        devices: vec![thing.clone()],
        devices_credited: Vec::new(),
        instalments: vec![(read("part"), read("U-1"), 1, 7)],
        instalments_early: Vec::new(),
        instalments_credited: Vec::new(),
        order_fees: vec![(read("fee"), read("ORD-1"))],
        losses: Vec::new(),
        service: vec![(thing.0, thing.1, period)],
        usage: vec![(key, UsageBilled::nothing(Currency::EUR))],
    }
}

pub fn what_is_carried_holds_until_the_next_bill(store: &mut dyn Store) {
    let facts = sample_facts();
    let about = |kind: &str| facts.iter().find(|it| it.kind() == kind).cloned().expect("a fact");
    let ends = ["InvoiceIssued", "CreditNoteIssued", "AccountRegistered"].map(about);
    let account: ::facts::AccountId = read(&ends[0].subject());
    for (before, fact) in (1..).zip(&ends) {
        commit(store, |tx| tx.save_carried(&[(account.clone(), carried(before))]));
        commit(store, |tx| {
            let (position, found) = tx.carried(&account)?.expect("what was saved");
            assert_eq!((position, found), (tx.last_of_kinds(&Fact::KINDS)?, carried(before)));
            assert_eq!(tx.carried(&read("nobody"))?, None);
            tx.record(fact, minute(before))?;
            assert_eq!(fact.subject(), account.to_string(), "the sample is of one account");
            assert_eq!(tx.carried(&account)?, None, "after a {}", fact.kind());
            Ok(())
        });
    }
    commit(store, |tx| {
        let all = ["ACC-8", "ACC-9"].map(|name| (read(name), carried(9)));
        tx.save_carried(&all)?;
        tx.save_carried(&[])?;
        for (account, carried) in all {
            assert_eq!(tx.carried(&account)?.map(|it| it.1), Some(carried));
        }
        Ok(())
    });
}
