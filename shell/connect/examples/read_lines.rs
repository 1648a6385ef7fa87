//! How fast lines are split and read: `cargo run --release -p connect --example read_lines`.

use std::hint::black_box;
use std::io::Write;
use std::num::NonZeroUsize;
use std::time::Instant;

use connect::{cloud_events, usage_file};

const LINES: u32 = 1_000_000;

fn event(number: u32) -> String {
    format!(
        "{{\"specversion\":\"1.0\",\"id\":\"{number:032x}\",\"source\":\"urn:gw:12\",\
         \"type\":\"com.x.usage.data.v1\",\"subject\":\"TRK-{number:07}\",\
         \"time\":\"2026-01-12T10:11:12.123Z\",\"data\":{{\"mb\":\"12.5\",\
         \"device_type\":\"pro\",\"region\":\"eu-west\"}}}}\n"
    )
}

#[expect(
    clippy::disallowed_methods,
    reason = "a measurement for a person, not part of the product"
)]
fn measured(what: &str, bytes: usize, work: impl FnOnce()) {
    let start = Instant::now();
    work();
    let micros = start.elapsed().as_micros().max(1);
    let (lines, megabytes) = (u128::from(LINES) * 1000 / micros, bytes as u128 / micros);
    println!("{what}: {lines} thousand lines/s, {megabytes} MB/s");
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file: Vec<u8> = (0..LINES).flat_map(|number| event(number).into_bytes()).collect();
    let size = NonZeroUsize::new(10_000).ok_or("no lines")?;
    let split = |content: &[u8]| {
        usage_file::open("usage", content, size).map(|it| it.flatten().collect::<Vec<_>>())
    };
    let batches = split(&file)?;
    for _ in 0..3 {
        measured("split", file.len(), || {
            if let Ok(batches) = usage_file::open("usage", file.as_slice(), size) {
                batches.flatten().for_each(|batch| drop(black_box(batch)));
            }
        });
        measured("digest", file.len(), || {
            for batch in &batches {
                let _ = black_box(batch.digest());
            }
        });
        measured("read", file.len(), || {
            for line in batches.iter().flat_map(|batch| batch.lines.iter()) {
                drop(black_box(cloud_events::read_line(black_box(line))));
            }
        });
    }
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(&file)?;
    let packed = [("gzip", encoder.finish()?), ("zstd", zstd::encode_all(file.as_slice(), 1)?)];
    for (name, content) in packed {
        measured(name, file.len(), || drop(black_box(split(&content))));
    }
    Ok(())
}
