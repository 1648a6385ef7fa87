//! Every limit, by name. Together they bound the memory of the service.

use std::time::Duration;

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;

/// What clients may make the service keep, and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Open connections; more wait in the queue of the system.
    pub connections: usize,
    /// Bytes of the head of a request: the line and all headers. Else 431.
    pub head_bytes: usize,
    /// Headers of a request. Else 431.
    pub headers: usize,
    /// Time for the head of a request to arrive, also the first on a connection.
    pub head_time: Duration,
    /// Bytes of a body with one event or a batch, unpacked. Else 413.
    pub body_bytes: usize,
    /// Events in a batch. Else 413.
    pub body_lines: usize,
    /// Time for the whole body of one event or of a batch to arrive. Else 408.
    pub body_time: Duration,
    /// Lines of events and batches that wait for the writer. Else 429.
    pub waiting_lines: usize,
    /// Bytes of events and batches that arrive or wait. Else 429.
    pub waiting_bytes: usize,
    /// Streams at once. Else 429.
    pub streams: usize,
    /// Lines of all streams that wait for the writer. Then streams are not read on.
    pub stream_waiting_lines: usize,
    /// Bytes of all streams that wait for the writer. Then streams are not read on.
    pub stream_waiting_bytes: usize,
    /// Lines that a stream hands over together.
    pub chunk_lines: usize,
    /// Bytes that a stream hands over together.
    pub chunk_bytes: usize,
    /// How often a stream may hand over before the first is answered.
    pub chunks_in_flight: usize,
    /// A stream that pauses for so long hands over what it has.
    pub pause: Duration,
    /// A stream without a whole line for so long ends with 408; what waits for the writer for so
    /// long is answered with 503.
    pub stall: Duration,
    /// Exceptional lines that the answer to a stream names.
    pub exceptions: usize,
    /// Transactions of one request to replay lines; then it tells where the next goes on.
    pub replay_steps: usize,
    /// Requests that read or change something other than usage at once; more wait.
    pub workers: usize,
    /// For how long what is known of keys counts: a key that was revoked elsewhere is refused after
    /// that, and one that was issued elsewhere is good.
    pub keys_age: Duration,
    /// Lines of a segment.
    pub segment_lines: usize,
    /// Bytes of a segment, before it is compressed.
    pub segment_bytes: usize,
    /// Bytes of a body that are still read after its request was refused, so that the client gets
    /// to read the answer.
    pub rest_bytes: usize,
    /// The time for that.
    pub rest_time: Duration,
    /// Time for requests to end when the service stops.
    pub stop_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4_096,
            head_bytes: 32 * KIB,
            headers: 100,
            head_time: Duration::from_secs(10),
            body_bytes: 8 * MIB,
            body_lines: 10_000,
            body_time: Duration::from_secs(60),
            waiting_lines: 100_000,
            waiting_bytes: 32 * MIB,
            streams: 32,
            stream_waiting_lines: 100_000,
            stream_waiting_bytes: 32 * MIB,
            chunk_lines: 5_000,
            chunk_bytes: MIB,
            chunks_in_flight: 4,
            pause: Duration::from_secs(1),
            stall: Duration::from_secs(30),
            exceptions: 1_000,
            replay_steps: 100,
            workers: 8,
            keys_age: Duration::from_secs(1),
            segment_lines: 10_000,
            segment_bytes: 4 * MIB,
            rest_bytes: 4 * MIB,
            rest_time: Duration::from_secs(2),
            stop_time: Duration::from_secs(30),
        }
    }
}
