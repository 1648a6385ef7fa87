//! A process that takes files in is killed; another one opens the store and commits a batch.

use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use engine::usage::Intake;
use jiff::Timestamp;
use serde_json::json;

use crate::embedded::Home;
use crate::history::{History, Lines};
use crate::ingest::Sent;
use crate::measure::{Goal, Measure, Report, Thousandths};
use crate::scale::BATCH_LINES;
use crate::stopwatch::Stopwatch;
use crate::truth::Counted;
use crate::{Bench, Result};

/// The word that makes this program the process that is killed.
pub const CHILD: &str = "send";

/// Measures it, sends the rest of what the killed process was sending, and checks every event.
pub fn measure(
    bench: &Bench,
    report: &mut Report,
    home: &Home,
    history: &mut History,
) -> Result<()> {
    let batch = u64::try_from(BATCH_LINES)?;
    // More than is committed before the kill: it must come in the middle.
    let broken_off = history.next_file((bench.scale.batches_before_kill + 20) * batch)?;
    let first = history.next_file(batch)?;
    let mut child = Sending::start(home, &broken_off)?;
    for _ in 0..bench.scale.batches_before_kill {
        child.next_commit()?;
    }
    child.kill()?;
    let stopwatch = Stopwatch::start();
    let mut again = Sending::start(home, &first)?;
    again.next_commit()?;
    let ready = stopwatch.elapsed();
    again.finish()?;
    let mut store = home.open()?;
    let mut sent = Sent::default();
    let mut intake = Intake::open(&mut store, broken_off.now)?;
    sent.send(&mut store, &mut intake, &broken_off)?;
    let survived = sent.received.already_received / batch;
    if survived < bench.scale.batches_before_kill {
        return Err(format!("WRONG: of {} commits {survived} survived", broken_off.count).into());
    }
    Counted::of_fleet(&mut store, bench.scale.devices)?.check(&history.sent)?;
    report_ready(report, history, ready, survived)
}

fn report_ready(
    report: &mut Report,
    history: &History,
    ready: Duration,
    survived: u64,
) -> Result<()> {
    report.add(Measure {
        name: "ready_after_kill",
        value: Thousandths::seconds(ready),
        unit: "s",
        baseline: None,
        goal: Goal::AtMost(Thousandths::whole(3)),
        more: vec![
            ("events_stored", json!(history.sent.lines)),
            ("batches_committed_before_kill", json!(survived)),
        ],
    })
}

/// Another process that sends a file and says so after each commit.
struct Sending {
    process: Child,
    said: Box<dyn BufRead>,
}

impl Sending {
    fn start(home: &Home, lines: &Lines) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(CHILD).arg(home.file()).arg(&lines.path).arg(lines.now.to_string());
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let said = process.stdout.take().ok_or("no pipe")?;
        Ok(Self { process, said: Box::new(BufReader::new(said)) })
    }

    /// Waits for the next commit.
    fn next_commit(&mut self) -> Result<()> {
        let mut line = String::new();
        if self.said.read_line(&mut line)? == 0 {
            return Err(format!("the other process is gone: {}", self.process.wait()?).into());
        }
        Ok(())
    }

    /// Ends it as a crash would: no destructor runs.
    fn kill(mut self) -> Result<()> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }

    fn finish(mut self) -> Result<()> {
        let status = self.process.wait()?;
        if status.success() { Ok(()) } else { Err(format!("the other process: {status}").into()) }
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        // It may be gone already, which is what we want.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The other process: sends a file, and says so after each commit.
pub fn send(database: &str, file: &str, now: &str) -> Result<()> {
    let mut store = store_sqlite::SqliteStore::open(Path::new(database))?;
    let now: Timestamp = now.parse()?;
    let mut said = Ok(());
    let mut out = io::stdout().lock();
    let mut say = |lines: u64| {
        let line = writeln!(out, "{lines}").and_then(|()| out.flush());
        said = std::mem::replace(&mut said, Ok(())).and(line);
    };
    let mut intake = Intake::open(&mut store, now)?;
    imports::send_usage(&mut store, &mut intake, Path::new(file).into(), now, &mut say)?;
    Ok(said?)
}
