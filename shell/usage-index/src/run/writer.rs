//! Writes a run: entries come sorted, one by one.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::{Age, BLOCK, Block, Entry, Kind, MAGIC, Run};
use crate::IndexError;
use crate::filter::{Filter, PART_KEYS};

/// Bytes gathered before they are written.
const BUFFER: usize = 256 * 1024;
/// Bytes written before they are brought to disk, so that the end does not wait for all of them.
const UNSYNCED: u64 = 16 * 1024 * 1024;

/// A run that is being written, under another name until it is complete.
#[derive(Debug)]
pub(crate) struct Writer<E> {
    folder: PathBuf,
    number: u64,
    age: Age,
    path: PathBuf,
    file: File,
    buffer: Vec<u8>,
    /// Of the first byte of the buffer.
    offset: u64,
    /// What is on disk for sure.
    synced: u64,
    pending: Vec<E>,
    /// Heads of the part at hand; empty for readings.
    heads: Vec<u64>,
    part_keys: usize,
    part_head: u64,
    entries: u64,
    blocks: Vec<Block>,
    parts: Vec<Block>,
    complete: bool,
}

impl<E: Entry> Writer<E> {
    /// Begins a run of about `expected` entries.
    ///
    /// # Errors
    /// [`IndexError::Io`] when the file cannot be created.
    pub(crate) fn create(
        folder: &Path,
        number: u64,
        age: Age,
        expected: u64,
    ) -> Result<Self, IndexError> {
        let path = folder.join(format!("{}.tmp", E::KIND.file_name(number)));
        let file = File::create(&path).map_err(IndexError::io("create", &path))?;
        // Parts of equal size: a small last one would have a relatively large filter.
        let parts = expected.div_ceil(PART_KEYS as u64).max(1);
        let part_keys = usize::try_from(expected.div_ceil(parts)).unwrap_or(PART_KEYS);
        Ok(Self {
            folder: folder.to_owned(),
            number,
            age,
            path,
            file,
            buffer: Vec::new(),
            offset: 0,
            synced: 0,
            pending: Vec::with_capacity(BLOCK),
            heads: Vec::new(),
            part_keys: part_keys.max(BLOCK),
            part_head: 0,
            entries: 0,
            blocks: Vec::new(),
            parts: Vec::new(),
            complete: false,
        })
    }

    /// Appends an entry, not less than the one before.
    ///
    /// # Errors
    /// [`IndexError::Io`] when the file cannot be written.
    pub(crate) fn push(&mut self, entry: E) -> Result<(), IndexError> {
        self.pending.push(entry);
        if self.pending.len() == BLOCK { self.end_block() } else { Ok(()) }
    }

    fn end_block(&mut self) -> Result<(), IndexError> {
        let Some(first) = self.pending.first() else { return Ok(()) };
        let head = first.head();
        let begin = self.buffer.len();
        E::encode(&self.pending, &mut self.buffer);
        self.blocks.push(self.placed(head, begin));
        self.entries += self.pending.len() as u64;
        if E::KIND == Kind::Keys {
            if self.heads.is_empty() {
                self.part_head = head;
            }
            self.heads.extend(self.pending.iter().map(E::head));
        }
        self.pending.clear();
        if self.heads.len() >= self.part_keys {
            self.end_part();
        }
        if self.buffer.len() >= BUFFER { self.write_out() } else { Ok(()) }
    }

    /// A filter follows the blocks that it is of, so that it needs no memory until the end.
    fn end_part(&mut self) {
        let begin = self.buffer.len();
        Filter::of(&mut self.heads).put(&mut self.buffer);
        self.parts.push(self.placed(self.part_head, begin));
        self.heads.clear();
    }

    /// What the buffer holds from `begin` on, as the index will know it.
    fn placed(&self, head: u64, begin: usize) -> Block {
        let bytes = &self.buffer[begin..];
        Block {
            head,
            offset: self.offset + begin as u64,
            length: bytes.len() as u32,
            checksum: crc32fast::hash(bytes),
        }
    }

    fn write_out(&mut self) -> Result<(), IndexError> {
        self.file.write_all(&self.buffer).map_err(IndexError::io("write", &self.path))?;
        self.offset += self.buffer.len() as u64;
        self.buffer.clear();
        self.buffer.shrink_to(2 * BUFFER);
        if self.offset - self.synced >= UNSYNCED {
            self.file.sync_data().map_err(IndexError::io("sync", &self.path))?;
            self.synced = self.offset;
        }
        Ok(())
    }

    /// Completes the file, on disk and under its name, and opens it. The folder is not synced yet.
    ///
    /// # Errors
    /// [`IndexError::Io`] when the file cannot be written or read back.
    pub(crate) fn finish(mut self) -> Result<Run<E>, IndexError> {
        self.end_block()?;
        if !self.heads.is_empty() {
            self.end_part();
        }
        self.heads = Vec::new();
        let mut index = Vec::new();
        for list in [&self.blocks, &self.parts] {
            index.extend_from_slice(&(list.len() as u64).to_le_bytes());
            for block in list {
                index.extend_from_slice(&block.head.to_le_bytes());
                index.extend_from_slice(&block.offset.to_le_bytes());
                index.extend_from_slice(&block.length.to_le_bytes());
                index.extend_from_slice(&block.checksum.to_le_bytes());
            }
        }
        let mut trailer = Vec::new();
        let at = self.offset + self.buffer.len() as u64;
        trailer.extend_from_slice(&at.to_le_bytes());
        trailer.extend_from_slice(&(index.len() as u64).to_le_bytes());
        trailer.extend_from_slice(&self.entries.to_le_bytes());
        trailer.extend_from_slice(&u32::from(E::KIND.code()).to_le_bytes());
        trailer.extend_from_slice(&crc32fast::hash(&index).to_le_bytes());
        let checksum = crc32fast::hash(&trailer);
        trailer.extend_from_slice(&checksum.to_le_bytes());
        trailer.extend_from_slice(&MAGIC.to_le_bytes());
        self.buffer.append(&mut index);
        self.buffer.append(&mut trailer);
        self.write_out()?;
        self.file.sync_all().map_err(IndexError::io("sync", &self.path))?;
        let name = self.folder.join(E::KIND.file_name(self.number));
        std::fs::rename(&self.path, &name).map_err(IndexError::io("rename", &self.path))?;
        self.complete = true;
        Run::open(&self.folder, self.number, self.age)
    }
}

impl<E> Drop for Writer<E> {
    fn drop(&mut self) {
        if !self.complete {
            // Whatever remains is removed when the folder is opened again.
            drop(std::fs::remove_file(&self.path));
        }
    }
}
