//! Why a line costs what it costs, and why a unit is billed from the day it is: the sentences of
//! the annex, which the command line shows as well.

use facts::OrderLineId;
use facts::charge::{
    Charge, Computation, Counted, Limit, LimitShare, NotBilled, RatedUsage, Term, UnitStart,
};
use facts::commitment::CommitmentUse;
use facts::device::ReturnShare;
use facts::discount::{TermEffect, TermKind};
use facts::invoice::InvoiceLine;
use facts::offer::{DeadlineFrom, Milestone};
use facts::text::Language;
use facts::unit::StartEvidence;
use kernel::{Currency, Money, Rounding, Zone};

use crate::words::words;
use crate::{format, lines};

/// Where a formula may not break.
const TIGHT: char = '\u{a0}';

/// The whole calculation: `6,000 × 0.0180 + 1,240.397 × 0.0150 = 126.605955 → 126.61`, and
/// `− 120.37 = 6.24` where earlier invoices billed a part.
#[must_use]
pub fn formula(charge: &Charge, language: Language) -> String {
    let computation = &charge.computation;
    let currency = charge.amount.currency;
    let exact = format::exact(&computation.exact, currency, language);
    let rounded = format::amount(computation.rounded, language);
    let terms = terms(computation, currency, language);
    let mut text = match terms.as_str() {
        "" => exact.clone(),
        terms => format!("{terms} ={TIGHT}{exact}"),
    };
    if exact != rounded {
        text.push_str(&format!(" →{TIGHT}{rounded}"));
    }
    if let Some(cents) = charge.ordered.as_ref().and_then(|rate| rate.cents) {
        let rest = format::amount(charge.amount, language);
        text.push_str(&format!(" {} ={TIGHT}{rest}", added(cents, language)));
    }
    if let Some(less) = computation.less {
        let less = subtracted(&format::amount(less, language));
        let rest = format::amount(charge.amount, language);
        text.push_str(&format!(" {less} ={TIGHT}{rest}"));
    }
    text
}

/// [`formula`], and where there are terms, what they make of it:
/// `10 × 24.90 = 249.00; 249.00 − 24.90 = 224.10`.
#[must_use]
pub fn whole_formula(line: &InvoiceLine, language: Language) -> String {
    let mut text = formula(&line.charge, language);
    if line.effects.iter().any(|it| it.amount.minor != 0) {
        text.push_str(&format!("; {}", format::amount(line.charge.amount, language)));
        for effect in line.effects.iter().filter(|it| it.amount.minor != 0) {
            text.push_str(&format!(" {}", added(effect.amount, language)));
        }
        text.push_str(&format!(" ={TIGHT}{}", format::amount(lines::net(line), language)));
    }
    text
}

/// What each term does to a line, where it does something:
/// `115.61 before: Welcome discount, 10 % of 115.61: − 11.56`.
#[must_use]
pub fn effects(line: &InvoiceLine, language: Language) -> Vec<String> {
    let counted: Vec<_> = line.effects.iter().filter(|it| it.amount.minor != 0).collect();
    let before = (!counted.is_empty()).then(|| {
        let amount = format::amount(line.charge.amount, language);
        words(language).with("before-terms", &[("amount", &amount)])
    });
    before.into_iter().chain(counted.into_iter().map(|it| effect(it, language))).collect()
}

fn effect(it: &TermEffect, language: Language) -> String {
    let name = it.name.get(language);
    let (base, amount) = (format::amount(it.base, language), added(it.amount, language));
    if it.kind == TermKind::Credit {
        let quantity = it.quantity.map(|it| format::quantity(it, language));
        let key = if quantity.is_some() { "term-credit-units" } else { "term-credit" };
        let quantity = quantity.unwrap_or_default();
        let values =
            [("name", name), ("quantity", &quantity), ("base", &base), ("amount", &amount)];
        return words(language).with(key, &values);
    }
    match (it.percent, it.of_amount) {
        (Some(percent), _) => {
            let percent = format::percent(percent, language);
            let values =
                [("name", name), ("percent", &percent), ("base", &base), ("amount", &amount)];
            words(language).with("term-percent", &values)
        }
        (None, Some(most)) if it.kind == TermKind::Maximum => {
            let most = format::amount(most, language);
            let values = [("name", name), ("most", &most), ("base", &base), ("amount", &amount)];
            words(language).with("term-maximum", &values)
        }
        (None, of) => {
            let of = format::amount(of.unwrap_or(it.amount), language);
            let values = [("name", name), ("of", &of), ("base", &base), ("amount", &amount)];
            words(language).with("term-amount", &values)
        }
    }
}

/// `+ 0.75`, `− 11.56`.
fn added(amount: Money, language: Language) -> String {
    let text = format::amount(amount, language);
    match text.strip_prefix('−') {
        Some(taken) => format!("−{TIGHT}{taken}"),
        None => format!("+{TIGHT}{text}"),
    }
}

/// `− 126.61`; what is negative is added instead: `+ 10.70`.
fn subtracted(amount: &str) -> String {
    match amount.strip_prefix('−') {
        Some(positive) => format!("+{TIGHT}{positive}"),
        None => format!("−{TIGHT}{amount}"),
    }
}

fn terms(computation: &Computation, currency: Currency, language: Language) -> String {
    let terms: Vec<String> =
        computation.terms.iter().map(|it| term(it, currency, language)).collect();
    terms.join(" + ")
}

fn term(term: &Term, currency: Currency, language: Language) -> String {
    let quantity = format::quantity(term.quantity, language);
    let price = format::unit_price(term.unit_price, currency, language);
    let mut text = format!("{quantity}{TIGHT}×{TIGHT}{price}");
    if let Some(part) = term.part {
        text.push_str(&format!("{TIGHT}×{TIGHT}{}/{}", part.of, part.all));
    }
    if let Some(percent) = term.percent {
        text.push_str(&format!("{TIGHT}×{TIGHT}{}", format::percent(percent, language)));
    }
    if let Some(share) = term.days {
        text.push_str(&format!("{TIGHT}×{TIGHT}{}/{}", share.days, share.period_days));
    }
    text
}

/// Whose the device is, where it is not sold.
#[must_use]
pub fn ownership(charge: &Charge, language: Language) -> Option<String> {
    let ownership = charge.device.ownership;
    let key = format!("device-{}", ownership.key());
    (!ownership.is_sold()).then(|| words(language).text(&key))
}

/// The state of the unit that the days are of, where it is not in service.
#[must_use]
pub fn state(charge: &Charge, language: Language) -> Option<String> {
    let state = charge.device.state;
    let key = format!("state-{}", state.key());
    (!state.is_active()).then(|| words(language).text(&key))
}

/// What of its price is given back of a device that came back:
/// `Returned within 90 days, 70 % credited`.
#[must_use]
pub fn returned(returned: ReturnShare, language: Language) -> String {
    let words = words(language);
    let (percent, before) =
        (format::percent(returned.percent, language), format::percent(returned.before, language));
    let days = returned.within_days.map(|days| days.to_string());
    let text = match &days {
        Some(days) => words.with("line-returned", &[("days", days), ("percent", &percent)]),
        None => words.with("line-returned-otherwise", &[("percent", &percent)]),
    };
    if returned.before.is_zero() {
        return text;
    }
    words.with("line-returned-before", &[("text", &text), ("before", &before)])
}

/// The name of a rounding mode: `rounded half away from zero`.
#[must_use]
pub fn rounding(rounding: Rounding, language: Language) -> String {
    words(language).text(&format!("rounding-{}", rounding.name().replace('_', "-")))
}

/// How the quantity came to be priced as it is, one sentence for each thing that the terms do not
/// say by themselves.
#[must_use]
pub fn priced(rated: &RatedUsage, currency: Currency, language: Language) -> Vec<String> {
    let words = words(language);
    let quantity = |it| format::quantity(it, language);
    let price = |it| format::unit_price(it, currency, language);
    let mut notes = Vec::new();
    if let Some(day) = rated.peak_on {
        notes.push(words.with("priced-peak", &[("day", &format::date(day, language))]));
    }
    notes.extend(rated.counted.iter().flat_map(|it| counted(it, language)));
    if let Some(events) = rated.events {
        let args =
            [("count", format::count(events.paid, language)), ("price", price(events.price))];
        notes.push(words.with("priced-events", &args.each_ref().map(|(k, v)| (*k, v.as_str()))));
    }
    notes.extend(limited(&rated.limits, currency, language));
    if let [counter] = rated.counters.as_slice()
        && !counter.before.is_zero()
    {
        notes.push(words.with("priced-counter", &[("before", &quantity(counter.before))]));
    } else if rated.counters.len() > 1 {
        let count = i64::try_from(rated.counters.len()).unwrap_or(i64::MAX);
        notes.push(words.with("priced-counters", &[("count", &format::count(count, language))]));
    }
    notes.extend(rated.contract.as_ref().map(|line| own_price(line, language)));
    notes
}

/// What a true-up is measured by: `500.00 agreed, 412.30 billed for what counts`.
#[must_use]
pub fn commitment(it: &CommitmentUse, language: Language) -> String {
    let committed = format::amount(it.committed, language);
    let counted = format::amount(it.counted, language);
    words(language).with("committed", &[("committed", &committed), ("counted", &counted)])
}

/// Why the usage of a line is not billed, where it is not:
/// `not billed before 1 April 2026; it would cost 12.30`.
#[must_use]
pub fn not_billed(rated: &RatedUsage, language: Language) -> Option<String> {
    let words = words(language);
    let text = match rated.not_billed? {
        NotBilled::Shadow { until, .. } => {
            let until = format::date(until, language);
            let amount = format::amount(rated.amount, language);
            words.with("not-billed-shadow", &[("until", &until), ("amount", &amount)])
        }
        NotBilled::WrittenOff { amount, below } => {
            let (amount, below) =
                (format::amount(amount, language), format::amount(below, language));
            words.with("not-billed-written-off", &[("amount", &amount), ("below", &below)])
        }
    };
    Some(text)
}

/// The events of a line: how many, from when to when, and their digest.
#[must_use]
pub fn evidence(rated: &RatedUsage, zone: &Zone, language: Language) -> Option<String> {
    let of = rated.evidence.as_ref()?;
    let count = usize::try_from(of.events).unwrap_or(usize::MAX);
    let events = words(language).counted("events", count, &format::count(of.events, language));
    let values = [
        ("events", events.as_str()),
        ("from", &format::instant(of.first_at, zone, language)),
        ("to", &format::instant(of.last_at, zone, language)),
        ("digest", &of.digest),
    ];
    Some(words(language).with("evidence", &values))
}

/// How a whole order line was priced, and which part of it this is.
#[must_use]
pub fn ordered(charge: &Charge, language: Language) -> Vec<String> {
    let Some(rate) = &charge.ordered else { return Vec::new() };
    let words = words(language);
    let count = |it: usize| format::count(i64::try_from(it).unwrap_or(i64::MAX), language);
    let mut notes = Vec::new();
    if let Some(line) = &rate.line {
        let all = usize::try_from(rate.shared_by).unwrap_or(usize::MAX);
        let (of, all) = (count(charge.units.len()), count(all));
        let quantity = format::quantity(rate.quantity, language);
        let args = [("quantity", quantity.as_str()), ("line", line.as_str())];
        notes.push(words.with("priced-ordered", &[args[0], args[1], ("of", &of), ("all", &all)]));
    }
    if let Some(cents) = rate.cents {
        notes.push(words.with("priced-cents", &[("cents", &added(cents, language))]));
    }
    notes.extend(rate.counted.iter().flat_map(|it| counted(it, language)));
    notes.extend(limited(&rate.limits, charge.amount.currency, language));
    if rate.own_price {
        notes.push(match (&rate.line, charge.orders.first()) {
            (Some(line), _) => own_price(line, language),
            (None, order) => of_contract(order.map_or("", |it| it.as_str()), language),
        });
    }
    notes
}

/// That a price is not that of the offer: `price of the contract ORD-1001-1`.
#[must_use]
pub fn own_price(line: &OrderLineId, language: Language) -> String {
    of_contract(line.as_str(), language)
}

fn of_contract(contract: &str, language: Language) -> String {
    words(language).with("priced-own", &[("contract", contract)])
}

fn counted(it: &Counted, language: Language) -> Vec<String> {
    let (words, quantity) = (words(language), |it| format::quantity(it, language));
    let mut notes = Vec::new();
    if !it.included.is_zero() {
        notes.push(words.with("priced-included", &[("included", &quantity(it.included))]));
    }
    if let Some(size) = it.package {
        let args = [("count", quantity(it.priced)), ("size", quantity(size))];
        notes.push(words.with("priced-packages", &args.each_ref().map(|(k, v)| (*k, v.as_str()))));
    }
    notes
}

fn limited(limits: &[LimitShare], currency: Currency, language: Language) -> Vec<String> {
    let holding = limits.iter().filter(|it| it.times > 0);
    let note = |it: &LimitShare| {
        let key = match it.limit {
            Limit::Floor => "priced-floor",
            Limit::Cap => "priced-cap",
        };
        words(language).with(key, &[("price", &format::unit_price(it.price, currency, language))])
    };
    holding.map(note).collect()
}

/// What earlier invoices billed for the same usage, where they billed any:
/// `126.61 for 7,240.397; now 132.85 for 7,656.641`.
#[must_use]
pub fn billed_before(rated: &RatedUsage, language: Language) -> Option<String> {
    let nothing = rated.quantity_before.is_zero() && rated.billed_before.minor == 0;
    (!nothing).then(|| {
        words(language).with(
            "billed-before",
            &[
                ("before", &format::amount(rated.billed_before, language)),
                ("quantity-before", &format::quantity(rated.quantity_before, language)),
                ("now", &format::amount(rated.amount, language)),
                ("quantity", &format::quantity(rated.quantity, language)),
            ],
        )
    })
}

/// Why a unit is billed from then: the signal, or the rule that took its place.
#[must_use]
pub fn start(start: &UnitStart, zone: &Zone, language: Language) -> String {
    why_then(&start.evidence, zone, language)
}

fn why_then(evidence: &StartEvidence, zone: &Zone, language: Language) -> String {
    let words = words(language);
    match evidence {
        StartEvidence::Activated { source, id, serial } => words.with(
            "start-activated",
            &[("id", id.as_str()), ("source", source.as_str()), ("serial", serial.as_str())],
        ),
        StartEvidence::Fallback { milestone, counted_from, days } => {
            let from = format::instant(*counted_from, zone, language);
            let key = match milestone {
                Milestone::Shipped => "start-fallback-shipped",
                Milestone::Delivered => "start-fallback-delivered",
                Milestone::Accepted => "start-fallback-accepted",
            };
            words.with(key, &[("days", &days.to_string()), ("from", &from)])
        }
        StartEvidence::Used => words.text("start-used"),
        StartEvidence::UsedUp { since, began, meter, quantity, on } => {
            let since = format::instant(*since, zone, language);
            let began = why_then(began, zone, language);
            let (on, quantity) =
                (format::date(*on, language), format::quantity(*quantity, language));
            let of_test = [("since", since.as_str()), ("began", &began), ("on", &on)];
            let used = [("quantity", quantity.as_str()), ("meter", meter.as_str())];
            words.with("start-used-up", &[of_test.as_slice(), &used].concat())
        }
        StartEvidence::Shipped => words.text("start-shipped"),
        StartEvidence::Delivered => words.text("start-delivered"),
        StartEvidence::Accepted => words.text("start-accepted"),
        StartEvidence::Deadline { after, counted_from, days } => {
            let from = format::instant(*counted_from, zone, language);
            let key = match after {
                DeadlineFrom::Ordered => "start-deadline-ordered",
                DeadlineFrom::Shipped => "start-deadline-shipped",
                DeadlineFrom::Delivered => "start-deadline-delivered",
                DeadlineFrom::Accepted => "start-deadline-accepted",
            };
            words.with(key, &[("days", &days.to_string()), ("from", &from)])
        }
        StartEvidence::Tested { since, began, days } => {
            let since = format::instant(*since, zone, language);
            let began = why_then(began, zone, language);
            let days = days.to_string();
            words.with("start-tested", &[("days", &days), ("since", &since), ("began", &began)])
        }
        StartEvidence::Ordered => words.text("start-ordered"),
        StartEvidence::Agreed => words.text("start-agreed"),
        StartEvidence::TakenOver { after } => {
            words.with("start-taken-over", &[("unit", after.as_str())])
        }
    }
}
