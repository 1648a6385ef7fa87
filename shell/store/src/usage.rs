//! Usage: one narrow port, so that its inside can be replaced (DESIGN §5) without a caller
//! noticing.

use facts::usage::{Arrival, Bucket, ConservationRow, CounterReading, Fate, Refusal, UsageEvent};
use facts::{AccountId, EventId, EventSource, MeterCode};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::Digest;

use crate::Result;

/// An id that is taken, with the fingerprint of the event that took it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenEvent {
    /// `source` of the event.
    pub source: EventSource,
    /// `id` of the event.
    pub id: EventId,
    /// Fingerprint of the first event with this id.
    pub digest: Digest,
}

/// A difference to a bucket: quantity and number of events can be negative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketChange {
    /// Civil day of arrival; an invoice leaves out what arrived on its own day or later.
    pub arrived_on: Date,
    /// What changes.
    pub change: Bucket,
}

/// A line that is not simply billed: quarantined, or refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredLine {
    /// Where it arrived.
    pub arrival: Arrival,
    /// The file or stream.
    pub name: String,
    /// The meter of its type.
    pub meter: Option<MeterCode>,
    /// `quarantined`, `rejected`, `duplicate` or `conflict`.
    pub outcome: String,
    /// The reason, for the first two.
    pub reason: Option<String>,
    /// The source and id, where they could be read.
    pub event: Option<(EventSource, EventId)>,
    /// The line as received.
    pub raw: String,
}

/// Questions about usage.
pub trait Usage {
    /// Which of these ids are taken, and by what, in no order.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    fn seen_events(&mut self, ids: &[(EventSource, EventId)]) -> Result<Vec<SeenEvent>>;

    /// Saves new events with the line that brought each.
    ///
    /// # Errors
    /// [`crate::StoreError`], also when an id is taken.
    fn save_events(&mut self, events: &[(UsageEvent, String)]) -> Result<()>;

    /// Saves refused lines.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    fn save_refusals(&mut self, refusals: &[(Refusal, String)]) -> Result<()>;

    /// The events of these devices that have a meter, by source and id; for attribution anew
    /// when a fact came late.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    fn events_of_serials(&mut self, serials: &[String]) -> Result<Vec<UsageEvent>>;

    /// The event with this id, and the line that brought it.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    fn event(&mut self, source: &EventSource, id: &EventId)
    -> Result<Option<(UsageEvent, String)>>;

    /// Changes the fate of events.
    ///
    /// # Errors
    /// [`crate::StoreError`], also when an event is not there.
    fn change_fates(&mut self, fates: &[(EventSource, EventId, Fate)]) -> Result<()>;

    /// Adds differences to the buckets; a bucket that reaches zero events disappears.
    ///
    /// # Errors
    /// [`crate::StoreError`], also when a bucket would hold fewer than zero events.
    fn change_buckets(&mut self, changes: &[BucketChange]) -> Result<()>;

    /// What the units of an account used from `from` (included) to `to` (excluded), of what
    /// arrived before `arrived_before`: one bucket per unit, meter, quarter and attributes, in
    /// that order.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    fn buckets(
        &mut self,
        account: &AccountId,
        from: Timestamp,
        to: Timestamp,
        arrived_before: Date,
    ) -> Result<Vec<Bucket>>;

    /// The accepted and free readings of a counter, of every device that a unit of the account
    /// holds or held, of what arrived before `arrived_before`, by serial and instant.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    fn counter_readings(
        &mut self,
        account: &AccountId,
        meter: &MeterCode,
        arrived_before: Date,
    ) -> Result<Vec<CounterReading>>;

    /// The instant of the earliest accepted event of an account; `None` when there is none.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    fn earliest_usage(&mut self, account: &AccountId) -> Result<Option<Timestamp>>;

    /// The lines that arrived from `from` to before `to`, counted by day, meter and outcome, in
    /// that order.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    fn conservation(&mut self, from: Date, to: Date) -> Result<Vec<ConservationRow>>;

    /// The quarantined and refused lines that arrived from `from` to before `to`, by day, batch
    /// and line, at most `limit`.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    fn exceptional_lines(&mut self, from: Date, to: Date, limit: u32) -> Result<Vec<StoredLine>>;
}
