//! What all requests share.

use std::sync::Arc;

use connect::Lines;
use engine::usage::intake::LineReceipt;
use jiff::Timestamp;
use store::{OwnStore, Store};
use tokio::sync::{Mutex, Semaphore, oneshot, watch};
use tokio::time::timeout;

use crate::limits::Limits;
use crate::pipeline::{Answer, Pipeline};
use crate::problem::Problem;
use crate::room::{Held, Room};
use crate::stores::Stores;
use crate::unavailable::Unavailable;

/// The service, as a request sees it.
pub struct App {
    pub limits: Limits,
    pub pipeline: Arc<Pipeline>,
    /// For events and batches: what does not fit is refused.
    pub requests: Room,
    /// For streams, apart, so that they cannot starve the others: what does not fit waits.
    pub stream_room: Room,
    pub streams: Arc<Semaphore>,
    /// Becomes true when the service stops.
    pub stopping: watch::Receiver<bool>,
    stores: Stores,
    /// For reports, one at a time; none before the first and after an error.
    reports: Arc<Mutex<Option<OwnStore>>>,
}

impl App {
    pub fn new(
        limits: Limits,
        pipeline: Arc<Pipeline>,
        stores: Stores,
        stopping: watch::Receiver<bool>,
    ) -> Self {
        Self {
            requests: Room::new(limits.waiting_lines, limits.waiting_bytes),
            stream_room: Room::new(limits.stream_waiting_lines, limits.stream_waiting_bytes),
            streams: Arc::new(Semaphore::new(limits.streams)),
            reports: Arc::default(),
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

    /// Reads something from the store, beside the writer.
    pub async fn report<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut dyn Store) -> engine::Result<T> + Send + 'static,
    ) -> Result<T, Unavailable> {
        let mut store = Arc::clone(&self.reports).lock_owned().await;
        let stores = self.stores.clone();
        let read = move || {
            let mut open = match store.take() {
                Some(open) => open,
                None => stores.open()?,
            };
            let report = read(open.as_mut())?;
            *store = Some(open);
            Ok(report)
        };
        tokio::task::spawn_blocking(read).await.unwrap_or(Err(Unavailable::Broken))
    }
}
