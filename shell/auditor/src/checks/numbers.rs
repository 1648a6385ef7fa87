//! Invoice numbers have no gap, and no bill day is billed twice.

use std::collections::{BTreeMap, BTreeSet};

use facts::{InvoiceIssued, InvoiceNumber, SellerCode};

use crate::world::World;
use crate::{AuditFinding, Check};

/// The numbers of one seller and year.
type Series<'a> = BTreeMap<(&'a SellerCode, i16), BTreeMap<i64, Vec<&'a InvoiceNumber>>>;

pub(crate) fn check(world: &World) -> Check {
    let mut check = Check::new(
        "numbers",
        "The invoice numbers of a seller and year run from 1 without a gap, and an account has \
         one invoice a day.",
    );
    let mut series = Series::new();
    let mut bill_days = BTreeSet::new();
    for invoice in world.invoices.iter().map(|it| &it.it) {
        check.examine();
        match sequence_of(invoice) {
            Some(sequence) => {
                let of = series.entry((&invoice.seller.code, invoice.issued_on.year()));
                of.or_default().entry(sequence).or_default().push(&invoice.number);
            }
            None => check.find(AuditFinding::NumberUnreadable {
                invoice: invoice.number.clone(),
                seller: invoice.seller.code.clone(),
                prefix: invoice.seller.invoice_prefix.clone(),
            }),
        }
        let is_first = bill_days.insert((&invoice.account.account, invoice.issued_on));
        check.expect(is_first, || AuditFinding::BillDayTwice {
            invoice: invoice.number.clone(),
            account: invoice.account.account.clone(),
            day: invoice.issued_on,
        });
    }
    check_series(&mut check, series);
    check
}

/// The sequence in `INV-2026-000001`.
fn sequence_of(invoice: &InvoiceIssued) -> Option<i64> {
    let rest = invoice.number.as_str().strip_prefix(&invoice.seller.invoice_prefix)?;
    let (year, sequence) = rest.split_once('-')?;
    let is_of_year = year.parse() == Ok(invoice.issued_on.year());
    sequence.parse().ok().filter(|sequence| is_of_year && *sequence > 0)
}

fn check_series(check: &mut Check, series: Series<'_>) {
    for ((seller, year), numbers) in series {
        let mut expected = 1;
        for (sequence, invoices) in numbers {
            check.expect(sequence == expected, || AuditFinding::NumberMissing {
                seller: seller.clone(),
                year,
                missing: expected,
                count: sequence - expected,
            });
            expected = sequence.saturating_add(1);
            for again in invoices.into_iter().skip(1) {
                check.find(AuditFinding::NumberTwice {
                    invoice: again.clone(),
                    seller: seller.clone(),
                    year,
                    sequence,
                });
            }
        }
    }
}
