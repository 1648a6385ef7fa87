//! Everything that one invoice is planned from, but for usage, which is asked of the log.

use std::collections::{BTreeMap, BTreeSet};

use facts::billed::{Billed, UsageKey};
use facts::carried::Carried;
use facts::hold::Blocked;
use facts::invoice::TermedCharge;
use facts::meter::MeterPublished;
use facts::offer::ChargeRule;
use facts::pool::PoolScope;
use facts::price::UsagePrice;
use facts::unit::Timeline;
use facts::usage::Bucket;
use facts::{
    AccountId, AccountRegistered, Charge, ComponentCode, InvoiceIssued, MeterCode, OfferRef,
    SellerPublished, Text, UnitAdopted, UnitId,
};
use invoicing::Payers;
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::Period;
use rating::{GroupedUsage, RatedUnit, RatingInput, Served};
use store::{Tx, UnitState};
use subscriptions::{BillDay, UnitContract};
use terms::{Agreement, UnitDates};

use super::bills::{Bills, Documents};
use super::cannot_bill;
use super::carried::Last;
use crate::contracts::{self, Contract, Contracts, Sold};
use crate::holds;
use crate::lives::Records;
use crate::usage::{Counted, UnderContract};
use crate::{EngineError, Result, adoption};

/// An account as the invoice of one day knows it.
pub(crate) struct Basis {
    pub account: AccountRegistered,
    pub units: Vec<UnitState>,
    pub meters: Vec<MeterPublished>,
    sold: Sold,
    pub timelines: BTreeMap<UnitId, Timeline>,
    /// The units that are held for billing on the day.
    held_back: BTreeSet<UnitId>,
    /// Whether no unit goes on for another, nobody holds anything, and no device was another
    /// account's.
    pub(super) is_plain: bool,
    /// Whether the units are as the last invoice knew them.
    pub(super) is_unchanged: bool,
    pub billed: Billed,
    /// What it was taken from, if not from the invoices.
    pub(super) carried: Option<Carried>,
    pub(super) adopted: BTreeMap<UnitId, UnitAdopted>,
    /// Every version of the account.
    pub(super) versions: Vec<AccountRegistered>,
    pub invoices: Vec<InvoiceIssued>,
    /// To whom it was billed so far.
    bills: Bills,
    payers: Payers,
    pub issued_on: Date,
    /// Usage of periods that end on this day or before is rated: the day, or the end of the period
    /// that runs.
    closes_on: Date,
    pub contracts: Contracts,
    symbols: BTreeMap<MeterCode, Text>,
}

impl Basis {
    /// Loads what an invoice of that day knows.
    pub fn load(tx: &mut dyn Tx, account: &AccountId, issued_on: Date) -> Result<Self> {
        let sold = Sold::load(tx)?;
        Self::load_under(tx, sold, account, issued_on)
    }

    /// As [`Self::load_with`], of one account.
    pub fn load_under(
        tx: &mut dyn Tx,
        sold: Sold,
        account: &AccountId,
        issued_on: Date,
    ) -> Result<Self> {
        Self::load_with(tx, (sold, &mut Documents::default()), account, issued_on)
    }

    /// As [`Self::load`], with what was loaded for other accounts.
    pub fn load_with(
        tx: &mut dyn Tx,
        (sold, documents): (Sold, &mut Documents),
        account: &AccountId,
        issued_on: Date,
    ) -> Result<Self> {
        let mut basis = Self::before_bills(tx, sold, (account, issued_on), None)?;
        basis.load_bills(tx, documents)?;
        Ok(basis)
    }

    /// All but what was billed.
    pub(super) fn before_bills(
        tx: &mut dyn Tx,
        sold: Sold,
        (account, issued_on): (&AccountId, Date),
        last: Option<&Last>,
    ) -> Result<Self> {
        let versions = contracts::account_versions(tx, account)?;
        let account = contracts::in_force(versions.iter().cloned(), issued_on)
            .ok_or_else(|| contracts::unknown_account(account))?;
        let versions: Vec<_> = versions.into_iter().map(|(_, it)| it).collect();
        let refuse = |no: &dyn ToString| cannot_bill(&account.account, issued_on, no);
        let known_before = account.zone.start_of(issued_on).map_err(|no| refuse(&no))?;
        let units = tx.units_of_account(&account.account)?;
        let mut contracts = Contracts::under(sold.clone());
        contracts.load(tx, &units)?;
        let day = (known_before, issued_on);
        let lives = Lives::load(tx, &account, (&units, &mut contracts), day, last)?;
        let payers = Payers::of(&account.account, &versions);
        let adopted = adoption::of_account(tx, &account.account)?;
        let meters = sold.meters_on(issued_on);
        let symbol = |meter: &MeterPublished| (meter.code.clone(), meter.symbol.clone());
        let symbols = meters.iter().map(symbol).collect();
        Ok(Self {
            account,
            units,
            meters,
            sold,
            timelines: lives.timelines,
            held_back: lives.held_back,
            is_plain: lives.is_plain,
            is_unchanged: lives.is_unchanged,
            billed: Billed::default(),
            carried: None,
            adopted,
            versions,
            invoices: Vec::new(),
            bills: Bills::default(),
            payers,
            issued_on,
            closes_on: issued_on,
            contracts,
            symbols,
        })
    }

    /// What was billed, by the invoices.
    pub(super) fn load_bills(&mut self, tx: &mut dyn Tx, documents: &mut Documents) -> Result<()> {
        let bills = documents.bills(tx, &self.payers, &self.account.account)?;
        let invoices = bills.standing();
        let mut billed = invoicing::billed(&invoices).map_err(|no| self.cannot_bill(&no))?;
        invoicing::settle(&mut billed, &invoices, &bills.notes);
        for unit in &self.units {
            let adopted = self.adopted.get(&unit.unit);
            if let Some((adopted, timeline)) = adopted.zip(self.timelines.get(&unit.unit)) {
                let of = (unit, self.contracts.of(unit)?);
                adoption::seed(&mut billed, adopted, of, (timeline, &self.account.zone));
            }
        }
        (self.bills, self.invoices, self.billed) = (bills, invoices, billed);
        Ok(())
    }

    /// The version of the account that was in force on a day.
    pub(super) fn version_on(&self, day: Date) -> Option<u32> {
        let versions = self.versions.iter().map(|it| (it.effective_from, it.version));
        contracts::in_force(versions, day)
    }

    /// Every meter as it stood on a day.
    pub(super) fn meters_on(&self, day: Date) -> Vec<MeterPublished> {
        self.sold.meters_on(day)
    }

    /// Whether nothing of it was credited.
    pub(super) fn has_no_notes(&self) -> bool {
        self.bills.notes.is_empty()
    }

    /// What price tables could ask of the account on the day of an order.
    fn attributes_on(&self, day: Date) -> &BTreeMap<String, String> {
        let versions = self.versions.iter().map(|it| (it.effective_from, &it.attributes));
        contracts::in_force(versions, day).unwrap_or(&self.account.attributes)
    }

    /// Whose usage it is.
    pub fn under_contract(&self) -> UnderContract<'_> {
        let Self { account, units, contracts, .. } = self;
        UnderContract { account: &account.account, units, contracts }
    }

    /// The seller as it stands on the day.
    pub fn seller(&self) -> Result<SellerPublished> {
        self.sold.seller_on(&self.account, self.issued_on)
    }

    /// Takes every unit as if it had been sold this.
    pub fn sell_as(&mut self, sold: &Sold) {
        self.contracts.sell_as(sold);
    }

    pub(super) fn unit_contracts(&self) -> Result<Vec<(&UnitState, Contract<'_>)>> {
        self.units.iter().map(|unit| Ok((unit, self.contracts.of(unit)?))).collect()
    }

    /// The units that are in service terms, whatever they used, and that nobody holds for billing:
    /// of those nothing is due until the release.
    fn in_service<'a>(
        &'a self,
        contracts: &'a [(&'a UnitState, Contract<'a>)],
    ) -> Vec<UnitContract<'a>> {
        let view = |(unit, contract): &'a (&'a UnitState, Contract<'a>)| {
            Some(UnitContract {
                unit: &unit.unit,
                order: &contract.order.order,
                offer: contract.offer,
                line: contract.line,
                ordered_on: contract.order.ordered_on,
                attributes: self.attributes_on(contract.order.ordered_on),
                timeline: self.timelines.get(&unit.unit)?,
            })
        };
        let is_open = |it: &&(&UnitState, Contract<'_>)| !self.held_back.contains(&it.0.unit);
        contracts.iter().filter(is_open).filter_map(view).collect()
    }

    /// The first day of service of any unit.
    fn served_from(&self) -> Option<Date> {
        let starts = self.timelines.values().filter_map(|timeline| timeline.start.as_ref());
        starts.map(|start| self.account.zone.day_of(start.start_at)).min()
    }

    /// Hardware, fees and service that are due on the day.
    pub fn due_charges(&self) -> Result<Vec<Charge>> {
        let account = &self.account;
        let contracts = self.unit_contracts()?;
        let units = self.in_service(&contracts);
        let (cycle, zone) = (&account.bill_cycle, &account.zone);
        let day = BillDay { issued_on: self.issued_on, cycle, zone };
        subscriptions::due_charges(&units, &self.billed, day).map_err(|no| self.cannot_bill(&no))
    }

    /// The end of what charges with charge periods of their own may bill.
    pub fn horizons(&self) -> Result<BTreeMap<(OfferRef, ComponentCode), Date>> {
        let account = &self.account;
        let contracts = self.unit_contracts()?;
        let (cycle, zone) = (&account.bill_cycle, &account.zone);
        let day = BillDay { issued_on: self.issued_on, cycle, zone };
        let units = self.in_service(&contracts);
        subscriptions::horizons(&units, &self.billed, day).map_err(|no| self.cannot_bill(&no))
    }

    /// Groups usage by what prices it, with what is grouped already.
    pub fn group(&self, usage: &mut GroupedUsage, buckets: &[Bucket]) -> Result<()> {
        let contracts = self.unit_contracts()?;
        let units = rated_units(&contracts);
        let (cycle, zone) = (&self.account.bill_cycle, &self.account.zone);
        let attributes = &self.account.attributes;
        let served = Served { units: &units, cycle, zone, attributes };
        usage.add(served, buckets).map_err(|no| self.cannot_bill(&no))
    }

    /// Says of each event which line it is rated under.
    pub fn each_key<'a, 'p>(
        &self,
        usage: &mut GroupedUsage,
        events: &'a [Counted<'p>],
        each: &mut dyn FnMut(UsageKey, &'a Counted<'p>),
    ) -> Result<()> {
        let contracts = self.unit_contracts()?;
        let units = rated_units(&contracts);
        let (cycle, zone) = (&self.account.bill_cycle, &self.account.zone);
        let attributes = &self.account.attributes;
        let served = Served { units: &units, cycle, zone, attributes };
        // Neighbours are mostly of one quarter of an hour, and so of one line.
        let mut last: Option<(Bucket, Option<UsageKey>)> = None;
        for event in events {
            let bucket = event.bucket();
            let key = match last.take().filter(|(it, _)| *it == bucket) {
                Some((_, key)) => key,
                None => usage.key(served, &bucket).map_err(|no| self.cannot_bill(&no))?,
            };
            if let Some(key) = key.clone() {
                each(self.of_pool(key), event);
            }
            last = Some((bucket, key));
        }
        Ok(())
    }

    /// A pool that versions of an offer share has all its events on the line of one: they are
    /// gathered under version 0, which is none.
    pub fn of_pool(&self, mut key: UsageKey) -> UsageKey {
        let component = self.contracts.component(&key.offer, &key.component);
        let charge = component.map(|component| &component.charge);
        if let Some(ChargeRule::Usage { price: UsagePrice::Pool(pool), .. }) = charge
            && pool.scope == PoolScope::Account
        {
            key.offer.version = 0;
        }
        key
    }

    /// Usage of the periods that end on the day or before, rated.
    pub fn due_usage(&self, usage: &GroupedUsage) -> Result<Vec<Charge>> {
        let account = &self.account;
        let contracts = self.unit_contracts()?;
        let service_days = |unit: &UnitId, period: Period| {
            let timeline = self.timelines.get(unit);
            let days = timeline.map(|it| subscriptions::service_days_in(it, &account.zone, period));
            days.unwrap_or_default()
        };
        let due = rating::due_usage(RatingInput {
            units: &rated_units(&contracts),
            symbols: &self.symbols,
            usage,
            attributes: &account.attributes,
            service_days: &service_days,
            served_from: self.served_from(),
            cycle: &account.bill_cycle,
            billed: &self.billed,
            issued_on: self.closes_on,
        });
        due.map_err(|no| self.cannot_bill(&no))
    }

    /// Rates the period that runs as if it had ended, with what is known of it.
    pub fn close(&mut self, running: Period) {
        self.closes_on = running.to();
    }

    /// What the terms of the offers and of the account do to the charges.
    pub fn under_terms(
        &self,
        charges: Vec<Charge>,
        seller: &SellerPublished,
    ) -> Result<Vec<TermedCharge>> {
        let zone = &self.account.zone;
        let (mut offers, mut orders) = (BTreeMap::new(), BTreeMap::new());
        let (mut units, mut sold) = (BTreeMap::new(), BTreeMap::new());
        for (unit, contract) in self.unit_contracts()? {
            offers.insert(contract.offer.reference(), contract.offer);
            orders.insert(contract.order.order.clone(), contract.order.ordered_on);
            let timeline = self.timelines.get(&unit.unit);
            let dates = UnitDates {
                delivered_on: timeline.and_then(|it| it.delivered_at).map(|at| zone.day_of(at)),
                started_on: timeline
                    .and_then(|it| it.start.as_ref())
                    .map(|start| zone.day_of(start.start_at)),
                ended_on: timeline.and_then(|it| it.ended_at).map(|at| zone.day_of(at)),
                uplift: contract.uplift(),
            };
            sold.insert(unit.unit.clone(), contract.offer.reference());
            units.insert(unit.unit.clone(), dates);
        }
        let renewal = terms::at_renewals().map_err(|no| self.cannot_bill(&no))?;
        let rises = units.values().any(|dates| dates.uplift.is_some());
        let agreement = Agreement {
            renewal: rises.then_some(&renewal),
            account: &self.account,
            versions: &self.versions,
            seller,
            offers: &offers,
            units: &units,
            sold: &sold,
            orders: &orders,
            invoices: &self.invoices,
            issued_on: self.issued_on,
        };
        terms::apply(charges, agreement).map_err(|no| self.cannot_bill(&no))
    }

    /// Who pays what is due for a day.
    pub fn payer_on(&self, day: Date) -> &AccountId {
        self.payers.on(day)
    }

    /// Of the charges that are due, those that stand on the invoice of an account.
    pub fn paid_by(&self, due: Vec<TermedCharge>, payer: &AccountId) -> Vec<TermedCharge> {
        let whose = |it: &TermedCharge| {
            let billed = self.bills.billed(&self.invoices);
            let beside = due.iter().map(|it| &it.charge);
            self.payers.of_charge(&it.charge, billed, beside, self.issued_on)
        };
        let is_paid: Vec<bool> = due.iter().map(|it| whose(it) == payer).collect();
        due.into_iter().zip(is_paid).filter_map(|(it, is_paid)| is_paid.then_some(it)).collect()
    }

    /// Whether nobody else ever paid for it.
    pub fn has_one_payer(&self) -> bool {
        self.payers.others().is_empty()
    }

    /// Whether an invoice to somebody can have lines of it at all.
    pub fn can_be_asked(&self, payer: &AccountId) -> bool {
        self.payers.paid(payer)
    }

    /// Why the account cannot be billed on the day.
    pub fn cannot_bill(&self, reason: &dyn ToString) -> EngineError {
        cannot_bill(&self.account.account, self.issued_on, reason)
    }
}

fn rated_units<'a>(contracts: &[(&'a UnitState, Contract<'a>)]) -> BTreeMap<UnitId, RatedUnit<'a>> {
    let rated = |contract: &Contract<'a>| RatedUnit {
        ordered: contract.ordered,
        offer: contract.offer,
        components: &contract.line.components,
        line: &contract.line.line,
        group: contract.line.invoice.as_ref(),
        ordered_on: contract.order.ordered_on,
        overrides: &contract.line.overrides,
    };
    contracts.iter().map(|(unit, contract)| (unit.unit.clone(), rated(contract))).collect()
}

/// What happened to the account's units.
struct Lives {
    /// As far as it was known before an instant.
    timelines: BTreeMap<UnitId, Timeline>,
    /// The units that are held for billing on the day: of those nothing is billed, whoever knew it
    /// when.
    held_back: BTreeSet<UnitId>,
    /// Whether no unit goes on for another, and nobody holds anything.
    is_plain: bool,
    /// Whether the last invoice knew all of it, and nothing else.
    is_unchanged: bool,
}

impl Lives {
    fn load(
        tx: &mut dyn Tx,
        account: &AccountRegistered,
        (units, contracts): (&[UnitState], &mut Contracts),
        (known_before, day): (Timestamp, Date),
        last: Option<&Last>,
    ) -> Result<Self> {
        let facts = tx.unit_facts_of_account(&account.account)?;
        let newest = facts.iter().map(|it| it.sequence).max().unwrap_or_default();
        let then = last.filter(|last| newest <= last.position);
        let then = then.and_then(|last| last.known_before(&account.zone));
        let mut records = Records::of(facts, i64::MAX);
        records.complete(tx, contracts, units)?;
        let (mut timelines, mut held_back) = (BTreeMap::new(), BTreeSet::new());
        let mut is_unchanged = then.is_some();
        for unit in units {
            let known = records.timeline(contracts, unit, &account.zone, Some(known_before))?;
            if is_unchanged {
                is_unchanged = records.timeline(contracts, unit, &account.zone, then)? == known;
            }
            timelines.insert(unit.unit.clone(), known);
            let (holds, before) = records.holds_of(unit);
            let place = holds::place_of(&unit.order_line, &before);
            if holds.holding(Blocked::Billing, place, day).is_some() {
                held_back.insert(unit.unit.clone());
            }
        }
        Ok(Self { timelines, held_back, is_plain: records.are_plain(), is_unchanged })
    }
}
