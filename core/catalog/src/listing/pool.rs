//! The fields of a pool. What it does not use is not listed.

use facts::pool::{
    Allocation, AllowanceProration, Overage, Pool, PoolAttribute, PoolScope, Rollover,
    RolloverLimit, Settlement,
};

use super::Fields;
use super::offer::model;

pub fn listed(pool: &Pool, fields: &mut Fields) {
    let Pool {
        included_per_active_unit,
        overage,
        included,
        proration,
        scope,
        split_by,
        rollover,
        window,
        settle,
        allocation,
    } = pool;
    fields.add_number("pool.included_per_active_unit", *included_per_active_unit);
    match overage {
        Overage::Price(price) => fields.add_number("pool.overage_price", *price),
        Overage::Model(it) => fields.nested("pool.overage", |fields| model(it, fields)),
    }
    if !included.is_zero() {
        fields.add_number("pool.included", *included);
    }
    if *proration == AllowanceProration::ByDay {
        fields.add("pool.proration", "by_day");
    }
    match scope {
        PoolScope::Charge => {}
        PoolScope::Subscription => fields.add("pool.scope", "subscription"),
        PoolScope::Account => fields.add("pool.scope", "account"),
    }
    match split_by {
        None => {}
        Some(PoolAttribute::Unit(name)) => fields.add("pool.split_by.unit", name),
        Some(PoolAttribute::Account(name)) => fields.add("pool.split_by.account", name),
    }
    if let Some(Rollover { periods, limit }) = rollover {
        fields.add("pool.rollover.periods", periods);
        match limit {
            None => {}
            Some(RolloverLimit::Quantity(most)) => {
                fields.add_number("pool.rollover.limit.quantity", *most);
            }
            Some(RolloverLimit::Share(share)) => {
                fields.add_number("pool.rollover.limit.share", *share);
            }
        }
    }
    fields.add_option("pool.window", window.as_ref());
    if *settle == Settlement::AtEndOfWindow {
        fields.add("pool.settle", "at_end_of_window");
    }
    if *allocation == Allocation::ByUsage {
        fields.add("pool.allocation", "by_usage");
    }
}
