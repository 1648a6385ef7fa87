//! Lago: events alone or in a batch. Where one duplicate makes their batch fail, ours succeeds;
//! the good events of a batch count although others are wrong.

use std::sync::Arc;

use access::Operation;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use connect::compat::lago;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::{Received, received};
use crate::app::App;
use crate::problem::Problem;
use crate::routes::items::Item;

/// Send an event, as to Lago
#[utoipa::path(
    post, path = "/compat/lago/api/v1/events", tag = "compatibility",
    operation_id = Operation::ReceiveLago.id(),
    request_body(content = Object, content_type = "application/json", example = json!({
        "event": {
            "transaction_id": "t-1",
            "external_subscription_id": "TRK-0483191",
            "code": "com.translog.usage.api.v1",
            "timestamp": 1769760000,
            "properties": {
                "endpoint": "alerts"
            }
        }
    })),
    responses(
        (status = 200, body = Object),
        (status = 400, body = Object),
        (status = 409, body = Object),
        (status = 422, body = Object),
    ),
)]
pub async fn event(State(app): State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    let received = received(&app, request, lago::lines).await?;
    if let Some(refused) = refused(&received, |errors| {
        errors.into_iter().next().map_or(Value::Null, |(_, error)| error)
    }) {
        return Ok(refused);
    }
    Ok(match echoes(&received).first() {
        Some(event) => Json(json!({ "event": event })).into_response(),
        None => Json(json!({ "event": null })).into_response(),
    })
}

/// Send events, as to Lago
#[utoipa::path(
    post, path = "/compat/lago/api/v1/events/batch", tag = "compatibility",
    operation_id = Operation::ReceiveLagoBatch.id(),
    request_body(content = Object, content_type = "application/json", example = json!({
        "events": [
            {
                "transaction_id": "t-2",
                "external_subscription_id": "TRK-0483191",
                "code": "com.translog.usage.api.v1",
                "timestamp": 1769760000,
                "properties": {
                    "endpoint": "alerts"
                }
            }
        ]
    })),
    responses(
        (status = 200, body = Object),
        (status = 400, body = Object),
        (status = 409, body = Object),
        (status = 422, body = Object),
    ),
)]
pub async fn batch(State(app): State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    let received = received(&app, request, lago::lines).await?;
    let refused = refused(&received, Value::Object);
    let whole = || Json(json!({ "events": echoes(&received) })).into_response();
    Ok(refused.unwrap_or_else(whole))
}

/// Their form of an error, when there is one: what is wrong with each event, by its index.
fn refused(received: &Received, details: fn(Map<String, Value>) -> Value) -> Option<Response> {
    let wrong = |item: &&Item| matches!(item.outcome, "rejected" | "conflict");
    let refused: Vec<&Item> = received.items.iter().filter(wrong).collect();
    let first = refused.first()?;
    let is_conflict = |item: &&Item| item.outcome == "conflict";
    let (status, code) = if refused.iter().all(is_conflict) {
        (StatusCode::CONFLICT, "transaction_id_conflict")
    } else {
        (StatusCode::UNPROCESSABLE_ENTITY, "validation_errors")
    };
    let _at_least_one = first;
    let errors = refused.iter().map(|item| ((item.line - 1).to_string(), error(item)));
    let body = json!({
        "status": status.as_u16(),
        "error": status.canonical_reason(),
        "code": code,
        "error_details": details(errors.collect()),
    });
    Some((status, Json(body)).into_response())
}

fn error(item: &Item) -> Value {
    match (item.outcome, item.reason) {
        ("conflict", _) => json!({ "transaction_id": ["value_already_exist"] }),
        (_, Some("missing_id")) => json!({ "transaction_id": ["value_is_mandatory"] }),
        (_, reason) => json!({ "event": [reason] }),
    }
}

/// An event as we made it of theirs.
#[derive(Deserialize)]
struct Line<'a> {
    id: String,
    #[serde(rename = "type")]
    code: String,
    subject: Option<String>,
    time: String,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    #[serde(borrow)]
    lago: Option<Others<'a>>,
}

#[derive(Deserialize)]
struct Others<'a> {
    #[serde(borrow)]
    precise_total_amount_cents: Option<&'a RawValue>,
}

/// An event as they answer it. Numbers stay as they were written.
#[derive(Serialize)]
struct Echo<'a> {
    lago_id: String,
    transaction_id: String,
    lago_customer_id: Option<&'a str>,
    code: String,
    timestamp: String,
    precise_total_amount_cents: Option<&'a RawValue>,
    properties: Option<&'a RawValue>,
    lago_subscription_id: Option<&'a str>,
    external_subscription_id: Option<String>,
    created_at: Timestamp,
}

/// The events that were received, as they answer them.
fn echoes(received: &Received) -> Vec<Value> {
    let lines = received.lines.iter();
    let echoes = lines.filter_map(|line| serde_json::from_slice::<Line<'_>>(line).ok());
    let echo = |line: Line<'_>| {
        let echo = Echo {
            lago_id: id(&line.id),
            transaction_id: line.id,
            lago_customer_id: None,
            code: line.code,
            timestamp: line.time,
            precise_total_amount_cents: line.lago.and_then(|it| it.precise_total_amount_cents),
            properties: line.data,
            lago_subscription_id: None,
            external_subscription_id: line.subject,
            created_at: received.now,
        };
        serde_json::to_value(echo).unwrap_or_default()
    };
    echoes.map(echo).collect()
}

/// An id in the form of theirs (a UUID of version 8), the same for the same transaction.
fn id(transaction: &str) -> String {
    let hash = Sha256::new_with_prefix("lago").chain_update(transaction).finalize();
    let mut hex: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    hex.replace_range(12..13, "8");
    hex.replace_range(16..17, "8");
    for dash in [20, 16, 12, 8] {
        hex.insert(dash, '-');
    }
    hex
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_id_is_a_uuid_and_always_the_same() {
        let id = super::id("transaction_1");
        let lengths: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert_eq!((&id[14..15], &id[19..20]), ("8", "8"));
        assert_eq!(id, super::id("transaction_1"));
        assert_ne!(id, super::id("transaction_2"));
    }
}
