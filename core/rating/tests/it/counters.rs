//! Whose usage fills the tiers, and for how long.

use facts::offer::ChargeRule;
use facts::price::{
    CounterReset, CounterScope, Model, Peak, Tier, TierCounter, TierMode, UsagePrice,
};
use jiff::civil::date;
use kernel::Money;
use pricing::model::Usage;
use proptest::prelude::*;

use crate::fleet::{Account, bucket, read};
use crate::split::{BILL_DAYS, Totals, add, any_arrivals, known};

/// The first 100 at 1.00 and 5.00 for entering, then 0.50.
fn hundred() -> Model {
    let tier = |up_to, price, flat| Tier { up_to, unit_price: read(price), flat };
    let tiers = vec![tier(Some(read("100")), "1", Some(read("5"))), tier(None, "0.50", None)];
    Model::of_tiers(TierMode::Graduated, tiers)
}

/// Gives a component another price, and all of its kind a counter.
fn changed(account: &mut Account, place: usize, model: Option<Model>, with: TierCounter) {
    for offer in &mut account.offers {
        let ChargeRule::Usage { price, counter, .. } = &mut offer.components[place].charge else {
            panic!("usage");
        };
        *counter = with;
        if let Some(model) = model.clone() {
            *price = UsagePrice::Model(model);
        }
    }
}

const API_CALLS: usize = 1;
const ENGINE_HOURS: usize = 3;

fn hours(with: TierCounter) -> Account {
    let mut account = Account::new();
    changed(&mut account, ENGINE_HOURS, Some(hundred()), with);
    account
}

#[test]
fn each_unit_fills_its_own_tiers() {
    let mut account = hours(TierCounter { scope: CounterScope::Unit, ..TierCounter::default() });
    let buckets = [
        bucket("U-001", "engine_hours", "2026-01-05T10:00:00Z", "130"),
        bucket("U-002", "engine_hours", "2026-01-06T10:00:00Z", "90"),
    ];
    let charges = account.bill(&buckets, date(2026, 2, 1));
    let rated = charges[0].rated.as_ref().unwrap();
    // 190 × 1 + 2 × 5 + 30 × 0.50
    assert_eq!(charges[0].amount.amount_text(), "215.00");
    let counters: Vec<_> = rated
        .counters
        .iter()
        .map(|it| format!("{} {} {}", it.of, it.before, it.quantity))
        .collect();
    assert_eq!(counters, ["U-001 0 130", "U-002 0 90"]);
}

/// The order was on 1 January: usage of the second January begins a year.
#[test]
fn a_contract_year_begins_on_the_anniversary_of_the_order() {
    let year = TierCounter { scope: CounterScope::Charge, reset: CounterReset::ContractYear };
    let mut account = hours(year);
    let buckets = [
        bucket("U-001", "engine_hours", "2026-11-05T10:00:00Z", "90"),
        bucket("U-001", "engine_hours", "2026-12-05T10:00:00Z", "20"),
        bucket("U-001", "engine_hours", "2027-01-05T10:00:00Z", "20"),
    ];
    let lines = account.lines(&buckets, date(2027, 2, 1));
    let expected = [
        "usage.charge engine_hours 2026-11 90 95.00",
        "usage.charge engine_hours 2026-12 20 15.00",
        "usage.charge engine_hours 2027-01 20 25.00",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn the_greatest_day_prices_the_month() {
    let peak = Model { peak: Some(Peak::Day), ..Model::per_unit(read("1")) };
    let mut account = Account::new();
    changed(&mut account, ENGINE_HOURS, Some(peak), TierCounter::default());
    let buckets = [
        bucket("U-001", "engine_hours", "2026-01-05T10:00:00Z", "7"),
        bucket("U-001", "engine_hours", "2026-01-06T10:00:00Z", "4"),
        bucket("U-002", "engine_hours", "2026-01-06T11:00:00Z", "5"),
        // 23:30 in Paris: still the sixth in the account's zone on the fifth of UTC.
        bucket("U-002", "engine_hours", "2026-01-05T23:30:00Z", "1"),
    ];
    let charges = account.bill(&buckets, date(2026, 2, 1));
    let rated = charges[0].rated.as_ref().unwrap();
    assert_eq!((rated.quantity, rated.peak_on), (read("10"), Some(date(2026, 1, 6))));
    assert_eq!(charges[0].units.len(), 2);
}

fn scopes() -> impl Strategy<Value = CounterScope> {
    use CounterScope::{Account, Charge, Pool, Row, Subscription, Unit};
    prop::sample::select(vec![Row, Charge, Unit, Subscription, Pool, Account])
}

fn resets() -> impl Strategy<Value = CounterReset> {
    use CounterReset::{BillPeriod, ContractYear, Never};
    prop::sample::select(vec![BillPeriod, ContractYear, Never])
}

fn counters() -> impl Strategy<Value = TierCounter> {
    (scopes(), resets()).prop_map(|(scope, reset)| TierCounter { scope, reset })
}

proptest! {
    /// Late usage moves the tiers of every later period; the invoices together do not care.
    #[test]
    fn any_split_over_invoices_gives_the_total_of_rating_at_once(
        arrivals in any_arrivals(), data in counters(), hours in counters(), reset in resets(),
    ) {
        let with_counters = || {
            let mut account = Account::new();
            changed(&mut account, 0, None, data);
            let scope = CounterScope::Unit;
            changed(&mut account, API_CALLS, None, TierCounter { scope, reset });
            changed(&mut account, ENGINE_HOURS, Some(hundred()), hours);
            account
        };
        let (mut split, mut at_once) = (Totals::new(), Totals::new());
        let mut account = with_counters();
        for (invoice, bill_day) in BILL_DAYS.into_iter().enumerate() {
            let charges = account.bill(&known(&arrivals, invoice), bill_day);
            charges.iter().for_each(|charge| add(&mut split, charge));
        }
        let all = known(&arrivals, BILL_DAYS.len());
        let charges = with_counters().bill(&all, BILL_DAYS[3]);
        charges.iter().for_each(|charge| add(&mut at_once, charge));
        split.retain(|_, (quantity, amount)| !quantity.is_zero() || amount.minor != 0);
        at_once.retain(|_, (quantity, amount)| !quantity.is_zero() || amount.minor != 0);
        prop_assert_eq!(&split, &at_once);
        let mut backwards = all;
        backwards.reverse();
        let charges = with_counters().bill(&backwards, BILL_DAYS[3]);
        let mut reversed = Totals::new();
        charges.iter().for_each(|charge| add(&mut reversed, charge));
        reversed.retain(|_, (quantity, amount)| !quantity.is_zero() || amount.minor != 0);
        prop_assert_eq!(reversed, at_once);
    }

    /// Whole quantities at prices of whole cents: no line is rounded, so the lines of all months
    /// are what their whole quantity costs.
    #[test]
    fn months_on_one_counter_cost_what_they_cost_together(
        used in prop::collection::vec((1..=2_usize, 1..=3_usize, 0_u32..200), 0..12),
        scope in prop::sample::select(vec![CounterScope::Charge, CounterScope::Account]),
    ) {
        let mut account = hours(TierCounter { scope, reset: CounterReset::Never });
        let buckets: Vec<_> = used
            .iter()
            .map(|(unit, month, quantity)| {
                let at = format!("2026-0{month}-15T10:00:00Z");
                bucket(&format!("U-00{unit}"), "engine_hours", &at, &quantity.to_string())
            })
            .collect();
        let charges = account.bill(&buckets, BILL_DAYS[3]);
        let amounts = charges.iter().map(|charge| charge.amount);
        let billed = Money::sum(kernel::Currency::EUR, amounts).unwrap();
        let whole: u32 = used.iter().map(|(_, _, quantity)| quantity).sum();
        let whole = Usage::of(kernel::Quantity::from_count(whole.into()));
        let rated = pricing::model::rate(&hundred(), whole).unwrap();
        let exact = pricing::model::exact_sum(&rated.terms).unwrap();
        prop_assert_eq!(billed.exact(), exact);
    }
}
