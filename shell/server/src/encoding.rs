//! Content encodings, unpacked piece by piece: however much a few bytes stand for, no more than a
//! piece of it is in memory.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read};

use axum::body::Bytes;
use flate2::bufread::MultiGzDecoder;

/// Unpacked at once.
const PIECE_BYTES: usize = 1 << 16;

/// The largest window of zstd that a recipient must support (RFC 9659, 3), as power of two.
const ZSTD_WINDOW_LOG_MAX: u32 = 23;

/// How a body is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Not at all.
    Identity,
    /// RFC 1952; members one after the other are one body.
    Gzip,
    /// RFC 8878.
    Zstd,
}

/// What came out.
#[derive(Debug, PartialEq, Eq)]
pub enum Unpacked<'a> {
    /// Some bytes.
    Piece(&'a [u8]),
    /// Nothing until more comes in.
    Waits,
    /// Nothing any more.
    Ended,
}

/// Unpacks a body while it arrives.
pub struct Unpacker {
    decoder: Decoder,
    piece: Vec<u8>,
}

enum Decoder {
    Identity(Arrived),
    Gzip(Box<MultiGzDecoder<Arrived>>),
    Zstd(zstd::stream::read::Decoder<'static, Arrived>),
}

impl Unpacker {
    /// For a body that is packed like this.
    ///
    /// # Errors
    /// The library has no memory for it.
    pub fn new(encoding: Encoding) -> io::Result<Self> {
        let decoder = match encoding {
            Encoding::Identity => Decoder::Identity(Arrived::default()),
            Encoding::Gzip => Decoder::Gzip(Box::new(MultiGzDecoder::new(Arrived::default()))),
            Encoding::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(Arrived::default())?;
                decoder.window_log_max(ZSTD_WINDOW_LOG_MAX)?;
                Decoder::Zstd(decoder)
            }
        };
        Ok(Self { decoder, piece: vec![0; PIECE_BYTES] })
    }

    /// Takes what arrived.
    pub fn feed(&mut self, bytes: Bytes) {
        let arrived = self.arrived();
        if !bytes.is_empty() {
            arrived.parts.push_back(bytes);
        }
    }

    /// Nothing more will arrive.
    pub fn end(&mut self) {
        self.arrived().is_ended = true;
    }

    /// What comes out next.
    ///
    /// # Errors
    /// It is not packed as it says, or ends in the middle.
    pub fn next(&mut self) -> io::Result<Unpacked<'_>> {
        let read = match &mut self.decoder {
            Decoder::Identity(decoder) => decoder.read(&mut self.piece),
            Decoder::Gzip(decoder) => decoder.read(&mut self.piece),
            Decoder::Zstd(decoder) => decoder.read(&mut self.piece),
        };
        match read {
            Ok(0) => Ok(Unpacked::Ended),
            Ok(length) => Ok(Unpacked::Piece(self.piece.get(..length).unwrap_or_default())),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(Unpacked::Waits),
            Err(error) => Err(error),
        }
    }

    fn arrived(&mut self) -> &mut Arrived {
        match &mut self.decoder {
            Decoder::Identity(decoder) => decoder,
            Decoder::Gzip(decoder) => decoder.get_mut(),
            Decoder::Zstd(decoder) => decoder.get_mut(),
        }
    }
}

/// What arrived and was not read yet. With nothing there it says so (`WouldBlock`), unless it is
/// the end; the decoders go on where they were.
#[derive(Default)]
struct Arrived {
    parts: VecDeque<Bytes>,
    is_ended: bool,
}

impl Read for Arrived {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut from = self.fill_buf()?;
        let length = from.read(into)?;
        self.consume(length);
        Ok(length)
    }
}

impl BufRead for Arrived {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match self.parts.front() {
            Some(part) => Ok(part),
            None if self.is_ended => Ok(&[]),
            None => Err(io::ErrorKind::WouldBlock.into()),
        }
    }

    fn consume(&mut self, length: usize) {
        if let Some(part) = self.parts.front_mut() {
            let _used = part.split_to(length.min(part.len()));
            if part.is_empty() {
                self.parts.pop_front();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let level = flate2::Compression::default();
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    /// Unpacks what arrives in parts of some bytes.
    fn unpack(encoding: Encoding, packed: &[u8], part: usize) -> io::Result<Vec<u8>> {
        let mut unpacker = Unpacker::new(encoding)?;
        let mut all = Vec::new();
        let mut parts = packed.chunks(part);
        loop {
            match unpacker.next()? {
                Unpacked::Piece(piece) => all.extend_from_slice(piece),
                Unpacked::Ended => return Ok(all),
                Unpacked::Waits => match parts.next() {
                    Some(part) => unpacker.feed(Bytes::copy_from_slice(part)),
                    None => unpacker.end(),
                },
            }
        }
    }

    #[test]
    fn a_body_is_the_same_however_it_arrives() {
        let text: Vec<u8> = (0..200_000_u32).flat_map(u32::to_be_bytes).collect();
        let zstd = zstd::bulk::compress(&text, 3).unwrap();
        let gzip = [gzip(&text[..1_000]), gzip(&text[1_000..])].concat();
        for part in [1, 7, 4_096, usize::MAX] {
            assert!(unpack(Encoding::Identity, &text, part).unwrap() == text, "{part}");
            assert!(unpack(Encoding::Gzip, &gzip, part).unwrap() == text, "{part}");
            assert!(unpack(Encoding::Zstd, &zstd, part).unwrap() == text, "{part}");
        }
    }

    #[test]
    fn what_is_broken_or_cut_is_an_error() {
        let text = vec![7; 100_000];
        let (gzip, zstd) = (gzip(&text), zstd::bulk::compress(&text, 3).unwrap());
        for (encoding, packed) in [(Encoding::Gzip, gzip), (Encoding::Zstd, zstd)] {
            let cut = &packed[..packed.len() - 3];
            assert!(unpack(encoding, cut, 5).is_err(), "{encoding:?}");
            assert!(unpack(encoding, &text, 5).is_err(), "{encoding:?}");
        }
    }

    #[test]
    fn a_bomb_comes_out_in_pieces() {
        let bomb = gzip(&vec![0; 64 << 20]);
        assert!(bomb.len() < 100_000);
        let mut unpacker = Unpacker::new(Encoding::Gzip).unwrap();
        unpacker.feed(bomb.into());
        let Unpacked::Piece(piece) = unpacker.next().unwrap() else { panic!("no piece") };
        assert!(piece.len() <= PIECE_BYTES);
    }
}
