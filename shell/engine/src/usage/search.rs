//! Every line that names an id, whatever its source: a search through the raw lines.

use connect::cloud_events;
use facts::usage::{Arrival, LineOutcome};
use facts::{EventId, EventSource};
use memchr::{memchr, memmem};
use store::{Store, Tx};

use super::find::{self, Found};
use super::lines::Walker;
use super::replayed::Standing;
use super::report::words;
use crate::Result;

/// What a search through the log found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// How many segments were looked through.
    pub segments: i64,
    /// The events with the id, the last received first.
    pub events: Vec<Found>,
    /// The other lines with the id: duplicates and conflicts, the last received first.
    pub copies: Vec<LineCopy>,
}

/// A line with an id that was taken before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineCopy {
    /// `source` of the event.
    pub source: EventSource,
    /// Where it arrived.
    pub arrival: Arrival,
    /// The file or stream.
    pub name: String,
    /// `duplicate` or `conflict`.
    pub outcome: &'static str,
    /// The line as received.
    pub raw: String,
}

/// Looks for an id in all segments, from the newest, of one source or of all.
///
/// # Errors
/// [`crate::EngineError`].
pub fn search(store: &mut dyn Store, id: &EventId, source: Option<&EventSource>) -> Result<Search> {
    let mut tx = store.read()?;
    let tx = tx.as_mut();
    let last = tx.usage_log()?.last;
    let mut search = Search { segments: last, ..Search::default() };
    let mut walker = Walker::default();
    for sequence in (1..=last).rev() {
        search.add(tx, &mut walker, sequence, (id, source))?;
    }
    Ok(search)
}

impl Search {
    fn add(
        &mut self,
        tx: &mut dyn Tx,
        walker: &mut Walker,
        sequence: i64,
        (id, source): (&EventId, Option<&EventSource>),
    ) -> Result<()> {
        let finder = memmem::Finder::new(id.as_str());
        // A line with a backslash may write the id in another way: `\u0041` is `A`.
        let may_name = |raw: &[u8]| finder.find(raw).is_some() || memchr(b'\\', raw).is_some();
        let names = |raw: &[u8]| {
            may_name(raw)
                && cloud_events::read_line(raw)
                    .is_some_and(|it| it.id.as_deref() == Some(id.as_str()))
        };
        let (mut events, mut copies) = (Vec::new(), Vec::new());
        let wanted = |it: &Standing, raw: &[u8]| {
            (it.took_id || !matches!(it.outcome, LineOutcome::Rejected(_))) && names(raw)
        };
        walker.walk(tx, sequence, &wanted, &mut |head, line| {
            let of_source = line.look.event.as_ref().map(|(source, _)| source.clone());
            let Some(of_source) = of_source.filter(|it| source.is_none_or(|asked| asked == it))
            else {
                return Ok(());
            };
            if line.outcome.takes_id() || !line.replays.is_empty() {
                events.extend(find::event(head, line));
                return Ok(());
            }
            copies.push(LineCopy {
                source: of_source,
                arrival: Arrival {
                    arrived_on: head.arrived_on,
                    batch: head.batch,
                    line: line.line,
                },
                name: head.name.clone(),
                outcome: words(line.outcome, None).0,
                raw: String::from_utf8_lossy(line.raw).into_owned(),
            });
            Ok(())
        })?;
        self.events.extend(events.into_iter().rev());
        self.copies.extend(copies.into_iter().rev());
        Ok(())
    }
}
