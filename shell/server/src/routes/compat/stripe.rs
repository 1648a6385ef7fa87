//! Stripe: meter events of both versions, and the stream. Where theirs are checked later, ours
//! are answered at once, item by item.

use std::sync::Arc;

use access::Operation;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use connect::cloud_events::read_line;
use connect::compat::stripe;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::{Received, received};
use crate::app::App;
use crate::problem::Problem;
use crate::routes::items::Item;

/// Send an event, as to Stripe
#[utoipa::path(
    post, path = "/compat/stripe/v1/billing/meter_events", tag = "compatibility",
    operation_id = Operation::ReceiveStripe.id(),
    request_body(
        content = String,
        content_type = "application/x-www-form-urlencoded",
        example = json!(
            "event_name=com.translog.usage.api.v1&identifier=s-1&timestamp=1769760000\
             &payload[value]=25&payload[stripe_customer_id]=TRK-0483191"
        ),
    ),
    responses(
        (status = 200, body = Object),
        (status = 400, body = Object),
        (status = 409, body = Object),
    ),
)]
pub async fn version_1(State(app): State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    let received = received(&app, request, stripe::lines).await?;
    let seconds = |line: &[u8]| {
        let at = read_line(line).and_then(|event| event.happened_at);
        at.map_or(Value::Null, |at| Value::from(at.as_second()))
    };
    let created = Value::from(received.now.as_second());
    Ok(answer(&received, "billing.meter_event", created, seconds))
}

/// Send an event, as to version 2 of Stripe
#[utoipa::path(
    post, path = "/compat/stripe/v2/billing/meter_events", tag = "compatibility",
    operation_id = Operation::ReceiveStripeV2.id(),
    request_body(content = Object, content_type = "application/json", example = json!({
        "event_name": "com.translog.usage.api.v1",
        "identifier": "s-2",
        "timestamp": "2026-01-30T08:00:00Z",
        "payload": {
            "value": "25",
            "stripe_customer_id": "TRK-0483191"
        }
    })),
    responses(
        (status = 200, body = Object),
        (status = 400, body = Object),
        (status = 409, body = Object),
    ),
)]
pub async fn version_2(State(app): State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    let received = received(&app, request, stripe::lines).await?;
    let instant = |line: &[u8]| {
        let at = read_line(line).and_then(|event| event.happened_at);
        at.map_or(Value::Null, |at| Value::from(at.to_string()))
    };
    let created = Value::from(received.now.to_string());
    Ok(answer(&received, "v2.billing.meter_event", created, instant))
}

/// Send many events, as to version 2 of Stripe
///
/// Theirs answers `{}`; here is said what became of each.
#[utoipa::path(
    post, path = "/compat/stripe/v2/billing/meter_event_stream", tag = "compatibility",
    operation_id = Operation::ReceiveStripeStream.id(),
    request_body(content = Object, content_type = "application/json", example = json!({
        "events": [
            {
                "event_name": "com.translog.usage.api.v1",
                "identifier": "s-3",
                "timestamp": "2026-01-30T08:00:00Z",
                "payload": {
                    "value": "25",
                    "stripe_customer_id": "TRK-0483191"
                }
            }
        ]
    })),
    responses(
        (status = 200, body = Object),
        (status = 400, body = Object),
        (status = 409, body = Object),
    ),
)]
pub async fn stream(State(app): State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    let received = received(&app, request, stripe::lines).await?;
    let whole = || Json(json!({ "items": received.items })).into_response();
    Ok(refused(&received).unwrap_or_else(whole))
}

/// An event as we made it of theirs.
#[derive(Deserialize)]
struct Line<'a> {
    id: String,
    #[serde(rename = "type")]
    event_name: String,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

/// An event as they answer it.
#[derive(Serialize)]
struct Echo<'a> {
    object: &'a str,
    created: Value,
    event_name: String,
    identifier: String,
    livemode: bool,
    payload: Option<&'a RawValue>,
    timestamp: Value,
}

fn answer(
    received: &Received,
    object: &str,
    created: Value,
    timestamp: impl Fn(&[u8]) -> Value,
) -> Response {
    if let Some(refused) = refused(received) {
        return refused;
    }
    let line = received.lines.get(0).unwrap_or_default();
    let Ok(event) = serde_json::from_slice::<Line<'_>>(line) else {
        return Json(json!({ "items": received.items })).into_response();
    };
    let echo = Echo {
        object,
        created,
        event_name: event.event_name,
        identifier: event.id,
        livemode: true,
        payload: event.data,
        timestamp: timestamp(line),
    };
    Json(echo).into_response()
}

/// Their form of an error, when there is one.
fn refused(received: &Received) -> Option<Response> {
    let wrong = |item: &&Item| matches!(item.outcome, "rejected" | "conflict");
    let items: Vec<&Item> = received.items.iter().filter(wrong).collect();
    let first = items.first()?;
    let (status, kind, code, message) = match items.iter().find(|it| it.outcome == "rejected") {
        Some(rejected) => {
            let reason = rejected.reason.unwrap_or_default();
            let message = format!("The event cannot be counted: {reason}");
            (StatusCode::BAD_REQUEST, "invalid_request_error", reason, message)
        }
        None => {
            let id = first.id.as_deref().unwrap_or_default();
            let message = format!("The identifier `{id}` was received with another content");
            (StatusCode::CONFLICT, "idempotency_error", "conflict", message)
        }
    };
    let param = (code == "missing_id").then_some("identifier");
    let error = json!({
        "type": kind, "code": code, "message": message, "param": param, "items": items,
    });
    Some((status, Json(json!({ "error": error }))).into_response())
}
