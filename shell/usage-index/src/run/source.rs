//! Reads a run from its beginning to its end.

use std::sync::Arc;

use super::{Entry, Run};
use crate::IndexError;

/// The entries of a run, one by one.
#[derive(Debug)]
pub(crate) struct Source<E> {
    run: Arc<Run<E>>,
    next_block: usize,
    bytes: Vec<u8>,
    entries: Vec<E>,
    place: usize,
}

impl<E: Entry> Source<E> {
    /// At the beginning of a run.
    pub(crate) fn new(run: Arc<Run<E>>) -> Self {
        Self { run, next_block: 0, bytes: Vec::new(), entries: Vec::new(), place: 0 }
    }

    /// The next entry, none at the end.
    ///
    /// # Errors
    /// [`IndexError::Io`] when it cannot be read, [`IndexError::Broken`] when it is not as written.
    pub(crate) fn next(&mut self) -> Result<Option<E>, IndexError> {
        if self.place == self.entries.len() {
            if self.next_block == self.run.block_count() {
                return Ok(None);
            }
            self.entries.clear();
            self.place = 0;
            self.run.read_block(self.next_block, &mut self.bytes)?;
            let count = self.run.entries_in(self.next_block);
            E::decode(&self.bytes, count, &mut self.entries)
                .ok_or_else(|| self.run.broken("entries"))?;
            self.next_block += 1;
        }
        let entry = self.entries.get(self.place).copied();
        self.place += 1;
        Ok(entry)
    }
}
