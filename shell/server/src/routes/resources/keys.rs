//! Keys: who may ask what.

use std::sync::Arc;

use access::{IssueKey, KeyText, KnownKey, Operation};
use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use facts::{AccountId, KeyId, KeyIssued, Role};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::body::json;
use crate::problem::{Problem, ProblemBody};
use crate::unavailable::Unavailable;

/// A key, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct Key {
    /// Its name: a part of its text that is no secret.
    #[schema(example = "0f3a9c21b47e")]
    pub key: String,
    /// What it is for.
    pub label: String,
    /// `owner`, `finance`, `operations`, `engineer`, `read_only` or `customer`.
    pub role: String,
    /// The only account that can be seen with it.
    pub account: Option<String>,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// A key that was just issued.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewKey {
    #[serde(flatten)]
    pub key: Key,
    /// The whole key. It is shown this once, and kept nowhere.
    #[schema(example = "tab_live_0f3a9c21b47e_8c1d0a3b5e7f90216d4c8b3a2f1e0d9c")]
    pub text: String,
}

/// All keys.
#[derive(Debug, Serialize, ToSchema)]
pub struct Keys {
    /// By the time of their issue.
    pub items: Vec<Key>,
}

/// What is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyAsked {
    /// What it is for, in words.
    #[schema(max_length = 80, min_length = 1, example = "device cloud")]
    label: String,
    /// `owner`, `finance`, `operations`, `engineer`, `read_only` or `customer`.
    #[schema(example = "engineer")]
    role: String,
    /// Of a customer's key, the account that it is for.
    account: Option<String>,
    /// When it ends; left out: when it is revoked.
    expires_at: Option<Timestamp>,
}

/// What became of a key.
#[derive(Debug, Serialize, ToSchema)]
pub struct Revoked {
    /// The key.
    pub key: String,
    /// Whether it was good until now.
    pub is_new: bool,
}

fn shown(it: &KeyIssued, revoked_at: Option<Timestamp>) -> Key {
    Key {
        key: it.key.to_string(),
        label: it.label.clone(),
        role: it.role.word().to_owned(),
        account: it.account.as_ref().map(ToString::to_string),
        issued_at: it.issued_at,
        expires_at: it.expires_at,
        revoked_at,
    }
}

/// List keys
#[utoipa::path(
    get, path = "/v1/keys", tag = "keys", operation_id = Operation::ListKeys.id(),
    responses((status = 200, body = Keys)),
)]
pub async fn list(State(app): State<Arc<App>>) -> Result<Json<Keys>, Problem> {
    let ring = app.with_store(engine::access::keyring).await?;
    let key = |it: &KnownKey| shown(&it.issued, it.revoked_at);
    Ok(Json(Keys { items: ring.all().into_iter().map(key).collect() }))
}

/// Issue a key
///
/// Its text is in the answer and nowhere else. Whoever lost it issues another and revokes this.
#[utoipa::path(
    post, path = "/v1/keys", tag = "keys", operation_id = Operation::IssueKey.id(),
    request_body(content = KeyAsked, example = json!({
        "label": "device cloud", "role": "engineer", "expires_at": "2036-01-01T00:00:00Z",
    })),
    responses(
        (status = 201, body = NewKey),
        (status = 400, body = ProblemBody),
        (status = 422, body = ProblemBody),
    ),
)]
pub async fn issue(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<(StatusCode, Json<NewKey>), Problem> {
    let asked = asked(json::<KeyAsked>(&app, request).await?)?;
    let random = app.random.bytes().ok_or(Unavailable::Broken)?;
    let clock = app.clock.clone();
    let issued = app.with_store(move |store| {
        let now = clock.now(store)?;
        let mode = engine::access::mode(store)?;
        let text = KeyText::of(mode, random);
        let issued = engine::access::issue(store, &asked, &text, now)?;
        Ok((issued, text))
    });
    let (issued, text) = issued.await?;
    app.guard.forget().await;
    let answer = NewKey { key: shown(&issued, None), text: text.text().to_owned() };
    Ok((StatusCode::CREATED, Json(answer)))
}

fn asked(it: KeyAsked) -> Result<IssueKey, Problem> {
    let role = Role::ALL.into_iter().find(|role| role.word() == it.role).ok_or_else(|| {
        let roles = Role::ALL.map(Role::word).join(", ");
        Problem::bad_member(format!("`role` is `{}`; it is one of {roles}", it.role))
    })?;
    let account = it.account.as_deref().map(str::parse::<AccountId>).transpose();
    let account = account.map_err(|no| Problem::bad_member(format!("`account`: {no}")))?;
    Ok(IssueKey { label: it.label, role, account, expires_at: it.expires_at })
}

/// Revoke a key
///
/// It is refused from the next second on, everywhere.
#[utoipa::path(
    delete, path = "/v1/keys/{key}", tag = "keys", operation_id = Operation::RevokeKey.id(),
    params(("key" = String, Path, description = "The name of the key.", example = "0f3a9c21b47e")),
    responses((status = 200, body = Revoked), (status = 404, body = ProblemBody)),
)]
pub async fn revoke(
    State(app): State<Arc<App>>,
    Path(key): Path<String>,
) -> Result<Json<Revoked>, Problem> {
    let clock = app.clock.clone();
    let name = key.parse::<KeyId>().map_err(|no| Problem::bad_member(format!("`key`: {no}")))?;
    let revoked = app.with_store(move |store| {
        let now = clock.now(store)?;
        engine::access::revoke(store, &name, now)
    });
    let is_new = revoked.await?;
    app.guard.forget().await;
    Ok(Json(Revoked { key, is_new }))
}
