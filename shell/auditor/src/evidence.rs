//! The events that a line was rated from, worked out again: first, last, count and digest.

use std::collections::BTreeMap;

use facts::MeterCode;
use facts::charge::EventRange;
use facts::usage::Point;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::checks::usage::Key;

/// Events by the line that they are rated under.
#[derive(Default)]
pub(crate) struct Events {
    by_key: BTreeMap<Key, Vec<Event>>,
}

struct Event {
    known_on: Date,
    segment: i64,
    amended_on: Option<Date>,
    at: Timestamp,
    /// In hexadecimal digits.
    digest: String,
}

impl Event {
    fn stood_before(&self, day: Date) -> bool {
        self.known_on < day && self.amended_on.is_none_or(|amended| amended >= day)
    }
}

impl Events {
    pub(crate) fn add(&mut self, key: Key, subject: &str, meter: &MeterCode, point: &Point) {
        let value = point.value.normalized().to_string();
        let at = point.happened_at;
        let said = json!([subject, meter.as_str(), at.to_string(), value, *point.dimensions]);
        let digest = text(&Sha256::digest(said.to_string().as_bytes()));
        let Point { known_on, segment, amended_on, .. } = *point;
        let event = Event { known_on, segment, amended_on, at, digest };
        self.by_key.entry(key).or_default().push(event);
    }

    /// Those that were known before a day, of no later segment.
    pub(crate) fn range(&self, key: &Key, (before, last): (Date, i64)) -> Option<EventRange> {
        let is_known = |it: &&Event| it.stood_before(before) && it.segment <= last;
        let known: Vec<&Event> = self.by_key.get(key)?.iter().filter(is_known).collect();
        let mut digests: Vec<&str> = known.iter().map(|it| it.digest.as_str()).collect();
        digests.sort_unstable();
        let lines: String = digests.iter().map(|it| format!("{it}\n")).collect();
        Some(EventRange {
            first_at: known.iter().map(|it| it.at).min()?,
            last_at: known.iter().map(|it| it.at).max()?,
            events: i64::try_from(known.len()).ok()?,
            digest: text(&Sha256::digest(lines.as_bytes())),
        })
    }
}

fn text(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
