//! Pools over periods, units and versions: however usage arrives, all invoices together are what
//! a second reading of the rules comes to, in whole steps of a thousand-millionth.

use std::collections::{BTreeMap, BTreeSet};

use facts::billed::Billed;
use facts::offer::{Component, ComponentKind, OfferPublished, QuantityRule, SupplyNature};
use facts::order::OrderedUnit;
use facts::pool::{
    Allocation, AllowanceProration, Pool, PoolAttribute, PoolName, PoolScope, Rollover,
    RolloverLimit, Settlement,
};
use facts::price::{TierCounter, UsagePrice};
use facts::usage::Bucket;
use facts::{Charge, ComponentCode, OrderLineId, UnitId};
use jiff::civil::{Date, date};
use kernel::{BillCycle, Money, Period, Quantity, Zone};
use proptest::prelude::*;
use rating::{GroupedUsage, RatedUnit, RatingInput, Served, due_usage};

use crate::fleet::{bucket, offer, read, remember_in, text};
use crate::split::BILL_DAYS;

/// Thousand-millionths.
const NANO: i128 = 1_000_000_000;

/// A pool as the second reading sees it.
#[derive(Debug, Clone, Copy)]
struct Plan {
    base: i128,
    each: i128,
    by_day: bool,
    scope: PoolScope,
    split: bool,
    rollover: Option<(usize, Option<Limit>)>,
    by_usage: bool,
    window: Option<usize>,
    at_end: bool,
    /// Of one, in tenths of a cent.
    price: i128,
}

#[derive(Debug, Clone, Copy)]
enum Limit {
    Quantity(i128),
    Percent(i128),
}

/// A unit: version of the offer, order line, region, and service from a day on and before another,
/// counted from 1 January.
#[derive(Debug, Clone, Copy)]
struct Unit {
    version: usize,
    line: usize,
    region: usize,
    from: i64,
    to: i64,
}

/// A unit, a month, a quantity in thousandths, and the invoice that knows it first.
type Use = (usize, usize, i64, usize);

fn quantity(nano: i128) -> Quantity {
    let decimal = rust_decimal::Decimal::from_i128_with_scale(nano, 9);
    Quantity::new(decimal.normalize()).expect("nine decimals")
}

fn fact(plan: Plan) -> Pool {
    let price = rust_decimal::Decimal::from_i128_with_scale(plan.price, 3);
    let limit = |limit| match limit {
        Limit::Quantity(most) => RolloverLimit::Quantity(quantity(most)),
        Limit::Percent(share) => RolloverLimit::Share(read(&share.to_string())),
    };
    let rollover = plan.rollover.map(|(periods, most)| Rollover {
        periods: u16::try_from(periods).expect("a few"),
        limit: most.map(limit),
    });
    Pool {
        included: quantity(plan.base),
        proration: match plan.by_day {
            true => AllowanceProration::ByDay,
            false => AllowanceProration::Whole,
        },
        scope: plan.scope,
        split_by: plan.split.then(|| PoolAttribute::Unit("region".to_owned())),
        rollover,
        window: plan.window.map(|it| u16::try_from(it).expect("a few")),
        settle: match plan.at_end {
            true => Settlement::AtEndOfWindow,
            false => Settlement::AsItOccurs,
        },
        allocation: if plan.by_usage { Allocation::ByUsage } else { Allocation::ByExcess },
        ..Pool::dynamic(quantity(plan.each), kernel::UnitPrice::new(price).expect("a price"))
    }
}

fn version(number: usize, plan: Plan) -> OfferPublished {
    let meter = read("minutes");
    let (price, counter) = (UsagePrice::Pool(fact(plan)), TierCounter::default());
    let component = Component {
        code: read("minutes"),
        name: text("minutes"),
        kind: ComponentKind::Usage,
        nature: SupplyNature::Services,
        charge: facts::offer::ChargeRule::Usage { meter, price, counter, shadow: None },
        quantity: QuantityRule::ONE,
        optional: false,
        only_if: None,
        fulfilment: None,
        device: facts::device::DeviceTerms::default(),
    };
    let version = u32::try_from(number + 1).expect("a version");
    OfferPublished { version, components: vec![component], ..offer() }
}

fn first_day() -> Date {
    date(2026, 1, 1)
}

fn day(number: i64) -> Date {
    first_day().saturating_add(jiff::Span::new().days(number))
}

fn month(number: usize) -> Period {
    Period::new(if number == 0 { first_day() } else { BILL_DAYS[number - 1] }, BILL_DAYS[number])
        .expect("a month")
}

fn name(unit: usize) -> String {
    format!("U-{unit}")
}

fn region(unit: Unit) -> &'static str {
    ["", "eu", "us"][unit.region]
}

/// The days of a unit in a month.
fn days(unit: Unit, period: Period) -> BTreeSet<Date> {
    period.each_day().filter(|it| day(unit.from) <= *it && *it < day(unit.to)).collect()
}

fn buckets(uses: &[Use], invoice: usize) -> Vec<Bucket> {
    let known = uses.iter().enumerate().filter(|(_, it)| it.3.max(it.1) <= invoice);
    let one = |(at, (unit, month, milli, _)): (usize, &Use)| {
        let at = format!("2026-0{}-{:02}T12:00:00Z", month + 1, at % 28 + 1);
        let quantity = rust_decimal::Decimal::new(*milli, 3).to_string();
        bucket(&name(*unit), "minutes", &at, &quantity)
    };
    known.map(one).collect()
}

/// The account, billed with what is known.
struct World {
    offers: Vec<OfferPublished>,
    units: Vec<(OrderedUnit, Unit)>,
}

impl World {
    fn of(plans: [Plan; 2], units: &[Unit]) -> Self {
        let offers = plans.iter().enumerate().map(|(at, plan)| version(at, *plan)).collect();
        let ordered = |(at, unit): (usize, &Unit)| {
            let region = (unit.region > 0).then(|| ("region".to_owned(), region(*unit).to_owned()));
            let attributes = region.into_iter().collect();
            (
                OrderedUnit {
                    unit: read(&name(at)),
                    attributes,
                    zone: read("Europe/Paris"),
                    after: None,
                },
                *unit,
            )
        };
        Self { offers, units: units.iter().enumerate().map(ordered).collect() }
    }

    fn rate(&self, buckets: &[Bucket], billed: &Billed, issued_on: Date) -> Vec<Charge> {
        let components: BTreeMap<ComponentCode, u32> = BTreeMap::from([(read("minutes"), 1)]);
        let lines: [OrderLineId; 2] = [read("ORD-1-1"), read("ORD-1-2")];
        let overrides = BTreeMap::new();
        let rated = |(ordered, unit)| {
            let unit: &Unit = unit;
            let (offer, line) = (&self.offers[unit.version], &lines[unit.line]);
            let ordered_on = first_day();
            RatedUnit {
                ordered,
                offer,
                components: &components,
                line,
                group: None,
                ordered_on,
                overrides: &overrides,
            }
        };
        let units: BTreeMap<UnitId, RatedUnit<'_>> =
            self.units.iter().map(|(it, unit)| (it.unit.clone(), rated((it, unit)))).collect();
        let of: BTreeMap<&UnitId, Unit> =
            self.units.iter().map(|(it, unit)| (&it.unit, *unit)).collect();
        let (cycle, zone) = (
            kernel::BillCalendar::from(BillCycle::new(1).expect("a day")),
            read::<Zone>("Europe/Paris"),
        );
        let attributes = BTreeMap::new();
        let served = Served { units: &units, cycle: &cycle, zone: &zone, attributes: &attributes };
        let mut usage = GroupedUsage::default();
        for part in buckets.chunks(2) {
            usage.add(served, part).expect("usage of the fleet");
        }
        due_usage(RatingInput {
            units: &units,
            symbols: &BTreeMap::new(),
            usage: &usage,
            attributes: &attributes,
            service_days: &|unit: &UnitId, period| days(of[unit], period),
            served_from: self.units.iter().map(|(_, unit)| day(unit.from)).min(),
            cycle: &cycle,
            billed,
            issued_on,
        })
        .expect("a small account")
    }
}

/// What the second reading says of a pool in a month.
#[derive(Debug, Default, PartialEq, Eq)]
struct Told {
    allowance: i128,
    used: i128,
    minor: i128,
    /// Unit, allowance, overage, minor units.
    statement: Vec<(String, i128, i128, i128)>,
}

fn split(total: i128, weights: &[i128]) -> Vec<i128> {
    let sum: i128 = weights.iter().sum();
    if total == 0 || sum == 0 {
        return vec![0; weights.len()];
    }
    let mut parts: Vec<i128> = weights.iter().map(|it| total * it / sum).collect();
    while parts.iter().sum::<i128>() < total {
        let lacks = |at: usize| total * weights[at] - parts[at] * sum;
        let first = (0..parts.len()).rev().max_by_key(|at| lacks(*at)).expect("a part");
        parts[first] += 1;
    }
    parts
}

/// Half away from zero; nothing here is below zero.
fn rounded(above: i128, below: i128) -> i128 {
    (2 * above + below) / (2 * below)
}

type Pools = BTreeMap<(Option<usize>, PoolName), Vec<usize>>;

fn pools(plans: [Plan; 2], units: &[Unit]) -> Pools {
    let mut pools = Pools::new();
    for (at, unit) in units.iter().enumerate() {
        let plan = plans[unit.version];
        let line = (plan.scope == PoolScope::Subscription)
            .then(|| read(["ORD-1-1", "ORD-1-2"][unit.line]));
        let value = plan.split.then(|| region(*unit).to_owned());
        let version = (plan.scope == PoolScope::Charge).then_some(unit.version);
        pools.entry((version, PoolName { line, value })).or_default().push(at);
    }
    pools
}

/// What is too old is lost, then of the newest what is too much.
fn end_month(plan: Plan, (number, granted): (usize, i128), carried: &mut Vec<(usize, i128)>) {
    let window = plan.window.map(|it| (it - 1, None));
    let (periods, limit) = window.or(plan.rollover).unwrap_or((0, None));
    carried.retain(|(of, _)| number - of < periods);
    let room = match limit {
        None => i128::MAX,
        Some(Limit::Quantity(most)) => most,
        Some(Limit::Percent(share)) => rounded(granted * share, 100),
    };
    let whole = |carried: &[(usize, i128)]| carried.iter().map(|lot| lot.1).sum::<i128>();
    while whole(carried) > room {
        let too_much = whole(carried) - room;
        match carried.last_mut() {
            Some(newest) if newest.1 > too_much => newest.1 -= too_much,
            _ => {
                carried.pop();
            }
        }
    }
}

/// Unit by unit, at the price of the pool.
fn shared(plan: Plan, allowance: i128, there: &[(usize, i128, i128)]) -> Told {
    let used: Vec<i128> = there.iter().map(|it| it.1).collect();
    let mut weights: Vec<i128> = there.iter().map(|it| it.2).collect();
    if weights.iter().all(|it| *it == 0) {
        weights.clone_from(&used);
    }
    let total: i128 = used.iter().sum();
    let allowances = split(allowance, &weights);
    let over = (total - allowance).max(0);
    let excess = used.iter().zip(&allowances).map(|(used, own)| match plan.by_usage {
        true => *used,
        false => (used - own).max(0),
    });
    let overages = split(over, &excess.collect::<Vec<_>>());
    let minor = rounded(over * plan.price, NANO * 10);
    let amounts = split(minor, &overages);
    let rows = there.iter().zip(allowances).zip(overages).zip(amounts);
    let statement = rows.map(|(((it, own), over), minor)| (name(it.0), own, over, minor));
    Told { allowance, used: total, minor, statement: statement.collect() }
}

/// A month: what it grants, whether a unit is in service, and what each unit used and brings.
type Granted = (i128, bool, Vec<(usize, i128, i128)>);

/// The months of a window: nothing is due before the last, which then ends it or moves it on.
fn at_end(plan: Plan, used: i128, window: &mut Vec<Granted>) -> (Told, bool) {
    let begin = |window: &mut Vec<Granted>| {
        while window.first().is_some_and(|it| !it.1) {
            window.remove(0);
        }
    };
    begin(window);
    let mut units: BTreeMap<String, (i128, i128)> = BTreeMap::new();
    for (granted, _, rows) in window.iter() {
        let mut weights: Vec<i128> = rows.iter().map(|it| it.2).collect();
        if weights.iter().all(|it| *it == 0) {
            weights = rows.iter().map(|it| it.1).collect();
        }
        for (row, own) in rows.iter().zip(split(*granted, &weights)) {
            let unit = units.entry(name(row.0)).or_default();
            *unit = (unit.0 + row.1, unit.1 + own);
        }
    }
    let allowance: i128 = window.iter().map(|it| it.0).sum();
    let in_all: i128 = units.values().map(|it| it.0).sum();
    let is_full = plan.window.is_some_and(|length| window.len() >= length);
    let over = if is_full { (in_all - allowance).max(0) } else { 0 };
    let excess = units.values().map(|(used, own)| match plan.by_usage {
        true => *used,
        false => (used - own).max(0),
    });
    let overages = split(over, &excess.collect::<Vec<_>>());
    let minor = rounded(over * plan.price, NANO * 10);
    let amounts = split(minor, &overages);
    let rows = units.into_iter().zip(overages).zip(amounts);
    let statement = rows.map(|(((unit, it), over), minor)| (unit, it.1, over, minor)).collect();
    if over > 0 {
        window.clear();
    } else if is_full {
        while window.len() >= plan.window.unwrap_or(0) {
            window.remove(0);
        }
        begin(window);
    }
    (Told { allowance, used, minor, statement }, over > 0)
}

/// One pool, month by month.
fn told(plans: [Plan; 2], units: &[Unit], members: &[usize], uses: &[Use]) -> Vec<Option<Told>> {
    let (mut carried, mut lead): (Vec<(usize, i128)>, Option<usize>) = (Vec::new(), None);
    let (mut window_ends, mut window) = (0, Vec::new());
    let mut all = Vec::new();
    for number in 0..BILL_DAYS.len() {
        let length = i128::try_from(month(number).each_day().count()).expect("a small number");
        let of_unit = |unit: &usize| {
            let uses = uses.iter().filter(|it| it.0 == *unit && it.1 == number);
            uses.map(|it| i128::from(it.2) * 1_000_000).sum::<i128>()
        };
        let has_use = |unit: &usize| uses.iter().any(|it| it.0 == *unit && it.1 == number);
        let days_of = |unit: &usize| days(units[*unit], month(number));
        let there: Vec<usize> = members
            .iter()
            .copied()
            .filter(|unit| !days_of(unit).is_empty() || has_use(unit))
            .collect();
        lead = there.iter().map(|unit| units[*unit].version).max().or(lead);
        let Some(plan) = lead.map(|lead| plans[lead]) else {
            all.push(None);
            continue;
        };
        let served = |unit: &usize| {
            let days = i128::try_from(days_of(unit).len()).expect("a small number");
            if plan.by_day { days } else { days.min(1) }
        };
        let any: BTreeSet<Date> = there.iter().flat_map(days_of).collect();
        let (any, length) = match plan.by_day {
            true => (i128::try_from(any.len()).expect("a small number"), length),
            false => (i128::try_from(any.len().min(1)).expect("a small number"), 1),
        };
        let sum: i128 = there.iter().map(served).sum();
        let each = |unit: &usize| plans[units[*unit].version].each;
        let own: i128 = there.iter().map(|unit| each(unit) * served(unit)).sum();
        let mut granted = rounded(plan.base * any + own, length);
        if let Some(window) = plan.window.filter(|_| !plan.at_end) {
            let begins = number >= window_ends && any > 0;
            granted *= i128::try_from(if begins { window } else { 0 }).expect("a small number");
            window_ends = if begins { number + window } else { window_ends };
        }
        let total: i128 = there.iter().map(of_unit).sum();
        let brings = |unit: &usize| served(unit) * (each(unit) * sum + plan.base * any);
        let rows: Vec<_> = there.iter().map(|unit| (*unit, of_unit(unit), brings(unit))).collect();
        let is_due = there.iter().any(has_use);
        if plan.at_end {
            (carried, window_ends) = (Vec::new(), 0);
            window.push((granted, any > 0, rows));
            let (told, is_settled) = at_end(plan, total, &mut window);
            all.push((is_due || is_settled).then_some(told));
            continue;
        }
        window.clear();
        carried.push((number, granted));
        let allowance: i128 = carried.iter().map(|lot| lot.1).sum();
        let mut rest = total.min(allowance);
        for lot in &mut carried {
            let taken = rest.min(lot.1);
            lot.1 -= taken;
            rest -= taken;
        }
        end_month(plan, (number, granted), &mut carried);
        all.push(is_due.then(|| shared(plan, allowance, &rows)));
    }
    all
}

fn nano(quantity: Quantity) -> i128 {
    let exact = quantity.exact();
    exact.numerator() * NANO / exact.denominator()
}

/// What a line says.
fn said(charge: &Charge) -> Told {
    let rated = charge.rated.as_ref().expect("usage");
    let pool = rated.pool.as_ref().expect("a pool");
    let row = |it: &facts::pool::PoolShare| {
        (it.unit.to_string(), nano(it.allowance), nano(it.overage), i128::from(it.amount.minor))
    };
    Told {
        allowance: nano(pool.allowance),
        used: nano(rated.quantity),
        minor: i128::from(rated.amount.minor),
        statement: pool.statement.iter().map(row).collect(),
    }
}

fn plan() -> impl Strategy<Value = Plan> {
    let limit = prop_oneof![
        Just(None),
        (0_i128..400).prop_map(|it| Some(Limit::Quantity(it * NANO))),
        (0_i128..=100).prop_map(|it| Some(Limit::Percent(it))),
    ];
    let scope =
        prop::sample::select(vec![PoolScope::Charge, PoolScope::Subscription, PoolScope::Account]);
    let quantities = (prop::sample::select(vec![0_i128, 50, 100]), 0_i128..120);
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    let scope = (scope, prop::option::weighted(0.3, (2_usize..4, any::<bool>())));
    (quantities, flags, scope, prop::option::of((1_usize..4, limit)), 1_i128..300).prop_map(
        |((base, each), (by_day, split, by_usage), (scope, window), rollover, price)| {
            let at_end = window.is_some_and(|it| it.1);
            let is_free = window.is_none() || at_end;
            Plan {
                base: base * NANO,
                each: if is_free { each * NANO } else { 0 },
                by_day: by_day && is_free,
                scope,
                split,
                rollover: rollover.filter(|_| window.is_none()),
                by_usage,
                window: window.map(|it| it.0),
                at_end,
                price,
            }
        },
    )
}

fn units() -> impl Strategy<Value = Vec<Unit>> {
    let one = (0_usize..2, 0_usize..2, 0_usize..3, 0_i64..70, 1_i64..120).prop_map(
        |(version, line, region, from, length)| Unit {
            version,
            line,
            region,
            from,
            to: from + length,
        },
    );
    prop::collection::vec(one, 1..5)
}

/// Usage of a month in which its unit has begun, as only that is accepted.
fn uses(units: &[Unit], uses: Vec<Use>) -> Vec<Use> {
    let begun = |it: &Use| it.0 < units.len() && day(units[it.0].from) <= month(it.1).from();
    uses.into_iter().filter(begun).collect()
}

fn any_uses() -> impl Strategy<Value = Vec<Use>> {
    prop::collection::vec((0_usize..4, 0_usize..4, 0_i64..200_000, 0_usize..4), 0..14)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn all_invoices_together_are_what_a_second_reading_says(
        plans in [plan(), plan()], units in units(), all in any_uses(),
    ) {
        let uses = uses(&units, all);
        let world = World::of(plans, &units);
        let mut billed = Billed::default();
        let mut last: BTreeMap<(Option<usize>, PoolName, usize), Told> = BTreeMap::new();
        let mut sums: BTreeMap<(PoolName, Period), i64> = BTreeMap::new();
        for (invoice, bill_day) in BILL_DAYS.into_iter().enumerate() {
            let charges = world.rate(&buckets(&uses, invoice), &billed, bill_day);
            for charge in &charges {
                let rated = charge.rated.as_ref().expect("usage");
                let pool = rated.pool.as_ref().expect("a pool");
                let due = pool.statement.iter().map(|it| {
                    it.amount.minor - it.billed_before.map_or(0, |before| before.minor)
                });
                prop_assert_eq!(due.sum::<i64>(), charge.amount.minor, "the statement of a line");
                let period = charge.period.expect("a month");
                *sums.entry((pool.name.clone(), period)).or_default() += charge.amount.minor;
                remember_in(&mut billed, charge);
            }
            billed.last_issued_on = Some(bill_day);
        }
        for charge in world.rate(&buckets(&uses, 9), &Billed::default(), BILL_DAYS[3]) {
            let of = usize::try_from(charge.offer.version).expect("small") - 1;
            let pool = charge.rated.as_ref().and_then(|it| it.pool.as_ref()).expect("a pool");
            let number = (0..4).find(|it| Some(month(*it)) == charge.period).expect("a month");
            let version = (plans[of].scope == PoolScope::Charge).then_some(of);
            last.insert((version, pool.name.clone(), number), said(&charge));
        }
        let mut expected = BTreeMap::new();
        let mut expected_sums: BTreeMap<(PoolName, Period), i64> = BTreeMap::new();
        for ((version, name), members) in pools(plans, &units) {
            for (number, told) in told(plans, &units, &members, &uses).into_iter().enumerate() {
                let Some(told) = told else { continue };
                let minor = i64::try_from(told.minor).expect("small");
                *expected_sums.entry((name.clone(), month(number))).or_default() += minor;
                if told.used != 0 || told.minor != 0 {
                    expected.insert((version, name.clone(), number), told);
                }
            }
        }
        prop_assert_eq!(last, expected);
        sums.retain(|_, minor| *minor != 0);
        expected_sums.retain(|_, minor| *minor != 0);
        prop_assert_eq!(sums, expected_sums);
    }

    #[test]
    fn the_order_of_usage_does_not_matter(
        (plans, units) in ([plan(), plan()], units()),
        (there, shuffled) in any_uses()
            .prop_flat_map(|it| (Just(it.clone()), Just(it).prop_shuffle())),
    ) {
        let world = World::of(plans, &units);
        let charges = |all: Vec<Use>| {
            let uses = uses(&units, all);
            world.rate(&buckets(&uses, 9), &Billed::default(), BILL_DAYS[3])
        };
        let amounts = |charges: &[Charge]| -> Vec<(Money, Quantity)> {
            charges.iter().map(|it| (it.amount, it.quantity)).collect()
        };
        let (mine, other) = (charges(there), charges(shuffled));
        prop_assert_eq!(amounts(&mine), amounts(&other));
        let told = |all: &[Charge]| all.iter().map(said).collect::<Vec<_>>();
        prop_assert_eq!(told(&mine), told(&other));
    }
}
