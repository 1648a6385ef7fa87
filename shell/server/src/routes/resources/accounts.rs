//! Accounts: who is billed.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::Operation;
use axum::extract::{Path, State};
use axum::{Extension, Json};
use facts::AccountRegistered;
use facts::text::Language;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use super::Amount;
use crate::app::App;
use crate::guard::Caller;
use crate::page::{Page, PageQuery};
use crate::problem::{Problem, ProblemBody};
use crate::query::Asked;

/// A billing account, by its last version.
#[derive(Debug, Serialize, ToSchema)]
pub struct Account {
    /// Its name.
    #[schema(example = "ACC-TRANSLOG")]
    pub account: String,
    /// From 1.
    pub version: u32,
    /// The first day on which this version counts.
    pub effective_from: Date,
    /// The customer's name, as on the invoice.
    pub customer: String,
    /// Where the invoice goes.
    pub address: Address,
    /// VAT identification number.
    pub vat_id: Option<String>,
    /// Who sells to it.
    pub seller: String,
    /// ISO 4217.
    pub currency: String,
    /// Zone in which its days begin.
    #[schema(example = "Europe/Paris")]
    pub zone: String,
    /// Language of its documents: `en` or `fr`.
    pub language: String,
    /// Who pays for it, where that is another account.
    pub paid_by: Option<String>,
    /// Usage that is not billed yet, from which on an invoice does not wait for the bill day.
    pub threshold: Option<Amount>,
    /// What price tables can ask of it.
    pub attributes: BTreeMap<String, String>,
}

/// A postal address, as printed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Address {
    /// Street and number.
    pub lines: Vec<String>,
    /// Postal code.
    pub postal_code: String,
    /// Town.
    pub city: String,
    /// ISO 3166 alpha-2.
    pub country: String,
}

impl From<AccountRegistered> for Account {
    fn from(it: AccountRegistered) -> Self {
        Self {
            account: it.account.to_string(),
            version: it.version,
            effective_from: it.effective_from,
            customer: it.customer,
            address: Address {
                lines: it.address.lines,
                postal_code: it.address.postal_code,
                city: it.address.city,
                country: it.address.country,
            },
            vat_id: it.vat_id,
            seller: it.seller.to_string(),
            currency: it.currency.to_string(),
            zone: it.zone.to_string(),
            language: match it.language {
                Language::En => "en".to_owned(),
                Language::Fr => "fr".to_owned(),
            },
            paid_by: it.paid_by.map(|it| it.to_string()),
            threshold: it.threshold.map(Amount::from),
            attributes: it.attributes,
        }
    }
}

/// List accounts
///
/// By name.
#[utoipa::path(
    get, path = "/v1/accounts", tag = "accounts", operation_id = Operation::ListAccounts.id(),
    params(PageQuery),
    responses((status = 200, body = Page<Account>), (status = 400, body = ProblemBody)),
)]
pub async fn list(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Asked(page): Asked<PageQuery>,
) -> Result<Json<Page<Account>>, Problem> {
    let limit = page.limit()?;
    let accounts = app.with_store(move |store| {
        let own = caller.account().cloned();
        match own {
            Some(own) if own.as_str() <= page.cursor() => Ok(Vec::new()),
            Some(own) => Ok(vec![engine::read::account(store, own.as_str())?]),
            None => engine::read::accounts(store, page.cursor(), limit + 1),
        }
    });
    let accounts: Vec<Account> = accounts.await?.into_iter().map(Account::from).collect();
    Ok(Json(Page::of(accounts, limit, |it| it.account.clone())))
}

/// Read an account
#[utoipa::path(
    get, path = "/v1/accounts/{account}", tag = "accounts",
    operation_id = Operation::ReadAccount.id(),
    params(("account" = String, Path, description = "The account.", example = "ACC-TRANSLOG")),
    responses((status = 200, body = Account), (status = 404, body = ProblemBody)),
)]
pub async fn read(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Path(account): Path<String>,
) -> Result<Json<Account>, Problem> {
    let read = move |store: &mut dyn store::Store| {
        let found = engine::read::account(store, &account)?;
        if caller.sees(&found.account) {
            Ok(found)
        } else {
            Err(engine::read::no_account(&account))
        }
    };
    Ok(Json(app.with_store(read).await?.into()))
}
