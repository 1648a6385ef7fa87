//! What stands against an offer.

use std::collections::BTreeSet;

use facts::device::{LifeState, Ownership, PricePart, ReturnStep, ServiceState};
use facts::meter::Measure;
use facts::offer::{
    Alignment, ChargeRule, Component, Every, LateUsage, OptionValue, Proration, QuantityRule,
    StartPolicy, StartTrigger, StoppedDays, SupplyNature, Timing,
};
use facts::price::{DimensionSource, OrderedPrice, PriceTable, TierCounter, UsagePrice};
use facts::{FulfilmentSpecPublished, MeterCode, MeterPublished, OfferPublished, PlanCode};
use kernel::{Interval, Percent, Quantity};
use pricing::PriceFault;
use pricing::table::CompiledTable;

use super::{CatalogFault, Objections, codes, listed};
use crate::Definitions;
use crate::definition::Definition;

pub fn check(offer: &OfferPublished, all: &Definitions, objections: &mut Objections) {
    let place = offer.place();
    objections.require_text(&place, "name", &offer.name);
    check_quantity(&format!("{place}.units"), offer.units, objections);
    objections.require_unique(&place, "plan", offer.plans.iter().map(PlanCode::as_str));
    check_options(offer, &place, objections);
    if let LateUsage::WriteOff { below } = offer.late_usage
        && below.minor <= 0
    {
        let below = below.amount_text();
        objections.add(place.as_str(), CatalogFault::WriteOffOfNothing { below });
    }
    if offer.stopped_days == StoppedDays::UsedLater && offer.proration == Proration::FullPeriod {
        objections.add(place.as_str(), CatalogFault::StoppedDaysOfFullPeriod {});
    }
    check_start(offer, all, &format!("{place}.start"), objections);
    let components = offer.components.iter().map(|component| component.code.as_str());
    objections.require_unique(&place, "component", components);
    for component in &offer.components {
        let place = format!("{place}.components[{}]", component.code);
        Part { offer, component, all, place }.check(objections);
    }
}

fn check_quantity(place: &str, rule: QuantityRule, objections: &mut Objections) {
    let QuantityRule { min, default, max } = rule;
    if min > default || default > max {
        objections.add(place, CatalogFault::QuantityOrder { min, default, max });
    }
}

fn check_options(offer: &OfferPublished, place: &str, objections: &mut Objections) {
    for (option, values) in &offer.options {
        let place = format!("{place}.options[{option}]");
        if values.is_empty() {
            objections.add(place.as_str(), CatalogFault::NoOptionValue { option: option.clone() });
        }
        for value in values {
            objections.require_word(&place, option, value);
        }
        objections.require_unique(&place, "value", values.iter().map(String::as_str));
    }
}

fn check_start(
    offer: &OfferPublished,
    all: &Definitions,
    place: &str,
    objections: &mut Objections,
) {
    let triggers = &offer.start.first_of;
    if triggers.is_empty() {
        objections.add(place, CatalogFault::NoStartTrigger { triggers: 0 });
    }
    check_days(&offer.start, place, objections);
    check_threshold(&offer.start, all, &format!("{place}.test"), objections);
    if !triggers.contains(&StartTrigger::Activated) {
        return;
    }
    let named: Vec<&str> = offer
        .components
        .iter()
        .filter_map(|component| component.fulfilment.as_ref())
        .map(facts::SpecCode::as_str)
        .collect();
    let mut specs = named.iter().filter_map(|code| FulfilmentSpecPublished::find(all, code));
    if !specs.any(|spec| spec.activation_signal.is_some()) {
        let specs = listed(named.into_iter());
        objections.add(place, CatalogFault::NoActivationSignal { specs });
    }
}

/// What ends a test is something of which so much can be used.
fn check_threshold(
    policy: &StartPolicy,
    all: &Definitions,
    place: &str,
    objections: &mut Objections,
) {
    let Some(until) = policy.test.as_ref().and_then(|test| test.until.as_ref()) else { return };
    let code = until.meter.to_string();
    let Some(meter) = MeterPublished::find(all, &code) else {
        let (what, known) = ("meter".to_owned(), codes::<MeterPublished>(all));
        objections.add(place, CatalogFault::Unknown { what, code, known });
        return;
    };
    let adds_up = matches!(meter.measure, Measure::Count | Measure::Sum(_));
    if !adds_up || until.quantity <= Quantity::ZERO {
        let (meter, quantity) = (until.meter.clone(), until.quantity);
        objections.add(place, CatalogFault::TestThreshold { meter, quantity });
    }
}

/// What takes no day is no deadline and no test, and what starts by itself before the deadline
/// leaves nothing to it.
fn check_days(policy: &StartPolicy, place: &str, objections: &mut Objections) {
    let none = [
        ("deadline", policy.deadline.map(|it| it.days)),
        ("test", policy.test.as_ref().map(|it| it.days)),
    ];
    for (key, _) in none.into_iter().filter(|(_, days)| *days == Some(0)) {
        objections.add(format!("{place}.{key}").as_str(), CatalogFault::NoDays { days: 0 });
    }
    let Some(deadline) = policy.deadline else { return };
    let before = |trigger: &StartTrigger| match trigger {
        StartTrigger::Activated | StartTrigger::FirstUsage => false,
        StartTrigger::DaysAfter { milestone, days } => {
            deadline.after.milestone() == Some(*milestone) && *days <= deadline.days
        }
        StartTrigger::At(milestone) => deadline.after.milestone() == Some(*milestone),
    };
    if policy.first_of.iter().any(before) {
        let fault = CatalogFault::DeadlineNever { days: deadline.days };
        objections.add(format!("{place}.deadline").as_str(), fault);
    }
}

/// A component where it stands.
struct Part<'a> {
    offer: &'a OfferPublished,
    component: &'a Component,
    all: &'a Definitions,
    place: String,
}

impl Part<'_> {
    fn check(&self, objections: &mut Objections) {
        objections.require_text(&self.place, "name", &self.component.name);
        check_quantity(&format!("{}.quantity", self.place), self.component.quantity, objections);
        self.check_only_if(objections);
        self.check_return_credit(objections);
        self.check_ownership(objections);
        if let Some(spec) = &self.component.fulfilment {
            self.require::<FulfilmentSpecPublished>("fulfilment spec", spec.as_str(), objections);
        }
        match &self.component.charge {
            ChargeRule::OnceDelivered { price, at: _ }
            | ChargeRule::OnceLost { price }
            | ChargeRule::OnceNotReturned { price, within_days: _ } => {
                self.check_ordered(price, true, objections);
            }
            ChargeRule::OncePerOrder { price } => self.check_ordered(price, false, objections),
            ChargeRule::Instalments { price, count, deposit, on_end: _, at: _ } => {
                self.check_ordered(price, true, objections);
                if let Some(unit_price) = deposit.filter(|it| it.is_negative()) {
                    self.object(CatalogFault::NegativePrice { unit_price }, objections);
                }
                if *count == 0 {
                    self.object(CatalogFault::NoInstalment { count: *count }, objections);
                }
            }
            ChargeRule::Milestones { unit_price, parts, on_end: _ } => {
                self.check_ordered(&OrderedPrice::Each(*unit_price), true, objections);
                self.check_parts(parts, objections);
            }
            ChargeRule::StateChanged { price, from, to } => {
                self.check_ordered(price, true, objections);
                self.check_state_change(from, *to, objections);
            }
            ChargeRule::Recurring { price, timing, plan, every, state } => {
                self.check_ordered(price, true, objections);
                self.check_plan(plan.as_ref(), objections);
                self.check_state(*state, (*timing, *every), objections);
                let faults = every.iter().filter_map(|it| self.wrong_interval(*it));
                faults.for_each(|fault| self.object(fault, objections));
            }
            ChargeRule::Usage { meter, price, counter, shadow } => {
                if shadow.is_some() && matches!(price, UsagePrice::Pool(_)) {
                    let component = self.component.code.to_string();
                    self.object(CatalogFault::ShadowOfPool { component }, objections);
                }
                self.require::<MeterPublished>("meter", meter.as_str(), objections);
                self.check_usage(meter, price, objections);
                self.check_counter(meter, price, *counter, objections);
            }
        }
    }

    /// Ages rise and what is given back falls, of a price that can be.
    fn check_return_credit(&self, objections: &mut Objections) {
        let steps = &self.component.device.return_credit;
        let has_price = matches!(
            self.component.charge,
            ChargeRule::OnceDelivered { .. }
                | ChargeRule::Instalments { .. }
                | ChargeRule::Milestones { .. }
        );
        if !steps.is_empty() && !has_price {
            let component = self.component.code.to_string();
            self.object(CatalogFault::ReturnCreditOfNothing { component }, objections);
        }
        let mut before: Option<ReturnStep> = None;
        for (step, it) in (1..).zip(steps) {
            let ReturnStep { within_days, percent } = *it;
            let is_part = percent > Percent::ZERO && percent <= Percent::WHOLE;
            let follows =
                before.is_none_or(|last| last.within_days < within_days && last.percent > percent);
            if !is_part || !follows {
                let fault = CatalogFault::ReturnCreditStep { step, within_days, percent };
                self.object(fault, objections);
            }
            before = Some(*it);
        }
    }

    /// What stays the seller's is not sold, and what should go back is not.
    fn check_ownership(&self, objections: &mut Objections) {
        let Component { code, device, charge, nature, .. } = self.component;
        let is_fee = matches!(charge, ChargeRule::OnceNotReturned { .. });
        let component = code.to_string();
        let is_lease = matches!(charge, ChargeRule::Recurring { .. });
        match device.ownership {
            Ownership::Sold if is_fee => {
                let mut all = self.offer.components.iter();
                if all.all(|it| it.device.ownership.is_sold()) {
                    self.object(CatalogFault::NothingToReturn { component }, objections);
                }
            }
            Ownership::Leased if is_lease && *nature == SupplyNature::Goods => {
                self.object(CatalogFault::LeaseOfGoods { component }, objections);
            }
            Ownership::Sold => {}
            Ownership::Leased if is_lease || is_fee => {}
            Ownership::Loaned if is_fee => {}
            ownership => {
                let ownership = ownership.key().to_owned();
                self.object(CatalogFault::NotSold { component, ownership }, objections);
            }
        }
    }

    /// The parts are the whole price of one.
    fn check_parts(&self, parts: &[PricePart], objections: &mut Objections) {
        let sum = parts.iter().try_fold(Percent::ZERO, |sum, part| sum.plus(part.percent));
        let is_part = |part: &PricePart| part.percent > Percent::ZERO;
        if sum != Ok(Percent::WHOLE) || !parts.iter().all(is_part) {
            let sum = sum.map_or_else(|no| no.to_string(), |sum| sum.to_string());
            self.object(CatalogFault::PartsSum { sum, parts: parts.len() }, objections);
        }
        let max = self.component.quantity.max;
        if max != 1 {
            self.object(CatalogFault::PartsQuantity { max }, objections);
        }
    }

    /// How long a state lasts is known afterwards, and its periods cannot be counted from a start
    /// that it comes before.
    fn check_state(
        &self,
        state: ServiceState,
        (timing, every): (Timing, Option<Every>),
        objections: &mut Objections,
    ) {
        if state.is_active() {
            return;
        }
        let named = state.key().to_owned();
        let of_start = every.is_some_and(|it| it.align == Alignment::Start);
        if timing == Timing::InAdvance || of_start {
            self.object(CatalogFault::StateTiming { state: named }, objections);
        }
        self.check_test(state == ServiceState::Test, objections);
    }

    /// A fee is for changes that there can be.
    fn check_state_change(
        &self,
        from: &BTreeSet<LifeState>,
        to: LifeState,
        objections: &mut Objections,
    ) {
        let never = from.iter().find(|from| !from.can_become(to)).copied();
        let never = never.or((to == LifeState::New).then_some(to));
        if let Some(from) = never {
            let (from, to) = (from.key().to_owned(), to.key().to_owned());
            self.object(CatalogFault::StateChangeNever { from, to }, objections);
        }
        let of_test = to == LifeState::Test || from.contains(&LifeState::Test);
        self.check_test(of_test, objections);
    }

    /// What is for a test needs an offer that has one.
    fn check_test(&self, is_for_test: bool, objections: &mut Objections) {
        if is_for_test && self.offer.start.test.is_none() {
            let component = self.component.code.to_string();
            self.object(CatalogFault::StateNever { component }, objections);
        }
    }

    /// Why charge periods are not possible.
    fn wrong_interval(&self, every: Every) -> Option<CatalogFault> {
        let interval = every.interval.to_string();
        let of_calendar = every.align == Alignment::Account;
        match every.interval {
            Interval::Months(1..=120) | Interval::Weeks(1..=520) => {}
            _ => return Some(CatalogFault::IntervalLength { interval }),
        }
        match every.interval {
            Interval::Months(1 | 2 | 3 | 4 | 6 | 12) | Interval::Weeks(1) => {}
            _ if of_calendar => return Some(CatalogFault::IntervalAlignment { interval }),
            _ => {}
        }
        let in_months = self.offer.proration == Proration::ThirtyDayMonth;
        let is_wrong = in_months && every.interval.months().is_none();
        is_wrong.then_some(CatalogFault::IntervalProration { interval })
    }

    fn object(&self, fault: CatalogFault, objections: &mut Objections) {
        objections.add(self.place.as_str(), fault);
    }

    fn object_unknown(&self, what: &str, code: &str, known: String, objections: &mut Objections) {
        let (what, code) = (what.to_owned(), code.to_owned());
        self.object(CatalogFault::Unknown { what, code, known }, objections);
    }

    fn require<D: Definition>(&self, what: &str, code: &str, objections: &mut Objections) {
        if D::find(self.all, code).is_none() {
            self.object_unknown(what, code, codes::<D>(self.all), objections);
        }
    }

    fn check_ordered(&self, price: &OrderedPrice, has_units: bool, objections: &mut Objections) {
        if let OrderedPrice::Each(unit_price) = price {
            if unit_price.is_negative() {
                let fault = CatalogFault::NegativePrice { unit_price: *unit_price };
                self.object(fault, objections);
            }
            return;
        }
        for fault in pricing::check::ordered(price, has_units) {
            objections.add_price(self.place_of(&fault), fault);
        }
    }

    fn check_plan(&self, plan: Option<&PlanCode>, objections: &mut Objections) {
        let plans = &self.offer.plans;
        if let Some(plan) = plan.filter(|plan| !plans.contains(plan)) {
            let known = listed(plans.iter().map(PlanCode::as_str));
            self.object_unknown("plan", plan.as_str(), known, objections);
        }
    }

    fn check_only_if(&self, objections: &mut Objections) {
        let Some(OptionValue { option, value }) = &self.component.only_if else { return };
        match self.offer.options.get(option) {
            None => {
                let known = listed(self.offer.options.keys().map(String::as_str));
                self.object_unknown("option", option, known, objections);
            }
            Some(values) if !values.contains(value) => {
                let known = listed(values.iter().map(String::as_str));
                self.object_unknown(&format!("value of `{option}`"), value, known, objections);
            }
            Some(_) => {}
        }
    }

    fn check_usage(&self, meter: &MeterCode, price: &UsagePrice, objections: &mut Objections) {
        let faults = match price {
            UsagePrice::Model(model) => pricing::check::model(model),
            UsagePrice::Pool(pool) => pricing::check::pool(pool),
            UsagePrice::Table(table) => {
                self.check_dimensions(meter, table, objections);
                CompiledTable::compile(table).err().unwrap_or_default()
            }
        };
        for fault in faults {
            objections.add_price(self.place_of(&fault), fault);
        }
    }

    fn check_counter(
        &self,
        meter: &MeterCode,
        price: &UsagePrice,
        counter: TierCounter,
        objections: &mut Objections,
    ) {
        for fault in pricing::check::counter(counter, price) {
            objections.add_price(self.place_of(&fault), fault);
        }
        let Some(definition) = MeterPublished::find(self.all, meter.as_str()) else { return };
        let adds_up = matches!(
            definition.measure,
            Measure::Count | Measure::Sum(_) | Measure::Counter { .. } | Measure::Interval { .. }
        );
        if pricing::check::needs_sums(counter, price) && !adds_up {
            self.object(CatalogFault::CounterMeasure { meter: meter.clone() }, objections);
        }
    }

    /// The row that a fault is about, when it is about one; else the component.
    fn place_of(&self, fault: &PriceFault) -> String {
        match row_of(fault) {
            Some(row) => format!("{}.rows[{row}]", self.place),
            None => self.place.clone(),
        }
    }

    fn check_dimensions(&self, meter: &MeterCode, table: &PriceTable, objections: &mut Objections) {
        let Some(definition) = MeterPublished::find(self.all, meter.as_str()) else { return };
        for dimension in &table.dimensions {
            let DimensionSource::Event(member) = &dimension.source else { continue };
            if !definition.dimensions.contains(member) {
                let known = listed(definition.dimensions.iter().map(String::as_str));
                let (dimension, meter) = (member.clone(), meter.clone());
                let fault = CatalogFault::UnknownDimension { dimension, meter, known };
                self.object(fault, objections);
            }
        }
    }
}

/// The row of the table that a fault names; the first, of two.
fn row_of(fault: &PriceFault) -> Option<String> {
    match fault {
        PriceFault::DuplicateRow { row }
        | PriceFault::DefaultCondition { row }
        | PriceFault::FlatAtZeroInRow { row }
        | PriceFault::EmptyValidity { row, .. }
        | PriceFault::NeverHit { row }
        | PriceFault::ConditionCount { row, .. }
        | PriceFault::EmptyCondition { row, .. }
        | PriceFault::UnknownBand { row, .. }
        | PriceFault::DuplicateDefault { first: row, .. }
        | PriceFault::Overlap { first: row, .. } => Some(row.to_string()),
        PriceFault::NoTiers { of }
        | PriceFault::TierOrder { of, .. }
        | PriceFault::TierOpen { of, .. }
        | PriceFault::TierClosed { of, .. }
        | PriceFault::NegativeIncluded { of, .. }
        | PriceFault::PackageSize { of, .. }
        | PriceFault::FloorAboveCap { of, .. }
        | PriceFault::NoFlatAtZero { of }
        | PriceFault::CounterSetting { of, .. }
        | PriceFault::OrderedSetting { of, .. }
        | PriceFault::NegativePrice { of, .. } => {
            (!["scale", "pool"].contains(&of.as_str())).then(|| of.clone())
        }
        _ => None,
    }
}
