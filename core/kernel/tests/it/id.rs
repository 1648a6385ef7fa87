//! Identifiers and digests.

use kernel::Digest;
use kernel::digest::BadDigest;
use kernel::id::{BadId, ID_CHARS_MAX, check};
use proptest::prelude::*;

use crate::{loads, read, round_trip};

kernel::text_id! {
    /// A device, for these tests.
    TestSerial = "serial";
    /// An order, for these tests.
    TestOrder = "order";
}

#[test]
fn an_id_is_the_text_of_its_sender() {
    let long = "x".repeat(ID_CHARS_MAX);
    let accents = "é".repeat(ID_CHARS_MAX);
    for text in ["A", "SN-0001", "a b", "été/42", "0", long.as_str(), accents.as_str()] {
        let id: TestSerial = read(text);
        assert_eq!(
            (id.as_str(), id.to_string(), format!("{id:?}")),
            (text, text.into(), text.into())
        );
        round_trip(&id, &serde_json::to_string(text).unwrap());
    }
    assert!(read::<TestOrder>("A") < read("B"));
}

#[test]
fn a_text_that_identifies_nothing_is_refused() {
    let long = "x".repeat(ID_CHARS_MAX + 1);
    for text in ["", " ", " A", "A ", "A\n", "\tA", "A\0B", "A\u{7f}", "A\u{85}B", "\u{a0}A", &long]
    {
        let expected = BadId { kind: "serial", text: text.to_owned() };
        assert_eq!(TestSerial::new(text), Err(expected.clone()), "{text:?}");
        assert_eq!(check("serial", text), Err(expected));
        assert!(!loads::<TestSerial>(&serde_json::to_string(text).unwrap()));
    }
    assert!(!loads::<TestSerial>("1"));
    let sentence = "order must be 1 to 200 characters without control characters, not ` A`";
    assert_eq!(TestOrder::new(" A").unwrap_err().to_string(), sentence);
}

#[test]
fn a_digest_is_32_hexadecimal_digits() {
    let bytes = [0, 1, 0x0f, 0x10, 0xa0, 0xff, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0x80];
    let text = "00010f10a0ff0708090a0b0c0d0e0f80";
    assert_eq!(Digest(bytes).to_string(), text);
    round_trip(&Digest(bytes), &format!("\"{text}\""));
    let plus = "+f".repeat(16);
    let minus = "-0".repeat(16);
    let wide = "é".repeat(16);
    let texts = ["", "00", &text[1..], "g0010f10a0ff0708090a0b0c0d0e0f80", &plus, &minus, &wide];
    for text in texts {
        assert_eq!(text.parse::<Digest>(), Err(BadDigest(text.to_owned())), "{text:?}");
    }
}

proptest! {
    #[test]
    fn digests_read_back(bytes in any::<[u8; 16]>()) {
        let text = Digest(bytes).to_string();
        prop_assert_eq!(text.len(), 32);
        prop_assert_eq!(text.parse(), Ok(Digest(bytes)));
    }

    #[test]
    fn digests_sort_as_their_text(a in any::<[u8; 16]>(), b in any::<[u8; 16]>()) {
        let (a, b) = (Digest(a), Digest(b));
        prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
    }

    #[test]
    fn any_text_is_an_id_that_reads_back_or_is_refused(text in any::<String>()) {
        match TestSerial::new(text.clone()) {
            Ok(id) => prop_assert_eq!(id.as_str(), text.as_str()),
            Err(refused) => prop_assert_eq!(refused.text, text),
        }
    }
}
