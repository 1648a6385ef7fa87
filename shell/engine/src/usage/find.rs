//! One event from its arrival to the invoice line that bills it, and the events of a device.

use std::collections::{BTreeMap, BTreeSet};

use facts::offer::{ChargeRule, Component};
use facts::price::UsagePrice;
use facts::usage::{Arrival, Fate, LineOutcome};
use facts::{
    AccountId, ChargeKind, ComponentCode, EventId, EventSource, InvoiceNumber, MeterCode, RowCode,
    UnitId,
};
use jiff::Timestamp;
use kernel::{Period, Quantity};
use pricing::table::CompiledTable;
use store::{SegmentHead, Store, Tx};
use usage_index::Secret;

use super::log;
use super::owners::Owners;
use super::reader::LineReader;
use super::report::words;
use crate::contracts::{Contract, Contracts};
use crate::{Result, billing, contracts};

/// An event that took its id, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// `source` of the event.
    pub source: EventSource,
    /// `id` of the event.
    pub id: EventId,
    /// Where it arrived first.
    pub arrival: Arrival,
    /// The file or stream that brought it.
    pub name: String,
    /// Position of its segment in the log.
    pub segment: i64,
    /// The line as received.
    pub raw: String,
    /// The device.
    pub subject: String,
    /// When it happened.
    pub happened_at: Timestamp,
    /// The meter; none for a type that no meter measures.
    pub meter: Option<MeterCode>,
    /// What the meter read.
    pub value: Quantity,
    /// Attributes that price tables can ask.
    pub dimensions: BTreeMap<String, String>,
    /// `accepted`, `free` or `quarantined`, by what is known now.
    pub outcome: &'static str,
    /// The reason, for the last.
    pub reason: Option<&'static str>,
    /// The unit that it belongs to, for the first two.
    pub unit: Option<UnitId>,
}

/// What bills an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Billing {
    /// The account of the unit.
    pub account: AccountId,
    /// The bill period of the event.
    pub period: Period,
    /// The row of the price table, when the price is one.
    pub row: Option<RowCode>,
    /// The lines that bill the period, in the order of issue; none when it is not due yet.
    pub lines: Vec<BillingLine>,
}

/// A line of an invoice that contains an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillingLine {
    /// The invoice.
    pub invoice: InvoiceNumber,
    /// The line, from 1.
    pub line: u32,
    /// Charge or adjustment.
    pub kind: ChargeKind,
    /// Whether the event had arrived when it was issued.
    pub includes_it: bool,
}

/// Which events are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventFilter {
    /// The device.
    pub subject: String,
    /// Happened at this instant or later.
    pub from: Timestamp,
    /// Happened before.
    pub to: Timestamp,
}

/// The event with this name.
///
/// # Errors
/// [`crate::EngineError`].
pub fn find(store: &mut dyn Store, source: &EventSource, id: &EventId) -> Result<Option<Found>> {
    let mut tx = store.read()?;
    let tx = tx.as_mut();
    let index = log::caught_up(tx)?;
    let key = Secret(tx.usage_log()?.secret).key(source.as_str(), id.as_str());
    let seen = index.seen(&[key]).map_err(log::index_failed)?;
    let Some(seen) = seen.into_iter().next().flatten() else { return Ok(None) };
    let is_it = |it: &Found| it.source == *source && it.id == *id;
    Ok(events_of(tx, seen.segment, &is_it)?.pop())
}

/// The events of a device that took their id, by time, at most `limit`.
///
/// # Errors
/// [`crate::EngineError`].
pub fn list(store: &mut dyn Store, filter: &EventFilter, limit: usize) -> Result<Vec<Found>> {
    let mut tx = store.read()?;
    let tx = tx.as_mut();
    let index = log::caught_up(tx)?;
    let series = index.series(&[filter.subject.as_str()]).map_err(log::index_failed)?;
    let wanted = |at: Timestamp| filter.from <= at && at < filter.to;
    let points = series.iter().flat_map(|series| &series.points);
    let mut times: Vec<(Timestamp, i64)> = points
        .filter(|point| wanted(point.happened_at))
        .map(|point| (point.happened_at, point.segment))
        .collect();
    times.sort_unstable();
    times.truncate(limit);
    let segments: BTreeSet<i64> = times.iter().map(|(_, segment)| *segment).collect();
    let is_listed = |it: &Found| it.subject == filter.subject && wanted(it.happened_at);
    let mut found = Vec::new();
    for segment in segments {
        found.extend(events_of(tx, segment, &is_listed)?);
    }
    found.sort_by(|a, b| (a.happened_at, &a.source, &a.id).cmp(&(b.happened_at, &b.source, &b.id)));
    found.truncate(limit);
    Ok(found)
}

/// The events of a segment that are wanted, in the order of its lines.
fn events_of(
    tx: &mut dyn Tx,
    segment: i64,
    is_wanted: &dyn Fn(&Found) -> bool,
) -> Result<Vec<Found>> {
    let segment = log::segment(tx, segment)?;
    let unpacked = log::unpack(&segment)?;
    let reader = LineReader::then(tx, segment.head.catalog, segment.head.arrived_on)?;
    let mut owners = Owners::default();
    let lines = unpacked.lines.iter().zip(&unpacked.outcomes).zip(segment.head.first_line..);
    let mut found = Vec::new();
    for ((raw, outcome), line) in lines {
        if !outcome.takes_id() {
            continue;
        }
        let Some(mut event) = event(&reader, &segment.head, (line, raw)) else { continue };
        if is_wanted(&event) {
            attribute(tx, &mut owners, *outcome, &mut event)?;
            found.push(event);
        }
    }
    Ok(found)
}

/// What a line says; none when it cannot be read.
fn event(reader: &LineReader, head: &SegmentHead, (line, raw): (u32, &[u8])) -> Option<Found> {
    let look = reader.look(raw);
    let (source, id) = look.event?;
    Some(Found {
        source,
        id,
        arrival: Arrival { arrived_on: head.arrived_on, batch: head.batch, line },
        name: head.name.clone(),
        segment: head.sequence,
        raw: String::from_utf8_lossy(raw).into_owned(),
        subject: look.subject?,
        happened_at: look.happened_at?,
        meter: look.track.meter,
        value: look.value,
        dimensions: look.dimensions,
        outcome: "",
        reason: None,
        unit: None,
    })
}

fn attribute(
    tx: &mut dyn Tx,
    owners: &mut Owners,
    outcome: LineOutcome,
    event: &mut Found,
) -> Result<()> {
    owners.load(tx, [event.subject.as_str()])?;
    let held = if let LineOutcome::Held(reason) = outcome { Some(reason) } else { None };
    let track = facts::usage::Track { meter: event.meter.clone(), held };
    let fate = metering::attribute(event.happened_at, &track, owners.of(&event.subject));
    (event.outcome, event.reason) = words(outcome, Some(&fate));
    if let Fate::Accepted(unit) | Fate::Free(unit) = fate {
        event.unit = Some(unit);
    }
    Ok(())
}

/// What bills an accepted event; none for another.
///
/// # Errors
/// [`crate::EngineError`].
pub fn billing_of(store: &mut dyn Store, event: &Found) -> Result<Option<Billing>> {
    let (Some(unit), Some(meter), "accepted") = (&event.unit, &event.meter, event.outcome) else {
        return Ok(None);
    };
    let mut tx = store.read()?;
    let tx = tx.as_mut();
    let state = contracts::unit(tx, unit)?;
    let account = contracts::account(tx, &state.account)?;
    let day = account.zone.day_of(event.happened_at);
    let period = account.bill_cycle.period_of(day);
    let period = period.map_err(|no| billing::cannot_bill(&account.account, day, &no))?;
    let mut loaded = Contracts::default();
    loaded.load(tx, [&state])?;
    let priced = priced_by(loaded.of(&state)?, meter, event);
    let mut lines = Vec::new();
    for invoice in billing::invoices_of(tx, &account.account)? {
        for line in &invoice.lines {
            let charge = &line.charge;
            let (Some(rated), Some((component, row))) = (&charge.rated, &priced) else { continue };
            let is_it = charge.period == Some(period)
                && charge.component == *component
                && rated.row == *row
                && charge.units.contains(unit);
            if is_it {
                lines.push(BillingLine {
                    invoice: invoice.number.clone(),
                    line: line.line,
                    kind: charge.kind,
                    includes_it: event.arrival.arrived_on < invoice.issued_on,
                });
            }
        }
    }
    let row = priced.and_then(|(_, row)| row);
    Ok(Some(Billing { account: account.account, period, row, lines }))
}

/// The component and the row of its price table that price an event of a unit.
fn priced_by(
    contract: Contract<'_>,
    meter: &MeterCode,
    event: &Found,
) -> Option<(ComponentCode, Option<RowCode>)> {
    let taken = |it: &&Component| contract.line.components.contains_key(&it.code);
    let mut components = contract.offer.components.iter().filter(taken);
    components.find_map(|component| match &component.charge {
        ChargeRule::Usage { meter: of, price } if of == meter => {
            let row = match price {
                UsagePrice::Table(table) => {
                    let compiled = CompiledTable::compile(table).ok()?;
                    let ordered = contract.ordered;
                    // The quarter of the event: bands never cut one.
                    let local = ordered.zone.local(metering::quarter_of(event.happened_at));
                    let row =
                        compiled.price_row_of(&ordered.attributes, &event.dimensions, local)?;
                    Some(row.code.clone())
                }
                UsagePrice::Scale(_) | UsagePrice::Pool(_) => None,
            };
            Some((component.code.clone(), row))
        }
        _ => None,
    })
}
