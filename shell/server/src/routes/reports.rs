//! What became of all lines, and whether the service works.

use std::sync::Arc;

use access::Operation;
use axum::Json;
use axum::extract::State;
use facts::usage::ConservationRow;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::problem::{Problem, ProblemBody};
use crate::query::Asked;

/// Which days.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DayQuery {
    /// The first arrival day; left out: from the beginning.
    from: Option<Date>,
    /// The day after the last; left out: to the end.
    to: Option<Date>,
}

/// What became of all lines.
#[derive(Debug, Serialize, ToSchema)]
pub struct Conservation {
    /// By arrival day, meter and outcome.
    #[schema(value_type = Vec<Object>)]
    rows: Vec<ConservationRow>,
}

/// What became of all lines
///
/// Every line that was received, by arrival day, meter and outcome: nothing is lost.
#[utoipa::path(
    get, path = "/v1/usage/conservation", tag = "usage",
    operation_id = Operation::ReadConservation.id(),
    params(DayQuery),
    responses((status = 200, body = Conservation), (status = 400, body = ProblemBody)),
)]
pub async fn conservation(
    State(app): State<Arc<App>>,
    Asked(days): Asked<DayQuery>,
) -> Result<Json<Conservation>, Problem> {
    let (from, to) = (days.from.unwrap_or(Date::MIN), days.to.unwrap_or(Date::MAX));
    let rows = app.with_store(move |store| engine::usage::conservation(store, from, to)).await?;
    Ok(Json(Conservation { rows }))
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
