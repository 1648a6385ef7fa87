//! Usage: a log of segments, and what is derived from it (`docs/adr/0010`).

use facts::usage::Tally;
use jiff::civil::Date;
use kernel::Digest;
use usage_index::Index;

use crate::Result;

/// The log as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsageLog {
    /// What keys and prints of this store are made with; it never changes.
    pub secret: [u8; 16],
    /// Sequence of the last segment, 0 when there is none.
    pub last: i64,
}

/// A segment without its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentHead {
    /// Position in the log, from 1, without gaps. It is the fence: it can be taken once.
    pub sequence: i64,
    /// Fingerprint of its content and place, see `UsageReceived`.
    pub batch: Digest,
    /// The file or stream.
    pub name: String,
    /// Civil day of arrival.
    pub arrived_on: Date,
    /// First line, from 1.
    pub first_line: u32,
    /// Number of lines.
    pub lines: u32,
    /// Position in the log of facts up to which the catalog was known: the meters of this
    /// segment are those of the facts up to it, so that it is read the same for ever.
    pub catalog: i64,
    /// Its lines by meter and outcome.
    pub tallies: Vec<Tally>,
    /// When it holds no lines of its own, but says something else of lines of another.
    pub replay: Option<Replay>,
}

/// Of a segment that reads lines of an earlier one again (`docs/adr/0012`). Its day of arrival
/// is that of those lines, and its name that of their file or stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// Sequence of the segment that holds the lines; never itself a replay.
    pub segment: i64,
    /// Civil day of the replay, whose rules the lines were read by.
    pub replayed_on: Date,
    /// What the lines were until then, by meter and outcome.
    pub withdrawn: Vec<Tally>,
}

/// A batch, as it is kept for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// What it is.
    pub head: SegmentHead,
    /// The lines as received, each with a line feed, compressed (zstd). Of a replay, for each of
    /// its lines the number of that line and the segment that said last what it is.
    pub raw: Vec<u8>,
    /// `LineOutcome::code` of each line, compressed (zstd).
    pub outcomes: Vec<u8>,
}

/// Questions about usage.
pub trait Usage {
    /// The log as a whole.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    fn usage_log(&mut self) -> Result<UsageLog>;

    /// Appends a segment.
    ///
    /// # Errors
    /// [`crate::StoreError`], also when its sequence or its batch is taken.
    fn append_segment(&mut self, segment: &Segment) -> Result<()>;

    /// The segment with this sequence.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    fn segment(&mut self, sequence: i64) -> Result<Option<Segment>>;

    /// The segments that arrived from `from` to before `to`, in the order of the log.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    fn segment_heads(&mut self, from: Date, to: Date) -> Result<Vec<SegmentHead>>;

    /// The sequences of the segments that say something else of lines of this one, in the order
    /// of the log.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    fn replays_of(&mut self, sequence: i64) -> Result<Vec<i64>>;

    /// What is derived from the log; it may be behind it.
    fn index(&self) -> Index;
}
