//! Usage billed is usage stored: what was rated last for a period is what is accepted of it.

use std::collections::{BTreeMap, BTreeSet};

use facts::meter::Measure;
use facts::offer::ChargeRule;
use facts::price::UsagePrice;
use facts::usage::CounterReading;
use facts::{AccountId, ComponentCode, InvoiceIssued, MeterCode, OfferRef, RowCode, UnitId};
use jiff::Timestamp;
use kernel::{Period, Zone};
use store::{StoreError, Tx};

use crate::calendar::bill_period;
use crate::life::Life;
use crate::ratio::{Ratio, shown};
use crate::rows::{Asked, row_of};
use crate::world::{Contract, Knowledge, Logged, World};
use crate::{AuditFinding, Check};

/// What usage is billed by.
type Key = (OfferRef, ComponentCode, Period, Option<RowCode>);

/// A quantity of one unit at an instant.
struct Used {
    unit: UnitId,
    meter: MeterCode,
    at: Timestamp,
    dimensions: BTreeMap<String, String>,
    quantity: Option<Ratio>,
}

pub(crate) fn check(world: &World, tx: &mut dyn Tx) -> Result<Check, StoreError> {
    let mut check = Check::new(
        "usage",
        "For each closed period the quantity rated last is the accepted quantity that had arrived \
         before the last invoice.",
    );
    for (account, invoices) in world.invoices_by_account() {
        let Some(last) = invoices.last() else { continue };
        let rated = rated(&invoices);
        let stored = stored(world, tx, account, last)?;
        let keys: BTreeSet<&Key> = rated.keys().chain(stored.keys()).collect();
        for key in keys {
            if may_have_moved(world, account, last, key) {
                continue;
            }
            check.examine();
            let quantity = |of: &BTreeMap<Key, Option<Ratio>>| {
                of.get(key).copied().unwrap_or(Some(Ratio::ZERO))
            };
            let (rated, stored) = (quantity(&rated), quantity(&stored));
            check.expect(rated.is_some() && rated == stored, || AuditFinding::UsageNotBilled {
                account: account.clone(),
                component: key.1.clone(),
                period: key.2,
                row: key.3.as_ref().map_or("no rows", |row| row.as_str()).to_owned(),
                stored: shown(stored),
                billed: shown(rated),
            });
        }
    }
    Ok(check)
}

/// What was rated last.
fn rated(invoices: &[&Logged<InvoiceIssued>]) -> BTreeMap<Key, Option<Ratio>> {
    let mut last = BTreeMap::new();
    for line in invoices.iter().flat_map(|invoice| &invoice.it.lines) {
        let charge = &line.charge;
        let (Some(rated), Some(period)) = (&charge.rated, charge.period) else { continue };
        let key = (charge.offer.clone(), charge.component.clone(), period, rated.row.clone());
        last.insert(key, Ratio::of_quantity(rated.quantity));
    }
    last
}

fn add(sums: &mut BTreeMap<Key, Option<Ratio>>, key: Key, quantity: Option<Ratio>) {
    let sum = sums.entry(key).or_insert(Some(Ratio::ZERO));
    *sum = sum.zip(quantity).and_then(|(sum, quantity)| sum.plus(quantity));
}

/// What is stored as accepted, of periods that the last invoice finds closed, and of what had
/// arrived before it.
fn stored(
    world: &World,
    tx: &mut dyn Tx,
    account: &AccountId,
    last: &Logged<InvoiceIssued>,
) -> Result<BTreeMap<Key, Option<Ratio>>, StoreError> {
    let invoice = &last.it;
    let before = Knowledge::of_invoice(last).before;
    let buckets = tx.buckets(account, Timestamp::MIN, before, invoice.issued_on)?;
    let mut used: Vec<Used> = buckets
        .into_iter()
        .map(|it| Used {
            quantity: Ratio::of_quantity(it.quantity),
            unit: it.unit,
            meter: it.meter,
            at: it.quarter_at,
            dimensions: it.dimensions,
        })
        .collect();
    for meter in world.meters.values() {
        if let Measure::Counter(_) = meter.measure {
            let readings = tx.counter_readings(account, &meter.code, invoice.issued_on)?;
            used.extend(increments(&meter.code, readings));
        }
    }
    let mut sums = BTreeMap::new();
    for used in used {
        let Some(key) = key_of(world, invoice, &used) else { continue };
        if key.2.to() <= invoice.issued_on {
            add(&mut sums, key, used.quantity);
        }
    }
    Ok(sums)
}

/// What a counter rose by, at the time of the later reading, whoever had the reading before it.
/// A counter that fell was reset to zero.
fn increments(meter: &MeterCode, mut readings: Vec<CounterReading>) -> Vec<Used> {
    readings.sort_by(|a, b| (&a.serial, a.happened_at).cmp(&(&b.serial, b.happened_at)));
    let increment = |pair: &[CounterReading]| {
        let [before, after] = pair else { return None };
        let unit = after.billed_to.clone().filter(|_| before.serial == after.serial)?;
        let after_it = Ratio::of_quantity(after.reading);
        let before_it = Ratio::of_quantity(before.reading).zip(after_it);
        let rise = before_it.and_then(|(before, after)| {
            if after.is_below(before)? { Some(after) } else { after.minus(before) }
        });
        let (at, dimensions) = (after.happened_at, after.dimensions.clone());
        Some(Used { unit, meter: meter.clone(), at, dimensions, quantity: rise })
    };
    readings.windows(2).filter_map(increment).collect()
}

/// What prices the usage of a unit. What nothing prices has no key: `fates` finds it.
fn key_of(world: &World, invoice: &InvoiceIssued, used: &Used) -> Option<Key> {
    // A device that went from one account to another has readings of both.
    let contract = world.contract(&used.unit)?;
    if contract.order.account != invoice.account.account {
        return None;
    }
    let component = contract.priced_by(&used.meter)?;
    let day = invoice.account.zone.day_of(used.at);
    let (from, to) = bill_period(invoice.account.bill_cycle, day)?;
    let period = Period::new(from, to).ok()?;
    let asked = Asked { ordered: contract.ordered, dimensions: &used.dimensions, at: used.at };
    let row = match &component.charge {
        ChargeRule::Usage { price: UsagePrice::Table(table), .. } => row_of(table, &asked),
        _ => None,
    };
    Some((contract.line.offer.clone(), component.code.clone(), period, row))
}

/// Whether a fact about a unit came after the last invoice and reaches back into the period: then
/// usage has moved since, the next invoice bills the difference, and nothing can be said now.
fn may_have_moved(
    world: &World,
    account: &AccountId,
    last: &Logged<InvoiceIssued>,
    (offer, _, period, _): &Key,
) -> bool {
    let zone = &last.it.account.zone;
    let end = zone.start_of(period.to()).unwrap_or(Timestamp::MAX);
    let contracts = world.contracts_of(account).into_iter();
    let mut of_offer = contracts.filter(|contract| contract.line.offer == *offer);
    of_offer.any(|contract| {
        contract.sequence > last.sequence || has_late_fact(world, contract, zone, last, end)
    })
}

fn has_late_fact(
    world: &World,
    contract: Contract<'_>,
    zone: &Zone,
    last: &Logged<InvoiceIssued>,
    end: Timestamp,
) -> bool {
    let is_late = |sequence: i64, at: Timestamp| sequence > last.sequence && at < end;
    let Some(facts) = world.units.get(contract.unit) else { return false };
    let life = Life::of(world, contract, zone, Knowledge::ALL);
    let serials = life.serials();
    let signals = serials.iter().filter_map(|serial| world.signals.get(serial)).flatten();
    facts.shipments.iter().any(|it| is_late(it.sequence, it.it.shipped_at))
        || facts.deliveries.iter().any(|it| is_late(it.sequence, it.it.delivered_at))
        || facts.changes.iter().any(|it| is_late(it.sequence, it.it.effective_at))
        || signals.into_iter().any(|it| is_late(it.sequence, it.it.signalled_at))
}
