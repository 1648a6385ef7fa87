//! Texts with numbers: each distinct text gets the next number, from 0, and keeps it.

use std::hash::BuildHasher;

use hashbrown::HashTable;

use crate::IndexError;
use crate::additions::SUBJECT_HASH;

/// Texts with numbers.
#[derive(Debug, Default)]
pub(crate) struct Dictionary {
    /// All texts, one after the other, in the order of their numbers.
    bytes: Vec<u8>,
    /// Where each text ends; it begins where the one before ends.
    ends: Vec<usize>,
    /// Hash and number: most texts that differ are told apart without looking at them.
    numbers: HashTable<(u64, u32)>,
}

impl Dictionary {
    /// How many texts there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The text with this number.
    pub(crate) fn text(&self, number: u32) -> Option<&[u8]> {
        let number = number as usize;
        let begin = if number == 0 { 0 } else { *self.ends.get(number - 1)? };
        self.bytes.get(begin..*self.ends.get(number)?)
    }

    /// The number of a text, if it has one.
    pub(crate) fn number(&self, text: &[u8]) -> Option<u32> {
        let hash = SUBJECT_HASH.hash_one(text);
        self.find(hash, text)
    }

    fn find(&self, hash: u64, text: &[u8]) -> Option<u32> {
        self.numbers
            .find(hash, |(other, number)| *other == hash && self.text(*number) == Some(text))
            .map(|(_, number)| *number)
    }

    /// The number of a text, a new one if it has none. `hash` is of [`SUBJECT_HASH`].
    ///
    /// # Errors
    /// [`IndexError::Full`] beyond 2^32 - 1 texts.
    pub(crate) fn intern(&mut self, hash: u64, text: &[u8]) -> Result<u32, IndexError> {
        if let Some(number) = self.find(hash, text) {
            return Ok(number);
        }
        let full = IndexError::Full { what: "names" };
        let number = u32::try_from(self.ends.len()).map_err(|_| full)?;
        self.bytes.extend_from_slice(text);
        self.ends.push(self.bytes.len());
        self.numbers.insert_unique(hash, (hash, number), |(hash, _)| *hash);
        Ok(number)
    }

    /// The number of a text, a new one if it has none.
    ///
    /// # Errors
    /// [`IndexError::Full`] beyond 2^32 - 1 texts.
    pub(crate) fn intern_text(&mut self, text: &[u8]) -> Result<u32, IndexError> {
        self.intern(SUBJECT_HASH.hash_one(text), text)
    }

    /// Bytes of memory.
    pub(crate) fn memory(&self) -> usize {
        self.bytes.capacity()
            + self.ends.capacity() * size_of::<usize>()
            + self.numbers.capacity() * (size_of::<(u64, u32)>() + 1)
    }
}
