//! Joins runs to a larger one, a few entries at a time, so that more urgent work can come between.

use std::path::Path;
use std::sync::Arc;

use super::{Age, Entry, Run, Source, Writer};
use crate::IndexError;

/// A merge under way.
#[derive(Debug)]
pub(crate) struct Merge<E> {
    /// The runs that are joined.
    pub inputs: Vec<Arc<Run<E>>>,
    /// Their next entries.
    heads: Vec<(E, Source<E>)>,
    writer: Writer<E>,
}

impl<E: Entry> Merge<E> {
    /// Begins to join runs into the one with this number.
    ///
    /// # Errors
    /// [`IndexError::Io`] when a file cannot be read or created.
    pub(crate) fn begin(
        inputs: Vec<Arc<Run<E>>>,
        folder: &Path,
        number: u64,
    ) -> Result<Self, IndexError> {
        let age = Age::after(inputs.iter().map(|run| run.age));
        let entries = inputs.iter().map(|run| run.entries).sum();
        let mut heads = Vec::with_capacity(inputs.len());
        for run in &inputs {
            let mut source = Source::new(Arc::clone(run));
            if let Some(entry) = source.next()? {
                heads.push((entry, source));
            }
        }
        Ok(Self { inputs, heads, writer: Writer::create(folder, number, age, entries)? })
    }

    /// Moves up to so many entries; whether it is at the end.
    ///
    /// # Errors
    /// [`IndexError::Io`] and [`IndexError::Broken`] when a file cannot be read or written.
    pub(crate) fn step(&mut self, entries: usize) -> Result<bool, IndexError> {
        for _ in 0..entries {
            let Some((first, rest)) = self.heads.split_first() else { return Ok(true) };
            let mut place = 0;
            let mut least = &first.0;
            for (other, (entry, _)) in rest.iter().enumerate() {
                if entry < least {
                    least = entry;
                    place = other + 1;
                }
            }
            let (entry, source) = &mut self.heads[place];
            self.writer.push(*entry)?;
            match source.next()? {
                Some(next) => *entry = next,
                None => drop(self.heads.swap_remove(place)),
            }
        }
        Ok(self.heads.is_empty())
    }

    /// Completes the new run.
    ///
    /// # Errors
    /// [`IndexError::Io`] when it cannot be written or read back.
    pub(crate) fn finish(self) -> Result<Run<E>, IndexError> {
        self.writer.finish()
    }
}
