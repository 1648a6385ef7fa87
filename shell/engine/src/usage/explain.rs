//! Why an event is what it is: who held its device when, from when the service runs and why, which
//! price it hits, and what bills it.

use std::collections::BTreeMap;

use facts::offer::OfferPublished;
use facts::unit::ServiceStart;
use facts::{AccountId, MeterCode, MeterPublished, OfferCode, OfferRef, OrderLineId, UnitId};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::Zone;
use store::{Store, Tx};

use super::find::{self, Billing, Found};
use super::price::{self, Priced};
use super::reader::LineReader;
use crate::Result;
use crate::contracts::{self, Contracts, Sold};

/// An event with everything that decides what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// What arrived.
    pub event: Found,
    /// Its meter as it stands today.
    pub meter: Option<MeterPublished>,
    /// Why it is whose it is.
    pub standing: Standing,
    /// What bills it, when it is accepted.
    pub billing: Option<Billing>,
}

/// Where an event stands among units and prices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The quarter of an hour that it is rated in.
    pub quarter_at: Timestamp,
    /// Who held, holds or will hold the device, in the order of their turns.
    pub turns: Vec<Turn>,
    /// The price that it hits; none when nobody held the device or nothing prices the meter.
    pub priced: Option<Priced>,
}

impl Standing {
    /// Who held the device at the time of the event.
    #[must_use]
    pub fn holder(&self) -> Option<&Turn> {
        self.turns.iter().find(|turn| turn.holds_it)
    }
}

/// A device in the hands of a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The unit.
    pub unit: UnitId,
    /// Its account.
    pub account: AccountId,
    /// Its contract.
    pub order_line: OrderLineId,
    /// The version of the offer.
    pub offer: OfferRef,
    /// Zone of the account, in which its days begin.
    pub zone: Zone,
    /// From when; none for a replacement that was shipped but not swapped in.
    pub from: Option<Timestamp>,
    /// Until when (excluded); none: still.
    pub until: Option<Timestamp>,
    /// When the service of the unit starts, and why.
    pub start: Option<ServiceStart>,
    /// Whether the unit held the device at the time of the event.
    pub holds_it: bool,
}

/// Why an event is what it is, and what bills it.
///
/// # Errors
/// [`crate::EngineError`].
pub fn explain(store: &mut dyn Store, event: Found) -> Result<Explained> {
    let mut tx = store.read()?;
    let tx = tx.as_mut();
    let meters = contracts::meters(tx, i64::MAX, event.arrival.arrived_on)?;
    let standing = standing(
        tx,
        &event.subject,
        (event.happened_at, event.meter.as_ref()),
        &event.dimensions,
        &BTreeMap::new(),
    )?;
    let billing = find::billing_in(tx, &event)?;
    let meter = meters.into_iter().find(|it| Some(&it.code) == event.meter.as_ref());
    Ok(Explained { event, meter, standing, billing })
}

/// Who held a device, and the price of an event of it.
pub(super) fn standing(
    tx: &mut dyn Tx,
    subject: &str,
    (happened_at, meter): (Timestamp, Option<&MeterCode>),
    dimensions: &BTreeMap<String, String>,
    drafted: &BTreeMap<OfferCode, OfferPublished>,
) -> Result<Standing> {
    let sold = Sold::load(tx)?.drafted(drafted);
    let mut contracts = Contracts::under(sold);
    let (mut turns, mut priced) = (Vec::new(), None);
    for store::Turn { holding, .. } in tx.turns_of(&[subject.to_owned()])? {
        let state = contracts::unit(tx, &holding.unit)?;
        contracts.load(tx, [&state])?;
        let contract = contracts.of(&state)?;
        let account = contracts::account(tx, &state.account)?;
        let holds_it = holding.held_from.is_some_and(|from| from <= happened_at)
            && holding.held_until.is_none_or(|until| happened_at < until);
        if let (true, Some(meter)) = (holds_it, meter) {
            priced = price::priced((contract, &account), meter, dimensions, happened_at);
        }
        turns.push(Turn {
            unit: holding.unit,
            account: state.account.clone(),
            order_line: state.order_line.clone(),
            offer: contract.line.offer.clone(),
            zone: account.zone,
            from: holding.held_from,
            until: holding.held_until,
            start: state.start.clone(),
            holds_it,
        });
    }
    Ok(Standing { quarter_at: metering::quarter_of(happened_at), turns, priced })
}

/// The day on which lines that come now arrive.
///
/// # Errors
/// [`crate::EngineRejection::NoSeller`] when nobody sells yet.
pub fn today(store: &mut dyn Store, now: Timestamp) -> Result<Date> {
    Ok(LineReader::now(store.read()?.as_mut(), now)?.rules().day().arrived_on)
}

/// Every meter as it stands on a day.
///
/// # Errors
/// [`crate::EngineError`].
pub fn meters(store: &mut dyn Store, day: Date) -> Result<Vec<MeterPublished>> {
    contracts::meters(store.read()?.as_mut(), i64::MAX, day)
}
