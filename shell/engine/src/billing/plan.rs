//! What an invoice would be: everything known is gathered, priced and checked, nothing is written.

use std::mem;

use ::credits::Credit;
use facts::AccountId;
use invoicing::{Draft, Evidence};
use jiff::civil::Date;
use rating::{GroupedUsage, Tables};
use store::Tx;

use super::{Basis, cannot_bill, evidence};
use crate::contracts::Sold;
use crate::{HoldRejection, Result, credits, holds, usage};

/// What the invoices of many accounts share.
#[derive(Clone, Default)]
pub(crate) struct Shared {
    sold: Sold,
    tables: Tables,
}

impl Shared {
    /// What was ever published.
    pub fn load(tx: &mut dyn Tx) -> Result<Self> {
        Ok(Self { sold: Sold::load(tx)?, tables: Tables::default() })
    }
}

/// An invoice without a number, and the credits of the account before it.
pub(super) struct Planned {
    pub draft: Draft,
    pub credits: Vec<Credit>,
}

/// The credits of an account as an invoice of a day knows them, in the order in which they burn.
fn open_credits(tx: &mut dyn Tx, account: &AccountId, issued_on: Date) -> Result<Vec<Credit>> {
    let known = credits::known(tx, account, Some(issued_on))?;
    known.credits().map_err(|no| cannot_bill(account, issued_on, &no))
}

/// Who holds an account for billing on a day; none: nobody does.
pub(crate) fn held(
    tx: &mut dyn Tx,
    account: &AccountId,
    day: Date,
) -> Result<Option<HoldRejection>> {
    let holds = holds::of_account(tx, account, i64::MAX)?;
    Ok(HoldRejection::of_billing(&holds, day))
}

/// Plans the invoice of an account for a bill day, and checks it; `None` when there is nothing to
/// bill.
pub(super) fn plan(
    tx: &mut dyn Tx,
    shared: &mut Shared,
    account: &AccountId,
    issued_on: Date,
) -> Result<Option<Planned>> {
    let refuse = |no: &dyn ToString| cannot_bill(account, issued_on, no);
    if let Some(no) = held(tx, account, issued_on)? {
        return Err(refuse(&no));
    }
    let basis = Basis::load_under(tx, shared.sold.clone(), account, issued_on)?;
    let seller = basis.seller()?;
    let (devices, series) = usage::readings_of(tx, basis.under_contract())?;
    let buckets = devices.fold(&series, &basis.meters, issued_on);
    let mut grouped = GroupedUsage::with(mem::take(&mut shared.tables));
    basis.group(&mut grouped, &buckets.map_err(|no| refuse(&no))?)?;
    let mut charges = basis.due_charges()?;
    let mut used = basis.due_usage(&grouped)?;
    if let Some(period) = evidence::period_of(&used) {
        let zone = &basis.account.zone;
        let start = |day| zone.start_of(day).map_err(|no| refuse(&no));
        let range = (start(period.from())?, start(period.to())?);
        let events = devices.events(&series, range, issued_on);
        evidence::attach(&basis, &mut grouped, &events, &mut used)?;
    }
    shared.tables = grouped.into_tables();
    charges.extend(used);
    let charges = basis.under_terms(charges, &seller)?;
    let credits = open_credits(tx, account, issued_on)?;
    let charges = ::credits::take_off(charges, &credits, issued_on).map_err(|no| refuse(&no))?;
    let draft =
        invoicing::plan(&seller, &basis.account, issued_on, charges).map_err(|no| refuse(&no))?;
    let Some(mut draft) = draft else { return Ok(None) };
    draft.prepaid = ::credits::pay(draft.total, &credits, issued_on).map_err(|no| refuse(&no))?;
    let period = basis.account.bill_cycle.period_of(issued_on).map_err(|no| refuse(&no))?;
    let objections = invoicing::check(
        &draft,
        Evidence {
            timelines: &basis.timelines,
            billed: &basis.billed,
            zone: &basis.account.zone,
            horizon: period.to(),
            horizons: &basis.horizons()?,
        },
    );
    if objections.is_empty() {
        return Ok(Some(Planned { draft, credits }));
    }
    let reasons: Vec<String> = objections.iter().map(ToString::to_string).collect();
    Err(refuse(&reasons.join("; ")))
}
