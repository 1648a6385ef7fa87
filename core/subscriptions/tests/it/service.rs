//! Recurring service: what is charged for which days, and what is given back.

use facts::offer::{Proration, Timing};
use facts::unit::ChangeAction;
use jiff::civil::date;
use kernel::Period;
use subscriptions::service_days_in;

use crate::fleet::{Account, contracts, fleet, noon, offer, paris, recurring, started, unit};

#[test]
fn a_first_bill_charges_the_stub_and_the_month_ahead() {
    let mut units = fleet(1, 3, |name| started(name, date(2026, 1, 14)));
    units.extend(fleet(4, 31, |name| started(name, date(2026, 1, 31))));
    assert_eq!(
        Account::new().lines(&units, date(2026, 2, 1)),
        [
            "service.charge service_standard 2026-01-14..2026-02-01 18/31 x3 43.37",
            "service.charge service_standard 2026-01-31..2026-02-01 1/31 x31 24.90",
            "service.charge service_standard 2026-02-01..2026-03-01 28/28 x34 846.60",
        ]
    );
}

#[test]
fn half_a_cent_is_rounded_away_from_zero() {
    let units = [started("U-042", date(2026, 2, 22))];
    assert_eq!(
        Account::new().lines(&units, date(2026, 3, 1)),
        [
            "service.charge service_standard 2026-02-22..2026-03-01 7/28 x1 6.23",
            "service.charge service_standard 2026-03-01..2026-04-01 31/31 x1 24.90",
        ]
    );
}

#[test]
fn what_was_billed_is_not_billed_again() {
    let units = [started("U-001", date(2026, 1, 14))];
    let mut account = Account::new();
    account.bill(&units, date(2026, 2, 1));
    assert!(account.lines(&units, date(2026, 2, 1)).is_empty());
    assert_eq!(
        account.lines(&units, date(2026, 3, 1)),
        ["service.charge service_standard 2026-03-01..2026-04-01 31/31 x1 24.90"]
    );
}

#[test]
fn nothing_is_billed_before_the_start() {
    let units = [unit("U-050", &["service_standard"]).delivered(date(2026, 1, 14))];
    assert!(Account::new().lines(&units, date(2026, 2, 1)).is_empty());
}

#[test]
fn an_upgrade_in_mid_month_credits_the_old_plan_and_charges_the_new() {
    let plain = fleet(1, 10, |name| started(name, date(2026, 1, 31)));
    let mut account = Account::new();
    account.bill(&plain, date(2026, 2, 1));
    let upgraded = |name: &str| started(name, date(2026, 1, 31)).upgraded(date(2026, 2, 16));
    assert_eq!(
        account.lines(&fleet(1, 10, upgraded), date(2026, 3, 1)),
        [
            "service.charge service_premium 2026-02-16..2026-03-01 13/28 x10 162.04",
            "service.charge service_premium 2026-03-01..2026-04-01 31/31 x10 349.00",
            "service.credit service_standard 2026-02-16..2026-03-01 13/28 x-10 -115.61",
        ]
    );
}

#[test]
fn an_upgrade_before_the_start_starts_on_the_new_plan() {
    let early = started("U-001", date(2026, 2, 10)).upgraded(date(2026, 1, 5));
    assert_eq!(
        Account::new().lines(&[early], date(2026, 3, 1)),
        [
            "service.charge service_premium 2026-02-10..2026-03-01 19/28 x1 23.68",
            "service.charge service_premium 2026-03-01..2026-04-01 31/31 x1 34.90",
        ]
    );
}

#[test]
fn an_upgrade_that_is_recorded_late_is_made_good_period_by_period() {
    let plain = started("U-001", date(2026, 1, 31));
    let mut account = Account::new();
    account.bill(std::slice::from_ref(&plain), date(2026, 2, 1));
    account.bill(std::slice::from_ref(&plain), date(2026, 3, 1));
    assert_eq!(
        account.lines(&[plain.upgraded(date(2026, 2, 16))], date(2026, 4, 1)),
        [
            "service.charge service_premium 2026-02-16..2026-03-01 13/28 x1 16.20",
            "service.charge service_premium 2026-03-01..2026-04-01 31/31 x1 34.90",
            "service.charge service_premium 2026-04-01..2026-05-01 30/30 x1 34.90",
            "service.credit service_standard 2026-02-16..2026-03-01 13/28 x-1 -11.56",
            "service.credit service_standard 2026-03-01..2026-04-01 31/31 x-1 -24.90",
        ]
    );
}

#[test]
fn a_plan_can_change_back() {
    let standard = ChangeAction::Plan(crate::fleet::read("standard"));
    let unit = started("U-001", date(2026, 2, 1))
        .upgraded(date(2026, 2, 10))
        .changing(date(2026, 2, 20), standard);
    assert_eq!(
        Account::new().lines(&[unit], date(2026, 3, 1)),
        [
            "service.charge service_premium 2026-02-10..2026-02-20 10/28 x1 12.46",
            "service.charge service_standard 2026-02-01..2026-02-10 9/28 x1 8.00",
            "service.charge service_standard 2026-02-20..2026-03-01 9/28 x1 8.00",
            "service.charge service_standard 2026-03-01..2026-04-01 31/31 x1 24.90",
        ]
    );
}

#[test]
fn a_suspension_credits_its_days_and_a_resumption_ends_it() {
    let plain = started("U-015", date(2026, 2, 28));
    let mut account = Account::new();
    account.bill(std::slice::from_ref(&plain), date(2026, 3, 1));
    let paused = plain
        .changing(date(2026, 3, 10), ChangeAction::Suspend)
        .changing(date(2026, 3, 18), ChangeAction::Resume);
    assert_eq!(
        account.lines(&[paused], date(2026, 4, 1)),
        [
            "service.charge service_standard 2026-04-01..2026-05-01 30/30 x1 24.90",
            "service.credit service_standard 2026-03-10..2026-03-18 8/31 x-1 -6.43",
        ]
    );
}

#[test]
fn without_a_resumption_a_suspension_stays_open() {
    let plain = started("U-015", date(2026, 2, 28));
    let mut account = Account::new();
    account.bill(std::slice::from_ref(&plain), date(2026, 3, 1));
    let paused = plain.changing(date(2026, 3, 10), ChangeAction::Suspend);
    assert_eq!(
        account.lines(std::slice::from_ref(&paused), date(2026, 4, 1)),
        ["service.credit service_standard 2026-03-10..2026-04-01 22/31 x-1 -17.67"]
    );
    let resumed = paused.changing(date(2026, 4, 21), ChangeAction::Resume);
    assert_eq!(
        account.lines(&[resumed], date(2026, 5, 1)),
        [
            "service.charge service_standard 2026-04-21..2026-05-01 10/30 x1 8.30",
            "service.charge service_standard 2026-05-01..2026-06-01 31/31 x1 24.90",
        ]
    );
}

#[test]
fn a_return_ends_the_service_on_its_day() {
    let plain = started("U-022", date(2026, 2, 28));
    let mut account = Account::new();
    account.bill(std::slice::from_ref(&plain), date(2026, 3, 1));
    let returned = plain.returned(date(2026, 3, 20));
    assert_eq!(
        account.lines(std::slice::from_ref(&returned), date(2026, 4, 1)),
        ["service.credit service_standard 2026-03-20..2026-04-01 12/31 x-1 -9.64"]
    );
    assert!(account.lines(&[returned], date(2026, 5, 1)).is_empty());
}

#[test]
fn a_start_that_is_taken_back_is_credited() {
    let mut account = Account::new();
    account.bill(&[started("U-001", date(2026, 2, 1))], date(2026, 2, 1));
    let never = unit("U-001", &["service_standard", "service_premium"]);
    assert_eq!(
        account.lines(&[never], date(2026, 3, 1)),
        ["service.credit service_standard 2026-02-01..2026-03-01 28/28 x-1 -24.90"]
    );
}

#[test]
fn in_arrears_only_the_days_that_are_over_are_charged() {
    let mut arrears = offer();
    arrears.components = vec![recurring("care", "10.00", Timing::InArrears, None)];
    let mut account = Account::with(arrears, 1);
    let units = [unit("U-001", &["care"]).starting(date(2026, 1, 17))];
    assert_eq!(
        account.lines(&units, date(2026, 2, 1)),
        ["service.charge care 2026-01-17..2026-02-01 15/31 x1 4.84"]
    );
    assert_eq!(
        account.lines(&units, date(2026, 3, 1)),
        ["service.charge care 2026-02-01..2026-03-01 28/28 x1 10.00"]
    );
}

#[test]
fn a_component_without_a_plan_ignores_plans() {
    let mut flat = offer();
    flat.components = vec![recurring("care", "10.00", Timing::InAdvance, None)];
    let units = [unit("U-001", &["care"]).starting(date(2026, 2, 1)).upgraded(date(2026, 2, 9))];
    assert_eq!(
        Account::with(flat, 1).lines(&units, date(2026, 2, 1)),
        ["service.charge care 2026-02-01..2026-03-01 28/28 x1 10.00"]
    );
}

#[test]
fn a_quantity_multiplies_the_price() {
    let mut double = started("U-001", date(2026, 2, 1));
    double.line.components.insert(crate::fleet::read("service_standard"), 3);
    let units = [double, started("U-002", date(2026, 2, 1))];
    assert_eq!(
        Account::new().lines(&units, date(2026, 2, 1)),
        [
            "service.charge service_standard 2026-02-01..2026-03-01 28/28 x1 24.90",
            "service.charge service_standard 2026-02-01..2026-03-01 28/28 x3 74.70",
        ]
    );
}

#[test]
fn the_policy_of_the_offer_decides_what_a_stub_costs() {
    for (proration, stub) in [
        (Proration::DaysHalfOpen, "18/31 x1 14.46"),
        (Proration::ThirtyDayMonth, "18/30 x1 14.94"),
        (Proration::FullPeriod, "31/31 x1 24.90"),
    ] {
        let mut account = Account::with(facts::OfferPublished { proration, ..offer() }, 1);
        let lines = account.lines(&[started("U-001", date(2026, 1, 14))], date(2026, 2, 1));
        let start = "service.charge service_standard 2026-01-14..2026-02-01";
        assert_eq!(lines[0], format!("{start} {stub}"));
    }
}

#[test]
fn a_leap_day_is_one_of_twenty_nine() {
    let units = [started("U-001", date(2028, 2, 29))];
    assert_eq!(
        Account::new().lines(&units, date(2028, 3, 1))[0],
        "service.charge service_standard 2028-02-29..2028-03-01 1/29 x1 0.86"
    );
}

#[test]
fn the_first_line_of_a_unit_says_why_it_starts() {
    let units = [started("U-001", date(2026, 1, 14)), started("U-002", date(2026, 1, 14))];
    let mut account = Account::new();
    let first = account.bill(&units, date(2026, 2, 1));
    let starts: Vec<_> = first[0].starts.iter().map(|it| it.unit.as_str()).collect();
    assert_eq!(starts, ["U-001", "U-002"]);
    assert_eq!(first[0].starts[0].start_at, noon(date(2026, 1, 14)));
    assert!(first[1].starts.is_empty());
    assert!(account.bill(&units, date(2026, 3, 1)).iter().all(|it| it.starts.is_empty()));
}

#[test]
fn a_unit_is_active_with_one_service_day() {
    let suspended = |from, to| {
        started("U-001", date(2026, 1, 14))
            .changing(from, ChangeAction::Suspend)
            .changing(to, ChangeAction::Resume)
    };
    let units = [
        started("U-001", date(2026, 2, 28)),
        started("U-002", date(2026, 3, 1)),
        suspended(date(2026, 2, 1), date(2026, 3, 1)),
        suspended(date(2026, 2, 1), date(2026, 2, 28)),
        started("U-005", date(2026, 1, 14)).returned(date(2026, 2, 1)),
        started("U-006", date(2026, 1, 14)).returned(date(2026, 2, 2)),
    ];
    let offer = offer();
    let february = Period::new(date(2026, 2, 1), date(2026, 3, 1)).unwrap();
    let contracts = contracts(&offer, &units);
    let days = contracts.iter().map(|it| service_days_in(it.timeline, &paris(), february).len());
    assert_eq!(days.collect::<Vec<_>>(), [1, 0, 0, 1, 0, 1]);
}
