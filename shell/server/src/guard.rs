//! Who asks: the key that a request carries, and whether its role may ask that.

use std::sync::Arc;

use access::{Grant, KeyRefused, KeyText, Keyring, Operation};
use axum::body::HttpBody as _;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as STANDARD;
use facts::AccountId;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::app::App;
use crate::body::pass_over;
use crate::problem::Problem;

/// Who may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Whoever carries a good key, what its role may ask.
    Keys,
    /// Whoever reaches the address, everything: for a machine of one's own.
    Anyone,
}

/// Who asks, as far as an answer depends on it.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The only account that may be seen; none: every one.
    account: Option<AccountId>,
}

impl Caller {
    /// The only account that may be seen; none: every one.
    pub const fn account(&self) -> Option<&AccountId> {
        self.account.as_ref()
    }

    /// Whether something of an account may be seen. What may not is answered as what is not there:
    /// nobody learns what others have.
    pub fn sees(&self, account: &AccountId) -> bool {
        self.account.as_ref().is_none_or(|own| own == account)
    }
}

/// The keys as they were a moment ago.
pub struct Guard {
    access: Access,
    ring: Mutex<Option<Ring>>,
}

#[derive(Clone)]
struct Ring {
    keys: Arc<Keyring>,
    /// The time of the tenant when it was loaded.
    now: Timestamp,
    loaded: Instant,
}

impl Guard {
    pub fn new(access: Access) -> Self {
        Self { access, ring: Mutex::default() }
    }

    /// From now on the keys are looked up anew.
    pub async fn forget(&self) {
        self.ring.lock().await.take();
    }
}

/// Lets a request pass to an operation, or answers why not.
pub async fn guard(
    State((app, operation)): State<(Arc<App>, Operation)>,
    mut request: Request,
    next: Next,
) -> Response {
    match caller(&app, request.headers(), operation).await {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(problem) if request.body().is_end_stream() => problem.into_response(),
        Err(problem) => {
            pass_over(&app.limits, request.into_body());
            problem.closing().into_response()
        }
    }
}

async fn caller(app: &App, headers: &HeaderMap, operation: Operation) -> Result<Caller, Problem> {
    if app.guard.access == Access::Anyone {
        return Ok(Caller { account: None });
    }
    let text = carried(headers).ok_or_else(Problem::no_key)?;
    let key = KeyText::read(&text).ok_or_else(|| Problem::bad_key(KeyRefused::Unknown))?;
    let digest = engine::access::digest(&key);
    let Ring { keys, now, loaded } = ring(app).await?;
    let at =
        SignedDuration::try_from(loaded.elapsed()).ok().and_then(|it| now.checked_add(it).ok());
    let known = keys.check(key.name(), &digest, at.unwrap_or(now)).map_err(Problem::bad_key)?;
    let role = known.issued.role;
    match operation.grant(role) {
        Grant::No => Err(Problem::forbidden(role.word(), operation.id())),
        Grant::All => Ok(Caller { account: None }),
        // Whose key has no account sees nothing: `issue` lets none be.
        Grant::Own => match &known.issued.account {
            Some(account) => Ok(Caller { account: Some(account.clone()) }),
            None => Err(Problem::forbidden(role.word(), operation.id())),
        },
    }
}

/// The key of a request: a bearer token, or the user of basic authentication, as clients of
/// Stripe send it.
fn carried(headers: &HeaderMap) -> Option<String> {
    let (scheme, value) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(value.trim().to_owned());
    }
    let decoded = scheme.eq_ignore_ascii_case("basic").then(|| STANDARD.decode(value.trim()));
    let user = String::from_utf8(decoded?.ok()?).ok()?;
    Some(user.split_once(':').map_or(user.as_str(), |(user, _)| user).to_owned())
}

async fn ring(app: &App) -> Result<Ring, Problem> {
    let mut kept = app.guard.ring.lock().await;
    if let Some(ring) = kept.as_ref().filter(|it| it.loaded.elapsed() < app.limits.keys_age) {
        return Ok(ring.clone());
    }
    let clock = app.clock.clone();
    let loaded = Instant::now();
    let load = move |store: &mut dyn store::Store| {
        let now = clock.now(store)?;
        Ok((now, engine::access::keyring(store)?))
    };
    let (now, keys) = app.with_store(load).await?;
    let ring = Ring { keys: Arc::new(keys), now, loaded };
    *kept = Some(ring.clone());
    Ok(ring)
}
