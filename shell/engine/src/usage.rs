//! Usage: a batch is one transaction that appends one segment, and the same batch again changes
//! nothing. What a line says is decided once, when it arrives; whose it is, whenever it is asked.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`reader`] | lines → what they say: the part that several threads can do at once |
//! | [`intake`] | what is new, a duplicate or a conflict; appends the segment |
//! | `revisions` | the lines of one id: which is the same, and which stands |
//! | `log` | segments packed and unpacked; what is derived from them, caught up |
//! | `owners` | who held a device |
//! | [`report`] | what became of every line |
//! | `account` | what an account used |
//! | `replayed` | what replays say of lines that arrived earlier |
//! | `lines` | the lines of a segment, with all that is known about them |
//! | `evidence` | the events of a line as a digest |
//! | `dues` | what invoices knew: whether one has an event |
//! | `price` | the price that an event hits, and the list price of what waits |
//! | [`mod@find`] | one event, from arrival to invoice line |
//! | [`mod@search`] | every line that names an id, whatever its source |
//! | [`mod@explain`] | why an event is what it is |
//! | [`mod@trial`] | what would become of a line that nobody sends |
//! | [`mod@export`] | every event, segment by segment |
//! | [`mod@replay`] | lines that waited, read again by the rules of today |
//! | [`mod@quarantine`] | what waits, for what, and its estimated value |
//! | [`live`] | what it has used so far, and what that costs |
//! | [`mod@current`] | the same by meter, unit and price row |

mod account;
pub mod current;
mod dues;
mod evidence;
pub mod explain;
pub mod export;
pub mod find;
pub mod intake;
mod lines;
pub mod live;
mod log;
mod owners;
mod price;
pub mod quarantine;
pub mod reader;
mod replayed;
mod revisions;
pub mod replay;
pub mod report;
pub mod search;
mod starts;
pub mod trial;

pub use account::of_account;
pub(crate) use account::{Readings, UnderContract, buckets_of, readings_of};
pub use current::{Current, MeterUsage, PricedUsage, current};
pub(crate) use evidence::{Counted, Evidence};
pub use explain::{Explained, Standing, Turn, explain, meters, today};
pub use export::{Exported, export};
pub use find::{Billing, BillingLine, EventFilter, Found, billing_of, find, list};
pub use intake::{Intake, Receipt, Received};
pub use live::{CurrentUsage, Live};
pub use price::Priced;
pub use quarantine::{Estimate, Waiting, quarantine};
pub use reader::{LineReader, Prepared, UsageBatch};
pub use replay::{Cause, Replay, ReplayFilter, ReplayGroup, ReplayReport, replay, replay_dry_run};
pub use replayed::Replayed;
pub use report::{
    EquationRow, StoredLine, conservation, equation, exceptional_lines, lines_behind,
};
pub use search::{LineCopy, Search, search};
pub(crate) use starts::{look, look_after};
pub use trial::{Trial, trial};

use jiff::Timestamp;
use store::Store;

use crate::Result;

/// Receives one batch: every line gets its outcome, durably, or none does. Who receives many
/// keeps an [`Intake`].
///
/// # Errors
/// [`crate::EngineError`]; the batch can be sent again.
pub fn receive(store: &mut dyn Store, batch: UsageBatch, now: Timestamp) -> Result<Receipt> {
    let mut intake = Intake::open(store, now)?;
    let prepared = intake.reader().prepare(batch);
    intake.receive(store, prepared, now)
}
