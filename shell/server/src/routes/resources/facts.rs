//! The log of facts: everything that happened, in one order. What webhooks tell is a repetition of
//! it, so who reads it misses nothing.

use std::sync::Arc;

use access::Operation;
use axum::Json;
use axum::extract::State;
use facts::Recorded;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::page;
use crate::problem::{Problem, ProblemBody};
use crate::query::Asked;

/// A fact.
#[derive(Debug, Serialize, ToSchema)]
pub struct FactItem {
    /// Its position in the log, rising.
    pub sequence: i64,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// What happened.
    #[schema(example = "ItemShipped")]
    pub kind: String,
    /// With its kind, what tells it from every other.
    pub key: String,
    /// What it is about.
    pub subject: String,
    /// What is known of it; its members depend on the kind.
    #[schema(value_type = Object)]
    pub fact: Value,
}

/// Some facts.
#[derive(Debug, Serialize, ToSchema)]
pub struct FactPage {
    /// In the order of the log.
    pub items: Vec<FactItem>,
    /// Where to read on: the position of the last fact, or as asked when there is none. It is
    /// there also at the end of the log, where later facts will come.
    pub next: i64,
}

/// Which facts.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FactQuery {
    /// The position after which to read; 0 is the beginning.
    #[param(minimum = 0, default = 0)]
    pub after: Option<i64>,
    /// Facts of a page, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 50)]
    pub limit: Option<u32>,
}

/// Read the log of facts
#[utoipa::path(
    get, path = "/v1/facts", tag = "facts", operation_id = Operation::ListFacts.id(),
    params(FactQuery),
    responses((status = 200, body = FactPage), (status = 400, body = ProblemBody)),
)]
pub async fn list(
    State(app): State<Arc<App>>,
    Asked(asked): Asked<FactQuery>,
) -> Result<Json<FactPage>, Problem> {
    let (after, limit) = (asked.after.unwrap_or_default(), page::limit(asked.limit)?);
    let facts = app.with_store(move |store| engine::read::facts_after(store, after, limit)).await?;
    let next = facts.last().map_or(after, |it| it.sequence);
    Ok(Json(FactPage { items: facts.into_iter().map(item).collect(), next }))
}

fn item(it: Recorded) -> FactItem {
    let (kind, key, subject) = (it.fact.kind().to_owned(), it.fact.key(), it.fact.subject());
    // A fact is stored as its kind and what is in it.
    let mut fact = serde_json::to_value(&it.fact).unwrap_or_default();
    let fact = fact.get_mut(&kind).map(Value::take).unwrap_or_default();
    FactItem { sequence: it.sequence, recorded_at: it.recorded_at, kind, key, subject, fact }
}
