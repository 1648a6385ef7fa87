//! What may be granted, what lapses, what is topped up.

use credits::{AdjustCredit, GrantCredit, GrantRollover, Rejection, adjust, grant, lapse};
use credits::{ran_low, top_up};
use facts::charge::NotBilled;
use facts::credit::{CreditAmount, CreditGranted, CreditKind, Rollover, TopUp};
use kernel::rejection::Rejection as _;

use crate::world::{World, account, cents, paid, read, units, usage, words};

fn asked() -> GrantCredit {
    GrantCredit {
        credit: read("CRD-1"),
        customer: "ACC-1".to_owned(),
        name: words("Credit"),
        kind: CreditKind::Paid,
        amount: read("100.00"),
        priority: 1,
        until: Some(read("2026-07-01")),
        rollover: None,
        alert_below: None,
        top_up: None,
    }
}

fn codes(it: &GrantCredit) -> Vec<&'static str> {
    let refused = grant(it, &account(), read("2026-01-01"));
    refused.err().unwrap_or_default().iter().map(Rejection::code).collect()
}

#[test]
fn a_grant_says_what_it_is_and_no_nonsense() {
    let granted = grant(&asked(), &account(), read("2026-01-01")).unwrap();
    assert_eq!(granted.amount, CreditAmount::Money(cents(10_000)));
    for amount in ["0", "-1", "1.005"] {
        assert_eq!(codes(&GrantCredit { amount: read(amount), ..asked() }), ["credit-amount"]);
    }
    let until = Some(read("2026-01-01"));
    assert_eq!(codes(&GrantCredit { until, ..asked() }), ["credit-over"]);
    let rollover = Some(GrantRollover { limit: None, months: 0, times: 1 });
    assert_eq!(codes(&GrantCredit { rollover, ..asked() }), ["credit-setting"]);
    let kind = CreditKind::Units { component: read("data"), rate: 0 };
    assert_eq!(codes(&GrantCredit { kind, ..asked() }), ["credit-setting"]);
    let top_up = Some((read("0"), read("-5")));
    let found = codes(&GrantCredit { top_up, ..asked() });
    assert_eq!(found, ["credit-amount"], "the first is enough to refuse it");
}

#[test]
fn an_adjustment_takes_no_more_than_there_is() {
    let credits = World::of(vec![paid("CRD-1", 1_000)]).credits();
    let asked = |amount: &str| AdjustCredit {
        adjustment: read("ADJ-1"),
        credit: read("CRD-1"),
        amount: read(amount),
        reason: "counted twice".to_owned(),
    };
    let today = read("2026-01-02");
    let adjusted = adjust(&asked("-10.00"), &credits[0], today).unwrap();
    assert_eq!(adjusted.amount, CreditAmount::Money(cents(-1_000)));
    let refused = adjust(&asked("-10.01"), &credits[0], today).unwrap_err();
    assert_eq!(refused.code(), "credit-too-little");
    assert_eq!(adjust(&asked("0"), &credits[0], today).unwrap_err().code(), "credit-amount");
}

fn until(it: CreditGranted, day: &str) -> CreditGranted {
    CreditGranted { until: Some(read(day)), ..it }
}

#[test]
fn what_lapses_and_what_goes_on_are_what_is_left() {
    let limit = Some(CreditAmount::Units(read("60")));
    let rollover = Some(Rollover { limit, months: 2, times: 1 });
    let credit = CreditGranted { rollover, ..until(units("CRD-1", "100", 1), "2026-03-01") };
    let mut world = World::of(vec![credit]);
    assert_eq!(lapse(&world.credits()[0], read("2026-02-28")).unwrap(), None);
    let lapsed = lapse(&world.credits()[0], read("2026-03-01")).unwrap().unwrap();
    assert_eq!((lapsed.expired.to_string(), lapsed.rolled.to_string()), ("40".into(), "60".into()));
    world.0.lapsed.push(lapsed);
    let credit = &world.credits()[0];
    assert_eq!((credit.left.to_string(), credit.until), ("60".into(), Some(read("2026-05-01"))));
    let entries: Vec<&str> = credit.entries.iter().map(|it| it.kind.key()).collect();
    assert_eq!(entries, ["grant", "expiry", "rollover"]);
    // The second time everything lapses.
    let lapsed = lapse(credit, read("2026-05-01")).unwrap().unwrap();
    assert_eq!((lapsed.expired.to_string(), lapsed.until), ("60".into(), None));
}

#[test]
fn an_invoice_of_the_last_day_still_burns_and_one_of_the_first_does_not_yet() {
    for (issued_on, burns) in
        [("2026-01-01", false), ("2026-01-02", true), ("2026-03-01", true), ("2026-03-02", false)]
    {
        let mut world = World::of(vec![until(paid("CRD-1", 500), "2026-03-01")]);
        let invoice = world.bill(issued_on, vec![usage("data", "1", 1_000)]);
        assert_eq!(!invoice.prepaid.is_empty(), burns, "{issued_on}");
    }
}

#[test]
fn who_is_told_is_told_once_and_a_top_up_counts() {
    let below = CreditAmount::Money(cents(3_000));
    let amount = CreditAmount::Money(cents(5_000));
    let first = CreditGranted {
        alert_below: Some(below),
        top_up: Some(TopUp { below, amount }),
        ..paid("CRD-1", 6_000)
    };
    let mut world = World::of(vec![first]);
    let mut told = Vec::new();
    for month in 2..=4 {
        let before = world.credits();
        let invoice = world.bill(&format!("2026-{month:02}-01"), vec![usage("data", "1", 3_000)]);
        let after = world.credits();
        told.extend(ran_low(&before, &after, &invoice).unwrap().into_iter().map(|it| it.left));
        world.0.granted.extend(top_up(&before, &after, &invoice).unwrap());
    }
    // 60 - 36 = 24 is below 30; 24 + 50 - 36 = 38 is not; 38 - 36 = 2 is.
    let left: Vec<String> = told.iter().map(ToString::to_string).collect();
    assert_eq!(left, ["24.00 EUR", "2.00 EUR"]);
    let names: Vec<String> = world.left().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["CRD-1", "CRD-1+1", "CRD-1+2"]);
}

/// Found by reading: a line that is only shown, or written off, has a quantity and costs nothing.
#[test]
fn usage_that_is_not_billed_burns_no_units() {
    let (until, on_invoice) = (read("2026-02-01"), true);
    let shadow = NotBilled::Shadow { until, on_invoice };
    let written_off = NotBilled::WrittenOff { amount: cents(40), below: cents(100) };
    for why in [shadow, written_off] {
        let mut world = World::of(vec![units("CRD-1", "100", 1)]);
        let mut line = usage("data", "30", 0);
        line.charge.rated.as_mut().unwrap().not_billed = Some(why);
        let invoice = world.bill("2026-02-01", vec![line, usage("data", "20", 200)]);
        let burnt: Vec<usize> = invoice.lines.iter().map(|it| it.effects.len()).collect();
        assert_eq!(burnt.iter().sum::<usize>(), 1, "only the line that is billed");
        assert_eq!(world.left(), [("CRD-1".to_owned(), "80".to_owned())]);
    }
}
