//! Lines on their way to the store: they wait, are grouped, read by several threads at once, and
//! handed to the one writer in the order in which they came.
//!
//! A group is made when the one before it was taken by the writer, or when it would be full: so a
//! segment holds what arrived while the one before was written, and a lonely event does not wait.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use connect::Lines;
use engine::usage::intake::LineReceipt;
use engine::usage::{LineReader, Prepared};
use jiff::Timestamp;
use tokio::sync::oneshot;

use crate::limits::Limits;
use crate::room::Held;
use crate::unavailable::Unavailable;
use crate::writer::{Epoch, batch};

/// What became of the lines of a job, one by one.
pub type Answer = Result<Vec<LineReceipt>, Unavailable>;

/// Lines that are received together or not at all.
pub struct Job {
    pub lines: Arc<Lines>,
    /// Its place among what waits.
    pub held: Held,
    pub answer: oneshot::Sender<Answer>,
}

/// Jobs that become one segment.
pub struct Group {
    pub jobs: Vec<Job>,
    /// From 0, in the order in which groups are written.
    pub number: u64,
    pub work: Work,
}

/// How far the lines of a group are.
pub enum Work {
    /// Read.
    Prepared(Box<Prepared>),
    /// Not read yet: the writer must open the store first.
    Unread,
    /// The thread that read them panicked.
    Broken,
}

/// What the writer does next.
pub enum Next {
    Group(Box<Group>),
    /// Somebody asks whether the store answers.
    Ask(oneshot::Sender<Result<Timestamp, Unavailable>>),
}

/// What reads lines, while the store is open, and since when it is.
pub type Reading = (Arc<LineReader>, Epoch);

/// A group that was made, with its number and what reads it.
type Made = (Vec<Job>, u64, Option<Reading>);

/// What the threads share.
pub struct Pipeline {
    state: Mutex<State>,
    /// For those who read: something waits, or the writer took a group.
    arrived: Condvar,
    /// For the writer: a group is read, or somebody asks.
    prepared: Condvar,
    segment_lines: usize,
    segment_bytes: usize,
    /// Groups that are made and not taken.
    groups_max: u64,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Job>,
    waiting_lines: usize,
    waiting_bytes: usize,
    /// Of the writer, while its store is open.
    reader: Option<Reading>,
    groups_made: u64,
    groups_taken: u64,
    prepared: BTreeMap<u64, Box<Group>>,
    asking: VecDeque<oneshot::Sender<Result<Timestamp, Unavailable>>>,
    is_closed: bool,
}

impl Pipeline {
    /// An empty one for so many reading threads.
    pub fn new(limits: &Limits, readers: usize) -> Self {
        Self {
            state: Mutex::default(),
            arrived: Condvar::new(),
            prepared: Condvar::new(),
            segment_lines: limits.segment_lines,
            segment_bytes: limits.segment_bytes,
            groups_max: readers as u64 + 1,
        }
    }

    /// Hands over lines. The answer comes when they are committed, or cannot be.
    pub fn push(&self, lines: Arc<Lines>, held: Held) -> oneshot::Receiver<Answer> {
        let (answer, answered) = oneshot::channel();
        let mut state = self.state();
        if state.is_closed {
            // Who asked may be gone.
            let _gone = answer.send(Err(Unavailable::Stopping));
            return answered;
        }
        state.waiting_lines += lines.len();
        state.waiting_bytes += lines.bytes().len();
        state.waiting.push_back(Job { lines, held, answer });
        drop(state);
        self.arrived.notify_one();
        answered
    }

    /// Asks the writer whether its store answers, and what time it is.
    pub fn ask(&self) -> oneshot::Receiver<Result<Timestamp, Unavailable>> {
        let (answer, answered) = oneshot::channel();
        let mut state = self.state();
        if state.is_closed {
            let _gone = answer.send(Err(Unavailable::Stopping));
            return answered;
        }
        state.asking.push_back(answer);
        drop(state);
        self.prepared.notify_one();
        answered
    }

    /// Takes nothing more; what waits is finished.
    pub fn close(&self) {
        self.state().is_closed = true;
        self.arrived.notify_all();
        self.prepared.notify_all();
    }

    /// Says what reads lines from now on; none while the store is closed.
    pub fn set_reader(&self, reader: Option<Reading>) {
        self.state().reader = reader;
    }

    /// Makes groups and reads them, until there will be no more.
    pub fn read_groups(&self) {
        while let Some((jobs, number, reader)) = self.next_group() {
            let read =
                |(reader, epoch): Reading| Box::new(reader.prepare(batch(&jobs, epoch, number)));
            let work = match reader {
                None => Work::Unread,
                // A panic costs its group, not the service.
                Some(reader) => {
                    let read = std::panic::AssertUnwindSafe(|| read(reader));
                    std::panic::catch_unwind(read).map_or(Work::Broken, Work::Prepared)
                }
            };
            self.state().prepared.insert(number, Box::new(Group { jobs, number, work }));
            self.prepared.notify_one();
        }
    }

    fn next_group(&self) -> Option<Made> {
        let mut state = self.state();
        loop {
            if state.waiting.is_empty() && state.is_closed {
                return None;
            }
            if self.is_due(&state) {
                break;
            }
            state = self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let jobs = self.take_jobs(&mut state);
        let number = state.groups_made;
        state.groups_made += 1;
        let group = (jobs, number, state.reader.clone());
        if self.is_due(&state) {
            self.arrived.notify_one();
        }
        Some(group)
    }

    fn is_due(&self, state: &State) -> bool {
        let made = state.groups_made - state.groups_taken;
        let is_full =
            state.waiting_lines >= self.segment_lines || state.waiting_bytes >= self.segment_bytes;
        !state.waiting.is_empty() && (made == 0 || (is_full && made < self.groups_max))
    }

    fn take_jobs(&self, state: &mut State) -> Vec<Job> {
        let (mut jobs, mut lines, mut bytes) = (Vec::new(), 0, 0);
        while let Some(next) = state.waiting.front() {
            let (more_lines, more_bytes) = (next.lines.len(), next.lines.bytes().len());
            let fits = lines + more_lines <= self.segment_lines
                && bytes + more_bytes <= self.segment_bytes;
            if !fits && !jobs.is_empty() {
                break;
            }
            (lines, bytes) = (lines + more_lines, bytes + more_bytes);
            jobs.extend(state.waiting.pop_front());
        }
        state.waiting_lines -= lines;
        state.waiting_bytes -= bytes;
        jobs
    }

    /// Waits for what the writer does next; none when there will be nothing more.
    pub fn next(&self) -> Option<Next> {
        let mut state = self.state();
        loop {
            if let Some(asking) = state.asking.pop_front() {
                return Some(Next::Ask(asking));
            }
            let number = state.groups_taken;
            if let Some(group) = state.prepared.remove(&number) {
                state.groups_taken += 1;
                drop(state);
                self.arrived.notify_all();
                return Some(Next::Group(group));
            }
            if state.is_closed && state.waiting.is_empty() && number == state.groups_made {
                return None;
            }
            state = self.prepared.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// What it guards is changed in one step, so a panic elsewhere does not take it away.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pipeline(readers: usize) -> Pipeline {
        let limits = Limits { segment_lines: 10, segment_bytes: 1_000, ..Limits::default() };
        Pipeline::new(&limits, readers)
    }

    fn push(pipeline: &Pipeline, lines: usize, bytes: usize) -> oneshot::Receiver<Answer> {
        let line = vec![b'x'; bytes - 1];
        let lines: Lines = (0..lines).map(|_| line.as_slice()).collect();
        pipeline.push(Arc::new(lines), Held::default())
    }

    /// The numbers of lines of the jobs of each group, when one thread reads and nobody is slow.
    fn groups(pipeline: &Pipeline) -> Vec<Vec<usize>> {
        pipeline.close();
        std::thread::scope(|scope| {
            scope.spawn(|| pipeline.read_groups());
            let mut groups = Vec::new();
            while let Some(next) = pipeline.next() {
                let Next::Group(group) = next else { continue };
                assert_eq!(group.number, groups.len() as u64);
                groups.push(group.jobs.iter().map(|job| job.lines.len()).collect());
            }
            groups
        })
    }

    #[test]
    fn what_waits_becomes_one_group() {
        let pipeline = pipeline(1);
        let _answers: Vec<_> = (0..7).map(|_| push(&pipeline, 1, 10)).collect();
        assert_eq!(groups(&pipeline), [vec![1; 7]]);
    }

    #[test]
    fn a_group_is_full_by_lines_or_by_bytes_and_no_job_is_split() {
        let pipeline = pipeline(2);
        let sizes = [(4, 10), (5, 10), (2, 10), (1, 900), (1, 90), (1, 90), (30, 90)];
        let _answers: Vec<_> =
            sizes.iter().map(|(lines, bytes)| push(&pipeline, *lines, *bytes)).collect();
        assert_eq!(groups(&pipeline), [vec![4, 5], vec![2, 1], vec![1, 1], vec![30]]);
    }

    #[test]
    fn after_the_end_nothing_is_taken() {
        let pipeline = pipeline(1);
        assert!(groups(&pipeline).is_empty());
        let answer = push(&pipeline, 1, 10).blocking_recv().unwrap();
        assert_eq!(answer, Err(Unavailable::Stopping));
        assert_eq!(pipeline.ask().blocking_recv().unwrap(), Err(Unavailable::Stopping));
    }
}
