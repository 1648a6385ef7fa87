//! Recomputes the promises from what is stored: the log of facts, the rows of usage, the balances.
//!
//! It is naive on purpose and shares no code with the rules that it checks, not even their
//! calendar: a mistake that both made would stay unseen. It only reads.
//!
//! Facts: AccountRegistered, MeterPublished, FulfilmentSpecPublished, OfferPublished,
//! OrderAccepted, ItemShipped, ItemDelivered, DeviceSignalled, UnitChanged, UsageReceived,
//! InvoiceIssued, EntryPosted → -

mod report;
mod finding;
// what the checks read, and with what they reckon
mod calendar;
mod ratio;
mod world;
mod life;
mod things;
mod service;
mod rows;
// one promise each
mod checks;

pub use finding::AuditFinding;
pub use report::{Check, Report};

/// One broken promise.
pub type Finding = AuditFinding;

/// What an audit can fail with: the database. What is read and broken is a finding.
pub type StoreError = store::StoreError;

/// Reads everything that is stored, and reports where it does not keep the promises.
///
/// # Errors
/// [`StoreError`] when it cannot be read. What is read and broken is a finding, not an error.
pub fn audit(store: &mut dyn store::Store) -> Result<Report, StoreError> {
    let mut tx = store.begin()?;
    let world = world::World::load(tx.as_mut())?;
    Ok(Report {
        checks: vec![
            checks::conservation::check(&world, tx.as_mut())?,
            checks::fates::check(&world, tx.as_mut())?,
            checks::early::check(&world),
            checks::twice::check(&world),
            checks::due::check(&world),
            checks::tiling::check(&world),
            checks::amounts::check(&world),
            checks::prices::check(&world),
            checks::usage::check(&world, tx.as_mut())?,
            checks::invoices::check(&world),
            checks::numbers::check(&world),
            checks::ledger::check(&world, tx.as_mut())?,
        ],
    })
}
