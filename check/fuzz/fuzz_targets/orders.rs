#![no_main]

use connect::orders_csv::read;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let (orders, units) = text.split_once('\0').unwrap_or((&text, ""));
    let _ = read(("o", orders), Some(("u", units)));
    let _ = read(("o", orders), None);
});
