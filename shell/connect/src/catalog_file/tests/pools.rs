//! Pools, as a person writes them.

use facts::offer::ChargeRule;
use facts::pool::{
    Allocation, AllowanceProration, Overage, Pool, PoolAttribute, PoolScope, Rollover,
    RolloverLimit, Settlement,
};
use facts::price::{Model, Tier, TierMode, UsagePrice};

use super::{lines, read};

/// A file with one pool, on line 14.
fn file(pool: &str) -> String {
    format!(
        "offers:
  - code: o
    effective_from: 2026-01-01
    name: {{en: O, fr: O}}
    currency: EUR
    units: {{min: 1, default: 1, max: 9}}
    start: {{first_of: [delivered]}}
    components:
      - code: u
        name: {{en: U, fr: U}}
        kind: usage
        nature: services
        charge: {{usage: {{meter: m, price: {{
          pool: {pool}}}}}}}
"
    )
}

fn pool(text: &str) -> Pool {
    let read = read("c.yaml", &file(text)).map_err(|faults| lines(&faults)).unwrap();
    match &read.definitions.offers[0].components[0].charge {
        ChargeRule::Usage { price: UsagePrice::Pool(pool), .. } => pool.clone(),
        other => panic!("{other:?}"),
    }
}

fn said(text: &str) -> String {
    lines(&read("c.yaml", &file(text)).unwrap_err())
}

#[test]
fn a_pool_without_settings_is_that_of_before() {
    let usual = Pool::dynamic("20".parse().unwrap(), "0.05".parse().unwrap());
    assert_eq!(pool("{included_per_active_unit: 20, overage_price: 0.05}"), usual);
}

#[test]
fn every_setting_of_a_pool_can_be_written() {
    let tier = Tier { up_to: None, unit_price: "0.01".parse().unwrap(), flat: None };
    let overage = Model::of_tiers(TierMode::Graduated, vec![tier]);
    let written = "{included: 500, included_per_active_unit: 20.5, proration: by_day, \
                   scope: account, split_by: {unit: region}, \
                   rollover: {periods: 2, limit: {share: 50}}, \
                   overage: {graduated: [{unit_price: 0.01}]}, allocation: by_usage}";
    let limit = Some(RolloverLimit::Share("50".parse().unwrap()));
    let expected = Pool {
        included_per_active_unit: "20.5".parse().unwrap(),
        overage: Overage::Model(Box::new(overage)),
        included: "500".parse().unwrap(),
        proration: AllowanceProration::ByDay,
        scope: PoolScope::Account,
        split_by: Some(PoolAttribute::Unit("region".to_owned())),
        rollover: Some(Rollover { periods: 2, limit }),
        window: None,
        settle: Settlement::default(),
        allocation: Allocation::ByUsage,
    };
    assert_eq!(pool(written), expected);
    let other = "{included: 1, scope: subscription, split_by: {account: segment}, \
                 rollover: {periods: 1, limit: {quantity: 0.5}}, overage_price: 1}";
    let limit = Some(RolloverLimit::Quantity("0.5".parse().unwrap()));
    assert_eq!(pool("{included: 1, window: 3, overage_price: 1}").window, Some(3));
    let at_end = pool("{included: 1, window: 3, settle: at_end_of_window, overage_price: 1}");
    assert_eq!((at_end.window, at_end.settle), (Some(3), Settlement::AtEndOfWindow));
    assert_eq!(pool(other).rollover, Some(Rollover { periods: 1, limit }));
    assert_eq!(pool(other).split_by, Some(PoolAttribute::Account("segment".to_owned())));
}

#[test]
fn what_is_wrong_in_a_pool_is_said_where_it_stands() {
    for (written, place, reason) in [
        (
            "{included: 1}",
            "c.yaml:9",
            "exactly one of these is needed here: overage_price, overage",
        ),
        (
            "{overage_price: 1, overage: {per_unit: 1}}",
            "c.yaml:14",
            "exactly one of these is needed here: overage_price, overage",
        ),
        (
            "{overage: {table: {dimensions: [], rows: []}}}",
            "c.yaml",
            "`table` is not possible here",
        ),
        ("{overage_price: 1, proration: daily}", "c.yaml:14", "one of: whole, by_day"),
        ("{overage_price: 1, scope: pool}", "c.yaml:14", "charge, subscription, account"),
        ("{overage_price: 1, allocation: none}", "c.yaml:14", "one of: by_excess, by_usage"),
        ("{overage_price: 1, rollover: {periods: -1}}", "c.yaml:14", "whole number"),
        ("{overage_price: 1, settle: late}", "c.yaml:14", "one of: as_it_occurs, at_end_of_window"),
        ("{overage_price: 1, rolls: 1}", "c.yaml:14", "rolls"),
    ] {
        let said = said(written);
        assert!(said.contains(place) && said.contains(reason), "{written}: {said}");
    }
}
