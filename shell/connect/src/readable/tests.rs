use kernel::rejection::Rejection;
use proptest::prelude::*;

use super::*;

/// The code of the rejection of each text.
fn codes<T: Readable + std::fmt::Debug>(texts: &[&str]) -> Vec<&'static str> {
    texts.iter().map(|text| T::read(text).unwrap_err().code()).collect()
}

#[test]
fn decimals_are_plain() {
    assert_eq!(UnitPrice::read("0.0180").unwrap().to_string(), "0.0180");
    assert_eq!(UnitPrice::read("-1").unwrap().to_string(), "-1");
    let bad = ["", "NaN", ".nan", "inf", "1e400", "1_000", "1,5", "0.1234567890123", " 1"];
    assert_eq!(codes::<UnitPrice>(&bad), ["input-bad-decimal"; 9]);
    let sentence = Quantity::read("1e400").unwrap_err().to_string();
    assert_eq!(
        sentence,
        "`1e400` is not a decimal number; write digits with a point, such as 12.50, with at most \
         9 decimals and no exponent"
    );
}

#[test]
fn whole_numbers_stay_in_their_range() {
    assert_eq!(u32::read("4294967295").unwrap(), u32::MAX);
    let bad = ["", "-1", "+1", "1.0", "4294967296", "٣"];
    assert_eq!(codes::<u32>(&bad), ["input-bad-integer"; 6]);
    assert_eq!(codes::<u16>(&["65536"]), ["input-bad-integer"]);
    assert_eq!(codes::<BillCycle>(&["0", "32", "1.5"]), ["input-bad-integer"; 3]);
    assert_eq!(codes::<Decimals>(&["10"]), ["input-bad-integer"]);
}

#[test]
fn days_exist() {
    assert_eq!(Date::read("2028-02-29").unwrap().to_string(), "2028-02-29");
    let bad = ["2026-02-31", "2026-02-29", "2026-2-1", "20260201", "01/02/2026", "2026-02-01T00"];
    assert_eq!(codes::<Date>(&bad), ["input-bad-date"; 6]);
    assert_eq!(codes::<Time>(&["7:00", "24:00", "07:60", "07:00:00"]), ["input-bad-time"; 4]);
}

#[test]
fn instants_are_rfc_3339_and_have_whole_microseconds() {
    let read = |text: &str| Timestamp::read(text).unwrap().to_string();
    assert_eq!(read("2026-01-12T15:03:00+01:00"), "2026-01-12T14:03:00Z");
    assert_eq!(read("2026-01-12t14:03:00z"), "2026-01-12T14:03:00Z");
    assert_eq!(read("2026-01-12T14:03:00.1234567890123-00:00"), "2026-01-12T14:03:00.123456Z");
    let bad = [
        "2026-01-12T14:03:00",
        "2026-01-12 14:03:00Z",
        "2026-01-12T14:03Z",
        "2026-02-31T00:00:00Z",
        "2026-01-12T14:03:00.Z",
        "2026-01-12T14:03:00,5Z",
        "2026-01-12T14:03:00+0100",
        "2026-01-12T14:03:00+01:00[Europe/Paris]",
        "2026-01-12T25:03:00Z",
        "",
        "Z",
        "é",
    ];
    assert_eq!(codes::<Timestamp>(&bad), ["input-bad-instant"; 12]);
}

#[test]
fn words_are_exact() {
    assert!(bool::read("true").unwrap());
    assert_eq!(codes::<bool>(&["yes", "on", "True", "1"]), ["input-bad-boolean"; 4]);
    assert_eq!(codes::<Currency>(&["eur", "EURO", "XXX"]), ["input-unknown-currency"; 3]);
    assert_eq!(codes::<Zone>(&["Paris", "", "+01:00"]), ["input-unknown-zone"; 3]);
    let sentence = Milestone::read("arrived").unwrap_err().to_string();
    assert_eq!(
        sentence,
        "`arrived` is not possible here; use one of: shipped, delivered, accepted"
    );
    assert_eq!(codes::<facts::UnitId>(&["", " U-1", "U\n1"]), ["input-bad-id"; 3]);
}

proptest! {
    #[test]
    fn no_text_makes_a_value_panic(text in "\\PC{0,40}|[0-9TZ:.+-]{0,40}") {
        let _ = instant(&text);
        let _ = Date::read(&text);
        let _ = Time::read(&text);
        let _ = u16::read(&text);
        let _ = Quantity::read(&text);
        let _ = Zone::read(&text);
        let _ = Currency::read(&text);
        let _ = shortened(&text);
    }
}

#[test]
fn the_usual_form_of_an_instant_is_read_alike() {
    let texts = [
        "2026-01-12T10:11:12Z",
        "2026-01-12T10:11:12.1Z",
        "2026-01-12T10:11:12.123456789Z",
        "0000-01-01T00:00:00Z",
        "9999-12-30T22:00:00Z",
        "2024-02-29T23:59:59.999999999Z",
    ];
    for text in texts {
        assert!(instant_in_utc(text.as_bytes()).is_some(), "{text}");
        assert_eq!(instant_in_utc(text.as_bytes()), instant_anywhere(text), "{text}");
    }
    let left = [
        "2026-01-12T23:59:60Z",
        "2025-02-29T00:00:00Z",
        "2026-01-12T10:11:12.Z",
        "2026-01-12t10:11:12z",
        "2026-01-12T10:11:12+00:00",
        "2026-01-12T10:11:12,5Z",
        "9999-12-31T23:59:59Z",
        "2026-01-12T10:11:1Z",
        "Z",
    ];
    for text in left {
        assert_eq!(instant_in_utc(text.as_bytes()), None, "{text}");
    }
}

proptest! {
    #[test]
    fn the_short_way_to_an_instant_agrees_with_the_long_one(
        text in "[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,8})?Z",
    ) {
        if let Some(short) = instant_in_utc(text.as_bytes()) {
            prop_assert_eq!(Some(short), instant_anywhere(&text));
        }
    }
}
