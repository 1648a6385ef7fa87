//! The words of the project against worked numbers and naive definitions.

mod bill_calendar;
mod calendar;
mod decimal;
mod exact;
mod id;
mod interval;
mod money;
mod period;
mod rejection;
mod rounding;
mod zone;

use std::fmt::Debug;
use std::str::FromStr;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Reads a value of the test's own making.
fn read<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().expect("a value written in a test")
}

/// Writes a value as JSON, which must be `json`, and reads the same value back.
fn round_trip<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, json: &str) {
    assert_eq!(serde_json::to_string(value).expect("JSON"), json);
    assert_eq!(serde_json::from_str::<T>(json).expect("the value"), *value);
}

/// Whether JSON text is a value of the type.
fn loads<T: DeserializeOwned>(json: &str) -> bool {
    serde_json::from_str::<T>(json).is_ok()
}
