//! Invoices: plan → check → issue, in one transaction with the entries and the next bill day.

use std::collections::BTreeMap;

use ::fulfilment::{StartRule, UnitEvidence, timeline};
use facts::unit::Timeline;
use facts::usage::Bucket;
use facts::{
    AccountId, AccountRegistered, Charge, Fact, InvoiceIssued, MeterCode, OfferRef, Text, UnitId,
};
use invoicing::{Draft, Evidence};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::Period;
use rating::{RatedUnit, RatingInput};
use store::{Store, Timer, TimerKind, Tx, UnitState};
use subscriptions::{BillDay, UnitContract};

use crate::contracts::{self, Contract, Contracts};
use crate::{EngineError, EngineRejection, Result, settle, usage};

/// Sets the timer of an account's next bill day.
pub(crate) fn schedule(tx: &mut dyn Tx, account: &AccountRegistered, now: Timestamp) -> Result<()> {
    let today = account.zone.day_of(now);
    let next = account.bill_cycle.next_after(today).and_then(|day| account.zone.start_of(day));
    let due_at = next.map_err(|no| cannot_bill(&account.account, today, &no))?;
    let subject = account.account.to_string();
    Ok(tx.set_timer(&Timer { due_at, kind: TimerKind::IssueInvoice, subject })?)
}

fn cannot_bill(account: &AccountId, issued_on: Date, reason: &dyn ToString) -> EngineError {
    EngineError::refused(EngineRejection::CannotBill {
        account: account.clone(),
        issued_on,
        reason: reason.to_string(),
    })
}

/// What the invoice of an account would be on a bill day. Reads only.
///
/// # Errors
/// [`EngineError::Refused`] when it could not be issued.
pub fn preview(
    store: &mut dyn Store,
    account: &AccountId,
    issued_on: Date,
) -> Result<Option<Draft>> {
    plan(store.begin()?.as_mut(), account, issued_on)
}

/// Issues the invoice of an account for a bill day, with its entries; `None` when there is
/// nothing to bill.
pub(crate) fn issue(
    tx: &mut dyn Tx,
    account: &AccountId,
    issued_on: Date,
    now: Timestamp,
) -> Result<Option<InvoiceIssued>> {
    let Some(draft) = plan(tx, account, issued_on)? else { return Ok(None) };
    let refuse = |no: &dyn ToString| cannot_bill(account, issued_on, no);
    let series = format!("{}/invoice/{}", draft.seller.code, issued_on.year());
    let sequence = tx.take_number(&series)?;
    let number = invoicing::number(&draft.seller.invoice_prefix, issued_on, sequence)
        .map_err(|no| refuse(&no))?;
    let invoice = draft.issue(number);
    let entries = ledger::post(&invoice).map_err(|no| refuse(&no))?;
    tx.record(&Fact::InvoiceIssued(Box::new(invoice.clone())), now)?;
    for entry in entries {
        tx.save_entry(&entry)?;
        tx.record(&Fact::EntryPosted(entry), now)?;
    }
    Ok(Some(invoice))
}

/// Everything that one invoice is planned from.
struct Basis {
    account: AccountRegistered,
    units: Vec<UnitState>,
    contracts: Contracts,
    timelines: BTreeMap<UnitId, Timeline>,
    billed: facts::billed::Billed,
    symbols: BTreeMap<MeterCode, Text>,
    buckets: Vec<Bucket>,
}

fn plan(tx: &mut dyn Tx, account: &AccountId, issued_on: Date) -> Result<Option<Draft>> {
    let basis = load(tx, account, issued_on)?;
    let refuse = |no: &dyn ToString| cannot_bill(account, issued_on, no);
    let seller = contracts::seller_on(tx, &basis.account, issued_on)?;
    let charges = charges(&basis, issued_on)?;
    let draft =
        invoicing::plan(&seller, &basis.account, issued_on, charges).map_err(|no| refuse(&no))?;
    let Some(draft) = draft else { return Ok(None) };
    let period = basis.account.bill_cycle.period_of(issued_on).map_err(|no| refuse(&no))?;
    let objections = invoicing::check(
        &draft,
        Evidence {
            timelines: &basis.timelines,
            billed: &basis.billed,
            zone: &basis.account.zone,
            horizon: period.to(),
        },
    );
    if objections.is_empty() {
        return Ok(Some(draft));
    }
    let reasons: Vec<String> = objections.iter().map(ToString::to_string).collect();
    Err(refuse(&reasons.join("; ")))
}

fn load(tx: &mut dyn Tx, account: &AccountId, issued_on: Date) -> Result<Basis> {
    let account = contracts::account_on(tx, account, issued_on)?;
    let known_before = account
        .zone
        .start_of(issued_on)
        .map_err(|no| cannot_bill(&account.account, issued_on, &no))?;
    let units = tx.units_of_account(&account.account)?;
    let mut contracts = Contracts::default();
    contracts.load(tx, &units)?;
    let timelines = timelines(tx, &account, &units, &contracts, known_before)?;
    let billed = invoicing::billed(&invoices_of(tx, &account.account)?)
        .map_err(|no| cannot_bill(&account.account, issued_on, &no))?;
    let meters = contracts::meters(tx, i64::MAX, issued_on)?;
    let buckets = usage::buckets_of(tx, &account.account, &meters, issued_on)?
        .map_err(|no| cannot_bill(&account.account, issued_on, &no))?;
    let symbols = meters.into_iter().map(|meter| (meter.code, meter.symbol)).collect();
    Ok(Basis { account, units, contracts, timelines, billed, symbols, buckets })
}

/// The timelines of the account's units, as far as they were known before an instant.
fn timelines(
    tx: &mut dyn Tx,
    account: &AccountRegistered,
    units: &[UnitState],
    contracts: &Contracts,
    known_before: Timestamp,
) -> Result<BTreeMap<UnitId, Timeline>> {
    let mut evidence: BTreeMap<UnitId, UnitEvidence> = BTreeMap::new();
    let mut signals = UnitEvidence::default();
    for recorded in tx.unit_facts_of_account(&account.account)? {
        let unit = match &recorded.fact {
            Fact::ItemShipped(it) => &it.unit,
            Fact::ItemDelivered(it) => &it.unit,
            Fact::UnitChanged(it) => &it.unit,
            _ => {
                settle::add(&mut signals, recorded.fact);
                continue;
            }
        };
        settle::add(evidence.entry(unit.clone()).or_default(), recorded.fact);
    }
    let mut by_serial: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for signal in signals.signals {
        by_serial.entry(signal.serial.clone()).or_default().push(signal);
    }
    let mut timelines = BTreeMap::new();
    for unit in units {
        let contract = contracts.of(unit)?;
        let rule = StartRule {
            policy: &contract.offer.start,
            activation_signals: &contracts.activation_signals(contract),
            zone: &account.zone,
        };
        let evidence = evidence.remove(&unit.unit).unwrap_or_default();
        let mut evidence = evidence.of_line(&unit.order_line);
        for held in timeline(&evidence, rule).holdings {
            evidence.signals.extend(by_serial.get(&held.serial).into_iter().flatten().cloned());
        }
        let mut known = timeline(&evidence.known_before(known_before), rule);
        known.start = known.start.filter(|start| start.start_at < known_before);
        timelines.insert(unit.unit.clone(), known);
    }
    Ok(timelines)
}

pub(crate) fn invoices_of(tx: &mut dyn Tx, account: &AccountId) -> Result<Vec<InvoiceIssued>> {
    let facts = tx.facts_about("InvoiceIssued", account.as_str())?;
    Ok(facts.into_iter().filter_map(|it| invoice_of(it.fact)).collect())
}

pub(crate) fn invoice_of(fact: Fact) -> Option<InvoiceIssued> {
    if let Fact::InvoiceIssued(it) = fact { Some(*it) } else { None }
}

/// All charges of an account on a bill day.
fn charges(basis: &Basis, issued_on: Date) -> Result<Vec<Charge>> {
    let account = &basis.account;
    let refuse = |no: &dyn ToString| cannot_bill(&account.account, issued_on, no);
    let contracts: Vec<(&UnitState, Contract<'_>)> = basis
        .units
        .iter()
        .map(|unit| Ok((unit, basis.contracts.of(unit)?)))
        .collect::<Result<_>>()?;
    let units: Vec<UnitContract<'_>> = contracts
        .iter()
        .filter_map(|(unit, contract)| {
            Some(UnitContract {
                unit: &unit.unit,
                order: &contract.order.order,
                offer: contract.offer,
                components: &contract.line.components,
                timeline: basis.timelines.get(&unit.unit)?,
            })
        })
        .collect();
    let day = BillDay { issued_on, cycle: account.bill_cycle, zone: &account.zone };
    let mut charges =
        subscriptions::due_charges(&units, &basis.billed, day).map_err(|no| refuse(&no))?;
    let rated: BTreeMap<UnitId, RatedUnit<'_>> = contracts
        .iter()
        .map(|(unit, contract)| {
            let rated = RatedUnit {
                ordered: contract.ordered,
                offer: contract.offer,
                components: &contract.line.components,
            };
            (unit.unit.clone(), rated)
        })
        .collect();
    let active_units = |offer: &OfferRef, period: Period| {
        let of_offer: Vec<_> =
            units.iter().filter(|it| it.offer.reference() == *offer).copied().collect();
        subscriptions::active_units(&of_offer, &account.zone, period)
    };
    let usage = rating::due_usage(RatingInput {
        units: &rated,
        symbols: &basis.symbols,
        buckets: &basis.buckets,
        active_units: &active_units,
        billed: &basis.billed,
        issued_on,
        cycle: account.bill_cycle,
        zone: &account.zone,
    });
    charges.extend(usage.map_err(|no| refuse(&no))?);
    Ok(charges)
}
