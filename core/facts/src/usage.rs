//! What devices consumed: the event as received, its fate, and what it measures.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{Digest, Exact, Overflow, Quantity, Rounding};
use serde::{Deserialize, Serialize};

use crate::{DeviceSerial, EventId, EventSource, MeterCode, UnitId};

/// What a line says, before anybody decided about it. Absent members are `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Envelope<'a> {
    /// `source`, when it is text.
    pub source: Option<Cow<'a, str>>,
    /// `id`, when it is text.
    pub id: Option<Cow<'a, str>>,
    /// `type`, when it is text.
    pub event_type: Option<Cow<'a, str>>,
    /// `subject`, when it is text.
    pub subject: Option<Cow<'a, str>>,
    /// `time`, when it is an RFC 3339 instant; whole microseconds.
    pub happened_at: Option<Timestamp>,
    /// `usagerevision` and `usagecancelled`: whether it stands in the place of an earlier line.
    pub mark: Mark,
    /// The members of `data`, in their order. Of a repeated name the last counts.
    pub data: Vec<(Cow<'a, str>, Scalar<'a>)>,
}

/// Which of the lines with its source and id a line is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mark {
    /// The event as it was first told: revision 0.
    #[default]
    First,
    /// It stands in the place of every line with a lower revision.
    Amends(u32),
    /// It says that the event never was, in the place of every line with a lower revision.
    Cancels(u32),
    /// What it says about that cannot be understood.
    Unclear,
}

impl Mark {
    /// The revision, from 1; 0 of the event as it was first told.
    #[must_use]
    pub const fn revision(self) -> u32 {
        match self {
            Self::Amends(revision) | Self::Cancels(revision) => revision,
            Self::First | Self::Unclear => 0,
        }
    }
}

impl<'a> Envelope<'a> {
    /// The member of `data` with this name.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Scalar<'a>> {
        self.data.iter().rev().find(|(other, _)| other == name).map(|(_, value)| value)
    }
}

/// A member of `data`, as far as a meter cares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scalar<'a> {
    /// A JSON string.
    Text(Cow<'a, str>),
    /// A JSON number, as written: `1.50`, `1e400`.
    Number(&'a str),
    /// Anything else.
    Other,
}

/// What became of a line when it arrived: a function of the log up to it, so it never changes.
/// Whose a taken event is, is not decided here: later facts may change that, see [`Fate`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LineOutcome {
    /// It took its id and was measured.
    Taken,
    /// It took its id and waits, whatever the facts, until it is replayed ([`UsageReplayed`]): of
    /// an unknown type, or from the future.
    Held(QuarantineReason),
    /// The same event again; never counted.
    Duplicate,
    /// The same id and revision with another content; never counted, for a person to look at.
    Conflict,
    /// It took its revision of its id, and says that the event never was; never counted.
    Cancels,
    /// It took its revision of its id after a greater one had arrived; never counted.
    Superseded,
    /// Cannot be read; takes no id.
    Rejected(RejectReason),
}

impl LineOutcome {
    /// The stable code, as stored: one byte.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Taken => 0,
            Self::Duplicate => 1,
            Self::Conflict => 2,
            Self::Cancels => 3,
            Self::Superseded => 4,
            Self::Held(QuarantineReason::UnknownType) => 16,
            Self::Held(QuarantineReason::FutureTime) => 17,
            Self::Held(QuarantineReason::UnknownSerial) => 18,
            Self::Held(QuarantineReason::SerialNotAssigned) => 19,
            Self::Held(QuarantineReason::NoPrice) => 20,
            Self::Rejected(RejectReason::InvalidJson) => 32,
            Self::Rejected(RejectReason::MissingId) => 33,
            Self::Rejected(RejectReason::BadNumber) => 34,
            Self::Rejected(RejectReason::BadEnvelope) => 35,
            Self::Rejected(RejectReason::Filtered) => 36,
        }
    }

    /// The outcome of a stored code.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        let held = [
            QuarantineReason::UnknownType,
            QuarantineReason::FutureTime,
            QuarantineReason::UnknownSerial,
            QuarantineReason::SerialNotAssigned,
            QuarantineReason::NoPrice,
        ];
        let rejected = [
            RejectReason::InvalidJson,
            RejectReason::MissingId,
            RejectReason::BadNumber,
            RejectReason::BadEnvelope,
            RejectReason::Filtered,
        ];
        let first = [Self::Taken, Self::Duplicate, Self::Conflict, Self::Cancels, Self::Superseded];
        let mut all = first
            .into_iter()
            .chain(held.into_iter().map(Self::Held))
            .chain(rejected.into_iter().map(Self::Rejected));
        all.find(|outcome| outcome.code() == code)
    }

    /// Whether the line took its id and was read as an event.
    #[must_use]
    pub const fn takes_id(self) -> bool {
        matches!(self, Self::Taken | Self::Held(_))
    }

    /// Whether no other line can have its source, id and revision.
    #[must_use]
    pub const fn takes_key(self) -> bool {
        self.takes_id() || matches!(self, Self::Cancels | Self::Superseded)
    }
}

/// Lines of a batch that share meter and outcome.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Tally {
    /// The meter; none where the type could not be read or is unknown.
    pub meter: Option<MeterCode>,
    /// [`LineOutcome::code`].
    pub outcome: u8,
    /// Number of lines.
    pub lines: u32,
}

/// What readings are readings of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Track {
    /// The meter; none for a type that no meter measures.
    pub meter: Option<MeterCode>,
    /// Why the events wait, when they do: [`LineOutcome::Held`].
    pub held: Option<QuarantineReason>,
}

/// All that one device reported to one meter, by time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// The device: the `subject` of its events, as sent.
    pub subject: String,
    /// What is read.
    pub track: Track,
    /// Sorted by `happened_at`, then value, attributes, day of arrival and segment.
    pub points: Vec<Point>,
}

/// What one event said, without its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// `time` of the event: decides the bill period and the time band. Whole microseconds.
    pub happened_at: Timestamp,
    /// Civil day of arrival: what the report counts it under.
    pub arrived_on: Date,
    /// Civil day since which it says this, of arrival or of a replay: decides which invoice can
    /// know it.
    pub known_on: Date,
    /// 1 for a count, the number for a sum, the reading of a counter.
    pub value: Quantity,
    /// Attributes that price tables can ask.
    pub dimensions: Arc<BTreeMap<String, String>>,
    /// Sequence of the segment that says so: the one that holds the line, or a replay of it.
    pub segment: i64,
    /// Civil day since which another line stands in its place; none: it stands.
    pub amended_on: Option<Date>,
}

impl Point {
    /// Whether it stood by what was known before a day.
    #[must_use]
    pub fn stood_before(&self, day: Date) -> bool {
        self.known_on < day && self.amended_on.is_none_or(|amended| amended >= day)
    }
}

/// An event that took its id: the first with its `(source, id)` that was not rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageEvent {
    /// `source` of the CloudEvent.
    pub source: EventSource,
    /// `id` of the CloudEvent, unique within its source, for ever.
    pub id: EventId,
    /// The meter of its type; none for a type that no meter measures.
    pub meter: Option<MeterCode>,
    /// `subject`: the device, as sent.
    pub subject: String,
    /// `time`: when it happened. Decides the bill period and the time band.
    pub happened_at: Timestamp,
    /// What the meter read: 1 for a count, the number for a sum, the reading of a counter.
    pub reading: Quantity,
    /// Attributes that price tables can ask.
    pub dimensions: BTreeMap<String, String>,
    /// Fingerprint of the JSON value, whatever the order of its members.
    pub digest: Digest,
    /// Where it arrived first.
    pub arrival: Arrival,
    /// What became of it.
    pub fate: Fate,
}

/// Where a line arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Arrival {
    /// Civil day of arrival.
    pub arrived_on: Date,
    /// The batch.
    pub batch: Digest,
    /// Line in the file, from 1.
    pub line: u32,
}

/// What becomes of an event that took its id. Recomputed when shipments, signals or swaps come
/// later than the usage; the id stays taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// To be billed, or billed.
    Accepted(UnitId),
    /// Before the start of service: counted, never billed.
    Free(UnitId),
    /// Before its charge is switched on: rated and shown, never billed.
    Shadow(UnitId),
    /// Waits for a person or for a fact that is not known yet.
    Quarantined(QuarantineReason),
}

/// Why an event waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuarantineReason {
    /// No meter measures its type.
    UnknownType,
    /// It claims to happen more than a day after its arrival day.
    FutureTime,
    /// No shipment and no swap ever named the device.
    UnknownSerial,
    /// The device is known, but no unit held it at that time.
    SerialNotAssigned,
    /// A unit held the device, but its contract has no price for the meter.
    NoPrice,
}

/// A line that took no id: it is kept and shown, never counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Where.
    pub arrival: Arrival,
    /// Why.
    pub outcome: RefusalOutcome,
    /// The meter of its type, when that could be read.
    pub meter: Option<MeterCode>,
    /// The source and id, when they could be read.
    pub event: Option<(EventSource, EventId)>,
}

/// Why a line took no id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalOutcome {
    /// Cannot be read; a repaired event with the same id counts.
    Rejected(RejectReason),
    /// The same event again.
    Duplicate,
    /// The same id with another content: for a person to look at.
    Conflict,
}

/// Why a line cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RejectReason {
    /// Not a JSON object.
    InvalidJson,
    /// `id` absent or empty.
    MissingId,
    /// The number that the meter reads is absent, negative, or too precise.
    BadNumber,
    /// `source`, `type`, `subject` or `time` absent or unusable.
    BadEnvelope,
    /// The meter does not accept it: its rules say that such events are no usage.
    Filtered,
}

macro_rules! codes {
    ($type:ty { $($variant:ident = $code:literal),+ $(,)? }) => {
        impl $type {
            /// The stable code, as stored and shown.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// The value of a stored code.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)+ _ => None }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.code())
            }
        }
    };
}

codes!(QuarantineReason {
    UnknownType = "unknown_type",
    FutureTime = "future_time",
    UnknownSerial = "unknown_serial",
    SerialNotAssigned = "serial_not_assigned",
    NoPrice = "no_price",
});

codes!(RejectReason {
    InvalidJson = "invalid_json",
    MissingId = "missing_id",
    BadNumber = "bad_number",
    BadEnvelope = "bad_envelope",
    Filtered = "filtered",
});

/// A batch was received in one transaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageReceived {
    /// Fingerprint of its content and place: the same batch again changes nothing.
    pub batch: Digest,
    /// The file or stream.
    pub name: String,
    /// Civil day of arrival.
    pub arrived_on: Date,
    /// First line, from 1.
    pub first_line: u32,
    /// Number of lines.
    pub lines: u32,
}

/// Lines that were held, or that an earlier replay could not read, were read again by the rules of
/// a later day: those of one batch that say something else since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageReplayed {
    /// Fingerprint of what changed and of its place in the log.
    pub replay: Digest,
    /// The batch that holds the lines.
    pub batch: Digest,
    /// Its file or stream.
    pub name: String,
    /// Civil day of the replay: its rules were asked, and from then on it is known.
    pub replayed_on: Date,
    /// Number of lines that say something else.
    pub lines: u32,
}

/// Lines of a batch stand in the place of lines that had arrived before: what was used in the past
/// has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageAmended {
    /// The batch.
    pub batch: Digest,
    /// Its file or stream.
    pub name: String,
    /// Civil day of arrival: from then on it is known.
    pub arrived_on: Date,
    /// Number of lines that stand no more.
    pub lines: u32,
}

/// Accepted usage of one unit in one quarter of an hour: what rating reads. Quarters divide the
/// day of every zone, so bands and periods never cut one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bucket {
    /// The unit.
    pub unit: UnitId,
    /// The meter.
    pub meter: MeterCode,
    /// Start of the quarter of an hour (UTC).
    pub quarter_at: Timestamp,
    /// Attributes of the events.
    pub dimensions: Arc<BTreeMap<String, String>>,
    /// What was measured in the quarter.
    pub quantity: Quantity,
    /// Number of events; 0 where only time passed, as in the middle of a session.
    pub events: i64,
    /// How quarters become a period.
    pub joins: Joins,
}

/// How buckets of one unit become the quantity of a longer time.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Joins {
    /// Quantities add up: counts, sums, increments of counters.
    #[default]
    Add,
    /// These exact amounts add up, and their sum is rounded once, half to even, at 9 decimals:
    /// time, and what is spread over time.
    AddExact(Exact),
    /// The greatest quantity stands.
    Greatest,
    /// The least quantity stands.
    Least,
    /// The quantity of the latest instant stands; of one instant, the greater.
    Latest(Timestamp),
    /// Different values are counted once.
    Distinct(BTreeSet<Arc<str>>),
}

impl Bucket {
    /// Puts the usage of another bucket to this one. The order of joining never matters. Both
    /// are of one unit and of one meter, so they join alike; should they not, quantities add up.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn join(&mut self, other: &Self) -> Result<(), Overflow> {
        self.put(other.quantity, other.events, &other.joins)
    }

    /// Puts usage to this bucket, as [`Self::join`] does.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn put(&mut self, quantity: Quantity, events: i64, joins: &Joins) -> Result<(), Overflow> {
        self.events = self.events.checked_add(events).ok_or(Overflow)?;
        match (&mut self.joins, joins) {
            (Joins::AddExact(mine), Joins::AddExact(theirs)) => {
                *mine = mine.plus(*theirs)?;
                self.quantity = Rounding::HalfEven.quantity(*mine)?;
            }
            (Joins::Greatest, Joins::Greatest) => self.quantity = self.quantity.max(quantity),
            (Joins::Least, Joins::Least) => self.quantity = self.quantity.min(quantity),
            (Joins::Latest(mine), Joins::Latest(theirs)) => {
                (*mine, self.quantity) = (*mine, self.quantity).max((*theirs, quantity));
            }
            (Joins::Distinct(mine), Joins::Distinct(theirs)) => {
                mine.extend(theirs.iter().cloned());
                let count = u64::try_from(mine.len()).map_err(|_| Overflow)?;
                self.quantity = Quantity::from_count(count);
            }
            _ => self.quantity = self.quantity.plus(quantity)?,
        }
        Ok(())
    }
}

/// A reading of a running counter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CounterReading {
    /// The device.
    pub serial: DeviceSerial,
    /// When it was read.
    pub happened_at: Timestamp,
    /// What it showed.
    pub reading: Quantity,
    /// Attributes of the event.
    pub dimensions: BTreeMap<String, String>,
    /// Who is billed; none when it is free and only moves the counter.
    pub billed_to: Option<UnitId>,
}

/// One row of the conservation report: the lines of one arrival day and meter by outcome.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ConservationRow {
    /// Civil day of arrival.
    pub arrived_on: Date,
    /// The meter; none where the type could not be read or is unknown.
    pub meter: Option<MeterCode>,
    /// `accepted`, `free`, `shadow`, `amended`, `cancelled`, `duplicate`, `conflict`,
    /// `quarantined` or `rejected`.
    pub outcome: String,
    /// The reason, for the last two.
    pub reason: Option<String>,
    /// Number of lines.
    pub lines: i64,
}
