//! How the bytes arrive changes no batch.

use std::io::{self, Read};
use std::num::NonZeroUsize;

use connect::Lines;
use connect::usage_file::{Batch, LINE_BYTES_MAX, open};
use proptest::prelude::*;

/// Hands over what it has in pieces, with interruptions.
struct Pieces<'a> {
    rest: &'a [u8],
    sizes: Vec<usize>,
    turn: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.turn += 1;
        let size = self.sizes[self.turn % self.sizes.len()];
        if size == 0 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let (now, later) = self.rest.split_at(size.min(buffer.len()).min(self.rest.len()));
        buffer[..now.len()].copy_from_slice(now);
        self.rest = later;
        Ok(now.len())
    }
}

fn batches(content: impl Read, lines: usize) -> Vec<Batch> {
    let lines = NonZeroUsize::new(lines).unwrap();
    open("u", content, lines).unwrap().map(Result::unwrap).collect()
}

/// The lines as one would say it.
fn plainly(content: &[u8]) -> Lines {
    let whole = content.strip_suffix(b"\n").unwrap_or(content);
    let lines = whole.split(|byte| *byte == b'\n');
    let kept = lines.map(|line| {
        let is_whole = line.len() <= LINE_BYTES_MAX;
        let cut = || ["\u{FFFD}".as_bytes(), &line[..LINE_BYTES_MAX]].concat();
        if is_whole { line.strip_suffix(b"\r").unwrap_or(line).to_vec() } else { cut() }
    });
    let kept: Vec<Vec<u8>> = if content.is_empty() { Vec::new() } else { kept.collect() };
    kept.iter().map(Vec::as_slice).collect()
}

fn content() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        10 => "[a\r\n\u{e9}\\[{]{0,12}".prop_map(String::into_bytes),
        5 => Just(b"\r\n".to_vec()),
        3 => proptest::collection::vec(any::<u8>(), 0..9),
        1 => (0..3_usize).prop_map(|more| vec![b'x'; LINE_BYTES_MAX - 1 + more]),
    ];
    proptest::collection::vec(part, 0..12).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn any_pieces_make_the_same_batches(
        content in content(),
        small in proptest::collection::vec(0..9_usize, 0..5),
        large in 1..300_000_usize,
        lines in 1..9_usize,
    ) {
        // A file that begins like a compressed one is another matter.
        let content = [b"{".as_slice(), &content].concat();
        let whole = batches(content.as_slice(), lines);
        let sizes = small.into_iter().chain([large]).collect();
        let pieces = batches(Pieces { rest: &content, sizes, turn: 0 }, lines);
        prop_assert_eq!(&pieces, &whole);
        for (one, other) in pieces.iter().zip(&whole) {
            prop_assert_eq!(one.digest(), other.digest());
        }
        let bytes: Vec<u8> = whole.iter().flat_map(|it| it.lines.bytes().to_vec()).collect();
        prop_assert_eq!(Lines::from_bytes(bytes), plainly(&content));
        let first: Vec<u32> = whole.iter().map(|batch| batch.first_line).collect();
        let expected: Vec<u32> = (1..).step_by(lines).take(first.len()).collect();
        prop_assert_eq!(first, expected);
    }
}
