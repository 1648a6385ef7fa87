//! `POST /v1/usage`: one event, a batch, or a stream.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use connect::Lines;
use connect::cloud_events::{from_binary, split_json};
use engine::usage::intake::LineReceipt;
use serde_json::json;

use super::items::{Counts, Item, items};
use super::stream;
use crate::app::App;
use crate::body::{pass_over, whole};
use crate::cutter::bounded;
use crate::media::Media;
use crate::problem::Problem;
use crate::room::Held;

/// How faults name the body of a request.
pub const BODY: &str = "body";

/// Receives usage in any of its forms.
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
        (true, [item]) => one(item)?,
        _ => Json(json!({ "counts": counts, "items": items })).into_response(),
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
fn one(item: &Item) -> Result<Response, Problem> {
    match item.outcome {
        "conflict" => Err(conflict().with("items", [item])),
        "rejected" => Err(rejected(item.reason.unwrap_or_default()).with("items", [item])),
        _ => Ok(Json(json!({ "items": [item] })).into_response()),
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
