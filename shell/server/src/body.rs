//! A whole body, within its limits: what arrives is unpacked at once and counted as it comes.

use axum::body::Body;
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_LENGTH;
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, timeout, timeout_at};

use crate::app::App;
use crate::encoding::{Unpacked, Unpacker};
use crate::limits::Limits;
use crate::media;
use crate::problem::Problem;
use crate::room::Held;

/// The body of one event or of a batch, unpacked, with its place among what waits.
///
/// # Errors
/// It is too large, too slow, or there is no place for it.
pub async fn whole(
    app: &App,
    headers: &HeaderMap,
    mut body: Body,
) -> Result<(Vec<u8>, Held), Problem> {
    match arrived(app, headers, &mut body).await {
        Ok(arrived) => Ok(arrived),
        Err(problem) => {
            pass_over(&app.limits, body);
            Err(problem.closing())
        }
    }
}

async fn arrived(
    app: &App,
    headers: &HeaderMap,
    body: &mut Body,
) -> Result<(Vec<u8>, Held), Problem> {
    let bytes_max = app.limits.body_bytes;
    let too_large = || Problem::too_large("bytes", bytes_max);
    if announced(headers).is_some_and(|length| length > bytes_max) {
        return Err(too_large());
    }
    let mut unpacker =
        Unpacker::new(media::encoding(headers)?).map_err(|error| Problem::bad_encoding(&error))?;
    let deadline = Instant::now() + app.limits.body_time;
    let (mut bytes, mut held) = (Vec::new(), Held::default());
    loop {
        match unpacker.next().map_err(|error| Problem::bad_encoding(&error))? {
            Unpacked::Ended => return Ok((bytes, held)),
            Unpacked::Piece(piece) => {
                if bytes.len() + piece.len() > bytes_max {
                    return Err(too_large());
                }
                if !app.requests.try_bytes(&mut held, piece.len()) {
                    return Err(Problem::queue_full());
                }
                bytes.extend_from_slice(piece);
            }
            Unpacked::Waits => match timeout_at(deadline, body.frame()).await {
                Err(_) => return Err(Problem::too_slow()),
                Ok(None) => unpacker.end(),
                Ok(Some(Err(_))) => return Err(Problem::broken_body()),
                Ok(Some(Ok(frame))) => {
                    if let Ok(data) = frame.into_data() {
                        unpacker.feed(data);
                    }
                }
            },
        }
    }
}

/// The body of a request as JSON of a shape.
///
/// # Errors
/// As [`whole`]; or it is no JSON of that shape: a member that nobody knows is one reason.
pub async fn json<T: DeserializeOwned>(app: &App, request: Request) -> Result<T, Problem> {
    let (parts, body) = request.into_parts();
    let (bytes, _held) = whole(app, &parts.headers, body).await?;
    serde_json::from_slice(&bytes).map_err(|no| Problem::bad_member(no.to_string()))
}

/// The length that the headers announce. Whether it is true is for the server of HTTP to see.
fn announced(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Reads on beside the answer, within limits: a client that is still writing would else be cut
/// off before it reads why.
pub fn pass_over(limits: &Limits, mut body: Body) {
    let (bytes_max, time) = (limits.rest_bytes, limits.rest_time);
    let read = async move {
        let mut bytes = 0;
        while let Some(Ok(frame)) = body.frame().await {
            bytes += frame.data_ref().map_or(0, |data| data.len());
            if bytes > bytes_max {
                break;
            }
        }
    };
    tokio::spawn(timeout(time, read));
}
