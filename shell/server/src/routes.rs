//! One module for each kind of request.

mod compat;
mod items;
mod replay;
mod reports;
mod stream;
mod usage;

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::routing::{get, post};

use crate::app::App;
use crate::problem::Problem;

/// All routes.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/v1/usage", post(usage::receive))
        .route("/v1/usage/replay", post(replay::replay))
        .route("/v1/usage/conservation", get(reports::conservation))
        .route("/healthz", get(reports::healthz))
        .route("/readyz", get(reports::readyz))
        .merge(compat::router())
        .fallback(async |request: Request| Problem::unknown_route(request.uri().path()))
        .method_not_allowed_fallback(async |request: Request| {
            Problem::unknown_method(request.method().as_str(), request.uri().path())
        })
        .with_state(app)
}
