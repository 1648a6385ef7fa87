//! The calculator against worked numbers, naive definitions and brute force.

mod amount;
mod bands;
mod proration;
mod scale;
mod smart_fleet;
mod table;

use std::fmt::Debug;
use std::str::FromStr;

use facts::price::{Scale, Tier, TierMode};
use kernel::Quantity;

/// Reads a value of the test's own making.
fn read<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().expect("a value written in a test")
}

/// A scale of `(bound, price)`; `-` is an open bound.
fn scale(mode: TierMode, tiers: &[(&str, &str)]) -> Scale {
    let tier = |(bound, price): &(&str, &str)| Tier {
        up_to: (*bound != "-").then(|| read(bound)),
        unit_price: read(price),
    };
    Scale { mode, tiers: tiers.iter().map(tier).collect() }
}

/// A quantity with three decimals.
fn milli(thousandths: i64) -> Quantity {
    Quantity::new(rust_decimal::Decimal::new(thousandths, 3)).expect("three decimals")
}
