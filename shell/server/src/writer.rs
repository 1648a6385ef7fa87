//! The one thread with the store: a group of requests becomes a segment, and each request gets
//! the receipts of its own lines after the commit. A store that failed is opened again when the
//! next group comes, or when somebody asks.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use connect::Lines;
use engine::usage::{Intake, LineReader, Receipt, UsageBatch};
use facts::{EventId, EventSource};
use jiff::Timestamp;
use kernel::Digest;
use sha2::{Digest as _, Sha256};

use store::OwnStore;

use crate::pipeline::{Answer, Group, Job, Next, Pipeline, Work};
use crate::stores::{Clock, Stores};
use crate::unavailable::Unavailable;

/// The name of the segments that come this way.
const NAME: &str = "http";

/// A batch has a number for each time that somebody else had its digest; that is never one.
const ATTEMPTS_MAX: u32 = 3;

/// A time between opening the store and closing it: with the number of a group, what tells a batch
/// from every other with the same lines. Who sends lines again sends a new batch, and is told
/// line by line what is a duplicate.
#[derive(Debug, Clone, Copy)]
pub struct Epoch {
    /// Sequence of the last segment at its beginning.
    last_segment: i64,
    opened_at: Timestamp,
    /// Counts up when a digest was taken after all.
    attempt: u32,
}

/// The lines of some jobs, one after the other.
pub fn batch(jobs: &[Job], epoch: Epoch, number: u64) -> UsageBatch {
    let mut bytes = Vec::with_capacity(jobs.iter().map(|job| job.lines.bytes().len()).sum());
    jobs.iter().for_each(|job| bytes.extend_from_slice(job.lines.bytes()));
    let mut hash = Sha256::new_with_prefix(NAME);
    hash.update(epoch.last_segment.to_be_bytes());
    hash.update(epoch.opened_at.as_microsecond().to_be_bytes());
    hash.update(std::process::id().to_be_bytes());
    hash.update(epoch.attempt.to_be_bytes());
    hash.update(number.to_be_bytes());
    hash.update(&bytes);
    let mut digest = [0; 16];
    digest.iter_mut().zip(hash.finalize()).for_each(|(kept, byte)| *kept = byte);
    UsageBatch {
        digest: Digest(digest),
        name: NAME.to_owned(),
        first_line: 1,
        lines: Lines::from_bytes(bytes),
    }
}

/// The writer, with its store while that works.
pub struct Writer {
    pipeline: Arc<Pipeline>,
    stores: Stores,
    clock: Clock,
    open: Option<Open>,
}

struct Open {
    store: OwnStore,
    intake: Intake,
    epoch: Epoch,
    /// As the others know it.
    reader: Arc<LineReader>,
}

impl Writer {
    /// One without a store yet.
    pub const fn new(pipeline: Arc<Pipeline>, stores: Stores, clock: Clock) -> Self {
        Self { pipeline, stores, clock, open: None }
    }

    /// Writes until there will be nothing more.
    pub fn run(&mut self) {
        // Whether it works is told to those who ask.
        let _told_later = self.attempt(|writer| writer.ready().map(|_| ()));
        while let Some(next) = self.pipeline.next() {
            match next {
                Next::Ask(asking) => {
                    let now = self.attempt(Self::ready);
                    // Who asked may be gone.
                    let _gone = asking.send(now);
                }
                Next::Group(group) => {
                    let Group { jobs, number, work } = *group;
                    let written = self.attempt(|writer| writer.write(&jobs, number, work));
                    answer(jobs, written);
                }
            }
        }
    }

    /// Does something with the store, which is closed when it fails or panics: what it was in the
    /// middle of is not known.
    fn attempt<T>(
        &mut self,
        act: impl FnOnce(&mut Self) -> Result<T, Unavailable>,
    ) -> Result<T, Unavailable> {
        let done = catch_unwind(AssertUnwindSafe(|| act(self)));
        let done = done.unwrap_or(Err(Unavailable::Broken));
        if done.is_err() {
            self.open = None;
            self.pipeline.set_reader(None);
        }
        done
    }

    /// Opens the store unless it is open, brings what is derived from it up to date, and tells the
    /// time.
    fn ready(&mut self) -> Result<Timestamp, Unavailable> {
        let clock = self.clock.clone();
        let open = self.opened()?;
        // Asked for an event that nobody has, the engine catches up with what others received.
        if let (Ok(source), Ok(id)) = (EventSource::new("urn:tabouret"), EventId::new("ready")) {
            engine::usage::find(open.store.as_mut(), &source, &id)?;
        }
        Ok(clock.now(open.store.as_mut())?)
    }

    fn opened(&mut self) -> Result<&mut Open, Unavailable> {
        let open = match self.open.take() {
            Some(open) => open,
            None => {
                let mut store = self.stores.open()?;
                let now = self.clock.now(store.as_mut())?;
                let intake = Intake::open(store.as_mut(), now)?;
                let last_segment = store.read()?.usage_log()?.last;
                let epoch = Epoch { last_segment, opened_at: now, attempt: 0 };
                let reader = intake.reader();
                self.pipeline.set_reader(Some((Arc::clone(&reader), epoch)));
                Open { store, intake, epoch, reader }
            }
        };
        Ok(self.open.insert(open))
    }

    fn write(&mut self, jobs: &[Job], number: u64, work: Work) -> Result<Receipt, Unavailable> {
        let count: usize = jobs.iter().map(|job| job.lines.len()).sum();
        let (pipeline, clock) = (Arc::clone(&self.pipeline), self.clock.clone());
        let open = self.opened()?;
        let now = clock.now(open.store.as_mut())?;
        let mut prepared = match work {
            Work::Prepared(prepared) => *prepared,
            Work::Unread => open.reader.prepare(batch(jobs, open.epoch, number)),
            Work::Broken => return Err(Unavailable::Broken),
        };
        for _ in 0..ATTEMPTS_MAX {
            let receipt = open.intake.receive(open.store.as_mut(), prepared, now)?;
            let reader = open.intake.reader();
            if !Arc::ptr_eq(&reader, &open.reader) {
                open.reader = Arc::clone(&reader);
                pipeline.set_reader(Some((reader, open.epoch)));
            }
            if receipt.lines.len() == count {
                return Ok(receipt);
            }
            // The digest was taken: of this batch, nothing is known line by line.
            open.epoch.attempt += 1;
            prepared = open.reader.prepare(batch(jobs, open.epoch, number));
        }
        Err(Unavailable::Broken)
    }
}

/// Gives each job what became of its lines.
fn answer(jobs: Vec<Job>, written: Result<Receipt, Unavailable>) {
    let mut lines = written.map(|receipt| receipt.lines.into_iter());
    for Job { lines: own, held, answer } in jobs {
        let own: Answer = match &mut lines {
            Ok(lines) => Ok(lines.by_ref().take(own.len()).collect()),
            Err(unavailable) => Err(unavailable.clone()),
        };
        drop(held);
        // Who asked may be gone; the lines are received all the same.
        let _gone = answer.send(own);
    }
}
