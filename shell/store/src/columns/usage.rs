//! Columns of `usage_events` and `usage_refusals`.

use std::collections::BTreeMap;

use ::facts::usage::{
    Arrival, ConservationRow, CounterReading, Fate, QuarantineReason, Refusal, RefusalOutcome,
    UsageEvent,
};
use ::facts::{EventId, EventSource, UnitId};

use super::{Cell, Reader, Row, Table};
use crate::{Result, SeenEvent, StoredLine};

const USAGE_EVENTS: Table = Table { name: "usage_events", key_columns: 2 };
const USAGE_LINES: Table = Table { name: "usage_events or usage_refusals", key_columns: 3 };

const ACCEPTED: &str = "accepted";
const FREE: &str = "free";
const QUARANTINED: &str = "quarantined";
const REJECTED: &str = "rejected";
const DUPLICATE: &str = "duplicate";
const CONFLICT: &str = "conflict";

/// `fate, reason, unit`.
fn fate_cells(fate: &Fate) -> [Cell<'_>; 3] {
    match fate {
        Fate::Accepted(unit) => [ACCEPTED.into(), Cell::Null, unit.as_str().into()],
        Fate::Free(unit) => [FREE.into(), Cell::Null, unit.as_str().into()],
        Fate::Quarantined(reason) => [QUARANTINED.into(), reason.code().into(), Cell::Null],
    }
}

fn read_fate(reader: &mut Reader) -> Result<Fate> {
    let fate = reader.text()?;
    let reason = reader.text_or_none()?;
    let unit: Option<UnitId> = reader.parsed_or_none()?;
    let reason = reason.as_deref().map(|code| QuarantineReason::from_code(code).ok_or(code));
    match (fate.as_str(), reason, unit) {
        (ACCEPTED, None, Some(unit)) => Ok(Fate::Accepted(unit)),
        (FREE, None, Some(unit)) => Ok(Fate::Free(unit)),
        (QUARANTINED, Some(Ok(reason)), None) => Ok(Fate::Quarantined(reason)),
        (fate, reason, unit) => {
            Err(reader.inconsistent(format!("fate {fate}, reason {reason:?}, unit {unit:?}")))
        }
    }
}

/// `source, id, arrived_on, batch, line, meter, subject, happened_at, reading, dimensions,
/// digest, fate, reason, unit, raw`.
///
/// # Errors
/// [`crate::StoreError`], when the attributes cannot be written as JSON.
pub fn event_row<'a>(event: &'a UsageEvent, raw: &'a str) -> Result<Row<'a>> {
    let [fate, reason, unit] = fate_cells(&event.fate);
    Ok(vec![
        event.source.as_str().into(),
        event.id.as_str().into(),
        Cell::shown(event.arrival.arrived_on),
        Cell::shown(event.arrival.batch),
        i64::from(event.arrival.line).into(),
        event.meter.as_ref().map(|meter| meter.as_str()).into(),
        event.subject.as_str().into(),
        event.happened_at.into(),
        Cell::shown(event.reading.normalized()),
        Cell::json(&event.dimensions)?,
        Cell::shown(event.digest),
        fate,
        reason,
        unit,
        raw.into(),
    ])
}

fn event(reader: &mut Reader) -> Result<UsageEvent> {
    let (source, id) = (reader.parsed()?, reader.parsed()?);
    let arrival = arrival(reader)?;
    Ok(UsageEvent {
        source,
        id,
        arrival,
        meter: reader.parsed_or_none()?,
        subject: reader.text()?,
        happened_at: reader.instant()?,
        reading: reader.parsed()?,
        dimensions: reader.json()?,
        digest: reader.parsed()?,
        fate: read_fate(reader)?,
    })
}

fn arrival(reader: &mut Reader) -> Result<Arrival> {
    Ok(Arrival { arrived_on: reader.parsed()?, batch: reader.parsed()?, line: reader.number()? })
}

/// The columns of [`event_row`] without `raw`.
///
/// # Errors
/// [`crate::StoreError::Inconsistent`].
pub fn read_event(row: Row<'static>) -> Result<UsageEvent> {
    event(&mut Reader::new(USAGE_EVENTS, row))
}

/// The columns of [`event_row`].
///
/// # Errors
/// [`crate::StoreError::Inconsistent`].
pub fn read_event_and_raw(row: Row<'static>) -> Result<(UsageEvent, String)> {
    let mut reader = Reader::new(USAGE_EVENTS, row);
    Ok((event(&mut reader)?, reader.text()?))
}

/// `source, id, digest`.
///
/// # Errors
/// [`crate::StoreError::Inconsistent`].
pub fn read_seen(row: Row<'static>) -> Result<SeenEvent> {
    let mut reader = Reader::new(USAGE_EVENTS, row);
    Ok(SeenEvent { source: reader.parsed()?, id: reader.parsed()?, digest: reader.parsed()? })
}

/// `source, id, fate, reason, unit`, one row an event. Of two fates for one event the last
/// counts: a set statement would choose any.
pub fn fate_rows(fates: &[(EventSource, EventId, Fate)]) -> Vec<Row<'_>> {
    let last: BTreeMap<(&EventSource, &EventId), &Fate> =
        fates.iter().map(|(source, id, fate)| ((source, id), fate)).collect();
    let row = |((source, id), fate): ((&'_ EventSource, &'_ EventId), _)| {
        let [fate, reason, unit] = fate_cells(fate);
        vec![Cell::shown(source), Cell::shown(id), fate, reason, unit]
    };
    last.into_iter().map(row).collect()
}

/// `batch, line, arrived_on, outcome, reason, meter, source, id, raw`.
#[must_use]
pub fn refusal_row<'a>(refusal: &'a Refusal, raw: &'a str) -> Row<'a> {
    let (outcome, reason) = match refusal.outcome {
        RefusalOutcome::Rejected(reason) => (REJECTED, Some(reason.code())),
        RefusalOutcome::Duplicate => (DUPLICATE, None),
        RefusalOutcome::Conflict => (CONFLICT, None),
    };
    let event = refusal.event.as_ref();
    vec![
        Cell::shown(refusal.arrival.batch),
        i64::from(refusal.arrival.line).into(),
        Cell::shown(refusal.arrival.arrived_on),
        outcome.into(),
        reason.into(),
        refusal.meter.as_ref().map(|meter| meter.as_str()).into(),
        event.map(|(source, _)| source.as_str()).into(),
        event.map(|(_, id)| id.as_str()).into(),
        raw.into(),
    ]
}

/// `subject, happened_at, reading, dimensions, fate, reason, unit`.
///
/// # Errors
/// [`crate::StoreError::Inconsistent`].
pub fn read_reading(row: Row<'static>) -> Result<CounterReading> {
    let mut reader = Reader::new(USAGE_EVENTS, row);
    Ok(CounterReading {
        serial: reader.parsed()?,
        happened_at: reader.instant()?,
        reading: reader.parsed()?,
        dimensions: reader.json()?,
        billed_to: match read_fate(&mut reader)? {
            Fate::Accepted(unit) => Some(unit),
            Fate::Free(_) | Fate::Quarantined(_) => None,
        },
    })
}

/// `arrived_on, meter, outcome, reason, lines`.
///
/// # Errors
/// [`crate::StoreError::Inconsistent`].
pub fn read_conservation(row: Row<'static>) -> Result<ConservationRow> {
    let mut reader = Reader::new(USAGE_LINES, row);
    Ok(ConservationRow {
        arrived_on: reader.parsed()?,
        meter: reader.parsed_or_none()?,
        outcome: reader.text()?,
        reason: reader.text_or_none()?,
        lines: reader.integer()?,
    })
}

/// `arrived_on, batch, line, name, meter, outcome, reason, source, id, raw`.
///
/// # Errors
/// [`crate::StoreError::Inconsistent`], also when the batch has no `UsageReceived`.
pub fn read_line(row: Row<'static>) -> Result<StoredLine> {
    let mut reader = Reader::new(USAGE_LINES, row);
    let arrival = arrival(&mut reader)?;
    let name = reader.text_or_none()?;
    Ok(StoredLine {
        arrival,
        name: name.ok_or_else(|| reader.inconsistent("its batch was never received"))?,
        meter: reader.parsed_or_none()?,
        outcome: reader.text()?,
        reason: reader.text_or_none()?,
        event: read_event_key(&mut reader)?,
        raw: reader.text()?,
    })
}

fn read_event_key(reader: &mut Reader) -> Result<Option<(EventSource, EventId)>> {
    match (reader.parsed_or_none()?, reader.parsed_or_none()?) {
        (None, None) => Ok(None),
        (Some(source), Some(id)) => Ok(Some((source, id))),
        _ => Err(reader.inconsistent("it has a source and an id, or neither")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fate_that_contradicts_itself_is_refused() {
        let read =
            |cells: [Cell<'static>; 3]| read_fate(&mut Reader::new(USAGE_EVENTS, cells.to_vec()));
        let unit = || Cell::from("U-1");
        assert!(read([ACCEPTED.into(), Cell::Null, unit()]).is_ok());
        assert!(read([ACCEPTED.into(), Cell::Null, Cell::Null]).is_err());
        assert!(read([FREE.into(), "future_time".into(), unit()]).is_err());
        assert!(read([QUARANTINED.into(), "lost".into(), Cell::Null]).is_err());
        assert!(read(["billed".into(), Cell::Null, unit()]).is_err());
    }

    #[test]
    fn the_last_fate_of_an_event_counts() {
        let event = || (EventSource::new("s").unwrap(), EventId::new("1").unwrap());
        let unit = |name: &str| Fate::Accepted(UnitId::new(name).unwrap());
        let fates = ["U-1", "U-2"].map(|name| (event().0, event().1, unit(name)));
        let rows = fate_rows(&fates);
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].last(), Some(&Cell::from("U-2")));
    }
}
