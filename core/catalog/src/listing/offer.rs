//! The fields of an offer, down to the tiers.

use std::collections::BTreeSet;

use facts::OfferPublished;
use facts::device::{DeviceTerms, LifeState, PartDue, PricePart, ReturnStep};
use facts::offer::{
    AfterDeadline, AfterLoss, Alignment, ChargeRule, Component, ComponentKind, Every, LateUsage,
    Milestone, OpenParts, OptionValue, Proration, QuantityRule, Shadow, StartDeadline, StartPolicy,
    StartTrigger, StoppedDays, SupplyNature, Timing, UsageThreshold,
};
use facts::price::{
    AtZero, BandZone, Bounds, Condition, CounterReset, CounterScope, DimensionSource, EventFee,
    Model, OrderedPrice, Peak, PriceRow, PriceTable, Tier, TierCounter, TierMode, TimeBand,
    TimeBands, UsagePrice,
};

use super::{Fields, pool};

pub fn offer(offer: &OfferPublished, fields: &mut Fields) {
    let OfferPublished {
        code: _,
        version: _,
        effective_from,
        name,
        currency,
        units,
        start,
        proration,
        rounding,
        late_usage,
        return_window_days,
        plans,
        options,
        components,
        terms,
        stopped_days,
        on_loss,
    } = offer;
    fields.add("effective_from", effective_from);
    fields.add_text("name", name);
    fields.add("currency", currency);
    fields.nested("units", |fields| quantity(units, fields));
    fields.nested("start", |fields| start_policy(start, fields));
    let proration = match proration {
        Proration::DaysHalfOpen => "days_half_open",
        Proration::DaysInclusive => "days_inclusive",
        Proration::ThirtyDayMonth => "thirty_day_month",
        Proration::FullPeriod => "full_period",
        Proration::None => "none",
    };
    fields.add("proration", proration);
    fields.add("rounding", rounding.name());
    match late_usage {
        LateUsage::BillDifference => fields.add("late_usage", "bill_difference"),
        LateUsage::Reopen => fields.add("late_usage", "reopen"),
        LateUsage::WriteOff { below } => {
            fields.add("late_usage", "bill_difference");
            fields.add("write_off_below", below.amount_text());
        }
    }
    fields.add_option("return_window_days", *return_window_days);
    if *stopped_days == StoppedDays::UsedLater {
        fields.add("stopped_days", "used_later");
    }
    if *on_loss == AfterLoss::UntilReplaced {
        fields.add("on_loss", "until_replaced");
    }
    fields.add_list("plans", plans);
    for (option, values) in options {
        fields.add_list(&format!("options.{option}"), values);
    }
    fields.add_list("components", components.iter().map(|component| &component.code));
    fields.nested("components", |fields| {
        for part in components {
            fields.nested(part.code.as_str(), |fields| component(part, fields));
        }
    });
    super::terms::list(terms, fields);
}

fn quantity(rule: &QuantityRule, fields: &mut Fields) {
    let QuantityRule { min, default, max } = rule;
    fields.add("min", min);
    fields.add("default", default);
    fields.add("max", max);
}

fn start_policy(policy: &StartPolicy, fields: &mut Fields) {
    let StartPolicy { first_of, not_before, deadline, test } = policy;
    let words = first_of.iter().map(|trigger| match trigger {
        StartTrigger::Activated => "activated".to_owned(),
        StartTrigger::FirstUsage => "first usage".to_owned(),
        StartTrigger::DaysAfter { milestone: from, days } => {
            format!("{} + {days} days", milestone(*from))
        }
        StartTrigger::At(at) => milestone(*at).to_owned(),
    });
    fields.add_list("first_of", words);
    fields.add_option("not_before", not_before.map(milestone));
    fields.add_option("deadline", deadline.map(start_deadline));
    fields.add_option("test", test.as_ref().map(|it| format!("{} days", it.days)));
    if let Some(UsageThreshold { meter, quantity }) = test.as_ref().and_then(|it| it.until.as_ref())
    {
        fields.add("test.until", format!("{quantity} of {meter}"));
    }
}

fn start_deadline(it: StartDeadline) -> String {
    let from = it.after.milestone().map_or("ordered", milestone);
    let then = match it.then {
        AfterDeadline::Start => "start",
        AfterDeadline::Cancel => "cancel",
        AfterDeadline::Report => "report",
    };
    format!("{from} + {} days, then {then}", it.days)
}

const fn milestone(milestone: Milestone) -> &'static str {
    match milestone {
        Milestone::Shipped => "shipped",
        Milestone::Delivered => "delivered",
        Milestone::Accepted => "accepted",
    }
}

/// The step itself, by its noun.
const fn passing(milestone: Milestone) -> &'static str {
    match milestone {
        Milestone::Shipped => "shipment",
        Milestone::Delivered => "delivery",
        Milestone::Accepted => "acceptance",
    }
}

fn component(component: &Component, fields: &mut Fields) {
    let Component {
        code: _,
        name,
        kind,
        nature,
        charge: rule,
        quantity: per_unit,
        optional,
        only_if,
        fulfilment,
        device: DeviceTerms { return_credit, ownership },
    } = component;
    fields.add_text("name", name);
    let kind = match kind {
        ComponentKind::Hardware => "hardware",
        ComponentKind::Service => "service",
        ComponentKind::Usage => "usage",
        ComponentKind::Fee => "fee",
    };
    fields.add("kind", kind);
    let nature = match nature {
        SupplyNature::Goods => "goods",
        SupplyNature::Services => "services",
    };
    fields.add("nature", nature);
    charge(rule, fields);
    fields.nested("quantity", |fields| quantity(per_unit, fields));
    fields.add("optional", optional);
    if let Some(OptionValue { option, value }) = only_if {
        fields.add("only_if", format!("{option} = {value}"));
    }
    fields.add_option("fulfilment", fulfilment.as_ref());
    if !ownership.is_sold() {
        fields.add("ownership", ownership.key());
    }
    for ReturnStep { within_days, percent } in return_credit {
        fields.add(&format!("return_credit.{within_days} days"), format!("{percent} %"));
    }
}

fn charge(rule: &ChargeRule, fields: &mut Fields) {
    match rule {
        ChargeRule::OnceDelivered { price, at } => {
            fields.add("charge", format!("once, at {}", passing(*at)));
            ordered_price(price, fields);
        }
        ChargeRule::Instalments { price, count, deposit, on_end, at } => {
            fields.add("charge", format!("monthly instalments from {}", passing(*at)));
            ordered_price(price, fields);
            fields.add("count", count);
            fields.add_option("deposit", deposit.as_ref());
            open_parts(*on_end, fields);
        }
        ChargeRule::Milestones { unit_price, parts, on_end } => {
            fields.add("charge", "in parts, with milestones");
            fields.add_number("unit_price", *unit_price);
            for (number, PricePart { percent, due }) in (1..).zip(parts) {
                let when = match due {
                    PartDue::Ordered => "with the order".to_owned(),
                    PartDue::At(at) => format!("at {}", passing(*at)),
                    PartDue::On(day) => format!("on {day}"),
                };
                fields.add(&format!("parts.{number}"), format!("{percent} % {when}"));
            }
            open_parts(*on_end, fields);
        }
        ChargeRule::OncePerOrder { price } => {
            fields.add("charge", "once per order");
            ordered_price(price, fields);
        }
        ChargeRule::OnceLost { price } => {
            fields.add("charge", "once, when the device is lost or stolen");
            ordered_price(price, fields);
        }
        ChargeRule::OnceNotReturned { price, within_days } => {
            fields.add(
                "charge",
                format!("once, when the device is not back {within_days} days after the contract"),
            );
            ordered_price(price, fields);
        }
        ChargeRule::StateChanged { price, from, to } => {
            fields.add("charge", format!("each time, from {} to {}", any_of(from), to.key()));
            ordered_price(price, fields);
        }
        ChargeRule::Recurring { price, timing, plan, every, state } => {
            let timing = match timing {
                Timing::InAdvance => "in advance",
                Timing::InArrears => "in arrears",
            };
            fields.add("charge", format!("{}, {timing}", charge_periods(*every)));
            ordered_price(price, fields);
            fields.add_option("plan", plan.as_ref());
            if !state.is_active() {
                fields.add("state", state.key());
            }
        }
        ChargeRule::Usage { meter, price, counter, shadow } => {
            fields.add("charge", "usage, after the bill period");
            fields.add("meter", meter);
            usage_price(price, fields);
            tier_counter(*counter, fields);
            if let Some(Shadow { until, on_invoice }) = shadow {
                fields.add("shadow.until", until);
                fields.add("shadow.on_invoice", on_invoice);
            }
        }
    }
}

fn any_of(states: &BTreeSet<LifeState>) -> String {
    let named: Vec<&str> = states.iter().map(|it| it.key()).collect();
    if named.is_empty() { "any state".to_owned() } else { named.join(" or ") }
}

fn open_parts(on_end: OpenParts, fields: &mut Fields) {
    match on_end {
        OpenParts::GoOn => {}
        OpenParts::DueAtOnce => fields.add("on_end", "the rest is due at once"),
        OpenParts::Waived => fields.add("on_end", "the rest is waived"),
    }
}

fn ordered_price(price: &OrderedPrice, fields: &mut Fields) {
    match price {
        OrderedPrice::Each(unit_price) => fields.add_number("unit_price", *unit_price),
        OrderedPrice::Model(whole) => model(whole, fields),
        OrderedPrice::Table(table) => price_table(table, fields),
    }
}

fn usage_price(price: &UsagePrice, fields: &mut Fields) {
    match price {
        UsagePrice::Model(whole) => model(whole, fields),
        UsagePrice::Table(table) => price_table(table, fields),
        UsagePrice::Pool(pool) => pool::listed(pool, fields),
    }
}

/// What differs from the usual: a counter of its own for each line and bill period.
fn tier_counter(counter: TierCounter, fields: &mut Fields) {
    let TierCounter { scope, reset } = counter;
    if counter == TierCounter::default() {
        return;
    }
    let scope = match scope {
        CounterScope::Row => "row",
        CounterScope::Charge => "charge",
        CounterScope::Unit => "unit",
        CounterScope::Subscription => "subscription",
        CounterScope::Pool => "pool",
        CounterScope::Account => "account",
    };
    let reset = match reset {
        CounterReset::BillPeriod => "bill_period",
        CounterReset::ContractYear => "contract_year",
        CounterReset::Never => "never",
    };
    fields.add("counter.scope", scope);
    fields.add("counter.reset", reset);
}

/// Tiers are named by their place: `tiers.1.up_to`. What a model does not use is not listed.
pub(super) fn model(model: &Model, fields: &mut Fields) {
    let Model { peak, included, package, mode, tiers, bounds, at_zero, per_event, floor, cap } =
        model;
    if let Some(Peak::Day) = peak {
        fields.add("peak", "day");
    }
    if !included.is_zero() {
        fields.add_number("included", *included);
    }
    if let Some(package) = package {
        fields.add_number("package.size", package.size);
    }
    let mode = match mode {
        TierMode::Graduated => "graduated",
        TierMode::Volume => "volume",
    };
    fields.add("tiers.mode", mode);
    if *bounds == Bounds::Excluded {
        fields.add("tiers.bounds", "excluded");
    }
    for (number, Tier { up_to, unit_price, flat }) in (1..).zip(tiers) {
        let bound = format!("tiers.{number}.up_to");
        match up_to {
            Some(up_to) => fields.add_number(&bound, *up_to),
            None => fields.add(&bound, "no limit"),
        }
        fields.add_number(&format!("tiers.{number}.unit_price"), *unit_price);
        if let Some(flat) = flat {
            fields.add_number(&format!("tiers.{number}.flat"), *flat);
        }
    }
    if *at_zero == AtZero::Flat {
        fields.add("at_zero", "flat");
    }
    if let Some(EventFee { price, free }) = per_event {
        fields.add_number("per_event.price", *price);
        fields.add("per_event.free", free);
    }
    let limits = [("floor", floor), ("cap", cap)];
    for (name, limit) in limits {
        if let Some(limit) = limit {
            fields.add_number(name, *limit);
        }
    }
}

fn price_table(table: &PriceTable, fields: &mut Fields) {
    let PriceTable { dimensions, rows } = table;
    fields.add_list("dimensions", dimensions.iter().map(|dimension| &dimension.name));
    for dimension in dimensions {
        let source = match &dimension.source {
            DimensionSource::Unit(attribute) => format!("{attribute} of the unit"),
            DimensionSource::Event(member) => format!("{member} of the event"),
            DimensionSource::Account(attribute) => format!("{attribute} of the account"),
            DimensionSource::TimeBand(bands) => time_bands(bands),
        };
        fields.add(&format!("dimensions.{}", dimension.name), source);
    }
    fields.add_list("rows", rows.iter().map(|row| &row.code));
    fields.nested("rows", |fields| {
        for row in rows {
            fields.nested(row.code.as_str(), |fields| price_row(table, row, fields));
        }
    });
}

fn time_bands(bands: &TimeBands) -> String {
    let TimeBands { bands, otherwise, zone, holidays, on_holidays } = bands;
    let mut text = String::new();
    for TimeBand { name, from, to, days } in bands {
        let (from, to) = (from.strftime("%H:%M"), to.strftime("%H:%M"));
        text.push_str(&format!("{name} {from} to {to}"));
        for day in days {
            text.push_str(&format!(" {day:?}").to_lowercase());
        }
        text.push_str(", ");
    }
    if !holidays.is_empty() {
        let days: Vec<String> = holidays.iter().map(ToString::to_string).collect();
        let name = on_holidays.as_ref().unwrap_or(otherwise);
        text.push_str(&format!("{name} on {}, ", days.join(" ")));
    }
    text.push_str(&format!("otherwise {otherwise}"));
    if *zone == BandZone::Account {
        text.push_str(", in the zone of the account");
    }
    text
}

fn price_row(table: &PriceTable, row: &PriceRow, fields: &mut Fields) {
    let PriceRow { code: _, conditions, is_default, priority, from, until, model: price } = row;
    if *is_default {
        fields.add("default", "takes what no other row takes");
    }
    if *priority != 0 {
        fields.add("priority", priority);
    }
    if let Some(from) = from {
        fields.add("from", from);
    }
    if let Some(until) = until {
        fields.add("until", until);
    }
    for (dimension, condition) in table.dimensions.iter().zip(conditions) {
        match condition {
            Condition::Any => fields.add(&dimension.name, "(any)"),
            Condition::OneOf(values) => fields.add_list(&dimension.name, values),
            Condition::Range(_) | Condition::Prefix(_) => {
                let words = pricing::table::words(condition).unwrap_or_default();
                fields.add(&dimension.name, words);
            }
        }
    }
    model(price, fields);
}

fn charge_periods(every: Option<Every>) -> String {
    let Some(Every { interval, align }) = every else { return "each bill period".to_owned() };
    let align = match align {
        Alignment::Account => "the calendar of the account",
        Alignment::Start => "the start of service",
        Alignment::Order => "the order",
    };
    format!("every {interval} from {align}")
}
