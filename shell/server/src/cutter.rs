//! Bytes become numbered lines, cut as the lines of a file are (`connect::usage_file`).

use connect::Lines;
use connect::usage_file::LINE_BYTES_MAX;
use memchr::memchr;

/// Begins a line that is not what was sent, so that it cannot be taken for an event.
const NOT_JSON: &[u8] = "\u{FFFD}".as_bytes();

/// The same lines, with those that are too long cut as in a file.
pub fn bounded(lines: Lines) -> Lines {
    if lines.iter().all(|line| line.len() <= LINE_BYTES_MAX) {
        return lines;
    }
    let mut all = Lines::default();
    for line in lines.iter() {
        match line.get(..LINE_BYTES_MAX).filter(|_| line.len() > LINE_BYTES_MAX) {
            Some(start) => all.push(&[NOT_JSON, start].concat()),
            None => all.push(line),
        }
    }
    all
}

/// Cuts a stream into lines.
#[derive(Debug, Default)]
pub struct Cutter {
    /// Whole lines, then the beginning of the next.
    bytes: Vec<u8>,
    /// Where the next line begins.
    start: usize,
    /// Whether the next line was longer than is kept.
    is_cut: bool,
    /// Lines that are passed over.
    skip: u64,
    /// Number of the last line that ended.
    ended: u64,
    lines: usize,
}

/// Consecutive lines.
#[derive(Debug, PartialEq, Eq)]
pub struct Cut {
    /// Number of the first, from 1.
    pub first_line: u64,
    pub lines: Lines,
}

impl Cutter {
    /// Passes over so many lines first.
    pub fn after(line: u64) -> Self {
        Self { skip: line, ..Self::default() }
    }

    /// Number of the last line that ended, also when it was passed over.
    pub const fn ended(&self) -> u64 {
        self.ended
    }

    /// Lines to take.
    pub const fn lines(&self) -> usize {
        self.lines
    }

    /// Bytes that are kept.
    pub const fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Adds bytes until there are so many lines or bytes, and says how many it took. It takes at
    /// least one when there is one.
    pub fn push(&mut self, bytes: &[u8], lines_max: usize, bytes_max: usize) -> usize {
        let mut rest = bytes;
        while !rest.is_empty() {
            match memchr(b'\n', rest) {
                Some(end) => {
                    let (line, more) = rest.split_at(end);
                    self.add(line);
                    self.close();
                    rest = more.get(1..).unwrap_or_default();
                }
                None => {
                    self.add(rest);
                    rest = &[];
                }
            }
            if self.lines >= lines_max || self.start >= bytes_max {
                break;
            }
        }
        bytes.len() - rest.len()
    }

    /// Nothing more comes: a line without its end is one all the same.
    pub fn end(&mut self) {
        if self.bytes.len() > self.start || self.is_cut {
            self.close();
        }
    }

    /// The whole lines that are there; none when there is none.
    pub fn take(&mut self) -> Option<Cut> {
        if self.lines == 0 {
            return None;
        }
        let first_line = self.ended + 1 - self.lines as u64;
        let begun = self.bytes.split_off(self.start);
        let whole = std::mem::replace(&mut self.bytes, begun);
        (self.start, self.lines) = (0, 0);
        Some(Cut { first_line, lines: Lines::from_bytes(whole) })
    }

    fn add(&mut self, part: &[u8]) {
        // Of a line that is passed over, one byte is kept: that it has begun.
        let max = if self.is_skipped() { 1 } else { LINE_BYTES_MAX };
        let room = max - (self.bytes.len() - self.start).min(max);
        let kept = part.get(..room).unwrap_or(part);
        self.is_cut |= kept.len() < part.len();
        self.bytes.extend_from_slice(kept);
    }

    fn close(&mut self) {
        let is_skipped = self.is_skipped();
        self.ended += 1;
        let is_cut = std::mem::take(&mut self.is_cut);
        if is_skipped {
            self.bytes.truncate(self.start);
            return;
        }
        if is_cut {
            self.bytes.splice(self.start..self.start, NOT_JSON.iter().copied());
        } else if self.bytes.get(self.start..).and_then(<[u8]>::last) == Some(&b'\r') {
            self.bytes.pop();
        }
        self.bytes.push(b'\n');
        self.start = self.bytes.len();
        self.lines += 1;
    }

    const fn is_skipped(&self) -> bool {
        self.ended < self.skip
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::*;

    fn cut(text: &[u8], part: usize, after: u64) -> Vec<(u64, Vec<u8>)> {
        let mut cutter = Cutter::after(after);
        let mut cuts = Vec::new();
        for mut part in text.chunks(part) {
            while !part.is_empty() {
                let used = cutter.push(part, 3, 1 << 20);
                part = &part[used..];
                if cutter.lines() >= 3 {
                    cuts.extend(cutter.take());
                }
            }
        }
        cutter.end();
        cuts.extend(cutter.take());
        let lines = |cut: &Cut| {
            let lines: Vec<Vec<u8>> = cut.lines.iter().map(<[u8]>::to_vec).collect();
            (cut.first_line..).zip(lines).collect::<Vec<_>>()
        };
        cuts.iter().flat_map(lines).collect()
    }

    fn of_file(text: &[u8]) -> Vec<(u64, Vec<u8>)> {
        let batches = connect::usage_file::open("file", text, NonZeroUsize::new(3).unwrap());
        let mut lines = Vec::new();
        for batch in batches.unwrap() {
            let batch = batch.unwrap();
            let numbered = (u64::from(batch.first_line)..).zip(batch.lines.iter());
            lines.extend(numbered.map(|(number, line)| (number, line.to_vec())));
        }
        lines
    }

    #[test]
    fn lines_are_cut_as_those_of_a_file() {
        let long = vec![b'x'; LINE_BYTES_MAX + 9];
        let texts: [&[u8]; 7] = [
            b"",
            b"a",
            b"a\nb\r\n\n\r\nc",
            b"\xff\x00\n\n",
            b"1\n2\n3\n4\n5\n6\n7\n8",
            &[&long[..], b"\nb\n", &long[9..], b"\n", &long[8..]].concat(),
            &long,
        ];
        for text in texts {
            for part in [1 + text.len() / 70_000, 7 + text.len() / 50_000, usize::MAX] {
                let expected = of_file(text);
                assert!(cut(text, part, 0) == expected, "{} in {part}", text.len());
                let after: Vec<_> = expected.into_iter().skip(2).collect();
                assert!(cut(text, part, 2) == after, "{} in {part}", text.len());
            }
        }
    }

    #[test]
    fn items_of_a_batch_are_bounded_like_lines() {
        let long = vec![b'x'; LINE_BYTES_MAX + 1];
        let lines: Lines = [&long[1..], &long, b"{}"].into_iter().collect();
        let lengths: Vec<usize> = bounded(lines).iter().map(<[u8]>::len).collect();
        assert_eq!(lengths, [LINE_BYTES_MAX, LINE_BYTES_MAX + NOT_JSON.len(), 2]);
    }

    #[test]
    fn a_line_without_end_takes_bounded_memory() {
        for after in [0, 1] {
            let mut cutter = Cutter::after(after);
            for _ in 0..100 {
                assert_eq!(cutter.push(&[b'x'; 100_000], 10, 10), 100_000);
                assert!(cutter.bytes() <= LINE_BYTES_MAX);
            }
            cutter.end();
            assert_eq!((cutter.ended(), cutter.lines()), (1, usize::from(after == 0)));
        }
    }
}
