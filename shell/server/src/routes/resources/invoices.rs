//! Invoices.

use std::sync::Arc;

use access::Operation;
use axum::extract::{Path, State};
use axum::{Extension, Json};
use facts::invoice::InvoiceLine;
use facts::{AccountId, InvoiceIssued};
use jiff::civil::Date;
use kernel::money::MoneyError;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Amount;
use crate::app::App;
use crate::guard::Caller;
use crate::page::{self, Page};
use crate::problem::{Problem, ProblemBody};
use crate::query::Asked;
use crate::unavailable::Unavailable;

/// An invoice without its lines.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvoiceHead {
    /// Its number.
    #[schema(example = "INV-2026-000001")]
    pub number: String,
    /// Who is billed.
    pub account: String,
    /// Who sells.
    pub seller: String,
    /// Civil day.
    pub issued_on: Date,
    /// Civil day.
    pub due_on: Date,
    /// Sum of the lines.
    pub net: Amount,
    /// With tax.
    pub total: Amount,
    /// The other accounts that it bills.
    pub paid_for: Vec<String>,
}

/// An invoice.
#[derive(Debug, Serialize, ToSchema)]
pub struct Invoice {
    #[serde(flatten)]
    pub head: InvoiceHead,
    /// Tax by rate.
    pub taxes: Vec<Tax>,
    /// The lines, in their order.
    pub lines: Vec<Line>,
}

/// Tax of one rate.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tax {
    /// In percent.
    #[schema(example = "20")]
    pub rate: String,
    /// What it is on.
    pub base: Amount,
    /// The tax.
    pub amount: Amount,
}

/// A line of an invoice.
#[derive(Debug, Serialize, ToSchema)]
pub struct Line {
    /// From 1.
    pub line: u32,
    /// Whose it is, where that is an account that the one of the invoice pays for.
    pub account: Option<String>,
    /// `hardware`, `subscriptions`, `usage`, `fees`, `commitments` or `credits`.
    pub section: String,
    /// Code of the component.
    pub component: String,
    /// What it is for: `service.charge` and the like.
    pub kind: String,
    /// First day.
    pub from: Option<Date>,
    /// The day after the last.
    pub to: Option<Date>,
    /// How many, as a decimal.
    pub quantity: String,
    /// Price of one, where one price applies.
    pub unit_price: Option<String>,
    /// The units that share it.
    pub units: Vec<String>,
    /// Net of tax, before any term.
    pub amount: Amount,
    /// Net of tax, after what terms take off.
    pub net: Amount,
}

impl From<&InvoiceIssued> for InvoiceHead {
    fn from(it: &InvoiceIssued) -> Self {
        Self {
            number: it.number.to_string(),
            account: it.account.account.to_string(),
            seller: it.account.seller.to_string(),
            issued_on: it.issued_on,
            due_on: it.due_on,
            net: it.net.into(),
            total: it.total.into(),
            paid_for: it.paid_for.iter().map(|it| it.account.to_string()).collect(),
        }
    }
}

impl Invoice {
    fn of(it: &InvoiceIssued) -> Result<Self, MoneyError> {
        let tax = |tax: &facts::invoice::TaxTotal| Tax {
            rate: tax.rate.to_string(),
            base: tax.base.into(),
            amount: tax.amount.into(),
        };
        Ok(Self {
            head: it.into(),
            taxes: it.taxes.iter().map(tax).collect(),
            lines: it.lines.iter().map(Line::of).collect::<Result<_, _>>()?,
        })
    }
}

impl Line {
    fn of(it: &InvoiceLine) -> Result<Self, MoneyError> {
        let charge = &it.charge;
        Ok(Self {
            line: it.line,
            account: it.account.as_ref().map(ToString::to_string),
            section: it.section.key().to_owned(),
            component: charge.component.to_string(),
            kind: charge.kind.key().to_owned(),
            from: charge.period.map(|it| it.from()),
            to: charge.period.map(|it| it.to()),
            quantity: charge.quantity.to_string(),
            unit_price: charge.unit_price.map(|it| it.to_string()),
            units: charge.units.iter().map(ToString::to_string).collect(),
            amount: charge.amount.into(),
            net: it.net()?.into(),
        })
    }
}

/// Which invoices.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InvoiceQuery {
    /// Of this account alone.
    pub account: Option<String>,
    /// The `next` of the page before; left out: the first page.
    pub after: Option<String>,
    /// Items of a page, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 50)]
    pub limit: Option<u32>,
}

/// List invoices
///
/// By number.
#[utoipa::path(
    get, path = "/v1/invoices", tag = "invoices", operation_id = Operation::ListInvoices.id(),
    params(InvoiceQuery),
    responses((status = 200, body = Page<InvoiceHead>), (status = 400, body = ProblemBody)),
)]
pub async fn list(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Asked(asked): Asked<InvoiceQuery>,
) -> Result<Json<Page<InvoiceHead>>, Problem> {
    let limit = page::limit(asked.limit)?;
    let named = asked.account.as_deref().map(str::parse::<AccountId>).transpose();
    let named = named.map_err(|no| Problem::bad_query(no.to_string()))?;
    let of = match (caller.account(), named) {
        (Some(own), Some(named)) if *own != named => {
            return Ok(Json(Page::of(vec![], limit, number)));
        }
        (own, named) => own.cloned().or(named),
    };
    let found = app.with_store(move |store| {
        let after = asked.after.as_deref().unwrap_or_default();
        engine::read::invoices_after(store, of.as_ref(), after, limit + 1)
    });
    let heads: Vec<InvoiceHead> = found.await?.iter().map(InvoiceHead::from).collect();
    Ok(Json(Page::of(heads, limit, number)))
}

fn number(head: &InvoiceHead) -> String {
    head.number.clone()
}

/// Read an invoice
#[utoipa::path(
    get, path = "/v1/invoices/{number}", tag = "invoices",
    operation_id = Operation::ReadInvoice.id(),
    params(("number" = String, Path, description = "Its number.", example = "INV-2026-000001")),
    responses((status = 200, body = Invoice), (status = 404, body = ProblemBody)),
)]
pub async fn read(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Path(number): Path<String>,
) -> Result<Json<Invoice>, Problem> {
    let read = move |store: &mut dyn store::Store| {
        let found = engine::read::invoice(store, &number)?;
        let is_seen = caller.sees(&found.account.account);
        if is_seen { Ok(found) } else { Err(engine::read::no_invoice(&number)) }
    };
    let found = app.with_store(read).await?;
    // Nothing is issued whose sums leave their range.
    Ok(Json(Invoice::of(&found).map_err(|_| Unavailable::Broken)?))
}
