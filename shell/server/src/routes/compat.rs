//! Usage as other products take it: the paths, payloads and answers of their clients.

mod lago;
mod open_meter;
mod stripe;

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::routing::post;
use connect::{InputFault, Lines};
use jiff::Timestamp;

use super::items::{Item, items};
use super::usage::{BODY, committed};
use crate::app::App;
use crate::body::whole;
use crate::problem::Problem;

/// The routes of all of them.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/compat/openmeter/api/v1/events", post(open_meter::events))
        .route("/compat/lago/api/v1/events", post(lago::event))
        .route("/compat/lago/api/v1/events/batch", post(lago::batch))
        .route("/compat/stripe/v1/billing/meter_events", post(stripe::version_1))
        .route("/compat/stripe/v2/billing/meter_events", post(stripe::version_2))
        .route("/compat/stripe/v2/billing/meter_event_stream", post(stripe::stream))
}

/// What reads a body of theirs.
type Read = fn(&str, &[u8], Timestamp) -> Result<Lines, Vec<InputFault>>;

/// What became of the events of a request, and what was in it.
struct Received {
    lines: Arc<Lines>,
    items: Vec<Item>,
    now: Timestamp,
}

async fn received(app: &App, request: Request, read: Read) -> Result<Received, Problem> {
    let (parts, body) = request.into_parts();
    let (body, held) = whole(app, &parts.headers, body).await?;
    let now = app.now().await?;
    let lines = read(BODY, &body, now).map_err(|faults| Problem::bad_body(&faults))?;
    drop(body);
    let (lines, receipts) = committed(app, lines, held).await?;
    Ok(Received { items: items(&lines, &receipts), lines, now })
}

impl Received {
    /// The items with an outcome.
    fn with_outcome(&self, outcome: &str) -> Vec<&Item> {
        self.items.iter().filter(|item| item.outcome == outcome).collect()
    }
}
