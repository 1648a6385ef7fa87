//! Sending files on the clock, and COPY of some of the same files in between.

use std::time::Duration;

use engine::usage::{Intake, Received};
use serde_json::{Value, json};
use store::Store;

use crate::Result;
use crate::baseline::Baseline;
use crate::footprint::{load, processor_time};
use crate::history::{History, Lines};
use crate::latency::Latencies;
use crate::measure::{Thousandths, per_second};
use crate::scale::BATCH_LINES;
use crate::stopwatch::Stopwatch;

/// Some events, and how long they took.
#[derive(Debug, Clone, Copy)]
pub struct Round {
    /// How many.
    pub events: u64,
    /// How long.
    pub took: Duration,
}

impl Round {
    fn rate(self) -> u64 {
        per_second(self.events, self.took)
    }
}

/// Files sent one after the other, and what became of their lines.
#[derive(Default)]
pub struct Sent {
    /// One a file.
    pub files: Vec<Round>,
    /// COPY of some of the files, with a commit for as many lines as we commit.
    pub copies: Vec<Round>,
    /// COPY of the same files in one transaction each: nothing is durable before its end.
    pub copies_at_once: Vec<Round>,
    /// From one commit to the next.
    pub gaps: Latencies,
    /// What all processors spent on sending, this process only.
    pub processor: Duration,
    /// What the engine answered.
    pub received: Received,
}

impl Sent {
    /// Sends a file: what is on the clock ends when its last line is durable.
    pub fn send(
        &mut self,
        store: &mut dyn Store,
        intake: &mut Intake,
        lines: &Lines,
    ) -> Result<()> {
        let processor = processor_time()?;
        let stopwatch = Stopwatch::start();
        let mut before = Duration::ZERO;
        let mut durable = |_lines: u64| {
            let now = stopwatch.elapsed();
            self.gaps.add(now.saturating_sub(before));
            before = now;
        };
        let source = lines.path.as_path().into();
        let received = imports::send_usage(store, intake, source, lines.now, &mut durable)?;
        self.files.push(Round { events: lines.count, took: stopwatch.elapsed() });
        self.processor += processor_time()?.saturating_sub(processor);
        self.received.add(received);
        Ok(())
    }

    /// Events a second over all files.
    pub fn rate(&self) -> u64 {
        rate_of(&self.files)
    }

    /// Events a second of COPY: the median of its rounds.
    pub fn copy_rate(&self) -> u64 {
        median_of(&self.copies)
    }

    /// Events a second over the first and over the last files.
    pub fn ends(&self, files: u64) -> Result<(u64, u64)> {
        let count = usize::try_from(files)?.min(self.files.len());
        let first = self.files.get(..count).unwrap_or_default();
        let last = self.files.get(self.files.len() - count..).unwrap_or_default();
        Ok((rate_of(first), rate_of(last)))
    }

    /// What helps to judge the rate: how much the rounds vary, what COPY does when it commits only
    /// once a file, our processor time, and what else the machine did.
    pub fn circumstances(&self) -> Result<Vec<(&'static str, Value)>> {
        let events: u64 = self.files.iter().map(|round| round.events).sum();
        let nanos = u64::try_from(self.processor.as_nanos())?;
        Ok(vec![
            ("files", range_of(&self.files)),
            ("copies", range_of(&self.copies)),
            ("copy_in_one_transaction", json!(median_of(&self.copies_at_once))),
            ("cpu_us_per_event", json!(Thousandths::ratio(nanos / 1_000, events).to_string())),
            ("load", json!(load()?)),
        ])
    }
}

fn range_of(rounds: &[Round]) -> Value {
    let rates: Vec<u64> = rounds.iter().map(|round| round.rate()).collect();
    json!({"rounds": rates.len(), "min": rates.iter().min(), "max": rates.iter().max()})
}

fn median_of(rounds: &[Round]) -> u64 {
    let mut rates: Vec<u64> = rounds.iter().map(|round| round.rate()).collect();
    rates.sort_unstable();
    rates.get(rates.len() / 2).copied().unwrap_or_default()
}

fn rate_of(rounds: &[Round]) -> u64 {
    let events = rounds.iter().map(|round| round.events).sum();
    per_second(events, rounds.iter().map(|round| round.took).sum())
}

/// How many files of what size are sent, and which of them are copied.
pub struct Files {
    /// How many files.
    pub count: u64,
    /// Lines in each.
    pub lines: u64,
    /// One of so many is copied too.
    pub copy_every: u64,
}

/// Sends files, and copies some of them in between.
pub fn alternate(
    (store, intake): (&mut dyn Store, &mut Intake),
    history: &mut History,
    files: &Files,
    baseline: &mut Baseline,
) -> Result<Sent> {
    let mut sent = Sent::default();
    for number in 0..files.count {
        let lines = history.next_file(files.lines)?;
        sent.send(store, intake, &lines)?;
        if number % files.copy_every == files.copy_every / 2 {
            let copied = |took| Round { events: lines.count, took };
            sent.copies.push(copied(baseline.round(&lines.path, BATCH_LINES)?));
            sent.copies_at_once.push(copied(baseline.round(&lines.path, usize::MAX)?));
        }
        let round = sent.files.last().map(|round| round.rate()).unwrap_or_default();
        eprint!("\r    {} of {} files, {round} events/s ", number + 1, files.count);
    }
    eprintln!();
    Ok(sent)
}
