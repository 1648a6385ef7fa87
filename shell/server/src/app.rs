//! What all requests share.

use std::sync::{Arc, Mutex, PoisonError};

use connect::Lines;
use engine::EngineError;
use engine::usage::intake::LineReceipt;
use jiff::Timestamp;
use store::{OwnStore, Store};
use tokio::sync::{Semaphore, oneshot, watch};
use tokio::time::timeout;

use crate::guard::Guard;
use crate::limits::Limits;
use crate::pipeline::{Answer, Pipeline};
use crate::problem::Problem;
use crate::room::{Held, Room};
use crate::running::Service;
use crate::stores::{Clock, Random, Stores};
use crate::unavailable::Unavailable;

/// The service, as a request sees it.
pub struct App {
    pub limits: Limits,
    pub guard: Guard,
    pub clock: Clock,
    pub random: Random,
    pub pipeline: Arc<Pipeline>,
    /// For events and batches: what does not fit is refused.
    pub requests: Room,
    /// For streams, apart, so that they cannot starve the others: what does not fit waits.
    pub stream_room: Room,
    pub streams: Arc<Semaphore>,
    /// Becomes true when the service stops.
    pub stopping: watch::Receiver<bool>,
    stores: Stores,
    /// How many work on stores at once, beside the writer.
    workers: Semaphore,
    /// Stores that are open and idle; one that failed does not come back.
    idle: Arc<Mutex<Vec<OwnStore>>>,
}

impl App {
    pub fn new(service: Service, pipeline: Arc<Pipeline>, stopping: watch::Receiver<bool>) -> Self {
        let Service { stores, clock, random, access, limits } = service;
        Self {
            guard: Guard::new(access),
            clock,
            random,
            requests: Room::new(limits.waiting_lines, limits.waiting_bytes),
            stream_room: Room::new(limits.stream_waiting_lines, limits.stream_waiting_bytes),
            streams: Arc::new(Semaphore::new(limits.streams)),
            workers: Semaphore::new(limits.workers),
            idle: Arc::default(),
            limits,
            pipeline,
            stopping,
            stores,
        }
    }

    /// Receives the lines of one request, which arrived already: what became of each, committed.
    pub async fn receive(
        &self,
        lines: Arc<Lines>,
        mut held: Held,
    ) -> Result<Vec<LineReceipt>, Problem> {
        if lines.len() > self.limits.body_lines {
            return Err(Problem::too_large("events", self.limits.body_lines));
        }
        if lines.is_empty() {
            return Ok(Vec::new());
        }
        if !self.requests.try_lines(&mut held, lines.len()) {
            return Err(Problem::queue_full());
        }
        Ok(self.answered(self.pipeline.push(lines, held)).await?)
    }

    /// Waits for the answer of the writer, but not for ever.
    pub async fn answered(&self, answer: oneshot::Receiver<Answer>) -> Answer {
        match timeout(self.limits.stall, answer).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(Unavailable::Broken),
            Err(_) => Err(Unavailable::Slow),
        }
    }

    /// The time of the tenant, and so whether the store answers.
    pub async fn now(&self) -> Result<Timestamp, Unavailable> {
        match timeout(self.limits.stall, self.pipeline.ask()).await {
            Ok(Ok(now)) => now,
            Ok(Err(_)) => Err(Unavailable::Broken),
            Err(_) => Err(Unavailable::Slow),
        }
    }

    /// Works with a store, beside the writer of usage: reads, or carries out a use case.
    pub async fn with_store<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Store) -> engine::Result<T> + Send + 'static,
    ) -> Result<T, Problem> {
        let permit = self.workers.acquire().await.map_err(|_| Unavailable::Stopping)?;
        let (stores, idle) = (self.stores.clone(), Arc::clone(&self.idle));
        let work = move || {
            let kept = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut open = match kept {
                Some(open) => open,
                None => stores.open()?,
            };
            let answer = work(open.as_mut());
            if !matches!(answer, Err(EngineError::Store(_))) {
                idle.lock().unwrap_or_else(PoisonError::into_inner).push(open);
            }
            answer
        };
        let answer = tokio::task::spawn_blocking(work).await;
        drop(permit);
        answer.map_err(|_| Unavailable::Broken)?.map_err(Problem::from)
    }
}
