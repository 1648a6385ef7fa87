//! Accounts that others pay for: one document of several parts, and whose a line is.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use facts::{AccountId, AccountRegistered, Charge, InvoiceIssued};
use invoicing::{Billed, Part, Payers, consolidate, plan};
use jiff::civil::{Date, date};
use kernel::Money;
use proptest::prelude::*;

use crate::world::{ISSUED_ON, account, amount, euros, read, seller, service, service_credit};

fn named(name: &str) -> AccountRegistered {
    AccountRegistered { account: read(name), ..account() }
}

fn part(name: &str, amounts: &[i64]) -> Part {
    let charge = |minor: &i64| amount(&Money { minor: *minor, ..euros("0.00") }.amount_text());
    let charges = amounts.iter().map(|it| charge(it).into()).collect();
    Part { account: named(name), charges }
}

#[test]
fn the_lines_of_each_account_follow_those_before_under_one_count() {
    let others = vec![part("C", &[300]), part("B", &[100, 200]), part("D", &[])];
    let draft = consolidate(&seller(), ISSUED_ON, part("A", &[50]), others).unwrap().remove(0);
    let whose: Vec<_> = draft.lines.iter().map(|it| it.account.as_ref()).collect();
    let [b, c]: [AccountId; 2] = [read("B"), read("C")];
    assert_eq!(whose, [None, Some(&b), Some(&b), Some(&c)]);
    assert_eq!(draft.lines.iter().map(|it| it.line).collect::<Vec<_>>(), [1, 2, 3, 4]);
    // Who has no line is not described.
    assert_eq!(draft.paid_for.iter().map(|it| &it.account).collect::<Vec<_>>(), [&b, &c]);
    let invoice = draft.issue(read("INV-2026-000001"));
    let of_b = invoice.part_of(&b).unwrap();
    assert_eq!((of_b.lines.len(), of_b.net.minor), (2, 300));
    assert_eq!((of_b.account.account, of_b.lines[0].line), (b, 2));
    assert_eq!(invoice.part_of(&read("A")).unwrap().net.minor, 50);
    assert_eq!(invoice.part_of(&read("D")), None);
}

fn versions(payers: &[(Date, Option<&str>)]) -> Vec<AccountRegistered> {
    let version = |(from, paid_by): &(Date, Option<&str>)| AccountRegistered {
        effective_from: *from,
        paid_by: paid_by.map(read),
        ..named("B")
    };
    payers.iter().map(version).collect()
}

fn billed(payer: &str, charge: Charge) -> (AccountId, InvoiceIssued) {
    let draft = plan(&seller(), &named(payer), ISSUED_ON, vec![charge]).unwrap().unwrap();
    (read(payer), draft.issue(read("INV-2026-000001")))
}

#[test]
fn what_is_for_a_day_goes_to_who_pays_on_it_and_a_correction_to_who_was_billed() {
    let since = date(2026, 3, 1);
    let payers = Payers::of(&read("B"), &versions(&[(date(2026, 1, 1), Some("A")), (since, None)]));
    let whose = |charge: &Charge, before: &[(AccountId, InvoiceIssued)]| {
        let before = before.iter().map(|(payer, part)| Billed { payer, part });
        payers.of_charge(charge, before, [], date(2026, 3, 1)).to_string()
    };
    // The period that runs when the payer changes is the old one's; before all versions, the first.
    assert_eq!(payers.on(date(2020, 1, 1)).as_str(), "A");
    let february = service(date(2026, 2, 20), date(2026, 3, 10));
    let march = service(date(2026, 3, 1), date(2026, 4, 1));
    assert_eq!((whose(&february, &[]), whose(&march, &[])), ("A".to_owned(), "B".to_owned()));
    // A device has no period: it is due on the day of the invoice.
    assert_eq!(whose(&amount("9.00"), &[]), "B");
    let back = service_credit(date(2026, 3, 5), date(2026, 3, 8));
    assert_eq!(whose(&back, &[billed("A", march.clone())]), "A");
    assert_eq!(whose(&back, &[billed("A", march.clone()), billed("B", march)]), "B");
    // What nobody was billed goes by its day.
    assert_eq!(whose(&back, &[]), "B");
}

#[test]
fn what_is_due_again_and_given_back_goes_to_one_payer() {
    let since = date(2026, 3, 1);
    let payers = Payers::of(&read("B"), &versions(&[(date(2026, 1, 1), Some("A")), (since, None)]));
    let again = service(date(2026, 2, 20), date(2026, 3, 20));
    let back = service_credit(date(2026, 3, 5), date(2026, 3, 8));
    let due = [again.clone(), back.clone()];
    let whose = |charge: &Charge, standing: &[(AccountId, InvoiceIssued)]| {
        let standing = standing.iter().map(|(payer, part)| Billed { payer, part });
        payers.of_charge(charge, standing, &due, date(2026, 4, 1)).to_string()
    };
    assert_eq!((whose(&again, &[]), whose(&back, &[])), ("A".to_owned(), "A".to_owned()));
    // What stands goes first.
    assert_eq!(whose(&back, &[billed("B", again.clone())]), "B");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    /// However lines fall on accounts, what each comes to with tax sums to the total, and the parts
    /// have each line once.
    #[test]
    fn shares_and_parts_sum_to_the_invoice(
        nets in prop::collection::vec(prop::collection::vec(-9_999_i64..99_999, 1..4), 1..6),
    ) {
        let mut parts = (0..).zip(&nets).map(|(at, nets)| part(&format!("A{at}"), nets));
        let own = parts.next().unwrap();
        let mut drafts = consolidate(&seller(), ISSUED_ON, own, parts.collect()).unwrap();
        let Some(draft) = drafts.pop() else { return Ok(()) };
        let shares: i64 = draft.shares().unwrap().iter().map(|(_, share)| share.minor).sum();
        prop_assert_eq!(shares, draft.total.minor);
        let invoice = draft.issue(read("INV-2026-000001"));
        let of = |at| invoice.part_of(&read(&format!("A{at}"))).unwrap();
        let parts: Vec<InvoiceIssued> = (0..nets.len()).map(of).collect();
        let sum: i64 = parts.iter().map(|it| it.net.minor).sum();
        prop_assert_eq!(sum, invoice.net.minor);
        let lines: Vec<u32> = parts.iter().flat_map(|it| &it.lines).map(|it| it.line).collect();
        prop_assert!(lines.iter().copied().eq(1..=u32::try_from(lines.len()).unwrap()));
    }
}
