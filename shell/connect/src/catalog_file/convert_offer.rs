//! From the shape of an offer to its fact, down to the tiers.

use std::collections::BTreeSet;

use facts::OfferPublished;
use facts::offer::{
    ChargeRule, Component, LateUsage, Milestone, OptionValue, Proration, QuantityRule, StartPolicy,
    StartTrigger,
};
use facts::price::{
    Condition, Dimension, DimensionSource, Pool, PriceRow, PriceTable, Scale, Tier, TierMode,
    TimeBand, TimeBands, UsagePrice,
};
use kernel::{Rounding, UnitPrice};

use super::convert::{DRAFT_VERSION, Reader, text};
use super::shape;
use super::written::{Kind, Values, Written};
use crate::InputRejection;

/// The word for "any value, also none".
const ANY: &str = "any";

impl Reader {
    pub(super) fn offer(&mut self, it: &shape::Offer) -> Option<OfferPublished> {
        let code = self.read(&it.code);
        let effective_from = self.read(&it.effective_from);
        let currency = self.read(&it.currency);
        let units = self.quantity(&it.units);
        let start = self.start_policy(&it.start);
        let proration = self.or(&it.proration, Proration::DaysHalfOpen);
        let rounding = self.or(&it.rounding, Rounding::default());
        let late_usage = self.or(&it.late_usage, LateUsage::BillDifference);
        let return_window_days = self.optional(&it.return_window_days);
        let plans = self.all(&it.plans, Self::read);
        let components = self.all(&it.components, Self::component);
        let terms = self.offer_terms(it, currency);
        Some(OfferPublished {
            code: code?,
            version: DRAFT_VERSION,
            effective_from: effective_from?,
            name: text(&it.name),
            currency: currency?,
            units: units?,
            start: start?,
            proration: proration?,
            rounding: rounding?,
            late_usage: late_usage?,
            return_window_days: return_window_days?,
            plans: plans?,
            options: it.options.clone(),
            components: components?,
            terms: terms?,
        })
    }

    fn quantity(&mut self, it: &shape::QuantityRule) -> Option<QuantityRule> {
        let min = self.read(&it.min);
        let default = self.read(&it.default);
        let max = self.read(&it.max);
        Some(QuantityRule { min: min?, default: default?, max: max? })
    }

    fn start_policy(&mut self, it: &shape::StartPolicy) -> Option<StartPolicy> {
        let first_of = self.all(&it.first_of, Self::start_trigger);
        let not_before = self.optional(&it.not_before);
        Some(StartPolicy { first_of: first_of?, not_before: not_before? })
    }

    fn start_trigger(&mut self, it: &shape::StartTrigger) -> Option<StartTrigger> {
        let mut days_after =
            |milestone, days| Some(StartTrigger::DaysAfter { milestone, days: self.read(days)? });
        match it {
            shape::StartTrigger::Activated => Some(StartTrigger::Activated),
            shape::StartTrigger::Shipped => Some(StartTrigger::At(Milestone::Shipped)),
            shape::StartTrigger::Delivered => Some(StartTrigger::At(Milestone::Delivered)),
            shape::StartTrigger::ShippedPlusDays(days) => days_after(Milestone::Shipped, days),
            shape::StartTrigger::DeliveredPlusDays(days) => days_after(Milestone::Delivered, days),
        }
    }

    fn component(&mut self, it: &shape::Component) -> Option<Component> {
        let code = self.read(&it.code);
        let kind = self.read(&it.kind);
        let nature = self.read(&it.nature);
        let charge = self.charge(&it.charge);
        let quantity = match &it.quantity {
            Some(rule) => self.quantity(rule),
            None => Some(QuantityRule::ONE),
        };
        let optional = self.or(&it.optional, false);
        let only_if = self.only_if(it);
        let fulfilment = self.optional(&it.fulfilment);
        Some(Component {
            code: code?,
            name: text(&it.name),
            kind: kind?,
            nature: nature?,
            charge: charge?,
            quantity: quantity?,
            optional: optional?,
            only_if: only_if?,
            fulfilment: fulfilment?,
        })
    }

    fn only_if(&mut self, it: &shape::Component) -> Option<Option<OptionValue>> {
        let own = |(option, value): (&String, &String)| OptionValue {
            option: option.clone(),
            value: value.clone(),
        };
        if it.only_if.len() > 1 {
            let keys = it.only_if.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
            let place = it.code.place(&self.place).in_field("only_if");
            self.faults.add(place, InputRejection::NotOne { keys });
            return None;
        }
        Some(it.only_if.iter().next().map(own))
    }

    fn charge(&mut self, it: &shape::Charge) -> Option<ChargeRule> {
        match it {
            shape::Charge::OnceDelivered(price) => {
                Some(ChargeRule::OnceDelivered { unit_price: self.read(&price.unit_price)? })
            }
            shape::Charge::Instalments(parts) => {
                let unit_price = self.read(&parts.unit_price);
                let count = self.read(&parts.count);
                Some(ChargeRule::Instalments { unit_price: unit_price?, count: count? })
            }
            shape::Charge::OncePerOrder(price) => {
                Some(ChargeRule::OncePerOrder { unit_price: self.read(&price.unit_price)? })
            }
            shape::Charge::Recurring(rule) => {
                let unit_price = self.read(&rule.unit_price);
                let timing = self.read(&rule.timing);
                let plan = self.optional(&rule.plan);
                let (unit_price, timing) = (unit_price?, timing?);
                Some(ChargeRule::Recurring { unit_price, timing, plan: plan? })
            }
            shape::Charge::Usage(usage) => {
                let meter = self.read(&usage.meter);
                let price = self.usage_price(&usage.price);
                Some(ChargeRule::Usage { meter: meter?, price: price? })
            }
        }
    }

    fn usage_price(&mut self, it: &shape::UsagePrice) -> Option<UsagePrice> {
        match it {
            shape::UsagePrice::PerUnit(price) => self.one_tier(price).map(UsagePrice::Scale),
            shape::UsagePrice::Graduated(tiers) => {
                self.scale(TierMode::Graduated, tiers).map(UsagePrice::Scale)
            }
            shape::UsagePrice::Volume(tiers) => {
                self.scale(TierMode::Volume, tiers).map(UsagePrice::Scale)
            }
            shape::UsagePrice::Table(table) => self.table(table).map(UsagePrice::Table),
            shape::UsagePrice::Pool(pool) => {
                let included_per_active_unit = self.read(&pool.included_per_active_unit);
                let overage_price = self.read(&pool.overage_price);
                Some(UsagePrice::Pool(Pool {
                    included_per_active_unit: included_per_active_unit?,
                    overage_price: overage_price?,
                }))
            }
        }
    }

    fn one_tier(&mut self, price: &Written<UnitPrice>) -> Option<Scale> {
        let tier = Tier { up_to: None, unit_price: self.read(price)? };
        Some(Scale { mode: TierMode::Graduated, tiers: vec![tier] })
    }

    fn scale(&mut self, mode: TierMode, tiers: &[shape::Tier]) -> Option<Scale> {
        let tiers = self.all(tiers, |reader, tier| {
            let up_to = reader.optional(&tier.up_to);
            let unit_price = reader.read(&tier.unit_price);
            Some(Tier { up_to: up_to?, unit_price: unit_price? })
        });
        Some(Scale { mode, tiers: tiers? })
    }

    fn table(&mut self, it: &shape::PriceTable) -> Option<PriceTable> {
        let dimensions = self.all(&it.dimensions, Self::dimension);
        let names: Vec<&str> = it.dimensions.iter().map(|it| it.name.as_str()).collect();
        let rows = self.all(&it.rows, |reader, row| reader.row(row, &names));
        Some(PriceTable { dimensions: dimensions?, rows: rows? })
    }

    fn dimension(&mut self, it: &shape::Dimension) -> Option<Dimension> {
        let source = match &it.source {
            shape::DimensionSource::Unit(attribute) => DimensionSource::Unit(attribute.clone()),
            shape::DimensionSource::Event(member) => DimensionSource::Event(member.clone()),
            shape::DimensionSource::TimeOfDay(day) => {
                let bands = self.all(&day.bands, Self::time_band)?;
                let otherwise = day.otherwise.clone();
                DimensionSource::TimeBand(TimeBands { bands, otherwise })
            }
        };
        Some(Dimension { name: it.name.clone(), source })
    }

    fn time_band(&mut self, it: &shape::TimeBand) -> Option<TimeBand> {
        let from = self.read(&it.from);
        let to = self.read(&it.to);
        Some(TimeBand { name: it.name.clone(), from: from?, to: to? })
    }

    fn row(&mut self, it: &shape::PriceRow, dimensions: &[&str]) -> Option<PriceRow> {
        let code = self.read(&it.row);
        let is_default = self.or(&it.default, false);
        self.refuse_unknown_dimensions(it, dimensions);
        let conditions = self.conditions(it, dimensions, is_default == Some(true));
        let scale = match &it.price {
            shape::RowPrice::PerUnit(price) => self.one_tier(price),
            shape::RowPrice::Graduated(tiers) => self.scale(TierMode::Graduated, tiers),
            shape::RowPrice::Volume(tiers) => self.scale(TierMode::Volume, tiers),
        };
        let (conditions, is_default) = (conditions?, is_default?);
        Some(PriceRow { code: code?, conditions, is_default, scale: scale? })
    }

    fn refuse_unknown_dimensions(&mut self, it: &shape::PriceRow, dimensions: &[&str]) {
        for (name, values) in &it.when {
            if !dimensions.contains(&name.as_str()) {
                let (field, known) = (name.clone(), dimensions.join(", "));
                let place = values.place(&self.place);
                self.faults.add(place, InputRejection::Unknown { field, known });
            }
        }
    }

    /// One condition per dimension. What is left out means any in the default row, and is a fault
    /// in others: a dimension that is added later must not widen the rows in silence.
    fn conditions(
        &mut self,
        it: &shape::PriceRow,
        dimensions: &[&str],
        is_default: bool,
    ) -> Option<Vec<Condition>> {
        self.all(dimensions, |reader, dimension| match it.when.get(*dimension) {
            Some(values) => reader.condition(values),
            None if is_default => Some(Condition::Any),
            None => {
                let (row, dimension) = (it.row.text().to_owned(), (*dimension).to_owned());
                let place = it.row.place(&reader.place).in_field("when");
                reader.faults.add(place, InputRejection::NoCondition { row, dimension });
                None
            }
        })
    }

    fn condition(&mut self, values: &Values) -> Option<Condition> {
        match values.kind() {
            Kind::One(any) if any == ANY => Some(Condition::Any),
            Kind::One(value) => Some(Condition::OneOf(BTreeSet::from([value.clone()]))),
            Kind::Listed(values) => Some(Condition::OneOf(values.iter().cloned().collect())),
            Kind::Untyped(read_as) => {
                let read_as = (*read_as).to_owned();
                let place = values.place(&self.place);
                self.faults.add(place, InputRejection::QuotesNeeded { read_as });
                None
            }
        }
    }
}
