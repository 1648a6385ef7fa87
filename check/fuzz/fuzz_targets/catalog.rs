#![no_main]

use connect::catalog_file::read;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = read("c", &String::from_utf8_lossy(data));
});
