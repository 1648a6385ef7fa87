//! What may be granted and put right.

use facts::credit::{CreditAmount, CreditKind, Rollover, TopUp};
use facts::{AccountRegistered, AdjustmentId, CreditAdjusted, CreditGranted, CreditId, Text};
use jiff::civil::Date;
use kernel::{Currency, Money, Quantity, Rounding};

use crate::Credit;

/// What is asked of credits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Grant one.
    Grant(GrantCredit),
    /// Put one right.
    Adjust(AdjustCredit),
}

/// Somebody wants to grant a credit. Amounts are of the account's currency, or numbers of units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantCredit {
    /// What the sender calls it.
    pub credit: CreditId,
    /// The account, or the name of its customer.
    pub customer: String,
    /// What the invoice calls it.
    pub name: Text,
    /// What it does.
    pub kind: CreditKind,
    /// How much.
    pub amount: Quantity,
    /// Of several, the least burns first.
    pub priority: u16,
    /// The day after the last.
    pub until: Option<Date>,
    /// What of the rest goes on.
    pub rollover: Option<GrantRollover>,
    /// Below which rest somebody is told.
    pub alert_below: Option<Quantity>,
    /// When it is topped up: below which rest, by how much.
    pub top_up: Option<(Quantity, Quantity)>,
}

/// What of the rest goes on when its time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GrantRollover {
    /// At most; none: all.
    pub limit: Option<Quantity>,
    /// For how many months.
    pub months: u16,
    /// How often.
    pub times: u16,
}

/// Somebody wants to put a credit right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdjustCredit {
    /// What the sender calls it.
    pub adjustment: AdjustmentId,
    /// The credit.
    pub credit: CreditId,
    /// What is added, or taken away.
    pub amount: Quantity,
    /// Why.
    pub reason: String,
}

kernel::rejections! {
    /// Why a credit is not granted or put right.
    pub enum Rejection {
        /// Nothing, or more decimals than the currency has.
        Amount {
            /// As asked.
            amount: Quantity,
            /// What it is for.
            what: String,
        } = "credit-amount",
            "{amount} cannot be the {what} of a credit; use more than 0, with no more decimals \
             than its currency has";
        /// It would never burn.
        Over {
            /// As asked.
            until: Date,
            /// Today in the zone of the account.
            today: Date,
        } = "credit-over",
            "a credit until {until}, granted on {today}, pays no invoice; use a later day";
        /// Something without which it means nothing.
        Setting {
            /// Which.
            setting: String,
        } = "credit-setting",
            "the {setting} of a credit is above 0, and only one with an end rolls over; correct it";
        /// The name is taken by another content.
        Conflict {
            /// The credit or adjustment.
            name: String,
        } = "credit-conflict",
            "`{name}` was recorded with another content, which stands; use another name";
        /// No such customer.
        Customer {
            /// As asked.
            customer: String,
        } = "credit-customer",
            "there is no single billing account `{customer}`; name the account";
        /// No such credit.
        Unknown {
            /// As asked.
            credit: String,
        } = "unknown-credit", "there is no credit `{credit}`; see `tabouret credit list`";
        /// More than there is.
        TooMuch {
            /// The credit.
            credit: CreditId,
            /// What is left.
            left: CreditAmount,
        } = "credit-too-little",
            "only {left} is left of credit `{credit}`; take away at most that";
    }
}

/// In the sort of the credit; none where the currency cannot write it.
fn in_sort(amount: Quantity, kind: &CreditKind, currency: Currency) -> Option<CreditAmount> {
    if matches!(kind, CreditKind::Units { .. }) {
        return Some(CreditAmount::Units(amount));
    }
    let money = Money::round(amount.exact(), currency, Rounding::Down).ok()?;
    (money.exact() == amount.exact()).then_some(CreditAmount::Money(money))
}

/// The grant, or every reason against it. `today` is the civil day in the zone of the account.
///
/// # Errors
/// Every [`Rejection`].
pub fn grant(
    it: &GrantCredit,
    account: &AccountRegistered,
    today: Date,
) -> Result<CreditGranted, Vec<Rejection>> {
    let mut reasons = Vec::new();
    let mut read = |amount: Quantity, what: &str| {
        let read = in_sort(amount, &it.kind, account.currency).filter(|it| it.is_above_zero());
        if read.is_none() {
            reasons.push(Rejection::Amount { amount, what: what.to_owned() });
        }
        read
    };
    let amount = read(it.amount, "amount");
    let limit = it.rollover.and_then(|it| it.limit).map(|it| read(it, "limit of the rollover"));
    let alert_below = it.alert_below.map(|it| read(it, "threshold"));
    let top_up = it.top_up.map(|(below, amount)| {
        let below = read(below, "threshold of the top-up");
        Some(TopUp { below: below?, amount: read(amount, "top-up")? })
    });
    if let Some(until) = it.until.filter(|until| *until <= today) {
        reasons.push(Rejection::Over { until, today });
    }
    let rollover = it.rollover.is_none_or(|of| of.months > 0 && of.times > 0 && it.until.is_some());
    let rate = !matches!(it.kind, CreditKind::Units { rate: 0, .. });
    for (holds, setting) in [(rollover, "rollover"), (rate, "rate")] {
        if !holds {
            reasons.push(Rejection::Setting { setting: setting.to_owned() });
        }
    }
    let Some(amount) = amount.filter(|_| reasons.is_empty()) else { return Err(reasons) };
    Ok(CreditGranted {
        credit: it.credit.clone(),
        account: account.account.clone(),
        name: it.name.clone(),
        kind: it.kind.clone(),
        amount,
        priority: it.priority,
        granted_on: today,
        until: it.until,
        rollover: it.rollover.map(|of| Rollover {
            limit: limit.flatten(),
            months: of.months,
            times: of.times,
        }),
        alert_below: alert_below.flatten(),
        top_up: top_up.flatten(),
        tops_up: None,
    })
}

/// What an adjustment adds, in the sort of its credit; none where it cannot be written.
#[must_use]
pub fn adjusted_by(it: &AdjustCredit, granted: &CreditGranted) -> Option<CreditAmount> {
    let currency = match granted.amount {
        CreditAmount::Money(money) => money.currency,
        CreditAmount::Units(_) => Currency::EUR,
    };
    in_sort(it.amount, &granted.kind, currency).filter(|it| !it.is_zero())
}

/// The adjustment, or the reason against it.
///
/// # Errors
/// A [`Rejection`].
pub fn adjust(
    it: &AdjustCredit,
    credit: &Credit,
    today: Date,
) -> Result<CreditAdjusted, Rejection> {
    let granted = &credit.granted;
    let amount = adjusted_by(it, granted);
    let after = amount.and_then(|amount| credit.left.plus(amount).ok());
    let Some((amount, after)) = amount.zip(after) else {
        return Err(Rejection::Amount { amount: it.amount, what: "adjustment".to_owned() });
    };
    if !after.is_above_zero() && !after.is_zero() {
        return Err(Rejection::TooMuch { credit: it.credit.clone(), left: credit.left });
    }
    Ok(CreditAdjusted {
        adjustment: it.adjustment.clone(),
        credit: it.credit.clone(),
        account: granted.account.clone(),
        adjusted_on: today,
        amount,
        reason: it.reason.clone(),
    })
}
