//! The files of the demo, in the binary: `tabouret demo` works wherever the binary is.

use std::path::Path;

use crate::failure::Failure;

/// A file: its path in the folder, its content.
type Packed = (&'static str, &'static [u8]);

macro_rules! packed {
    ($($path:literal),+ $(,)?) => {
        &[$((
            $path,
            include_bytes!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../../demo/smart-fleet/",
                $path
            )),
        )),+]
    };
}

const FILES: &[Packed] = packed![
    "story.yaml",
    "catalog.yaml",
    "orders.csv",
    "units.csv",
    "shipments.csv",
    "changes.csv",
    "signals.ndjson",
    "usage/2026-01-09.ndjson.gz",
    "usage/2026-01-10.ndjson.gz",
    "usage/2026-01-11.ndjson.gz",
    "usage/2026-01-12.ndjson.gz",
    "usage/2026-01-13.ndjson.gz",
    "usage/2026-01-14.ndjson.gz",
    "usage/2026-01-15.ndjson.gz",
    "usage/2026-01-16.ndjson.gz",
    "usage/2026-01-17.ndjson.gz",
    "usage/2026-01-18.ndjson.gz",
    "usage/2026-01-19.ndjson.gz",
    "usage/2026-01-20.ndjson.gz",
    "usage/2026-01-21.ndjson.gz",
    "usage/2026-01-22.ndjson.gz",
    "usage/2026-01-23.ndjson.gz",
    "usage/2026-01-24.ndjson.gz",
    "usage/2026-01-25.ndjson.gz",
    "usage/2026-01-26.ndjson.gz",
    "usage/2026-01-27.ndjson.gz",
    "usage/2026-01-28.ndjson.gz",
    "usage/2026-01-29.ndjson.gz",
    "usage/2026-01-30.ndjson.gz",
    "usage/2026-01-31.ndjson.gz",
];

/// Writes the files into a folder.
pub fn unpack(folder: &Path) -> Result<(), Failure> {
    let usage = folder.join("usage");
    std::fs::create_dir_all(&usage).map_err(|error| Failure::file(&usage, &error))?;
    for (path, content) in FILES {
        let path = folder.join(path);
        std::fs::write(&path, content).map_err(|error| Failure::file(&path, &error))?;
    }
    Ok(())
}
