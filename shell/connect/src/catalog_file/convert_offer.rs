//! From the shape of an offer to its fact, down to the charges.

use facts::OfferPublished;
use facts::device::{DeviceTerms, Ownership, PartDue, PricePart, ReturnStep, ServiceState};
use facts::offer::{
    AfterLoss, Alignment, ChargeRule, Component, Every, LateUsage, Milestone, OpenParts,
    OptionValue, Proration, QuantityRule, Shadow, StartDeadline, StartPolicy, StartTrigger,
    StoppedDays, TestState, UsageThreshold,
};
use kernel::{Currency, Interval, Rounding};

use super::convert::{DRAFT_VERSION, Reader, text};
use super::shape;
use crate::InputRejection;

impl Reader {
    pub(super) fn offer(&mut self, it: &shape::Offer) -> Option<OfferPublished> {
        let code = self.read(&it.code);
        let effective_from = self.read(&it.effective_from);
        let currency = self.read(&it.currency);
        let units = self.quantity(&it.units);
        let start = self.start_policy(&it.start);
        let proration = self.or(&it.proration, Proration::DaysHalfOpen);
        let rounding = self.or(&it.rounding, Rounding::default());
        let late_usage = self.late_usage(it, currency);
        let return_window_days = self.optional(&it.return_window_days);
        let stopped_days = self.or(&it.stopped_days, StoppedDays::Credited);
        let on_loss = self.or(&it.on_loss, AfterLoss::Ends);
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
            stopped_days: stopped_days?,
            on_loss: on_loss?,
            plans: plans?,
            options: it.options.clone(),
            components: components?,
            terms: terms?,
        })
    }

    fn late_usage(&mut self, it: &shape::Offer, currency: Option<Currency>) -> Option<LateUsage> {
        let policy = self.or(&it.late_usage, LateUsage::BillDifference)?;
        let Some(below) = &it.write_off_below else { return Some(policy) };
        if policy != LateUsage::BillDifference {
            let keys = "late_usage: reopen, write_off_below".to_owned();
            self.faults.add(below.place(&self.place), InputRejection::NotOne { keys });
            return None;
        }
        self.money(below, currency).map(|below| LateUsage::WriteOff { below })
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
        let deadline = match &it.deadline {
            None => Some(None),
            Some(it) => self.start_deadline(it).map(Some),
        };
        let test = match &it.test {
            None => Some(None),
            Some(it) => self.test_state(it).map(Some),
        };
        let (first_of, not_before) = (first_of?, not_before?);
        Some(StartPolicy { first_of, not_before, deadline: deadline?, test: test? })
    }

    fn test_state(&mut self, it: &shape::TestState) -> Option<TestState> {
        let days = self.read(&it.days);
        let until = it.until.as_ref().map(|it| (self.read(&it.meter), self.read(&it.quantity)));
        let until = match until {
            None => None,
            Some((meter, quantity)) => Some(UsageThreshold { meter: meter?, quantity: quantity? }),
        };
        Some(TestState { days: days?, until })
    }

    fn start_deadline(&mut self, it: &shape::StartDeadline) -> Option<StartDeadline> {
        let (after, days) = (self.read(&it.after), self.read(&it.days));
        let then = self.read(&it.then);
        Some(StartDeadline { after: after?, days: days?, then: then? })
    }

    fn start_trigger(&mut self, it: &shape::StartTrigger) -> Option<StartTrigger> {
        let mut days_after =
            |milestone, days| Some(StartTrigger::DaysAfter { milestone, days: self.read(days)? });
        match it {
            shape::StartTrigger::Activated => Some(StartTrigger::Activated),
            shape::StartTrigger::FirstUsage => Some(StartTrigger::FirstUsage),
            shape::StartTrigger::Shipped => Some(StartTrigger::At(Milestone::Shipped)),
            shape::StartTrigger::Delivered => Some(StartTrigger::At(Milestone::Delivered)),
            shape::StartTrigger::Accepted => Some(StartTrigger::At(Milestone::Accepted)),
            shape::StartTrigger::ShippedPlusDays(days) => days_after(Milestone::Shipped, days),
            shape::StartTrigger::DeliveredPlusDays(days) => days_after(Milestone::Delivered, days),
            shape::StartTrigger::AcceptedPlusDays(days) => days_after(Milestone::Accepted, days),
        }
    }

    fn component(&mut self, it: &shape::Component) -> Option<Component> {
        self.around = it.code.place(&self.place);
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
        let ownership = self.or(&it.ownership, Ownership::Sold);
        let return_credit = self.all(&it.return_credit, Self::return_step);
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
            device: DeviceTerms { return_credit: return_credit?, ownership: ownership? },
        })
    }

    fn return_step(&mut self, it: &shape::ReturnStep) -> Option<ReturnStep> {
        let (within_days, percent) = (self.read(&it.within_days), self.read(&it.percent));
        Some(ReturnStep { within_days: within_days?, percent: percent? })
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
            shape::Charge::OnceDelivered(it) => {
                let price = self.ordered_price(&it.unit_price, it.price.as_ref());
                let at = self.or(&it.at, Milestone::Delivered);
                Some(ChargeRule::OnceDelivered { price: price?, at: at? })
            }
            shape::Charge::Instalments(parts) => {
                let price = self.ordered_price(&parts.unit_price, parts.price.as_ref());
                let count = self.read(&parts.count);
                let deposit = self.optional(&parts.deposit);
                let on_end = self.or(&parts.on_end, OpenParts::GoOn);
                let at = self.or(&parts.at, Milestone::Delivered);
                let (price, count, deposit) = (price?, count?, deposit?);
                let (on_end, at) = (on_end?, at?);
                Some(ChargeRule::Instalments { price, count, deposit, on_end, at })
            }
            shape::Charge::Milestones(it) => {
                let unit_price = self.read(&it.unit_price);
                let parts = self.all(&it.parts, Self::price_part);
                let on_end = self.or(&it.on_end, OpenParts::GoOn);
                let (unit_price, parts) = (unit_price?, parts?);
                Some(ChargeRule::Milestones { unit_price, parts, on_end: on_end? })
            }
            shape::Charge::OncePerOrder(it) => {
                let price = self.ordered_price(&it.unit_price, it.price.as_ref());
                Some(ChargeRule::OncePerOrder { price: price? })
            }
            shape::Charge::OnceLost(it) => {
                let price = self.ordered_price(&it.unit_price, it.price.as_ref());
                Some(ChargeRule::OnceLost { price: price? })
            }
            shape::Charge::OnceNotReturned(it) => {
                let price = self.ordered_price(&it.unit_price, it.price.as_ref());
                let within_days = self.read(&it.within_days);
                let (price, within_days) = (price?, within_days?);
                Some(ChargeRule::OnceNotReturned { price, within_days })
            }
            shape::Charge::StateChanged(it) => {
                let price = self.ordered_price(&it.unit_price, it.price.as_ref());
                let from = self.all(&it.from, Self::read);
                let to = self.read(&it.to);
                let (price, from, to) = (price?, from?.into_iter().collect(), to?);
                Some(ChargeRule::StateChanged { price, from, to })
            }
            shape::Charge::Recurring(rule) => {
                let price = self.ordered_price(&rule.unit_price, rule.price.as_ref());
                let timing = self.read(&rule.timing);
                let plan = self.optional(&rule.plan);
                let every = self.every(rule);
                let state = self.or(&rule.state, ServiceState::Active);
                let (price, timing, state) = (price?, timing?, state?);
                Some(ChargeRule::Recurring { price, timing, plan: plan?, every: every?, state })
            }
            shape::Charge::Usage(usage) => {
                let meter = self.read(&usage.meter);
                let price = self.usage_price(&usage.price);
                let counter = self.counter(usage.counter.as_ref());
                let shadow = match &usage.shadow {
                    Some(shadow) => self.shadow(shadow).map(Some),
                    None => Some(None),
                };
                let (meter, price, counter) = (meter?, price?, counter?);
                Some(ChargeRule::Usage { meter, price, counter, shadow: shadow? })
            }
        }
    }

    /// A part is due with something or on a day.
    fn price_part(&mut self, it: &shape::PricePart) -> Option<PricePart> {
        let percent = self.read(&it.percent);
        let due = match (&it.at, &it.on) {
            (Some(at), None) => self.read(at),
            (None, Some(on)) => self.read(on).map(PartDue::On),
            _ => {
                let keys = "at, on".to_owned();
                let place = it.percent.place(&self.place);
                self.faults.add(place, InputRejection::NotOne { keys });
                None
            }
        };
        Some(PricePart { percent: percent?, due: due? })
    }

    /// An alignment says nothing without an interval: then the charge periods are bill periods.
    fn every(&mut self, it: &shape::Recurring) -> Option<Option<Every>> {
        let align = self.or(&it.align, Alignment::Account);
        let Some(interval) = &it.every else {
            let Some(align) = &it.align else { return Some(None) };
            let keys = "every".to_owned();
            self.faults.add(align.place(&self.place), InputRejection::NotOne { keys });
            return None;
        };
        let interval = match interval {
            shape::Interval::Weeks(weeks) => self.read(weeks).map(Interval::Weeks),
            shape::Interval::Months(months) => self.read(months).map(Interval::Months),
        };
        Some(Some(Every { interval: interval?, align: align? }))
    }

    fn shadow(&mut self, it: &shape::Shadow) -> Option<Shadow> {
        let until = self.read(&it.until);
        let on_invoice = self.or(&it.on_invoice, false);
        Some(Shadow { until: until?, on_invoice: on_invoice? })
    }
}
