//! Debits equal credits, and the balances are the sum of what was posted.

use std::collections::BTreeMap;

use facts::posting::{Balance, Book, EntryPosted};
use facts::{LedgerAccount, SellerCode};
use store::{StoreError, Tx};

use crate::world::World;
use crate::{AuditFinding, Check};

/// Sums of debits and of credits in minor units.
type Sums = (i128, i128);

/// What a balance is of.
type Place = (Book, SellerCode, String, LedgerAccount);

pub(crate) fn check(world: &World, tx: &mut dyn Tx) -> Result<Check, StoreError> {
    let mut check = Check::new(
        "ledger",
        "Debits equal credits in every entry, book, seller and currency, and each balance is the \
         sum of its entries.",
    );
    for entry in &world.entries {
        check.examine();
        check_entry(&mut check, entry);
    }
    let stored = stored_balances(tx.trial_balance()?);
    check_books(&mut check, &stored);
    check_balances(&mut check, &posted_balances(&world.entries), &stored);
    Ok(check)
}

fn check_entry(check: &mut Check, entry: &EntryPosted) {
    for line in &entry.lines {
        let is_one = (line.debit > 0) != (line.credit > 0);
        let is_possible = is_one && line.debit >= 0 && line.credit >= 0;
        check.expect(is_possible, || AuditFinding::EntryLineImpossible {
            entry: entry.entry.clone(),
            account: line.account.clone(),
            debit: line.debit,
            credit: line.credit,
        });
    }
    let debit: i128 = entry.lines.iter().map(|line| i128::from(line.debit)).sum();
    let credit: i128 = entry.lines.iter().map(|line| i128::from(line.credit)).sum();
    check.expect(debit == credit, || AuditFinding::EntryUnbalanced {
        entry: entry.entry.clone(),
        book: entry.book.key(),
        debit,
        credit,
    });
}

fn posted_balances(entries: &[EntryPosted]) -> BTreeMap<Place, Sums> {
    let mut balances: BTreeMap<Place, Sums> = BTreeMap::new();
    for entry in entries {
        let (seller, currency) = (&entry.seller, entry.currency.code());
        for line in &entry.lines {
            let place = (entry.book, seller.clone(), currency.to_owned(), line.account.clone());
            let sums = balances.entry(place).or_default();
            sums.0 += i128::from(line.debit);
            sums.1 += i128::from(line.credit);
        }
    }
    balances
}

fn stored_balances(rows: Vec<Balance>) -> BTreeMap<Place, Sums> {
    let mut balances: BTreeMap<Place, Sums> = BTreeMap::new();
    for row in rows {
        let sums = balances.entry((row.book, row.seller, row.currency, row.account)).or_default();
        sums.0 += i128::from(row.debit);
        sums.1 += i128::from(row.credit);
    }
    balances
}

fn check_books(check: &mut Check, stored: &BTreeMap<Place, Sums>) {
    let mut books: BTreeMap<_, Sums> = BTreeMap::new();
    for ((book, seller, currency, _), (debit, credit)) in stored {
        let sums = books.entry((*book, seller, currency)).or_default();
        sums.0 += debit;
        sums.1 += credit;
    }
    for ((book, seller, currency), (debit, credit)) in books {
        check.examine();
        check.expect(debit == credit, || AuditFinding::BookUnbalanced {
            book: book.key(),
            seller: seller.clone(),
            currency: currency.clone(),
            debit,
            credit,
        });
    }
}

fn check_balances(
    check: &mut Check,
    posted: &BTreeMap<Place, Sums>,
    stored: &BTreeMap<Place, Sums>,
) {
    let new = stored.keys().filter(|place| !posted.contains_key(place));
    for place in posted.keys().chain(new) {
        check.examine();
        let sums = |of: &BTreeMap<Place, Sums>| of.get(place).copied().unwrap_or_default();
        let shown = |(debit, credit): Sums| format!("debit {debit}, credit {credit}");
        let (book, seller, currency, account) = place;
        check.expect(sums(posted) == sums(stored), || AuditFinding::BalanceDiffers {
            book: book.key(),
            seller: seller.clone(),
            currency: currency.clone(),
            account: account.clone(),
            posted: shown(sums(posted)),
            stored: shown(sums(stored)),
        });
    }
}

#[cfg(test)]
mod tests {
    use kernel::rejection::Rejection;

    use super::*;

    /// No store saves such a balance; a hand-made change of a database could.
    #[test]
    fn a_book_out_of_balance_is_found() {
        let row = |account: &str, debit, credit| Balance {
            book: Book::Statutory,
            seller: "S".parse().unwrap(),
            currency: "EUR".to_owned(),
            account: account.parse().unwrap(),
            debit,
            credit,
        };
        let found = |credit| {
            let mut check = Check::new("", "");
            let rows = vec![row("411", 120, 0), row("706", 0, 100), row("445", 0, credit)];
            check_books(&mut check, &stored_balances(rows));
            check.findings.iter().map(Rejection::code).collect::<Vec<_>>()
        };
        assert_eq!(found(20), [""; 0]);
        assert_eq!(found(19), ["book-unbalanced"]);
    }
}
