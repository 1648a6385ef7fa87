//! Which keys a part of a run may hold: a binary-fuse filter of 16 bits.

use xorf::{BinaryFuse16, Filter as _};

/// Most keys in one filter. Building takes about 30 bytes a key of scratch, which should stay
/// near the processor; filters just above this size are a step larger.
pub(crate) const PART_KEYS: usize = 400_000;

/// A filter of the keys of a range. It never denies a key that is there, and admits one of
/// 65,000 that are not.
#[derive(Debug)]
pub(crate) struct Filter(Option<BinaryFuse16>);

impl Filter {
    /// The filter of some keys, sorted; it admits all in the case, never seen, that none can be
    /// built.
    pub(crate) fn of(keys: &mut Vec<u64>) -> Self {
        keys.dedup();
        Self(BinaryFuse16::try_from(&*keys).ok())
    }

    /// Whether the key may be there.
    pub(crate) fn admits(&self, key: u64) -> bool {
        self.0.as_ref().is_none_or(|filter| filter.contains(&key))
    }

    /// Bytes of memory.
    pub(crate) fn memory(&self) -> usize {
        self.0.as_ref().map_or(0, |filter| filter.fingerprints.len() * 2)
    }

    /// Appends the filter as bytes.
    pub(crate) fn put(&self, out: &mut Vec<u8>) {
        let Some(filter) = &self.0 else { return };
        let shape = &filter.descriptor;
        out.extend_from_slice(&shape.seed.to_le_bytes());
        out.extend_from_slice(&shape.segment_length.to_le_bytes());
        out.extend_from_slice(&shape.segment_count_length.to_le_bytes());
        out.extend(filter.fingerprints.iter().flat_map(|print| print.to_le_bytes()));
    }

    /// Reads the bytes of [`Filter::put`]; nothing when a look-up could leave the array.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        if bytes.is_empty() {
            return Some(Self(None));
        }
        let (seed, rest) = bytes.split_first_chunk()?;
        let (length, rest) = rest.split_first_chunk()?;
        let (count, rest) = rest.split_first_chunk()?;
        let segment_length = u32::from_le_bytes(*length);
        let segment_count_length = u32::from_le_bytes(*count);
        let (pairs, odd) = rest.as_chunks();
        let fingerprints: Box<[u16]> = pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
        let reach = segment_length.checked_mul(2)?.checked_add(segment_count_length)?;
        let fits = segment_length.is_power_of_two()
            && segment_count_length.is_multiple_of(segment_length)
            && odd.is_empty()
            && reach as usize <= fingerprints.len();
        if !fits {
            return None;
        }
        // The type of the descriptor has no public name: a small filter gives one to fill in.
        let mut filter = BinaryFuse16::try_from([0].as_slice()).ok()?;
        filter.descriptor.seed = u64::from_le_bytes(*seed);
        filter.descriptor.segment_length = segment_length;
        filter.descriptor.segment_length_mask = segment_length.checked_sub(1)?;
        filter.descriptor.segment_count_length = segment_count_length;
        filter.fingerprints = fingerprints;
        Some(Self(Some(filter)))
    }
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
        assert!(Filter::read(&[]).unwrap().admits(1));
    }
}
