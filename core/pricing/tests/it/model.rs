//! Tiers by themselves. What else a model can say is in `models`, pools are in `pool`.

use facts::charge::TierShare;
use facts::price::{Model, Tier, TierMode};
use kernel::rejection::Rejection;
use kernel::{Exact, Overflow, Quantity, UnitPrice};
use pricing::amount::terms_of;
use pricing::check::model as check;
use pricing::model::Usage;
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;

use crate::{milli, read, scale};

/// Bounds and prices.
type Tiers = &'static [(&'static str, &'static str)];

/// How a quantity falls on the tiers.
fn rate(of: &Model, quantity: Quantity) -> Result<Vec<TierShare>, Overflow> {
    pricing::model::rate(of, Usage::of(quantity)).map(|rated| rated.tiers)
}

/// The shares as text: `over..up_to quantity @price`.
fn shown(shares: &[TierShare]) -> Vec<String> {
    let one = |it: &TierShare| {
        let up_to = it.up_to.map_or_else(|| "-".to_owned(), |bound| bound.to_string());
        format!("{}..{up_to} {} @{}", it.over, it.quantity, it.unit_price)
    };
    shares.iter().map(one).collect()
}

/// The exact price of the shares.
fn value(shares: &[TierShare]) -> Exact {
    terms_of(shares).expect("small shares").iter().fold(Exact::ZERO, |sum, term| {
        sum.plus(term.exact().expect("a small term")).expect("a small sum")
    })
}

fn exact(text: &str) -> Exact {
    read::<UnitPrice>(text).exact()
}

#[test]
fn graduated_tiers_are_filled_one_after_the_other() {
    let of = scale(TierMode::Graduated, &[("100", "0"), ("200", "2"), ("-", "1.5")]);
    let table: [(&str, &[&str]); 6] = [
        ("0", &["0..100 0 @0"]),
        ("0.001", &["0..100 0.001 @0"]),
        ("100", &["0..100 100 @0"]),
        ("100.5", &["0..100 100 @0", "100..200 0.5 @2"]),
        ("200", &["0..100 100 @0", "100..200 100 @2"]),
        ("1000", &["0..100 100 @0", "100..200 100 @2", "200..- 800 @1.5"]),
    ];
    for (quantity, expected) in table {
        assert_eq!(shown(&rate(&of, read(quantity)).unwrap()), expected, "{quantity}");
    }
}

#[test]
fn a_volume_is_priced_by_the_one_tier_that_contains_it() {
    let tiers = [("10000", "0.0060"), ("25000", "0.0050"), ("32000", "0.0045"), ("-", "0.0036")];
    let of = scale(TierMode::Volume, &tiers);
    let table = [
        ("0", "0..10000 0 @0.0060"),
        ("10000", "0..10000 10000 @0.0060"),
        ("10001", "10000..25000 10001 @0.0050"),
        ("25000", "10000..25000 25000 @0.0050"),
        ("25322", "25000..32000 25322 @0.0045"),
        ("32001", "32000..- 32001 @0.0036"),
    ];
    for (quantity, expected) in table {
        assert_eq!(shown(&rate(&of, read(quantity)).unwrap()), [expected], "{quantity}");
    }
}

/// T-C1 and T-C2 of `reference/commercial-systems.md` §2.4, and its two examples of overage and
/// of a billing period.
#[test]
fn the_reference_examples_come_out() {
    const C1: Tiers = &[("100", "0"), ("-", "2")];
    const C2: Tiers =
        &[("500", "0"), ("1000", "0.10"), ("3000", "0.08"), ("10000", "0.06"), ("-", "0.15")];
    const ON_DEMAND: Tiers = &[("10", "2"), ("20", "3"), ("-", "5")];
    const OVERAGE: Tiers = &[("500", "0"), ("-", "0.50")];
    let table: [(Tiers, &str, &str); 4] =
        [(C1, "130", "60"), (C2, "12000", "930"), (ON_DEMAND, "15", "35"), (OVERAGE, "512", "6")];
    for (tiers, quantity, expected) in table {
        let of = scale(TierMode::Graduated, tiers);
        assert_eq!(value(&rate(&of, read(quantity)).unwrap()), exact(expected), "{quantity}");
    }
}

#[test]
fn what_no_tier_contains_is_refused() {
    for mode in [TierMode::Graduated, TierMode::Volume] {
        let open = scale(mode, &[("10", "1"), ("-", "1")]);
        assert_eq!(rate(&open, read("-0.001")), Err(Overflow), "negative");
        let closed = scale(mode, &[("10", "1")]);
        assert_eq!(rate(&closed, read("10.001")), Err(Overflow), "above the last bound");
        assert_eq!(rate(&scale(mode, &[]), Quantity::ZERO), Err(Overflow), "no tier");
    }
}

#[test]
fn a_scale_that_cannot_price_every_quantity_is_refused() {
    let table: [(Tiers, &[&str]); 9] = [
        (&[("-", "0")], &[]),
        (&[("0.001", "1"), ("5", "0"), ("-", "2")], &[]),
        (&[], &["price-no-tiers"]),
        (&[("0", "1"), ("-", "1")], &["price-tier-order"]),
        (&[("-5", "1"), ("-", "1")], &["price-tier-order"]),
        (&[("10", "1"), ("10", "1"), ("-", "1")], &["price-tier-order"]),
        (&[("10", "1"), ("-", "1"), ("-", "1")], &["price-tier-open"]),
        (&[("10", "1")], &["price-tier-closed"]),
        (
            &[("10", "-0.1"), ("9", "1")],
            &["price-negative", "price-tier-order", "price-tier-closed"],
        ),
    ];
    for (tiers, expected) in table {
        let faults = check(&scale(TierMode::Volume, tiers));
        let codes: Vec<_> = faults.iter().map(Rejection::code).collect();
        assert_eq!(codes, expected, "{tiers:?}");
    }
    let order = check(&scale(TierMode::Volume, &[("10", "1"), ("9.5", "1"), ("-", "1")]));
    let text = "tier 2 of `scale` ends at 9.5; it must end above 10, where it begins";
    assert_eq!(order[0].to_string(), text);
}

prop_compose! {
    /// A scale that can be published: rising bounds, the last open.
    fn scales(mode: TierMode)(
        bounds in btree_set(1_i64..100_000, 0..6),
        prices in vec(0_i64..1_000_000, 6),
    ) -> Model {
        let bounds = bounds.into_iter().map(|bound| Some(milli(bound))).chain([None]);
        let price = |units| UnitPrice::new(rust_decimal::Decimal::new(units, 4)).expect("a price");
        let tier = |(up_to, units)| Tier { up_to, unit_price: price(units), flat: None };
        Model::of_tiers(mode, bounds.zip(prices).map(tier).collect())
    }
}

fn any_scale() -> impl Strategy<Value = Model> {
    prop_oneof![scales(TierMode::Graduated), scales(TierMode::Volume)]
}

/// Bounds that may be anything, for the verdict of `check`.
fn wild_tiers() -> impl Strategy<Value = Vec<Tier>> {
    let tier = (proptest::option::of(-3_i64..9), -1_i64..3);
    let tier = tier.prop_map(|(bound, price)| Tier {
        up_to: bound.map(milli),
        unit_price: UnitPrice::new(price.into()).expect("a price"),
        flat: None,
    });
    vec(tier, 0..4)
}

fn sum(parts: impl IntoIterator<Item = Quantity>) -> Quantity {
    parts.into_iter().fold(Quantity::ZERO, |sum, part| sum.plus(part).expect("a small sum"))
}

/// What is left of a scale above `used`.
fn after(of: &Model, used: Quantity) -> Model {
    let left = |bound: Quantity| bound.minus(used).expect("a small bound");
    let tiers = of.tiers.iter().map(|it| Tier { up_to: it.up_to.map(left), ..it.clone() });
    let tiers = tiers.filter(|it| it.up_to.is_none_or(|bound| bound > Quantity::ZERO));
    Model::of_tiers(of.mode, tiers.collect())
}

/// Quantity by upper bound, without the tiers that hold nothing; bounds moved up by `used`.
fn by_bound(shares: &[TierShare], used: Quantity) -> Vec<(Option<Quantity>, Quantity)> {
    let moved = |bound: Quantity| bound.plus(used).expect("a small bound");
    let filled = shares.iter().filter(|it| !it.quantity.is_zero());
    filled.map(|it| (it.up_to.map(moved), it.quantity)).collect()
}

/// Adds two lists of [`by_bound`], the first below the second.
fn joined(
    mut first: Vec<(Option<Quantity>, Quantity)>,
    second: Vec<(Option<Quantity>, Quantity)>,
) -> Vec<(Option<Quantity>, Quantity)> {
    for (bound, quantity) in second {
        match first.last_mut().filter(|last| last.0 == bound) {
            Some(last) => last.1 = sum([last.1, quantity]),
            None => first.push((bound, quantity)),
        }
    }
    first
}

proptest! {
    #[test]
    fn the_parts_sum_to_the_whole(of in any_scale(), quantity in 0_i64..200_000) {
        let shares = rate(&of, milli(quantity)).unwrap();
        prop_assert_eq!(sum(shares.iter().map(|it| it.quantity)), milli(quantity));
        prop_assert!(!shares.is_empty());
        let in_bounds = |it: &TierShare| of.tiers.iter().any(|tier| tier.up_to == it.up_to);
        prop_assert!(shares.iter().all(in_bounds));
    }

    #[test]
    fn a_and_then_b_is_a_plus_b(
        of in scales(TierMode::Graduated), a in 0_i64..120_000, b in 0_i64..120_000,
    ) {
        let (a, b) = (milli(a), milli(b));
        let whole = rate(&of, a.plus(b).unwrap()).unwrap();
        let first = rate(&of, a).unwrap();
        let second = rate(&after(&of, a), b).unwrap();
        let parts = joined(by_bound(&first, Quantity::ZERO), by_bound(&second, a));
        prop_assert_eq!(by_bound(&whole, Quantity::ZERO), parts);
        prop_assert_eq!(value(&whole), value(&first).plus(value(&second)).unwrap());
    }

    #[test]
    fn the_order_of_events_does_not_matter(
        of in any_scale(),
        (events, shuffled) in vec(0_i64..30_000, 0..8)
            .prop_flat_map(|events| (Just(events.clone()), Just(events).prop_shuffle())),
    ) {
        let rated = |list: Vec<i64>| rate(&of, sum(list.into_iter().map(milli))).unwrap();
        prop_assert_eq!(shown(&rated(events)), shown(&rated(shuffled)));
    }

    #[test]
    fn a_volume_has_exactly_one_tier(
        of in scales(TierMode::Volume), quantity in 0_i64..200_000,
    ) {
        let quantity = milli(quantity);
        let shares = rate(&of, quantity).unwrap();
        prop_assert_eq!(shares.len(), 1);
        let contains = |it: &TierShare| {
            let above = quantity > it.over || it.over.is_zero();
            above && it.up_to.is_none_or(|bound| quantity <= bound)
        };
        prop_assert!(contains(&shares[0]));
    }

    #[test]
    fn a_bound_belongs_to_the_tier_that_it_ends(of in any_scale()) {
        for bound in of.tiers.iter().filter_map(|tier| tier.up_to) {
            let shares = rate(&of, bound).unwrap();
            prop_assert_eq!(shares.last().and_then(|last| last.up_to), Some(bound));
            let above = rate(&of, bound.plus(milli(1)).unwrap()).unwrap();
            prop_assert_eq!(above.last().map(|last| last.over), Some(bound));
        }
    }

    #[test]
    fn what_may_be_published_prices_every_quantity(of in any_scale()) {
        prop_assert_eq!(check(&of), []);
    }

    #[test]
    fn check_agrees_with_its_definition(tiers in wild_tiers()) {
        let bounds: Vec<_> = tiers.iter().map(|tier| tier.up_to).collect();
        let last_open = bounds.last().is_some_and(Option::is_none);
        let others: Option<Vec<_>> = bounds.iter().rev().skip(1).rev().copied().collect();
        let rising = others.is_some_and(|list| {
            list.iter().all(|bound| *bound > Quantity::ZERO)
                && list.windows(2).all(|pair| pair[0] < pair[1])
        });
        let prices = tiers.iter().all(|tier| !tier.unit_price.is_negative());
        let faults = check(&Model::of_tiers(TierMode::Graduated, tiers));
        prop_assert_eq!(faults.is_empty(), last_open && rising && prices, "{:?}", faults);
    }
}
