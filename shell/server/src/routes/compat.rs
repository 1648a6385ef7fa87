//! Usage as other products take it: the paths, payloads and answers of their clients.

mod lago;
mod open_meter;
mod stripe;

use std::sync::Arc;

use axum::extract::Request;
use connect::{InputFault, Lines};
use jiff::Timestamp;
use utoipa_axum::router::UtoipaMethodRouter;
use utoipa_axum::routes;

use super::items::{Item, items};
use super::usage::{BODY, committed};
use crate::app::App;
use crate::body::whole;
use crate::problem::Problem;

/// The routes of all of them.
pub fn routes() -> [UtoipaMethodRouter<Arc<App>>; 6] {
    [
        routes!(open_meter::events),
        routes!(lago::event),
        routes!(lago::batch),
        routes!(stripe::version_1),
        routes!(stripe::version_2),
        routes!(stripe::stream),
    ]
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
