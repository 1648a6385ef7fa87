//! Lines become what they say. Pure work, so that several threads can do it beside the writer.

use std::borrow::Cow;
use std::collections::BTreeMap;

use connect::{Lines, cloud_events};
use facts::usage::{LineOutcome, Track};
use facts::{EventId, EventSource, Fact};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{Digest, Quantity, Zone};
use metering::{ArrivalDay, Rules};
use store::Tx;
use usage_index::{EventKey, NewReading, Print, Readings, Secret};

use super::log::pack;
use crate::{EngineError, EngineRejection, Result, contracts};

/// The facts that say how lines are read.
const CATALOG: [&str; 2] = ["MeterPublished", "SellerPublished"];

/// Lines that arrived together.
#[derive(Debug, Clone)]
pub struct UsageBatch {
    /// Fingerprint of the content and its place: the idempotency key.
    pub digest: Digest,
    /// The file or stream.
    pub name: String,
    /// Number of the first line, from 1.
    pub first_line: u32,
    /// The lines, as received; at least one.
    pub lines: Lines,
}

/// Reads the lines of one arrival day, as the catalog stood at one position of the log of facts.
#[derive(Debug)]
pub struct LineReader {
    rules: Rules,
    tracks: Vec<Track>,
    catalog: i64,
    zone: Zone,
    secret: Secret,
}

/// A batch, read and packed, before anybody compared it with what was received earlier.
#[derive(Debug)]
pub struct Prepared {
    pub(super) batch: UsageBatch,
    pub(super) catalog: i64,
    pub(super) arrived_on: Date,
    /// The lines, compressed.
    pub(super) raw: Vec<u8>,
    pub(super) lines: Vec<ReadLine>,
    /// One reading for each line that may take its id, in their order.
    pub(super) readings: Readings,
}

impl Prepared {
    /// How many lines it has.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether it has none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }
}

/// What one line says.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReadLine {
    pub outcome: LineOutcome,
    /// Index among the tracks of the reader; none when the meter is not known.
    pub track: Option<u16>,
    /// For a line that may take its id.
    pub key: EventKey,
    pub print: Print,
    /// Which of the lines of its id it is.
    pub revision: u32,
}

/// What one line says, with its names.
pub(super) struct Look {
    pub subject: Option<String>,
    pub happened_at: Option<Timestamp>,
    pub value: Quantity,
    pub dimensions: BTreeMap<String, String>,
    pub track: Track,
    /// What it is, unless its id is taken already.
    pub outcome: LineOutcome,
    /// For a line that can be read.
    pub event: Option<(EventSource, EventId)>,
}

impl LineReader {
    /// The reader of what arrives now.
    ///
    /// # Errors
    /// [`EngineRejection::NoSeller`] when nobody sells yet.
    pub(super) fn now(tx: &mut dyn Tx, now: Timestamp) -> Result<Self> {
        let catalog = tx.last_of_kinds(&CATALOG)?;
        let zone = zone(tx, catalog)?;
        let day = zone.day_of(now);
        Self::load(tx, catalog, zone, day)
    }

    /// The reader of a segment that arrived earlier.
    pub(super) fn then(tx: &mut dyn Tx, catalog: i64, arrived_on: Date) -> Result<Self> {
        let zone = zone(tx, catalog)?;
        Self::load(tx, catalog, zone, arrived_on)
    }

    fn load(tx: &mut dyn Tx, catalog: i64, zone: Zone, arrived_on: Date) -> Result<Self> {
        let day = ArrivalDay::new(arrived_on, &zone).map_err(|_| {
            EngineError::refused(EngineRejection::Missing {
                what: format!("the day after {arrived_on}"),
            })
        })?;
        let secret = Secret(tx.usage_log()?.secret);
        let rules = Rules::new(contracts::meters(tx, catalog, arrived_on)?, day);
        Ok(Self { tracks: rules.tracks(), rules, catalog, zone, secret })
    }

    /// Whether it still reads right what arrives now.
    pub(super) fn is_current(&self, tx: &mut dyn Tx, now: Timestamp) -> Result<bool> {
        let is_today = self.zone.day_of(now) == self.rules.day().arrived_on;
        Ok(is_today && tx.last_of_kinds(&CATALOG)? == self.catalog)
    }

    pub(super) fn reads(&self, catalog: i64, arrived_on: Date) -> bool {
        self.catalog == catalog && self.rules.day().arrived_on == arrived_on
    }

    pub(super) fn track(&self, index: u16) -> Option<&Track> {
        self.tracks.get(usize::from(index))
    }

    /// Reads and packs a batch.
    #[must_use]
    pub fn prepare(&self, batch: UsageBatch) -> Prepared {
        let (lines, readings) = self.read(&batch.lines);
        Prepared {
            raw: pack(batch.lines.bytes()),
            catalog: self.catalog,
            arrived_on: self.rules.day().arrived_on,
            batch,
            lines,
            readings,
        }
    }

    /// What lines say, and a reading for each that may take its id.
    pub(super) fn read(&self, lines: &Lines) -> (Vec<ReadLine>, Readings) {
        let mut readings = Readings::with_tracks(self.tracks.clone());
        let read = lines.iter().map(|line| self.read_line(line, &mut readings)).collect();
        (read, readings)
    }

    fn read_line(&self, line: &[u8], readings: &mut Readings) -> ReadLine {
        const NONE: (EventKey, Print, u32) = (EventKey([0; 12]), Print([0; 6]), 0);
        let envelope = cloud_events::read_line(line);
        let (outcome, track, (key, print, revision)) =
            match metering::read(envelope.as_ref(), &self.rules) {
                Ok(event) => {
                    let dimensions: Vec<(&str, &str)> = event
                        .dimensions
                        .iter()
                        .map(|(name, value)| (*name, value.as_ref()))
                        .collect();
                    if event.outcome.takes_id() {
                        readings.push(NewReading {
                            subject: event.subject,
                            track: event.track,
                            happened_at: event.happened_at,
                            arrived_on: self.rules.day().arrived_on,
                            value: event.value,
                            dimensions: &dimensions,
                        });
                    }
                    let key = self.secret.key(event.source, event.id);
                    let name = (key, self.secret.print(line), event.revision);
                    (event.outcome, Some(event.track), name)
                }
                Err(unread) => (LineOutcome::Rejected(unread.reason), unread.track, NONE),
            };
        ReadLine { outcome, track, key, print, revision }
    }

    /// What one line says, with its names; for reports.
    pub(super) fn look(&self, line: &[u8]) -> Look {
        let nothing = || Track { meter: None, held: None };
        let envelope = cloud_events::read_line(line);
        let track = |index: u16| self.track(index).cloned().unwrap_or_else(nothing);
        let event = envelope.as_ref().and_then(|it| {
            let source = EventSource::new(it.source.as_deref()?).ok()?;
            Some((source, EventId::new(it.id.as_deref()?).ok()?))
        });
        match metering::read(envelope.as_ref(), &self.rules) {
            Ok(read) => Look {
                subject: read.outcome.takes_id().then(|| read.subject.to_owned()),
                happened_at: read.outcome.takes_id().then_some(read.happened_at),
                value: read.value,
                dimensions: owned(&read.dimensions),
                track: track(read.track),
                outcome: read.outcome,
                event,
            },
            Err(unread) => Look {
                subject: None,
                happened_at: None,
                value: Quantity::ZERO,
                dimensions: BTreeMap::new(),
                track: unread.track.map_or_else(nothing, track),
                outcome: LineOutcome::Rejected(unread.reason),
                event: None,
            },
        }
    }

    /// Position in the log of facts up to which the catalog is known.
    pub(super) const fn catalog(&self) -> i64 {
        self.catalog
    }

    /// The meters that it reads with.
    pub(super) const fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The day of arrival of the lines that it reads.
    pub(super) const fn arrived_on(&self) -> Date {
        self.rules.day().arrived_on
    }

    /// With what keys are made.
    pub(super) const fn secret(&self) -> Secret {
        self.secret
    }

    /// The key of the event in a line that took its id.
    pub(super) fn key_of(&self, line: &[u8]) -> Option<EventKey> {
        let envelope = cloud_events::read_line(line)?;
        Some(self.secret.key(envelope.source.as_deref()?, envelope.id.as_deref()?))
    }
}

fn owned(dimensions: &[(&str, Cow<'_, str>)]) -> BTreeMap<String, String> {
    dimensions.iter().map(|(name, value)| ((*name).to_owned(), value.to_string())).collect()
}

/// The zone in which days of arrival are counted: that of the books of the first seller by code.
fn zone(tx: &mut dyn Tx, catalog: i64) -> Result<Zone> {
    let known =
        tx.facts_of_kind("SellerPublished")?.into_iter().filter(|it| it.sequence <= catalog);
    let latest = known.filter_map(|it| match it.fact {
        Fact::SellerPublished(seller) => {
            Some(((seller.code, -i64::from(seller.version)), seller.zone))
        }
        _ => None,
    });
    let first = latest.min_by(|a, b| a.0.cmp(&b.0));
    first.map(|(_, zone)| zone).ok_or_else(|| EngineError::refused(EngineRejection::NoSeller {}))
}
