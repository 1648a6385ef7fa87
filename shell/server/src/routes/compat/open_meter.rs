//! OpenMeter: CloudEvents, answered with 204. Where theirs forgets an id after 32 days, ours
//! never does.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use connect::compat::open_meter;

use super::received;
use crate::app::App;
use crate::problem::Problem;
use crate::routes::usage::{conflict, rejected};

/// `POST /api/v1/events`: one event or an array.
pub async fn events(State(app): State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    let received = received(&app, request, open_meter::lines).await?;
    let (rejects, conflicts) =
        (received.with_outcome("rejected"), received.with_outcome("conflict"));
    if let Some(first) = rejects.first() {
        let items: Vec<_> = rejects.iter().chain(&conflicts).collect();
        return Err(rejected(first.reason.unwrap_or_default()).with("items", items));
    }
    if !conflicts.is_empty() {
        return Err(conflict().with("items", conflicts));
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}
