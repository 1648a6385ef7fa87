//! The split-brain report: every unit as an invoice of today would know it, beside what was billed,
//! what waits in quarantine, and what the ERP and the device cloud say. Reads only.

use std::collections::BTreeMap;

use ::fulfilment::ReportShipment;
use ::reconciliation::{
    CloudDevice, Due, ErpShipment, Finding, HeldUsage, Kind, Stake, Standing, cloud, erp,
    held_usage, units,
};
use facts::billed::Billed;
use facts::charge::Charge;
use facts::device::PartDue;
use facts::offer::{ChargeRule, Component, Milestone};
use facts::price::OrderedPrice;
use facts::unit::{ChangeAction, ServiceStart, StartEvidence, Timeline};
use facts::usage::QuarantineReason;
use facts::{
    AccountId, AccountRegistered, ChargeKind, DeviceSerial, DeviceSignalled, Fact, ItemDelivered,
    ItemShipped, ShipmentId, UnitId,
};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::money::MoneyError;
use kernel::{Exact, Money, Period, Zone};
use store::{Store, Timer, TimerKind, Tx};

use crate::billing::Basis;
use crate::contracts::{Contract, Sold};
use crate::{Result, catalog, contracts, usage};

/// What other systems say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outside {
    /// All shipments of the ERP; none: not compared.
    pub erp: Option<Vec<ReportShipment>>,
    /// All devices of the cloud; none: not compared.
    pub cloud: Option<Vec<CloudDevice>>,
}

/// Which findings are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of these kinds; empty: of all.
    pub kinds: Vec<Kind>,
    /// Of this account.
    pub account: Option<AccountId>,
    /// Of at least so many days.
    pub age_days_min: i64,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// How many units were looked at.
    pub units: usize,
    /// By kind, the oldest first, then by account, unit and device.
    pub findings: Vec<Finding>,
}

/// Compares everything with everything.
///
/// # Errors
/// [`crate::EngineError`].
pub fn reconcile(
    store: &mut dyn Store,
    outside: &Outside,
    filter: &Filter,
    now: Timestamp,
) -> Result<Report> {
    let held = held(usage::quarantine(store, now)?);
    let mut tx = store.read()?;
    let tx = tx.as_mut();
    let today = Zone::utc().day_of(now);
    let standings = standings(tx, now)?;
    let mut findings = units(&standings).map_err(|no| unreadable(&no))?;
    findings.extend(held_usage(held, today));
    if let Some(theirs) = &outside.erp {
        let theirs: Vec<ErpShipment> = theirs.iter().map(as_facts).collect();
        findings.extend(erp(&theirs, &our_shipments(tx, now)?, &standings, today));
    }
    if let Some(devices) = &outside.cloud {
        findings.extend(cloud(devices, &standings, today));
    }
    findings.retain(|it| {
        (filter.kinds.is_empty() || filter.kinds.contains(&it.kind))
            && filter.account.as_ref().is_none_or(|of| it.account.as_ref() == Some(of))
            && it.age_days.unwrap_or_default() >= filter.age_days_min
    });
    findings.sort_by(|a, b| {
        let names = |it: &Finding| (it.account.clone(), it.unit.clone(), it.serial.clone());
        (a.kind, a.since).cmp(&(b.kind, b.since)).then_with(|| names(a).cmp(&names(b)))
    });
    Ok(Report { units: standings.len(), findings })
}

fn unreadable(reason: &dyn ToString) -> crate::EngineError {
    contracts::missing(format!("an amount that can be added up ({})", reason.to_string()))
}

/// Every unit of every account.
fn standings(tx: &mut dyn Tx, now: Timestamp) -> Result<Vec<Standing>> {
    let sold = Sold::load(tx)?;
    let signals = signals(tx, now)?;
    let bill_days: BTreeMap<String, Timestamp> = tx
        .timers()?
        .into_iter()
        .filter(|it| it.kind == TimerKind::IssueInvoice && it.due_at > now)
        .map(|Timer { subject, due_at, .. }| (subject, due_at))
        .collect();
    let mut standings = Vec::new();
    for account in catalog::load(tx)?.accounts {
        let next = bill_days.get(account.account.as_str());
        let next_bill_on = next.map(|at| account.zone.day_of(*at));
        standings.extend(of_account(tx, &account, &sold, &signals, (now, next_bill_on))?);
    }
    Ok(standings)
}

type Signals = BTreeMap<DeviceSerial, Vec<DeviceSignalled>>;

fn signals(tx: &mut dyn Tx, now: Timestamp) -> Result<Signals> {
    let mut signals = Signals::new();
    for recorded in tx.facts_of_kind("DeviceSignalled")? {
        if let Fact::DeviceSignalled(it) = recorded.fact
            && it.signalled_at < now
        {
            signals.entry(it.serial.clone()).or_default().push(it);
        }
    }
    Ok(signals)
}

fn of_account(
    tx: &mut dyn Tx,
    account: &AccountRegistered,
    sold: &Sold,
    signals: &Signals,
    (now, next_bill_on): (Timestamp, Option<Date>),
) -> Result<Vec<Standing>> {
    let today = account.zone.day_of(now);
    let mut basis = Basis::load_under(tx, sold.clone(), &account.account, today)?;
    if basis.units.is_empty() {
        return Ok(Vec::new());
    }
    let mut due = shares(&basis.due_charges()?);
    let mut billed = billed_undelivered(&basis).map_err(|no| basis.cannot_bill(&no))?;
    let timelines = basis.timelines.clone();
    let mut prices = prices(&mut basis)?;
    let mut standings = Vec::new();
    for unit in &basis.units {
        let Some(timeline) = timelines.get(&unit.unit) else { continue };
        let types = basis.contracts.activation_signals(basis.contracts.of(unit)?);
        let activated_at = timeline
            .holdings
            .iter()
            .flat_map(|held| {
                let of_device = signals.get(&held.serial).into_iter().flatten();
                of_device.filter(|it| held.at(it.signalled_at) && types.contains(&it.event_type))
            })
            .map(|it| it.signalled_at)
            .min();
        let contract = basis.contracts.of(unit)?;
        let to_return = to_return(contract).map_err(|no| basis.cannot_bill(&no))?;
        standings.push(Standing {
            to_return,
            unit: unit.unit.clone(),
            account: account.account.clone(),
            zone: account.zone.clone(),
            today,
            timeline: timeline.clone(),
            start: unit.start.clone(),
            can_be_activated: !types.is_empty(),
            activated_at,
            due: due.remove(&unit.unit).unwrap_or_default(),
            billed: billed.remove(&unit.unit),
            price: prices.remove(&unit.unit).unwrap_or_default(),
            next_bill_on,
        });
    }
    Ok(standings)
}

/// What a device that is not sold costs when it does not go back, where it has one price; none: it
/// is sold.
fn to_return(contract: Contract<'_>) -> std::result::Result<Option<Stake>, MoneyError> {
    let offer = contract.offer;
    let quantity = |it: &Component| contract.line.components.get(&it.code).copied();
    let taken = || offer.components.iter().filter(|it| quantity(it).is_some());
    if taken().all(|it| it.device.ownership.is_sold()) {
        return Ok(None);
    }
    let mut stake = Stake::default();
    for it in taken() {
        let ChargeRule::OnceNotReturned { price: OrderedPrice::Each(price), .. } = it.charge else {
            continue;
        };
        let count = Exact::from_integer(i128::from(quantity(it).unwrap_or(1)));
        let fee = Money::round(price.exact().times(count)?, offer.currency, offer.rounding)?;
        stake.once = Some(stake.once.unwrap_or(Money::zero(offer.currency)).plus(fee)?);
    }
    Ok(Some(stake))
}

fn shares(charges: &[Charge]) -> BTreeMap<UnitId, Vec<Due>> {
    let mut shares: BTreeMap<UnitId, Vec<Due>> = BTreeMap::new();
    for charge in charges {
        for (unit, due) in Due::of_charge(charge) {
            shares.entry(unit.clone()).or_default().push(due);
        }
    }
    shares
}

/// What was billed of units that nobody reported as delivered; usage apart, which is not theirs
/// alone, and parts of a price that were agreed on for before.
fn billed_undelivered(basis: &Basis) -> std::result::Result<BTreeMap<UnitId, Money>, MoneyError> {
    let mut billed = BTreeMap::new();
    let is_open = |unit: &UnitId| {
        basis.timelines.get(unit).is_some_and(|timeline| timeline.delivered_at.is_none())
    };
    for line in basis.invoices.iter().flat_map(|invoice| &invoice.lines) {
        let part = line.charge.device.part.map(|part| part.due);
        let needs_delivery =
            matches!(part, None | Some(PartDue::At(Milestone::Delivered | Milestone::Accepted)));
        if line.charge.kind.is_usage() || !needs_delivery || !line.charge.units.iter().any(is_open)
        {
            continue;
        }
        for (unit, due) in Due::of_charge(&line.charge).filter(|(unit, _)| is_open(unit)) {
            let zero = Money::zero(due.amount.currency);
            let so_far = billed.entry(unit.clone()).or_insert(zero);
            *so_far = so_far.plus(due.amount)?;
        }
    }
    Ok(billed)
}

/// What each unit would cost, had it been delivered and in service for the whole of the next bill
/// period, by the rules that bill it.
fn prices(basis: &mut Basis) -> Result<BTreeMap<UnitId, Stake>> {
    let cycle = &basis.account.bill_cycle;
    let next = cycle.period_of(basis.issued_on).and_then(|it| cycle.period_of(it.to()));
    let next = next.map_err(|no| basis.cannot_bill(&no))?;
    let from = basis.account.zone.start_of(next.from()).map_err(|no| basis.cannot_bill(&no))?;
    for timeline in basis.timelines.values_mut() {
        timeline.changes.retain(|it| matches!(it.action, ChangeAction::Plan(_)));
        let start = ServiceStart { start_at: from, evidence: StartEvidence::Delivered };
        *timeline = Timeline {
            delivered_at: Some(from),
            returned_at: None,
            start: Some(start),
            ..std::mem::take(timeline)
        };
    }
    basis.billed = Billed::default();
    basis.issued_on = next.to();
    let charges = basis.due_charges()?;
    let mut prices = BTreeMap::new();
    for charge in &charges {
        add_price(&mut prices, charge, next).map_err(|no| basis.cannot_bill(&no))?;
    }
    Ok(prices)
}

fn add_price(
    prices: &mut BTreeMap<UnitId, Stake>,
    charge: &Charge,
    next: Period,
) -> std::result::Result<(), MoneyError> {
    let times = match (charge.kind, charge.instalment) {
        // Each part of a price costs what it costs.
        (ChargeKind::HardwareInstalment, _) if charge.device.part.is_some() => 1,
        (ChargeKind::HardwareInstalment, Some(it)) if it.number == 0 => 1,
        (ChargeKind::HardwareInstalment, Some(it)) if it.number == 1 => it.count,
        (ChargeKind::HardwareInstalment, _) => return Ok(()),
        _ => 1,
    };
    for (unit, due) in Due::of_charge(charge) {
        let stake = prices.entry(unit.clone()).or_default();
        let part = match charge.kind {
            ChargeKind::HardwareSale | ChargeKind::HardwareInstalment => &mut stake.once,
            ChargeKind::ServiceCharge if charge.period == Some(next) => &mut stake.per_period,
            _ => continue,
        };
        let zero = Money::zero(due.amount.currency);
        let amounts = std::iter::repeat_n(due.amount, usize::from(times));
        let sum = amounts.chain(*part).try_fold(zero, Money::plus)?;
        *part = Some(sum);
    }
    Ok(())
}

/// Held usage that no subscription pays for, by device.
fn held(waiting: Vec<usage::Waiting>) -> Vec<HeldUsage> {
    let mut by_device: BTreeMap<String, HeldUsage> = BTreeMap::new();
    for it in waiting {
        let without = matches!(
            it.reason,
            QuarantineReason::UnknownSerial
                | QuarantineReason::SerialNotAssigned
                | QuarantineReason::NoPrice
        );
        if !without {
            continue;
        }
        let first_on = Zone::utc().day_of(it.first_at);
        let value = it.estimate.map(|estimate| estimate.value);
        let unit = it.holder.map(|(unit, _)| unit);
        let Some(known) = by_device.get_mut(&it.subject) else {
            let held =
                HeldUsage { serial: it.subject.clone(), unit, events: it.events, first_on, value };
            by_device.insert(it.subject, held);
            continue;
        };
        known.events += it.events;
        known.first_on = known.first_on.min(first_on);
        known.unit = known.unit.take().or(unit);
        known.value = match (known.value, value) {
            (Some(a), Some(b)) => a.plus(b).ok(),
            (a, b) => a.or(b),
        };
    }
    by_device.into_values().collect()
}

fn as_facts(it: &ReportShipment) -> ErpShipment {
    ErpShipment {
        shipped: ItemShipped {
            shipment: it.shipment.clone(),
            order_line: it.order_line.clone(),
            unit: it.unit.clone(),
            serial: it.serial.clone(),
            reason: it.reason,
            shipped_at: it.shipped_at,
            carrier: it.carrier.clone(),
        },
        delivered: it.delivered_at.map(|delivered_at| ItemDelivered {
            shipment: it.shipment.clone(),
            unit: it.unit.clone(),
            delivered_at,
        }),
    }
}

fn our_shipments(tx: &mut dyn Tx, now: Timestamp) -> Result<Vec<ErpShipment>> {
    let mut delivered: BTreeMap<ShipmentId, ItemDelivered> = BTreeMap::new();
    for recorded in tx.facts_of_kind("ItemDelivered")? {
        if let Fact::ItemDelivered(it) = recorded.fact {
            delivered.insert(it.shipment.clone(), it);
        }
    }
    let mut ours = Vec::new();
    for recorded in tx.facts_of_kind("ItemShipped")? {
        if let Fact::ItemShipped(shipped) = recorded.fact
            && shipped.shipped_at < now
        {
            ours.push(ErpShipment { delivered: delivered.remove(&shipped.shipment), shipped });
        }
    }
    Ok(ours)
}
