#![no_main]

use connect::cloud_events::read_line;
use connect::compat::open_meter;
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(lines) = open_meter::lines("b", data, Timestamp::UNIX_EPOCH) {
        lines.iter().for_each(|line| drop(read_line(line)));
    }
});
