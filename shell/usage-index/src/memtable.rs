//! What was applied lately, in memory.

use hashbrown::HashTable;

use crate::Seen;
use crate::additions::Additions;
use crate::key::KeyEntry;
use crate::reading::{Reading, series_of};

/// Small batches are joined up to this many readings; larger ones are searched one by one.
const BATCH_READINGS: usize = 32_768;
/// So many batches of similar size are joined.
const JOIN: usize = 8;

/// What was applied lately.
#[derive(Debug, Default)]
pub(crate) struct Memtable {
    /// By key.
    pub keys: HashTable<KeyEntry>,
    /// Sorted each, from large to small.
    batches: Vec<Vec<Reading>>,
    readings: usize,
    /// The last segment included, 0 for none.
    pub sequence: i64,
    /// Its fingerprint.
    pub mark: [u8; 16],
    /// How many subjects, tracks and sets of attributes there were after it.
    pub names: [u32; 3],
}

impl Memtable {
    /// Empty, with room for so many keys.
    pub(crate) fn with_room(keys: usize) -> Self {
        Self { keys: HashTable::with_capacity(keys), ..Self::default() }
    }

    /// The greater of the number of keys and the number of readings.
    pub(crate) fn len(&self) -> usize {
        self.keys.len().max(self.readings)
    }

    /// How many readings there are.
    pub(crate) const fn readings(&self) -> usize {
        self.readings
    }

    /// Adds a segment: its keys, and its readings as sorted and numbered.
    pub(crate) fn add(
        &mut self,
        additions: &Additions,
        segment: u32,
        readings: Vec<Reading>,
        names: [u32; 3],
        mark: [u8; 16],
    ) {
        self.keys.reserve(additions.keys.len(), KeyEntry::hash);
        for (key, print) in &additions.keys {
            let entry = KeyEntry::new(*key, *print, segment);
            self.keys.insert_unique(entry.hash(), entry, KeyEntry::hash);
        }
        self.readings += readings.len();
        self.sequence = additions.sequence;
        self.mark = mark;
        self.names = names;
        if !readings.is_empty() {
            self.batches.push(readings);
            self.join_small();
        }
    }

    /// Keeps the number of batches low when segments are small: a reader searches each of them.
    fn join_small(&mut self) {
        while let Some(first) = self.batches.len().checked_sub(JOIN) {
            let last = &self.batches[first..];
            let readings: usize = last.iter().map(Vec::len).sum();
            let similar = last[0].len() <= JOIN / 2 * last[JOIN - 1].len();
            if !similar || readings > BATCH_READINGS {
                break;
            }
            let mut joined = self.batches.split_off(first).concat();
            joined.sort();
            self.batches.push(joined);
        }
    }

    /// Fills in what is known of some keys.
    pub(crate) fn find(&self, keys: &[KeyEntry], known: &mut [Option<Seen>]) {
        for (key, known) in keys.iter().zip(known) {
            if let Some(entry) = self.keys.find(key.hash(), |other| other.same_key(key)) {
                *known = Some(entry.seen());
            }
        }
    }

    /// Appends the readings of a subject that are of later segments than `after`.
    pub(crate) fn collect(&self, subject: u32, after: i64, into: &mut Vec<Reading>) {
        if self.sequence <= after {
            return;
        }
        let (first, last) = series_of(subject);
        for batch in &self.batches {
            let begin = batch.partition_point(|reading| reading.series < first);
            let of_subject = batch[begin..].iter().take_while(|reading| reading.series <= last);
            into.extend(of_subject.filter(|reading| i64::from(reading.segment) > after));
        }
    }

    /// All keys, sorted.
    pub(crate) fn sorted_keys(&self) -> Vec<KeyEntry> {
        let mut keys: Vec<KeyEntry> = self.keys.iter().copied().collect();
        keys.sort_unstable();
        keys
    }

    /// All readings, sorted.
    pub(crate) fn sorted_readings(&self) -> Vec<Reading> {
        let mut readings = self.batches.concat();
        readings.sort();
        readings
    }
}
