//! First charges, and the difference on later invoices.

use facts::usage::Bucket;
use jiff::civil::date;

use crate::fleet::{Account, bucket};

const FEBRUARY: &str = "2026-02-10T10:00:00Z";
const JANUARY: &str = "2026-01-20T10:00:00Z";

fn used(meter: &str, quarter_at: &str, quantity: &str) -> Vec<Bucket> {
    vec![bucket("U-001", meter, quarter_at, quantity)]
}

#[test]
fn late_calls_that_make_a_volume_cheaper_give_money_back() {
    let mut account = Account::new();
    let mut calls = used("api_calls", FEBRUARY, "24930");
    assert_eq!(
        account.lines(&calls, date(2026, 3, 1)),
        ["usage.charge api_calls 2026-02 24930 124.65"]
    );
    calls.push(bucket("U-002", "api_calls", FEBRUARY, "392"));
    let charges = account.bill(&calls, date(2026, 4, 1));
    assert_eq!(crate::fleet::shown(&charges[0]), "usage.adjustment api_calls 2026-02 392 -10.70");
    let rated = charges[0].rated.as_ref().unwrap();
    assert_eq!(rated.quantity.to_string(), "25322");
    assert_eq!(rated.amount.amount_text(), "113.95");
    assert_eq!(rated.billed_before.amount_text(), "124.65");
    assert_eq!(charges[0].unit_price.unwrap().to_string(), "0.0045");
}

#[test]
fn late_data_is_priced_in_the_tier_that_it_falls_in() {
    let mut account = Account::new();
    let mut data = used("data_mb", JANUARY, "7240.397");
    assert_eq!(
        account.lines(&data, date(2026, 2, 1)),
        ["usage.charge data_mb 2026-01 R01 7240.397 126.61"]
    );
    data.push(bucket("U-002", "data_mb", JANUARY, "416.244"));
    data.push(bucket("U-001", "data_mb", FEBRUARY, "27721.852"));
    assert_eq!(
        account.lines(&data, date(2026, 3, 1)),
        [
            "usage.adjustment data_mb 2026-01 R01 416.244 6.24",
            "usage.charge data_mb 2026-02 R01 27721.852 392.66",
        ]
    );
}

#[test]
fn the_sum_of_charge_and_adjustment_is_rounded_once() {
    let mut account = Account::new();
    let mut hours = used("engine_hours", JANUARY, "2421.65");
    assert_eq!(
        account.lines(&hours, date(2026, 2, 1)),
        ["usage.charge engine_hours 2026-01 2421.65 50.85"]
    );
    hours.push(bucket("U-002", "engine_hours", JANUARY, "50.01"));
    assert_eq!(
        account.lines(&hours, date(2026, 3, 1)),
        ["usage.adjustment engine_hours 2026-01 50.01 1.05"]
    );
    assert_eq!(
        account.lines(&used("engine_hours", "2026-03-20T10:00:00Z", "10909.50"), date(2026, 4, 1)),
        [
            "usage.adjustment engine_hours 2026-01 -2471.66 -51.90",
            "usage.charge engine_hours 2026-03 10909.5 229.10",
        ]
    );
}

#[test]
fn when_nothing_changed_there_is_no_line() {
    let mut account = Account::new();
    let calls = used("api_calls", JANUARY, "100");
    assert_eq!(account.lines(&calls, date(2026, 2, 1)).len(), 1);
    assert!(account.lines(&calls, date(2026, 3, 1)).is_empty());
    assert!(Account::new().lines(&[], date(2026, 3, 1)).is_empty());
}

#[test]
fn usage_that_moved_is_given_back_where_it_was_billed() {
    let mut account = Account::new();
    account.bill(&used("engine_hours", JANUARY, "30"), date(2026, 2, 1));
    let mut moved = used("engine_hours", JANUARY, "12.5");
    moved.push(bucket("U-001", "engine_hours", FEBRUARY, "17.5"));
    assert_eq!(
        account.lines(&moved, date(2026, 3, 1)),
        [
            "usage.adjustment engine_hours 2026-01 -17.5 -0.37",
            "usage.charge engine_hours 2026-02 17.5 0.37",
        ]
    );
}

#[test]
fn usage_that_vanished_is_given_back_in_full() {
    let mut account = Account::new();
    account.bill(&used("api_calls", JANUARY, "100"), date(2026, 2, 1));
    let charges = account.bill(&[], date(2026, 3, 1));
    assert_eq!(crate::fleet::shown(&charges[0]), "usage.adjustment api_calls 2026-01 -100 -0.60");
    assert!(charges[0].units.is_empty());
    assert!(account.lines(&[], date(2026, 4, 1)).is_empty());
}

#[test]
fn usage_of_a_billed_period_is_an_adjustment_even_when_none_was_billed() {
    let mut account = Account::new();
    account.billed.last_issued_on = Some(date(2026, 2, 1));
    assert_eq!(
        account.lines(&used("api_calls", JANUARY, "100"), date(2026, 3, 1)),
        ["usage.adjustment api_calls 2026-01 100 0.60"]
    );
}

#[test]
fn a_period_is_rated_once_it_is_over() {
    let calls = used("api_calls", JANUARY, "100");
    for (issued_on, lines) in
        [(date(2026, 1, 31), 0), (date(2026, 2, 1), 1), (date(2026, 2, 20), 1)]
    {
        assert_eq!(Account::new().lines(&calls, issued_on).len(), lines, "{issued_on}");
    }
}

#[test]
fn the_zone_of_the_account_decides_the_period() {
    let late = used("api_calls", "2026-01-31T22:45:00Z", "7");
    let next = used("api_calls", "2026-01-31T23:00:00Z", "5");
    assert_eq!(
        Account::new().lines(&[late, next].concat(), date(2026, 3, 1)),
        ["usage.charge api_calls 2026-01 7 0.04", "usage.charge api_calls 2026-02 5 0.03",]
    );
}

#[test]
fn a_pool_grows_with_the_active_units_and_its_overage_is_charged() {
    for (active_units, messages, amount) in
        [(34, "455", "0.00"), (48, "1473", "25.65"), (48, "960", "0.00"), (0, "3", "0.15")]
    {
        let mut account = Account { active_units, ..Account::new() };
        assert_eq!(
            account.lines(&used("sms", JANUARY, messages), date(2026, 2, 1)),
            [format!("usage.charge sms 2026-01 {messages} {amount}")]
        );
    }
}

#[test]
fn a_pool_explains_its_allowance() {
    let mut account = Account { active_units: 48, ..Account::new() };
    let charges = account.bill(&used("sms", JANUARY, "1473"), date(2026, 2, 1));
    let rated = charges[0].rated.as_ref().unwrap();
    let pool = rated.pool.as_ref().unwrap();
    assert_eq!((pool.active_units, pool.allowance.to_string().as_str()), (48, "960"));
    assert_eq!(rated.tiers[0].quantity.to_string(), "513");
    assert_eq!(charges[0].quantity.to_string(), "1473");
}

#[test]
fn an_allowance_that_changes_later_changes_the_amount_alone() {
    let mut account = Account { active_units: 48, ..Account::new() };
    let messages = used("sms", JANUARY, "1473");
    account.bill(&messages, date(2026, 2, 1));
    account.active_units = 47;
    assert_eq!(account.lines(&messages, date(2026, 3, 1)), ["usage.adjustment sms 2026-01 0 1.00"]);
}
