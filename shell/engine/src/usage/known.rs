//! Events that took an id before: is a line with that id the same event?

use std::collections::BTreeMap;

use connect::cloud_events::same_event;
use store::Tx;
use usage_index::EventKey;

use super::log;
use super::reader::LineReader;
use crate::Result;

/// How many segments stay unpacked at once: few, each is some megabytes.
const SEGMENTS_MAX: usize = 4;

/// Lines that took their id in earlier segments, looked up when a print does not settle it.
#[derive(Default)]
pub(super) struct Known {
    segments: BTreeMap<i64, BTreeMap<EventKey, Vec<u8>>>,
}

impl Known {
    /// Whether a line is the event that took the key in that segment.
    pub fn is_same(
        &mut self,
        tx: &mut dyn Tx,
        reader: &LineReader,
        (segment, key): (i64, EventKey),
        line: &[u8],
    ) -> Result<bool> {
        if !self.segments.contains_key(&segment) {
            if self.segments.len() >= SEGMENTS_MAX {
                self.segments.clear();
            }
            self.segments.insert(segment, events(tx, reader, segment)?);
        }
        let first = self.segments.get(&segment).and_then(|events| events.get(&key));
        Ok(first.is_some_and(|first| same_event(first, line)))
    }
}

/// The line of every key that a segment took.
fn events(
    tx: &mut dyn Tx,
    reader: &LineReader,
    segment: i64,
) -> Result<BTreeMap<EventKey, Vec<u8>>> {
    let unpacked = log::unpack(&log::segment(tx, segment)?)?;
    let taken = unpacked.lines.iter().zip(&unpacked.outcomes).filter(|(_, it)| it.takes_id());
    Ok(taken.filter_map(|(line, _)| Some((reader.key_of(line)?, line.to_vec()))).collect())
}
