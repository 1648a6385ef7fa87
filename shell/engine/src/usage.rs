//! Usage: a batch is one transaction, and the same batch again changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use facts::usage::{
    ConservationRow, Envelope, Fate, Refusal, RefusalOutcome, UsageEvent, UsageReceived,
};
use facts::{EventId, EventSource, Fact};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{Digest, Zone};
use metering::{ArrivalDay, Line, Meters};
use store::{Store, StoredLine, Tx};

use crate::contracts::Contracts;
use crate::{EngineError, EngineRejection, Result, settle};

/// Lines that arrived together.
#[derive(Debug, Clone)]
pub struct UsageBatch {
    /// Fingerprint of the content and its place: the idempotency key.
    pub digest: Digest,
    /// The file or stream.
    pub name: String,
    /// Number of the first line, from 1.
    pub first_line: u32,
    /// The lines, as received and as read (`None`: no JSON object).
    pub lines: Vec<(String, Option<Envelope>)>,
}

/// What became of the lines of a batch, at the moment of arrival.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Received {
    /// Lines of batches that were received before; nothing changed.
    pub already_received: u64,
    /// To be billed.
    pub accepted: u64,
    /// Before the start of service.
    pub free: u64,
    /// Sent before.
    pub duplicate: u64,
    /// Sent before with another content.
    pub conflict: u64,
    /// Waiting for a fact or a person.
    pub quarantined: u64,
    /// Unreadable.
    pub rejected: u64,
}

impl Received {
    /// Adds another batch.
    pub fn add(&mut self, other: Self) {
        self.already_received += other.already_received;
        self.accepted += other.accepted;
        self.free += other.free;
        self.duplicate += other.duplicate;
        self.conflict += other.conflict;
        self.quarantined += other.quarantined;
        self.rejected += other.rejected;
    }

    fn count_fate(&mut self, fate: &Fate) {
        match fate {
            Fate::Accepted(_) => self.accepted += 1,
            Fate::Free(_) => self.free += 1,
            Fate::Quarantined(_) => self.quarantined += 1,
        }
    }

    fn count_refusal(&mut self, outcome: RefusalOutcome) {
        match outcome {
            RefusalOutcome::Rejected(_) => self.rejected += 1,
            RefusalOutcome::Duplicate => self.duplicate += 1,
            RefusalOutcome::Conflict => self.conflict += 1,
        }
    }
}

/// Receives a batch: every line gets its fate, durably, or none does.
///
/// # Errors
/// [`EngineError`]; the batch can be sent again.
pub fn receive(store: &mut dyn Store, batch: UsageBatch, now: Timestamp) -> Result<Received> {
    let mut tx = store.begin()?;
    let arrived_on = zone(tx.as_mut())?.day_of(now);
    let lines = u32::try_from(batch.lines.len()).unwrap_or(u32::MAX);
    let fact = Fact::UsageReceived(UsageReceived {
        batch: batch.digest,
        name: batch.name.clone(),
        arrived_on,
        first_line: batch.first_line,
        lines,
    });
    if tx.record(&fact, now)?.is_none() {
        return Ok(Received { already_received: u64::from(lines), ..Received::default() });
    }
    let received = sort_lines(tx.as_mut(), batch, arrived_on)?;
    tx.commit()?;
    Ok(received)
}

fn sort_lines(tx: &mut dyn Tx, batch: UsageBatch, arrived_on: Date) -> Result<Received> {
    let meters = settle::meters(tx, arrived_on)?;
    let out_of_calendar = |_| {
        EngineError::refused(EngineRejection::Missing {
            what: format!("the day after {arrived_on}"),
        })
    };
    let day = ArrivalDay::new(arrived_on, &zone(tx)?).map_err(out_of_calendar)?;
    let seen = seen(tx, &batch)?;
    let (raw, envelopes): (Vec<String>, Vec<Option<Envelope>>) = batch.lines.into_iter().unzip();
    let numbered = (batch.first_line..).zip(envelopes);
    let lines = numbered.map(|(line, envelope)| Line { line, envelope }).collect();
    let mut intake = metering::receive(lines, batch.digest, day, &Meters::new(&meters), seen);
    let serials: BTreeSet<&String> = intake.events.iter().map(|event| &event.subject).collect();
    let serials: Vec<String> = serials.into_iter().cloned().collect();
    let ownership = settle::ownership(tx, &mut Contracts::default(), &serials)?;
    let mut received = Received::default();
    let mut buckets = Vec::new();
    for event in &mut intake.events {
        event.fate = metering::attribute(event, &ownership);
        received.count_fate(&event.fate);
        buckets.extend(settle::contribution(event, &event.fate, &meters));
    }
    intake.refusals.iter().for_each(|refusal| received.count_refusal(refusal.outcome));
    let raw_of = |line: u32| {
        let index = usize::try_from(line - batch.first_line).unwrap_or(usize::MAX);
        raw.get(index).cloned().unwrap_or_default()
    };
    let with_raw = |event: UsageEvent| {
        let raw = raw_of(event.arrival.line);
        (event, raw)
    };
    let events: Vec<_> = intake.events.into_iter().map(with_raw).collect();
    let with_raw = |refusal: Refusal| {
        let raw = raw_of(refusal.arrival.line);
        (refusal, raw)
    };
    let refusals: Vec<_> = intake.refusals.into_iter().map(with_raw).collect();
    tx.save_events(&events)?;
    tx.save_refusals(&refusals)?;
    tx.change_buckets(&buckets)?;
    Ok(received)
}

/// The ids of the batch that are taken.
fn seen(tx: &mut dyn Tx, batch: &UsageBatch) -> Result<BTreeMap<(EventSource, EventId), Digest>> {
    let ids: BTreeSet<(EventSource, EventId)> = batch
        .lines
        .iter()
        .filter_map(|(_, envelope)| envelope.as_ref())
        .filter_map(|it| {
            let source = EventSource::new(it.source.as_deref()?).ok()?;
            let id = EventId::new(it.id.as_deref()?).ok()?;
            Some((source, id))
        })
        .collect();
    let ids: Vec<_> = ids.into_iter().collect();
    let seen = tx.seen_events(&ids)?;
    Ok(seen.into_iter().map(|it| ((it.source, it.id), it.digest)).collect())
}

/// The zone in which days of arrival are counted: that of the books of the first seller by code.
fn zone(tx: &mut dyn Tx) -> Result<Zone> {
    let sellers = tx.facts_of_kind("SellerPublished")?;
    let latest = sellers.into_iter().filter_map(|it| match it.fact {
        Fact::SellerPublished(seller) => {
            Some(((seller.code, -i64::from(seller.version)), seller.zone))
        }
        _ => None,
    });
    let first = latest.min_by(|a, b| a.0.cmp(&b.0));
    first.map(|(_, zone)| zone).ok_or_else(|| EngineError::refused(EngineRejection::NoSeller {}))
}

/// The lines that arrived from `from` to before `to`, by day, meter and outcome.
///
/// # Errors
/// [`EngineError::Store`].
pub fn conservation(store: &mut dyn Store, from: Date, to: Date) -> Result<Vec<ConservationRow>> {
    Ok(store.begin()?.conservation(from, to)?)
}

/// The lines that wait or were refused, from `from` to before `to`.
///
/// # Errors
/// [`EngineError::Store`].
pub fn exceptional_lines(
    store: &mut dyn Store,
    from: Date,
    to: Date,
    limit: u32,
) -> Result<Vec<StoredLine>> {
    Ok(store.begin()?.exceptional_lines(from, to, limit)?)
}
