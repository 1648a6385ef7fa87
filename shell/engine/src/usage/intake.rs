//! The writer: what is new, what was there; one segment for each batch.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use facts::Fact;
use facts::usage::{LineOutcome, Tally, UsageAmended, UsageReceived};
use jiff::Timestamp;
use metering::FateKind;
use store::{Segment, SegmentHead, Store, Tx};
use usage_index::{Additions, EventKey, Index};

use super::log;
use super::owners::Owners;
use super::reader::{LineReader, Prepared};
use super::revisions::{self, Revisions, Told};
use super::starts;
use crate::Result;

/// Receives batches, one after the other.
pub struct Intake {
    reader: Arc<LineReader>,
    owners: Owners,
}

/// What became of a batch, at the moment of arrival.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Receipt {
    /// How many lines came to what.
    pub received: Received,
    /// Line by line; none when the batch was received before.
    pub lines: Vec<LineReceipt>,
}

/// What became of a line, at the moment of arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineReceipt {
    /// What it is, for ever.
    pub outcome: LineOutcome,
    /// Whose it is, by the facts that are known now; for an event that took its id.
    pub fate: Option<FateKind>,
}

/// What became of lines, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Received {
    /// Lines of batches that were received before; nothing changed.
    pub already_received: u64,
    /// To be billed.
    pub accepted: u64,
    /// Before the start of service.
    pub free: u64,
    /// Before its charge is switched on.
    pub shadow: u64,
    /// Amended before they came.
    pub amended: u64,
    /// They cancel an event.
    pub cancelled: u64,
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
        self.shadow += other.shadow;
        self.amended += other.amended;
        self.cancelled += other.cancelled;
        self.duplicate += other.duplicate;
        self.conflict += other.conflict;
        self.quarantined += other.quarantined;
        self.rejected += other.rejected;
    }

    pub(super) fn count(&mut self, line: LineReceipt) {
        match (line.outcome, line.fate) {
            (LineOutcome::Rejected(_), _) => self.rejected += 1,
            (LineOutcome::Superseded, _) => self.amended += 1,
            (LineOutcome::Cancels, _) => self.cancelled += 1,
            (LineOutcome::Duplicate, _) => self.duplicate += 1,
            (LineOutcome::Conflict, _) => self.conflict += 1,
            (_, Some(FateKind::Accepted)) => self.accepted += 1,
            (_, Some(FateKind::Free)) => self.free += 1,
            (_, Some(FateKind::Shadow)) => self.shadow += 1,
            (LineOutcome::Taken | LineOutcome::Held(_), _) => self.quarantined += 1,
        }
    }
}

impl Intake {
    /// Gets ready to receive.
    ///
    /// # Errors
    /// [`crate::EngineRejection::NoSeller`] when nobody sells yet; the store failed.
    pub fn open(store: &mut dyn Store, now: Timestamp) -> Result<Self> {
        let mut tx = store.read()?;
        let reader = Arc::new(LineReader::now(tx.as_mut(), now)?);
        Ok(Self { reader, owners: Owners::default() })
    }

    /// Gets ready again, for what arrives at another time.
    ///
    /// # Errors
    /// As [`Intake::open`].
    pub fn refresh(&mut self, store: &mut dyn Store, now: Timestamp) -> Result<()> {
        self.read_as(store.read()?.as_mut(), now)
    }

    fn read_as(&mut self, tx: &mut dyn Tx, now: Timestamp) -> Result<()> {
        if !self.reader.is_current(tx, now)? {
            self.reader = Arc::new(LineReader::now(tx, now)?);
        }
        Ok(())
    }

    /// What reads lines now; other threads may prepare batches with it. When the catalog or the
    /// day changes, a batch that was read by an older one is read again.
    #[must_use]
    pub fn reader(&self) -> Arc<LineReader> {
        Arc::clone(&self.reader)
    }

    /// Receives a batch: durable when this returns.
    ///
    /// # Errors
    /// [`crate::EngineError`]; then nothing of it is received, and it can be sent again.
    pub fn receive(
        &mut self,
        store: &mut dyn Store,
        prepared: Prepared,
        now: Timestamp,
    ) -> Result<Receipt> {
        let mut tx = store.begin()?;
        self.read_as(tx.as_mut(), now)?;
        let mut prepared = if self.reader.reads(prepared.catalog, prepared.arrived_on) {
            prepared
        } else {
            self.reader.prepare(prepared.batch)
        };
        let count = u32::try_from(prepared.lines.len()).unwrap_or(u32::MAX);
        if count == 0 {
            return Ok(Receipt::default());
        }
        let fact = Fact::UsageReceived(UsageReceived {
            batch: prepared.batch.digest,
            name: prepared.batch.name.clone(),
            arrived_on: prepared.arrived_on,
            first_line: prepared.batch.first_line,
            lines: count,
        });
        if tx.record(&fact, now)?.is_none() {
            let already_received = u64::from(count);
            let received = Received { already_received, ..Received::default() };
            return Ok(Receipt { received, lines: Vec::new() });
        }
        let index = log::caught_up(tx.as_mut())?;
        let outcomes = self.outcomes(tx.as_mut(), &index, &prepared)?;
        let receipt = self.owners.attribute(tx.as_mut(), &self.reader, &prepared, &outcomes)?;
        let sequence = index.applied() + 1;
        let segment = self.segment(sequence, &mut prepared, &outcomes, count);
        let arrived_on = prepared.arrived_on;
        let news = self.additions(tx.as_mut(), (&index, sequence), prepared, &outcomes, now)?;
        starts::look_after(tx.as_mut(), self.owners.take_waiting(), (arrived_on, now))?;
        tx.append_segment(&segment)?;
        tx.commit()?;
        let mark = segment.head.batch.0;
        // The batch is durable, so this is no failure of it: who needs the index next catches it
        // up, and is told when that cannot be done.
        let _behind = log::apply(&index, news, mark);
        Ok(receipt)
    }

    /// What the lines that took their id add to the index. That earlier lines stand no more is
    /// recorded, because it changes the past.
    fn additions(
        &mut self,
        tx: &mut dyn Tx,
        (index, sequence): (&Index, i64),
        prepared: Prepared,
        outcomes: &[LineOutcome],
        now: Timestamp,
    ) -> Result<Additions> {
        let Prepared { batch, arrived_on, mut lines, mut readings, .. } = prepared;
        log::retain(&mut readings, &lines, outcomes);
        let told = (&batch.lines, lines.as_slice(), outcomes);
        let changes = revisions::changes(tx, index, &self.reader, told)?;
        let place = (&*self.reader, &batch.lines, sequence);
        let amended = revisions::apply(tx, &changes, place, (&mut lines, &mut readings))?;
        if amended > 0 {
            let (digest, name) = (batch.digest, batch.name);
            let fact = UsageAmended { batch: digest, name, arrived_on, lines: amended };
            tx.record(&Fact::UsageAmended(fact), now)?;
            self.owners.wait(tx, (0..readings.len()).map(|it| readings.subject(it)))?;
        }
        Ok(Additions { sequence, keys: log::keys_of(&lines, outcomes), readings })
    }

    /// What each line is, for ever: of lines with one id and revision, the first that was received
    /// stands.
    fn outcomes(
        &self,
        tx: &mut dyn Tx,
        index: &Index,
        prepared: &Prepared,
    ) -> Result<Vec<LineOutcome>> {
        let keys: Vec<EventKey> =
            prepared.lines.iter().filter(|it| it.outcome.takes_key()).map(|it| it.key).collect();
        let mut seen = index.seen(&keys).map_err(log::index_failed)?.into_iter();
        // The line that took the id in this batch, and those after it.
        let mut here: HashMap<EventKey, usize> = HashMap::with_capacity(keys.len());
        let mut told: HashMap<EventKey, Vec<Told>> = HashMap::new();
        let mut revisions = Revisions::default();
        let lines = &prepared.batch.lines;
        let mut outcomes = Vec::with_capacity(prepared.lines.len());
        for (place, line) in prepared.lines.iter().enumerate() {
            if !line.outcome.takes_key() {
                outcomes.push(line.outcome);
                continue;
            }
            let raw = lines.get(place).unwrap_or_default();
            let outcome = match (seen.next().flatten(), here.get(&line.key)) {
                (None, None) => {
                    here.insert(line.key, place);
                    line.outcome
                }
                (Some(first), _) if first.print == line.print => LineOutcome::Duplicate,
                (_, first) => {
                    let before = match told.entry(line.key) {
                        Entry::Occupied(known) => known.into_mut(),
                        Entry::Vacant(free) => {
                            let mut before = revisions.of(tx, index, (&self.reader, line.key))?;
                            before.extend(first.map(|first| {
                                Told::here(*first, lines.get(*first).unwrap_or_default())
                            }));
                            free.insert(before)
                        }
                    };
                    let outcome = revisions::outcome(before, raw, line);
                    if outcome.takes_key() {
                        before.push(Told::here(place, raw));
                    }
                    outcome
                }
            };
            outcomes.push(outcome);
        }
        Ok(outcomes)
    }

    fn segment(
        &self,
        sequence: i64,
        prepared: &mut Prepared,
        outcomes: &[LineOutcome],
        lines: u32,
    ) -> Segment {
        let mut tallies: BTreeMap<(Option<u16>, u8), u32> = BTreeMap::new();
        for (line, outcome) in prepared.lines.iter().zip(outcomes) {
            *tallies.entry((line.track, outcome.code())).or_default() += 1;
        }
        let mut by_meter: BTreeMap<_, u32> = BTreeMap::new();
        for ((track, outcome), lines) in tallies {
            let meter = track.and_then(|track| self.reader.track(track)?.meter.clone());
            *by_meter.entry((meter, outcome)).or_default() += lines;
        }
        let tally = |((meter, outcome), lines)| Tally { meter, outcome, lines };
        let codes: Vec<u8> = outcomes.iter().map(|outcome| outcome.code()).collect();
        Segment {
            head: SegmentHead {
                sequence,
                batch: prepared.batch.digest,
                name: prepared.batch.name.clone(),
                arrived_on: prepared.arrived_on,
                first_line: prepared.batch.first_line,
                lines,
                catalog: prepared.catalog,
                tallies: by_meter.into_iter().map(tally).collect(),
                replay: None,
            },
            raw: std::mem::take(&mut prepared.raw),
            outcomes: log::pack(&codes),
        }
    }
}
