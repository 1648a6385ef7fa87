//! Which keys a part of a run may hold: a binary-fuse filter of 16 bits.

use xorf::BinaryFuse16;

use crate::bytes::{take_u32, take_u64};

/// Most keys in one filter. Building takes about 30 bytes a key of scratch, which should stay
/// near the processor; filters just above this size are a step larger.
pub(crate) const PART_KEYS: usize = 400_000;

/// A filter of the keys of a range. It never denies a key that is there, and admits one of
/// 65,000 that are not.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    seed: u64,
    /// Of a segment, a power of two.
    segment_length: u32,
    /// Of all segments in which the first print of a key can be.
    segment_count_length: u32,
    /// Empty when all keys are admitted.
    prints: Box<[u16]>,
}

impl Filter {
    /// The filter of some keys, sorted; it admits all in the case, never seen, that none can be
    /// built.
    pub(crate) fn of(keys: &mut Vec<u64>) -> Self {
        keys.dedup();
        let Ok(built) = BinaryFuse16::try_from(&*keys) else { return Self::default() };
        let filter = Self {
            seed: built.descriptor.seed,
            segment_length: built.descriptor.segment_length,
            segment_count_length: built.descriptor.segment_count_length,
            prints: built.fingerprints,
        };
        // Look-ups are ours, because files outlive the crate that builds them: were it ever to
        // place prints elsewhere, no filter is better than one that denies what is there.
        let sample = keys.iter().step_by(64).chain(keys.last());
        let agrees = filter.fits() && sample.into_iter().all(|key| filter.admits(*key));
        if agrees { filter } else { Self::default() }
    }

    /// Whether the key may be there.
    #[inline]
    pub(crate) fn admits(&self, key: u64) -> bool {
        if self.prints.is_empty() {
            return true;
        }
        let hash = mix(key.wrapping_add(self.seed));
        let mask = self.segment_length.wrapping_sub(1);
        let place = u128::from(hash) * u128::from(self.segment_count_length);
        let first = (place >> 64) as u32;
        let second = first.wrapping_add(self.segment_length);
        let third = second.wrapping_add(self.segment_length) ^ (hash as u32 & mask);
        let second = second ^ ((hash >> 18) as u32 & mask);
        let print = (hash ^ hash >> 32) as u16;
        let at = |place: u32| self.prints[place as usize];
        print == at(first) ^ at(second) ^ at(third)
    }

    /// Whether no look-up can leave the prints.
    fn fits(&self) -> bool {
        let reach = u64::from(self.segment_length) * 2 + u64::from(self.segment_count_length);
        self.segment_length.is_power_of_two()
            && self.segment_count_length.is_multiple_of(self.segment_length)
            && reach <= self.prints.len() as u64
    }

    /// Bytes of memory.
    pub(crate) fn memory(&self) -> usize {
        self.prints.len() * size_of::<u16>()
    }

    /// Appends the filter as bytes.
    pub(crate) fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.seed.to_le_bytes());
        out.extend_from_slice(&self.segment_length.to_le_bytes());
        out.extend_from_slice(&self.segment_count_length.to_le_bytes());
        out.reserve(self.memory());
        out.extend(self.prints.iter().flat_map(|print| print.to_le_bytes()));
    }

    /// Reads the bytes of [`Filter::put`]; nothing when a look-up could leave the prints.
    pub(crate) fn read(mut bytes: &[u8]) -> Option<Self> {
        let from = &mut bytes;
        let (seed, segment_length) = (take_u64(from)?, take_u32(from)?);
        let segment_count_length = take_u32(from)?;
        let (pairs, odd) = from.as_chunks();
        let prints: Box<[u16]> = pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
        let filter = Self { seed, segment_length, segment_count_length, prints };
        (odd.is_empty() && (filter.prints.is_empty() || filter.fits())).then_some(filter)
    }
}

/// The last step of MurmurHash3, as the filters are built with.
const fn mix(mut number: u64) -> u64 {
    number ^= number >> 33;
    number = number.wrapping_mul(0xff51_afd7_ed55_8ccd);
    number ^= number >> 33;
    number = number.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    number ^ number >> 33
}

#[cfg(test)]
mod tests {
    use super::Filter;

    /// Keys as a hash makes them.
    fn keys(count: u64) -> Vec<u64> {
        let mut keys: Vec<u64> =
            (1..=count).map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect();
        keys.sort_unstable();
        keys
    }

    #[test]
    fn a_filter_admits_what_is_there_after_it_was_written() {
        for count in [1, 2, 3, 7, 100, 5_000] {
            let mut keys = keys(count);
            let mut bytes = Vec::new();
            Filter::of(&mut keys).put(&mut bytes);
            let filter = Filter::read(&bytes).unwrap();
            assert!(filter.memory() > 0);
            assert!(keys.iter().all(|key| filter.admits(*key)));
            let strangers = (1..=10_000_u64).filter(|n| filter.admits(*n)).count();
            assert!(strangers < 20, "{strangers} of 10,000 admitted by a filter of {count}");
        }
    }

    #[test]
    fn a_filter_that_does_not_fit_is_refused() {
        let mut bytes = Vec::new();
        Filter::of(&mut keys(1_000)).put(&mut bytes);
        assert!(Filter::read(&bytes[..bytes.len() - 2]).is_none());
        assert!(Filter::read(&bytes[..bytes.len() - 1]).is_none());
        assert!(Filter::read(&bytes[..7]).is_none());
        assert!(Filter::read(&[0; 16]).unwrap().admits(1));
    }
}
