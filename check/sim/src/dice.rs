//! Orders of things that a seed decides: the same on every machine and in every run.

use std::collections::{BTreeMap, VecDeque};

/// Throws of dice (SplitMix64).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// The dice of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is not 0.
    pub fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX);
        usize::try_from(self.throw() % end).unwrap_or_default()
    }

    /// Any order of the items in which those of the same key keep theirs.
    pub fn shuffled<T: Clone, K: Ord>(&mut self, items: &[T], key_of: impl Fn(&T) -> K) -> Vec<T> {
        let mut order: Vec<usize> = (0..items.len()).collect();
        for end in (1..=order.len()).rev() {
            order.swap(end - 1, self.below(end));
        }
        // The n-th place that an item of a key got is given to the n-th item of that key.
        let mut of_key: BTreeMap<K, VecDeque<&T>> = BTreeMap::new();
        for item in items {
            of_key.entry(key_of(item)).or_default().push_back(item);
        }
        let next = |index: usize| of_key.get_mut(&key_of(&items[index]))?.pop_front().cloned();
        order.into_iter().filter_map(next).collect()
    }
}
