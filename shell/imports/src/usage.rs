//! Files and streams of usage: read by one thread, prepared by some, received by one. Batches are
//! received in the order of the file.

use std::fs::File;
use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use connect::{InputFault, usage_file};
use engine::usage::{Intake, LineReader, Prepared, Received, UsageBatch};
use jiff::Timestamp;
use store::Store;

use crate::problem::{located, unreadable};
use crate::{ImportError, Result, name_of};

/// Lines of usage that are received in one transaction: enough that a commit costs little of it,
/// few enough that a crash repeats little.
pub const BATCH_LINES: NonZeroUsize = match NonZeroUsize::new(10_000) {
    Some(lines) => lines,
    None => NonZeroUsize::MIN,
};

/// Batches that wait before and behind each thread that prepares them.
const WAITING_BATCHES_MAX: usize = 2;

/// Instead of a path: what is piped in.
const STANDARD_INPUT: &str = "-";

/// What is sent, and from where on.
#[derive(Debug, Clone, Copy)]
pub struct UsageSource<'a> {
    /// A file, plain or compressed with gzip or zstd; `-` is standard input.
    pub path: &'a Path,
    /// The lines up to this one were received before; 0 begins at the beginning.
    pub after_line: u32,
}

impl<'a> From<&'a Path> for UsageSource<'a> {
    /// All of a file.
    fn from(path: &'a Path) -> Self {
        Self { path, after_line: 0 }
    }
}

type Cut = std::result::Result<usage_file::Batch, Box<InputFault>>;
type Made = std::result::Result<Prepared, Box<InputFault>>;

/// Sends a file or a stream of usage; `intake` stays, with what it learned, for the next one.
/// `progress` is told the lines of each batch when it is
/// durable: their sum, and what was left out before them, is the cursor to go on from.
///
/// # Errors
/// [`ImportError`]; the batches before it stay received, and the file can be sent again.
pub fn send_usage(
    store: &mut dyn Store,
    intake: &mut Intake,
    source: UsageSource<'_>,
    now: Timestamp,
    progress: &mut dyn FnMut(u64),
) -> Result<Received> {
    let content: Box<dyn Read + Send> = if source.path.as_os_str() == STANDARD_INPUT {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(source.path).map_err(|error| unreadable(source.path, &error))?)
    };
    let place = name_of(source.path);
    let name = source.path.file_name().map_or(place.clone(), |it| it.display().to_string());
    located(intake.refresh(store, now), &[])?;
    let reader = intake.reader();
    let workers = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    thread::scope(|scope| {
        let (mut inputs, mut outputs) = (Vec::new(), Vec::new());
        for _ in 0..workers {
            let (to_worker, input) = sync_channel::<Cut>(WAITING_BATCHES_MAX);
            let (to_writer, output) = sync_channel::<Made>(WAITING_BATCHES_MAX);
            let (reader, name) = (&reader, &name);
            scope.spawn(move || prepare_all(reader, name, &input, &to_writer));
            inputs.push(to_worker);
            outputs.push(output);
        }
        scope.spawn(move || read_all(&place, content, source.after_line, &inputs));
        let mut received = Received::default();
        for worker in (0..workers).cycle() {
            let Ok(made) = outputs[worker].recv() else { break };
            let prepared = made.map_err(|fault| ImportError::from(vec![*fault]))?;
            let lines = u64::try_from(prepared.len()).unwrap_or(u64::MAX);
            received.add(located(intake.receive(store, prepared, now), &[])?.received);
            progress(lines);
        }
        Ok(received)
    })
}

/// Hands the batches of a file to the workers in turn. A worker that hung up means that the
/// writer stopped.
fn read_all(
    place: &str,
    content: Box<dyn Read + Send>,
    after_line: u32,
    workers: &[SyncSender<Cut>],
) {
    let mut turn = workers.iter().cycle();
    let mut hand_over = |batch: Cut| turn.next().is_some_and(|it| it.send(batch).is_ok());
    match usage_file::open(place, content, BATCH_LINES) {
        Ok(batches) => {
            let mut batches = batches.starting_after(after_line);
            while batches.next().is_some_and(&mut hand_over) {}
        }
        Err(fault) => {
            hand_over(Err(fault));
        }
    }
}

fn prepare_all(reader: &LineReader, name: &str, input: &Receiver<Cut>, output: &SyncSender<Made>) {
    for batch in input {
        let made = batch.map(|batch| reader.prepare(named(name, batch)));
        if output.send(made).is_err() {
            return;
        }
    }
}

fn named(name: &str, batch: usage_file::Batch) -> UsageBatch {
    UsageBatch {
        digest: batch.digest(),
        name: name.to_owned(),
        first_line: batch.first_line,
        lines: batch.lines,
    }
}

/// A batch of usage that was read already.
///
/// # Errors
/// [`ImportError`]; nothing of the batch is received then.
pub fn send_batch(
    store: &mut dyn Store,
    name: &str,
    batch: usage_file::Batch,
    now: Timestamp,
) -> Result<Received> {
    let receipt = engine::usage::receive(store, named(name, batch), now);
    Ok(located(receipt, &[])?.received)
}
