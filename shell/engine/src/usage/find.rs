//! One event from its arrival to the invoice line that bills it, and the events of a device.

use std::collections::{BTreeMap, BTreeSet};

use connect::cloud_events;
use facts::usage::Arrival;
use facts::{
    AccountId, ChargeKind, ComponentCode, EventId, EventSource, InvoiceNumber, MeterCode, RowCode,
    UnitId,
};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{Period, Quantity};
use store::{SegmentHead, Store, Tx};
use usage_index::Secret;

use super::dues::{self, Knowledge, Told};
use super::lines::{Walked, Walker, unit_of};
use super::replayed::Replayed;
use super::report::AMENDED;
use super::{log, price, revisions};
use crate::contracts::Contracts;
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
    /// The type, when no meter measures it.
    pub unknown_type: Option<String>,
    /// What the meter read.
    pub value: Quantity,
    /// Attributes that price tables can ask.
    pub dimensions: BTreeMap<String, String>,
    /// `accepted`, `free`, `shadow` or `quarantined`, by what is known now; `rejected` when a
    /// replay could not read it; `amended` when another line stands in its place.
    pub outcome: &'static str,
    /// The reason, for the last two.
    pub reason: Option<&'static str>,
    /// The unit that it belongs to, for the first two.
    pub unit: Option<UnitId>,
    /// What replays made of it, in the order of the log.
    pub replays: Vec<Replayed>,
}

impl Found {
    /// The day since which it is what it is: of its arrival, or of its last replay.
    #[must_use]
    pub fn known_on(&self) -> Date {
        self.replays.last().map_or(self.arrival.arrived_on, |it| it.replayed_on)
    }
}

/// What bills an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Billing {
    /// The account of the unit.
    pub account: AccountId,
    /// The bill period of the event.
    pub period: Period,
    /// What of the offer prices it.
    pub component: Option<ComponentCode>,
    /// The row of the price table, when the price is one.
    pub row: Option<RowCode>,
    /// The lines that bill the period, in the order of issue; none when it is not due yet.
    pub lines: Vec<BillingLine>,
    /// Whether the last invoice has it.
    pub is_billed: bool,
    /// The bill day before which no invoice can have it; none when one has it already.
    pub due_on: Option<Date>,
}

/// A line of an invoice that bills the period of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillingLine {
    /// The invoice.
    pub invoice: InvoiceNumber,
    /// Its day.
    pub issued_on: Date,
    /// The line, from 1.
    pub line: u32,
    /// Charge or adjustment.
    pub kind: ChargeKind,
    /// Whether the event had arrived when it was issued, and was what it is.
    pub had_arrived: bool,
    /// Whether the line contains it: it had arrived, and the facts of that time gave it to its
    /// unit.
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
    named(store.read()?.as_mut(), source, id)
}

pub(super) fn named(tx: &mut dyn Tx, source: &EventSource, id: &EventId) -> Result<Option<Found>> {
    let index = log::caught_up(tx)?;
    let secret = Secret(tx.usage_log()?.secret);
    let key = secret.key(source.as_str(), id.as_str());
    let is_it = |it: &Found| it.source == *source && it.id == *id;
    let mut walker = Walker::default();
    let mut found: Option<Found> = None;
    for segment in revisions::segments_of(&index, secret, key)? {
        for event in events_of(tx, &mut walker, segment, &is_it)? {
            // The line that stands, or the last of those that stand no more.
            if event.outcome != AMENDED.0 || found.as_ref().is_none_or(|it| it.outcome == AMENDED.0)
            {
                found = Some(event);
            }
        }
    }
    Ok(found)
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
    let mut segments = BTreeSet::new();
    for segment in times.iter().map(|(_, segment)| *segment).collect::<BTreeSet<i64>>() {
        let replay = log::segment(tx, segment)?.head.replay;
        segments.insert(replay.map_or(segment, |it| it.segment));
    }
    let is_listed = |it: &Found| it.subject == filter.subject && wanted(it.happened_at);
    let mut walker = Walker::default();
    let mut found = Vec::new();
    for segment in segments {
        found.extend(events_of(tx, &mut walker, segment, &is_listed)?);
    }
    found.sort_by(|a, b| (a.happened_at, &a.source, &a.id).cmp(&(b.happened_at, &b.source, &b.id)));
    found.truncate(limit);
    Ok(found)
}

/// The events of a segment that are wanted, in the order of its lines.
fn events_of(
    tx: &mut dyn Tx,
    walker: &mut Walker,
    segment: i64,
    is_wanted: &dyn Fn(&Found) -> bool,
) -> Result<Vec<Found>> {
    let mut found = Vec::new();
    walker.walk(tx, segment, &|it, _| it.took_id, &mut |head, line| {
        found.extend(event(head, line).filter(is_wanted));
        Ok(())
    })?;
    Ok(found)
}

/// The event of a line that took its id.
pub(super) fn event(head: &SegmentHead, line: Walked<'_>) -> Option<Found> {
    let (outcome, reason) = line.words();
    let look = line.look;
    let (source, id) = look.event?;
    let envelope =
        if look.track.meter.is_none() { cloud_events::read_line(line.raw) } else { None };
    Some(Found {
        source,
        id,
        arrival: Arrival { arrived_on: head.arrived_on, batch: head.batch, line: line.line },
        name: head.name.clone(),
        segment: head.sequence,
        raw: String::from_utf8_lossy(line.raw).into_owned(),
        subject: look.subject?,
        happened_at: look.happened_at?,
        meter: look.track.meter,
        unknown_type: envelope.and_then(|it| it.event_type).map(std::borrow::Cow::into_owned),
        value: look.value,
        dimensions: look.dimensions,
        outcome,
        reason,
        unit: line.fate.as_ref().and_then(unit_of).cloned(),
        replays: line.replays,
    })
}

/// What bills an accepted event; none for another.
///
/// # Errors
/// [`crate::EngineError`].
pub fn billing_of(store: &mut dyn Store, event: &Found) -> Result<Option<Billing>> {
    billing_in(store.read()?.as_mut(), event)
}

pub(super) fn billing_in(tx: &mut dyn Tx, event: &Found) -> Result<Option<Billing>> {
    let (Some(unit), Some(meter), "accepted") = (&event.unit, &event.meter, event.outcome) else {
        return Ok(None);
    };
    let state = contracts::unit(tx, unit)?;
    let account = contracts::account(tx, &state.account)?;
    let day = account.zone.day_of(event.happened_at);
    let refuse = |no: &dyn ToString| billing::cannot_bill(&account.account, day, no);
    let period = account.bill_cycle.period_of(day).map_err(|no| refuse(&no))?;
    let mut loaded = Contracts::default();
    loaded.load(tx, [&state])?;
    let contract = loaded.of(&state)?;
    let priced = price::priced((contract, &account), meter, &event.dimensions, event.happened_at);
    let own = priced.as_ref().and_then(|it| it.contract.clone());
    let (component, row) = priced.map_or((None, None), |it| (Some(it.component), it.row));
    let track = facts::usage::Track { meter: Some(meter.clone()), held: None };
    let told = Told {
        subject: &event.subject,
        track: &track,
        happened_at: event.happened_at,
        known_on: event.known_on(),
        segment: event.replays.last().map_or(event.segment, |it| it.segment),
    };
    let received = dues::received(tx)?;
    let (mut lines, mut is_billed, mut last_issued_on) = (Vec::new(), false, None);
    for (sequence, invoice) in dues::invoices(tx, &account.account)? {
        let knowledge = Knowledge::of(tx, &account, (sequence, &invoice), &received)?;
        is_billed = knowledge.includes(told);
        last_issued_on = Some(invoice.issued_on);
        for line in &invoice.lines {
            let charge = &line.charge;
            let Some(rated) = &charge.rated else { continue };
            // The line of a pool may be of another version, and there may be several.
            let (sold, billed) = (&contract.line.offer, &charge.offer);
            let is_of = match &rated.pool {
                Some(_) => billed.code == sold.code && charge.units.contains(unit),
                None => billed == sold,
            };
            let bills_it = charge.period == Some(period)
                && is_of
                && Some(&charge.component) == component.as_ref()
                && rated.row == row
                && rated.contract == own
                && charge.group == contract.line.invoice;
            if bills_it {
                lines.push(BillingLine {
                    invoice: invoice.number.clone(),
                    issued_on: invoice.issued_on,
                    line: line.line,
                    kind: charge.kind,
                    had_arrived: knowledge.had_arrived(told),
                    includes_it: is_billed,
                });
            }
        }
    }
    let known_on = event.known_on();
    let due_on = dues::due_on(&account.bill_cycle, period, known_on, last_issued_on);
    let due_on = if is_billed { None } else { Some(due_on.map_err(|no| refuse(&no))?) };
    Ok(Some(Billing { account: account.account, period, component, row, lines, is_billed, due_on }))
}
