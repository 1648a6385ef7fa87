//! The calculator against worked numbers, naive definitions and brute force.

mod amount;
mod bands;
mod proration;
mod decisions;
mod model;
mod models;
mod pool;
mod smart_fleet;
mod table;

use std::fmt::Debug;
use std::str::FromStr;

use facts::price::{Model, Tier, TierMode};
use kernel::Quantity;

/// Reads a value of the test's own making.
fn read<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().expect("a value written in a test")
}

/// Tiers of `(bound, price)`; `-` is an open bound.
fn scale(mode: TierMode, tiers: &[(&str, &str)]) -> Model {
    let tier = |(bound, price): &(&str, &str)| Tier {
        up_to: (*bound != "-").then(|| read(bound)),
        unit_price: read(price),
        flat: None,
    };
    Model::of_tiers(mode, tiers.iter().map(tier).collect())
}

/// A quantity with three decimals.
fn milli(thousandths: i64) -> Quantity {
    Quantity::new(rust_decimal::Decimal::new(thousandths, 3)).expect("three decimals")
}

/// What a table is asked with where the account has no attribute and the clocks agree.
fn asked<'a>(
    unit: &'a std::collections::BTreeMap<String, String>,
    event: &'a std::collections::BTreeMap<String, String>,
    local: jiff::civil::DateTime,
) -> pricing::table::Asked<'a> {
    static NOTHING: std::collections::BTreeMap<String, String> = std::collections::BTreeMap::new();
    pricing::table::Asked { unit, event, account: &NOTHING, at_device: local, at_account: local }
}
