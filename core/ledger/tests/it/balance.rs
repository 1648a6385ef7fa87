//! Whatever is invoiced, each book balances and shows the invoice's own totals.

use facts::posting::{Book, EntryPosted};
use proptest::prelude::*;

use crate::invoice::Of::{self, Ahead, Device, Fee, Past, Usage};
use crate::invoice::{entry, invoice};

fn any_line() -> impl Strategy<Value = Of> {
    (0_u8..5, -1_000_i64..1_000_000).prop_map(|(kind, amount)| match kind {
        0 => Device(amount),
        1 => Past(amount),
        2 => Ahead(amount),
        3 => Usage(amount),
        _ => Fee(amount),
    })
}

/// Debits less credits of the accounts whose name begins so.
fn balance(entry: &EntryPosted, account: &str) -> i64 {
    let lines = entry.lines.iter().filter(|it| it.account.as_str().starts_with(account));
    lines.map(|it| it.debit - it.credit).sum()
}

proptest! {
    #[test]
    fn every_entry_balances_and_shows_the_totals(
        lines in prop::collection::vec(any_line(), 1..12),
        vat_on_debits: bool,
    ) {
        let mut invoice = invoice(&lines);
        invoice.seller.vat_on_debits = vat_on_debits;
        let (ifrs, statutory) = (entry(Book::Ifrs, &invoice), entry(Book::Statutory, &invoice));
        let books = [(&ifrs, "receivable", "tax"), (&statutory, "411", "4457")];
        for (entry, receivable, tax) in books {
            prop_assert_eq!(balance(entry, ""), 0);
            prop_assert_eq!(balance(entry, receivable), invoice.total.minor);
            prop_assert_eq!(balance(entry, tax), -invoice.taxes[0].amount.minor);
            let is_one_side = |debit: i64, credit: i64| {
                debit.min(credit) == 0 && debit.max(credit) > 0
            };
            prop_assert!(entry.lines.iter().all(|it| is_one_side(it.debit, it.credit)));
        }
        // What is earned or deferred is the net, in both books.
        let ifrs_net = balance(&ifrs, "revenue") + balance(&ifrs, "contract_liability");
        let statutory_net = balance(&statutory, "70") + balance(&statutory, "487");
        prop_assert_eq!((ifrs_net, statutory_net), (-invoice.net.minor, -invoice.net.minor));
    }
}
