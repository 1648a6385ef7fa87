//! Sorted, immutable runs of entries in a file: what is common to keys and readings.
//!
//! A file is blocks of [`BLOCK`] entries and, for keys, the filter of each part after its blocks;
//! then an index of the blocks and filters, which is kept in memory, and a trailer that says where
//! the index is. Each block, each filter, the index and the trailer have a checksum.

mod merge;
mod source;
mod writer;

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

pub(crate) use merge::Merge;
pub(crate) use source::Source;
pub(crate) use writer::Writer;

use crate::IndexError;
use crate::bytes::{take_u32, take_u64};
use crate::filter::Filter;

/// Entries in a block.
pub(crate) const BLOCK: usize = 256;
/// Ends each file of a run; the last digit is the version of the layout.
const MAGIC: u64 = u64::from_le_bytes(*b"TBRRUN01");
/// Where the index is, its length, the number of entries, kind, two checksums and the magic.
const TRAILER: usize = 8 * 3 + 4 * 3 + 8;

/// What runs can hold.
pub(crate) trait Entry: Copy + Ord + std::fmt::Debug + Send + Sync + 'static {
    /// Names the files.
    const KIND: Kind;

    /// The entry as far as the index of the blocks tells entries apart; sorts like the entry.
    fn head(&self) -> u64;

    /// Appends the bytes of a block of sorted entries.
    fn encode(entries: &[Self], out: &mut Vec<u8>);

    /// Appends the entries of a block; nothing when the bytes are of no block.
    fn decode(bytes: &[u8], count: usize, into: &mut Vec<Self>) -> Option<()>;
}

/// The two kinds of runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Taken keys, with filters.
    Keys,
    /// Readings.
    Readings,
}

impl Kind {
    /// Both.
    pub(crate) const ALL: [Self; 2] = [Self::Keys, Self::Readings];

    /// Begins the names of its files.
    pub(crate) const fn prefix(self) -> &'static str {
        match self {
            Self::Keys => "keys-",
            Self::Readings => "readings-",
        }
    }

    /// The name of the file with this number.
    pub(crate) fn file_name(self, number: u64) -> String {
        format!("{}{number}.run", self.prefix())
    }

    /// The kind of a number in files.
    pub(crate) fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// As a number in files.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Keys => 1,
            Self::Readings => 2,
        }
    }
}

/// A block, as the index knows it.
#[derive(Debug, Clone, Copy)]
struct Block {
    /// [`Entry::head`] of its first entry.
    head: u64,
    offset: u64,
    length: u32,
    checksum: u32,
}

/// The filter of the keys from a head on.
#[derive(Debug)]
struct Part {
    head: u64,
    filter: Filter,
}

/// How often entries were merged, and how recent they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Age {
    /// How many times they were merged.
    pub level: u8,
    /// No entry is of a later segment.
    pub last_segment: i64,
}

impl Age {
    /// Of entries that were never merged.
    pub(crate) const fn new(last_segment: i64) -> Self {
        Self { level: 0, last_segment }
    }

    /// Of what some runs are merged to.
    fn after(merged: impl Iterator<Item = Self>) -> Self {
        let joined = merged.fold(Self::default(), |one, other| Self {
            level: one.level.max(other.level),
            last_segment: one.last_segment.max(other.last_segment),
        });
        Self { level: joined.level.saturating_add(1), ..joined }
    }
}

/// An open run.
#[derive(Debug)]
pub(crate) struct Run<E> {
    /// Names its file.
    pub number: u64,
    /// How often its entries were merged, and how recent they are.
    pub age: Age,
    /// How many entries it holds.
    pub entries: u64,
    /// Bytes of the file.
    pub bytes: u64,
    /// Of its index.
    pub checksum: u32,
    path: PathBuf,
    file: File,
    blocks: Vec<Block>,
    parts: Vec<Part>,
    entry: std::marker::PhantomData<E>,
}

impl<E: Entry> Run<E> {
    /// Opens a run; reads its index and filters.
    ///
    /// # Errors
    /// [`IndexError::Io`] when it cannot be read, [`IndexError::Broken`] when it is not as written.
    pub(crate) fn open(folder: &Path, number: u64, age: Age) -> Result<Self, IndexError> {
        let path = folder.join(E::KIND.file_name(number));
        let file = File::open(&path).map_err(IndexError::io("open", &path))?;
        let bytes = file.metadata().map_err(IndexError::io("measure", &path))?.len();
        let broken = |what| IndexError::Broken { path: path.clone(), what };
        let end = bytes.checked_sub(TRAILER as u64).ok_or_else(|| broken("trailer"))?;
        let trailer = read_at(&file, &path, end, TRAILER)?;
        let (at, length, entries, checksum) =
            read_trailer::<E>(&trailer).ok_or_else(|| broken("trailer"))?;
        let index_length = usize::try_from(length).map_err(|_| broken("trailer"))?;
        if at.checked_add(length) != Some(end) {
            return Err(broken("trailer"));
        }
        let index = read_at(&file, &path, at, index_length)?;
        if crc32fast::hash(&index) != checksum {
            return Err(broken("index"));
        }
        let (blocks, stored) = read_index(&index).ok_or_else(|| broken("index"))?;
        if blocks.len() as u64 != entries.div_ceil(BLOCK as u64) {
            return Err(broken("index"));
        }
        let mut parts = Vec::with_capacity(stored.len());
        for part in stored {
            let bytes = read_at(&file, &path, part.offset, part.length as usize)?;
            let intact = crc32fast::hash(&bytes) == part.checksum;
            let filter = if intact { Filter::read(&bytes) } else { None };
            let filter = filter.ok_or_else(|| broken("filter"))?;
            parts.push(Part { head: part.head, filter });
        }
        let entry = std::marker::PhantomData;
        Ok(Self { number, age, entries, bytes, checksum, path, file, blocks, parts, entry })
    }

    /// Bytes of memory of the filters.
    pub(crate) fn filter_memory(&self) -> usize {
        self.parts.iter().map(|part| part.filter.memory()).sum()
    }

    /// Bytes of memory of the index of the blocks.
    pub(crate) fn sparse_memory(&self) -> usize {
        self.blocks.capacity() * size_of::<Block>()
    }

    /// Removes its file; whoever has it open can still read it. What cannot be removed is tried
    /// again when the folder is opened.
    pub(crate) fn remove_file(&self) {
        std::fs::remove_file(&self.path).unwrap_or_default();
    }

    /// The blocks that can hold entries with heads from `first` to `last`.
    pub(crate) fn blocks_of(&self, first: u64, last: u64) -> std::ops::Range<usize> {
        // A head can begin inside the block before the first one that begins with it.
        let begin = self.blocks.partition_point(|block| block.head < first).saturating_sub(1);
        let count = self.blocks[begin..].partition_point(|block| block.head <= last);
        begin..begin + count
    }

    /// The bytes of a block, checked.
    ///
    /// # Errors
    /// [`IndexError::Io`] when it cannot be read, [`IndexError::Broken`] when it is not as written.
    pub(crate) fn read_block(&self, number: usize, into: &mut Vec<u8>) -> Result<(), IndexError> {
        let block = self.blocks[number];
        into.resize(block.length as usize, 0);
        let read = self.file.read_exact_at(into, block.offset);
        read.map_err(IndexError::io("read", &self.path))?;
        if crc32fast::hash(into) == block.checksum { Ok(()) } else { Err(self.broken("block")) }
    }

    /// The error for a part of this run.
    pub(crate) fn broken(&self, what: &'static str) -> IndexError {
        IndexError::Broken { path: self.path.clone(), what }
    }

    /// How many entries a block holds: all but the last are full.
    pub(crate) const fn entries_in(&self, number: usize) -> usize {
        let before = number as u64 * BLOCK as u64;
        let left = self.entries.saturating_sub(before);
        if left < BLOCK as u64 { left as usize } else { BLOCK }
    }

    /// How many blocks there are.
    pub(crate) const fn block_count(&self) -> usize {
        self.blocks.len()
    }

    /// Appends the places of those sorted heads that may be here.
    pub(crate) fn admitted(&self, heads: &[u64], into: &mut Vec<u32>) {
        let mut begin = 0;
        for (place, part) in self.parts.iter().enumerate() {
            let end = match self.parts.get(place + 1) {
                Some(next) => begin + heads[begin..].partition_point(|head| *head < next.head),
                None => heads.len(),
            };
            let places = begin as u32..;
            let heads = heads[begin..end].iter().zip(places);
            into.extend(heads.filter(|(head, _)| part.filter.admits(**head)).map(|(_, at)| at));
            begin = end;
        }
    }
}

fn read_at(file: &File, path: &Path, at: u64, length: usize) -> Result<Vec<u8>, IndexError> {
    let size = file.metadata().map_err(IndexError::io("measure", path))?.len();
    // Checked before the memory for it is asked for: the numbers may be those of a broken file.
    if at.checked_add(length as u64).is_none_or(|end| end > size) {
        return Err(IndexError::Broken { path: path.to_owned(), what: "place" });
    }
    let mut bytes = vec![0; length];
    file.read_exact_at(&mut bytes, at).map_err(IndexError::io("read", path))?;
    Ok(bytes)
}

/// Where the index begins, its length, the number of entries and the checksum of the index.
fn read_trailer<E: Entry>(mut bytes: &[u8]) -> Option<(u64, u64, u64, u32)> {
    let checked = crc32fast::hash(bytes.get(..TRAILER - 12)?);
    let from = &mut bytes;
    let (at, length, entries) = (take_u64(from)?, take_u64(from)?, take_u64(from)?);
    let (kind, checksum) = (take_u32(from)?, take_u32(from)?);
    let intact = take_u32(from)? == checked && take_u64(from)? == MAGIC;
    (intact && kind == u32::from(E::KIND.code())).then_some((at, length, entries, checksum))
}

fn read_index(mut bytes: &[u8]) -> Option<(Vec<Block>, Vec<Block>)> {
    let from = &mut bytes;
    let mut lists = [Vec::new(), Vec::new()];
    for list in &mut lists {
        let count = take_u64(from)?;
        for _ in 0..count {
            list.push(Block {
                head: take_u64(from)?,
                offset: take_u64(from)?,
                length: take_u32(from)?,
                checksum: take_u32(from)?,
            });
        }
        list.shrink_to_fit();
    }
    let [blocks, parts] = lists;
    from.is_empty().then_some((blocks, parts))
}
