//! Words that several answers about usage share.

use std::collections::BTreeMap;

use connect::readable::{Readable, When};
use documents::{explain, format};
use engine::usage::{Priced, Standing, Turn};
use facts::charge::UnitStart;
use facts::pool::{Overage, Pool};
use facts::price::{Model, Tier, TierMode, UsagePrice};
use facts::{MeterCode, MeterPublished};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{Money, Quantity, Zone};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::texts::Texts;

/// Where there is nothing to show.
pub const NOTHING: &str = "–";

/// What somebody has to do so that an event no longer waits.
pub struct Remedy<'a> {
    pub reason: &'a str,
    pub subject: &'a str,
    pub meter: Option<&'a str>,
    pub unknown_type: Option<&'a str>,
    pub offer: Option<&'a str>,
}

impl Remedy<'_> {
    /// In words.
    pub fn text(&self, texts: &Texts) -> String {
        let key = format!("remedy-{}", self.reason.replace('_', "-"));
        texts.with(
            &key,
            &[
                ("subject", self.subject),
                ("meter", self.meter.unwrap_or(NOTHING)),
                ("type", self.unknown_type.unwrap_or(NOTHING)),
                ("offer", self.offer.unwrap_or(NOTHING)),
            ],
        )
    }
}

/// The name of an outcome, with its reason in words.
pub fn outcome(outcome: &str, reason: Option<&str>, texts: &Texts) -> String {
    let name = texts.text(&format!("event-{}", outcome.replace('_', "-")));
    match reason {
        Some(code) => format!("{name}: {}", reason_text(code, texts)),
        None => name,
    }
}

/// A reason in words.
pub fn reason_text(code: &str, texts: &Texts) -> String {
    texts.text(&format!("reason-{}", code.replace('_', "-")))
}

/// Attributes on one line: `band=peak, region=FR`. What a measure keeps for itself is not shown.
pub fn attributes(of: &BTreeMap<String, String>) -> String {
    let shown = of.iter().filter(|(name, _)| !name.starts_with('$'));
    shown.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(", ")
}

/// A quantity with the symbol of its meter: `1.5 MB`.
pub fn measured(quantity: Quantity, meter: Option<&MeterPublished>, texts: &Texts) -> String {
    let figure = format::quantity(quantity, texts.language);
    match meter {
        Some(meter) => format!("{figure}\u{a0}{}", meter.symbol.get(texts.language)),
        None => figure,
    }
}

/// The meter of a code.
pub fn meter_of<'a>(
    meters: &'a [MeterPublished],
    code: Option<&MeterCode>,
) -> Option<&'a MeterPublished> {
    meters.iter().find(|it| Some(&it.code) == code)
}

/// An instant, to the second, the same in every language: `2026-01-20 09:15:00Z`.
pub fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

/// An amount as data.
pub fn amount(amount: Money) -> Value {
    json!({ "amount": amount.amount_text(), "currency": amount.currency.to_string() })
}

/// A day of the command line.
pub fn day(text: Option<&str>) -> Result<Option<Date>, Failure> {
    text.map(|text| Date::read(text).map_err(Failure::refused)).transpose()
}

/// A moment of the command line.
pub fn moment(text: Option<&str>, zone: &Zone) -> Result<Option<Timestamp>, Failure> {
    let Some(text) = text else { return Ok(None) };
    let bad = || connect::InputRejection::BadWhen { text: text.to_owned() };
    let at = When::read(text).map_err(Failure::refused)?.in_zone(zone);
    at.map(Some).ok_or_else(|| Failure::refused(bad()))
}

/// A unit's hold on a device, and its service: two sentences, or one when it has no start.
pub fn turn(turn: &Turn, texts: &Texts) -> Vec<String> {
    let language = texts.language;
    let at = |at: Timestamp| format::instant(at, &turn.zone, language);
    let unit = turn.unit.as_str();
    let (from, until) = (turn.from.map(at), turn.until.map(at));
    let held = match (&from, &until) {
        (None, _) => texts.with("whose-shipped", &[("unit", unit)]),
        (Some(from), None) => texts.with("whose-held", &[("unit", unit), ("from", from)]),
        (Some(from), Some(until)) => {
            texts.with("whose-held-until", &[("unit", unit), ("from", from), ("until", until)])
        }
    };
    let service = match &turn.start {
        None => texts.with("whose-no-service", &[("unit", unit)]),
        Some(start) => {
            let because = UnitStart {
                unit: turn.unit.clone(),
                start_at: start.start_at,
                evidence: start.evidence.clone(),
            };
            texts.with(
                "whose-service",
                &[
                    ("unit", unit),
                    ("from", &at(start.start_at)),
                    ("why", &explain::start(&because, &turn.zone, language)),
                ],
            )
        }
    };
    vec![held, service]
}

/// Who held a device, as data.
pub fn turns_json(standing: &Standing) -> Value {
    let turn = |it: &Turn| {
        json!({
            "unit": it.unit,
            "account": it.account,
            "order_line": it.order_line,
            "offer": it.offer.to_string(),
            "from": it.from,
            "until": it.until,
            "holds_it": it.holds_it,
            "service_from": it.start.as_ref().map(|start| start.start_at),
            "evidence": it.start.as_ref().map(|start| &start.evidence),
        })
    };
    standing.turns.iter().map(turn).collect()
}

/// A price as data.
pub fn price_json(priced: &Priced) -> Value {
    json!({
        "offer": priced.offer.to_string(),
        "component": priced.component,
        "row": priced.row,
        "contract": priced.contract,
        "key": priced.key,
        "currency": priced.currency.to_string(),
        "price": priced.price,
    })
}

/// A price in words: where it stands, then what it is.
pub fn price(priced: &Priced, texts: &Texts) -> Vec<String> {
    let offer = priced.offer.to_string();
    let component = priced.component.as_str();
    let place = match (&priced.row, &priced.key) {
        (Some(row), Some(key)) => texts.with(
            "price-row",
            &[("row", row.as_str()), ("key", key), ("component", component), ("offer", &offer)],
        ),
        _ => texts.with("price-component", &[("component", component), ("offer", &offer)]),
    };
    let own =
        priced.contract.as_ref().map(|line| documents::explain::own_price(line, texts.language));
    [place, price_text(priced, texts)].into_iter().chain(own).collect()
}

/// A model in words.
pub fn model(model: &Model, currency: kernel::Currency, texts: &Texts) -> String {
    let shown = |price| format::unit_price(price, currency, texts.language);
    model_text(model, currency.code(), &shown, texts)
}

fn price_text(priced: &Priced, texts: &Texts) -> String {
    let language = texts.language;
    let shown = |price| format::unit_price(price, priced.currency, language);
    let code = priced.currency.to_string();
    match &priced.price {
        UsagePrice::Model(model) => model_text(model, &code, &shown, texts),
        UsagePrice::Pool(pool) => pool_text(pool, &code, &shown, texts),
        UsagePrice::Table(_) => String::new(),
    }
}

/// What is included, and what it costs above that.
fn pool_text(
    pool: &Pool,
    currency: &str,
    shown: &dyn Fn(kernel::UnitPrice) -> String,
    texts: &Texts,
) -> String {
    let mut parts = Vec::new();
    let per_unit = pool.included_per_active_unit;
    let included =
        [("price-pool-static", pool.included), ("price-pool-dynamic", per_unit)].into_iter();
    for (key, quantity) in included.filter(|(_, quantity)| !quantity.is_zero()) {
        let quantity = format::quantity(quantity, texts.language);
        parts.push(texts.with(key, &[("included", &quantity)]));
    }
    if parts.is_empty() {
        parts.push(texts.text("price-pool-nothing"));
    }
    let overage = match &pool.overage {
        Overage::Price(price) => {
            texts.with("price-pool-overage", &[("price", &shown(*price)), ("currency", currency)])
        }
        Overage::Model(model) => {
            let model = model_text(model, currency, shown, texts);
            texts.with("price-pool-overage-model", &[("price", &model)])
        }
    };
    format!("{}{overage}", parts.join(" + "))
}

fn model_text(
    model: &Model,
    currency: &str,
    shown: &dyn Fn(kernel::UnitPrice) -> String,
    texts: &Texts,
) -> String {
    let quantity = |it| format::quantity(it, texts.language);
    let mut parts = vec![tiers(model, currency, shown, texts)];
    let mut add = |key: &str, value: String| parts.push(texts.with(key, &[("value", &value)]));
    if model.peak.is_some() {
        add("price-peak", String::new());
    }
    if !model.included.is_zero() {
        add("price-included", quantity(model.included));
    }
    if let Some(package) = model.package {
        add("price-package", quantity(package.size));
    }
    if let Some(fee) = model.per_event {
        add("price-per-event", shown(fee.price));
    }
    if let Some(floor) = model.floor {
        add("price-floor", shown(floor));
    }
    if let Some(cap) = model.cap {
        add("price-cap", shown(cap));
    }
    parts.join("; ")
}

fn tiers(
    model: &Model,
    currency: &str,
    shown: &dyn Fn(kernel::UnitPrice) -> String,
    texts: &Texts,
) -> String {
    let mode = match model.mode {
        TierMode::Graduated => "price-graduated",
        TierMode::Volume => "price-volume",
    };
    let price = |tier: &Tier| match tier.flat {
        None => shown(tier.unit_price),
        Some(flat) if tier.unit_price.is_zero() => {
            texts.with("price-flat", &[("price", &shown(flat))])
        }
        Some(flat) => {
            let (price, flat) = (shown(tier.unit_price), shown(flat));
            texts.with("price-with-flat", &[("price", &price), ("flat", &flat)])
        }
    };
    let tier = |tier: &Tier| match tier.up_to {
        Some(up_to) => texts.with(
            "price-up-to",
            &[("price", &price(tier)), ("bound", &format::quantity(up_to, texts.language))],
        ),
        None if model.tiers.len() == 1 => price(tier),
        None => texts.with("price-above", &[("price", &price(tier))]),
    };
    let tiers: Vec<String> = model.tiers.iter().map(tier).collect();
    let list = format!("{} {currency}", tiers.join(", "));
    if model.tiers.len() == 1 { list } else { texts.with(mode, &[("tiers", &list)]) }
}
