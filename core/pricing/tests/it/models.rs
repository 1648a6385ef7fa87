//! Every model of the field, by its published formula, and against a second implementation that is
//! written from the definitions and knows nothing of shares.

use facts::charge::{Limit, Term};
use facts::price::{AtZero, Bounds, EventFee, Model, Package, Tier, TierMode};
use kernel::rejection::Rejection;
use kernel::{Exact, Overflow, Quantity, UnitPrice};
use pricing::model::{Rated, Usage, exact_sum, rate, rate_after};
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;

use crate::{milli, read};

/// `(bound, price, flat)`; `-` for an open bound, and for none.
type Tiers<'a> = &'a [(&'a str, &'a str, &'a str)];

fn model(mode: TierMode, tiers: Tiers<'_>) -> Model {
    let given = |text: &str| (text != "-").then(|| text.to_owned());
    let tier = |(up_to, price, flat): &(&str, &str, &str)| Tier {
        up_to: given(up_to).map(|it| read(&it)),
        unit_price: read(price),
        flat: given(flat).map(|it| read(&it)),
    };
    Model::of_tiers(mode, tiers.iter().map(tier).collect())
}

fn used(quantity: &str, events: i64) -> Usage {
    Usage { quantity: read(quantity), events }
}

fn cost(rated: &Rated) -> Exact {
    exact_sum(&rated.terms).expect("a small sum")
}

/// The terms as text: `812 × 0.02 + 1 × 5 = 21.24`.
fn shown(rated: &Rated) -> String {
    let term = |it: &Term| format!("{} × {}", it.quantity, it.unit_price);
    let terms: Vec<_> = rated.terms.iter().map(term).collect();
    format!("{} = {}", terms.join(" + "), cost(rated))
}

fn rated(model: &Model, quantity: &str, events: i64) -> String {
    assert_eq!(pricing::check::model(model), []);
    shown(&rate(model, used(quantity, events)).expect("a quantity with a price"))
}

use TierMode::{Graduated, Volume};

#[test]
fn flat_and_zero_usage() {
    let flat = Model::flat(read("50"));
    assert_eq!(rated(&flat, "812", 1), "1 × 50 = 50");
    assert_eq!(rated(&flat, "0", 0), "0 × 0 = 0", "nothing was used");
    let always = Model { at_zero: AtZero::Flat, ..flat };
    assert_eq!(rated(&always, "0", 0), "1 × 50 = 50", "due without use");
}

#[test]
fn per_unit_to_the_last_decimal() {
    let price = Model::per_unit(read("0.000000000001"));
    assert_eq!(rated(&price, "0.5", 1), "0.5 × 0.000000000001 = 0.000000000000…");
    assert_eq!(rated(&Model::per_unit(read("0.02")), "812.5", 3), "812.5 × 0.02 = 16.25");
}

/// A flat fee for each entered tier, as peers charge it; the first one at 0 only when it is said.
#[test]
fn graduated_with_a_fee_for_each_tier() {
    let of = model(Graduated, &[("10", "1", "5"), ("20", "0.5", "3"), ("-", "0.1", "-")]);
    assert_eq!(rated(&of, "0", 0), "0 × 1 = 0");
    assert_eq!(rated(&of, "10", 1), "10 × 1 + 1 × 5 = 15");
    assert_eq!(rated(&of, "10.5", 1), "10 × 1 + 1 × 5 + 0.5 × 0.5 + 1 × 3 = 18.25");
    assert_eq!(rated(&of, "30", 1), "10 × 1 + 1 × 5 + 10 × 0.5 + 1 × 3 + 10 × 0.1 = 24");
    let at_zero = Model { at_zero: AtZero::Flat, ..of };
    assert_eq!(rated(&at_zero, "0", 0), "0 × 1 + 1 × 5 = 5");
}

#[test]
fn a_bound_that_is_excluded_belongs_to_the_next_tier() {
    let of = model(Volume, &[("100", "2", "-"), ("-", "1", "-")]);
    assert_eq!(rated(&of, "100", 1), "100 × 2 = 200");
    let excluded = Model { bounds: Bounds::Excluded, ..of };
    assert_eq!(rated(&excluded, "99.999", 1), "99.999 × 2 = 199.998");
    assert_eq!(rated(&excluded, "100", 1), "100 × 1 = 100");
    let entered = model(Graduated, &[("100", "2", "-"), ("-", "1", "7")]);
    let entered = Model { bounds: Bounds::Excluded, ..entered };
    assert_eq!(rated(&entered, "100", 1), "100 × 2 + 0 × 1 + 1 × 7 = 207");
}

#[test]
fn stairstep_is_the_fee_of_the_tier_that_is_reached() {
    let of = model(Volume, &[("10", "0", "20"), ("50", "0", "75"), ("-", "0", "120")]);
    assert_eq!(rated(&of, "10", 1), "1 × 20 = 20");
    assert_eq!(rated(&of, "10.001", 1), "1 × 75 = 75");
    assert_eq!(rated(&of, "9000", 1), "1 × 120 = 120");
}

/// Free units come off first; a package that is begun costs a whole one.
#[test]
fn packages_are_rounded_up() {
    let of = model(Graduated, &[("-", "8", "-")]);
    let of = Model { included: read("100"), package: Some(Package { size: read("1000") }), ..of };
    assert_eq!(rated(&of, "100", 1), "0 × 8 = 0");
    assert_eq!(rated(&of, "100.001", 1), "1 × 8 = 8");
    assert_eq!(rated(&of, "1100", 1), "1 × 8 = 8");
    assert_eq!(rated(&of, "1100.001", 1), "2 × 8 = 16");
    let halves =
        Model { included: Quantity::ZERO, package: Some(Package { size: read("0.5") }), ..of };
    assert_eq!(rated(&halves, "1.2", 1), "3 × 8 = 24");
}

/// 2.9 % and 0.30 for each transaction, the first two and the first 100.00 free.
#[test]
fn percentage() {
    let of = Model {
        included: read("100"),
        per_event: Some(EventFee { price: read("0.30"), free: 2 }),
        ..model(Graduated, &[("-", "0.029", "-")])
    };
    assert_eq!(rated(&of, "1100", 12), "1000 × 0.029 + 10 × 0.30 = 32");
    assert_eq!(rated(&of, "100", 2), "0 × 0.029 + 0 × 0.30 = 0");
    let limited = Model { floor: Some(read("5")), cap: Some(read("30")), ..of };
    assert_eq!(rated(&limited, "1100", 12), "1 × 30 = 30");
    assert_eq!(rated(&limited, "101", 1), "1 × 5 = 5");
    assert_eq!(rated(&limited, "0", 0), "0 × 0.029 + 0 × 0.30 = 0", "no floor without use");
    assert_eq!(rated(&limited, "1000", 2), "900 × 0.029 + 0 × 0.30 = 26.1");
}

#[test]
fn graduated_percentage() {
    let of = model(Graduated, &[("1000", "0.03", "1"), ("-", "0.02", "2")]);
    assert_eq!(rated(&of, "1500", 3), "1000 × 0.03 + 1 × 1 + 500 × 0.02 + 1 × 2 = 43");
}

/// The published figures of `reference/commercial-systems.md` §2.4.
#[test]
fn the_published_examples_come_out() {
    let overage = Model { included: read("500"), ..model(Graduated, &[("-", "0.50", "-")]) };
    assert_eq!(rated(&overage, "512", 1), "12 × 0.50 = 6");
    let c1 = model(Graduated, &[("100", "0", "-"), ("-", "2", "-")]);
    assert_eq!(rated(&c1, "130", 1), "100 × 0 + 30 × 2 = 60");
    let c2 = [("500", "0", "-"), ("1000", "0.10", "-"), ("3000", "0.08", "-")];
    let c2 = [c2.as_slice(), &[("10000", "0.06", "-"), ("-", "0.15", "-")]].concat();
    let c2 = model(Graduated, &c2);
    assert_eq!(cost(&rate(&c2, used("12000", 1)).unwrap()), Exact::from_integer(930));
    let peak = Model::per_unit(read("1"));
    assert_eq!(rated(&peak, "1.12", 1), "1.12 × 1 = 1.12");
    let on_demand = model(Graduated, &[("10", "2", "-"), ("20", "3", "-"), ("-", "5", "-")]);
    assert_eq!(rated(&on_demand, "15", 3), "10 × 2 + 5 × 3 = 35");
    // The trap of that page: a second run in the month goes on where the first stopped.
    let first = rate(&on_demand, used("8", 2)).unwrap();
    let rest = rate_after(&on_demand, used("8", 2), used("7", 1)).unwrap();
    assert_eq!((shown(&first), shown(&rest)), ("8 × 2 = 16".into(), "2 × 2 + 5 × 3 = 19".into()));
    let late = [("100", "10", "-"), ("200", "9", "-"), ("-", "8", "-")];
    let late = model(Volume, &late);
    let after = |before, added| cost(&rate_after(&late, used(before, 1), used(added, 1)).unwrap());
    assert_eq!(after("90", "20"), Exact::from_integer(90));
    assert_eq!(after("95", "8"), Exact::from_integer(-23));
}

#[test]
fn a_limit_that_held_before_is_taken_back() {
    let of = Model { cap: Some(read("30")), floor: Some(read("5")), ..Model::per_unit(read("1")) };
    let after = |before, added| rate_after(&of, used(before, 1), used(added, 1)).unwrap();
    assert_eq!(shown(&after("2", "8")), "10 × 1 + -1 × 5 = 5");
    assert_eq!(shown(&after("10", "25")), "1 × 30 + -10 × 1 = 20");
    assert_eq!(shown(&after("40", "25")), "1 × 30 + -1 × 30 = 0");
    let limits: Vec<_> = after("2", "40").limits.iter().map(|it| (it.limit, it.times)).collect();
    assert_eq!(limits, [(Limit::Cap, 1), (Limit::Floor, -1)]);
}

#[test]
fn a_model_that_contradicts_itself_is_refused() {
    let codes = |model: Model| -> Vec<&str> {
        pricing::check::model(&model).iter().map(Rejection::code).collect()
    };
    let plain = || Model::per_unit(read("1"));
    let price = |text| Some(read::<UnitPrice>(text));
    assert_eq!(codes(Model { included: read("-1"), ..plain() }), ["price-negative-included"]);
    let package = Some(Package { size: Quantity::ZERO });
    assert_eq!(codes(Model { package, ..plain() }), ["price-package-size"]);
    let (floor, cap) = (price("2"), price("1"));
    assert_eq!(codes(Model { floor, cap, ..plain() }), ["price-floor-above-cap"]);
    assert_eq!(codes(Model { floor: price("-1"), ..plain() }), ["price-negative"]);
    assert_eq!(codes(Model { at_zero: AtZero::Flat, ..plain() }), ["price-no-flat-at-zero"]);
    assert_eq!(codes(Model::flat(read("-1"))), ["price-negative"]);
}

#[test]
fn what_does_not_fit_is_refused_and_never_wraps() {
    let most: Quantity = read("79228162514264337593543950335");
    let huge = Usage::of(most);
    let doubled = Model { cap: Some(read("1")), ..Model::per_unit(read("79228162514264337593")) };
    assert_eq!(rate(&doubled, huge), Err(Overflow));
    let dust = Some(Package { size: read("0.000000001") });
    assert_eq!(rate(&Model { package: dust, ..Model::per_unit(read("1")) }, huge), Err(Overflow));
    assert_eq!(rate_after(&Model::per_unit(read("1")), huge, huge), Err(Overflow));
    let events = |events| Usage { quantity: Quantity::ZERO, events };
    let plain = Model::per_unit(read("1"));
    assert_eq!(rate_after(&plain, events(i64::MAX), events(1)), Err(Overflow));
    assert_eq!(rate(&plain, events(-1)), Err(Overflow));
}

// --- a second implementation ---

fn fraction(above: i128, below: i128) -> Exact {
    Exact::ratio(above, below).expect("small numbers")
}

fn plus(a: Exact, b: Exact) -> Exact {
    a.plus(b).expect("small numbers")
}

fn product(a: Exact, b: Exact) -> Exact {
    a.times(b).expect("small numbers")
}

fn ceiling(value: Exact) -> Exact {
    let whole = value.numerator().div_euclid(value.denominator());
    Exact::from_integer(whole + i128::from(value.numerator().rem_euclid(value.denominator()) != 0))
}

/// What a quantity costs, from the definitions, in fractions.
fn naive(model: &Model, used: Usage) -> Exact {
    let zero = Exact::ZERO;
    let rest = used.quantity.exact().minus(model.included.exact()).expect("small").max(zero);
    let priced = match model.package {
        None => rest,
        Some(package) => ceiling(rest.divided_by(package.size.exact()).expect("a size")),
    };
    let mut total = zero;
    let mut over = zero;
    for (index, tier) in model.tiers.iter().enumerate() {
        let bound = tier.up_to.map(|it| it.exact());
        let contains = bound.is_none_or(|bound| match model.bounds {
            Bounds::Included => priced <= bound,
            Bounds::Excluded => priced < bound,
        });
        let flat =
            if priced == zero && model.at_zero == AtZero::Nothing { None } else { tier.flat };
        let fee = flat.map_or(zero, UnitPrice::exact);
        let price = tier.unit_price.exact();
        if model.mode == Volume {
            if contains {
                total = plus(product(priced, price), fee);
                break;
            }
        } else {
            let entered = index == 0
                || match model.bounds {
                    Bounds::Included => priced > over,
                    Bounds::Excluded => priced >= over,
                };
            if entered {
                let here = bound.map_or(priced, |bound| bound.min(priced));
                let inside = here.minus(over).expect("small");
                total = plus(total, plus(product(inside, price), fee));
            }
        }
        over = bound.unwrap_or(over);
    }
    if let Some(fee) = model.per_event {
        let paid = (used.events - i64::from(fee.free)).max(0);
        total = plus(total, product(Exact::from_integer(paid.into()), fee.price.exact()));
    }
    let counts = used != Usage::ZERO || model.at_zero == AtZero::Flat;
    let floor = model.floor.filter(|_| counts).map_or(total, |it| it.exact().max(total));
    model.cap.map_or(floor, |it| it.exact().min(floor))
}

fn price(ten_thousandths: i64) -> UnitPrice {
    UnitPrice::new(rust_decimal::Decimal::new(ten_thousandths, 4)).expect("a price")
}

prop_compose! {
    fn tiers()(
        bounds in btree_set(1_i64..60_000, 0..5),
        prices in vec((0_i64..20_000, option::of(0_i64..200_000)), 5),
    ) -> Vec<Tier> {
        let bounds = bounds.into_iter().map(|bound| Some(milli(bound))).chain([None]);
        let tier = |(up_to, (unit, flat)): (_, (i64, Option<i64>))| {
            Tier { up_to, unit_price: price(unit), flat: flat.map(price) }
        };
        bounds.zip(prices).map(tier).collect()
    }
}

prop_compose! {
    /// Any model that may be published.
    fn models()(
        tiers in tiers(),
        volume in any::<bool>(),
        excluded in any::<bool>(),
        at_zero in any::<bool>(),
        included in prop_oneof![Just(0_i64), 1_i64..40_000],
        package in option::of(1_i64..5_000),
        fee in option::of((0_i64..5_000, 0_u32..5)),
        limits in (option::of(0_i64..500_000), option::of(0_i64..2_000_000)),
    ) -> Model {
        let has_flat = tiers.first().is_some_and(|tier| tier.flat.is_some());
        let (floor, cap) = limits;
        Model {
            peak: None,
            included: milli(included),
            package: package.map(|size| Package { size: milli(size) }),
            mode: if volume { Volume } else { Graduated },
            tiers,
            bounds: if excluded { Bounds::Excluded } else { Bounds::Included },
            at_zero: if at_zero && has_flat { AtZero::Flat } else { AtZero::Nothing },
            per_event: fee.map(|(fee, free)| EventFee { price: price(fee), free }),
            floor: floor.map(price),
            cap: cap.map(|cap| price(cap.max(floor.unwrap_or(0)))),
        }
    }
}

fn usage() -> impl Strategy<Value = Usage> {
    let quantity = prop_oneof![1 => Just(0_i64), 9 => 0_i64..90_000];
    (quantity, 0_i64..9).prop_map(|(it, events)| Usage { quantity: milli(it), events })
}

/// Whether more of it never costs less: the unit price of no tier is below that of the one before
/// where it prices all, and fees do not fall.
fn promises_to_rise(model: &Model) -> bool {
    let pairs = || model.tiers.windows(2);
    model.mode == Graduated
        || pairs()
            .all(|pair| pair[0].unit_price <= pair[1].unit_price && pair[0].flat <= pair[1].flat)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn a_cost_is_what_the_definitions_say(of in models(), used in usage()) {
        prop_assert_eq!(pricing::check::model(&of), []);
        let rated = rate(&of, used).unwrap();
        prop_assert_eq!(cost(&rated), naive(&of, used));
        prop_assert_eq!(pricing::model::cost(&of, used), Ok(cost(&rated)), "with and without why");
        let priced = rated.counted.map_or(used.quantity, |counted| counted.priced);
        let parts = rated.tiers.iter().try_fold(Quantity::ZERO, |sum, it| sum.plus(it.quantity));
        prop_assert_eq!(parts, Ok(priced), "the parts sum to what is priced");
    }

    #[test]
    fn a_then_b_after_a_is_a_and_b(of in models(), a in usage(), b in usage()) {
        let both = rate(&of, a.plus(b).unwrap()).unwrap();
        let first = rate(&of, a).unwrap();
        let mut second = rate_after(&of, a, b).unwrap();
        let without = a == Usage::ZERO && of.at_zero == AtZero::Flat;
        let given = if without { Exact::ZERO } else { cost(&first) };
        prop_assert_eq!(cost(&both), plus(given, cost(&second)));
        if !without {
            second.add(first).unwrap();
            prop_assert_eq!(cost(&second), cost(&both), "and so do the terms that are joined");
        }
    }

    #[test]
    fn any_split_and_any_order_cost_the_same(
        of in models(),
        (parts, shuffled) in vec(usage(), 1..7)
            .prop_flat_map(|parts| (Just(parts.clone()), Just(parts).prop_shuffle())),
    ) {
        let of = Model { at_zero: AtZero::Nothing, ..of };
        let walked = |parts: &[Usage]| {
            let mut stand = Usage::ZERO;
            let mut total = Exact::ZERO;
            for part in parts {
                total = plus(total, cost(&rate_after(&of, stand, *part).unwrap()));
                stand = stand.plus(*part).unwrap();
            }
            (total, stand)
        };
        let (total, stand) = walked(&parts);
        prop_assert_eq!(total, naive(&of, stand));
        prop_assert_eq!(walked(&shuffled), (total, stand));
    }

    #[test]
    fn more_never_costs_less_where_it_is_promised(
        of in models().prop_filter("rising prices", promises_to_rise), a in usage(), b in usage(),
    ) {
        let before = rate(&of, a).unwrap();
        let after = rate(&of, a.plus(b).unwrap()).unwrap();
        prop_assert!(cost(&before) <= cost(&after));
    }
}

#[test]
fn fractions_of_the_second_implementation_round_up() {
    assert_eq!(ceiling(fraction(7, 2)), Exact::from_integer(4));
    assert_eq!(ceiling(fraction(-7, 2)), Exact::from_integer(-3));
    assert_eq!(ceiling(Exact::from_integer(3)), Exact::from_integer(3));
}
