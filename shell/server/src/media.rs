//! What a request says about its body.

use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};

use crate::encoding::Encoding;
use crate::problem::Problem;

/// What is in the body of a request with usage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Media {
    /// One event.
    Event,
    /// An array of events.
    Batch,
    /// The data of one event; its attributes are headers.
    Binary,
    /// An event a line, without end.
    Stream,
}

impl Media {
    /// As the headers say.
    ///
    /// # Errors
    /// 415: something else.
    pub fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        match content_type(headers).as_str() {
            "application/cloudevents+json" => Ok(Self::Event),
            "application/cloudevents-batch+json" => Ok(Self::Batch),
            "application/x-ndjson" | "application/ndjson" => Ok(Self::Stream),
            _ if headers.contains_key("ce-specversion") || headers.contains_key("ce-id") => {
                Ok(Self::Binary)
            }
            other => Err(Problem::unknown_media(other)),
        }
    }
}

/// The media type without its parameters, in small letters; empty when there is none.
pub fn content_type(headers: &HeaderMap) -> String {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media = value.unwrap_or_default().split(';').next().unwrap_or_default();
    media.trim().to_ascii_lowercase()
}

/// How the body is packed.
///
/// # Errors
/// 415: in a way that is not known, or in several ways at once.
pub fn encoding(headers: &HeaderMap) -> Result<Encoding, Problem> {
    let mut values = headers.get_all(CONTENT_ENCODING).iter();
    let Some(value) = values.next() else { return Ok(Encoding::Identity) };
    let name = value.to_str().unwrap_or("?").trim().to_ascii_lowercase();
    match (name.as_str(), values.next()) {
        ("identity" | "", None) => Ok(Encoding::Identity),
        ("gzip" | "x-gzip", None) => Ok(Encoding::Gzip),
        ("zstd", None) => Ok(Encoding::Zstd),
        _ => Err(Problem::unknown_encoding(&name)),
    }
}
