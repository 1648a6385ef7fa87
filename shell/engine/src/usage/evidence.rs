//! The events of a line as a digest that anybody can work out again from an export
//! (`docs/adr/0019`).

use std::collections::BTreeMap;
use std::sync::Arc;

use facts::billed::UsageKey;
use facts::charge::EventRange;
use facts::usage::{Bucket, Joins, Point};
use facts::{MeterCode, UnitId};
use jiff::Timestamp;
use kernel::Quantity;
use sha2::{Digest as _, Sha256};

/// An event that is rated.
pub(crate) struct Counted<'a> {
    pub unit: UnitId,
    pub meter: &'a MeterCode,
    pub point: &'a Point,
    pub digest: [u8; 32],
}

impl Counted<'_> {
    /// Where it is rated, without a quantity.
    pub fn bucket(&self) -> Bucket {
        Bucket {
            unit: self.unit.clone(),
            meter: self.meter.clone(),
            quarter_at: metering::quarter_of(self.point.happened_at),
            dimensions: Arc::clone(&self.point.dimensions),
            quantity: Quantity::ZERO,
            events: 1,
            joins: Joins::Add,
        }
    }
}

/// SHA-256 of what an event said, as a JSON array without blanks: device, meter, time, reading,
/// attributes by name. Its id is not in it: what is rated is what was read.
pub(super) fn digest(subject: &str, meter: &MeterCode, point: &Point) -> [u8; 32] {
    let (time, value) = (point.happened_at.to_string(), point.value.normalized().to_string());
    let said = serde_json::to_vec(&(subject, meter, time, value, &*point.dimensions));
    // Texts in memory can always be written.
    Sha256::digest(said.unwrap_or_default()).into()
}

/// The events of each line.
#[derive(Default)]
pub(crate) struct Evidence {
    by_key: BTreeMap<UsageKey, Gathered>,
}

struct Gathered {
    first_at: Timestamp,
    last_at: Timestamp,
    digests: Vec<[u8; 32]>,
}

impl Evidence {
    /// Adds an event to a line.
    pub fn add(&mut self, key: UsageKey, event: &Counted<'_>) {
        let at = event.point.happened_at;
        let line = self.by_key.entry(key).or_insert_with(|| Gathered {
            first_at: at,
            last_at: at,
            digests: Vec::new(),
        });
        line.first_at = line.first_at.min(at);
        line.last_at = line.last_at.max(at);
        line.digests.push(event.digest);
    }

    /// The events of a line; none when it has none.
    pub fn of(&mut self, key: &UsageKey) -> Option<EventRange> {
        let line = self.by_key.get_mut(key)?;
        line.digests.sort_unstable();
        let mut hash = Sha256::new();
        for digest in &line.digests {
            hash.update(hexadecimal(digest));
            hash.update(b"\n");
        }
        Some(EventRange {
            first_at: line.first_at,
            last_at: line.last_at,
            events: i64::try_from(line.digests.len()).unwrap_or(i64::MAX),
            digest: hexadecimal(&hash.finalize()),
        })
    }
}

/// By hand, because a line can have hundreds of thousands of events.
fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digit = |it: u8| DIGITS[usize::from(it & 15)];
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}
