//! What is priced by the ordered quantity, against a reading of the definition unit by unit.

use std::collections::{BTreeMap, BTreeSet};

use facts::offer::ChargeRule;
use facts::price::{Model, OrderedPrice, Tier, TierMode};
use facts::{Charge, ChargeKind, OfferPublished};
use jiff::civil::{Date, date};
use kernel::calendar::add_days;
use kernel::{Quantity, UnitPrice};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::fleet::{Account, Unit, offer, read, together, unit};

/// `(bound, cents of each, cents of the tier)`, the last without its bound.
type Steps = Vec<(i64, i64, i64)>;

#[derive(Debug, Clone)]
struct Price {
    steps: Steps,
    is_volume: bool,
}

impl Price {
    fn model(&self) -> Model {
        let price = |cents| UnitPrice::new(Decimal::new(cents, 2)).expect("cents");
        let last = self.steps.len() - 1;
        let tier = |(at, (bound, each, flat)): (usize, &(i64, i64, i64))| Tier {
            up_to: (at != last)
                .then(|| Quantity::new(Decimal::new(*bound, 0)).expect("a whole number")),
            unit_price: price(*each),
            flat: (*flat > 0).then(|| price(*flat)),
        };
        let mode = if self.is_volume { TierMode::Volume } else { TierMode::Graduated };
        Model::of_tiers(mode, self.steps.iter().enumerate().map(tier).collect())
    }

    fn step(&self, number: i64) -> usize {
        let last = self.steps.len() - 1;
        self.steps[..last].iter().position(|step| number <= step.0).unwrap_or(last)
    }

    /// What an order of so many costs, in cents.
    fn cost(&self, ordered: i64) -> i64 {
        if self.is_volume {
            let (_, each, flat) = self.steps[self.step(ordered)];
            return ordered * each + flat;
        }
        let entered = &self.steps[..=self.step(ordered)];
        let fees: i64 = entered.iter().map(|step| step.2).sum();
        fees + (1..=ordered).map(|number| self.steps[self.step(number)].1).sum::<i64>()
    }
}

fn prices() -> impl Strategy<Value = Price> {
    let steps = prop::collection::vec((1_i64..5, 0_i64..3_000, 0_i64..2_000), 1..4);
    (steps, any::<bool>()).prop_map(|(mut steps, is_volume)| {
        let mut bound = 0;
        for step in &mut steps {
            bound += step.0;
            step.0 = bound;
        }
        Price { steps, is_volume }
    })
}

fn sold(device: &Price, service: &Price) -> OfferPublished {
    let mut offer = offer();
    for component in &mut offer.components {
        match &mut component.charge {
            ChargeRule::OnceDelivered { price, .. } => *price = OrderedPrice::Model(device.model()),
            ChargeRule::Recurring { price, .. } => *price = OrderedPrice::Model(service.model()),
            _ => {}
        }
    }
    offer
}

/// When a unit is delivered and starts, and when it goes back, in days of 2026.
type Life = (i32, Option<i32>);

fn day(of_year: i32) -> Date {
    add_days(date(2026, 1, 1), of_year).expect("a day")
}

fn units(lives: &[Life]) -> Vec<Unit> {
    let one = |(at, (from, stay)): (usize, &Life)| {
        let name = format!("U-{at:03}");
        let unit = unit(&name, &["hardware", "service_standard"]);
        let unit = unit.delivered(day(*from)).starting(day(*from));
        stay.map_or(unit.clone(), |stay| unit.returned(day(from + stay)))
    };
    together(lives.iter().enumerate().map(one).collect())
}

/// A fraction of cents as whole cents, a half away from zero.
fn rounded(above: i64, below: i64) -> i64 {
    let half = (above.abs() * 2 + below) / (below * 2);
    if above < 0 { -half } else { half }
}

/// Unit by unit, what each adds to the price of those that were ordered before it.
fn expected(charge: &Charge, ordered: i64, device: &Price, service: &Price) -> i64 {
    let (days, of_days) = charge.days.map_or((1, 1), |it| (it.days, it.period_days));
    let sign = match charge.kind {
        ChargeKind::HardwareReturnCredit | ChargeKind::ServiceCredit => -1,
        _ => 1,
    };
    let price = if charge.component.as_str() == "hardware" { device } else { service };
    let up_to = |units: i64| rounded(price.cost(ordered) * units * days, ordered * of_days);
    let place = |unit: &facts::UnitId| -> i64 {
        unit.as_str()["U-".len()..].parse().expect("the number of a unit")
    };
    let shares = charge.units.iter().map(place).map(|place| up_to(place + 1) - up_to(place));
    sign * shares.sum::<i64>()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn each_line_is_its_part_of_the_whole_order(
        device in prices(),
        service in prices(),
        (there, shuffled) in prop::collection::vec((0_i32..85, prop::option::of(0_i32..70)), 1..8)
            .prop_flat_map(|it| (Just(units(&it)), Just(units(&it)).prop_shuffle())),
    ) {
        let ordered = i64::try_from(there.len()).unwrap();
        let mut account = Account::with(sold(&device, &service), 1);
        for bill_day in [date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1), date(2026, 6, 1)] {
            // In any order, and each time in another.
            let order = if bill_day.month() % 2 == 0 { &shuffled } else { &there };
            for charge in account.bill(order, bill_day) {
                let of_model = expected(&charge, ordered, &device, &service);
                prop_assert_eq!(charge.amount.minor, of_model, "{:?}", charge);
                let rate = charge.ordered.unwrap();
                prop_assert_eq!(i64::from(rate.shared_by), ordered);
                let line: facts::OrderLineId = read("ORD-1001-1");
                prop_assert_eq!(rate.line, Some(line));
            }
        }
    }

    /// Whenever each comes: all devices are billed at the price of the order, the same part of a
    /// month of all of them costs that part of the order's, and what is given back of all is what
    /// was billed.
    #[test]
    fn the_parts_of_an_order_sum_to_it(
        device in prices(),
        service in prices(),
        lives in prop::collection::vec((0_i32..85, Just(Some(40))), 1..8),
    ) {
        let there = units(&lives);
        let ordered = i64::try_from(there.len()).unwrap();
        let mut account = Account::with(sold(&device, &service), 1);
        let (mut billed, mut given_back, mut alike) = (0, 0, BTreeMap::new());
        let days = [date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1), date(2026, 6, 1)];
        for charge in days.into_iter().flat_map(|day| account.bill(&there, day)) {
            match charge.kind {
                ChargeKind::HardwareSale => billed += charge.amount.minor,
                ChargeKind::HardwareReturnCredit => given_back += charge.amount.minor,
                ChargeKind::ServiceCharge => {
                    let days = charge.days.expect("days of service");
                    let share = days.days * 100 + days.period_days;
                    let of_share = alike.entry(share).or_insert_with(|| (Vec::new(), 0));
                    of_share.0.extend(charge.units);
                    of_share.1 += charge.amount.minor;
                }
                _ => {}
            }
        }
        prop_assert_eq!((billed, given_back), (device.cost(ordered), -device.cost(ordered)));
        for (days, (units, minor)) in alike {
            let each: BTreeSet<_> = units.iter().collect();
            if units.len() == there.len() && each.len() == there.len() {
                let whole = service.cost(ordered) * (days / 100);
                prop_assert_eq!(minor, rounded(whole, days % 100));
            }
        }
    }
}
