//! Every event that took its id, segment by segment, for tools that count on their own.

use facts::AccountId;
use jiff::civil::Date;
use store::Store;

use super::find::{self, Found};
use super::lines::Walker;
use crate::Result;

/// An event, and whose bill it is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// The event.
    pub event: Found,
    /// The account of its unit, when it has one.
    pub account: Option<AccountId>,
}

/// Hands over the events that arrived from `from` to before `to`, in the order of the log, as one
/// moment knows them. Only one segment is in memory at a time. `each` says whether to go on.
///
/// # Errors
/// [`crate::EngineError`].
pub fn export(
    store: &mut dyn Store,
    (from, to): (Date, Date),
    each: &mut dyn FnMut(Exported) -> bool,
) -> Result<()> {
    let mut tx = store.read()?;
    let tx = tx.as_mut();
    let mut walker = Walker::with_bills();
    let mut goes_on = true;
    for head in tx.segment_heads(from, to)? {
        walker.walk(tx, head.sequence, &|it, _| it.took_id, &mut |head, mut line| {
            let account = line.account.take();
            if let (true, Some(event)) = (goes_on, find::event(head, line)) {
                goes_on = each(Exported { event, account });
            }
            Ok(())
        })?;
        if !goes_on {
            break;
        }
    }
    Ok(())
}
