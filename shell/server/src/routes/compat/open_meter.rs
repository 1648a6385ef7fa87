//! OpenMeter: CloudEvents, answered with 204. Where theirs forgets an id after 32 days, ours
//! never does.

use std::sync::Arc;

use access::Operation;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use connect::compat::open_meter;

use super::received;
use crate::app::App;
use crate::problem::{Problem, ProblemBody};
use crate::routes::usage::{conflict, rejected};

/// Send one event or an array, as to OpenMeter
#[utoipa::path(
    post, path = "/compat/openmeter/api/v1/events", tag = "compatibility",
    operation_id = Operation::ReceiveOpenMeter.id(),
    request_body(content = Object, content_type = "application/cloudevents+json", example = json!({
        "specversion": "1.0",
        "id": "om-1",
        "source": "svc",
        "type": "com.translog.usage.api.v1",
        "subject": "TRK-0483191",
        "time": "2026-01-30T08:00:00Z",
        "data": {}
    })),
    responses(
        (status = 204),
        (status = 400, body = ProblemBody),
        (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody),
    ),
)]
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
