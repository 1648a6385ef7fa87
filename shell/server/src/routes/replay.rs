//! `POST /v1/usage/replay`: lines that waited, read again by the rules of today.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::Operation;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use engine::usage::{Cause, ReplayFilter, ReplayGroup, ReplayReport};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::body::whole;
use crate::problem::{Problem, ProblemBody};
use crate::routes::resources::Amount;

/// What is asked for; without a body, everything.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Asked {
    /// Only tell what it would do.
    dry_run: bool,
    /// `unknown_type`, `future_time` or `unreadable`; left out: all.
    reason: Option<String>,
    /// The type of the events; left out: all.
    #[serde(rename = "type")]
    event_type: Option<String>,
    /// The source of the events; left out: all.
    source: Option<String>,
    /// Where an earlier request ended: its `next_segment`.
    from_segment: i64,
}

/// What became of lines that waited.
#[derive(Debug, Serialize, ToSchema)]
pub struct Replayed {
    /// Whether nothing was changed.
    dry_run: bool,
    /// Lines that waited for the same.
    groups: Vec<Group>,
    /// Lines with another outcome.
    changed: u64,
    /// Segments that were read.
    segments: u64,
    /// Where the next request goes on; none: all was read.
    next_segment: Option<i64>,
}

/// Lines that waited for the same.
#[derive(Debug, Serialize, ToSchema)]
pub struct Group {
    /// For what they waited.
    reason: &'static str,
    /// The type of the events.
    #[serde(rename = "type")]
    event_type: String,
    /// The meter that measures them now.
    meter: Option<String>,
    /// How many.
    lines: u64,
    /// Those with another outcome.
    changed: u64,
    /// Those that count.
    accepted: u64,
    /// Those from before the start of service.
    free: u64,
    /// Those that still wait, by reason.
    waiting: BTreeMap<&'static str, u64>,
    /// Those that cannot be read, by reason.
    unreadable: BTreeMap<&'static str, u64>,
    /// What they are worth, as far as that can be told.
    value: Option<Amount>,
    /// Those that are shown only.
    #[serde(skip_serializing_if = "Option::is_none")]
    shadow: Option<u64>,
}

/// Replay usage
///
/// Reads lines again that waited for a person, by the rules of today; or tells what that would do.
#[utoipa::path(
    post, path = "/v1/usage/replay", tag = "usage", operation_id = Operation::ReplayUsage.id(),
    request_body(content = Asked, example = json!({ "dry_run": true })),
    responses(
        (status = 200, body = Replayed),
        (status = 400, body = ProblemBody),
        (status = 503, body = ProblemBody),
    ),
)]
pub async fn replay(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<Json<Replayed>, Problem> {
    let (parts, body) = request.into_parts();
    let (body, held) = whole(&app, &parts.headers, body).await?;
    let (dry_run, filter) = read(&body)?;
    drop((body, held));
    let now = app.now().await?;
    let steps = app.limits.replay_steps;
    let report = app.with_store(move |store| {
        if dry_run {
            engine::usage::replay_dry_run(store, filter, now)
        } else {
            engine::usage::replay(store, filter, now, steps)
        }
    });
    Ok(Json(answer(&report.await?, dry_run)))
}

fn read(body: &[u8]) -> Result<(bool, ReplayFilter), Problem> {
    let asked: Asked = match body.trim_ascii().first() {
        None => Asked::default(),
        Some(b'{') => serde_json::from_slice(body).map_err(|error| bad(error.to_string()))?,
        Some(_) => return Err(bad("the body is not a JSON object".to_owned())),
    };
    let Asked { dry_run, reason, event_type, source, from_segment } = asked;
    let cause = match reason {
        None => None,
        Some(code) => {
            let detail = || format!("nothing that waits for `{code}` can be replayed");
            Some(Cause::from_code(&code).ok_or_else(|| bad(detail()))?)
        }
    };
    Ok((dry_run, ReplayFilter { cause, event_type, source, from_segment }))
}

fn bad(detail: String) -> Problem {
    let remedy = "send a JSON object with dry_run (true or false), reason (unknown_type, \
                  future_time or unreadable), type, source or from_segment, or no body";
    Problem::new(StatusCode::BAD_REQUEST, "bad-body", detail, remedy)
}

fn answer(report: &ReplayReport, dry_run: bool) -> Replayed {
    Replayed {
        dry_run,
        groups: report.groups.iter().map(group).collect(),
        changed: report.changed,
        segments: report.segments,
        next_segment: report.next_segment,
    }
}

fn group(it: &ReplayGroup) -> Group {
    let waiting = it.waiting.iter().map(|(reason, lines)| (reason.code(), *lines));
    let unreadable = it.unreadable.iter().map(|(reason, lines)| (reason.code(), *lines));
    Group {
        reason: it.cause.code(),
        event_type: it.event_type.clone(),
        meter: it.meter.as_ref().map(ToString::to_string),
        lines: it.lines,
        changed: it.changed,
        accepted: it.accepted,
        free: it.free,
        waiting: waiting.collect(),
        unreadable: unreadable.collect(),
        value: it.value.map(Amount::from),
        shadow: (it.shadow > 0).then_some(it.shadow),
    }
}
