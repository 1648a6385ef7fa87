//! A charge: one line of an invoice before it has a number. `subscriptions` and `rating` make
//! them, `invoicing` gathers them. A charge carries everything that explains its amount.

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{Exact, Money, Percent, Period, Quantity, Rounding, UnitPrice};
use serde::{Deserialize, Serialize};

use crate::commitment::CommitmentUse;
use crate::device::DeviceDetail;
use crate::offer::{ComponentKind, SupplyNature};
use crate::pool::PoolName;
pub use crate::pool::PoolUse;
use crate::unit::StartEvidence;
use crate::{ComponentCode, InvoiceGroup, OfferRef, OrderId, OrderLineId, RowCode, Text, UnitId};

/// An amount due or given back, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// The version of the offer that prices it. Of a true-up that an account agreed on: the
    /// account and its version.
    pub offer: OfferRef,
    /// The component; of a true-up, the commitment.
    pub component: ComponentCode,
    /// What people call the component.
    pub name: Text,
    /// Kind of the component.
    pub component_kind: ComponentKind,
    /// Goods or services.
    pub nature: SupplyNature,
    /// What happened.
    pub kind: ChargeKind,
    /// Days of service, or the bill period of usage; none for one-off charges.
    pub period: Option<Period>,
    /// How many; negative in credits.
    pub quantity: Quantity,
    /// Price of one, where one price applies to all.
    pub unit_price: Option<UnitPrice>,
    /// Which part, for instalments.
    pub instalment: Option<Instalment>,
    /// Days charged of the days of the bill period, for service.
    pub days: Option<DayShare>,
    /// How usage was rated.
    pub rated: Option<RatedUsage>,
    /// How the whole order line was rated that this is a part of, where its price is a model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordered: Option<OrderedRate>,
    /// The units that share the line, sorted.
    pub units: Vec<UnitId>,
    /// The orders, for order fees, sorted.
    pub orders: Vec<OrderId>,
    /// Why it starts when it starts, one for each unit that is billed for the first time.
    pub starts: Vec<UnitStart>,
    /// How the amount was computed.
    pub computation: Computation,
    /// What a true-up is made of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commitment: Option<CommitmentUse>,
    /// What there is to say of the device that it is about.
    #[serde(default, skip_serializing_if = "DeviceDetail::is_empty")]
    pub device: DeviceDetail,
    /// The invoice of its own on which it stands; none: the consolidated one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<InvoiceGroup>,
    /// The amount, net of tax, rounded once.
    pub amount: Money,
}

impl Charge {
    /// By what it is, never by how it came about: equal charges in any order have one order, in
    /// which the remainders of shared amounts fall on the same lines.
    pub fn rank(&self) -> impl Ord + '_ {
        (
            (&self.component, &self.offer, self.kind),
            (self.period, self.instalment, &self.device),
            self.rated.as_ref().map(RatedUsage::part),
            self.ordered.as_ref().map(|rate| (&rate.line, &rate.row)),
            (&self.units, &self.orders, &self.group),
        )
    }
}

/// What a charge is for. The key is stable and names the text on the invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ChargeKind {
    /// A device was delivered.
    #[serde(rename = "hardware.sale")]
    HardwareSale,
    /// A part of the price of a device is due.
    #[serde(rename = "hardware.instalment")]
    HardwareInstalment,
    /// A device came back in time.
    #[serde(rename = "hardware.return_credit")]
    HardwareReturnCredit,
    /// A part billed earlier is given back.
    #[serde(rename = "hardware.instalment_credit")]
    HardwareInstalmentCredit,
    /// Once per order.
    #[serde(rename = "fee.setup")]
    OrderFee,
    /// A device was lost or stolen.
    #[serde(rename = "fee.loss")]
    LossFee,
    /// A unit is in another state than on the day before.
    #[serde(rename = "fee.state_change")]
    StateFee,
    /// Such a fee is given back, because the change did not take place on that day.
    #[serde(rename = "fee.state_change_credit")]
    StateFeeCredit,
    /// Service days not billed before.
    #[serde(rename = "service.charge")]
    ServiceCharge,
    /// Service days billed before that did not take place, or at another plan.
    #[serde(rename = "service.credit")]
    ServiceCredit,
    /// Usage of a bill period, for the first time.
    #[serde(rename = "usage.charge")]
    UsageCharge,
    /// The difference to what was billed for an earlier period.
    #[serde(rename = "usage.adjustment")]
    UsageAdjustment,
    /// All that was billed for usage of an earlier period is given back, to be charged again.
    #[serde(rename = "usage.credit")]
    UsageCredit,
    /// Usage of an earlier period, charged again whole.
    #[serde(rename = "usage.recharge")]
    UsageRecharge,
    /// A difference to what was billed that is too small to be billed: of 0.
    #[serde(rename = "usage.write_off")]
    UsageWriteOff,
    /// Usage that is rated and shown without being billed: of 0.
    #[serde(rename = "usage.shadow")]
    UsageShadow,
    /// What a minimum lacks when its period is over, or what was billed of it too much.
    #[serde(rename = "commitment.true_up")]
    CommitmentTrueUp,
}

impl ChargeKind {
    /// The stable key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::HardwareSale => "hardware.sale",
            Self::HardwareInstalment => "hardware.instalment",
            Self::HardwareReturnCredit => "hardware.return_credit",
            Self::HardwareInstalmentCredit => "hardware.instalment_credit",
            Self::OrderFee => "fee.setup",
            Self::LossFee => "fee.loss",
            Self::StateFee => "fee.state_change",
            Self::StateFeeCredit => "fee.state_change_credit",
            Self::ServiceCharge => "service.charge",
            Self::ServiceCredit => "service.credit",
            Self::UsageCharge => "usage.charge",
            Self::UsageAdjustment => "usage.adjustment",
            Self::UsageCredit => "usage.credit",
            Self::UsageRecharge => "usage.recharge",
            Self::UsageWriteOff => "usage.write_off",
            Self::UsageShadow => "usage.shadow",
            Self::CommitmentTrueUp => "commitment.true_up",
        }
    }

    /// Whether it is about metered usage; then the charge says how that was rated.
    #[must_use]
    pub const fn is_usage(self) -> bool {
        matches!(
            self,
            Self::UsageCharge
                | Self::UsageAdjustment
                | Self::UsageCredit
                | Self::UsageRecharge
                | Self::UsageWriteOff
                | Self::UsageShadow
        )
    }
}

/// Part `number` of `count`; part 0 is the deposit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Instalment {
    /// From 1; 0 is the deposit.
    pub number: u16,
    /// How many there are, without the deposit.
    pub count: u16,
    /// Whether it is due before its time, because the device was cancelled or went back. Of a part
    /// that is given back: it was billed so, and waits for its time again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub at_once: bool,
}

/// `days` of `period_days`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DayShare {
    /// Days charged, as the proration policy counts them.
    pub days: i64,
    /// Days of the whole bill period, as the policy counts them.
    pub period_days: i64,
}

/// How the usage of a period was rated, as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RatedUsage {
    /// The row of the price table, where there is one.
    pub row: Option<RowCode>,
    /// What the row asks for, one text a dimension: `tracker-4g`, `BE, DE`, `peak`. Empty for the
    /// row that takes the rest.
    pub row_values: Vec<String>,
    /// Symbol of the unit that is measured: `MB`, `h`.
    pub symbol: Text,
    /// The whole quantity of the period, now.
    pub quantity: Quantity,
    /// How it fell on the tiers.
    pub tiers: Vec<TierShare>,
    /// Rounded price of the whole quantity, now.
    pub amount: Money,
    /// Quantity on earlier invoices.
    pub quantity_before: Quantity,
    /// Amount on earlier invoices.
    pub billed_before: Money,
    /// The allowance, where there is one.
    pub pool: Option<PoolUse>,
    /// Who used how much; the quantities sum to `quantity`.
    pub by_unit: Vec<UnitShare>,
    /// How the quantity became the one that the tiers hold, where they differ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<Counted>,
    /// What the events cost besides, where each has a fee.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<EventShare>,
    /// The floors and caps that stand in place of what tiers and events cost.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<LimitShare>,
    /// The day whose usage this is, where the greatest day prices the period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peak_on: Option<Date>,
    /// How far the counters of the tiers stood before, where they do not begin at 0 with the
    /// period or are not of the whole line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counters: Vec<CounterShare>,
    /// The order line whose own price stands in for that of the row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<OrderLineId>,
    /// Why the amount, or the difference, is not billed; none: it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_billed: Option<NotBilled>,
    /// The events that it was rated from, where there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<EventRange>,
}

/// Why usage is rated and not billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotBilled {
    /// Its charge is not switched on yet.
    Shadow {
        /// The first day whose usage is billed.
        until: Date,
        /// Whether invoices show it.
        on_invoice: bool,
    },
    /// It is too small, so far.
    WrittenOff {
        /// What is rated and not billed, of all that came late so far.
        amount: Money,
        /// From which distance to 0 the sum of the component and period is billed.
        below: Money,
    },
}

/// The events of a line, whatever the order and the batches in which they came
/// (`docs/adr/0019`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRange {
    /// The instant of the first.
    pub first_at: Timestamp,
    /// The instant of the last.
    pub last_at: Timestamp,
    /// How many.
    pub events: i64,
    /// SHA-256 of the SHA-256s of the events, in hexadecimal digits, sorted, a line each.
    pub digest: String,
}

/// How what was ordered was rated, as a whole: what the line of the invoice bills is a part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderedRate {
    /// The order line; none for a fee, which is of the order.
    pub line: Option<OrderLineId>,
    /// The row of the price table, where there is one.
    pub row: Option<RowCode>,
    /// What the row asks for, as in [`RatedUsage::row_values`].
    pub row_values: Vec<String>,
    /// Whether a price of the contract stands in for that of the row.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own_price: bool,
    /// The quantity that is priced: of the units of the line under this row, whatever became of
    /// them since.
    pub quantity: Quantity,
    /// Units, or orders, that carry equal shares of it.
    pub shared_by: u32,
    /// How the quantity fell on the tiers.
    pub tiers: Vec<TierShare>,
    /// How the quantity became the one that the tiers hold, where they differ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<Counted>,
    /// The floor or cap that stands in place of what the tiers cost.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<LimitShare>,
    /// What the part differs by from its rounded terms, so that the parts of all units sum to the
    /// rounded whole: the amount of the line is the rounded terms and this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cents: Option<Money>,
}

/// `of` of `all` equal shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// How many.
    pub of: u32,
    /// How many there are; never 0.
    pub all: u32,
}

impl RatedUsage {
    /// Which line of its component and period: the row of the table, the contract that has a price
    /// of its own for it, and the pool.
    #[must_use]
    pub fn part(&self) -> (Option<&RowCode>, Option<&OrderLineId>, Option<&PoolName>) {
        let pool = self.pool.as_ref().map(|pool| &pool.name);
        (self.row.as_ref(), self.contract.as_ref(), pool)
    }
}

/// From the measured quantity to the one that tiers price. Of several counters, their sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// Free of charge.
    pub included: Quantity,
    /// How much a package holds, where packages are priced.
    pub package: Option<Quantity>,
    /// What the tiers hold: the rest, or the packages that it fills.
    pub priced: Quantity,
}

/// Events that cost a fee each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventShare {
    /// How many were paid; those that are free are not among them.
    pub paid: i64,
    /// Price of one.
    pub price: UnitPrice,
}

/// So many times, an amount is held at a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitShare {
    /// Which limit.
    pub limit: Limit,
    /// The amount of one.
    pub price: UnitPrice,
    /// How many counters it holds; negative where earlier periods were held.
    pub times: i64,
}

/// A limit of an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// Not less.
    Floor,
    /// Not more.
    Cap,
}

/// What one counter added to a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CounterShare {
    /// Whose it is: a unit, an order line, or empty for the whole.
    pub of: String,
    /// Where it stood.
    pub before: Quantity,
    /// What was added.
    pub quantity: Quantity,
    /// Events before.
    pub events_before: i64,
    /// Events added.
    pub events: i64,
}

/// The part of a quantity that fell into one tier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TierShare {
    /// Lower bound, excluded.
    pub over: Quantity,
    /// Upper bound, included; none: open.
    pub up_to: Option<Quantity>,
    /// How much of the quantity.
    pub quantity: Quantity,
    /// Price of one.
    pub unit_price: UnitPrice,
    /// The fee of the tier itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flat: Option<FlatShare>,
}

/// Fees for entering or reaching a tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlatShare {
    /// The fee.
    pub price: UnitPrice,
    /// How often it is due: once for each counter; negative where it was due before and is not now.
    pub times: i64,
}

/// What one unit used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitShare {
    /// The unit.
    pub unit: UnitId,
    /// How much.
    pub quantity: Quantity,
    /// In how many events.
    pub events: i64,
}

/// Why a unit is billed from when it is billed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitStart {
    /// The unit.
    pub unit: UnitId,
    /// From when.
    pub start_at: Timestamp,
    /// Why.
    pub evidence: StartEvidence,
}

/// How an amount came about: the sum of the terms, rounded once, less what was billed before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Computation {
    /// What was added.
    pub terms: Vec<Term>,
    /// The exact sum, as text (`126.605955`, or with `…` where it has no end).
    pub exact: String,
    /// How it was rounded.
    pub rounding: Rounding,
    /// The rounded sum.
    pub rounded: Money,
    /// What earlier invoices billed for the same thing, and what of it is not billed.
    pub less: Option<Money>,
}

/// `quantity × unit_price`, times a part, a percentage and a share of days where there are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// How many.
    pub quantity: Quantity,
    /// Price of one.
    pub unit_price: UnitPrice,
    /// Part of the period.
    pub days: Option<DayShare>,
    /// Part of what was priced together, where it is not all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<Part>,
    /// Part of the price of a device that went back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<Percent>,
}

impl Term {
    /// The exact value.
    ///
    /// # Errors
    /// [`kernel::Overflow`].
    #[inline]
    pub fn exact(&self) -> Result<Exact, kernel::Overflow> {
        let mut whole = self.quantity.exact().times(self.unit_price.exact())?;
        if let Some(Part { of, all }) = self.part {
            whole = whole.times(Exact::ratio(i128::from(of), i128::from(all))?)?;
        }
        if let Some(percent) = self.percent {
            whole = whole.times(percent.fraction()?)?;
        }
        match self.days {
            None => Ok(whole),
            Some(share) => {
                whole.times(Exact::ratio(i128::from(share.days), i128::from(share.period_days))?)
            }
        }
    }
}
