//! Usage billed is usage stored: what was rated last for a period is what is accepted of it.

use std::collections::{BTreeMap, BTreeSet};

use facts::charge::{Charge, RatedUsage};
use facts::invoice::InvoiceLine;
use facts::meter::Measure;
use facts::offer::ChargeRule;
use facts::pool::PoolName;
use facts::price::UsagePrice;
use facts::usage::{Point, Series};
use facts::{
    AccountId, ChargeKind, ComponentCode, InvoiceGroup, InvoiceIssued, MeterCode, OfferRef,
    OrderLineId, RowCode, UnitId,
};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{Period, Zone};
use store::StoreError;

use crate::calendar::bill_period;
use crate::checks::{payers, pools};
use crate::evidence::Events;
use crate::fates::{Fate, Holders, fate_of};
use crate::life::Life;
use crate::measure::{self, Part, Told};
use crate::ratio::{Ratio, shown};
use crate::rows::{Asked, row_of};
use crate::usage_log::UsageLog;
use crate::world::{Contract, Knowledge, Logged, World};
use crate::{AuditFinding, Check};

/// The row, the contract with a price of its own for it, the pool, and the invoice of its own.
pub(crate) type PartName = (Option<RowCode>, Option<OrderLineId>, PoolName, Option<InvoiceGroup>);

/// What usage is billed by; the last says whether it is shown only.
pub(crate) type Key = (OfferRef, ComponentCode, Period, PartName, bool);

pub(crate) fn check(
    world: &World,
    log: &UsageLog,
    holders: &Holders<'_>,
) -> Result<Check, StoreError> {
    let mut check = Check::new(
        "usage",
        "For each closed period the quantity rated last is the accepted quantity that had arrived \
         before the last invoice.",
    );
    if !log.is_included() {
        return Ok(check);
    }
    for (account, invoices) in world.invoices_by_account() {
        // One that did not wait for the bill day has only what was used in the period that ran.
        let Some(end) = invoices.iter().rposition(|it| it.it.threshold.is_none()) else { continue };
        let invoices = &invoices[..=end];
        let all = log.series(&holders.serials_of(account))?;
        let rated = rated(world, invoices);
        for (payer, last) in last_bills(world, account, invoices[end]) {
            let stored = stored(world, &all, holders, &last);
            let keys: BTreeSet<&Key> = rated.keys().chain(stored.keys()).collect();
            let of_payer = keys.into_iter().filter(|key| {
                payer.is_none_or(|it| payer_of(world, account, (invoices, &last), key) == Some(it))
            });
            for key in of_payer {
                if may_have_moved(world, account, &last, key) {
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
                    row: key.3.0.as_ref().map_or("no rows", |row| row.as_str()).to_owned(),
                    stored: shown(stored),
                    billed: shown(rated),
                });
            }
        }
        let events = events(world, &all, holders, &invoices[end].it);
        check_evidence(&mut check, world, account, invoices, &events);
    }
    Ok(check)
}

/// The last bill of an account, which has all of its usage; or where several paid for it, that of
/// each of them: with an invoice of its payer, though nothing of the account may stand on it.
fn last_bills<'a>(
    world: &'a World,
    account: &AccountId,
    last: &Logged<InvoiceIssued>,
) -> Vec<(Option<&'a AccountId>, Logged<InvoiceIssued>)> {
    if !world.has_several_payers(account) {
        return vec![(None, last.clone())];
    }
    let mut of_payers = BTreeMap::new();
    for invoice in world.invoices.iter().filter(|it| it.it.threshold.is_none()) {
        of_payers.insert(&invoice.it.account.account, invoice);
    }
    let paid = of_payers.into_iter().filter(|(payer, _)| world.ever_paid(payer, account));
    let bill = |(payer, invoice): (&'a AccountId, &Logged<InvoiceIssued>)| {
        let (issued_on, sequence) = (invoice.it.issued_on, invoice.sequence);
        let it = InvoiceIssued { issued_on, lines: Vec::new(), ..last.it.clone() };
        (Some(payer), Logged { sequence, it })
    };
    paid.map(bill).collect()
}

/// Whose invoice the usage of a period is on: who was billed it last, or who pays for its first
/// day.
fn payer_of<'a>(
    world: &'a World,
    account: &'a AccountId,
    (invoices, last): (&[&Logged<InvoiceIssued>], &Logged<InvoiceIssued>),
    key: &Key,
) -> Option<&'a AccountId> {
    let is_of = |line: &InvoiceLine| key_of_line(world, &line.charge).as_ref() == Some(key);
    let billed = invoices.iter().rfind(|it| it.it.lines.iter().any(is_of));
    let payer = billed.and_then(|bill| world.invoice(&bill.it.number));
    match payer {
        Some(invoice) => Some(&invoice.it.account.account),
        None => payers::payer_on(world, account, key.2.from(), last.sequence),
    }
}

/// The events of the last line of each key are those that were known to its invoice.
fn check_evidence(
    check: &mut Check,
    world: &World,
    account: &AccountId,
    invoices: &[&Logged<InvoiceIssued>],
    events: &Events,
) {
    let mut last: BTreeMap<Key, (&Logged<InvoiceIssued>, &InvoiceLine, &RatedUsage)> =
        BTreeMap::new();
    for logged in invoices {
        for line in &logged.it.lines {
            let rated = line.charge.rated.as_ref().filter(|it| it.evidence.is_some());
            if let (Some(key), Some(rated)) = (key_of_line(world, &line.charge), rated) {
                last.insert(key, (*logged, line, rated));
            }
        }
    }
    for (key, (logged, line, rated)) in last {
        let Some(stated) = &rated.evidence else { continue };
        if may_have_moved(world, account, logged, &key) {
            continue;
        }
        check.examine();
        let known = (logged.it.issued_on, world.last_segment(logged.sequence));
        let computed = events.range(&key, known);
        check.expect(computed.as_ref() == Some(stated), || AuditFinding::RatedDiffers {
            invoice: logged.it.number.clone(),
            line: line.line,
            what: "of its events",
            stated: format!("{stated:?}"),
            computed: format!("{computed:?}"),
        });
    }
}

/// What a line is of; none for one that gives back.
fn key_of_line(world: &World, charge: &Charge) -> Option<Key> {
    let rated = charge.rated.as_ref().filter(|_| charge.kind != ChargeKind::UsageCredit)?;
    let component = charge.component.clone();
    let (row, contract) = (rated.row.clone(), rated.contract.clone());
    let (offer, pool) = match pools::name_of(world, charge) {
        Some(name) => of_pool(&charge.offer, name),
        None => (charge.offer.clone(), PoolName::default()),
    };
    let is_shadow = charge.kind == ChargeKind::UsageShadow;
    let group = charge.group.clone();
    Some((offer, component, charge.period?, (row, contract, pool, group), is_shadow))
}

/// What was rated last.
fn rated(world: &World, invoices: &[&Logged<InvoiceIssued>]) -> BTreeMap<Key, Option<Ratio>> {
    let mut last: BTreeMap<_, (Key, Option<Ratio>)> = BTreeMap::new();
    let until = invoices.last().map_or(0, |it| it.sequence);
    let lines = invoices.iter().flat_map(|it| it.it.lines.iter().map(|line| (&it.it, line)));
    let stands = |(invoice, line): &(&InvoiceIssued, &InvoiceLine)| {
        !world.is_due_again(invoice, line.line, until)
    };
    for (_, line) in lines.filter(stands) {
        let charge = &line.charge;
        let (Some(key), Some(rated)) = (key_of_line(world, charge), &charge.rated) else {
            continue;
        };
        let line = (charge.offer.clone(), key.clone());
        last.insert(line, (key, Ratio::of_quantity(rated.quantity)));
    }
    let mut sums = BTreeMap::new();
    for (key, quantity) in last.into_values() {
        let sum = sums.entry(key).or_insert(Some(Ratio::ZERO));
        *sum = sum.zip(quantity).and_then(|(sum, it)| sum.plus(it));
    }
    sums
}

/// A pool that versions of an offer share has usage of all of them on the line of one: counted
/// under version 0, which is none.
fn of_pool(offer: &OfferRef, (code, version, _, pool, _): pools::Name) -> (OfferRef, PoolName) {
    let is_shared = version.is_none() && pool.line.is_none();
    let offer = if is_shared { OfferRef { code, version: 0 } } else { offer.clone() };
    (offer, pool)
}

/// What is accepted of periods that the last invoice finds closed, and of what had arrived before
/// it: what it comes to for each unit, summed over the units.
fn stored(
    world: &World,
    all: &[Series],
    holders: &Holders<'_>,
    last: &Logged<InvoiceIssued>,
) -> BTreeMap<Key, Option<Ratio>> {
    let (invoice, last_segment) = (&last.it, world.last_segment(last.sequence));
    let mut parts: BTreeMap<Key, (&Measure, BTreeMap<&UnitId, Vec<Part<'_>>>)> = BTreeMap::new();
    for series in all {
        let Some(meter) = &series.track.meter else { continue };
        let Some(measure) = world.meter(meter).map(|it| &it.measure) else { continue };
        // What came after the invoice is for the next one, also when it arrived on an earlier day
        // of the seller than the account's day of issue.
        let known = told(holders, series, |point| {
            let is_amended = point.amended_on.is_some_and(|day| day < invoice.issued_on);
            point.known_on < invoice.issued_on && !is_amended && point.segment <= last_segment
        });
        for part in measure::parts(measure, known, invoice.issued_on) {
            let Some(key) = key_of(world, invoice, meter, &part) else { continue };
            if key.2.to() <= invoice.issued_on {
                let units = &mut parts.entry(key).or_insert((measure, BTreeMap::new())).1;
                units.entry(part.holder.contract.unit).or_default().push(part);
            }
        }
    }
    let sum = |(key, (measure, units)): (Key, (&Measure, BTreeMap<&UnitId, Vec<Part<'_>>>))| {
        let whole = || Ratio::sum(units.values().map(|parts| measure::total(measure, parts)));
        let quantity = if has_peak(world, &key) {
            greatest_day(&invoice.account.zone, measure, &units)
        } else {
            whole()
        };
        (key, quantity)
    };
    parts.into_iter().map(sum).collect()
}

/// The events of all usage that counts.
fn events(world: &World, all: &[Series], holders: &Holders<'_>, invoice: &InvoiceIssued) -> Events {
    let mut events = Events::default();
    for series in all {
        let Some(meter) = &series.track.meter else { continue };
        for it in told(holders, series, |_| true).iter().filter(|it| it.is_accepted) {
            let (holder, point, at) = (it.holder, it.point, it.point.happened_at);
            let part = Part { holder, point, at, quantity: None };
            if let Some(key) = key_of(world, invoice, meter, &part) {
                events.add(key, &series.subject, meter, point);
            }
        }
    }
    events
}

/// Whether the greatest day of the period prices it.
fn has_peak(world: &World, (offer, component, _, (row, contract, ..), _): &Key) -> bool {
    let mut lines = world.orders.iter().flat_map(|order| &order.it.lines);
    if let Some(line) = lines.find(|it| Some(&it.line) == contract.as_ref()) {
        let own = line.overrides.get(component).zip(row.as_ref());
        return own.and_then(|(own, row)| own.get(row)).is_some_and(|it| it.peak.is_some());
    }
    let component = world.offers.get(offer).and_then(|offer| offer.component(component));
    match component.map(|component| &component.charge) {
        Some(ChargeRule::Usage { price: UsagePrice::Model(model), .. }) => model.peak.is_some(),
        Some(ChargeRule::Usage { price: UsagePrice::Table(table), .. }) => {
            let mut rows = table.rows.iter();
            rows.any(|it| Some(&it.code) == row.as_ref() && it.model.peak.is_some())
        }
        _ => false,
    }
}

/// The greatest of what the units come to on one day.
fn greatest_day(
    zone: &Zone,
    measure: &Measure,
    units: &BTreeMap<&UnitId, Vec<Part<'_>>>,
) -> Option<Ratio> {
    let mut days: BTreeMap<_, BTreeMap<&UnitId, Vec<&Part<'_>>>> = BTreeMap::new();
    for (unit, parts) in units {
        for part in parts {
            let of_day = days.entry(zone.day_of(part.at)).or_default();
            of_day.entry(*unit).or_default().push(part);
        }
    }
    let mut greatest = Ratio::ZERO;
    for units in days.into_values() {
        let of_day = Ratio::sum(units.into_values().map(|parts| {
            let parts: Vec<Part<'_>> = parts.into_iter().cloned().collect();
            measure::total(measure, &parts)
        }))?;
        greatest = if greatest.is_below(of_day)? { of_day } else { greatest };
    }
    Some(greatest)
}

/// The readings that take part, of those that are known: what waits has no effect on anything.
fn told<'h>(
    holders: &'h Holders<'h>,
    series: &'h Series,
    is_known: impl Fn(&Point) -> bool,
) -> Vec<Told<'h>> {
    let device = holders.of_device(&series.subject);
    let known = series.points.iter().filter(|point| is_known(point));
    let told = known.filter_map(|point| {
        let fate = fate_of(&series.subject, &series.track, device, point.happened_at);
        let (holder, is_accepted) = match fate {
            Fate::Accepted(holder) | Fate::Shadow(holder) => (holder, true),
            Fate::Free(holder) => (holder, false),
            Fate::Waits(_) => return None,
        };
        Some(Told { point, holder, is_accepted })
    });
    told.collect()
}

/// What prices some usage; none when it is another account's, whose device it was or will be.
fn key_of(
    world: &World,
    invoice: &InvoiceIssued,
    meter: &MeterCode,
    part: &Part<'_>,
) -> Option<Key> {
    let contract = part.holder.contract;
    if contract.order.account != invoice.account.account {
        return None;
    }
    let component = contract.priced_by(meter)?;
    let at = part.at;
    let (from, to) = bill_period(&invoice.account.bill_cycle, invoice.account.zone.day_of(at))?;
    let period = Period::new(from, to).ok()?;
    let (ordered, account) = (contract.ordered, &invoice.account);
    let asked = Asked { ordered, dimensions: &part.point.dimensions, account, at };
    let row = match &component.charge {
        ChargeRule::Usage { price: UsagePrice::Table(table), .. } => row_of(table, &asked),
        _ => None,
    };
    let shadow = match &component.charge {
        ChargeRule::Usage { shadow, .. } => *shadow,
        _ => None,
    };
    let shadow = shadow.filter(|it| invoice.account.zone.day_of(at) < it.until);
    if shadow.is_some_and(|it| !it.on_invoice) {
        return None;
    }
    let own = contract.line.overrides.get(&component.code).zip(row.as_ref());
    let is_own = own.is_some_and(|(own, row)| own.contains_key(row));
    let line = is_own.then(|| contract.line.line.clone());
    let offer = &contract.line.offer;
    let (offer, pool) = match pools::name_in(world, contract, &component.code, invoice) {
        Some(name) => of_pool(offer, name),
        None => (offer.clone(), PoolName::default()),
    };
    let group = contract.line.invoice.clone();
    Some((offer, component.code.clone(), period, (row, line, pool, group), shadow.is_some()))
}

/// Whether a fact about a unit came after the last invoice and reaches back into the period: then
/// usage has moved since, the next invoice bills the difference, and nothing can be said now.
fn may_have_moved(
    world: &World,
    account: &AccountId,
    last: &Logged<InvoiceIssued>,
    (offer, _, period, ..): &Key,
) -> bool {
    if has_late_hold(world, account, last, period.to()) {
        return true;
    }
    let zone = &last.it.account.zone;
    let end = zone.start_of(period.to()).unwrap_or(Timestamp::MAX);
    let contracts = world.contracts_of(account).into_iter();
    let mut of_offer = contracts.filter(|contract| {
        let of = &contract.line.offer;
        of == offer || (offer.version == 0 && of.code == offer.code)
    });
    of_offer.any(|contract| {
        contract.sequence > last.sequence || has_late_fact(world, contract, zone, last, end)
    })
}

/// What is held is free, and was not when the invoice was made; or the other way round.
fn has_late_hold(
    world: &World,
    account: &AccountId,
    last: &Logged<InvoiceIssued>,
    end: Date,
) -> bool {
    let placed = world.holds.iter().filter(|it| it.it.account == *account);
    let mut placed = placed.filter(|it| it.it.from < end);
    placed.any(|hold| {
        let released = world.releases.iter().filter(|it| it.it.hold == hold.it.hold);
        let sequences = released.map(|it| it.sequence).chain([hold.sequence]);
        sequences.max() > Some(last.sequence)
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
    // Another contract of the device takes its usage along, and what is recorded of it counts.
    let device = world.contracts_of_device(contract.unit);
    if device.iter().any(|it| it.sequence > last.sequence) {
        return true;
    }
    let facts = || device.iter().filter_map(|it| world.units.get(it.unit));
    let life = Life::of(world, contract, zone, Knowledge::ALL);
    let serials = life.serials();
    let signals = serials.iter().filter_map(|serial| world.signals.get(serial)).flatten();
    facts().flat_map(|it| &it.shipments).any(|it| is_late(it.sequence, it.it.shipped_at))
        || facts().flat_map(|it| &it.deliveries).any(|it| is_late(it.sequence, it.it.delivered_at))
        || facts().flat_map(|it| &it.changes).any(|it| is_late(it.sequence, it.it.effective_at))
        || signals.into_iter().any(|it| is_late(it.sequence, it.it.signalled_at))
}
