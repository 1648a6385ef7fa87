//! Recomputes the promises from what is stored: the log of facts, the log of usage, the balances.
//!
//! It is naive on purpose and shares no code with the rules that it checks, not even their
//! calendar: a mistake that both made would stay unseen. It only reads. What is derived from the
//! log of usage is the caller's to catch up first; [`audit_deep`] reads every line of the log
//! again and compares it with that.
//!
//! Facts: SellerPublished, AccountRegistered, MeterPublished, FulfilmentSpecPublished,
//! OfferPublished, OrderAccepted, ItemShipped, ItemDelivered, DeviceSignalled, UnitChanged,
//! UnitTakenOver, RenewalNoticeDue, TermRenewed, TermEnded, HoldPlaced, HoldReleased,
//! UsageReceived, UsageReplayed, UsageAmended, CreditGranted, CreditAdjusted, CreditLapsed,
//! CreditRanLow, InvoiceDrafted, InvoiceIssued, CreditNoteIssued, UnitAdopted, BalanceAdopted,
//! EntryPosted → -

mod report;
mod finding;
// what the checks read, and with what they reckon
mod bills;
mod calendar;
mod charge_period;
mod ratio;
mod world;
mod life;
mod held;
mod usage_log;
mod fates;
mod measure;
mod evidence;
mod models;
mod things;
mod supply;
mod service;
mod committed;
mod rows;
// one promise each
mod checks;
mod deep;

use std::collections::BTreeSet;

use facts::usage::ConservationRow;
use store::{Store, Tx};

pub use finding::AuditFinding;
pub use report::{Check, Report};

use fates::Holders;
use usage_log::UsageLog;
use world::World;

/// One broken promise.
pub type Finding = AuditFinding;

/// What an audit can fail with: the database. What is read and broken is a finding.
pub type StoreError = store::StoreError;

/// Reads everything that is stored but the lines of usage, and reports where it does not keep the
/// promises.
///
/// # Errors
/// [`StoreError`] when it cannot be read. What is read and broken is a finding, not an error.
pub fn audit(store: &mut dyn Store) -> Result<Report, StoreError> {
    let mut tx = store.read()?;
    let world = World::load(tx.as_mut())?;
    let log = UsageLog::load(tx.as_mut())?;
    let checks = checks(&world, &log, tx.as_mut())?;
    Ok(Report { checks, passed_over: BTreeSet::new() })
}

/// Reads everything that is stored, every line of usage too.
///
/// # Errors
/// As [`audit`].
pub fn audit_deep(store: &mut dyn Store) -> Result<Report, StoreError> {
    let mut tx = store.read()?;
    let world = World::load(tx.as_mut())?;
    let log = UsageLog::load(tx.as_mut())?;
    let mut checks = checks(&world, &log, tx.as_mut())?;
    checks.extend(deep::checks(&world, &log, tx.as_mut())?);
    Ok(Report { checks, passed_over: deep::passed_over(&world) })
}

/// What became of every line that was ever received, by arrival day, meter and outcome, in that
/// order, recounted by the facts.
///
/// # Errors
/// As [`audit`].
pub fn conservation(store: &mut dyn Store) -> Result<Vec<ConservationRow>, StoreError> {
    let mut tx = store.read()?;
    let world = World::load(tx.as_mut())?;
    fates::recount(&UsageLog::load(tx.as_mut())?, &Holders::of(&world))
}

/// Compares what others report of all lines with [`conservation`].
///
/// # Errors
/// As [`audit`].
pub fn audit_reported(
    store: &mut dyn Store,
    reported: &[ConservationRow],
) -> Result<Check, StoreError> {
    Ok(checks::fates::compare(reported, &conservation(store)?))
}

fn checks(world: &World, log: &UsageLog, tx: &mut dyn Tx) -> Result<Vec<Check>, StoreError> {
    let holders = Holders::of(world);
    Ok(vec![
        checks::conservation::check(world, log)?,
        checks::fates::check(world, log, &holders)?,
        checks::contracts::check(world),
        checks::holds::check(world),
        checks::early::check(world),
        checks::twice::check(world),
        checks::due::check(world),
        checks::returns::check(world),
        checks::tiling::check(world),
        checks::amounts::check(world),
        checks::prices::check(world),
        checks::pools::check(world),
        checks::terms::check(world),
        checks::late::check(world),
        checks::commitments::check(world),
        checks::credits::check(world),
        checks::usage::check(world, log, &holders)?,
        checks::payers::check(world),
        checks::thresholds::check(world),
        checks::invoices::check(world),
        checks::credit_notes::check(world),
        checks::numbers::check(world),
        checks::ledger::check(world, tx)?,
        checks::carried::check(world, tx)?,
    ])
}
