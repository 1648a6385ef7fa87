//! Errors as RFC 9457 has them: `application/problem+json` with a stable code, what is wrong, and
//! what to do.

use access::KeyRefused;
use axum::http::header::WWW_AUTHENTICATE;
use axum::http::header::{CONNECTION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use connect::InputFault;
use engine::EngineError;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::unavailable::Unavailable;

/// How long a client should wait when too much waits.
const QUEUE_RETRY_SECONDS: u32 = 1;
/// How long a client should wait when the store does not work.
const STORE_RETRY_SECONDS: u32 = 5;

/// A request that was not carried out, or only in part.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    code: String,
    detail: String,
    remedy: &'static str,
    retry_after: Option<u32>,
    more: Map<String, Value>,
    /// The rest of the body is not read.
    closes: bool,
}

/// What is wrong with a request (RFC 9457): nothing of it was done.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "the shape of what `IntoResponse` writes, for the description")]
pub struct ProblemBody {
    /// The code again, as a URN.
    #[schema(example = "urn:tabouret:problem:unknown-account")]
    r#type: String,
    /// The words of the status.
    title: String,
    /// The status of the answer.
    status: u16,
    /// What is wrong, for programs.
    #[schema(example = "unknown-account")]
    code: String,
    /// What is wrong, for people: it names the place and the problem.
    detail: String,
    /// What to do.
    remedy: String,
}

impl Problem {
    /// With a code of the list in `docs/reference/http-usage.md`.
    pub fn new(status: StatusCode, code: &str, detail: String, remedy: &'static str) -> Self {
        let (code, more) = (code.to_owned(), Map::new());
        Self { status, code, detail, remedy, retry_after: None, more, closes: false }
    }

    /// With one more member.
    pub fn with(mut self, name: &str, value: impl Serialize) -> Self {
        self.more.insert(name.to_owned(), serde_json::to_value(value).unwrap_or_default());
        self
    }

    /// The connection ends with the answer: the body was not read to its end.
    pub const fn closing(mut self) -> Self {
        self.closes = true;
        self
    }

    const fn retry(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    pub const fn status(&self) -> StatusCode {
        self.status
    }

    pub fn unknown_route(path: &str) -> Self {
        let detail = format!("there is nothing at `{path}`");
        let remedy = "see the routes in docs/reference/http-usage.md";
        Self::new(StatusCode::NOT_FOUND, "unknown-route", detail, remedy)
    }

    pub fn unknown_method(method: &str, path: &str) -> Self {
        let detail = format!("`{path}` does not take {method}");
        let remedy = "see the routes in docs/reference/http-usage.md";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "unknown-method", detail, remedy)
    }

    /// Nobody says who asks.
    pub fn no_key() -> Self {
        let detail = "the request carries no key".to_owned();
        let remedy = "send `Authorization: Bearer tab_…`; `tabouret key issue` gives a key";
        Self::new(StatusCode::UNAUTHORIZED, "no-key", detail, remedy)
    }

    /// The key opens nothing.
    pub fn bad_key(no: KeyRefused) -> Self {
        let code = match no {
            KeyRefused::Unknown => "unknown-key",
            KeyRefused::Expired => "key-expired",
            KeyRefused::Revoked => "key-revoked",
        };
        let remedy = "use a key that is good; an owner sees them with `tabouret key list`";
        Self::new(StatusCode::UNAUTHORIZED, code, no.to_string(), remedy)
    }

    /// The key opens something else.
    pub fn forbidden(role: &str, operation: &str) -> Self {
        let detail = format!("the role `{role}` may not ask `{operation}`");
        let remedy = "use a key with another role; docs/reference/permissions.md has all of them";
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail, remedy)
    }

    /// A member of a body or of a path cannot be read.
    pub fn bad_member(detail: String) -> Self {
        let remedy = "correct it as /openapi.json describes it; nothing was changed";
        Self::new(StatusCode::BAD_REQUEST, "bad-body", detail, remedy)
    }

    pub fn unknown_media(media: &str) -> Self {
        let detail = format!("the content type `{media}` is not usage");
        let remedy = "send application/cloudevents+json, application/cloudevents-batch+json, \
                      application/x-ndjson, or headers ce-… with the data as body";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unknown-media-type", detail, remedy)
    }

    pub fn unknown_encoding(encoding: &str) -> Self {
        let detail = format!("the content encoding `{encoding}` is not understood");
        let remedy = "send the body as it is, or with gzip or zstd alone";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unknown-encoding", detail, remedy)
    }

    pub fn bad_query(detail: String) -> Self {
        let remedy = "see the parameters of this route in docs/reference/http-usage.md";
        Self::new(StatusCode::BAD_REQUEST, "bad-query", detail, remedy)
    }

    pub fn bad_encoding(error: &std::io::Error) -> Self {
        let detail = format!("the body cannot be unpacked: {error}");
        let remedy = "pack it anew, and send it again";
        Self::new(StatusCode::BAD_REQUEST, "bad-encoding", detail, remedy)
    }

    pub fn broken_body() -> Self {
        let detail = "the body did not arrive as a whole".to_owned();
        let remedy = "send it again";
        Self::new(StatusCode::BAD_REQUEST, "broken-body", detail, remedy)
    }

    pub fn bad_body(faults: &[InputFault]) -> Self {
        let detail: Vec<String> = faults.iter().map(ToString::to_string).collect();
        let remedy = "correct the body; nothing of it was received";
        Self::new(StatusCode::BAD_REQUEST, "bad-body", detail.join("; "), remedy)
    }

    pub fn too_large(what: &str, max: usize) -> Self {
        let detail = format!("a request has at most {max} {what}");
        let remedy = "send smaller batches, or application/x-ndjson, which has no limit";
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", detail, remedy)
    }

    pub fn too_slow() -> Self {
        let detail = "the body did not arrive in time".to_owned();
        let remedy = "send it again, or as application/x-ndjson and resume with ?after_line=";
        Self::new(StatusCode::REQUEST_TIMEOUT, "too-slow", detail, remedy)
    }

    pub fn queue_full() -> Self {
        let detail = "too much waits for the store; nothing of this was received".to_owned();
        let remedy = "wait for the seconds of Retry-After, then send it again";
        Self::new(StatusCode::TOO_MANY_REQUESTS, "queue-full", detail, remedy)
            .retry(QUEUE_RETRY_SECONDS)
    }

    pub fn too_many_streams(max: usize) -> Self {
        let detail = format!("{max} streams are open already");
        let remedy = "wait for the seconds of Retry-After, or send batches";
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many-streams", detail, remedy)
            .retry(QUEUE_RETRY_SECONDS)
    }
}

impl From<EngineError> for Problem {
    fn from(error: EngineError) -> Self {
        let refusals = match error {
            EngineError::Refused(refusals) => refusals,
            failed @ EngineError::Store(_) => return Unavailable::from(failed).into(),
        };
        let code = refusals.first().map_or("refused", |it| it.rejection.code());
        let status = match code {
            "unknown-account" | "unknown-unit-name" | "unknown-invoice" | "key-unknown" => {
                StatusCode::NOT_FOUND
            }
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let detail: Vec<String> = refusals.iter().map(|it| it.rejection.to_string()).collect();
        let remedy = "do what the detail says; nothing was changed";
        Self::new(status, code, detail.join("; "), remedy)
    }
}

impl From<Unavailable> for Problem {
    fn from(unavailable: Unavailable) -> Self {
        const AGAIN: &str = "send it again later: what was received after all is a duplicate then";
        const SERVICE: StatusCode = StatusCode::SERVICE_UNAVAILABLE;
        let (status, code, detail, remedy) = match unavailable {
            Unavailable::StorageFull(said) => {
                let remedy = "make space for the database, then send it again";
                (StatusCode::INSUFFICIENT_STORAGE, "storage-full".to_owned(), said, remedy)
            }
            Unavailable::Storage(said) => (SERVICE, "storage-unavailable".to_owned(), said, AGAIN),
            Unavailable::Refused { code, detail } => {
                (SERVICE, code, detail, "do what the detail says, then send it again")
            }
            Unavailable::Slow => {
                let detail = "the store did not answer in time".to_owned();
                (SERVICE, "storage-slow".to_owned(), detail, AGAIN)
            }
            Unavailable::Stopping => {
                (SERVICE, "stopping".to_owned(), "the service stops".to_owned(), AGAIN)
            }
            Unavailable::Broken => {
                let detail = "the service has a bug that these lines found".to_owned();
                let remedy = "report it with the lines; nothing is known to be received";
                (StatusCode::INTERNAL_SERVER_ERROR, "internal".to_owned(), detail, remedy)
            }
        };
        Self::new(status, &code, detail, remedy).retry(STORE_RETRY_SECONDS)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = json!({
            "type": format!("urn:tabouret:problem:{}", self.code),
            "title": self.status.canonical_reason(),
            "status": self.status.as_u16(),
            "code": self.code,
            "detail": self.detail,
            "remedy": self.remedy,
        });
        if let Some(members) = body.as_object_mut() {
            members.extend(self.more);
        }
        let mut response = (self.status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"tabouret\""));
        }
        if self.closes {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}
