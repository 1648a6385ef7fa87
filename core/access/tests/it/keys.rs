//! Keys: their text, and when they are good.

use access::{
    IssueKey, KeyRefused, KeyText, Keyring, Mode, Rejection, SECRET_BYTES, issue, revoke,
};
use facts::{KeyIssued, KeyRevoked, Role};
use jiff::Timestamp;
use proptest::prelude::*;

fn second(at: i64) -> Timestamp {
    Timestamp::from_second(at).unwrap()
}

fn asked(role: Role, account: Option<&str>) -> IssueKey {
    let account = account.map(|it| it.parse().unwrap());
    IssueKey { label: "device cloud".to_owned(), role, account, expires_at: None }
}

fn text() -> KeyText {
    KeyText::of(Mode::Live, [7; SECRET_BYTES])
}

fn decided(it: &IssueKey, has_account: bool) -> Result<KeyIssued, Rejection> {
    issue(it, (&text(), "digest".to_owned()), has_account, second(100))
}

#[test]
fn a_key_says_its_tenant_and_its_name() {
    let key = text();
    assert_eq!(key.text(), "tab_live_070707070707_07070707070707070707070707070707");
    assert_eq!(key.name().as_str(), "070707070707");
    assert_eq!(format!("{key:?}"), "KeyText(070707070707)", "its secret is not in logs");
    let test = KeyText::of(Mode::Test, [255; SECRET_BYTES]);
    assert!(test.text().starts_with("tab_test_ffffffffffff_"));
}

#[test]
fn impossible_keys_are_refused() {
    let code = |it: &IssueKey, has_account| {
        decided(it, has_account).map_err(|no| kernel::rejection::Rejection::code(&no)).unwrap_err()
    };
    let unlabelled = IssueKey { label: "  ".to_owned(), ..asked(Role::Owner, None) };
    assert_eq!(code(&unlabelled, false), "key-unlabelled");
    let long = IssueKey { label: "é".repeat(81), ..asked(Role::Owner, None) };
    assert_eq!(code(&long, false), "key-unlabelled");
    let lines = IssueKey { label: "a\nb".to_owned(), ..asked(Role::Owner, None) };
    assert_eq!(code(&lines, false), "key-unlabelled");
    let past = IssueKey { expires_at: Some(second(100)), ..asked(Role::Owner, None) };
    assert_eq!(code(&past, false), "key-expires-in-the-past");
    assert_eq!(code(&asked(Role::Customer, None), false), "key-without-account");
    assert_eq!(code(&asked(Role::Finance, Some("ACC-1")), true), "key-of-no-account");
    assert_eq!(code(&asked(Role::Customer, Some("ACC-1")), false), "key-unknown-account");
    decided(&asked(Role::Customer, Some("ACC-1")), true).unwrap();
}

#[test]
fn a_key_is_revoked_once() {
    let issued = decided(&asked(Role::Owner, None), false).unwrap();
    let ring = Keyring::of([issued.clone()], []);
    let revoked = revoke(&issued.key, &ring, second(200)).unwrap().unwrap();
    let ring = Keyring::of([issued.clone()], [revoked]);
    assert_eq!(revoke(&issued.key, &ring, second(300)), Ok(None));
    let unknown = "0123".parse().unwrap();
    assert_eq!(revoke(&unknown, &ring, second(300)), Err(Rejection::Unknown { key: unknown }));
}

/// A life of some keys: the bytes of each, when it ends and when it is revoked.
fn lives() -> impl Strategy<Value = Vec<(u8, Option<i64>, Option<i64>)>> {
    let end = || proptest::option::of(100..140_i64);
    proptest::collection::vec((0..4_u8, end(), end()), 0..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn a_text_is_a_key_or_it_is_none(
        bytes in any::<[u8; SECRET_BYTES]>(),
        at in 0..54_usize,
        other in any::<char>(),
    ) {
        let key = KeyText::of(Mode::Live, bytes);
        prop_assert_eq!(KeyText::read(key.text()), Some(key.clone()));
        let mut letters: Vec<char> = key.text().chars().collect();
        prop_assert_eq!(letters.len(), 54);
        letters[at] = other;
        let changed: String = letters.into_iter().collect();
        // Whatever is read is exactly what was written, and has no room for anything else.
        if let Some(read) = KeyText::read(&changed) {
            prop_assert_eq!(read.text(), changed.as_str());
            let is_plain = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_';
            prop_assert!(changed.bytes().all(is_plain));
        }
        let cut: String = changed.chars().take(at).collect();
        prop_assert_eq!(KeyText::read(&cut), None);
    }

    /// Against somebody who looks through a list of all that was said of keys.
    #[test]
    fn a_key_is_good_until_it_ends_or_is_revoked(
        lives in lives(),
        name in 0..4_u8,
        at in 90..150_i64,
    ) {
        let named = |byte: u8| KeyText::of(Mode::Live, [byte; SECRET_BYTES]);
        let mut said: Vec<(u8, Option<i64>, Option<i64>)> = Vec::new();
        for life in lives {
            if !said.iter().any(|it| it.0 == life.0) {
                said.push(life);
            }
        }
        let issued = said.iter().map(|(byte, ends, _)| {
            let it = IssueKey { expires_at: ends.map(second), ..asked(Role::Owner, None) };
            let digest = format!("digest of {byte}");
            issue(&it, (&named(*byte), digest), false, second(50)).unwrap()
        });
        let revoked = said.iter().filter_map(|(byte, _, revoked)| {
            let key = named(*byte).name().clone();
            revoked.map(|revoked| KeyRevoked { key, revoked_at: second(revoked) })
        });
        let ring = Keyring::of(issued, revoked);
        let found = ring.check(named(name).name(), &format!("digest of {name}"), second(at));
        let expected = match said.iter().find(|it| it.0 == name) {
            None => Err(KeyRefused::Unknown),
            Some((_, _, Some(_))) => Err(KeyRefused::Revoked),
            Some((_, Some(ends), None)) if at >= *ends => Err(KeyRefused::Expired),
            Some(_) => Ok(named(name).name().clone()),
        };
        prop_assert_eq!(found.map(|it| it.issued.key.clone()), expected);
        let guessed = ring.check(named(name).name(), "another digest", second(at));
        prop_assert_eq!(guessed, Err(KeyRefused::Unknown));
    }
}
