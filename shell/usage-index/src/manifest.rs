//! What the files of a folder hold together: the one file that is replaced.

use crate::bytes::{take, take_u32, take_u64};
use crate::run::{Age, Kind};

/// Begins the file; the last digit is the version of the layout.
const MAGIC: [u8; 8] = *b"TBRUIX02";

/// Which files count, and what they include.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Manifest {
    /// Fingerprint of the store.
    pub identity: [u8; 16],
    /// The last segment included, 0 for none.
    pub flushed: i64,
    /// Its fingerprint.
    pub mark: [u8; 16],
    /// The number of the next file.
    pub next_number: u64,
    pub names: NamesPlace,
    pub runs: Vec<RunPlace>,
}

/// How much of which file of names counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct NamesPlace {
    /// Names the file.
    pub number: u64,
    /// Bytes that count; more may follow after a crash.
    pub length: u64,
    /// Of these bytes.
    pub checksum: u32,
    /// Subjects, tracks and sets of attributes in them.
    pub counts: [u32; 3],
}

/// A run that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RunPlace {
    pub kind: Kind,
    pub age: Age,
    /// Names the file.
    pub number: u64,
    /// Of its index: a number that was used again after a crash is not taken for this one.
    pub checksum: u32,
}

impl Manifest {
    /// The bytes of the file.
    pub(crate) fn put(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.extend_from_slice(&self.identity);
        out.extend_from_slice(&self.flushed.to_le_bytes());
        out.extend_from_slice(&self.mark);
        out.extend_from_slice(&self.next_number.to_le_bytes());
        out.extend_from_slice(&self.names.number.to_le_bytes());
        out.extend_from_slice(&self.names.length.to_le_bytes());
        out.extend_from_slice(&self.names.checksum.to_le_bytes());
        for count in self.names.counts {
            out.extend_from_slice(&count.to_le_bytes());
        }
        out.extend_from_slice(&(self.runs.len() as u64).to_le_bytes());
        for run in &self.runs {
            out.extend_from_slice(&[run.kind.code(), run.age.level]);
            out.extend_from_slice(&run.age.last_segment.to_le_bytes());
            out.extend_from_slice(&run.number.to_le_bytes());
            out.extend_from_slice(&run.checksum.to_le_bytes());
        }
        let checksum = crc32fast::hash(&out);
        out.extend_from_slice(&checksum.to_le_bytes());
        out
    }

    /// Reads the bytes of the file; nothing unless they are as written.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let (mut content, checksum) = bytes.split_last_chunk()?;
        if crc32fast::hash(content) != u32::from_le_bytes(*checksum) {
            return None;
        }
        let from = &mut content;
        if take(from)? != MAGIC {
            return None;
        }
        let mut manifest = Self {
            identity: take(from)?,
            flushed: take(from).map(i64::from_le_bytes)?,
            mark: take(from)?,
            next_number: take_u64(from)?,
            names: NamesPlace {
                number: take_u64(from)?,
                length: take_u64(from)?,
                checksum: take_u32(from)?,
                counts: [take_u32(from)?, take_u32(from)?, take_u32(from)?],
            },
            runs: Vec::new(),
        };
        for _ in 0..take_u64(from)? {
            let [kind, level] = take(from)?;
            manifest.runs.push(RunPlace {
                kind: Kind::from_code(kind)?,
                age: Age { level, last_segment: take(from).map(i64::from_le_bytes)? },
                number: take_u64(from)?,
                checksum: take_u32(from)?,
            });
        }
        from.is_empty().then_some(manifest)
    }

    /// A number for a new file.
    pub(crate) const fn take_number(&mut self) -> u64 {
        self.next_number += 1;
        self.next_number
    }
}

#[cfg(test)]
mod tests {
    use super::{Manifest, NamesPlace, RunPlace};
    use crate::run::{Age, Kind};

    #[test]
    fn every_changed_byte_is_noticed() {
        let run = RunPlace {
            kind: Kind::Readings,
            age: Age { level: 2, last_segment: 12 },
            number: 7,
            checksum: 99,
        };
        let names = NamesPlace { number: 1, length: 20, checksum: 3, counts: [4, 5, 6] };
        let manifest = Manifest {
            identity: [1; 16],
            flushed: 12,
            mark: [2; 16],
            next_number: 8,
            names,
            runs: vec![run, RunPlace { kind: Kind::Keys, ..run }],
        };
        let bytes = manifest.put();
        assert_eq!(Manifest::read(&bytes), Some(manifest));
        for place in 0..bytes.len() {
            let mut broken = bytes.clone();
            broken[place] ^= 0x10;
            assert_eq!(Manifest::read(&broken), None);
            assert_eq!(Manifest::read(&bytes[..place]), None);
        }
    }
}
