//! The usage prices of the Smart Fleet Plan, some units, and an account that is billed for them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::str::FromStr;
use std::sync::Arc;

use facts::billed::{Billed, UsageBilled, UsageKey};
use facts::charge::NotBilled;
use facts::offer::{
    ChargeRule, Component, ComponentKind, LateUsage, Proration, QuantityRule, StartPolicy,
    StartTrigger, StoppedDays, SupplyNature,
};
use facts::order::OrderedUnit;
use facts::price::{
    Condition, Dimension, DimensionSource, Model, Pool, PriceRow, PriceTable, Tier, TierCounter,
    TierMode, TimeBand, TimeBands, UsagePrice,
};
use facts::usage::{Bucket, Joins};
use facts::{
    Charge, ChargeKind, ComponentCode, InvoiceGroup, MeterCode, OfferPublished, OrderLineId, Text,
    UnitId,
};
use jiff::civil::{Date, date, time};
use kernel::{BillCycle, Currency, Money, Period, Quantity, Rounding};
use pricing::table::Overrides;
use rating::{GroupedUsage, RatedUnit, RatingError, RatingInput, Served, due_usage};

/// Reads a value of the test's own making.
pub fn read<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().expect("a value written in a test")
}

pub fn text(words: &str) -> Text {
    Text { en: words.to_owned(), fr: words.to_owned() }
}

/// A scale of `(bound, price)`; `-` is an open bound.
fn scale(mode: TierMode, tiers: &[(&str, &str)]) -> Model {
    let tier = |(bound, price): &(&str, &str)| Tier {
        up_to: (*bound != "-").then(|| read(bound)),
        unit_price: read(price),
        flat: None,
    };
    Model::of_tiers(mode, tiers.iter().map(tier).collect())
}

fn row(code: &str, conditions: [&str; 3], tiers: &[(&str, &str)]) -> PriceRow {
    let condition = |text: &str| match text {
        "*" => Condition::Any,
        list => Condition::OneOf(list.split(' ').map(str::to_owned).collect()),
    };
    PriceRow {
        code: read(code),
        conditions: conditions.map(condition).into(),
        is_default: conditions == ["*"; 3],
        priority: 0,
        from: None,
        until: None,
        model: scale(TierMode::Graduated, tiers),
    }
}

/// Rows R01 to R03 and R99 of the offer.
fn table() -> PriceTable {
    let peak = TimeBand {
        name: "peak".to_owned(),
        from: time(7, 0, 0, 0),
        to: time(19, 0, 0, 0),
        ..TimeBand::default()
    };
    let bands =
        TimeBands { bands: vec![peak], otherwise: "off-peak".to_owned(), ..TimeBands::default() };
    let dimension =
        |name: &str, source: DimensionSource| Dimension { name: name.to_owned(), source };
    let r01 = [("6000", "0.0180"), ("14000", "0.0150"), ("-", "0.0120")];
    let r03 = [("4000", "0.0200"), ("12000", "0.0175"), ("-", "0.0140")];
    PriceTable {
        dimensions: vec![
            dimension("device_type", DimensionSource::Unit("device_type".to_owned())),
            dimension("region", DimensionSource::Event("region".to_owned())),
            dimension("time_band", DimensionSource::TimeBand(bands)),
        ],
        rows: vec![
            row("R01", ["tracker-4g", "FR", "peak"], &r01),
            row("R02", ["tracker-4g", "FR", "off-peak"], &[("3000", "0.0090"), ("-", "0.0071")]),
            row("R03", ["tracker-4g", "BE DE", "*"], &r03),
            row("R99", ["*", "*", "*"], &[("-", "0.0525")]),
        ],
    }
}

fn usage(meter: &str, price: UsagePrice) -> Component {
    Component {
        code: read(meter),
        name: text(meter),
        kind: ComponentKind::Usage,
        nature: SupplyNature::Services,
        charge: ChargeRule::Usage {
            meter: read(meter),
            price,
            counter: TierCounter::default(),
            shadow: None,
        },
        quantity: QuantityRule::ONE,
        optional: false,
        only_if: None,
        fulfilment: None,
        device: facts::device::DeviceTerms::default(),
    }
}

/// The offer, as far as usage goes.
pub fn offer() -> OfferPublished {
    let calls = [("10000", "0.0060"), ("25000", "0.0050"), ("32000", "0.0045"), ("-", "0.0036")];
    let pool = Pool::dynamic(read("20"), read("0.05"));
    let hours = scale(TierMode::Graduated, &[("-", "0.021")]);
    OfferPublished {
        terms: facts::discount::Terms::default(),
        code: read("smart-fleet"),
        version: 1,
        effective_from: date(2026, 1, 1),
        name: text("Smart Fleet Plan"),
        currency: Currency::EUR,
        units: QuantityRule { min: 1, default: 1, max: 100 },
        start: StartPolicy {
            first_of: vec![StartTrigger::Activated],
            not_before: None,
            deadline: None,
            test: None,
        },
        proration: Proration::DaysHalfOpen,
        rounding: Rounding::HalfAwayFromZero,
        late_usage: LateUsage::BillDifference,
        return_window_days: None,
        stopped_days: StoppedDays::Credited,
        on_loss: facts::offer::AfterLoss::Ends,
        plans: Vec::new(),
        options: BTreeMap::new(),
        components: vec![
            usage("data_mb", UsagePrice::Table(table())),
            usage("api_calls", UsagePrice::Model(scale(TierMode::Volume, &calls))),
            usage("sms", UsagePrice::Pool(pool)),
            usage("engine_hours", UsagePrice::Model(hours)),
        ],
    }
}

/// A tracker that takes every component.
pub fn ordered(unit: &str, zone: &str) -> OrderedUnit {
    let device = ("device_type".to_owned(), "tracker-4g".to_owned());
    OrderedUnit {
        unit: read(unit),
        attributes: BTreeMap::from([device]),
        zone: read(zone),
        after: None,
    }
}

/// What a unit measured in a quarter of an hour; the region is that of data.
pub fn bucket(unit: &str, meter: &str, quarter_at: &str, quantity: &str) -> Bucket {
    Bucket {
        unit: read(unit),
        meter: read(meter),
        quarter_at: read(quarter_at),
        dimensions: Arc::new(BTreeMap::from([("region".to_owned(), "FR".to_owned())])),
        quantity: read(quantity),
        events: 1,
        joins: Joins::Add,
    }
}

/// An account that is billed again and again for its usage.
pub struct Account {
    pub offers: Vec<OfferPublished>,
    /// The units, and which of the offers each is under.
    pub units: Vec<(OrderedUnit, usize)>,
    pub components: BTreeMap<ComponentCode, u32>,
    /// How many have service on each day: the first, and others that use nothing.
    pub active_units: u64,
    /// A unit with prices of its own is alone on its order line.
    pub overrides: BTreeMap<UnitId, BTreeMap<ComponentCode, Overrides>>,
    /// Units on an invoice of their own.
    pub groups: BTreeMap<UnitId, InvoiceGroup>,
    pub billed: Billed,
}

impl Account {
    /// U-001 and U-002 in Paris, both active.
    pub fn new() -> Self {
        let components = offer().components.into_iter().map(|it| (it.code, 1)).collect();
        Self {
            offers: vec![offer()],
            units: ["U-001", "U-002"].map(|it| (ordered(it, "Europe/Paris"), 0)).into(),
            components,
            active_units: 2,
            overrides: BTreeMap::new(),
            groups: BTreeMap::new(),
            billed: Billed::default(),
        }
    }

    /// What is due, or why it cannot be rated.
    pub fn rate(&self, buckets: &[Bucket], issued_on: Date) -> Result<Vec<Charge>, RatingError> {
        let components = &self.components;
        let (line, nothing) = (read("ORD-1-1"), BTreeMap::new());
        let own_lines: BTreeMap<&UnitId, OrderLineId> =
            self.overrides.keys().map(|unit| (unit, read(&format!("ORD-{unit}")))).collect();
        let active = usize::try_from(self.active_units).expect("a few units");
        let others: Vec<OrderedUnit> = (self.units.len()..active)
            .map(|number| ordered(&format!("U-{:03}", 101 + number), "Europe/Paris"))
            .collect();
        let others = others.iter().map(|it| (it, 0));
        let all: Vec<(&OrderedUnit, usize)> =
            self.units.iter().map(|(it, offer)| (it, *offer)).chain(others).collect();
        let serving: BTreeSet<UnitId> =
            all.iter().take(active).map(|(it, _)| it.unit.clone()).collect();
        let mut units = BTreeMap::new();
        for (ordered, offer) in all {
            let rated = RatedUnit {
                ordered,
                offer: &self.offers[offer],
                components,
                line: own_lines.get(&ordered.unit).unwrap_or(&line),
                group: self.groups.get(&ordered.unit),
                ordered_on: date(2026, 1, 1),
                overrides: self.overrides.get(&ordered.unit).unwrap_or(&nothing),
            };
            units.insert(ordered.unit.clone(), rated);
        }
        let symbols = BTreeMap::from([(read::<MeterCode>("data_mb"), text("MB"))]);
        let cycle: kernel::BillCalendar = BillCycle::new(1).expect("a day of the month").into();
        let (zone, attributes) = (read("Europe/Paris"), BTreeMap::new());
        let served = Served { units: &units, cycle: &cycle, zone: &zone, attributes: &attributes };
        let mut usage = GroupedUsage::default();
        // What is new each time, as the current cost is kept: the whole is the sum of its parts.
        for part in buckets.chunks(2) {
            usage.add(served, part)?;
        }
        due_usage(RatingInput {
            units: &units,
            symbols: &symbols,
            usage: &usage,
            attributes: &attributes,
            service_days: &|unit: &UnitId, period: Period| {
                period.each_day().filter(|_| serving.contains(unit)).collect()
            },
            served_from: Some(date(2026, 1, 1)),
            cycle: &cycle,
            billed: &self.billed,
            issued_on,
        })
    }

    /// Bills what is due, and remembers it.
    pub fn bill(&mut self, buckets: &[Bucket], issued_on: Date) -> Vec<Charge> {
        let charges = self.rate(buckets, issued_on).expect("usage with a price");
        charges.iter().for_each(|charge| remember_in(&mut self.billed, charge));
        self.billed.last_issued_on = Some(issued_on);
        charges
    }

    /// Bills, and shows each line.
    pub fn lines(&mut self, buckets: &[Bucket], issued_on: Date) -> Vec<String> {
        self.bill(buckets, issued_on).iter().map(shown).collect()
    }
}

/// Adds a charge to what was billed.
pub fn remember_in(billed: &mut Billed, charge: &Charge) {
    let rated = charge.rated.as_ref().expect("usage is rated");
    let key = UsageKey {
        offer: charge.offer.clone(),
        component: charge.component.clone(),
        period: charge.period.expect("usage has a period"),
        row: rated.row.clone(),
        contract: rated.contract.clone(),
        pool: rated.pool.as_ref().map(|pool| pool.name.clone()).unwrap_or_default(),
        is_shadow: charge.kind == ChargeKind::UsageShadow,
        group: charge.group.clone(),
    };
    if let Some(pool) = &rated.pool {
        let shares = pool.statement.iter().map(|it| (it.unit.clone(), it.amount));
        billed.pool_amounts.insert(key.clone(), shares.collect());
    }
    let nothing = UsageBilled::nothing(charge.amount.currency);
    let so_far = billed.usage.entry(key).or_insert(nothing);
    assert_eq!((rated.quantity_before, rated.billed_before), (so_far.quantity, so_far.amount));
    so_far.quantity = so_far.quantity.plus(charge.quantity).expect("a small quantity");
    so_far.amount = so_far.amount.plus(charge.amount).expect("a small amount");
    if charge.kind != ChargeKind::UsageCredit {
        so_far.by_unit.clone_from(&rated.by_unit);
        so_far.not_billed = match rated.not_billed {
            None => Money::zero(charge.amount.currency),
            Some(NotBilled::WrittenOff { amount, .. }) => amount,
            Some(NotBilled::Shadow { .. }) => rated.amount,
        };
    }
    let all = so_far.amount.plus(so_far.not_billed).expect("a small amount");
    if charge.kind == ChargeKind::UsageCredit {
        assert_eq!((Quantity::ZERO, 0), (so_far.quantity.normalized(), so_far.amount.minor));
    } else {
        assert_eq!((rated.quantity, rated.amount), (so_far.quantity.normalized(), all));
    }
}

/// `key component month [row] quantity amount`.
pub fn shown(charge: &Charge) -> String {
    let row = charge.rated.as_ref().and_then(|it| it.row.as_ref());
    let row = row.map_or(String::new(), |row| format!(" {row}"));
    let period = charge.period.map_or(String::new(), |it| it.from().strftime("%Y-%m").to_string());
    let (key, component, amount) =
        (charge.kind.key(), &charge.component, charge.amount.amount_text());
    format!("{key} {component} {period}{row} {} {amount}", charge.quantity)
}
