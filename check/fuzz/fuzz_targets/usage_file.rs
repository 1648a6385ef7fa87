#![no_main]

use std::num::NonZeroUsize;

use connect::cloud_events::read_line;
use connect::usage_file;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(batches) = usage_file::open("u", data, NonZeroUsize::MIN) else { return };
    for batch in batches.map_while(Result::ok) {
        let _ = batch.digest();
        batch.lines.iter().for_each(|line| drop(read_line(line)));
    }
});
