#![no_main]

use connect::cloud_events::read_line;
use connect::compat::lago;
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(lines) = lago::lines("b", data, Timestamp::UNIX_EPOCH) {
        lines.iter().for_each(|line| drop(read_line(line)));
    }
});
