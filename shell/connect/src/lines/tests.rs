use proptest::prelude::*;

use super::*;

#[test]
fn lines_are_found_again() {
    let lines: Lines = [b"a".as_slice(), b"", b"\xff\r"].into_iter().collect();
    assert_eq!(lines.bytes(), b"a\n\n\xff\r\n");
    assert_eq!((lines.len(), lines.is_empty()), (3, false));
    assert_eq!(lines.get(0), Some(b"a".as_slice()));
    assert_eq!(lines.get(1), Some(b"".as_slice()));
    assert_eq!(lines.get(2), Some(b"\xff\r".as_slice()));
    assert_eq!(lines.get(3), None);
    assert_eq!(lines.get(usize::MAX), None);
    assert_eq!(lines.iter().rev().count(), 3);
    assert_eq!(Lines::default().iter().count(), 0);
    assert!(Lines::from_bytes(Vec::new()).is_empty());
    assert_eq!(Lines::from_bytes(b"a\nb".to_vec()).bytes(), b"a\nb\n");
}

#[test]
fn a_line_cannot_become_two() {
    let mut lines = Lines::default();
    lines.push(b"\n{\n}\n\n");
    assert_eq!(lines.get(0), Some(b"\r{\r}\r\r".as_slice()));
    assert_eq!(lines.len(), 1);
}

proptest! {
    #[test]
    fn from_bytes_is_the_inverse_of_bytes(
        all in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..9), 0..9),
    ) {
        let lines: Lines = all.iter().map(Vec::as_slice).collect();
        prop_assert_eq!(lines.len(), all.len());
        prop_assert_eq!(&Lines::from_bytes(lines.bytes().to_vec()), &lines);
        for (line, pushed) in lines.iter().zip(&all) {
            prop_assert_eq!(line.len(), pushed.len());
        }
    }
}
