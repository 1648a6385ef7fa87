//! Contracts and open items that another system billed so far.

use facts::{
    AccountId, AccountRegistered, BalanceAdopted, BalanceId, DeviceSerial, OrderLineId,
    UnitAdopted, UnitId,
};
use jiff::civil::Date;
use kernel::{Money, Rounding, UnitPrice};

/// A unit that was billed elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdoptUnit {
    /// The unit.
    pub unit: UnitId,
    /// Its order line.
    pub order_line: OrderLineId,
    /// The device that it holds.
    pub serial: DeviceSerial,
    /// The first day of its service.
    pub in_service_from: Date,
    /// The first day that was not billed elsewhere.
    pub paid_until: Date,
}

/// An open item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdoptBalance {
    /// What the other system calls it.
    pub balance: BalanceId,
    /// Who owes it.
    pub account: AccountId,
    /// How much, in the currency of the account.
    pub amount: UnitPrice,
    /// When it was or is to be paid.
    pub due_on: Option<Date>,
}

/// What is known of a unit that is adopted.
#[derive(Debug, Clone, Copy)]
pub struct KnownUnit<'a> {
    /// Its order line; none: it was not ordered.
    pub order_line: Option<&'a OrderLineId>,
    /// Who is billed; none: it was not ordered.
    pub account: Option<&'a AccountId>,
    /// The day on which its service starts by the policy of its offer.
    pub starts_on: Option<Date>,
    /// Whether an invoice of ours has it.
    pub is_billed: bool,
    /// How it was adopted before.
    pub before: Option<&'a UnitAdopted>,
}

kernel::rejections! {
    /// Why something is not adopted. Nothing is then.
    pub enum AdoptRejection {
        /// No order has it.
        NoContract {
            /// The unit.
            unit: UnitId,
        } = "adopt-no-contract",
            "no contract line has unit `{unit}` so; correct the line of one of the two";
        /// Its offer says otherwise.
        StartDiffers {
            /// The unit.
            unit: UnitId,
            /// As asked.
            asked: Date,
            /// By the policy of the offer.
            starts_on: String,
        } = "adopt-start-differs",
            "unit `{unit}` is to be in service from {asked}, but by the start policy of its offer \
             it starts on {starts_on}; use a policy that starts on delivery or activation";
        /// Paid before it began.
        PaidBeforeStart {
            /// The unit.
            unit: UnitId,
        } = "adopt-paid-before-start",
            "unit `{unit}` cannot be paid until a day before its service began; write the first \
             day that was not billed elsewhere";
        /// We billed it.
        BilledHere {
            /// The unit.
            unit: UnitId,
        } = "adopt-billed-here",
            "unit `{unit}` is on an invoice of ours already; credit that first";
        /// It was adopted otherwise.
        OtherUnit {
            /// The unit.
            unit: UnitId,
        } = "adopt-other-unit",
            "unit `{unit}` was adopted with other days; correct the row";
        /// Nobody owes it.
        NoAccount {
            /// As asked.
            account: AccountId,
        } = "adopt-no-account",
            "there is no billing account `{account}` for this balance; add it to accounts.csv";
        /// No amount.
        BadAmount {
            /// The open item.
            balance: BalanceId,
        } = "adopt-bad-amount",
            "the amount of balance `{balance}` is 0 or has parts of minor units; correct it";
        /// It was adopted otherwise.
        OtherBalance {
            /// The open item.
            balance: BalanceId,
        } = "adopt-other-balance",
            "balance `{balance}` was adopted with another content; correct the row";
    }
}

/// Adopts a unit. None: it is known to the letter.
///
/// # Errors
/// [`AdoptRejection`].
pub fn adopt_unit(
    it: &AdoptUnit,
    known: KnownUnit<'_>,
) -> Result<Option<UnitAdopted>, AdoptRejection> {
    let unit = it.unit.clone();
    let Some(account) = known.account.filter(|_| known.order_line == Some(&it.order_line)) else {
        return Err(AdoptRejection::NoContract { unit });
    };
    if it.paid_until < it.in_service_from {
        return Err(AdoptRejection::PaidBeforeStart { unit });
    }
    if known.starts_on != Some(it.in_service_from) {
        let starts_on = known.starts_on.map_or_else(|| "no day".to_owned(), |it| it.to_string());
        return Err(AdoptRejection::StartDiffers { unit, asked: it.in_service_from, starts_on });
    }
    let adopted = UnitAdopted {
        unit: it.unit.clone(),
        account: account.clone(),
        order_line: it.order_line.clone(),
        in_service_from: it.in_service_from,
        paid_until: it.paid_until,
    };
    match known.before {
        Some(before) if *before == adopted => Ok(None),
        Some(_) => Err(AdoptRejection::OtherUnit { unit }),
        None if known.is_billed => Err(AdoptRejection::BilledHere { unit }),
        None => Ok(Some(adopted)),
    }
}

/// Adopts an open item. None: it is known to the letter.
///
/// # Errors
/// [`AdoptRejection`].
pub fn adopt_balance(
    it: &AdoptBalance,
    account: Option<&AccountRegistered>,
    before: Option<&BalanceAdopted>,
    today: Date,
) -> Result<Option<BalanceAdopted>, AdoptRejection> {
    let Some(account) = account else {
        return Err(AdoptRejection::NoAccount { account: it.account.clone() });
    };
    let balance = it.balance.clone();
    let rounded =
        Money::round(it.amount.exact(), account.currency, Rounding::HalfAwayFromZero).ok();
    let whole =
        rounded.filter(|rounded| rounded.exact() == it.amount.exact() && rounded.minor != 0);
    let Some(amount) = whole else { return Err(AdoptRejection::BadAmount { balance }) };
    let adopted = BalanceAdopted {
        balance: balance.clone(),
        account: account.account.clone(),
        seller: account.seller.clone(),
        amount,
        adopted_on: before.map_or(today, |it| it.adopted_on),
        due_on: it.due_on,
    };
    match before {
        Some(before) if *before == adopted => Ok(None),
        Some(_) => Err(AdoptRejection::OtherBalance { balance }),
        None => Ok(Some(adopted)),
    }
}
