#![no_main]

use connect::cloud_events::{read_line, read_signals_json, read_signals_ndjson, split_json};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(lines) = split_json("b", data) {
        lines.iter().for_each(|line| drop(read_line(line)));
    }
    let text = String::from_utf8_lossy(data);
    let _ = read_signals_json("b", &text);
    let _ = read_signals_ndjson("b", &text);
});
