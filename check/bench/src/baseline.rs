//! The baseline: PostgreSQL's own COPY of the same events, one row each, and nothing else: no
//! index, no deduplication, no aggregation.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::time::Duration;

use postgres::{Client, NoTls};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::Result;
use crate::stopwatch::Stopwatch;

/// What is sent to the server at once.
const MESSAGE_BYTES: usize = 64 << 10;

/// What is read from the file at once.
const INPUT_BYTES: usize = 1 << 20;

/// A connection with the one table.
pub struct Baseline {
    client: Client,
}

/// An event, read as far as the columns of the row need it. Nothing is copied.
#[derive(Deserialize)]
struct Row<'a> {
    id: &'a str,
    source: &'a str,
    #[serde(rename = "type")]
    event_type: &'a str,
    subject: &'a str,
    time: &'a str,
    #[serde(borrow)]
    data: Data<'a>,
}

#[derive(Deserialize)]
struct Data<'a> {
    #[serde(borrow, alias = "mb", alias = "minutes", alias = "km", alias = "kwh", alias = "hours")]
    value: &'a RawValue,
    device_type: &'a str,
    region: &'a str,
}

impl Baseline {
    /// Connects and makes the table.
    pub fn connect(url: &str) -> Result<Self> {
        let mut client = Client::connect(url, NoTls)?;
        client.batch_execute(
            "DROP TABLE IF EXISTS raw_events; CREATE TABLE raw_events (id TEXT, source TEXT, \
             type TEXT, subject TEXT, time TIMESTAMPTZ, value NUMERIC, device_type TEXT, \
             region TEXT)",
        )?;
        Ok(Self { client })
    }

    /// Copies the events of a file, so many lines in a transaction, and says how long it took. The
    /// table is emptied afterwards, outside the clock.
    pub fn round(&mut self, file: &Path, lines_per_commit: usize) -> Result<Duration> {
        let stopwatch = Stopwatch::start();
        let mut input = BufReader::with_capacity(INPUT_BYTES, File::open(file)?);
        while self.copy(&mut input, lines_per_commit)? {}
        let elapsed = stopwatch.elapsed();
        self.client.batch_execute("TRUNCATE raw_events; CHECKPOINT")?;
        Ok(elapsed)
    }

    /// One transaction; false at the end of the file.
    fn copy(&mut self, input: &mut impl BufRead, lines_max: usize) -> Result<bool> {
        let mut writer = self.client.copy_in("COPY raw_events FROM STDIN")?;
        let mut line = Vec::new();
        let mut rows = Vec::with_capacity(MESSAGE_BYTES + 1_024);
        let mut lines = 0;
        while lines < lines_max {
            line.clear();
            if input.read_until(b'\n', &mut line)? == 0 {
                break;
            }
            lines += 1;
            let row: Row = serde_json::from_slice(&line)?;
            for column in [row.id, row.source, row.event_type, row.subject, row.time] {
                rows.extend(column.as_bytes());
                rows.push(b'\t');
            }
            for column in [row.data.value.get(), row.data.device_type] {
                rows.extend(column.as_bytes());
                rows.push(b'\t');
            }
            rows.extend(row.data.region.as_bytes());
            rows.push(b'\n');
            if rows.len() >= MESSAGE_BYTES {
                writer.write_all(&rows)?;
                rows.clear();
            }
        }
        writer.write_all(&rows)?;
        writer.finish()?;
        Ok(lines == lines_max)
    }
}
