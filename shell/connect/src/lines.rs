//! Lines one after the other in one buffer: a batch of ten thousand is two allocations.

use memchr::{memchr, memchr_iter};

/// Lines as they were received, each followed by one `\n` that does not belong to it. They need
/// not be text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lines {
    bytes: Vec<u8>,
    /// Where the `\n` of each line stands.
    ends: Vec<usize>,
}

impl Lines {
    /// No lines, with room for some bytes of them.
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes), ends: Vec::new() }
    }

    /// The lines that [`Self::bytes`] wrote. A last line without its `\n` gets one.
    #[must_use]
    pub fn from_bytes(mut bytes: Vec<u8>) -> Self {
        if bytes.last().is_some_and(|last| *last != b'\n') {
            bytes.push(b'\n');
        }
        let ends = memchr_iter(b'\n', &bytes).collect();
        Self { bytes, ends }
    }

    /// Adds a line. A `\n` in it becomes `\r`: both are white space between the parts of a JSON
    /// value and forbidden in its strings, so that what the line says stays the same.
    pub fn push(&mut self, line: &[u8]) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(line);
        let mut rest = self.bytes.get_mut(start..).unwrap_or_default();
        while let Some(at) = memchr(b'\n', rest) {
            let (_, end) = rest.split_at_mut(at);
            let Some((byte, behind)) = end.split_first_mut() else { break };
            *byte = b'\r';
            rest = behind;
        }
        self.close();
    }

    /// Number of lines.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no line.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The line at an index from 0, without its `\n`.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&[u8]> {
        let before = index.checked_sub(1).and_then(|before| self.ends.get(before));
        self.bytes.get(before.map_or(0, |end| end + 1)..*self.ends.get(index)?)
    }

    /// The lines in their order, without their `\n`.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &[u8]> + ExactSizeIterator {
        (0..self.len()).map(|index| self.get(index).unwrap_or_default())
    }

    /// All lines, each followed by one `\n`.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Adds where lines end in bytes that [`Self::extend_bytes`] adds next.
    pub(crate) fn extend_ends(&mut self, ends: impl Iterator<Item = usize>) {
        let base = self.bytes.len();
        self.ends.extend(ends.map(|end| base + end));
    }

    /// Adds bytes that hold whole lines, after [`Self::extend_ends`].
    pub(crate) fn extend_bytes(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The last line, as long as [`Self::close`] did not end it. It must not get a `\n`.
    pub(crate) fn open(&mut self) -> (&mut Vec<u8>, usize) {
        let start = self.ends.last().map_or(0, |end| end + 1);
        (&mut self.bytes, start)
    }

    /// Ends the last line.
    pub(crate) fn close(&mut self) {
        self.ends.push(self.bytes.len());
        self.bytes.push(b'\n');
    }
}

impl<'a> FromIterator<&'a [u8]> for Lines {
    fn from_iter<T: IntoIterator<Item = &'a [u8]>>(lines: T) -> Self {
        let mut all = Self::default();
        lines.into_iter().for_each(|line| all.push(line));
        all
    }
}

#[cfg(test)]
mod tests;
