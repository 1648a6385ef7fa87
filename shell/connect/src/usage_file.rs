//! Files of usage events, one a line, plain or compressed with gzip or zstd, handed over in
//! batches. A line is never refused here: what cannot be an event is handed over in a form that
//! `metering` rejects, so that every line is counted.

use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::num::NonZeroUsize;

use flate2::read::MultiGzDecoder;
use kernel::Digest;
use memchr::{memchr, memchr_iter};
use sha2::{Digest as _, Sha256};

use crate::{InputFault, InputRejection, Lines, Place};

/// Most bytes of a line that are kept. A CloudEvent has at most 64 KiB when it must pass every
/// intermediary (CloudEvents 1.0, size limits); this leaves room.
pub const LINE_BYTES_MAX: usize = 1 << 18;

/// A batch ends when it has this many bytes, however few its lines: what is read ahead must fit
/// in memory.
pub const BATCH_BYTES_MAX: usize = 1 << 26;

/// Begins a line that is not what the file says, so that it cannot be taken for an event.
const NOT_JSON: &[u8] = "\u{FFFD}".as_bytes();

/// Read at once from what the file is in.
const CHUNK_BYTES: usize = 1 << 18;

/// Consecutive lines of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Number of the first line in the unpacked file, from 1.
    pub first_line: u32,
    /// The lines as received, also those that are no text; never none. A `\r` at their end is
    /// dropped. One of more than [`LINE_BYTES_MAX`] is cut and begins with a character that no
    /// JSON has: it must be rejected, and not counted as an event.
    pub lines: Lines,
}

impl Batch {
    /// Fingerprint of the lines and of the number of the first: the first 128 bits of SHA-256. The
    /// same file in batches of the same size makes the same batches, however it arrives.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let mut hash = Sha256::new_with_prefix(self.first_line.to_be_bytes());
        hash.update(self.lines.bytes());
        let mut first = [0; 16];
        first.iter_mut().zip(hash.finalize()).for_each(|(kept, byte)| *kept = byte);
        Digest(first)
    }
}

/// The batches of a file, in order. After an error there are no more.
pub struct Batches<'a> {
    place: Place,
    input: Box<dyn BufRead + 'a>,
    lines_per_batch: usize,
    lines_read: u32,
    start_after: u32,
    bytes_before: usize,
    is_done: bool,
}

/// Opens a file of usage, or a stream of it. Whether it is compressed is told by its first bytes,
/// not by its name. `file` names it in errors. A batch has `lines_per_batch` lines, fewer at the
/// end and when it would have more than [`BATCH_BYTES_MAX`].
///
/// # Errors
/// The first bytes cannot be read.
pub fn open<'a>(
    file: &str,
    content: impl Read + 'a,
    lines_per_batch: NonZeroUsize,
) -> Result<Batches<'a>, Box<InputFault>> {
    const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
    const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
    let place = Place::file(file);
    let mut content = Patient(content);
    let mut start = Vec::new();
    if let Err(error) = content.by_ref().take(4).read_to_end(&mut start) {
        return Err(unreadable(place, 0, &error));
    }
    let is_gzip = start.starts_with(&GZIP_MAGIC);
    let is_zstd = start == ZSTD_MAGIC;
    let whole = BufReader::with_capacity(CHUNK_BYTES, Cursor::new(start).chain(content));
    let input: Box<dyn BufRead + 'a> = if is_gzip {
        Box::new(BufReader::with_capacity(CHUNK_BYTES, MultiGzDecoder::new(whole)))
    } else if is_zstd {
        let decoder = zstd::stream::read::Decoder::with_buffer(whole);
        let decoder = decoder.map_err(|error| unreadable(place.clone(), 0, &error))?;
        Box::new(BufReader::with_capacity(CHUNK_BYTES, decoder))
    } else {
        Box::new(whole)
    };
    let lines_per_batch = lines_per_batch.get();
    let (lines_read, start_after, bytes_before) = (0, 0, 0);
    let is_done = false;
    Ok(Batches { place, input, lines_per_batch, lines_read, start_after, bytes_before, is_done })
}

fn unreadable(place: Place, lines: u32, error: &io::Error) -> Box<InputFault> {
    let reason = match error.kind() {
        io::ErrorKind::UnexpectedEof => "it ends in the middle".to_owned(),
        _ => error.to_string(),
    };
    Box::new(InputFault { place, rejection: InputRejection::Unreadable { reason, lines } })
}

impl Iterator for Batches<'_> {
    type Item = Result<Batch, Box<InputFault>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_done {
            return None;
        }
        let batch = self.next_batch();
        self.is_done = !matches!(batch, Ok(Some(_)));
        batch.transpose()
    }
}

impl Batches<'_> {
    /// The same lines, counted from `line`: for events that stand inside another file.
    #[must_use]
    pub fn from_line(mut self, line: u32) -> Self {
        self.lines_read = line.saturating_sub(1);
        self
    }

    /// Only the lines with greater numbers than `line`, to resume after it; none when there are
    /// not so many. After a whole batch, the batches are those that would have followed it.
    #[must_use]
    pub fn starting_after(mut self, line: u32) -> Self {
        self.start_after = line;
        self
    }

    /// The next batch; none at the end. A batch that an error cuts short is not handed over: sent
    /// again as a whole, the file makes the same batches.
    fn next_batch(&mut self) -> Result<Option<Batch>, Box<InputFault>> {
        let failed = |place: &Place, read, error| unreadable(place.clone(), read, &error);
        while self.lines_read < self.start_after {
            match skip_line(&mut self.input) {
                Ok(true) => self.lines_read = self.lines_read.saturating_add(1),
                Ok(false) => return Ok(None),
                Err(error) => return Err(failed(&self.place, self.lines_read, error)),
            }
        }
        let first_line = self.lines_read.checked_add(1).ok_or_else(|| self.too_many())?;
        let mut lines = Lines::with_capacity(self.bytes_before);
        read_lines(&mut self.input, &mut lines, self.lines_per_batch)
            .map_err(|error| failed(&self.place, self.lines_read, error))?;
        let count = u32::try_from(lines.len()).map_err(|_| self.too_many())?;
        self.lines_read = self.lines_read.checked_add(count).ok_or_else(|| self.too_many())?;
        self.bytes_before = lines.bytes().len();
        Ok((count > 0).then_some(Batch { first_line, lines }))
    }

    fn too_many(&self) -> Box<InputFault> {
        let rejection = InputRejection::TooManyLines { lines_max: u32::MAX };
        Box::new(InputFault { place: self.place.clone(), rejection })
    }
}

/// Reads again after an interruption, so that nobody behind it has to.
struct Patient<R>(R);

impl<R: Read> Read for Patient<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.0.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => return other,
            }
        }
    }
}

/// Passes over a line; false at the end.
fn skip_line(input: &mut dyn BufRead) -> io::Result<bool> {
    let mut is_begun = false;
    loop {
        let bytes = input.fill_buf()?;
        if bytes.is_empty() {
            return Ok(is_begun);
        }
        let end = memchr(b'\n', bytes);
        let used = end.map_or(bytes.len(), |end| end + 1);
        input.consume(used);
        is_begun = true;
        if end.is_some() {
            return Ok(true);
        }
    }
}

/// Adds lines until there are so many, or so many bytes, or the input ends.
fn read_lines(input: &mut dyn BufRead, lines: &mut Lines, lines_max: usize) -> io::Result<()> {
    let is_full =
        |lines: &Lines| lines.len() >= lines_max || lines.bytes().len() >= BATCH_BYTES_MAX;
    while !is_full(lines) {
        let bytes = input.fill_buf()?;
        if bytes.is_empty() {
            return Ok(());
        }
        let room = lines_max - lines.len();
        let used = match take_whole(lines, bytes, room) {
            0 => take_line(input, lines)?,
            used => used,
        };
        input.consume(used);
    }
    Ok(())
}

/// Adds the lines at the beginning of `bytes` that are kept as they are, and says how many bytes
/// they take. It is the way of nearly every line, so they are copied together.
fn take_whole(lines: &mut Lines, bytes: &[u8], lines_max: usize) -> usize {
    let bytes_max = BATCH_BYTES_MAX.saturating_sub(lines.bytes().len());
    let mut used = 0;
    let is_plain = |end: &usize| {
        let start = std::mem::replace(&mut used, end + 1);
        let line = bytes.get(start..*end).unwrap_or_default();
        let fits = start < bytes_max && line.len() <= LINE_BYTES_MAX && line.last() != Some(&b'\r');
        if !fits {
            used = start;
        }
        fits
    };
    lines.extend_ends(memchr_iter(b'\n', bytes).take(lines_max).take_while(is_plain));
    lines.extend_bytes(bytes.get(..used).unwrap_or_default());
    used
}

/// Adds one line of any kind, and says how many bytes at its end are not consumed yet.
fn take_line(input: &mut dyn BufRead, lines: &mut Lines) -> io::Result<usize> {
    let mut length = 0_usize;
    loop {
        let bytes = input.fill_buf()?;
        let end = memchr(b'\n', bytes);
        let part = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
        let (kept, _) = lines.open();
        let room = LINE_BYTES_MAX.saturating_sub(length);
        kept.extend_from_slice(part.get(..room).unwrap_or(part));
        length = length.saturating_add(part.len());
        if end.is_some() || bytes.is_empty() {
            close(lines, length);
            return Ok(end.map_or(0, |end| end + 1));
        }
        let used = bytes.len();
        input.consume(used);
    }
}

/// Ends a line of which `length` bytes were received.
fn close(lines: &mut Lines, length: usize) {
    let (kept, start) = lines.open();
    if length > LINE_BYTES_MAX {
        kept.splice(start..start, NOT_JSON.iter().copied());
    } else if kept.get(start..).and_then(<[u8]>::last) == Some(&b'\r') {
        kept.pop();
    }
    lines.close();
}

#[cfg(test)]
mod tests;
