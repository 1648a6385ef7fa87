//! What an account has used so far in the period that runs, and what that costs: by the same
//! function that bills it.

use std::collections::HashMap;

use facts::usage::Bucket;
use facts::{AccountId, Charge};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::Period;
use kernel::calendar::{DateOutOfRange, add_days};
use store::{Store, Tx};

use super::account::{self, Devices};
use super::log;
use crate::Result;
use crate::billing::{Basis, cannot_bill};

/// The facts that can change what usage costs.
const ABOUT_COST: [&str; 10] = [
    "SellerPublished",
    "MeterPublished",
    "OfferPublished",
    "AccountRegistered",
    "OrderAccepted",
    "ItemShipped",
    "ItemDelivered",
    "DeviceSignalled",
    "UnitChanged",
    "InvoiceIssued",
];

/// How many segments an answer may lack, when another process receives them, before it is
/// brought up to date first.
const BEHIND_MAX: i64 = 8;

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
}

/// Usage of a running period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrentUsage {
    /// The bill period that runs.
    pub period: Period,
    /// Freshness: the last segment that is included.
    pub segment: i64,
    /// Quarter by quarter, unit by unit.
    pub buckets: Vec<Bucket>,
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
        if known != self.known {
            self.accounts.clear();
            self.known = known;
        }
        let index = tx.index();
        if index.applied() + BEHIND_MAX < tx.usage_log()?.last || index.applied() == 0 {
            log::caught_up(tx)?;
        }
        let period = period_of(tx, account, now)?;
        let key = (account.clone(), period);
        if !self.accounts.contains_key(&key) {
            let basis = Basis::load(tx, account, period.to())?;
            let devices = Devices::load(tx, account)?;
            self.accounts.insert(key.clone(), Kept { basis, devices });
        }
        let Kept { basis, devices } = &self.accounts[&key];
        let segment = index.applied();
        let refuse = |no: &dyn ToString| cannot_bill(account, period.to(), no);
        let known_before = known_before(basis, now).map_err(|no| refuse(&no))?;
        let buckets = account::fold_all(&index, devices, &basis.meters, known_before)?;
        let mut buckets = buckets.map_err(|no| refuse(&no))?;
        // A level that holds is used up to now, not until the end of a day that is to come.
        buckets.retain(|bucket| bucket.events > 0 || bucket.quarter_at < now);
        let charges = basis.due_usage(&buckets, period.to())?;
        let start = basis.account.zone.start_of(period.from()).map_err(|no| refuse(&no))?;
        buckets.retain(|bucket| bucket.quarter_at >= start);
        Ok(CurrentUsage { period, segment, buckets, charges })
    }
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
