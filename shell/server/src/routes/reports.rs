//! What became of all lines, and whether the service works.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::app::App;
use crate::problem::Problem;

/// `GET /v1/usage/conservation`: lines by arrival day, meter and outcome.
pub async fn conservation(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<Json<Value>, Problem> {
    let (from, to) = days(request.uri().query())?;
    let rows = app.report(move |store| engine::usage::conservation(store, from, to)).await?;
    Ok(Json(json!({ "rows": rows })))
}

/// `?from=DAY&to=DAY`, half-open; each may be absent.
fn days(query: Option<&str>) -> Result<(Date, Date), Problem> {
    let (mut from, mut to) = (Date::MIN, Date::MAX);
    for parameter in query.unwrap_or_default().split('&').filter(|it| !it.is_empty()) {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let day = value.parse::<Date>();
        match (name, day) {
            ("from", Ok(day)) => from = day,
            ("to", Ok(day)) => to = day,
            _ => {
                let detail = format!("`{parameter}` is not `from=YYYY-MM-DD` or `to=YYYY-MM-DD`");
                return Err(Problem::bad_query(detail));
            }
        }
    }
    Ok((from, to))
}

/// `GET /healthz`: the process answers.
pub async fn healthz() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// `GET /readyz`: the store answers to the writer, which opens it again when it failed.
pub async fn readyz(State(app): State<Arc<App>>) -> Result<Json<Value>, Problem> {
    let now = app.now().await?;
    Ok(Json(json!({ "status": "ready", "now": now })))
}
