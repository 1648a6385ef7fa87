//! Files of usage events, one a line, plain or compressed with gzip, handed over in batches. A
//! line is never refused here: what cannot be an event is handed over in a form that `metering`
//! rejects, so that every line is counted.

use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::num::NonZeroUsize;

use flate2::read::MultiGzDecoder;
use kernel::Digest;
use sha2::{Digest as _, Sha256};

use crate::cloud_events::shorten;
use crate::{InputFault, InputRejection, Place};

/// Most bytes of a line that are kept. A CloudEvent has at most 64 KiB when it must pass every
/// intermediary (CloudEvents 1.0, size limits); this leaves room.
pub const LINE_BYTES_MAX: usize = 1 << 18;

/// Begins a line that is not what the file says, so that it cannot be taken for an event.
const NOT_JSON: char = '\u{FFFD}';

/// Consecutive lines of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Fingerprint of the content and of the number of the first line. The same file in batches
    /// of the same size makes the same batches.
    pub digest: Digest,
    /// Number of the first line in the unpacked file, from 1.
    pub first_line: u32,
    /// The lines, without their ends; never none.
    pub lines: Vec<String>,
}

/// The batches of a file, in order. After an error there are no more.
pub struct Batches<'a> {
    place: Place,
    input: Box<dyn BufRead + 'a>,
    lines_per_batch: usize,
    lines_read: u32,
    is_done: bool,
}

/// Opens a file of usage. Whether it is compressed is told by its first bytes, not by its name.
/// `file` names it in errors.
///
/// # Errors
/// The first bytes cannot be read.
pub fn open<'a>(
    file: &str,
    mut content: impl Read + 'a,
    lines_per_batch: NonZeroUsize,
) -> Result<Batches<'a>, Box<InputFault>> {
    const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
    let place = Place::file(file);
    let mut start = Vec::new();
    if let Err(error) = content.by_ref().take(2).read_to_end(&mut start) {
        return Err(unreadable(place, 0, &error));
    }
    let is_compressed = start == GZIP_MAGIC;
    let whole = Cursor::new(start).chain(content);
    let input: Box<dyn BufRead + 'a> = if is_compressed {
        Box::new(BufReader::new(MultiGzDecoder::new(whole)))
    } else {
        Box::new(BufReader::new(whole))
    };
    let lines_per_batch = lines_per_batch.get();
    Ok(Batches { place, input, lines_per_batch, lines_read: 0, is_done: false })
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

    /// The next batch; none at the end. A batch that an error cuts short is not handed over: sent
    /// again as a whole, the file makes the same batches.
    fn next_batch(&mut self) -> Result<Option<Batch>, Box<InputFault>> {
        let first_line = self.lines_read.checked_add(1).ok_or_else(|| self.too_many())?;
        let mut hash = Sha256::new_with_prefix(first_line.to_be_bytes());
        let mut lines = Vec::new();
        while lines.len() < self.lines_per_batch {
            let line = next_line(&mut self.input, &mut hash)
                .map_err(|error| unreadable(self.place.clone(), self.lines_read, &error))?;
            let Some(line) = line else { break };
            lines.push(line);
        }
        let count = u32::try_from(lines.len()).map_err(|_| self.too_many())?;
        self.lines_read = self.lines_read.checked_add(count).ok_or_else(|| self.too_many())?;
        let batch = Batch { digest: shorten(hash), first_line, lines };
        Ok((count > 0).then_some(batch))
    }

    fn too_many(&self) -> Box<InputFault> {
        let rejection = InputRejection::TooManyLines { lines_max: u32::MAX };
        Box::new(InputFault { place: self.place.clone(), rejection })
    }
}

/// The next line, none at the end of the input. All its bytes are hashed, at most
/// [`LINE_BYTES_MAX`] are kept.
fn next_line(input: &mut dyn BufRead, hash: &mut Sha256) -> io::Result<Option<String>> {
    let (mut kept, mut length) = (Vec::new(), 0_usize);
    loop {
        let available = match input.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            other => other?,
        };
        if available.is_empty() {
            return Ok((length > 0).then(|| line_of(kept, length)));
        }
        let end = available.iter().position(|byte| *byte == b'\n');
        let part = &available[..end.unwrap_or(available.len())];
        let room = LINE_BYTES_MAX.saturating_sub(kept.len());
        kept.extend(part.iter().take(room));
        length = length.saturating_add(part.len());
        let used = part.len() + usize::from(end.is_some());
        hash.update(&available[..used]);
        input.consume(used);
        if end.is_some() {
            return Ok(Some(line_of(kept, length)));
        }
    }
}

/// A line as text. One that is cut, or is not UTF-8, begins with a character that no JSON has: it
/// must be rejected, and not counted as an event that somebody else's bytes could also make.
fn line_of(mut kept: Vec<u8>, length: usize) -> String {
    let is_whole = kept.len() == length;
    if is_whole && kept.last() == Some(&b'\r') {
        kept.pop();
    }
    match String::from_utf8(kept) {
        Ok(line) if is_whole => line,
        Ok(line) => format!("{NOT_JSON}{line}"),
        Err(error) => format!("{NOT_JSON}{}", String::from_utf8_lossy(error.as_bytes())),
    }
}

#[cfg(test)]
mod tests;
