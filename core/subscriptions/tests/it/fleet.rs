//! The Smart Fleet Plan, units under contract, and an account that remembers what it was billed.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::str::FromStr;

use facts::billed::Billed;
use facts::offer::{
    ChargeRule, Component, ComponentKind, LateUsage, Milestone, Proration, QuantityRule,
    StartPolicy, StartTrigger, StoppedDays, SupplyNature, Timing,
};
use facts::order::{OrderLine, OrderedUnit};
use facts::unit::{ChangeAction, ServiceStart, StartEvidence, Timeline};
use facts::{Charge, ChargeKind, OfferPublished, OrderId, OrderLineId, Text, UnitChanged, UnitId};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use kernel::{BillCalendar, BillCycle, Currency, Period, Rounding, UnitPrice, Zone};
use subscriptions::{BillDay, UnitContract, due_charges};

/// Reads a value of the test's own making.
pub fn read<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().expect("a value written in a test")
}

pub fn paris() -> Zone {
    read("Europe/Paris")
}

/// Noon in Paris, so that it is the same day everywhere in Europe.
pub fn noon(day: Date) -> Timestamp {
    let midnight = paris().start_of(day).expect("a day of this era");
    midnight + jiff::SignedDuration::from_hours(12)
}

pub fn component(name: &str, kind: ComponentKind, charge: ChargeRule) -> Component {
    Component {
        code: read(name),
        name: Text { en: name.to_owned(), fr: name.to_owned() },
        kind,
        nature: SupplyNature::Services,
        charge,
        quantity: QuantityRule::ONE,
        optional: false,
        only_if: None,
        fulfilment: None,
        device: facts::device::DeviceTerms::default(),
    }
}

pub fn recurring(name: &str, price: &str, timing: Timing, plan: Option<&str>) -> Component {
    let plan = plan.map(read);
    let charge = ChargeRule::Recurring {
        price: facts::price::OrderedPrice::Each(read(price)),
        timing,
        plan,
        every: None,
        state: facts::device::ServiceState::Active,
    };
    component(name, ComponentKind::Service, charge)
}

fn plan(name: &str, price: &str, plan: &str) -> Component {
    recurring(name, price, Timing::InAdvance, Some(plan))
}

/// The offer; each test takes the components it asks for.
pub fn offer() -> OfferPublished {
    let price = |text: &str| -> UnitPrice { read(text) };
    let device = ChargeRule::OnceDelivered {
        price: facts::price::OrderedPrice::Each(price("199.00")),
        at: facts::offer::Milestone::Delivered,
    };
    let parts = ChargeRule::Instalments {
        price: facts::price::OrderedPrice::Each(price("17.50")),
        count: 12,
        deposit: None,
        on_end: facts::offer::OpenParts::GoOn,
        at: facts::offer::Milestone::Delivered,
    };
    let fee = ChargeRule::OncePerOrder { price: facts::price::OrderedPrice::Each(price("49.00")) };
    let fallback = StartTrigger::DaysAfter { milestone: Milestone::Delivered, days: 30 };
    OfferPublished {
        terms: facts::discount::Terms::default(),
        code: read("smart-fleet"),
        version: 1,
        effective_from: date(2026, 1, 1),
        name: Text { en: "Smart Fleet Plan".to_owned(), fr: "Forfait flotte".to_owned() },
        currency: Currency::EUR,
        units: QuantityRule { min: 1, default: 1, max: 100 },
        start: StartPolicy {
            first_of: vec![StartTrigger::Activated, fallback],
            not_before: Some(Milestone::Delivered),
            deadline: None,
            test: None,
        },
        proration: Proration::DaysHalfOpen,
        rounding: Rounding::HalfAwayFromZero,
        late_usage: LateUsage::BillDifference,
        return_window_days: Some(60),
        stopped_days: StoppedDays::Credited,
        on_loss: facts::offer::AfterLoss::Ends,
        plans: vec![read("standard"), read("premium")],
        options: BTreeMap::new(),
        components: vec![
            component("hardware", ComponentKind::Hardware, device),
            component("hardware_instalment", ComponentKind::Hardware, parts),
            component("setup_fee", ComponentKind::Fee, fee),
            plan("service_standard", "24.90", "standard"),
            plan("service_premium", "34.90", "premium"),
        ],
    }
}

/// A unit: its order, what it takes, and what is known about it.
#[derive(Debug, Clone)]
pub struct Unit {
    pub unit: UnitId,
    pub order: OrderId,
    pub line: OrderLine,
    pub timeline: Timeline,
}

/// A unit of ORD-1001 that takes these components.
pub fn unit(name: &str, components: &[&str]) -> Unit {
    Unit {
        unit: read(name),
        order: read("ORD-1001"),
        line: OrderLine {
            line: read(&format!("ORD-1001-{name}")),
            offer: offer().reference(),
            options: BTreeMap::new(),
            components: components.iter().map(|it| (read(it), 1)).collect(),
            units: vec![ordered(name)],
            overrides: BTreeMap::new(),
            takes_over: None,
            term: None,
            invoice: None,
        },
        timeline: Timeline::default(),
    }
}

fn ordered(name: &str) -> OrderedUnit {
    OrderedUnit { unit: read(name), attributes: BTreeMap::new(), zone: paris(), after: None }
}

/// The same units on one order line.
pub fn together(mut units: Vec<Unit>) -> Vec<Unit> {
    let line: OrderLineId = read("ORD-1001-1");
    let ordered: Vec<_> = units.iter().flat_map(|it| it.line.units.clone()).collect();
    for unit in &mut units {
        unit.line = OrderLine { line: line.clone(), units: ordered.clone(), ..unit.line.clone() };
    }
    units
}

/// A unit with both service levels, started at noon of a day.
pub fn started(name: &str, on: Date) -> Unit {
    unit(name, &["service_standard", "service_premium"]).starting(on)
}

/// Many of the same kind.
pub fn fleet(first: usize, count: usize, one: impl Fn(&str) -> Unit) -> Vec<Unit> {
    (first..first + count).map(|number| one(&format!("U-{number:03}"))).collect()
}

impl Unit {
    pub fn starting(mut self, on: Date) -> Self {
        let evidence = StartEvidence::Delivered;
        self.timeline.start = Some(ServiceStart { start_at: noon(on), evidence });
        self
    }

    pub fn delivered(mut self, on: Date) -> Self {
        self.timeline.shipped_at = Some(noon(on));
        self.timeline.delivered_at = Some(noon(on));
        self
    }

    pub fn changing(mut self, on: Date, action: ChangeAction) -> Self {
        if action == ChangeAction::Return {
            self.timeline.returned_at = Some(noon(on));
            self.timeline.ended_at = Some(noon(on));
        }
        self.timeline.changes.push(UnitChanged {
            change: read(&format!("CHG-{}", self.timeline.changes.len() + 1)),
            unit: self.unit.clone(),
            recorded_at: noon(on),
            effective_at: noon(on),
            action,
            asked: None,
        });
        self
    }

    pub fn upgraded(self, on: Date) -> Self {
        self.changing(on, ChangeAction::Plan(read("premium")))
    }

    pub fn returned(self, on: Date) -> Self {
        self.changing(on, ChangeAction::Return)
    }
}

static NO_ATTRIBUTES: BTreeMap<String, String> = BTreeMap::new();

/// The contracts of units, all under one offer.
pub fn contracts<'a>(offer: &'a OfferPublished, units: &'a [Unit]) -> Vec<UnitContract<'a>> {
    let contract = |it: &'a Unit| UnitContract {
        unit: &it.unit,
        order: &it.order,
        offer,
        line: &it.line,
        ordered_on: date(2026, 1, 1),
        attributes: &NO_ATTRIBUTES,
        timeline: &it.timeline,
    };
    units.iter().map(contract).collect()
}

/// An account that is billed again and again.
pub struct Account {
    pub offer: OfferPublished,
    pub cycle: BillCalendar,
    pub billed: Billed,
}

impl Account {
    pub fn new() -> Self {
        Self::with(offer(), 1)
    }

    pub fn with(offer: OfferPublished, cycle_day: u8) -> Self {
        let cycle = BillCycle::new(cycle_day).expect("a day of the month").into();
        Self { offer, cycle, billed: Billed::default() }
    }

    pub fn charges(&self, units: &[Unit], issued_on: Date) -> Vec<Charge> {
        let zone = paris();
        let day = BillDay { issued_on, cycle: &self.cycle, zone: &zone };
        due_charges(&contracts(&self.offer, units), &self.billed, day).expect("small amounts")
    }

    /// Bills what is due, and remembers it.
    pub fn bill(&mut self, units: &[Unit], issued_on: Date) -> Vec<Charge> {
        let charges = self.charges(units, issued_on);
        charges.iter().for_each(|charge| remember(&mut self.billed, charge));
        self.billed.last_issued_on = Some(issued_on);
        charges
    }

    /// Bills, and shows each line.
    pub fn lines(&mut self, units: &[Unit], issued_on: Date) -> Vec<String> {
        self.bill(units, issued_on).iter().map(shown).collect()
    }
}

/// `key component [period] [part] quantity amount`.
pub fn shown(charge: &Charge) -> String {
    let mut text = format!("{} {}", charge.kind.key(), charge.component);
    if let Some(period) = charge.period {
        text += &format!(" {period}");
    }
    if let Some(days) = charge.days {
        text += &format!(" {}/{}", days.days, days.period_days);
    }
    if let Some(part) = charge.instalment {
        text += &format!(" {} of {}", part.number, part.count);
    }
    format!("{text} x{} {}", charge.quantity, charge.amount.amount_text())
}

pub fn days_of(period: Period) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(period.from()), |day| day.tomorrow().ok())
        .take_while(move |day| *day < period.to())
}

/// Adds a charge to what was billed. Nothing may be charged twice or given back twice.
fn remember(billed: &mut Billed, charge: &Charge) {
    let component = &charge.component;
    let number = charge.instalment.map_or(0, |it| it.number);
    for unit in &charge.units {
        let key = (component.clone(), unit.clone());
        if let Some(returned) = charge.device.returned {
            let key = (component.clone(), unit.clone(), number);
            let so_far = billed.returned.insert(key, returned.percent).unwrap_or_default();
            assert_eq!(so_far, returned.before, "{}", shown(charge));
            continue;
        }
        let part = (component.clone(), unit.clone(), number);
        let is_new = match charge.kind {
            ChargeKind::HardwareSale => billed.devices.insert(key),
            ChargeKind::HardwareReturnCredit => billed.devices_credited.insert(key),
            ChargeKind::LossFee => billed.losses.insert(key),
            ChargeKind::StateFee | ChargeKind::StateFeeCredit => {
                let days = billed.state_changes.entry(key).or_default();
                let day = charge.period.expect("a change has a day").from();
                let change = charge.device.change.expect("a change of state");
                match charge.kind {
                    ChargeKind::StateFee => days.insert(day, change).is_none(),
                    _ => days.remove(&day) == Some(change),
                }
            }
            ChargeKind::HardwareInstalment => {
                if charge.instalment.is_some_and(|it| it.at_once) {
                    billed.instalments_early.insert(part.clone());
                }
                billed.instalments.insert(part)
            }
            ChargeKind::HardwareInstalmentCredit
                if charge.instalment.is_some_and(|it| it.at_once) =>
            {
                billed.instalments_early.remove(&part) && billed.instalments.remove(&part)
            }
            ChargeKind::HardwareInstalmentCredit => billed.instalments_credited.insert(part),
            ChargeKind::ServiceCharge | ChargeKind::ServiceCredit => {
                let days = billed.service_days.entry(key).or_default();
                let period = charge.period.expect("service has a period");
                days_of(period).all(|day| match charge.kind {
                    ChargeKind::ServiceCharge => days.insert(day),
                    _ => days.remove(&day),
                })
            }
            _ => true,
        };
        assert!(is_new, "twice: {} {unit}", shown(charge));
    }
    for order in &charge.orders {
        let is_new = billed.order_fees.insert((component.clone(), order.clone()));
        assert!(is_new, "twice: {} {order}", shown(charge));
    }
}
