//! An invoice is the sum of its lines, and the books say what it says.

use std::collections::BTreeMap;

use facts::invoice::InvoiceLine;
use facts::posting::{Book, EntryPosted};
use facts::{AccountId, BalanceAdopted, CreditNoteIssued, InvoiceIssued, LedgerAccount};
use kernel::{Money, Rounding};

use crate::checks::credits::is_of_credit;
use crate::ratio::{Ratio, shown};
use crate::world::{Logged, World};
use crate::{AuditFinding, Check};

pub(crate) fn check(world: &World) -> Check {
    let mut check = Check::new(
        "invoices",
        "Lines sum to the net, taxes are their rate of it, both sum to the total, and each book \
         says the same, once.",
    );
    let mut entries: BTreeMap<&str, Vec<&EntryPosted>> = BTreeMap::new();
    for entry in world.entries.iter().filter(|it| is_of_invoice(world, it)) {
        entries.entry(entry.source.as_str()).or_default().push(entry);
    }
    for invoice in world.invoices.iter().map(|it| &it.it) {
        check.examine();
        check_sums(&mut check, invoice);
        check_taxes(&mut check, invoice);
        let entries = entries.remove(invoice.number.as_str()).unwrap_or_default();
        for book in Book::ALL {
            check_book(&mut check, invoice, book, &entries);
        }
    }
    for entry in entries.into_values().flatten() {
        check.find(AuditFinding::EntryWithoutInvoice {
            entry: entry.entry.clone(),
            source: entry.source.clone(),
        });
    }
    check
}

/// Whether an entry books an open item of another system: its amount on the customer.
fn is_booked_opening(it: &BalanceAdopted, entry: &EntryPosted) -> bool {
    let owed = entry.lines.iter().filter(|line| line.party.as_ref() == Some(&it.account));
    let owed: i128 = owed.map(|line| i128::from(line.debit) - i128::from(line.credit)).sum();
    entry.source.as_str() == format!("opening/{}", it.balance)
        && entry.posted_on == it.adopted_on
        && owed == i128::from(it.amount.minor)
}

/// Whether an entry can only book an invoice.
fn is_of_invoice(world: &World, entry: &EntryPosted) -> bool {
    let is_of = |note: &Logged<CreditNoteIssued>| note.it.number.as_str() == entry.source.as_str();
    let is_opening = world.opened.iter().any(|it| is_booked_opening(it, entry));
    !is_opening && !is_of_credit(world, entry) && !world.credit_notes.iter().any(is_of)
}

/// The sum of amounts; nothing when one is in another currency or it does not fit.
fn sum(amounts: impl Iterator<Item = Money>, like: Money) -> Option<Money> {
    let mut minor = 0_i64;
    for amount in amounts {
        minor = minor.checked_add(amount.minor).filter(|_| amount.currency == like.currency)?;
    }
    Some(Money { minor, ..like })
}

/// The charge of a line, and what each term adds to it.
fn parts_of(line: &InvoiceLine) -> impl Iterator<Item = Money> {
    std::iter::once(line.charge.amount).chain(line.effects.iter().map(|it| it.amount))
}

fn shown_money(amount: Option<Money>) -> String {
    amount.map_or_else(|| "no single currency".to_owned(), |amount| amount.to_string())
}

fn check_sums(check: &mut Check, invoice: &InvoiceIssued) {
    for (position, line) in (1..).zip(&invoice.lines) {
        check.expect(line.line == position, || AuditFinding::LineNumbersDiffer {
            invoice: invoice.number.clone(),
            position,
            stated: line.line,
        });
    }
    let lines = sum(invoice.lines.iter().flat_map(parts_of), invoice.net);
    check.expect(lines == Some(invoice.net), || AuditFinding::NetDiffers {
        invoice: invoice.number.clone(),
        stated: invoice.net,
        lines: shown_money(lines),
    });
    let taxes = invoice.taxes.iter().map(|tax| tax.amount);
    let computed = sum(std::iter::once(invoice.net).chain(taxes), invoice.total);
    check.expect(computed == Some(invoice.total), || AuditFinding::TotalDiffers {
        invoice: invoice.number.clone(),
        stated: invoice.total,
        computed: shown_money(computed),
    });
}

/// Tax is rounded once, on the whole base, half away from zero (smart-fleet §1.3).
fn check_taxes(check: &mut Check, invoice: &InvoiceIssued) {
    let bases = sum(invoice.taxes.iter().map(|tax| tax.base), invoice.net);
    check.expect(bases == Some(invoice.net), || AuditFinding::TaxBaseDiffers {
        invoice: invoice.number.clone(),
        net: invoice.net,
        bases: shown_money(bases),
    });
    for tax in &invoice.taxes {
        let exact =
            Ratio::of_money(tax.base).and_then(|base| base.times(Ratio::of_percent(tax.rate)?));
        let decimals = tax.base.currency.exponent();
        let rounded = exact.and_then(|tax| tax.round(decimals, Rounding::HalfAwayFromZero));
        let expected = rounded.and_then(|minor| Ratio::new(minor, 1));
        check.expect(rounded == Some(i128::from(tax.amount.minor)), || AuditFinding::TaxDiffers {
            invoice: invoice.number.clone(),
            rate: tax.rate,
            stated: tax.amount,
            computed: shown(expected),
        });
    }
}

fn check_book(check: &mut Check, invoice: &InvoiceIssued, book: Book, entries: &[&EntryPosted]) {
    let mut of_book = entries.iter().filter(|entry| entry.book == book);
    let nets = invoice.lines.iter().map(|line| parts_of(line).map(|it| it.minor).sum::<i64>());
    let moves = nets.chain(invoice.taxes.iter().map(|it| it.amount.minor)).any(|it| it != 0);
    if !moves && of_book.clone().next().is_none() {
        return;
    }
    let (Some(entry), None) = (of_book.next(), of_book.next()) else {
        check.find(AuditFinding::EntryCount {
            invoice: invoice.number.clone(),
            book: book.key(),
            entries: entries.iter().filter(|entry| entry.book == book).count(),
        });
        return;
    };
    let is_headed_right = entry.seller == invoice.seller.code
        && entry.posted_on == invoice.issued_on
        && entry.currency == invoice.total.currency;
    check.expect(is_headed_right, || AuditFinding::EntryHeaderDiffers {
        entry: entry.entry.clone(),
        invoice: invoice.number.clone(),
    });
    check_booked(check, invoice, entry);
}

/// What an entry books: on the customer, for each invoice line, and the rest, which is tax. No
/// name of an account is needed to tell them apart.
#[derive(Default)]
struct Booked<'a> {
    owed: i128,
    /// By account and customer: what is to be paid, and what each paid before.
    parts: BTreeMap<(&'a LedgerAccount, &'a AccountId), i128>,
    by_line: BTreeMap<u32, i128>,
    tax: i128,
}

impl<'a> Booked<'a> {
    fn of(entry: &'a EntryPosted, invoice: &InvoiceIssued) -> Self {
        let mut booked = Self::default();
        let is_billed = |party: &AccountId| {
            let mut others = invoice.paid_for.iter().map(|it| &it.account);
            *party == invoice.account.account || others.any(|it| it == party)
        };
        for line in &entry.lines {
            let credit = i128::from(line.credit) - i128::from(line.debit);
            match (&line.party, line.invoice_line) {
                (Some(party), None) if is_billed(party) => {
                    booked.owed -= credit;
                    *booked.parts.entry((&line.account, party)).or_default() -= credit;
                }
                (_, Some(number)) => *booked.by_line.entry(number).or_default() += credit,
                _ => booked.tax += credit,
            }
        }
        booked
    }
}

fn check_booked(check: &mut Check, invoice: &InvoiceIssued, entry: &EntryPosted) {
    let book = entry.book.key();
    let mut booked = Booked::of(entry, invoice);
    let (expected, owed) = (i128::from(invoice.total.minor), booked.owed);
    check.expect(owed == expected, || AuditFinding::ReceivableDiffers {
        invoice: invoice.number.clone(),
        book,
        expected,
        booked: owed,
    });
    let mut by_account: BTreeMap<_, i128> = BTreeMap::new();
    for it in &invoice.prepaid {
        *by_account.entry(it.account.as_ref()).or_default() += i128::from(it.amount.minor);
    }
    let prepaid: i128 = by_account.values().sum();
    let mut expected: Vec<i128> = vec![i128::from(invoice.total.minor) - prepaid];
    expected.extend(by_account.into_values());
    expected.retain(|it| *it != 0);
    expected.sort_unstable();
    let mut parts: Vec<i128> = booked.parts.values().copied().filter(|it| *it != 0).collect();
    parts.sort_unstable();
    check.expect(parts == expected, || AuditFinding::ReceivableDiffers {
        invoice: invoice.number.clone(),
        book,
        expected: expected.first().copied().unwrap_or_default(),
        booked: parts.first().copied().unwrap_or_default(),
    });
    for line in &invoice.lines {
        let expected = parts_of(line).map(|part| i128::from(part.minor)).sum();
        let booked = booked.by_line.remove(&line.line).unwrap_or_default();
        check.expect(booked == expected, || AuditFinding::LineBookedDiffers {
            invoice: invoice.number.clone(),
            line: line.line,
            book,
            expected,
            booked,
        });
    }
    for (line, booked) in booked.by_line {
        let invoice = invoice.number.clone();
        check.find(AuditFinding::LineBookedDiffers { invoice, line, book, expected: 0, booked });
    }
    let expected: i128 = invoice.taxes.iter().map(|tax| i128::from(tax.amount.minor)).sum();
    check.expect(booked.tax == expected, || AuditFinding::TaxBookedDiffers {
        invoice: invoice.number.clone(),
        book,
        expected,
        booked: booked.tax,
    });
}
