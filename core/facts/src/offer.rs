//! What is sold (the commercial definition) and how it is supplied (the fulfilment definition):
//! two documents that refer to each other and change without each other.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use kernel::{Currency, Interval, Money, Quantity, Rounding, UnitPrice};
use serde::{Deserialize, Serialize};

use crate::device::{DeviceTerms, LifeState, PricePart, ServiceState};
use crate::discount::Terms;
use crate::price::{OrderedPrice, PriceTable, TierCounter, UsagePrice};
use crate::{ComponentCode, MeterCode, OfferCode, OfferRef, PlanCode, SpecCode, Text};

/// A version of an offer. (TM Forum: ProductOffering.)
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferPublished {
    /// The offer.
    pub code: OfferCode,
    /// From 1, rising by 1.
    pub version: u32,
    /// First day on which an order can be accepted under this version.
    pub effective_from: Date,
    /// What people call it.
    pub name: Text,
    /// Currency of every price.
    pub currency: Currency,
    /// How many units an order line may have.
    pub units: QuantityRule,
    /// When the service of a unit starts.
    pub start: StartPolicy,
    /// What part of a period is charged.
    pub proration: Proration,
    /// How a line becomes money, once.
    pub rounding: Rounding,
    /// What happens to usage of a period that was billed already.
    pub late_usage: LateUsage,
    /// Days after delivery in which a returned device is credited in full; none: never credited.
    pub return_window_days: Option<u16>,
    /// Service levels; a unit begins on the first. Empty: there is only one.
    pub plans: Vec<PlanCode>,
    /// Choices made at the order, each with its values; the first value is the default.
    pub options: BTreeMap<String, Vec<String>>,
    /// What has a price.
    pub components: Vec<Component>,
    /// What is taken off these prices, and put on them later.
    #[serde(default, skip_serializing_if = "Terms::is_empty")]
    pub terms: Terms,
    /// What becomes of days that were paid in advance and not served.
    #[serde(default, skip_serializing_if = "StoppedDays::is_credited")]
    pub stopped_days: StoppedDays,
    /// What a contract does when its device is lost or stolen.
    #[serde(default, skip_serializing_if = "AfterLoss::is_end")]
    pub on_loss: AfterLoss,
}

impl OfferPublished {
    /// The version as an order keeps it.
    #[must_use]
    pub fn reference(&self) -> OfferRef {
        OfferRef { code: self.code.clone(), version: self.version }
    }

    /// The component of this code.
    #[must_use]
    pub fn component(&self, code: &ComponentCode) -> Option<&Component> {
        self.components.iter().find(|component| component.code == *code)
    }
}

/// Bounds of a quantity, and what is taken when nothing is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuantityRule {
    /// At least.
    pub min: u32,
    /// When nothing is said.
    pub default: u32,
    /// At most.
    pub max: u32,
}

impl QuantityRule {
    /// Exactly one.
    pub const ONE: Self = Self { min: 1, default: 1, max: 1 };
}

/// The part of an offer that has a price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Component {
    /// The component.
    pub code: ComponentCode,
    /// What people call it.
    pub name: Text,
    /// What kind of thing is sold; it chooses the section of the invoice.
    pub kind: ComponentKind,
    /// Goods or services, which decides when VAT is due.
    pub nature: SupplyNature,
    /// What is charged, and when.
    pub charge: ChargeRule,
    /// How many per unit (or per order, for a fee).
    pub quantity: QuantityRule,
    /// Taken only when the order line asks for it.
    pub optional: bool,
    /// Taken only when an option has this value.
    pub only_if: Option<OptionValue>,
    /// How it is supplied.
    pub fulfilment: Option<SpecCode>,
    /// What is agreed on about the device that it sells.
    #[serde(default, skip_serializing_if = "DeviceTerms::is_empty")]
    pub device: DeviceTerms,
}

/// One value of one option.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptionValue {
    /// The option's name.
    pub option: String,
    /// The value.
    pub value: String,
}

/// What kind of thing a component is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ComponentKind {
    /// A device.
    Hardware,
    /// A subscription.
    Service,
    /// Metered consumption.
    Usage,
    /// A one-off charge for something done.
    Fee,
}

/// Goods or services (`reference/accounting-and-einvoicing.md` §0.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SupplyNature {
    /// VAT is due at delivery.
    Goods,
    /// VAT is due on payment, unless the seller opts for debits.
    Services,
}

/// What is charged and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChargeRule {
    /// Once per unit, on the first invoice that knows its delivery, or another milestone.
    OnceDelivered {
        /// Price.
        #[serde(flatten)]
        price: OrderedPrice,
        /// When it is due.
        #[serde(default, skip_serializing_if = "Milestone::is_delivered")]
        at: Milestone,
    },
    /// In equal monthly parts per unit: part k is due k − 1 months after the milestone.
    Instalments {
        /// Price of a part.
        #[serde(flatten)]
        price: OrderedPrice,
        /// Number of parts.
        count: u16,
        /// What is due with the first of them besides, for each device: part 0; none: nothing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deposit: Option<UnitPrice>,
        /// What becomes of the parts that are not due yet when the device is cancelled or goes
        /// back.
        #[serde(default, skip_serializing_if = "OpenParts::goes_on")]
        on_end: OpenParts,
        /// From when the parts are counted.
        #[serde(default, skip_serializing_if = "Milestone::is_delivered")]
        at: Milestone,
    },
    /// In parts of a price per unit, each with a milestone or on a day.
    Milestones {
        /// The whole price of one.
        unit_price: UnitPrice,
        /// Its parts, which sum to 100 %.
        parts: Vec<PricePart>,
        /// What becomes of the parts that are not due yet when the unit is cancelled or goes back.
        #[serde(default, skip_serializing_if = "OpenParts::goes_on")]
        on_end: OpenParts,
    },
    /// Once per order, on the first invoice that knows a delivery of it.
    OncePerOrder {
        /// Price.
        #[serde(flatten)]
        price: OrderedPrice,
    },
    /// Once per unit, on the first invoice that knows that its device was lost or stolen.
    OnceLost {
        /// Price.
        #[serde(flatten)]
        price: OrderedPrice,
    },
    /// Once per unit, on the first invoice that knows that its device did not go back after its
    /// contract was over.
    OnceNotReturned {
        /// Price.
        #[serde(flatten)]
        price: OrderedPrice,
        /// Days after the day on which the contract was over, on which it still can go back.
        within_days: u16,
    },
    /// Each time that a unit is in another state than on the day before.
    StateChanged {
        /// Price.
        #[serde(flatten)]
        price: OrderedPrice,
        /// The states of the day before that it is for; empty: any.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        from: BTreeSet<LifeState>,
        /// The state of the day.
        to: LifeState,
    },
    /// For each day of a unit in a state, as a part of the charge period.
    Recurring {
        /// Price for a whole charge period.
        #[serde(flatten)]
        price: OrderedPrice,
        /// Before or after the period.
        timing: Timing,
        /// Only on days on this plan; none: on every service day.
        plan: Option<PlanCode>,
        /// The length of its charge periods; none: they are the bill periods of the account.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        every: Option<Every>,
        /// For the days on which the unit is in this state.
        #[serde(default, skip_serializing_if = "ServiceState::is_active")]
        state: ServiceState,
    },
    /// For what a meter measured in a bill period, after it.
    Usage {
        /// What is measured.
        meter: MeterCode,
        /// What it costs.
        price: UsagePrice,
        /// Whose usage fills the tiers, and for how long.
        #[serde(default, skip_serializing_if = "is_default_counter")]
        counter: TierCounter,
        /// Until when it is rated and shown without being billed; none: it always is billed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shadow: Option<Shadow>,
    },
}

/// A usage charge that is rated and shown before it is billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shadow {
    /// First civil day, in the account's zone, whose usage is billed. What happened before it never
    /// is, whenever it arrives.
    pub until: Date,
    /// Whether invoices show it, as lines of 0; else only previews and the current cost do.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub on_invoice: bool,
}

impl ChargeRule {
    /// The price table, where the price is one.
    #[must_use]
    pub const fn table(&self) -> Option<&PriceTable> {
        match self {
            Self::Usage { price: UsagePrice::Table(table), .. }
            | Self::OnceDelivered { price: OrderedPrice::Table(table), .. }
            | Self::Instalments { price: OrderedPrice::Table(table), .. }
            | Self::OncePerOrder { price: OrderedPrice::Table(table) }
            | Self::OnceLost { price: OrderedPrice::Table(table) }
            | Self::OnceNotReturned { price: OrderedPrice::Table(table), .. }
            | Self::StateChanged { price: OrderedPrice::Table(table), .. }
            | Self::Recurring { price: OrderedPrice::Table(table), .. } => Some(table),
            _ => None,
        }
    }

    /// The same to change it.
    pub const fn table_mut(&mut self) -> Option<&mut PriceTable> {
        match self {
            Self::Usage { price: UsagePrice::Table(table), .. }
            | Self::OnceDelivered { price: OrderedPrice::Table(table), .. }
            | Self::Instalments { price: OrderedPrice::Table(table), .. }
            | Self::OncePerOrder { price: OrderedPrice::Table(table) }
            | Self::OnceLost { price: OrderedPrice::Table(table) }
            | Self::OnceNotReturned { price: OrderedPrice::Table(table), .. }
            | Self::StateChanged { price: OrderedPrice::Table(table), .. }
            | Self::Recurring { price: OrderedPrice::Table(table), .. } => Some(table),
            _ => None,
        }
    }

    /// Whether usage of a civil day, in the account's zone, is rated without being billed.
    #[must_use]
    pub fn is_shadow_on(&self, day: Date) -> bool {
        matches!(self, Self::Usage { shadow: Some(shadow), .. } if day < shadow.until)
    }
}

fn is_default_counter(counter: &TierCounter) -> bool {
    *counter == TierCounter::default()
}

/// The charge periods of a recurring charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Every {
    /// How long each is.
    pub interval: Interval,
    /// From where they are counted.
    pub align: Alignment,
}

/// From where charge periods are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alignment {
    /// In the calendar of the account: months from the bill day of January, weeks from Monday.
    Account,
    /// From the first day of service of the unit.
    Start,
    /// From the day of the order.
    Order,
}

/// When a recurring charge is billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timing {
    /// On the first day of the period.
    InAdvance,
    /// On the day after its last.
    InArrears,
}

/// When the service of a unit starts: the first of the triggers, and never before `not_before`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartPolicy {
    /// Any of these starts the service; the earliest wins.
    pub first_of: Vec<StartTrigger>,
    /// Evidence before this does not count.
    pub not_before: Option<Milestone>,
    /// By when something must have started it, and what follows if nothing did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<StartDeadline>,
    /// How long a device is tried free of charge before its service starts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<TestState>,
}

/// A day by which something must have started a service: 00:00, in the account's zone, so many days
/// after another day. What happens on that day or later comes too late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartDeadline {
    /// Counted from the day of this.
    pub after: DeadlineFrom,
    /// How many days.
    pub days: u16,
    /// What follows when nothing came.
    pub then: AfterDeadline,
}

/// What a deadline is counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeadlineFrom {
    /// The day of the order.
    Ordered,
    /// The day of the shipment.
    Shipped,
    /// The day of the delivery.
    Delivered,
    /// The day of the acceptance.
    Accepted,
}

impl DeadlineFrom {
    /// The step of the supply; none: it is the order.
    #[must_use]
    pub const fn milestone(self) -> Option<Milestone> {
        match self {
            Self::Ordered => None,
            Self::Shipped => Some(Milestone::Shipped),
            Self::Delivered => Some(Milestone::Delivered),
            Self::Accepted => Some(Milestone::Accepted),
        }
    }
}

/// What follows when nothing started a service by its deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AfterDeadline {
    /// It starts with the deadline, or with what it may not start before.
    Start,
    /// The unit is cancelled on that day: it never starts.
    Cancel,
    /// Nothing but that people are told (`tabouret reconcile`).
    Report,
}

/// A device is in service and costs nothing, until so many days are over, or so much is used. Then
/// its service starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestState {
    /// Whole civil days, with that on which the test begins.
    pub days: u16,
    /// What ends it before: 00:00 of the day after that on which so much was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<UsageThreshold>,
}

/// So much usage of a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageThreshold {
    /// Of what.
    pub meter: MeterCode,
    /// How much.
    pub quantity: Quantity,
}

impl StartPolicy {
    /// Whether a start can depend on usage.
    #[must_use]
    pub fn asks_usage(&self) -> bool {
        self.first_of.contains(&StartTrigger::FirstUsage)
            || self.test.as_ref().is_some_and(|test| test.until.is_some())
    }
}

/// One thing that can start a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StartTrigger {
    /// An activation signal from a serial that the unit holds.
    Activated,
    /// 00:00, in the account's zone, of a day so many days after a milestone's day.
    DaysAfter {
        /// Counted from.
        milestone: Milestone,
        /// How many days.
        days: u16,
    },
    /// The milestone itself.
    At(Milestone),
    /// The first usage of the device, as far as the unit holds it.
    FirstUsage,
}

/// A step in the supply of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Milestone {
    /// Handed to the carrier.
    Shipped,
    /// Handed to the customer.
    #[default]
    Delivered,
    /// Found good by the customer. Never before it is delivered.
    Accepted,
}

impl Milestone {
    /// Whether it is the one that is meant where none is named.
    #[must_use]
    pub fn is_delivered(&self) -> bool {
        *self == Self::Delivered
    }
}

/// What becomes of the instalments of a device that are not due yet when it is cancelled or goes
/// back, unless it goes back in time: then all are given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpenParts {
    /// They fall due as agreed.
    #[default]
    GoOn,
    /// They are due on the day of the end.
    DueAtOnce,
    /// They are never due; what was billed of them before the end was known is given back.
    Waived,
}

impl OpenParts {
    /// Whether an end changes nothing.
    #[must_use]
    pub fn goes_on(&self) -> bool {
        *self == Self::GoOn
    }
}

/// What part of a period's price a run of service days costs. (Convention names:
/// `reference/commercial-systems.md` §2.3.)
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proration {
    /// Days of the run ÷ days of the period, both half-open. The default.
    DaysHalfOpen,
    /// The same, and the day on which service ends or is suspended is a service day too.
    DaysInclusive,
    /// Days of the run ÷ 30; a whole period costs its price.
    ThirtyDayMonth,
    /// Any day costs the whole period: what begins in the middle costs all of it, and what ends in
    /// the middle gives nothing back.
    FullPeriod,
    /// The first day costs the whole period: what begins in the middle costs nothing until the next
    /// one, and what ends in the middle gives nothing back.
    None,
}

/// What becomes of days that were paid in advance and on which the service was suspended or held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoppedDays {
    /// They are given back on the next invoice.
    #[default]
    Credited,
    /// They are used after the service goes on, a day for a day: the paid term ends later. What is
    /// left when the service ends is given back.
    UsedLater,
}

/// What a contract does when its device is lost or stolen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AfterLoss {
    /// It ends on that day.
    #[default]
    Ends,
    /// It stops until another device is swapped in, and goes on then.
    UntilReplaced,
}

impl AfterLoss {
    /// Whether it ends, as where nothing is said.
    #[must_use]
    pub const fn is_end(&self) -> bool {
        matches!(self, Self::Ends)
    }
}

impl StoppedDays {
    /// Whether they are given back, as where nothing is said.
    #[must_use]
    pub const fn is_credited(&self) -> bool {
        matches!(self, Self::Credited)
    }
}

/// What happens to usage that arrives after its period was billed. In each case the period is
/// rated again as a whole; issued invoices never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LateUsage {
    /// The difference is on the next invoice.
    BillDifference,
    /// The difference is on the next invoice, unless it is small. What is written off stays on the
    /// account of the period: with what comes later it is billed once both together are not small.
    WriteOff {
        /// The differences of the lines of one component and bill period are written off while
        /// their sum is nearer to 0 than this; positive or negative.
        below: Money,
    },
    /// The next invoice gives back all that was billed for the line, and charges it again whole.
    Reopen,
}

/// A version of how a component is supplied. (TM Forum: ProductSpecification and its CFS/RFS.)
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FulfilmentSpecPublished {
    /// The spec.
    pub code: SpecCode,
    /// From 1, rising by 1.
    pub version: u32,
    /// First day on which this version counts.
    pub effective_from: Date,
    /// What people call it.
    pub name: Text,
    /// Stock-keeping units that are picked, as the ERP names them.
    pub skus: Vec<String>,
    /// What is done to bring the device to life, in order.
    pub provisioning: Vec<String>,
    /// The CloudEvents `type` that counts as activation; none: it cannot be activated.
    pub activation_signal: Option<String>,
}
