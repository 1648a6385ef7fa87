//! Credit notes give back no more than was billed, with its tax, and the books say the same.

use std::collections::BTreeMap;

use facts::credit::CreditAmount;
use facts::credit_note::{CreditNoteIssued, CreditedPart};
use facts::invoice::InvoiceLine;
use facts::posting::{Book, EntryPosted};
use facts::{CreditId, InvoiceIssued, LedgerAccount, SellerCode};
use kernel::Rounding;

use crate::ratio::Ratio;
use crate::world::{Logged, World};
use crate::{AuditFinding, Check};

pub(crate) fn check(world: &World) -> Check {
    let mut check = Check::new(
        "credit-notes",
        "Credit notes of an invoice give back its lines at most once, with their tax and what \
         prepaid credits paid, in numbers without a gap; the books take back what they booked.",
    );
    let mut by_invoice: BTreeMap<&str, Vec<&Logged<CreditNoteIssued>>> = BTreeMap::new();
    for note in &world.credit_notes {
        by_invoice.entry(note.it.invoice.as_str()).or_default().push(note);
    }
    for (number, notes) in by_invoice {
        let invoice = world.invoices.iter().find(|it| it.it.number.as_str() == number);
        let Some(invoice) = invoice.map(|it| &it.it) else {
            check.find(differs(&notes[0].it, "invoice", number, "none"));
            continue;
        };
        let mut desk = Desk { world, invoice, credited: BTreeMap::new(), net: 0, tax: 0, owed: 0 };
        for note in notes {
            check.examine();
            desk.check(&mut check, &note.it);
        }
        desk.check_full(&mut check);
    }
    check_numbers(&mut check, world);
    check
}

fn differs(
    note: &CreditNoteIssued,
    what: &'static str,
    stated: impl ToString,
    computed: impl ToString,
) -> AuditFinding {
    AuditFinding::CreditNoteDiffers {
        note: note.number.to_string(),
        what,
        stated: stated.to_string(),
        computed: computed.to_string(),
    }
}

fn net_of(line: &InvoiceLine) -> i128 {
    let effects = line.effects.iter().map(|it| i128::from(it.amount.minor));
    i128::from(line.charge.amount.minor) + effects.sum::<i128>()
}

/// The notes of one invoice, one after the other.
struct Desk<'a> {
    world: &'a World,
    invoice: &'a InvoiceIssued,
    /// By line: how much so far, and whether it was whole.
    credited: BTreeMap<u32, (i128, bool)>,
    net: i128,
    tax: i128,
    /// What the customer owes less.
    owed: i128,
}

impl Desk<'_> {
    fn check(&mut self, check: &mut Check, note: &CreditNoteIssued) {
        self.check_lines(check, note);
        let net: i128 = note.lines.iter().map(|it| i128::from(it.net.minor)).sum();
        self.net += net;
        let stated = i128::from(note.net.minor);
        check.expect(net == stated, || differs(note, "net", stated, net));
        let tax: i128 = note.taxes.iter().map(|it| i128::from(it.amount.minor)).sum();
        self.tax += tax;
        let computed = self.tax_so_far();
        check.expect(computed == Some(self.tax), || {
            differs(note, "tax of all notes so far", self.tax, format!("{computed:?}"))
        });
        let total = i128::from(note.total.minor);
        check.expect(total == net + tax, || differs(note, "total", total, net + tax));
        let back = self.check_given_back(check, note);
        self.owed += total - back;
        self.check_entries(check, note, total - back, back, tax);
    }

    fn check_lines(&mut self, check: &mut Check, note: &CreditNoteIssued) {
        for credited in &note.lines {
            let number = credited.invoice_line;
            let Some(line) = self.invoice.lines.iter().find(|it| it.line == number) else {
                check.find(differs(note, "line of the invoice", number, "none"));
                continue;
            };
            let (before, was_whole) = self.credited.get(&number).copied().unwrap_or_default();
            let net = i128::from(credited.net.minor);
            let is_whole = matches!(credited.part, CreditedPart::Whole | CreditedPart::Rest);
            let whole = net_of(line);
            let is_right = if is_whole {
                before + net == whole
            } else {
                net > 0 && before + net <= whole && !note.rebill
            };
            check.expect(is_right && !was_whole, || {
                differs(note, "credit of a line", format!("{net} of line {number}"), whole - before)
            });
            let only = note.rebill && credited.part != CreditedPart::Whole;
            check.expect(!only, || differs(note, "line due again", number, "a part of it"));
            self.credited.insert(number, (before + net, is_whole));
        }
    }

    /// Of all that is credited, rounded once: so a full credit has the tax of the invoice.
    fn tax_so_far(&self) -> Option<i128> {
        let Some(tax) = self.invoice.taxes.first() else { return Some(0) };
        Ratio::new(self.net, 1)?
            .times(Ratio::of_percent(tax.rate)?)?
            .round(0, Rounding::HalfAwayFromZero)
    }

    /// What was paid before and comes back; no credit gets back more than it gave.
    fn check_given_back(&self, check: &mut Check, note: &CreditNoteIssued) -> i128 {
        let mut payments = 0;
        for it in &note.given_back {
            let CreditAmount::Money(amount) = it.amount else { continue };
            let paid = if it.is_payment {
                payments += i128::from(amount.minor);
                self.paid_with(&it.credit)
            } else {
                self.gifts_of(&it.credit)
            };
            let back = self.back_to(&it.credit, it.is_payment);
            check.expect(back <= paid, || differs(note, "money given back", back, paid));
        }
        payments
    }

    fn paid_with(&self, credit: &CreditId) -> i128 {
        let paid = self.invoice.prepaid.iter().filter(|it| it.credit == *credit);
        paid.map(|it| i128::from(it.amount.minor)).sum()
    }

    fn gifts_of(&self, credit: &CreditId) -> i128 {
        let effects = self.invoice.lines.iter().flat_map(|line| &line.effects);
        let of = effects.filter(|it| it.term.as_str() == credit.as_str());
        of.map(|it| -i128::from(it.amount.minor)).sum()
    }

    /// What all notes of the invoice give back to a credit.
    fn back_to(&self, credit: &CreditId, is_payment: bool) -> i128 {
        let notes =
            self.world.credit_notes.iter().filter(|it| it.it.invoice == self.invoice.number);
        let back = notes.flat_map(|note| &note.it.given_back);
        let back = back.filter(|it| it.credit == *credit && it.is_payment == is_payment);
        back.map(|it| match it.amount {
            CreditAmount::Money(it) => i128::from(it.minor),
            CreditAmount::Units(_) => 0,
        })
        .sum()
    }

    /// What goes back to credits that paid, by whose they are, where several accounts are billed.
    fn back_by_account(&self, note: &CreditNoteIssued, back: i128) -> Vec<i128> {
        if self.invoice.paid_for.is_empty() {
            return vec![back];
        }
        let mut by_account: BTreeMap<_, i128> = BTreeMap::new();
        for it in note.given_back.iter().filter(|it| it.is_payment) {
            let paid = self.invoice.prepaid.iter().find(|paid| paid.credit == it.credit);
            let CreditAmount::Money(amount) = it.amount else { continue };
            let whose = paid.and_then(|paid| paid.account.as_ref());
            *by_account.entry(whose).or_default() += i128::from(amount.minor);
        }
        by_account.into_values().collect()
    }

    fn check_entries(
        &self,
        check: &mut Check,
        note: &CreditNoteIssued,
        owed: i128,
        back: i128,
        tax: i128,
    ) {
        for book in Book::ALL {
            let mut of = entries_of(self.world, note.number.as_str(), book);
            let entry = of.next();
            if of.next().is_some() {
                check.find(differs(note, "entries", "several", book.key()));
            }
            let moves = note.total.minor != 0 || note.lines.iter().any(|it| it.net.minor != 0);
            let Some(entry) = entry else {
                check.expect(!moves, || differs(note, "entry", "none", book.key()));
                continue;
            };
            let (mut parties, mut rest) = (Vec::new(), 0_i128);
            let mut by_line: BTreeMap<u32, i128> = BTreeMap::new();
            for line in &entry.lines {
                let debit = i128::from(line.debit) - i128::from(line.credit);
                match (&line.party, line.invoice_line) {
                    (Some(_), _) => parties.push(-debit),
                    (_, Some(number)) => *by_line.entry(number).or_default() += debit,
                    _ => rest += debit,
                }
            }
            parties.sort_unstable();
            let back = self.back_by_account(note, back);
            let mut wanted: Vec<i128> = std::iter::once(owed).chain(back).collect();
            wanted.retain(|it| *it != 0);
            wanted.sort_unstable();
            check.expect(parties == wanted, || {
                differs(
                    note,
                    "booked on the customer",
                    format!("{parties:?}"),
                    format!("{wanted:?}"),
                )
            });
            for it in &note.lines {
                let booked = by_line.remove(&it.invoice_line).unwrap_or_default();
                let net = i128::from(it.net.minor);
                check.expect(booked == net, || differs(note, "booked of a line", booked, net));
            }
            check.expect(rest == tax, || differs(note, "booked tax", rest, tax));
            check.expect(entry.posted_on == note.issued_on, || {
                differs(note, "day of the entry", entry.posted_on, note.issued_on)
            });
        }
    }

    /// An invoice that is credited whole left nothing on any account.
    fn check_full(&self, check: &mut Check) {
        let is_full = self.invoice.lines.iter().all(|line| {
            self.credited.get(&line.line).is_some_and(|(net, whole)| *whole && *net == net_of(line))
        });
        let notes: Vec<&CreditNoteIssued> = self
            .world
            .credit_notes
            .iter()
            .map(|it| &it.it)
            .filter(|it| it.invoice == self.invoice.number)
            .collect();
        let Some(note) = notes.last().filter(|_| is_full) else { return };
        for book in Book::ALL {
            let mut sums: BTreeMap<&LedgerAccount, i128> = BTreeMap::new();
            let numbers = notes.iter().map(|it| it.number.as_str());
            for number in numbers.chain([self.invoice.number.as_str()]) {
                for line in entries_of(self.world, number, book).flat_map(|it| &it.lines) {
                    let debit = i128::from(line.debit) - i128::from(line.credit);
                    *sums.entry(&line.account).or_default() += debit;
                }
            }
            // What a credit whose time is over cannot get back is owed to the customer instead.
            let open = i128::from(self.invoice.total.minor) - self.owed;
            let lapsed = self.back_lost();
            for (account, sum) in sums {
                let is_even = sum == 0 || sum.abs() == lapsed;
                check.expect(is_even, || {
                    differs(
                        note,
                        "left after a full credit",
                        sum,
                        format!("0 on {account}, {open}"),
                    )
                });
            }
        }
    }

    fn back_lost(&self) -> i128 {
        let paid = self.invoice.prepaid.iter();
        let lost = paid.map(|it| i128::from(it.amount.minor) - self.back_to(&it.credit, true));
        lost.sum()
    }
}

fn entries_of<'a>(
    world: &'a World,
    source: &'a str,
    book: Book,
) -> impl Iterator<Item = &'a EntryPosted> {
    world.entries.iter().filter(move |it| it.source.as_str() == source && it.book == book)
}

/// From 1 without a gap, per seller and year.
fn check_numbers(check: &mut Check, world: &World) {
    let mut last: BTreeMap<(&SellerCode, i16), i64> = BTreeMap::new();
    for note in world.credit_notes.iter().map(|it| &it.it) {
        let sequence = note.number.as_str().rsplit('-').next().and_then(|it| it.parse().ok());
        let before = last.entry((&note.seller, note.issued_on.year())).or_default();
        check.expect(sequence == Some(*before + 1), || {
            differs(note, "sequence", format!("{sequence:?}"), *before + 1)
        });
        *before += 1;
    }
}
