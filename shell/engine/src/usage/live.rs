//! What an account has used so far in the period that runs, and what that costs: by the same
//! functions that bill it. What adds up is kept and only added to, so that an answer looks at what
//! is new; readings that explain each other, as those of a counter, are folded again.

use std::borrow::Cow;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};

use facts::meter::MeterPublished;
use facts::usage::{Bucket, Series};
use facts::{AccountId, Charge, MeterCode, UnitId};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::calendar::{DateOutOfRange, add_days};
use kernel::{Overflow, Period, Quantity};
use rating::GroupedUsage;
use store::{Store, Tx};
use usage_index::Index;

use super::account::Devices;
use super::log;
use crate::billing::{Basis, cannot_bill};
use crate::{EngineError, Result};

/// The facts that can change what usage costs.
const ABOUT_COST: [&str; 17] = [
    "UsageAmended",
    "SellerPublished",
    "MeterPublished",
    "FulfilmentSpecPublished",
    "OfferPublished",
    "AccountRegistered",
    "OrderAccepted",
    "UnitAdopted",
    "ItemShipped",
    "ItemDelivered",
    "DeviceSignalled",
    "UnitChanged",
    "UnitUsed",
    "HoldPlaced",
    "HoldReleased",
    "InvoiceIssued",
    "CreditNoteIssued",
];

/// How many segments an answer may lack, when another process receives them, before it is
/// brought up to date first.
const BEHIND_MAX: i64 = 8;

/// Accounts that are kept at most. Those that are asked for again after that are read again.
const KEPT_MAX: usize = 4_096;

/// Answers about accounts, with what does not change with each event kept in memory.
#[derive(Default)]
pub struct Live {
    /// Position of the last fact that was looked at.
    known: i64,
    accounts: HashMap<(AccountId, Period), Kept>,
}

struct Kept {
    basis: Basis,
    devices: Devices,
    /// The start of the period.
    start: Timestamp,
    /// What adds up.
    so_far: UsageSoFar,
}

/// The usage of an account up to a segment.
#[derive(Default, Clone)]
struct UsageSoFar {
    segment: i64,
    grouped: GroupedUsage,
    by_unit: UsageByUnit,
}

/// The usage of each unit in a period, joined: its greatest, its latest, its sum.
type UsageByUnit = BTreeMap<(MeterCode, UnitId), Bucket>;

/// Usage of a running period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrentUsage {
    /// The bill period that runs.
    pub period: Period,
    /// Freshness: the last segment that is included.
    pub segment: i64,
    /// Of each meter and unit in the period: what it measured, and in how many events.
    pub by_unit: BTreeMap<(MeterCode, UnitId), (Quantity, i64)>,
    /// What the invoice would bill for it if the period ended now. Earlier periods are included
    /// as adjustments when usage of them came late.
    pub charges: Vec<Charge>,
}

impl Live {
    /// The usage of an account in the period that contains `now`, as received so far.
    ///
    /// # Errors
    /// [`crate::EngineError`].
    pub fn current(
        &mut self,
        store: &mut dyn Store,
        account: &AccountId,
        now: Timestamp,
    ) -> Result<CurrentUsage> {
        let mut tx = store.read()?;
        let tx = tx.as_mut();
        let known = tx.last_of_kinds(&ABOUT_COST)?;
        if known != self.known || self.accounts.len() >= KEPT_MAX {
            self.accounts.clear();
            self.known = known;
            // What was amended is amended in the index too, before anything is read of it.
            log::caught_up(tx)?;
        }
        let index = tx.index();
        if index.applied() + BEHIND_MAX < tx.usage_log()?.last || index.applied() == 0 {
            log::caught_up(tx)?;
        }
        let period = period_of(tx, account, now)?;
        let key = (account.clone(), period);
        // Put back only when all went well: half of what is new is not to be added to.
        let mut kept = match self.accounts.remove(&key) {
            Some(kept) if kept.so_far.segment <= index.applied() => kept,
            _ => Kept::load(tx, account, period)?,
        };
        kept.catch_up(&index)?;
        let usage = kept.usage(&index, now)?;
        let charges = kept.basis.due_usage(&usage.grouped)?;
        let amount = |bucket: &Bucket| (bucket.quantity.normalized(), bucket.events);
        let by_unit = usage.by_unit.iter().map(|(key, it)| (key.clone(), amount(it))).collect();
        let segment = usage.segment;
        self.accounts.insert(key, kept);
        Ok(CurrentUsage { period, segment, by_unit, charges })
    }
}

impl Kept {
    fn load(tx: &mut dyn Tx, account: &AccountId, period: Period) -> Result<Self> {
        let basis = Basis::load(tx, account, period.to())?;
        let devices = Devices::load(tx, basis.under_contract())?;
        let start = basis.account.zone.start_of(period.from());
        let start = start.map_err(|no| cannot_bill(account, period.to(), &no))?;
        Ok(Self { basis, devices, start, so_far: UsageSoFar::default() })
    }

    /// Adds what is new and adds up.
    fn catch_up(&mut self, index: &Index) -> Result<()> {
        let serials = self.devices.serials();
        let after = self.so_far.segment;
        let (new, segment) = index.series_after(&serials, after).map_err(log::index_failed)?;
        // Each point means the same on any day.
        let added = self.fold(new.iter().filter(|it| self.adds_up(it)), Date::MAX)?;
        self.basis.group(&mut self.so_far.grouped, &added)?;
        let joined = join(&mut self.so_far.by_unit, &added, self.start);
        joined.map_err(|no| self.refuse(&no))?;
        self.so_far.segment = segment;
        Ok(())
    }

    /// What adds up, and the rest as it stands now.
    fn usage(&self, index: &Index, now: Timestamp) -> Result<Cow<'_, UsageSoFar>> {
        if self.basis.meters.iter().all(|it| metering::adds_up(&it.measure)) {
            return Ok(Cow::Borrowed(&self.so_far));
        }
        let mut usage = self.so_far.clone();
        let all = index.series(&self.devices.serials()).map_err(log::index_failed)?;
        let known_before = known_before(&self.basis, now).map_err(|no| self.refuse(&no))?;
        let mut folded = self.fold(all.iter().filter(|it| !self.adds_up(it)), known_before)?;
        // A level that holds is used up to now, not until the end of a day that is to come.
        folded.retain(|bucket| bucket.events > 0 || bucket.quarter_at < now);
        self.basis.group(&mut usage.grouped, &folded)?;
        join(&mut usage.by_unit, &folded, self.start).map_err(|no| self.refuse(&no))?;
        Ok(Cow::Owned(usage))
    }

    fn adds_up(&self, series: &Series) -> bool {
        let meter = |it: &&MeterPublished| Some(&it.code) == series.track.meter.as_ref();
        self.basis.meters.iter().find(meter).is_none_or(|it| metering::adds_up(&it.measure))
    }

    fn fold<'a>(
        &self,
        series: impl Iterator<Item = &'a Series>,
        arrived_before: Date,
    ) -> Result<Vec<Bucket>> {
        let folded = self.devices.fold(series, &self.basis.meters, arrived_before);
        folded.map_err(|no| self.refuse(&no))
    }

    fn refuse(&self, reason: &dyn ToString) -> EngineError {
        self.basis.cannot_bill(reason)
    }
}

/// Joins buckets that do not begin before an instant to those of their unit.
fn join(
    by_unit: &mut UsageByUnit,
    buckets: &[Bucket],
    from: Timestamp,
) -> std::result::Result<(), Overflow> {
    for bucket in buckets.iter().filter(|bucket| bucket.quarter_at >= from) {
        match by_unit.entry((bucket.meter.clone(), bucket.unit.clone())) {
            Entry::Vacant(free) => drop(free.insert(bucket.clone())),
            Entry::Occupied(mut there) => there.get_mut().join(bucket)?,
        }
    }
    Ok(())
}

/// A day before which everything arrived, near the present: levels hold until then. Days of
/// arrival are those of the seller, which can be one ahead of the account's.
fn known_before(basis: &Basis, now: Timestamp) -> std::result::Result<Date, DateOutOfRange> {
    add_days(basis.account.zone.day_of(now), 2)
}

fn period_of(tx: &mut dyn Tx, account: &AccountId, now: Timestamp) -> Result<Period> {
    let registered = crate::contracts::account(tx, account)?;
    let day = registered.zone.day_of(now);
    registered.bill_cycle.period_of(day).map_err(|no| cannot_bill(account, day, &no))
}
