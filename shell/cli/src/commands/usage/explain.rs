//! One event from its arrival to the invoice line that bills it.

use std::process::ExitCode;

use connect::readable::Readable;
use documents::format;
use engine::EngineRejection;
use engine::usage::{Billing, Explained, LineCopy, Search};
use facts::text::Language;
use facts::{EventId, EventSource};
use serde_json::{Value, json};
use store::Store;

use super::say::{self, NOTHING, Remedy};
use crate::args::Common;
use crate::compose;
use crate::failure::Failure;
use crate::output::{Kind, Shown, Table};
use crate::texts::Texts;

/// Which event.
pub struct Asked<'a> {
    pub id: &'a str,
    pub source: Option<&'a str>,
    pub copies: bool,
}

pub fn run(common: &Common, asked: &Asked<'_>, texts: &Texts) -> Result<ExitCode, Failure> {
    let mut store = compose::open(common)?;
    let (search, searched) = search(store.as_mut(), asked)?;
    let mut events = Vec::new();
    for event in search.events {
        events.push(engine::usage::explain(store.as_mut(), event)?);
    }
    let copies = asked.copies.then_some(search.copies);
    let mut tables = Vec::new();
    for it in &events {
        tables.push(steps(it, texts));
        tables.extend(it.billing.as_ref().and_then(|it| lines(it, texts)));
    }
    tables.extend(copies.as_deref().filter(|it| !it.is_empty()).map(|it| copied(it, texts)));
    let mut after = Vec::new();
    for it in &events {
        let source = [("source", it.event.source.as_str())];
        after.push(texts.with("explain-raw", &source));
        after.push(it.event.raw.clone());
    }
    if copies.as_ref().is_some_and(Vec::is_empty) {
        after.push(texts.text("explain-no-copies"));
    }
    if searched {
        let count = search.segments.to_string();
        after.push(texts.with("explain-searched", &[("segments", &count)]));
    }
    let several = (events.len() > 1)
        .then(|| texts.with("explain-several", &[("count", &events.len().to_string())]));
    let copies = copies.map(|it| it.iter().map(copy_json).collect::<Vec<_>>());
    Shown {
        json: json!({
            "segments_searched": searched.then_some(search.segments),
            "events": events.iter().map(|it| as_json(it, texts)).collect::<Vec<_>>(),
            "copies": copies,
        }),
        before: several.into_iter().collect(),
        tables,
        after,
    }
    .print(common.output)?;
    Ok(ExitCode::SUCCESS)
}

/// With a source the index knows the event; without one, or for its copies, all lines are read.
fn search(store: &mut dyn Store, asked: &Asked<'_>) -> Result<(Search, bool), Failure> {
    let id = EventId::read(asked.id).map_err(Failure::refused)?;
    let source = asked.source.map(EventSource::read).transpose().map_err(Failure::refused)?;
    let searched = source.is_none() || asked.copies;
    let search = match &source {
        Some(source) if !asked.copies => {
            let found = engine::usage::find(store, source, &id)?;
            Search { events: found.into_iter().collect(), ..Search::default() }
        }
        _ => engine::usage::search(store, &id, source.as_ref())?,
    };
    if !search.events.is_empty() {
        return Ok((search, searched));
    }
    let id = asked.id.to_owned();
    Err(Failure::refused(match source {
        Some(source) => EngineRejection::UnknownEvent { id, source: source.to_string() },
        None => EngineRejection::UnknownEventId { id, segments: search.segments },
    }))
}

/// The way of an event, step by step.
fn steps(it: &Explained, texts: &Texts) -> Table {
    let event = &it.event;
    let names = [("id", event.id.as_str()), ("source", event.source.as_str())];
    let mut table = Table::new(
        Some(texts.with("explain-title", &names)),
        vec![
            (texts.text("column-step"), Kind::Words),
            (texts.text("column-happened"), Kind::Words),
        ],
    );
    let mut step = |key: &str, told: Vec<String>| {
        let name = texts.text(&format!("explain-{key}"));
        for (index, line) in told.into_iter().enumerate() {
            let name = if index == 0 { name.clone() } else { String::new() };
            table.rows.push(vec![name, line]);
        }
    };
    step("arrived", vec![arrived(it, texts)]);
    step("happened", vec![happened(it, texts)]);
    step("replayed", replayed(it, texts));
    step("read", vec![read(it, texts)]);
    step("whose", whose(it, texts));
    let outcome = say::outcome(event.outcome, event.reason, texts);
    match event.outcome {
        "quarantined" => step("outcome", vec![outcome, remedy(it).text(texts)]),
        "free" => step("outcome", vec![outcome, texts.text("explain-why-free")]),
        _ => step("outcome", vec![outcome]),
    }
    let is_measured = event.outcome != "rejected";
    if let Some(priced) = it.standing.priced.as_ref().filter(|_| is_measured) {
        let quarter = format!("{} +15 min", say::instant(it.standing.quarter_at));
        step("quarter", vec![quarter]);
        step("price", say::price(priced, texts));
    }
    step("billed", vec![billed(it, texts)]);
    table
}

fn arrived(it: &Explained, texts: &Texts) -> String {
    let event = &it.event;
    texts.with(
        "explain-arrival",
        &[
            ("day", &format::date(event.arrival.arrived_on, texts.language)),
            ("file", &event.name),
            ("line", &event.arrival.line.to_string()),
            ("segment", &event.segment.to_string()),
        ],
    )
}

/// What each replay made of it; nothing for an event that was never replayed.
fn replayed(it: &Explained, texts: &Texts) -> Vec<String> {
    let told = it.event.replays.iter().map(|replay| {
        let was = engine::usage::report::words(replay.was, None);
        let became = engine::usage::report::words(replay.became, None);
        let became = match became {
            // Whose it is since, is told below.
            ("accepted", _) => texts.text("explain-read-well"),
            (outcome, reason) => say::outcome(outcome, reason, texts),
        };
        texts.with(
            "explain-replay",
            &[
                ("day", &format::date(replay.replayed_on, texts.language)),
                ("segment", &replay.segment.to_string()),
                ("was", &say::outcome(was.0, was.1, texts)),
                ("became", &became),
            ],
        )
    });
    told.collect()
}

/// In UTC, and on the clock of the account when there is one.
fn happened(it: &Explained, texts: &Texts) -> String {
    let at = it.event.happened_at;
    let utc = say::instant(at);
    match it.standing.holder().or(it.standing.turns.first()) {
        Some(turn) => {
            let local = format::instant(at, &turn.zone, texts.language);
            format!("{utc} · {local} ({})", turn.zone.name())
        }
        None => utc,
    }
}

fn read(it: &Explained, texts: &Texts) -> String {
    let event = &it.event;
    let Some(meter) = &it.meter else {
        let event_type = event.unknown_type.as_deref().unwrap_or(NOTHING);
        return texts.with("explain-no-meter", &[("type", event_type)]);
    };
    let name = meter.name.get(texts.language);
    if event.outcome == "rejected" {
        return format!("{name} ({})", meter.code);
    }
    let value = say::measured(event.value, Some(meter), texts);
    let attributes = say::attributes(&event.dimensions);
    let between = if attributes.is_empty() { "" } else { " · " };
    format!("{name} ({}): {value}{between}{attributes}", meter.code)
}

fn whose(it: &Explained, texts: &Texts) -> Vec<String> {
    let standing = &it.standing;
    let subject = [("subject", it.event.subject.as_str())];
    if standing.turns.is_empty() {
        return vec![texts.with("whose-nobody", &subject)];
    }
    let mut told = vec![texts.with("whose-device", &subject)];
    match standing.holder() {
        Some(holder) => {
            told.extend(say::turn(holder, texts));
            let names =
                [("account", holder.account.as_str()), ("line", holder.order_line.as_str())];
            told.push(texts.with("whose-account", &names));
        }
        None => told.extend(standing.turns.iter().flat_map(|turn| say::turn(turn, texts))),
    }
    told
}

fn remedy(it: &Explained) -> Remedy<'_> {
    Remedy {
        reason: it.event.reason.unwrap_or_default(),
        subject: &it.event.subject,
        meter: it.event.meter.as_ref().map(facts::MeterCode::as_str),
        unknown_type: it.event.unknown_type.as_deref(),
        offer: it.standing.holder().map(|turn| turn.offer.code.as_str()),
    }
}

fn billed(it: &Explained, texts: &Texts) -> String {
    let language = texts.language;
    match &it.billing {
        None if it.event.outcome == "free" => texts.text("explain-free"),
        None if it.event.outcome == "shadow" => texts.text("explain-shadow"),
        None if it.event.outcome == "rejected" => texts.text("explain-unreadable"),
        None => texts.text("explain-waits"),
        Some(Billing { is_billed: true, period, lines, .. }) => {
            let first = lines.iter().find(|line| line.includes_it);
            let period = format::period(*period, language);
            match first {
                Some(line) => texts.with(
                    "explain-is-billed",
                    &[
                        ("invoice", line.invoice.as_str()),
                        ("line", &line.line.to_string()),
                        ("period", &period),
                    ],
                ),
                None => texts.with("explain-nothing-to-pay", &[("period", &period)]),
            }
        }
        Some(billing) => {
            let day = billing.due_on.map(|day| format::date(day, language)).unwrap_or_default();
            let period = format::period(billing.period, language);
            texts.with("explain-not-due", &[("day", &day), ("period", &period)])
        }
    }
}

/// The invoice lines of its period and price.
fn lines(billing: &Billing, texts: &Texts) -> Option<Table> {
    let mut table =
        Table::new(
            Some(texts.with(
                "explain-lines",
                &[("period", &format::period(billing.period, texts.language))],
            )),
            vec![
                (texts.text("column-invoice"), Kind::Words),
                (texts.text("column-issued"), Kind::Words),
                (texts.text("column-line"), Kind::Figures),
                (texts.text("column-kind"), Kind::Words),
                (texts.text("column-contains"), Kind::Words),
            ],
        );
    for line in &billing.lines {
        let contains = match (line.includes_it, line.had_arrived) {
            (true, _) => "contains-yes",
            (false, true) => "contains-not-yet-its",
            (false, false) => "contains-not-arrived",
        };
        table.rows.push(vec![
            line.invoice.to_string(),
            format::date(line.issued_on, texts.language),
            line.line.to_string(),
            texts.text(&format!("kind-{}", line.kind.key().replace('.', "-"))),
            texts.text(contains),
        ]);
    }
    (!table.rows.is_empty()).then_some(table)
}

fn copied(copies: &[LineCopy], texts: &Texts) -> Table {
    let mut table = Table::new(
        Some(texts.text("explain-copies")),
        vec![
            (texts.text("column-place"), Kind::Words),
            (texts.text("column-day"), Kind::Words),
            (texts.text("column-source"), Kind::Words),
            (texts.text("column-outcome"), Kind::Words),
        ],
    );
    for copy in copies {
        table.rows.push(vec![
            format!("{}:{}", copy.name, copy.arrival.line),
            copy.arrival.arrived_on.to_string(),
            copy.source.to_string(),
            say::outcome(copy.outcome, None, texts),
        ]);
    }
    table
}

fn copy_json(copy: &LineCopy) -> Value {
    json!({
        "source": copy.source,
        "file": copy.name,
        "line": copy.arrival.line,
        "arrived_on": copy.arrival.arrived_on,
        "outcome": copy.outcome,
        "raw": copy.raw,
    })
}

fn as_json(it: &Explained, texts: &Texts) -> Value {
    let event = &it.event;
    let waits = event.outcome == "quarantined";
    let symbol = |language: Language| it.meter.as_ref().map(|it| it.symbol.get(language));
    json!({
        "source": event.source,
        "id": event.id,
        "file": event.name,
        "line": event.arrival.line,
        "arrived_on": event.arrival.arrived_on,
        "segment": event.segment,
        "raw": event.raw,
        "subject": event.subject,
        "happened_at": event.happened_at,
        "meter": event.meter,
        "unknown_type": event.unknown_type,
        "symbol": symbol(texts.language),
        "value": event.value,
        "dimensions": event.dimensions,
        "outcome": event.outcome,
        "reason": event.reason,
        "replays": event.replays.iter().map(replay_json).collect::<Vec<_>>(),
        "known_on": event.known_on(),
        "remedy": waits.then(|| remedy(it).text(texts)),
        "unit": event.unit,
        "account": it.standing.holder().map(|turn| &turn.account),
        "held": say::turns_json(&it.standing),
        "quarter_at": it.standing.quarter_at,
        "price": it.standing.priced.as_ref().map(say::price_json),
        "billing": it.billing.as_ref().map(billing_json),
    })
}

fn replay_json(it: &engine::usage::Replayed) -> Value {
    let told = |outcome| {
        let (outcome, reason) = engine::usage::report::words(outcome, None);
        json!({ "outcome": outcome, "reason": reason })
    };
    json!({
        "replayed_on": it.replayed_on,
        "segment": it.segment,
        "was": told(it.was),
        "became": told(it.became),
    })
}

fn billing_json(billing: &Billing) -> Value {
    let line = |it: &engine::usage::BillingLine| {
        json!({
            "invoice": it.invoice,
            "issued_on": it.issued_on,
            "line": it.line,
            "kind": it.kind.key(),
            "had_arrived": it.had_arrived,
            "includes_it": it.includes_it,
        })
    };
    json!({
        "account": billing.account,
        "period_from": billing.period.from(),
        "period_to": billing.period.to(),
        "component": billing.component,
        "row": billing.row,
        "is_billed": billing.is_billed,
        "due_on": billing.due_on,
        "lines": billing.lines.iter().map(line).collect::<Vec<_>>(),
    })
}
