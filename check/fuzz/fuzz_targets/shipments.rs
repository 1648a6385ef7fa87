#![no_main]

use connect::shipments::{read_csv, read_json};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let _ = read_csv("s", &text);
    let _ = read_json("s", &text);
});
