//! What was sent so far, file by file: a file is written outside any clock, sent, and removed.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};

use crate::Result;
use crate::scale::BATCH_LINES;
use crate::workload::{Expected, Workload, clock_ms};

/// The first instant of the workload.
const BEGINS_AT: &str = "2026-03-01T00:00:00Z";

/// The events of a fleet as far as they were sent.
pub struct History {
    workload: Workload,
    folder: PathBuf,
    next: u64,
    /// What the engine should have counted.
    pub sent: Expected,
}

/// Consecutive lines in a file, which is removed with this.
pub struct Lines {
    /// The file.
    pub path: PathBuf,
    /// How many lines it has.
    pub count: u64,
    /// When they arrive: at the end of the time that they tell.
    pub now: Timestamp,
}

impl History {
    /// Nothing was sent yet. Files are written to a folder.
    pub fn new(workload: Workload, folder: &Path) -> Self {
        let folder = folder.to_path_buf();
        Self { workload, folder, next: 0, sent: Expected::default() }
    }

    /// The first instant that it tells of.
    pub fn begins_at(&self) -> Result<Timestamp> {
        Ok(BEGINS_AT.parse()?)
    }

    /// Writes the next lines, which count as sent from now on.
    pub fn next_file(&mut self, count: u64) -> Result<Lines> {
        let first = self.next;
        self.next += count;
        let path = self.folder.join(format!("events-{first:010}.ndjson"));
        let mut file = File::create(&path)?;
        let mut buffer = Vec::new();
        let at_once = u64::try_from(BATCH_LINES)?;
        for from in (first..self.next).step_by(BATCH_LINES) {
            buffer.clear();
            let lines = at_once.min(self.next - from);
            self.sent.add(&self.workload.write_lines(from, lines, &mut buffer));
            file.write_all(&buffer)?;
        }
        let passed = SignedDuration::from_millis(i64::try_from(clock_ms(self.next))?);
        let now = self.begins_at()?.checked_add(passed)?;
        Ok(Lines { path, count, now })
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        // A file that stays is removed with its folder.
        let _ = fs::remove_file(&self.path);
    }
}
