//! A taken key as the memtable and the runs hold it.

use crate::run::{Entry, Kind, Run};
use crate::{EventKey, IndexError, Print, Seen};

/// Bytes of an entry in a run.
const WIDTH: usize = 22;

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

impl Entry for KeyEntry {
    const KIND: Kind = Kind::Keys;

    fn head(&self) -> u64 {
        self.high
    }

    fn encode(entries: &[Self], out: &mut Vec<u8>) {
        for entry in entries {
            let mut bytes = [0; WIDTH];
            bytes[..8].copy_from_slice(&entry.high.to_be_bytes());
            bytes[8..12].copy_from_slice(&entry.low.to_be_bytes());
            bytes[12..18].copy_from_slice(&entry.print);
            bytes[18..].copy_from_slice(&entry.segment.to_be_bytes());
            out.extend_from_slice(&bytes);
        }
    }

    fn decode(bytes: &[u8], count: usize, into: &mut Vec<Self>) -> Option<()> {
        let (entries, rest) = bytes.as_chunks();
        into.extend(entries.iter().map(read));
        (rest.is_empty() && entries.len() == count).then_some(())
    }
}

fn read(bytes: &[u8; WIDTH]) -> KeyEntry {
    let [key @ .., a, b, c, d, e, f, g, h, i, j] = *bytes;
    let segment = u32::from_be_bytes([g, h, i, j]);
    KeyEntry::new(EventKey(key), Print([a, b, c, d, e, f]), segment)
}

/// Looks for sorted keys in a run: fills in what is known of those that are there.
///
/// # Errors
/// [`IndexError::Io`] and [`IndexError::Broken`] when a block cannot be read.
pub(crate) fn find(
    run: &Run<KeyEntry>,
    heads: &[u64],
    keys: &[KeyEntry],
    known: &mut [Option<Seen>],
) -> Result<(), IndexError> {
    let mut admitted = Vec::new();
    run.admitted(heads, &mut admitted);
    let mut bytes = Vec::new();
    let mut at_hand = None;
    for place in admitted {
        let key = &keys[place as usize];
        for block in run.blocks_of(key.high, key.high) {
            if at_hand != Some(block) {
                run.read_block(block, &mut bytes)?;
                at_hand = Some(block);
            }
            let (entries, _) = bytes.as_chunks::<WIDTH>();
            let found = entries.binary_search_by(|entry| {
                let entry = read(entry);
                (entry.high, entry.low).cmp(&(key.high, key.low))
            });
            if let Ok(found) = found {
                known[place as usize] = Some(read(&entries[found]).seen());
            }
        }
    }
    Ok(())
}
