//! Units: devices as sold.

use std::sync::Arc;

use access::Operation;
use axum::extract::{Path, State};
use axum::{Extension, Json};
use facts::UnitId;
use jiff::Timestamp;
use serde::Serialize;
use store::UnitState;
use utoipa::ToSchema;

use crate::app::App;
use crate::guard::Caller;
use crate::page::{Page, PageQuery};
use crate::problem::{Problem, ProblemBody};
use crate::query::Asked;

/// A device as sold: it keeps its name when its serial is swapped.
#[derive(Debug, Serialize, ToSchema)]
pub struct Unit {
    /// Its name.
    #[schema(example = "U-001")]
    pub unit: String,
    /// Who is billed.
    pub account: String,
    /// The order that it came from.
    pub order: String,
    /// The line of the order.
    pub order_line: String,
    /// When its first device was shipped.
    pub shipped_at: Option<Timestamp>,
    /// When its first device was delivered.
    pub delivered_at: Option<Timestamp>,
    /// When its service starts; a fallback may lie ahead.
    pub starts_at: Option<Timestamp>,
}

impl From<UnitState> for Unit {
    fn from(it: UnitState) -> Self {
        Self {
            unit: it.unit.to_string(),
            account: it.account.to_string(),
            order: it.order.to_string(),
            order_line: it.order_line.to_string(),
            shipped_at: it.shipped_at,
            delivered_at: it.delivered_at,
            starts_at: it.start.map(|it| it.start_at),
        }
    }
}

/// List the units of an account
///
/// By name.
#[utoipa::path(
    get, path = "/v1/accounts/{account}/units", tag = "units",
    operation_id = Operation::ListUnits.id(),
    params(
        ("account" = String, Path, description = "The account.", example = "ACC-TRANSLOG"),
        PageQuery,
    ),
    responses(
        (status = 200, body = Page<Unit>),
        (status = 400, body = ProblemBody),
        (status = 404, body = ProblemBody),
    ),
)]
pub async fn list(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Path(account): Path<String>,
    Asked(page): Asked<PageQuery>,
) -> Result<Json<Page<Unit>>, Problem> {
    let limit = page.limit()?;
    let units = app.with_store(move |store| {
        let found = engine::read::account(store, &account)?;
        if !caller.sees(&found.account) {
            return Err(engine::read::no_account(&account));
        }
        engine::read::units_after(store, &found.account, page.cursor(), limit + 1)
    });
    let units: Vec<Unit> = units.await?.into_iter().map(Unit::from).collect();
    Ok(Json(Page::of(units, limit, |it| it.unit.clone())))
}

/// Read a unit
#[utoipa::path(
    get, path = "/v1/units/{unit}", tag = "units", operation_id = Operation::ReadUnit.id(),
    params(("unit" = String, Path, description = "The unit.", example = "U-001")),
    responses((status = 200, body = Unit), (status = 404, body = ProblemBody)),
)]
pub async fn read(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Path(unit): Path<String>,
) -> Result<Json<Unit>, Problem> {
    let read = move |store: &mut dyn store::Store| {
        let none = || engine::read::no_unit(&unit);
        let name = unit.parse::<UnitId>().map_err(|_| none())?;
        let found = engine::read::unit(store, &name)?;
        if caller.sees(&found.account) { Ok(found) } else { Err(none()) }
    };
    Ok(Json(app.with_store(read).await?.into()))
}
