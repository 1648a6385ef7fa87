//! What comes late: written off, reopened, or only shown.

use std::collections::BTreeMap;

use facts::charge::NotBilled;
use facts::offer::{ChargeRule, LateUsage, Shadow};
use facts::{Charge, ChargeKind};
use jiff::civil::{Date, date};
use kernel::{Currency, Money, Period, Quantity};
use proptest::prelude::*;

use crate::fleet::{Account, bucket};
use crate::split::{Arrival, Totals, add, any_arrivals};

fn account(policy: LateUsage) -> Account {
    let mut account = Account::new();
    account.offers[0].late_usage = policy;
    account
}

fn cents(minor: i64) -> Money {
    Money::from_minor(minor, Currency::EUR)
}

fn write_off(minor: i64) -> LateUsage {
    LateUsage::WriteOff { below: cents(minor) }
}

const HOURS: &str = "engine_hours";

#[test]
fn small_differences_add_up_until_they_are_billed() {
    let mut account = account(write_off(100));
    let hours = |count: usize| {
        let all = ["100", "20", "30"];
        let at = ["2026-01-10T10:00:00Z", "2026-01-11T10:00:00Z", "2026-01-12T10:00:00Z"];
        let used = all.iter().zip(at).take(count);
        used.map(|(hours, at)| bucket("U-001", HOURS, at, hours)).collect::<Vec<_>>()
    };
    assert_eq!(
        account.lines(&hours(1), date(2026, 2, 1)),
        ["usage.charge engine_hours 2026-01 100 2.10"]
    );
    // 120 x 0.021 = 2.52: 0.42 is written off; said once.
    assert_eq!(
        account.lines(&hours(2), date(2026, 3, 1)),
        ["usage.write_off engine_hours 2026-01 20 0.00"]
    );
    assert_eq!(account.lines(&hours(2), date(2026, 4, 1)), [""; 0]);
    // 150 x 0.021 = 3.15: 1.05 is not small.
    assert_eq!(
        account.lines(&hours(3), date(2026, 5, 1)),
        ["usage.adjustment engine_hours 2026-01 30 1.05"]
    );
}

#[test]
fn a_reopened_line_is_given_back_and_charged_again() {
    let mut account = account(LateUsage::Reopen);
    let first = bucket("U-001", HOURS, "2026-01-10T10:00:00Z", "100");
    let late = bucket("U-002", HOURS, "2026-01-11T10:00:00Z", "50");
    account.bill(std::slice::from_ref(&first), date(2026, 2, 1));
    let lines = account.bill(&[first, late], date(2026, 3, 1));
    let shown: Vec<String> = lines.iter().map(crate::fleet::shown).collect();
    assert_eq!(
        shown,
        [
            "usage.credit engine_hours 2026-01 -100 -2.10",
            "usage.recharge engine_hours 2026-01 150 3.15"
        ]
    );
    assert_eq!(lines[0].units.len(), 1, "those who were billed");
    assert_eq!(lines[1].units.len(), 2);
}

#[test]
fn a_shadow_ends_with_the_day_of_the_event() {
    let mut account = account(LateUsage::BillDifference);
    for component in &mut account.offers[0].components {
        if let ChargeRule::Usage { shadow, .. } = &mut component.charge {
            *shadow = Some(Shadow { until: date(2026, 1, 15), on_invoice: true });
        }
    }
    // 00:00 of 15 January in Paris.
    let before = bucket("U-001", HOURS, "2026-01-14T22:45:00Z", "100");
    let after = bucket("U-001", HOURS, "2026-01-14T23:00:00Z", "50");
    let late = bucket("U-001", HOURS, "2026-01-02T10:00:00Z", "1000");
    assert_eq!(
        account.lines(&[before.clone(), after.clone()], date(2026, 2, 1)),
        ["usage.charge engine_hours 2026-01 50 1.05", "usage.shadow engine_hours 2026-01 100 0.00"]
    );
    assert_eq!(
        account.lines(&[before.clone(), after.clone(), late.clone()], date(2026, 3, 1)),
        ["usage.shadow engine_hours 2026-01 1000 0.00"]
    );
    assert_eq!(account.lines(&[before, after, late], date(2026, 4, 1)), [""; 0]);
}

/// Days on which invoices are issued, inside and after the months of usage.
fn any_days() -> impl Strategy<Value = Vec<Date>> {
    let days = prop::collection::btree_set(0..150_i32, 1..7);
    let day = |it: i32| date(2026, 1, 2).checked_add(jiff::Span::new().days(it)).expect("a day");
    days.prop_map(move |days| days.into_iter().map(day).collect())
}

/// What had arrived by the n-th of some invoices.
fn known(arrivals: &[Arrival], invoice: usize) -> Vec<facts::usage::Bucket> {
    let known = arrivals.iter().filter(|it| it.1 <= invoice);
    known.map(|it| it.0.clone()).collect()
}

/// The amount of each line, rated at once.
fn whole(buckets: &[facts::usage::Bucket], issued_on: Date) -> Totals {
    let mut totals = Totals::new();
    let charges = Account::new().bill(buckets, issued_on);
    charges.iter().for_each(|charge| add(&mut totals, charge));
    totals
}

/// Without what came to nothing.
fn amounts(totals: &Totals) -> BTreeMap<String, i64> {
    let amount = |((offer, component, period, row), (_, amount)): (&_, &(Quantity, Money))| {
        let _: &facts::OfferRef = offer;
        let _: &Option<Period> = period;
        (format!("{component} {period:?} {row}"), amount.minor)
    };
    totals.iter().map(amount).filter(|(_, minor)| *minor != 0).collect()
}

/// Lines and their amounts, by component and period.
type Groups = BTreeMap<(String, Option<Period>), Vec<(String, i64)>>;

/// The policy as a bookkeeper would keep it: what is rated, what is billed, line by line.
fn by_hand(arrivals: &[Arrival], days: &[Date], below: i64) -> BTreeMap<String, i64> {
    let mut billed: BTreeMap<String, i64> = BTreeMap::new();
    let mut last: Option<Date> = None;
    for (invoice, day) in days.iter().enumerate() {
        let rated = whole(&known(arrivals, invoice), *day);
        let mut groups = Groups::new();
        for ((_, component, period, row), (_, amount)) in &rated {
            let line = format!("{component} {period:?} {row}");
            groups.entry((component.clone(), *period)).or_default().push((line, amount.minor));
        }
        for ((_, period), lines) in groups {
            let so_far = |line: &String| billed.get(line).copied().unwrap_or_default();
            let sum: i64 = lines.iter().map(|(line, minor)| minor - so_far(line)).sum();
            let is_late = last.is_some_and(|last| period.is_some_and(|it| it.to() <= last));
            if !is_late || sum.abs() >= below {
                billed.extend(lines);
            }
        }
        last = Some(*day);
    }
    billed.retain(|_, minor| *minor != 0);
    billed
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn bills_on_any_days_give_the_total_of_rating_at_once(
        (arrivals, days, reopens) in (any_arrivals(), any_days(), any::<bool>()),
    ) {
        let policy = if reopens { LateUsage::Reopen } else { LateUsage::BillDifference };
        let (mut account, mut split) = (account(policy), Totals::new());
        for (invoice, day) in days.iter().enumerate() {
            let charges = account.bill(&known(&arrivals, invoice), *day);
            charges.iter().for_each(|charge| add(&mut split, charge));
        }
        let last = days[days.len() - 1];
        let at_once = whole(&known(&arrivals, days.len() - 1), last);
        prop_assert_eq!(amounts(&split), amounts(&at_once));
    }

    #[test]
    fn what_is_billed_and_written_off_is_what_a_bookkeeper_says(
        (arrivals, days, below) in (any_arrivals(), any_days(), 1_i64..20_000),
    ) {
        let (mut account, mut billed) = (account(write_off(below)), Totals::new());
        for (invoice, day) in days.iter().enumerate() {
            let charges = account.bill(&known(&arrivals, invoice), *day);
            charges.iter().for_each(|charge| add(&mut billed, charge));
            prop_assert!(charges.iter().all(says_why));
            let again = account.bill(&known(&arrivals, invoice), *day);
            prop_assert!(again.is_empty(), "said twice: {:?}", again);
        }
        prop_assert_eq!(amounts(&billed), by_hand(&arrivals, &days, below));
    }
}

/// A line is of 0 and says what is written off, or it is billed.
fn says_why(charge: &Charge) -> bool {
    let why = charge.rated.as_ref().and_then(|it| it.not_billed);
    match charge.kind {
        ChargeKind::UsageWriteOff => {
            matches!(why, Some(NotBilled::WrittenOff { .. })) && charge.amount.minor == 0
        }
        _ => why.is_none(),
    }
}
