//! A taken key as the memtable and the runs hold it.

use crate::{EventKey, Print, Seen};

/// A taken key. The order of the first two fields is the order of the runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct KeyEntry {
    /// The first 8 bytes of the key, big-endian.
    pub high: u64,
    /// The last 4 bytes of the key, big-endian.
    pub low: u32,
    pub segment: u32,
    pub print: [u8; 6],
}

impl KeyEntry {
    /// A key with what is known of it.
    pub(crate) const fn new(key: EventKey, print: Print, segment: u32) -> Self {
        let [a, b, c, d, e, f, g, h, i, j, k, l] = key.0;
        Self {
            high: u64::from_be_bytes([a, b, c, d, e, f, g, h]),
            low: u32::from_be_bytes([i, j, k, l]),
            segment,
            print: print.0,
        }
    }

    /// A key to look for.
    pub(crate) const fn probe(key: EventKey) -> Self {
        Self::new(key, Print([0; 6]), 0)
    }

    /// Its place in a hash table. A key is a keyed hash already; the rotation makes keys that are
    /// near in a sorted batch near in the table.
    pub(crate) const fn hash(&self) -> u64 {
        self.high.rotate_left(20)
    }

    /// Whether it is the same key, whatever is known of it.
    pub(crate) const fn same_key(&self, other: &Self) -> bool {
        self.high == other.high && self.low == other.low
    }

    /// What is known of it.
    pub(crate) const fn seen(&self) -> Seen {
        Seen { print: Print(self.print), segment: self.segment as i64 }
    }
}
