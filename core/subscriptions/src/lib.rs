//! Service days, instalments and fees become charges.
//!
//! Owns: which days, parts and fees are due on an invoice, and what is to be given back.
//! Does not own: when a service starts (`fulfilment`), how an amount is rounded (`pricing`).
//! Facts: OrderAccepted, ItemDelivered, UnitChanged, ServiceStarted, OfferPublished → -
//! Invariants: what is due is what the known facts say, less what was billed: the same rule
//! serves a first bill, an upgrade, a return and a change that was recorded late; charged runs
//! lie inside one charge period, which is the bill period unless the charge has its own.
//! Dates: an invoice issued on day D knows what happened before 00:00 of D in the account's
//! zone; a service day is a civil day of that zone.

mod amount;
mod milestones;
mod one_off;
mod ordered;
mod service;
mod state_fees;
mod states;
mod stopped;

use std::collections::BTreeMap;

use facts::billed::Billed;
use facts::order::OrderLine;
use facts::unit::Timeline;
use facts::{Charge, ComponentCode, OfferPublished, OfferRef, OrderId, UnitId};
use jiff::civil::Date;
use kernel::calendar::DateOutOfRange;
use kernel::money::MoneyError;
use kernel::{BillCalendar, Overflow, Zone};

pub use service::{service_days, service_days_in};

/// One unit under its contract.
#[derive(Debug, Clone, Copy)]
pub struct UnitContract<'a> {
    /// The unit.
    pub unit: &'a UnitId,
    /// The order it came from.
    pub order: &'a OrderId,
    /// The version of the offer that its order was accepted under.
    pub offer: &'a OfferPublished,
    /// Its order line: what it takes, with quantities, and all the units that are priced with it.
    pub line: &'a OrderLine,
    /// Civil day of the order, whose price it is.
    pub ordered_on: Date,
    /// What price tables can ask of the account, as it stood on that day.
    pub attributes: &'a BTreeMap<String, String>,
    /// What happened to it, as far as the invoice knows.
    pub timeline: &'a Timeline,
}

/// The invoice that is being planned.
#[derive(Debug, Clone, Copy)]
pub struct BillDay<'a> {
    /// Its day.
    pub issued_on: Date,
    /// The account's bill periods.
    pub cycle: &'a BillCalendar,
    /// The account's zone.
    pub zone: &'a Zone,
}

/// A charge could not be computed. None of these can happen with amounts that fit 64-bit cents
/// and dates of this era; they are errors rather than wrong bills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChargeError {
    /// A date leaves the calendar.
    #[error(transparent)]
    Date(#[from] DateOutOfRange),
    /// An amount leaves its range.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// A table has no row for what was ordered. Publication proves that this cannot be.
    #[error("what was ordered hits no row of its price table; look at the table of the offer")]
    NoPrice,
}

impl From<Overflow> for ChargeError {
    fn from(overflow: Overflow) -> Self {
        Self::Money(overflow.into())
    }
}

/// The end of what each recurring charge with charge periods of its own may bill on a bill day:
/// of the longest of any unit. What is not here ends with the bill period.
///
/// # Errors
/// [`ChargeError`] at the ends of the calendar.
pub fn horizons(
    units: &[UnitContract<'_>],
    billed: &Billed,
    day: BillDay<'_>,
) -> Result<BTreeMap<(OfferRef, ComponentCode), Date>, ChargeError> {
    service::horizons(units, billed, day)
}

/// Everything but usage that is due to or from an account on a bill day: devices, instalments,
/// fees and service, with credits. Sorted by the invoice later.
///
/// # Errors
/// [`ChargeError`]; nothing is billed then.
pub fn due_charges(
    units: &[UnitContract<'_>],
    billed: &Billed,
    day: BillDay<'_>,
) -> Result<Vec<Charge>, ChargeError> {
    let mut prices = ordered::Prices::default();
    let mut charges = one_off::due(units, &mut prices, billed, day)?;
    charges.extend(state_fees::due(units, &mut prices, billed, day)?);
    charges.extend(service::due(units, &mut prices, billed, day)?);
    Ok(charges)
}
