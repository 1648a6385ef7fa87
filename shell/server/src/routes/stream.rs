//! `POST /v1/usage` with `application/x-ndjson`: any number of lines. While the store is slower
//! than the client, the body is not read on. The answer says how far it came, so that a client
//! resumes with `?after_line=`.

use std::collections::VecDeque;
use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use connect::Lines;
use http_body_util::BodyExt;
use serde_json::{Map, Value, json};
use tokio::sync::{oneshot, watch};
use tokio::time::{Instant, timeout};

use super::items::{Counts, Item, is_exceptional};
use crate::app::App;
use crate::body::pass_over;
use crate::cutter::{Cut, Cutter};
use crate::encoding::{Unpacked, Unpacker};
use crate::media;
use crate::pipeline::Answer;
use crate::problem::Problem;
use crate::unavailable::Unavailable;

/// Receives a stream.
pub async fn receive(app: Arc<App>, parts: &Parts, mut body: Body) -> Response {
    let streamed = match Stream::begin(&app, parts) {
        Ok(mut stream) => stream.receive(&mut body).await,
        Err(problem) => Err(problem),
    };
    match streamed {
        Ok(told) => Json(Value::Object(told)).into_response(),
        Err(problem) => {
            pass_over(&app.limits, body);
            problem.closing().into_response()
        }
    }
}

/// The number after `after_line=`, which is all that the query may have.
fn after_line(query: Option<&str>) -> Result<u64, Problem> {
    let Some(query) = query.filter(|query| !query.is_empty()) else { return Ok(0) };
    let number = query.strip_prefix("after_line=").and_then(|number| number.parse().ok());
    number.ok_or_else(|| Problem::bad_query(format!("`{query}` is not `after_line=NUMBER`")))
}

/// A stream while it arrives.
struct Stream<'a> {
    app: &'a App,
    unpacker: Unpacker,
    cutter: Cutter,
    stopping: watch::Receiver<bool>,
    in_flight: VecDeque<InFlight>,
    /// When the last line ended, or the writer took the last chunk.
    moved_at: Instant,
    told: Told,
}

/// Lines that the writer has.
struct InFlight {
    first_line: u64,
    lines: Arc<Lines>,
    answer: oneshot::Receiver<Answer>,
}

/// What the answer says.
#[derive(Default)]
struct Told {
    lines_acknowledged: u64,
    counts: Counts,
    exceptions: Vec<Item>,
    exceptions_left_out: u64,
}

impl<'a> Stream<'a> {
    fn begin(app: &'a App, parts: &Parts) -> Result<Self, Problem> {
        let after = after_line(parts.uri.query())?;
        let encoding = media::encoding(&parts.headers)?;
        let unpacker = Unpacker::new(encoding).map_err(|error| Problem::bad_encoding(&error))?;
        let told = Told { lines_acknowledged: after, ..Told::default() };
        Ok(Self {
            app,
            unpacker,
            cutter: Cutter::after(after),
            stopping: app.stopping.clone(),
            in_flight: VecDeque::new(),
            moved_at: Instant::now(),
            told,
        })
    }

    /// Everything up to the end of the body, or up to what went wrong.
    async fn receive(&mut self, body: &mut Body) -> Result<Map<String, Value>, Problem> {
        let Ok(_place) = self.app.streams.try_acquire() else {
            return Err(Problem::too_many_streams(self.app.limits.streams));
        };
        let mut ended = self.read(body).await;
        if ended.is_ok() {
            self.cutter.end();
        }
        // Whole lines count, also before what went wrong.
        if !matches!(&ended, Err(problem) if problem.status() == StatusCode::SERVICE_UNAVAILABLE) {
            ended = ended.and(self.hand_over().await);
        }
        while !self.in_flight.is_empty() {
            let settled = self.settle_first().await;
            ended = ended.and(settled);
        }
        let told = self.told();
        match ended {
            Ok(()) => Ok(told),
            Err(problem) => {
                let with =
                    |problem: Problem, (name, value): (String, Value)| problem.with(&name, value);
                Err(told.into_iter().fold(problem, with))
            }
        }
    }

    async fn read(&mut self, body: &mut Body) -> Result<(), Problem> {
        loop {
            if self.unpack().await? {
                return Ok(());
            }
            let next = tokio::select! {
                biased;
                _stop = self.stopping.wait_for(|stops| *stops) => None,
                next = timeout(self.app.limits.pause, body.frame()) => Some(next),
            };
            let Some(next) = next else {
                self.hand_over().await?;
                return Err(Unavailable::Stopping.into());
            };
            match next {
                Ok(Some(Ok(frame))) => {
                    if let Ok(data) = frame.into_data() {
                        self.unpacker.feed(data);
                    }
                }
                Ok(Some(Err(_))) => return Err(Problem::broken_body()),
                Ok(None) => self.unpacker.end(),
                Err(_pause) => self.hand_over().await?,
            }
            if self.moved_at.elapsed() > self.app.limits.stall {
                return Err(Problem::too_slow());
            }
        }
    }

    /// Cuts what arrived into lines; true at the end of the body.
    async fn unpack(&mut self) -> Result<bool, Problem> {
        let (lines_max, bytes_max) = (self.app.limits.chunk_lines, self.app.limits.chunk_bytes);
        loop {
            let unpacked = self.unpacker.next();
            let unpacked = unpacked.map_err(|error| Problem::bad_encoding(&error))?;
            let mut piece = match unpacked {
                Unpacked::Piece(piece) => piece.to_vec(),
                Unpacked::Waits => return Ok(false),
                Unpacked::Ended => return Ok(true),
            };
            while !piece.is_empty() {
                let ended = self.cutter.ended();
                let used = self.cutter.push(&piece, lines_max, bytes_max);
                piece.drain(..used);
                if self.cutter.ended() > ended {
                    self.moved_at = Instant::now();
                }
                if self.cutter.lines() >= lines_max || self.cutter.bytes() >= bytes_max {
                    self.hand_over().await?;
                }
            }
        }
    }

    /// Gives the whole lines that are there to the writer, when there is a place for them.
    async fn hand_over(&mut self) -> Result<(), Problem> {
        let Some(Cut { first_line, lines }) = self.cutter.take() else { return Ok(()) };
        while self.in_flight.len() >= self.app.limits.chunks_in_flight {
            self.settle_first().await?;
        }
        let place = self.app.stream_room.wait(lines.len(), lines.bytes().len());
        let held = timeout(self.app.limits.stall, place).await.map_err(|_| Unavailable::Slow)?;
        let lines = Arc::new(lines);
        let answer = self.app.pipeline.push(Arc::clone(&lines), held);
        self.in_flight.push_back(InFlight { first_line, lines, answer });
        self.moved_at = Instant::now();
        Ok(())
    }

    /// Waits for the first answer. After one that is none, nothing is acknowledged any more: what
    /// is acknowledged is a beginning without gaps.
    async fn settle_first(&mut self) -> Result<(), Problem> {
        let Some(InFlight { first_line, lines, answer }) = self.in_flight.pop_front() else {
            return Ok(());
        };
        match self.app.answered(answer).await {
            Ok(receipts) => {
                let numbered = (first_line..).zip(lines.iter()).zip(&receipts);
                for ((number, line), receipt) in numbered {
                    self.told.counts.add(receipt);
                    if !is_exceptional(receipt) {
                        continue;
                    }
                    if self.told.exceptions.len() < self.app.limits.exceptions {
                        self.told.exceptions.push(Item::new(number, line, receipt));
                    } else {
                        self.told.exceptions_left_out += 1;
                    }
                }
                self.told.lines_acknowledged = first_line + lines.len() as u64 - 1;
                Ok(())
            }
            Err(unavailable) => {
                self.in_flight.clear();
                Err(unavailable.into())
            }
        }
    }

    fn told(&mut self) -> Map<String, Value> {
        let told = std::mem::take(&mut self.told);
        let told = json!({
            "lines_acknowledged": told.lines_acknowledged,
            "counts": told.counts,
            "exceptions": told.exceptions,
            "exceptions_left_out": told.exceptions_left_out,
        });
        told.as_object().cloned().unwrap_or_default()
    }
}
