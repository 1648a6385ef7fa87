//! What orders would be billed, month after month, if they were placed and their devices came into
//! service on a day. It is played on a store that is thrown away, by the use cases that bill for
//! real, so that it cannot differ from what they do. Usage, which nobody knows yet, is left out.

use std::collections::BTreeSet;

use ::catalog::Definitions;
use ::fulfilment::ReportShipment;
use ::orders::PlaceOrder;
use facts::unit::ShipmentReason;
use facts::{AccountRegistered, DeviceSignalled, Fact, InvoiceIssued};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::Zone;
use kernel::calendar::{DateOutOfRange, add_days, add_months};
use store::Store;

use crate::{
    EngineError, EngineRejection, Refusal, Result, catalog, clock, contracts, fulfilment, orders,
    read,
};

/// When the devices of an order come into service, and how far is looked ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Horizon {
    /// All devices are shipped, delivered and activated at the beginning of this day, in the zone
    /// of the account.
    pub starts_on: Date,
    /// Bill days up to so many months after it.
    pub months: i32,
}

/// The invoices that orders would get, in the order of issue. `scratch` is an empty store.
///
/// # Errors
/// [`EngineError::Refused`] with every order that is of a later day than the service, every reason
/// why an order would not be accepted, or why it could not be billed.
pub fn forecast(
    scratch: &mut dyn Store,
    mut definitions: Definitions,
    placed: &[PlaceOrder],
    horizon: Horizon,
) -> Result<Vec<InvoiceIssued>> {
    let Some(first) = placed.iter().map(|order| order.ordered_on).min() else {
        return Ok(Vec::new());
    };
    let starts_on = horizon.starts_on;
    let early = placed.iter().enumerate().filter(|(_, order)| starts_on < order.ordered_on);
    let early: Vec<Refusal> = early
        .map(|(command, order)| {
            let (order, ordered_on) = (order.order.to_string(), order.ordered_on);
            let no = EngineRejection::ServiceBeforeOrder { order, ordered_on, starts_on };
            Refusal::of(command, no)
        })
        .collect();
    if !early.is_empty() {
        return Err(EngineError::Refused(early));
    }
    // Days of every account begin within a day of those in UTC.
    let begin = add_days(first.min(horizon.starts_on), -1);
    let begin = begin.and_then(|day| Zone::utc().start_of(day)).map_err(beyond)?;
    let customers: BTreeSet<&str> = placed.iter().map(|order| order.customer.as_str()).collect();
    let orders = |account: &AccountRegistered| {
        customers.contains(account.account.as_str()) || customers.contains(&*account.customer)
    };
    definitions.accounts.retain(orders);
    clock::start_virtual(scratch, begin)?;
    catalog::publish(scratch, &definitions, begin)?;
    orders::import(scratch, placed, begin)?;
    let mut last = begin;
    for account in &definitions.accounts {
        let starts_at = account.zone.start_of(horizon.starts_on).map_err(beyond)?;
        let now = clock::now(scratch, starts_at)?;
        clock::advance(scratch, starts_at.max(now), |_| ())?;
        bring_into_service(scratch, account, starts_at)?;
        let ends_on = add_months(horizon.starts_on, horizon.months);
        last = last.max(ends_on.and_then(|day| account.zone.start_of(day)).map_err(beyond)?);
    }
    clock::advance(scratch, last, |_| ())?;
    read::invoices(scratch)
}

fn beyond(_: DateOutOfRange) -> EngineError {
    contracts::missing("a day that far from today".to_owned())
}

/// Ships, delivers and activates a device for every unit of an account.
fn bring_into_service(
    store: &mut dyn Store,
    account: &AccountRegistered,
    at: Timestamp,
) -> Result<()> {
    let mut tx = store.read()?;
    let orders = tx.facts_of_kind("OrderAccepted")?;
    let signals: BTreeSet<String> = tx
        .facts_of_kind("FulfilmentSpecPublished")?
        .into_iter()
        .filter_map(|it| match it.fact {
            Fact::FulfilmentSpecPublished(spec) => spec.activation_signal,
            _ => None,
        })
        .collect();
    drop(tx);
    let (mut shipped, mut activated) = (Vec::new(), Vec::new());
    for recorded in orders {
        let Fact::OrderAccepted(order) = recorded.fact else { continue };
        for line in order.lines.iter().filter(|_| order.account == account.account) {
            for unit in &line.units {
                let name =
                    |_| contracts::missing(format!("a name for a device of `{}`", unit.unit));
                let serial = format!("device-of-{}", unit.unit);
                shipped.push(ReportShipment {
                    shipment: format!("to-{}", unit.unit).parse().map_err(name)?,
                    order_line: line.line.clone(),
                    unit: unit.unit.clone(),
                    serial: serial.parse().map_err(name)?,
                    reason: ShipmentReason::Sale,
                    shipped_at: at,
                    delivered_at: Some(at),
                    carrier: String::new(),
                });
                for event_type in &signals {
                    activated.push(DeviceSignalled {
                        source: "urn:tabouret:forecast".parse().map_err(name)?,
                        id: format!("{event_type} {}", unit.unit).parse().map_err(name)?,
                        event_type: event_type.clone(),
                        serial: serial.parse().map_err(name)?,
                        signalled_at: at,
                    });
                }
            }
        }
    }
    let now = clock::now(store, at)?;
    fulfilment::import_shipments(store, &shipped, now)?;
    fulfilment::send_signals(store, &activated, now)?;
    Ok(())
}
