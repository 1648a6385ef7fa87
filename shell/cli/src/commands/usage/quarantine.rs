//! The worklist of what waits: causes, values, remedies.

use std::collections::BTreeMap;
use std::process::ExitCode;

use documents::format;
use engine::usage::Waiting;
use jiff::Timestamp;
use kernel::Money;
use serde_json::{Value, json};

use super::say::{self, NOTHING, Remedy};
use crate::args::{Common, Reason};
use crate::compose;
use crate::failure::Failure;
use crate::output::{Kind, Shown, Table};
use crate::texts::Texts;

pub fn run(
    common: &Common,
    reason: Option<Reason>,
    limit: usize,
    texts: &Texts,
) -> Result<ExitCode, Failure> {
    let mut store = compose::open(common)?;
    let now = compose::now(store.as_mut())?;
    let mut waiting = engine::usage::quarantine(store.as_mut(), now)?;
    waiting.retain(|it| reason.is_none_or(|asked| asked.code() == it.reason.code()));
    let total = Total::of(&waiting);
    let groups = waiting.len();
    waiting.truncate(limit);
    let mut after = Vec::new();
    if waiting.is_empty() {
        after.push(texts.text("quarantine-empty"));
    } else {
        after.push(total.text(groups, texts));
        if groups > limit {
            let (limit, groups) = (limit.to_string(), groups.to_string());
            after.push(texts.with("quarantine-more", &[("limit", &limit), ("groups", &groups)]));
        }
        after.push(texts.text("quarantine-estimate"));
    }
    Shown {
        json: json!({
            "groups": waiting.iter().map(|it| as_json(it, texts)).collect::<Vec<_>>(),
            "total": total.json(groups),
        }),
        tables: match common.output {
            crate::args::Format::Csv => vec![flat(&waiting, texts)],
            _ => by_cause(&waiting, texts),
        },
        after,
        ..Shown::default()
    }
    .print(common.output)?;
    Ok(ExitCode::SUCCESS)
}

/// Sums of what waits.
struct Total {
    events: i64,
    /// Events of meters that nothing prices.
    unpriced: i64,
    values: Vec<Money>,
}

impl Total {
    fn of(waiting: &[Waiting]) -> Self {
        let mut by_currency: BTreeMap<String, Option<Money>> = BTreeMap::new();
        for value in waiting.iter().filter_map(|it| it.estimate.as_ref()).map(|it| it.value) {
            let sum = by_currency
                .entry(value.currency.to_string())
                .or_insert(Some(Money::zero(value.currency)));
            *sum = sum.and_then(|sum| sum.plus(value).ok());
        }
        let unpriced = waiting.iter().filter(|it| it.estimate.is_none());
        Self {
            events: waiting.iter().map(|it| it.events).sum(),
            unpriced: unpriced.map(|it| it.events).sum(),
            values: by_currency.into_values().flatten().collect(),
        }
    }

    fn values_text(&self, texts: &Texts) -> String {
        if self.values.is_empty() {
            return NOTHING.to_owned();
        }
        let values = self.values.iter().map(|it| format::money(*it, texts.language));
        values.collect::<Vec<_>>().join(" + ")
    }

    fn text(&self, groups: usize, texts: &Texts) -> String {
        texts.with(
            "quarantine-total",
            &[
                ("groups", &groups.to_string()),
                ("events", &format::count(self.events, texts.language)),
                ("value", &self.values_text(texts)),
                ("unpriced", &format::count(self.unpriced, texts.language)),
            ],
        )
    }

    fn json(&self, groups: usize) -> Value {
        json!({
            "groups": groups,
            "events": self.events,
            "values": self.values.iter().map(|it| say::amount(*it)).collect::<Vec<_>>(),
            "events_without_price": self.unpriced,
        })
    }
}

fn remedy(it: &Waiting) -> Remedy<'_> {
    Remedy {
        reason: it.reason.code(),
        subject: &it.subject,
        meter: it.meter.as_ref().map(facts::MeterCode::as_str),
        unknown_type: it.unknown_type.as_deref(),
        offer: it.holder.as_ref().map(|(_, offer)| offer.code.as_str()),
    }
}

fn what(it: &Waiting) -> String {
    let meter = it.meter.as_ref().map(ToString::to_string);
    meter.or_else(|| it.unknown_type.clone()).unwrap_or_else(|| NOTHING.to_owned())
}

fn segments(it: &Waiting) -> String {
    match (it.segments.first(), it.segments.last()) {
        (Some(first), Some(last)) if first != last => format!("{first}–{last}"),
        (Some(only), _) => only.to_string(),
        _ => NOTHING.to_owned(),
    }
}

fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

fn value(it: &Waiting, texts: &Texts) -> String {
    it.estimate.as_ref().map_or(NOTHING.to_owned(), |it| format::money(it.value, texts.language))
}

/// One table for each cause: what is to be done is the same for its rows.
fn by_cause(waiting: &[Waiting], texts: &Texts) -> Vec<Table> {
    let mut causes: Vec<(String, Vec<&Waiting>)> = Vec::new();
    for it in waiting {
        let general = general(it, texts);
        match causes.iter_mut().find(|(known, _)| *known == general) {
            Some((_, of_cause)) => of_cause.push(it),
            None => causes.push((general, vec![it])),
        }
    }
    causes.into_iter().map(|(_, of_cause)| table(&of_cause, texts)).collect()
}

/// What is to be done, without the names of devices and types.
fn general(it: &Waiting, texts: &Texts) -> String {
    Remedy { subject: "", unknown_type: Some(""), ..remedy(it) }.text(texts)
}

fn table(of_cause: &[&Waiting], texts: &Texts) -> Table {
    let columns =
        ["meter-or-type", "device", "events", "first", "last", "segments", "estimated-value"];
    let kind = |key: &str| match key {
        "events" | "estimated-value" => Kind::Figures,
        _ => Kind::Words,
    };
    let columns = columns.map(|key| (texts.text(&format!("column-{key}")), kind(key)));
    let mut table = Table::new(title(of_cause, texts), columns.to_vec());
    for it in of_cause {
        table.rows.push(vec![
            what(it),
            it.subject.clone(),
            format::count(it.events, texts.language),
            day(it.first_at),
            day(it.last_at),
            segments(it),
            value(it, texts),
        ]);
    }
    table
}

fn title(of_cause: &[&Waiting], texts: &Texts) -> Option<String> {
    let first = of_cause.first()?;
    let one_device = of_cause.iter().all(|it| it.subject == first.subject);
    let one_type = of_cause.iter().all(|it| it.unknown_type == first.unknown_type);
    let (each_device, each_type) =
        (texts.text("remedy-each-device"), texts.text("remedy-each-type"));
    // What is the same for all is named.
    let mut remedy = remedy(first);
    if !one_device {
        remedy.subject = &each_device;
    }
    if !one_type {
        remedy.unknown_type = Some(&each_type);
    }
    let remedy = remedy.text(texts);
    let code = first.reason.code();
    Some(format!("{code} · {}\n→ {remedy}", say::reason_text(code, texts)))
}

/// One row for each group, for spreadsheets.
fn flat(waiting: &[Waiting], texts: &Texts) -> Table {
    let columns = [
        "reason",
        "meter-or-type",
        "device",
        "events",
        "first",
        "last",
        "segments",
        "estimated-value",
        "currency",
        "remedy",
    ];
    let columns = columns.map(|key| (texts.text(&format!("column-{key}")), Kind::Words));
    let mut table = Table::new(None, columns.to_vec());
    for it in waiting {
        let estimate = it.estimate.as_ref();
        let segments: Vec<String> = it.segments.iter().map(ToString::to_string).collect();
        table.rows.push(vec![
            it.reason.code().to_owned(),
            what(it),
            it.subject.clone(),
            it.events.to_string(),
            it.first_at.to_string(),
            it.last_at.to_string(),
            segments.join(" "),
            estimate.map(|it| it.value.amount_text()).unwrap_or_default(),
            estimate.map(|it| it.value.currency.to_string()).unwrap_or_default(),
            remedy(it).text(texts),
        ]);
    }
    table
}

fn as_json(it: &Waiting, texts: &Texts) -> Value {
    let estimate = it.estimate.as_ref().map(|it| {
        json!({
            "quantity": it.quantity,
            "unit_price": it.unit_price,
            "offer": it.offer.to_string(),
            "value": say::amount(it.value),
        })
    });
    json!({
        "reason": it.reason.code(),
        "meter": it.meter,
        "unknown_type": it.unknown_type,
        "subject": it.subject,
        "events": it.events,
        "first_at": it.first_at,
        "last_at": it.last_at,
        "segments": it.segments,
        "estimate": estimate,
        "unit": it.holder.as_ref().map(|(unit, _)| unit),
        "offer": it.holder.as_ref().map(|(_, offer)| offer.to_string()),
        "remedy": remedy(it).text(texts),
    })
}
