//! `POST /v1/usage/replay`: lines that waited, read again by the rules of today.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use engine::usage::{Cause, ReplayFilter, ReplayGroup, ReplayReport};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::App;
use crate::body::whole;
use crate::problem::Problem;

/// What is asked for; without a body, everything.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Asked {
    dry_run: bool,
    reason: Option<String>,
    #[serde(rename = "type")]
    event_type: Option<String>,
    source: Option<String>,
    from_segment: i64,
}

/// Replays, or tells what a replay would do.
pub async fn replay(State(app): State<Arc<App>>, request: Request) -> Result<Json<Value>, Problem> {
    let (parts, body) = request.into_parts();
    let (body, held) = whole(&app, &parts.headers, body).await?;
    let (dry_run, filter) = read(&body)?;
    drop((body, held));
    let now = app.now().await?;
    let steps = app.limits.replay_steps;
    let report = app.report(move |store| {
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

fn answer(report: &ReplayReport, dry_run: bool) -> Value {
    json!({
        "dry_run": dry_run,
        "groups": report.groups.iter().map(group).collect::<Vec<_>>(),
        "changed": report.changed,
        "segments": report.segments,
        "next_segment": report.next_segment,
    })
}

fn group(it: &ReplayGroup) -> Value {
    let waiting = it.waiting.iter().map(|(reason, lines)| (reason.code(), Value::from(*lines)));
    let unreadable =
        it.unreadable.iter().map(|(reason, lines)| (reason.code(), Value::from(*lines)));
    let value = it.value.map(
        |value| json!({ "amount": value.amount_text(), "currency": value.currency.to_string() }),
    );
    let mut group = json!({
        "reason": it.cause.code(),
        "type": it.event_type,
        "meter": it.meter,
        "lines": it.lines,
        "changed": it.changed,
        "accepted": it.accepted,
        "free": it.free,
        "waiting": waiting.collect::<Value>(),
        "unreadable": unreadable.collect::<Value>(),
        "value": value,
    });
    if it.shadow > 0 {
        group["shadow"] = Value::from(it.shadow);
    }
    group
}
