use proptest::prelude::*;

use super::canonical::write_number;
use super::*;

/// The canonical form of a text, which must be an object.
fn form(text: &str) -> Option<Vec<u8>> {
    canonical(text)
}

#[test]
fn equal_values_have_one_form() {
    let same = [
        r#"{"a":1.5,"b":[true,null,"é"],"c":{"d":0}}"#,
        "{ \"c\" : {\"d\":-0.0},\t\"b\":[true, null, \"\\u00e9\"], \"a\" : 1.50 }",
        r#"{"a":15e-1,"b":[true,null,"\u00E9"],"c":{"d":0e5}}"#,
        r#"{"a":9,"c":{"d":7,"d":0},"b":[true,null,"é"],"a":0.15E+1}"#,
    ];
    for text in same {
        assert_eq!(form(text), form(same[0]), "{text}");
        assert!(form(text).is_some());
    }
}

#[test]
fn different_values_have_different_forms() {
    let texts = [
        r#"{"a":1}"#,
        r#"{"a":-1}"#,
        r#"{"a":10}"#,
        r#"{"a":"1"}"#,
        r#"{"a":[1]}"#,
        r#"{"a":true}"#,
        r#"{"a":null}"#,
        r"{}",
        r#"{"b":1}"#,
        r#"{"a":1,"b":2}"#,
        r#"{"a":[[],1]}"#,
        r#"{"a":[[1]]}"#,
        r#"{"a":["1",""]}"#,
        r#"{"a":["","1"]}"#,
        r#"{"a":1e400}"#,
        r#"{"a":1e401}"#,
        r#"{"a":0.1}"#,
    ];
    for (index, text) in texts.iter().enumerate() {
        for other in &texts[..index] {
            assert_ne!(form(text), form(other), "{text} {other}");
        }
    }
}

#[test]
fn what_is_no_object_has_no_form() {
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let texts = ["", "[]", "1", "{", "{}x", "{'a':1}", r#"{"a":NaN}"#, r#"{"a":"\ud800"}"#, &deep];
    for text in texts {
        assert_eq!(form(text), None, "{}", shortened(text));
    }
}

fn normalized_number(text: &str) -> String {
    let mut out = Vec::new();
    write_number(text, &mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn numbers_are_normalized_without_a_float() {
    let cases = [
        ("0", "0"),
        ("-0.00e7", "0"),
        ("100", "1e2"),
        ("1.50", "15e-1"),
        ("-12.0340", "-12034e-3"),
        ("1e400", "1e400"),
        ("10e399", "1e400"),
        ("1E99999999999999999999", "1E99999999999999999999"),
        ("0.000000000000000000000000000000000000001", "1e-39"),
    ];
    for (text, expected) in cases {
        assert_eq!(normalized_number(text), expected, "{text}");
    }
}

#[test]
fn places_count_from_one() {
    let text = "[{\"a\": \"é\", \"b\": 1},\n  2]";
    let mut faults = Faults::default();
    let records = records("f.json", text, &["a"], &mut faults);
    assert_eq!(records.len(), 1);
    let faults: Vec<String> = faults
        .or(())
        .unwrap_err()
        .iter()
        .map(|fault| format!("{} {:?}", fault.place, fault.rejection))
        .collect();
    assert_eq!(
        faults,
        [
            "f.json:1:18 (b) Unknown { field: \"b\", known: \"a\" }",
            "f.json:2:3 WrongKind { expected: \"an object\" }"
        ]
    );
}

proptest! {
    #[test]
    fn white_space_and_order_do_not_matter(
        a in any::<i64>(),
        b in "\\PC{0,12}",
        blank in "[ \t\n]{0,3}",
    ) {
        let b = serde_json::to_string(&b).unwrap();
        let one = format!("{{\"a\":{a},\"b\":{b}}}");
        let other = format!("{blank}{{{blank}\"b\"{blank}:{b},\"a\":{a}.0{blank}}}{blank}");
        prop_assert_eq!(form(&one), form(&other));
        prop_assert!(form(&one).is_some());
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,60}|[\\[\\]{}:,\"\\\\u0-9eE.+-]{0,60}") {
        let _ = form(&text);
        let _ = records("f.json", &text, &["a"], &mut Faults::default());
        let _ = normalized_number(&text);
    }
}
