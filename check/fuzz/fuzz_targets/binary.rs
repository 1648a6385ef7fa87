#![no_main]

use connect::cloud_events::{from_binary, read_line};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
    let headers = head.lines().filter_map(|line| line.split_once(':'));
    let headers = headers.map(|(name, value)| (name.trim(), value.trim()));
    let line = from_binary(headers, body.as_bytes());
    assert!(!line.contains(&b'\n'));
    let _ = read_line(&line);
});
