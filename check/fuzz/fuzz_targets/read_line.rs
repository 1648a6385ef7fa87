#![no_main]

use connect::cloud_events::{read_line, same_event};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    assert!(read_line(data).is_none() || same_event(data, data));
});
