//! Invoices that do not wait for the bill day, because the usage that is not billed yet has reached
//! an amount (`docs/adr/0034`). An account that has one is looked at each day.

use facts::{AccountRegistered, SellerPublished};
use jiff::civil::Date;
use kernel::{Money, Period};
use store::Tx;

use super::{cannot_bill, drafts};
use crate::Result;

/// What a day of an account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DayOf {
    /// A bill day, or that of a draft.
    Bill,
    /// A day within a period: whether its usage has reached the amount.
    Threshold(Money, Period),
    /// Nothing is to be done.
    Nothing,
}

/// What a day is for an account. Invoices that somebody looks at wait for the bill day.
pub(super) fn day_of(
    tx: &mut dyn Tx,
    (account, seller): (&AccountRegistered, &SellerPublished),
    day: Date,
) -> Result<DayOf> {
    let Some(threshold) = account.threshold else { return Ok(DayOf::Bill) };
    let period = account.bill_cycle.period_of(day);
    let period = period.map_err(|no| cannot_bill(&account.account, day, &no))?;
    if period.from() == day || drafts::issue_day_of(tx, &account.account)? == Some(day) {
        return Ok(DayOf::Bill);
    }
    Ok(match drafts::review_of(account, seller) {
        Some(_) => DayOf::Nothing,
        None => DayOf::Threshold(threshold, period),
    })
}
