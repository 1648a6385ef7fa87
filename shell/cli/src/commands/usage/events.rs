//! The events of a device.

use std::process::ExitCode;

use connect::readable::Readable;
use engine::usage::{EventFilter, Found};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::Zone;
use serde_json::{Value, json};

use super::say::{self, NOTHING};
use crate::args::Common;
use crate::compose;
use crate::failure::Failure;
use crate::output::{Kind, Shown, Table};
use crate::texts::Texts;

/// Which events of which device.
pub struct Asked<'a> {
    pub subject: &'a str,
    pub from: Option<&'a str>,
    pub to: Option<&'a str>,
    pub zone: &'a str,
    pub limit: usize,
}

pub fn list(common: &Common, asked: &Asked<'_>, texts: &Texts) -> Result<ExitCode, Failure> {
    let mut store = compose::open(common)?;
    let zone = Zone::read(asked.zone).map_err(Failure::refused)?;
    let filter = EventFilter {
        subject: asked.subject.to_owned(),
        from: say::moment(asked.from, &zone)?.unwrap_or(Timestamp::MIN),
        to: say::moment(asked.to, &zone)?.unwrap_or(Timestamp::MAX),
    };
    // One more than is shown tells whether there are more.
    let mut events = engine::usage::list(store.as_mut(), &filter, asked.limit.saturating_add(1))?;
    let more = events.len() > asked.limit;
    events.truncate(asked.limit);
    let meters = engine::usage::meters(store.as_mut(), Date::MAX)?;
    let columns = ["when", "meter", "value", "outcome", "unit", "id"];
    let kind = |key: &str| if key == "value" { Kind::Figures } else { Kind::Words };
    let columns = columns.map(|key| (texts.text(&format!("column-{key}")), kind(key)));
    let mut table = Table::new(None, columns.to_vec());
    for it in &events {
        let meter = say::meter_of(&meters, it.meter.as_ref());
        let name = it.meter.as_ref().map(ToString::to_string).or_else(|| it.unknown_type.clone());
        table.rows.push(vec![
            say::instant(it.happened_at),
            name.unwrap_or_else(|| NOTHING.to_owned()),
            if meter.is_some() {
                say::measured(it.value, meter, texts)
            } else {
                NOTHING.to_owned()
            },
            say::outcome(it.outcome, None, texts),
            it.unit.as_ref().map_or(NOTHING.to_owned(), ToString::to_string),
            it.id.to_string(),
        ]);
    }
    let after = if events.is_empty() {
        vec![texts.with("list-none", &[("subject", asked.subject)])]
    } else if more {
        let (limit, last) = (asked.limit.to_string(), events.last());
        let last = last.map(|it| it.happened_at.to_string()).unwrap_or_default();
        vec![texts.with("list-more", &[("limit", &limit), ("last", &last)])]
    } else {
        vec![texts.text("list-hint")]
    };
    Shown {
        json: json!({
            "events": events.iter().map(as_json).collect::<Vec<_>>(),
            "more": more,
        }),
        tables: if events.is_empty() { Vec::new() } else { vec![table] },
        after,
        ..Shown::default()
    }
    .print(common.output)?;
    Ok(ExitCode::SUCCESS)
}

fn as_json(it: &Found) -> Value {
    json!({
        "source": it.source,
        "id": it.id,
        "subject": it.subject,
        "happened_at": it.happened_at,
        "meter": it.meter,
        "unknown_type": it.unknown_type,
        "value": it.value,
        "dimensions": it.dimensions,
        "outcome": it.outcome,
        "reason": it.reason,
        "unit": it.unit,
        "arrived_on": it.arrival.arrived_on,
        "file": it.name,
        "line": it.arrival.line,
        "segment": it.segment,
    })
}
