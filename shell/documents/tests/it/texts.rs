//! The Fluent files.

use std::collections::{BTreeMap, BTreeSet};

use documents::words::{source, words};
use facts::text::Language;

/// Messages with the values that they name.
fn messages(ftl: &str) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut messages = BTreeMap::new();
    let mut key = "";
    for line in ftl.lines().filter(|line| !line.starts_with('#')) {
        if let Some((name, _)) = line.split_once(" =").filter(|_| !line.starts_with(' ')) {
            key = name;
        }
        let values: &mut BTreeSet<&str> = messages.entry(key).or_default();
        let end = |c: char| !c.is_ascii_alphanumeric() && c != '-';
        values.extend(line.split('$').skip(1).filter_map(|value| value.split(end).next()));
    }
    messages.remove("");
    messages
}

#[test]
fn both_languages_have_the_same_keys_and_values() {
    let (en, fr) = (messages(source(Language::En)), messages(source(Language::Fr)));
    assert!(en.len() > 100, "{} messages were read", en.len());
    assert_eq!(en, fr);
}

#[test]
fn every_message_can_be_read() {
    for language in [Language::En, Language::Fr] {
        for key in messages(source(language)).keys() {
            assert!(words(language).find(key).is_some(), "{key} does not parse");
        }
    }
}

#[test]
fn french_marks_have_a_no_break_space_before_them() {
    for line in source(Language::Fr).lines().filter(|line| !line.starts_with('#')) {
        for mark in [" :", " ;", " !", " ?", " %", " €"] {
            assert!(!line.contains(mark), "an ordinary space before{mark} in: {line}");
        }
    }
}
