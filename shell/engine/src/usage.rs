//! Usage: a batch is one transaction that appends one segment, and the same batch again changes
//! nothing. What a line says is decided once, when it arrives; whose it is, whenever it is asked.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`reader`] | lines → what they say: the part that several threads can do at once |
//! | [`intake`] | what is new, a duplicate or a conflict; appends the segment |
//! | `known` | events that took an id before, to compare with |
//! | `log` | segments packed and unpacked; what is derived from them, caught up |
//! | `owners` | who held a device |
//! | [`report`] | what became of every line |
//! | `account` | what an account used |
//! | [`mod@find`] | one event, from arrival to invoice line |
//! | [`live`] | what it has used so far, and what that costs |

mod account;
pub mod find;
pub mod intake;
mod known;
pub mod live;
mod log;
mod owners;
pub mod reader;
pub mod report;

pub(crate) use account::buckets_of;
pub use find::{Billing, BillingLine, EventFilter, Found, billing_of, find, list};
pub use intake::{Intake, Receipt, Received};
pub use live::{CurrentUsage, Live};
pub use reader::{LineReader, Prepared, UsageBatch};
pub use report::{StoredLine, conservation, exceptional_lines};

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
