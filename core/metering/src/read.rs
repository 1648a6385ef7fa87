//! What a line says. The order of the checks is that of `data/smart-fleet/README.md` §5; the first
//! that applies decides. What a meter does not accept is told after a missing id and before a bad
//! number. Whether the id is taken already is asked afterwards, of the log.

use facts::usage::{Envelope, LineOutcome, Mark, QuarantineReason, RejectReason};
use jiff::Timestamp;
use kernel::Quantity;

use crate::rules::{Attributes, Rules, say};

/// What a readable line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured<'a> {
    /// `source` of the event.
    pub source: &'a str,
    /// `id` of the event: with its source, its name for ever.
    pub id: &'a str,
    /// The device, as sent.
    pub subject: &'a str,
    /// When it happened.
    pub happened_at: Timestamp,
    /// Index among [`Rules::tracks`].
    pub track: u16,
    /// What the meter read, in its unit; 0 for a type that no meter measures.
    pub value: Quantity,
    /// Attributes, sorted by name.
    pub dimensions: Attributes<'a>,
    /// Which of the lines with its source and id it is: 0 unless it amends or cancels.
    pub revision: u32,
    /// [`LineOutcome::Taken`] or [`LineOutcome::Held`], or [`LineOutcome::Cancels`] of a line that
    /// measures nothing and names no device, unless its revision of its id is taken already.
    pub outcome: LineOutcome,
}

/// A line that takes no id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unread {
    /// Why.
    pub reason: RejectReason,
    /// The track of the meter of its type, when that could be read: an index among
    /// [`Rules::tracks`].
    pub track: Option<u16>,
}

/// Reads a line; `None` is a line that is no JSON object.
///
/// # Errors
/// [`Unread`]: the line takes no id, so a repaired event with the same id counts.
pub fn read<'a>(
    envelope: Option<&'a Envelope<'a>>,
    rules: &'a Rules,
) -> Result<Measured<'a>, Unread> {
    let Some(envelope) = envelope else {
        return Err(Unread { reason: RejectReason::InvalidJson, track: None });
    };
    let meter = envelope.event_type.as_deref().and_then(|it| rules.of_type(it));
    let track = meter.map(|(index, _)| Rules::track(index));
    let unread = |reason| Unread { reason, track };
    let id = envelope.id.as_deref().filter(|id| is_id("event id", id));
    let id = id.ok_or_else(|| unread(RejectReason::MissingId))?;
    let source = envelope.source.as_deref().filter(|source| is_id("event source", source));
    let revision = envelope.mark.revision();
    if let Mark::Cancels(_) = envelope.mark {
        let source = source.ok_or_else(|| unread(RejectReason::BadEnvelope))?;
        return Ok(Measured {
            source,
            id,
            subject: "",
            happened_at: Timestamp::default(),
            track: track.unwrap_or_else(|| rules.track_of_unknown()),
            value: Quantity::ZERO,
            dimensions: Vec::new(),
            revision,
            outcome: LineOutcome::Cancels,
        });
    }
    let (value, dimensions) = match meter {
        None => (Quantity::ZERO, Vec::new()),
        Some((_, meter)) => say(envelope, meter).map_err(unread)?,
    };
    let source = source.filter(|_| envelope.mark != Mark::Unclear);
    let (Some(source), Some(_), Some(subject), Some(happened_at)) =
        (source, &envelope.event_type, envelope.subject.as_deref(), envelope.happened_at)
    else {
        return Err(unread(RejectReason::BadEnvelope));
    };
    let (track, outcome) = match meter {
        None => (rules.track_of_unknown(), LineOutcome::Held(QuarantineReason::UnknownType)),
        Some((index, _)) if happened_at > rules.day().latest => {
            (Rules::track_of_future(index), LineOutcome::Held(QuarantineReason::FutureTime))
        }
        Some((index, _)) => (Rules::track(index), LineOutcome::Taken),
    };
    Ok(Measured { source, id, subject, happened_at, track, value, dimensions, revision, outcome })
}

/// Whether a text can identify anything. Nearly all ids are short and of visible ASCII.
fn is_id(kind: &'static str, text: &str) -> bool {
    let plain =
        text.len() <= kernel::id::ID_CHARS_MAX && text.bytes().all(|it| it.is_ascii_graphic());
    if plain { !text.is_empty() } else { kernel::id::check(kind, text).is_ok() }
}
