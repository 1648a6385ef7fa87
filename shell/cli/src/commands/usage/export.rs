//! Every event that took its id, in a file for other tools.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use connect::InputRejection;
use engine::usage::Exported;
use jiff::civil::Date;
use serde_json::json;

use super::parquet_file::ParquetFile;
use super::say;
use crate::args::Common;
use crate::compose;
use crate::failure::Failure;
use crate::output::Shown;
use crate::texts::Texts;

/// A file that events are written to, one after the other.
pub trait Sink {
    /// Adds an event.
    fn add(&mut self, event: &Exported) -> io::Result<()>;

    /// Ends the file.
    fn finish(self: Box<Self>) -> io::Result<()>;
}

pub fn run(
    common: &Common,
    file: &Path,
    (from, to): (Option<&str>, Option<&str>),
    texts: &Texts,
) -> Result<ExitCode, Failure> {
    let format = file.extension().map(|it| it.to_string_lossy().to_ascii_lowercase());
    let range = (say::day(from)?.unwrap_or(Date::MIN), say::day(to)?.unwrap_or(Date::MAX));
    // Whoever watches for the file finds it whole or not at all.
    let mut unfinished = file.as_os_str().to_owned();
    unfinished.push(".partial");
    let unfinished = PathBuf::from(unfinished);
    let failed = |error: io::Error| Failure::file(&unfinished, &error);
    let create = || Ok(BufWriter::new(File::create(&unfinished)?));
    let sink: io::Result<Box<dyn Sink>> = match format.as_deref() {
        Some("csv") => create().and_then(|out| Ok(Box::new(CsvFile::new(out)?) as Box<dyn Sink>)),
        Some("parquet") => {
            create().and_then(|out| Ok(Box::new(ParquetFile::new(out)?) as Box<dyn Sink>))
        }
        _ => {
            let (text, known) = (file.display().to_string(), "*.csv, *.parquet".to_owned());
            return Err(Failure::refused(InputRejection::UnknownWord { text, known }));
        }
    };
    let mut sink = sink.map_err(failed)?;
    let mut store = compose::open(common)?;
    let (mut written, mut events) = (Ok(()), 0_u64);
    engine::usage::export(store.as_mut(), range, &mut |it| {
        written = sink.add(&it);
        events += 1;
        written.is_ok()
    })?;
    written.and_then(|()| sink.finish()).map_err(failed)?;
    std::fs::rename(&unfinished, file).map_err(|error| Failure::file(file, &error))?;
    let (path, count) = (file.display().to_string(), events.to_string());
    Shown {
        json: json!({ "file": path, "events": events }),
        after: vec![texts.with("export-done", &[("count", &count), ("file", &path)])],
        ..Shown::default()
    }
    .print(common.output)?;
    Ok(ExitCode::SUCCESS)
}

/// The columns of an export; their names do not depend on the language.
const COLUMNS: [&str; 16] = [
    "source",
    "id",
    "meter",
    "unknown_type",
    "subject",
    "time",
    "value",
    "dimensions",
    "arrived_on",
    "file",
    "line",
    "segment",
    "outcome",
    "reason",
    "unit",
    "account",
];

struct CsvFile {
    writer: csv::Writer<BufWriter<File>>,
}

impl CsvFile {
    fn new(out: BufWriter<File>) -> io::Result<Self> {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(COLUMNS)?;
        Ok(Self { writer })
    }
}

impl Sink for CsvFile {
    fn add(&mut self, it: &Exported) -> io::Result<()> {
        let event = &it.event;
        let text = |it: Option<String>| it.unwrap_or_default();
        Ok(self.writer.write_record([
            event.source.to_string(),
            event.id.to_string(),
            text(event.meter.as_ref().map(ToString::to_string)),
            text(event.unknown_type.clone()),
            event.subject.clone(),
            event.happened_at.to_string(),
            event.value.normalized().to_string(),
            dimensions(it),
            event.arrival.arrived_on.to_string(),
            event.name.clone(),
            event.arrival.line.to_string(),
            event.segment.to_string(),
            event.outcome.to_owned(),
            text(event.reason.map(str::to_owned)),
            text(event.unit.as_ref().map(ToString::to_string)),
            text(it.account.as_ref().map(ToString::to_string)),
        ])?)
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.writer.flush()
    }
}

/// The attributes of an event, as JSON.
pub fn dimensions(it: &Exported) -> String {
    serde_json::to_string(&it.event.dimensions).unwrap_or_default()
}
