//! What would become of a line that nobody sends: for whoever writes a meter.

use std::collections::BTreeMap;

use ::catalog::Definitions;
use connect::cloud_events;
use facts::usage::LineOutcome;
use facts::{EventId, EventSource, MeterCode, MeterPublished};
use jiff::Timestamp;
use jiff::civil::Date;
use metering::Trace;
use store::Store;

use super::explain::{Standing, standing};
use super::find::{self, Found};
use super::owners::Owners;
use super::reader::LineReader;
use super::report::words;
use crate::{Result, catalog, contracts};

/// What would become of a line on a day, step by step. Nothing is received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// The day of arrival.
    pub arrived_on: Date,
    /// What its meter does with it.
    pub trace: Trace,
    /// Its name, where it can be read.
    pub event: Option<(EventSource, EventId)>,
    /// The event that has its name already: the line would be a duplicate or a conflict.
    pub taken: Option<Found>,
    /// The device, where it can be read.
    pub subject: Option<String>,
    /// When it happened.
    pub happened_at: Option<Timestamp>,
    /// The meter of its type.
    pub meter: Option<MeterPublished>,
    /// `accepted`, `free`, `quarantined` or `rejected`, by what is known now.
    pub outcome: &'static str,
    /// The reason, for the last two.
    pub reason: Option<&'static str>,
    /// Whose it would be, and the price that it would hit.
    pub standing: Option<Standing>,
}

/// Tries a line as if it arrived on a day. With a draft, its unit is taken as if it had been sold
/// the offer that the draft makes of its own.
///
/// # Errors
/// [`crate::EngineRejection::NoSeller`] when nobody sells yet, and every objection against the
/// draft.
pub fn trial(
    store: &mut dyn Store,
    line: &[u8],
    arrived_on: Date,
    draft: Option<&Definitions>,
) -> Result<Trial> {
    let mut tx = store.read()?;
    let tx = tx.as_mut();
    let drafted = match draft {
        Some(draft) => catalog::drafted_offers(tx, draft)?,
        None => BTreeMap::new(),
    };
    let reader = LineReader::then(tx, i64::MAX, arrived_on)?;
    let look = reader.look(line);
    let envelope = cloud_events::read_line(line);
    let trace = metering::trace(envelope.as_ref(), reader.rules());
    let read = metering::read(envelope.as_ref(), reader.rules());
    let outcome = match &read {
        Ok(event) => event.outcome,
        Err(unread) => LineOutcome::Rejected(unread.reason),
    };
    let (mut fate, mut around, mut taken) = (None, None, None);
    if let (Some(subject), Some(happened_at)) = (&look.subject, look.happened_at) {
        let mut owners = Owners::default();
        owners.load(tx, [subject.as_str()])?;
        fate = Some(metering::attribute(happened_at, &look.track, owners.of(subject)));
        let meter: Option<&MeterCode> = look.track.meter.as_ref();
        let used = (happened_at, meter);
        around = Some(standing(tx, subject, used, &look.dimensions, &drafted)?);
        if let Some((source, id)) = &look.event {
            taken = find::named(tx, source, id)?;
        }
    }
    let (outcome, reason) = words(outcome, fate.as_ref());
    let meters = contracts::meters(tx, i64::MAX, arrived_on)?;
    Ok(Trial {
        arrived_on,
        trace,
        event: look.event,
        taken,
        subject: look.subject,
        happened_at: look.happened_at,
        meter: meters.into_iter().find(|it| Some(&it.code) == look.track.meter.as_ref()),
        outcome,
        reason,
        standing: around,
    })
}
