//! Pools against worked numbers, and properties of what rolls over and of the statement.

use facts::pool::{Allocation, AllowanceProration, Overage, Pool, Rollover, RolloverLimit};
use facts::pool::{PoolShare, Settlement};
use facts::price::{AtZero, EventFee, Model, Peak, TierMode};
use jiff::civil::{Date, date};
use kernel::rejection::Rejection;
use kernel::{Currency, Money, Overflow, Percent, Period, Quantity, UnitPrice};
use pricing::check::pool as check;
use pricing::pool::{Balance, Grant, Member, Window, grant, rate, share_amount, share_out};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::{milli, read, scale};

fn february() -> Period {
    Period::new(date(2026, 2, 1), date(2026, 3, 1)).expect("a month")
}

/// `U-000` and so on: what each brings, how many days from the first it serves, what it used.
fn members(each: &[(i64, usize, i64)]) -> Vec<Member> {
    let member = |(at, (brings, days, used)): (usize, &(i64, usize, i64))| Member {
        unit: read(&format!("U-{at:03}")),
        brings: milli(*brings),
        days: february().each_day().take(*days).collect(),
        used: milli(*used),
    };
    each.iter().enumerate().map(member).collect()
}

fn dynamic(included: &str, price: &str) -> Pool {
    Pool::dynamic(read(included), read(price))
}

fn granted(pool: &Pool, members: &[Member]) -> Grant {
    grant(pool, members, february()).expect("a small grant")
}

#[test]
fn a_pool_follows_the_active_units() {
    let pool = dynamic("20", "0.05");
    let table = [
        (34, "455", "680", "0"),
        (34, "680", "680", "0"),
        (34, "681", "680", "1"),
        (48, "1473", "960", "513"),
        (0, "7", "0", "7"),
        (0, "0", "0", "0"),
    ];
    for (units, quantity, allowance, above) in table {
        let members = members(&vec![(20_000, 1, 0); units]);
        let granted = granted(&pool, &members);
        assert_eq!(granted.quantity, read(allowance));
        assert_eq!(usize::try_from(granted.active_units), Ok(units));
        let (overage, rated) =
            rate(&pool, granted.quantity, read(quantity)).expect("a small number");
        assert_eq!(overage, read(above), "{units} units, {quantity}");
        assert_eq!((rated.tiers[0].over, rated.tiers[0].quantity), (read(allowance), overage));
    }
    assert_eq!(rate(&pool, Quantity::ONE, read("-1")), Err(Overflow));
}

#[test]
fn an_allowance_is_whole_or_by_day() {
    let by_day = AllowanceProration::ByDay;
    let table = [
        // static, per unit, proration, days of each unit, granted
        ("500", "0", AllowanceProration::Whole, &[28, 0, 1][..], "500"),
        ("500", "0", AllowanceProration::Whole, &[0, 0], "0"),
        ("500", "0", by_day, &[14, 7], "250"),
        ("500", "0", by_day, &[28, 28], "500"),
        ("0", "310", by_day, &[28, 5], "365.357142857"),
        ("0", "310", AllowanceProration::Whole, &[28, 5, 0], "620"),
        ("56", "28", by_day, &[28, 14, 0], "98"),
    ];
    for (included, brings, proration, days, expected) in table {
        let pool = Pool { included: read(included), proration, ..dynamic(brings, "1") };
        let brings: Quantity = read(brings);
        let mut all = members(&days.iter().map(|days| (0, *days, 0)).collect::<Vec<_>>());
        all.iter_mut().for_each(|member| member.brings = brings);
        assert_eq!(granted(&pool, &all).quantity, read(expected), "{included} {brings} {days:?}");
    }
}

#[test]
fn a_model_prices_what_is_above_the_allowance() {
    let model = scale(TierMode::Graduated, &[("50", "0.20"), ("-", "0.10")]);
    let pool = Pool { overage: Overage::Model(Box::new(model)), ..dynamic("100", "0") };
    let (overage, rated) = rate(&pool, read("200"), read("280")).expect("a small number");
    assert_eq!(overage, read("80"));
    let cost = pricing::model::exact_sum(&rated.terms).expect("a small number");
    assert_eq!(cost.to_string(), "13");
}

#[test]
fn what_cannot_be_priced_or_used_is_refused() {
    assert_eq!(codes(&dynamic("0", "0")), [""; 0]);
    assert_eq!(codes(&dynamic("-1", "-0.05")), ["price-negative-allowance", "price-negative"]);
    let pool = Pool { included: read("-1"), ..dynamic("0", "0") };
    assert_eq!(codes(&pool), ["price-negative-included"]);
    let model = Model {
        peak: Some(Peak::Day),
        at_zero: AtZero::Flat,
        per_event: Some(EventFee { price: UnitPrice::ONE, free: 0 }),
        ..Model::flat(UnitPrice::ONE)
    };
    let pool = Pool { overage: Overage::Model(Box::new(model)), ..dynamic("0", "0") };
    assert_eq!(codes(&pool), ["price-overage-setting"; 3]);
    let share = |share: &str| Some(RolloverLimit::Share(read::<Percent>(share)));
    for (periods, limit, expected) in [
        (1, None, &[][..]),
        (0, None, &["price-rollover-periods"]),
        (1, Some(RolloverLimit::Quantity(read("-1"))), &["price-rollover-limit"]),
        (1, share("100"), &[]),
        (1, share("100.1"), &["price-rollover-limit"]),
        (1, share("-1"), &["price-rollover-limit"]),
    ] {
        let rollover = Some(Rollover { periods, limit });
        assert_eq!(codes(&Pool { rollover, ..dynamic("0", "0") }), expected, "{limit:?}");
    }
}

fn codes(pool: &Pool) -> Vec<&'static str> {
    check(pool).iter().map(Rejection::code).collect()
}

#[test]
fn a_window_is_static_whole_and_without_rollover() {
    let window = |pool: Pool| Pool { window: Some(3), ..pool };
    let fixed = Pool { included: read("500"), ..dynamic("0", "0.10") };
    assert_eq!(codes(&window(fixed.clone())), [""; 0]);
    let rollover = Some(Rollover { periods: 1, limit: None });
    for wrong in [
        Pool { window: Some(1), ..fixed.clone() },
        window(dynamic("1", "0")),
        window(Pool { proration: AllowanceProration::ByDay, ..fixed.clone() }),
        window(Pool { rollover, ..fixed }),
    ] {
        assert_eq!(codes(&wrong), ["price-pool-window"], "{wrong:?}");
    }
}

#[test]
fn a_window_that_is_settled_at_its_end_may_be_dynamic_and_needs_an_end() {
    let at_end = Pool { settle: Settlement::AtEndOfWindow, ..dynamic("20", "1") };
    let window = |window| Pool { window: Some(window), ..at_end.clone() };
    assert!(check(&window(3)).is_empty());
    let rollover = Some(Rollover { periods: 1, limit: None });
    for wrong in [window(1), Pool { rollover, ..window(3) }] {
        assert_eq!(codes(&wrong), ["price-pool-window"], "{wrong:?}");
    }
    assert_eq!(codes(&at_end), ["price-pool-settlement"]);
}

/// `reference/commercial-systems.md` §2.4: 500 a month, three months, 0.10.
#[test]
fn the_published_window_is_settled_at_its_end() {
    let pool = Pool {
        included: read("500"),
        window: Some(3),
        settle: Settlement::AtEndOfWindow,
        ..dynamic("0", "0.10")
    };
    let mut window = Window::default();
    let mut overages = Vec::new();
    for (number, used) in
        [700_000, 200_000, 333_000, 1_000_000, 600_000, 1_200_000, 0].into_iter().enumerate()
    {
        let members = members(&[(0, 28, used)]);
        let both = (&granted(&pool, &members), members.as_slice());
        let it = window.add(&pool, month(number), both, Currency::EUR).expect("a small number");
        assert_eq!(sum(it.statement.iter().map(|share: &PoolShare| share.overage)), it.overage);
        overages.push(it.overage);
    }
    let expected = ["0", "0", "0", "33", "0", "0", "300"].map(|it| read::<Quantity>(it));
    assert_eq!(overages, expected);
}

/// Grants and usage, period by period, in thousandths.
type Months = Vec<(i64, i64)>;

fn month(number: usize) -> Date {
    date(2026, 1, 1).saturating_add(jiff::Span::new().months(i64::try_from(number).unwrap_or(0)))
}

/// Single thousandths, each with the month that granted it: the oldest is used first, the newest
/// is cut first. The naive way to roll over; answers used, lost and carried of each month.
fn by_hand(months: &[(i64, i64)], rollover: Option<(usize, Option<Limit>)>) -> Vec<[i64; 3]> {
    let mut tokens: Vec<usize> = Vec::new();
    let mut all = Vec::new();
    for (number, (granted, used)) in months.iter().enumerate() {
        tokens.extend(std::iter::repeat_n(
            number,
            usize::try_from(*granted).expect("a small number"),
        ));
        let spent = tokens.len().min(usize::try_from(*used).expect("a small number"));
        tokens.drain(..spent);
        let before = tokens.len();
        match rollover {
            None => tokens.clear(),
            Some((periods, limit)) => {
                tokens.retain(|of| number + 1 - of <= periods);
                match limit {
                    None => {}
                    Some(Limit::Quantity(most)) => tokens.truncate(most),
                    // Of thousandths: a half is rounded up to nine decimals, not to three; whole
                    // shares only, so that both agree.
                    Some(Limit::Share(percent)) => {
                        tokens.truncate(
                            usize::try_from(*granted).expect("a small number") * percent / 100,
                        );
                    }
                }
            }
        }
        let number = |it: usize| i64::try_from(it).expect("a small number");
        all.push([number(spent), number(before - tokens.len()), number(tokens.len())]);
    }
    all
}

#[derive(Debug, Clone, Copy)]
enum Limit {
    Quantity(usize),
    Share(usize),
}

fn rollovers() -> impl Strategy<Value = Option<(usize, Option<Limit>)>> {
    let limit = prop_oneof![
        Just(None),
        (0_usize..80).prop_map(|most| Some(Limit::Quantity(most))),
        prop::sample::select(vec![0_usize, 25, 50, 100]).prop_map(|it| Some(Limit::Share(it))),
    ];
    prop::option::of((1_usize..5, limit))
}

/// Grants are multiples of 4, so that a quarter of one is whole.
fn months() -> impl Strategy<Value = Months> {
    vec(((0_i64..20).prop_map(|it| it * 4), 0_i64..120), 1..10)
}

fn fact(rollover: Option<(usize, Option<Limit>)>) -> Option<Rollover> {
    rollover.map(|(periods, limit)| Rollover {
        periods: u16::try_from(periods).expect("a small number"),
        limit: limit.map(|limit| match limit {
            Limit::Quantity(most) => {
                RolloverLimit::Quantity(milli(i64::try_from(most).expect("a small number")))
            }
            Limit::Share(share) => RolloverLimit::Share(read(&share.to_string())),
        }),
    })
}

fn pools() -> impl Strategy<Value = Pool> {
    let flag = any::<bool>();
    (0_i64..400_000, flag, flag, flag).prop_map(|(included, by_day, by_usage, has_base)| Pool {
        included: if has_base { milli(included) } else { Quantity::ZERO },
        proration: match by_day {
            true => AllowanceProration::ByDay,
            false => AllowanceProration::Whole,
        },
        allocation: match by_usage {
            true => Allocation::ByUsage,
            false => Allocation::ByExcess,
        },
        ..dynamic("0", "0.05")
    })
}

fn sum(quantities: impl IntoIterator<Item = Quantity>) -> Quantity {
    quantities
        .into_iter()
        .try_fold(Quantity::ZERO, Quantity::plus)
        .expect("a small number")
        .normalized()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn what_rolls_over_is_what_single_units_would_do(
        months in months(), rollover in rollovers(),
    ) {
        let mut balance = Balance::default();
        let expected = by_hand(&months, rollover);
        for (number, ((granted, used), [spent, lost, left])) in
            months.iter().zip(expected).enumerate()
        {
            let (on, granted) = (month(number), milli(*granted));
            let rolled = balance.spend(on, granted, milli(*used), fact(rollover)).expect("small");
            prop_assert_eq!(rolled.used, milli(spent));
            prop_assert_eq!(rolled.expired, milli(lost));
            prop_assert_eq!(rolled.carried, milli(left));
        }
    }

    #[test]
    fn what_is_granted_is_used_or_expires_or_is_carried(
        months in months(), rollover in rollovers(),
    ) {
        let mut balance = Balance::default();
        let (mut granted, mut gone) = (Quantity::ZERO, Quantity::ZERO);
        for (number, (grant, used)) in months.iter().enumerate() {
            let rollover = fact(rollover);
            let (on, grant) = (month(number), milli(*grant));
            let it = balance.spend(on, grant, milli(*used), rollover).expect("small");
            let carried_in = sum(it.lots.iter().map(|lot| lot.quantity));
            prop_assert_eq!(
                sum([it.granted, carried_in]), sum([it.used, it.expired, it.carried])
            );
            granted = sum([granted, it.granted]);
            gone = sum([gone, it.used, it.expired]);
            prop_assert_eq!(granted, sum([gone, balance.quantity().expect("a small number")]));
            prop_assert_eq!(it.carried, balance.quantity().expect("a small number").normalized());
        }
    }

    #[test]
    fn a_statement_sums_in_every_column(
        pool in pools(),
        each in vec((0_i64..400_000, 0_usize..29, 0_i64..900_000), 1..9),
        carried in 0_i64..300_000,
        minor in 0_i64..1_000_000,
    ) {
        let members = members(&each);
        let grant = granted(&pool, &members);
        let used = sum(members.iter().map(|it| it.used));
        let allowance = sum([grant.quantity, milli(carried)]);
        let (overage, _) = rate(&pool, allowance, used).expect("a small number");
        let (both, totals) = ((&grant, members.as_slice()), (allowance, overage));
        let mut shares = share_out(pool.allocation, both, totals, Currency::EUR).expect("small");
        let amount = Money::from_minor(if overage.is_zero() { 0 } else { minor }, Currency::EUR);
        share_amount(&mut shares, amount).expect("a small number");
        prop_assert_eq!(sum(shares.iter().map(|it| it.used)), used);
        let none = grant.active_units == 0 && used.is_zero();
        if !none && (!grant.quantity.is_zero() || !used.is_zero()) {
            prop_assert_eq!(sum(shares.iter().map(|it| it.allowance)), allowance);
        }
        prop_assert_eq!(sum(shares.iter().map(|it| it.overage)), overage.normalized());
        prop_assert_eq!(shares.iter().map(|it| it.amount.minor).sum::<i64>(), amount.minor);
        for share in &shares {
            prop_assert!(!share.allowance.is_negative() && !share.overage.is_negative());
            if pool.allocation == Allocation::ByExcess && share.used <= share.allowance {
                prop_assert!(share.overage.is_zero());
            }
        }
    }

    #[test]
    fn a_day_more_never_grants_less(
        pool in pools(), each in vec((0_i64..400_000, 0_usize..28, Just(0_i64)), 1..9),
    ) {
        let before = granted(&pool, &members(&each)).quantity;
        let longer = each.iter().map(|(brings, days, used)| (*brings, days + 1, *used));
        let more: Vec<_> = longer.collect();
        prop_assert!(before <= granted(&pool, &members(&more)).quantity);
    }
}
