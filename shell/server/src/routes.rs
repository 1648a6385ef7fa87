//! One module for each kind of request, and the description of all of them.

mod compat;
mod description;
mod items;
mod replay;
mod reports;
mod resources;
mod stream;
mod usage;

use std::sync::Arc;

use access::Operation;
use axum::Router;
use axum::extract::Request;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};
use utoipa_axum::routes;

use self::resources::{accounts, facts, invoices, keys, units};
use crate::app::App;
use crate::guard::guard;
use crate::problem::Problem;

pub use description::description;

/// All routes.
pub fn router(app: &Arc<App>) -> Router {
    let (guarded, description) = described(Some(app)).split_for_parts();
    let text = description::text(description);
    Router::new()
        .merge(guarded)
        .route("/openapi.json", get(async move || description::answer(text)))
        .route("/healthz", get(reports::healthz))
        .route("/readyz", get(reports::readyz))
        .fallback(async |request: Request| Problem::unknown_route(request.uri().path()))
        .method_not_allowed_fallback(async |request: Request| {
            Problem::unknown_method(request.method().as_str(), request.uri().path())
        })
        .with_state(Arc::clone(app))
}

/// What somebody with a key can ask, described. Without an application nobody guards it: that is
/// for the description alone.
fn described(app: Option<&Arc<App>>) -> OpenApiRouter<Arc<App>> {
    let all = [
        routes!(usage::receive),
        routes!(replay::replay),
        routes!(reports::conservation),
        routes!(accounts::list),
        routes!(accounts::read),
        routes!(units::list),
        routes!(units::read),
        routes!(invoices::list),
        routes!(invoices::read),
        routes!(facts::list),
        routes!(keys::list),
        routes!(keys::issue),
        routes!(keys::revoke),
    ];
    let all = all.into_iter().chain(compat::routes());
    all.fold(OpenApiRouter::with_openapi(description::head()), |router, one| match app {
        Some(app) => router.routes(guarded(app, one)),
        None => router.routes(one),
    })
}

/// Asks the matrix before the operation that a route has by its description.
///
/// # Panics
/// The operation is in no row of the matrix. A test builds all routes.
fn guarded(
    app: &Arc<App>,
    (schemas, paths, methods): UtoipaMethodRouter<Arc<App>>,
) -> UtoipaMethodRouter<Arc<App>> {
    let id = description::operation_ids(&paths).pop();
    let operation = id.and_then(|id| Operation::from_id(&id));
    let operation = operation.expect("a route has one operation, which the matrix knows");
    let methods = methods.route_layer(from_fn_with_state((Arc::clone(app), operation), guard));
    (schemas, paths, methods)
}
