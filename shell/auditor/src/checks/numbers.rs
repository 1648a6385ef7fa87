//! Invoice numbers have no gap, no bill day is billed twice, and drafts wait as was agreed on.

use std::collections::{BTreeMap, BTreeSet};

use facts::account::Review;
use facts::{
    AccountRegistered, InvoiceDrafted, InvoiceIssued, InvoiceNumber, SellerCode, SellerPublished,
};

use crate::calendar::{bill_period, plus_days};
use crate::world::{Logged, World};
use crate::{AuditFinding, Check};

/// The numbers of one seller and year.
type Series<'a> = BTreeMap<(&'a SellerCode, i16), BTreeMap<i64, Vec<&'a InvoiceNumber>>>;

pub(crate) fn check(world: &World) -> Check {
    let mut check = Check::new(
        "numbers",
        "The invoice numbers of a seller and year run from 1 without a gap, an account has one \
         invoice a day besides those that order lines asked for, and a draft waits for its days \
         of grace.",
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
        // Order lines that asked for their own have another, and so have those of each account.
        let whose = invoice.group.as_ref().zip(invoice.lines.first());
        let whose = whose.map(|(group, line)| (group, line.account.as_ref()));
        let is_first = bill_days.insert((&invoice.account.account, invoice.issued_on, whose));
        check.expect(is_first, || AuditFinding::BillDayTwice {
            invoice: invoice.number.clone(),
            account: invoice.account.account.clone(),
            day: invoice.issued_on,
        });
    }
    check_series(&mut check, series);
    world.drafts.iter().for_each(|draft| check_draft(&mut check, world, draft));
    check
}

/// A draft is of a bill day, and is issued by itself within its days of grace and before the next.
fn check_draft(check: &mut Check, world: &World, draft: &Logged<InvoiceDrafted>) {
    check.examine();
    let InvoiceDrafted { account, drafted_on, issue_on } = &draft.it;
    let mut versions = world.account_versions.iter().filter(|it| it.sequence < draft.sequence);
    let known = versions.rfind(|it| it.it.account == *account);
    let expected = known.and_then(|it| {
        let review = it.it.review.or(seller_review(world, draft, &it.it))?;
        let review = Some(review).filter(|it| it.grace_days > 0)?;
        let (from, to) = bill_period(&it.it.bill_cycle, *drafted_on)?;
        let after = plus_days(from, review.grace_days)?;
        Some((from, after.min(to.yesterday().ok()?)))
    });
    check.expect(expected == Some((*drafted_on, *issue_on)), || AuditFinding::DraftDiffers {
        account: account.clone(),
        day: *drafted_on,
        stated: issue_on.to_string(),
        expected: expected.map_or_else(|| "no draft".to_owned(), |(_, day)| day.to_string()),
    });
}

/// What the seller says of drafts, as it stood on the day of one.
fn seller_review(
    world: &World,
    draft: &Logged<InvoiceDrafted>,
    account: &AccountRegistered,
) -> Option<Review> {
    let of_seller = world.sellers.iter().filter(|it| it.it.code == account.seller);
    let mut known = of_seller.filter(|it| it.sequence < draft.sequence);
    let begun = |it: &&Logged<SellerPublished>| it.it.effective_from <= draft.it.drafted_on;
    let first = known.clone().next();
    known.rfind(begun).or(first)?.it.review
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
