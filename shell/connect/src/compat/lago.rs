//! Events of Lago: `POST /api/v1/events` and `/events/batch`.

use jiff::Timestamp;

use super::Shape;
use crate::{InputFault, Lines};

const SHAPE: Shape = Shape {
    source: "urn:lago",
    id: "transaction_id",
    event_type: "code",
    data: "properties",
    rest: "lago",
};

/// The lines of a body, `{"event": {…}}` or `{"events": [{…}, …]}`. `file` names it in faults;
/// `now` is the time of an event without one.
///
/// The source is `urn:lago`, the id `transaction_id`, the type `code`, the subject
/// `external_subscription_id`, the data `properties`; `timestamp` is in seconds, as number or
/// text, and read exactly to the microsecond. Other members are kept under `lago`.
///
/// An event without `timestamp` that is sent again is told from the first by its time: it is a
/// conflict then and not a duplicate, and counts once all the same.
///
/// # Errors
/// The body is no JSON, or has neither `event` nor a list `events`.
pub fn lines(file: &str, body: &[u8], now: Timestamp) -> Result<Lines, Vec<InputFault>> {
    let items = super::items(file, body, "events", Some("event"))?;
    let subject: super::Subject = |members| members.last("external_subscription_id");
    Ok(super::all(items.into_iter().map(|item| super::line(&SHAPE, item, now, subject))))
}
