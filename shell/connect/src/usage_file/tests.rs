use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;

use super::*;
use crate::cloud_events::read_line;

const DAY: &[u8] = include_bytes!("../../../../demo/smart-fleet/usage/2026-01-15.ndjson.gz");

fn size(lines: usize) -> NonZeroUsize {
    NonZeroUsize::new(lines).unwrap()
}

fn batches(content: &[u8], lines: usize) -> Vec<Batch> {
    open("u.ndjson", content, size(lines)).unwrap().map(Result::unwrap).collect()
}

fn all_lines(content: &[u8], lines: usize) -> Vec<Vec<u8>> {
    let batches = batches(content, lines);
    batches.iter().flat_map(|batch| batch.lines.iter().map(<[u8]>::to_vec)).collect()
}

fn zstd(content: &[u8]) -> Vec<u8> {
    zstd::encode_all(content, 1).unwrap()
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_day_of_the_demo_is_read_to_its_end() {
    let batches = batches(DAY, 300);
    let shape: Vec<(u32, usize)> =
        batches.iter().map(|batch| (batch.first_line, batch.lines.len())).collect();
    assert_eq!(shape, [(1, 300), (301, 300), (601, 131)]);
    assert!(
        batches.iter().flat_map(|batch| batch.lines.iter()).all(|line| read_line(line).is_some())
    );
}

#[test]
fn compression_is_told_by_the_content() {
    let plain = b"a\n\nb\r\nc";
    assert_eq!(all_lines(plain, 2), [b"a".as_slice(), b"", b"b", b"c"]);
    assert_eq!(batches(&gzip(plain), 2), batches(plain, 2));
    let members = [gzip(b"a\n\nb\r"), gzip(b"\nc")].concat();
    assert_eq!(batches(&members, 2), batches(plain, 2));
    assert_eq!(batches(&zstd(plain), 2), batches(plain, 2));
    let frames = [zstd(b"a\n\nb\r"), zstd(b"\nc")].concat();
    assert_eq!(batches(&frames, 2), batches(plain, 2));
    assert_eq!(batches(&zstd(b""), 2), []);
    assert_eq!(batches(b"", 2), []);
    assert_eq!(batches(&gzip(b""), 2), []);
    assert_eq!(all_lines(b"\x1f", 2), [b"\x1f"]);
    assert_eq!(all_lines(b"\x28\xb5\x2f", 2), [b"\x28\xb5\x2f"]);
}

#[test]
fn a_digest_is_of_the_content_and_its_place() {
    let digests = |content: &[u8], lines| {
        batches(content, lines).into_iter().map(|batch| batch.digest()).collect::<Vec<_>>()
    };
    let twice = digests(b"a\nb\na\nb\n", 2);
    assert_eq!(twice.len(), 2);
    assert_ne!(twice[0], twice[1], "the same lines in another place");
    assert_eq!(digests(b"a\nb\n", 2)[0], twice[0]);
    assert_ne!(digests(b"a\nc\n", 2)[0], twice[0]);
    assert_ne!(digests(b"ab\n", 2), digests(b"a\nb\n", 2));
}

#[test]
fn what_is_no_text_stays_a_line_and_no_event() {
    let event = br#"{"id":"x","source":"s"}"#;
    let long = [b"{\"id\":\"x\"}".as_slice(), &vec![b' '; LINE_BYTES_MAX], b"\n", event].concat();
    let lines = all_lines(&long, 10);
    assert_eq!(lines.len(), 2);
    assert_eq!(read_line(&lines[0]), None);
    assert_eq!(lines[0].len(), LINE_BYTES_MAX + NOT_JSON.len());
    assert!(lines[0].starts_with("\u{FFFD}{\"id\"".as_bytes()));
    assert!(read_line(&lines[1]).is_some());
    let lines = all_lines(b"{\"id\":\"\xff\"}\n{\"id\":\"\xc3\xa9\"}\n", 10);
    assert_eq!(read_line(&lines[0]), None);
    assert_eq!(lines[0], b"{\"id\":\"\xff\"}", "as received");
    assert_eq!(read_line(&lines[1]).unwrap().id.as_deref(), Some("\u{e9}"));
    for (length, cut) in [(LINE_BYTES_MAX, false), (LINE_BYTES_MAX + 1, true)] {
        for end in ["", "\n", "\nx"] {
            let line = &all_lines(&[&vec![b'a'; length], end.as_bytes()].concat(), 9)[0];
            assert_eq!(line.starts_with(NOT_JSON), cut, "{length} {end:?}");
        }
    }
}

#[test]
fn a_batch_ends_before_it_fills_the_memory() {
    let line = [vec![b'x'; LINE_BYTES_MAX], b"\n".to_vec()].concat();
    let content = line.repeat(2 * BATCH_BYTES_MAX / line.len() + 2);
    let batches = batches(&content, usize::MAX);
    assert_eq!(batches.len(), 3);
    assert!(batches.iter().all(|it| it.lines.bytes().len() < BATCH_BYTES_MAX + line.len()));
    assert_eq!(batches.iter().map(|it| it.lines.len()).sum::<usize>(), content.len() / line.len());
}

#[test]
fn reading_is_resumed_after_a_line() {
    let whole = batches(DAY, 100);
    for after in [0, 100, 700, 731, 732, u32::MAX] {
        let rest = open("u", DAY, size(100)).unwrap().starting_after(after);
        let expected: Vec<_> = whole.iter().filter(|it| it.first_line > after).cloned().collect();
        assert_eq!(rest.map(Result::unwrap).collect::<Vec<_>>(), expected, "{after}");
    }
    let rest = open("u", b"a\r\nb\nc".as_slice(), size(9)).unwrap().starting_after(1);
    let rest: Vec<Batch> = rest.map(Result::unwrap).collect();
    assert_eq!((rest[0].first_line, rest[0].lines.bytes()), (2, b"b\nc\n".as_slice()));
    let inside = open("u", b"a\nb".as_slice(), size(9)).unwrap().from_line(7).starting_after(7);
    assert_eq!(inside.map(|it| it.unwrap().first_line).collect::<Vec<_>>(), [8]);
}

#[test]
fn a_file_that_was_cut_is_named() {
    let cut = &DAY[..DAY.len() / 2];
    let mut batches = open("2026-01-15.ndjson.gz", cut, size(100)).unwrap();
    let mut read = 0;
    let fault = loop {
        match batches.next().unwrap() {
            Ok(batch) => read += batch.lines.len(),
            Err(fault) => break fault,
        }
    };
    assert!(read > 0);
    assert_eq!(
        fault.to_string(),
        format!(
            "2026-01-15.ndjson.gz: the file cannot be read to its end (it ends in the middle); \
             the {read} lines before that were read: send the whole file again, they are not \
             counted twice"
        )
    );
    assert!(batches.next().is_none());
    let mut damaged = DAY.to_vec();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0x55;
    let results: Vec<_> = open("u", damaged.as_slice(), size(100)).unwrap().collect();
    assert!(results.last().unwrap().is_err());
    let packed = zstd(&vec![b'\n'; 1000]);
    let cut = open("u", &packed[..packed.len() - 1], size(100)).unwrap();
    assert!(cut.last().unwrap().unwrap_err().to_string().contains("ends in the middle"));
}

proptest! {
    #[test]
    fn no_bytes_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
        lines in 1..5_usize,
    ) {
        for content in [
            bytes.clone(),
            [vec![0x1f, 0x8b], bytes.clone()].concat(),
            [vec![0x28, 0xb5, 0x2f, 0xfd], bytes].concat(),
        ] {
            let read = open("u", content.as_slice(), size(lines)).unwrap();
            for batch in read.flatten() {
                prop_assert!(!batch.lines.is_empty() && batch.lines.len() <= lines);
                batch.lines.iter().for_each(|line| drop(read_line(line)));
            }
        }
    }

    #[test]
    fn the_size_of_a_batch_changes_no_line(text in "[a\n\r]{0,40}", lines in 1..9_usize) {
        prop_assert_eq!(all_lines(text.as_bytes(), lines), all_lines(text.as_bytes(), 100));
    }
}
