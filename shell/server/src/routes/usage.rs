//! `POST /v1/usage`: one event, a batch, or a stream.

use std::sync::Arc;

use access::Operation;
use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use connect::Lines;
use connect::cloud_events::{from_binary, split_json};
use engine::usage::intake::LineReceipt;
use serde::Serialize;
use utoipa::ToSchema;

use super::items::{Counts, Item, items};
use super::stream;
use crate::app::App;
use crate::body::{pass_over, whole};
use crate::cutter::bounded;
use crate::media::Media;
use crate::problem::{Problem, ProblemBody};
use crate::room::Held;

/// How faults name the body of a request.
pub const BODY: &str = "body";

/// The answer to one event or to a batch.
#[derive(Debug, Serialize, ToSchema)]
pub struct Receipts {
    /// How many came to what; of a batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts: Option<Counts>,
    /// One for each event, in the order of the request.
    pub items: Vec<Item>,
}

/// Send usage
///
/// One CloudEvent, a batch of them, or a stream of lines without a limit; the content type says
/// which. The answer comes after the commit: what it names is kept.
#[utoipa::path(
    post, path = "/v1/usage", tag = "usage", operation_id = Operation::ReceiveUsage.id(),
    request_body(content(
        (Object = "application/cloudevents+json", example = json!({
            "specversion": "1.0", "id": "evt-1", "source": "urn:gateway:1",
            "type": "com.translog.usage.api.v1", "subject": "TRK-0483191",
            "time": "2026-01-30T08:00:00Z", "data": {"endpoint": "alerts"},
        })),
        (Vec<Object> = "application/cloudevents-batch+json"),
        (String = "application/x-ndjson"),
    )),
    responses(
        (status = 200, body = Receipts),
        (status = 400, body = ProblemBody),
        (status = 409, body = ProblemBody, description = "the id was used with another content"),
        (status = 413, body = ProblemBody),
        (status = 415, body = ProblemBody),
        (status = 422, body = ProblemBody, description = "the event cannot be read"),
        (status = 429, body = ProblemBody),
        (status = 503, body = ProblemBody),
    ),
)]
pub async fn receive(State(app): State<Arc<App>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    match Media::of(&parts.headers) {
        Ok(Media::Stream) => stream::receive(app, &parts, body).await,
        Ok(media) => whole_body(&app, media, &parts, body).await.into_response(),
        Err(problem) => {
            pass_over(&app.limits, body);
            problem.closing().into_response()
        }
    }
}

async fn whole_body(
    app: &App,
    media: Media,
    parts: &Parts,
    body: Body,
) -> Result<Response, Problem> {
    let (body, held) = whole(app, &parts.headers, body).await?;
    let lines = match media {
        Media::Event => event(&body),
        Media::Binary => {
            [from_binary(texts(&parts.headers), &body).as_slice()].into_iter().collect()
        }
        Media::Batch | Media::Stream => {
            split_json(BODY, &body).map_err(|faults| Problem::bad_body(&faults))?
        }
    };
    drop(body);
    let is_one = media != Media::Batch;
    let (lines, receipts) = committed(app, lines, held).await?;
    let (counts, items) = (Counts::of(&receipts), items(&lines, &receipts));
    Ok(match (is_one, items.as_slice()) {
        (true, [_]) => one(items)?,
        _ => Json(Receipts { counts: Some(counts), items }).into_response(),
    })
}

/// One event is one line, whatever it is: a list of events is none.
fn event(body: &[u8]) -> Lines {
    [body].into_iter().collect()
}

/// The lines, with what became of them.
pub async fn committed(
    app: &App,
    lines: Lines,
    held: Held,
) -> Result<(Arc<Lines>, Vec<LineReceipt>), Problem> {
    let lines = Arc::new(bounded(lines));
    let receipts = app.receive(Arc::clone(&lines), held).await?;
    Ok((lines, receipts))
}

/// The answer to one event.
fn one(items: Vec<Item>) -> Result<Response, Problem> {
    let first = items.first().map(|it| (it.outcome, it.reason.unwrap_or_default()));
    match first {
        Some(("conflict", _)) => Err(conflict().with("items", items)),
        Some(("rejected", reason)) => Err(rejected(reason).with("items", items)),
        _ => Ok(Json(Receipts { counts: None, items }).into_response()),
    }
}

/// An event whose id was used with another content.
pub fn conflict() -> Problem {
    let detail = "this source and id were received before with another content".to_owned();
    let remedy = "the first stands; send a correction with a usagerevision";
    Problem::new(StatusCode::CONFLICT, "conflict", detail, remedy)
}

/// An event that cannot be read.
pub fn rejected(reason: &str) -> Problem {
    let detail = format!("the event cannot be counted: {reason}");
    let remedy = "correct it and send it again; the id is still free";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "rejected", detail, remedy)
}

/// The headers that are text. An event with another one cannot be read.
fn texts(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    // What is no ASCII must be percent-encoded; a character that no value may decode to makes the
    // event unreadable instead of leaving something out.
    headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap_or("%FF")))
}
