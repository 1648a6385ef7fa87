//! The shape of the catalog file. These types say which keys exist; each is turned into a fact by
//! hand, so that the file can stay while the facts change.

use std::collections::BTreeMap;

use facts::device::{LifeState, Ownership, PartDue, ServiceState};
use facts::offer::{
    AfterDeadline, AfterLoss, Alignment, ComponentKind, DeadlineFrom, LateUsage, Milestone,
    OpenParts, Proration, StoppedDays, SupplyNature, Timing,
};
use facts::text::Language;
use facts::{AccountId, ComponentCode, MeterCode, OfferCode, PlanCode};
use facts::{SellerCode, SpecCode};
use jiff::civil::Date;
use kernel::{BillCycle, Currency, Percent, Quantity, Rounding, UnitPrice, Zone};
use schemars::JsonSchema;
use serde::Deserialize;

use super::written::Written;

pub use super::shape_meter::Meter;
pub use super::shape_price::{Counter, UsagePrice};
pub use super::shape_terms::{Commitment, Discount, Escalation, Index};

/// A catalog file.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CatalogFile {
    /// The legal entities that sell.
    pub sellers: Vec<Seller>,
    /// What is measured.
    pub meters: Vec<Meter>,
    /// How things are supplied.
    pub fulfilment_specs: Vec<FulfilmentSpec>,
    /// What is sold.
    pub offers: Vec<Offer>,
    /// Who is billed.
    pub accounts: Vec<Account>,
}

/// A name in English and in French.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// English.
    pub en: String,
    /// French.
    pub fr: String,
}

/// A postal address, as printed.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// Street and number, one or more lines.
    pub lines: Vec<String>,
    /// Postal code.
    pub postal_code: Written<String>,
    /// Town.
    pub city: String,
    /// ISO 3166 alpha-2, such as FR.
    pub country: String,
}

/// A legal entity that sells.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Seller {
    /// What the rest of the catalog calls it.
    pub code: Written<SellerCode>,
    /// First day on which this version counts.
    pub effective_from: Written<Date>,
    /// Legal name.
    pub legal_name: String,
    /// Registered address.
    pub address: Address,
    /// VAT identification number.
    pub vat_id: Written<String>,
    /// Registration number (SIREN in France).
    pub registration: Written<String>,
    /// Zone of the books.
    pub zone: Written<Zone>,
    /// Prefix of invoice numbers: `INV-` gives `INV-2026-000001`.
    pub invoice_prefix: String,
    /// VAT rate in percent by country of the customer.
    pub vat_rates: BTreeMap<String, Written<Percent>>,
    /// VAT on services is due when invoiced instead of when paid.
    #[serde(default)]
    pub vat_on_debits: Option<Written<bool>>,
    /// Days from issue to due date.
    pub payment_days: Written<u16>,
    /// Account the customer pays to.
    #[serde(default)]
    pub iban: Option<Written<String>>,
    /// Whether invoices are looked at before they are issued, where the account says nothing.
    #[serde(default)]
    pub review: Option<Review>,
    /// Indexes that prices follow.
    #[serde(default)]
    pub indexes: Vec<Index>,
}

/// How something is supplied.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FulfilmentSpec {
    /// What the rest of the catalog calls it.
    pub code: Written<SpecCode>,
    /// First day on which this version counts.
    pub effective_from: Written<Date>,
    /// What people call it.
    pub name: Words,
    /// Stock-keeping units that are picked, as the ERP names them.
    #[serde(default)]
    pub skus: Vec<String>,
    /// What is done to bring the device to life, in order.
    #[serde(default)]
    pub provisioning: Vec<String>,
    /// The CloudEvents `type` that counts as activation.
    #[serde(default)]
    pub activation_signal: Option<String>,
}

/// What is sold.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Offer {
    /// What orders call it; they may also use its name.
    pub code: Written<OfferCode>,
    /// First day on which an order can be accepted under this version.
    pub effective_from: Written<Date>,
    /// What people call it.
    pub name: Words,
    /// Currency of every price.
    pub currency: Written<Currency>,
    /// How many units an order line may have.
    pub units: QuantityRule,
    /// When the service of a unit starts.
    pub start: StartPolicy,
    /// What part of a period is charged; by default days_half_open.
    #[serde(default)]
    pub proration: Option<Written<Proration>>,
    /// How a line becomes money; by default half_away_from_zero.
    #[serde(default)]
    pub rounding: Option<Written<Rounding>>,
    /// What happens to usage of a period that was billed already; by default bill_difference.
    #[serde(default)]
    pub late_usage: Option<Written<LateUsage>>,
    /// Differences of billed periods whose sum is nearer to 0 than this are written off; left out:
    /// none is.
    #[serde(default)]
    pub write_off_below: Option<Written<UnitPrice>>,
    /// Days after delivery in which a returned device is credited; left out: never credited.
    #[serde(default)]
    pub return_window_days: Option<Written<u16>>,
    /// What becomes of days that were paid in advance and on which the service was suspended or
    /// held; by default credited.
    #[serde(default)]
    pub stopped_days: Option<Written<StoppedDays>>,
    /// What a contract does when its device is lost or stolen; by default ends.
    #[serde(default)]
    pub on_loss: Option<Written<AfterLoss>>,
    /// Service levels; a unit begins on the first.
    #[serde(default)]
    pub plans: Vec<Written<PlanCode>>,
    /// Choices made at the order, each with its values, the default first.
    #[serde(default)]
    pub options: BTreeMap<String, Vec<String>>,
    /// What has a price.
    pub components: Vec<Component>,
    /// What rises at the anniversary of a contract.
    #[serde(default)]
    pub escalations: Vec<Escalation>,
    /// What is taken off.
    #[serde(default)]
    pub discounts: Vec<Discount>,
    /// The least and the most that is billed for an account's units of it.
    #[serde(default)]
    pub commitments: Vec<Commitment>,
}

/// Bounds of a quantity, and what is taken when nothing is said.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QuantityRule {
    /// At least.
    pub min: Written<u32>,
    /// When nothing is said.
    pub default: Written<u32>,
    /// At most.
    pub max: Written<u32>,
}

/// When the service of a unit starts.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StartPolicy {
    /// Any of these starts the service; the earliest wins.
    pub first_of: Vec<StartTrigger>,
    /// Evidence before this does not count.
    #[serde(default)]
    pub not_before: Option<Written<Milestone>>,
    /// By when something must have started it; left out: it waits for ever.
    #[serde(default)]
    pub deadline: Option<StartDeadline>,
    /// How long a device is tried free of charge before its service starts; left out: it is not.
    #[serde(default)]
    pub test: Option<TestState>,
}

/// By when something must have started a service, and what follows if nothing did.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StartDeadline {
    /// Counted from the day of this.
    pub after: Written<DeadlineFrom>,
    /// How many days; 00:00 of that day is the deadline.
    pub days: Written<u16>,
    /// What follows when nothing came.
    pub then: Written<AfterDeadline>,
}

/// How long a device is tried free of charge.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TestState {
    /// Whole civil days, with that on which the test begins.
    pub days: Written<u16>,
    /// What ends it before: 00:00 of the day after that on which so much was used.
    #[serde(default)]
    pub until: Option<UsageThreshold>,
}

/// So much usage of a device.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UsageThreshold {
    /// A meter that counts events or sums a member.
    pub meter: Written<MeterCode>,
    /// How much of it; above 0.
    pub quantity: Written<Quantity>,
}

/// One thing that can start a service.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StartTrigger {
    /// An activation signal.
    Activated,
    /// The first usage of the device.
    FirstUsage,
    /// Handed to the carrier.
    Shipped,
    /// Handed to the customer.
    Delivered,
    /// Found good by the customer.
    Accepted,
    /// So many days after it was handed to the carrier.
    ShippedPlusDays(Written<u16>),
    /// So many days after it was handed to the customer.
    DeliveredPlusDays(Written<u16>),
    /// So many days after it was found good.
    AcceptedPlusDays(Written<u16>),
}

/// The part of an offer that has a price.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// What invoices and reports call it.
    pub code: Written<ComponentCode>,
    /// What people call it.
    pub name: Words,
    /// What kind of thing is sold; it chooses the section of the invoice.
    pub kind: Written<ComponentKind>,
    /// Goods or services, which decides when VAT is due.
    pub nature: Written<SupplyNature>,
    /// What is charged, and when.
    pub charge: Charge,
    /// How many per unit, or per order for a fee; by default exactly one.
    #[serde(default)]
    pub quantity: Option<QuantityRule>,
    /// Taken only when the order line asks for it; by default false.
    #[serde(default)]
    pub optional: Option<Written<bool>>,
    /// Taken only when an option has this value: `{hardware_payment: upfront}`.
    #[serde(default)]
    #[schemars(length(min = 1, max = 1))]
    pub only_if: BTreeMap<String, String>,
    /// The fulfilment spec by which it is supplied.
    #[serde(default)]
    pub fulfilment: Option<Written<SpecCode>>,
    /// What of the price of its device is given back when it goes back, by age, the youngest
    /// first; left out: `return_window_days` of the offer says it.
    #[serde(default)]
    pub return_credit: Vec<ReturnStep>,
    /// Whose the device is: `sold` (the default), `loaned` or `leased`.
    #[serde(default)]
    pub ownership: Option<Written<Ownership>>,
}

/// A step of what is given back.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnStep {
    /// At most so many days after the day of delivery.
    pub within_days: Written<u16>,
    /// The part of the price, in percent.
    pub percent: Written<Percent>,
}

/// What is charged and when.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Charge {
    /// Once per unit, on the first invoice that knows its delivery, or another milestone.
    OnceDelivered(Box<DevicePrice>),
    /// In equal monthly parts per unit, from its delivery.
    Instalments(Box<Instalments>),
    /// In parts of a price per unit, each with a milestone or on a day.
    Milestones(Box<Milestones>),
    /// Once per order, on the first invoice that knows a delivery of it.
    OncePerOrder(Box<Price>),
    /// Once per unit, when its device is lost or stolen.
    OnceLost(Box<Price>),
    /// Once per unit, when its device does not go back after the contract.
    OnceNotReturned(Box<NotReturned>),
    /// Each time that a unit is in another state than on the day before.
    StateChanged(Box<StateChanged>),
    /// For each service day of a unit, as a part of the bill period.
    Recurring(Box<Recurring>),
    /// For what a meter measured in a bill period, after it.
    Usage(Box<Usage>),
}

/// A price of one.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// The price, net of VAT.
    #[serde(default)]
    pub unit_price: Option<Written<UnitPrice>>,
    /// Or a model of the ordered quantity, or a table of them: one of the two.
    #[serde(default)]
    pub price: Option<UsagePrice>,
}

/// A price of one, due with a milestone.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DevicePrice {
    /// The price, net of VAT.
    #[serde(default)]
    pub unit_price: Option<Written<UnitPrice>>,
    /// Or a model of the ordered quantity, or a table of them: one of the two.
    #[serde(default)]
    pub price: Option<UsagePrice>,
    /// With which milestone it is due; left out: `delivered`.
    #[serde(default)]
    pub at: Option<Written<Milestone>>,
}

/// What a device costs that does not go back.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotReturned {
    /// The price, net of VAT.
    #[serde(default)]
    pub unit_price: Option<Written<UnitPrice>>,
    /// Or a model of the ordered quantity, or a table of them: one of the two.
    #[serde(default)]
    pub price: Option<UsagePrice>,
    /// Days after the day on which the contract was over, on which it still can go back.
    pub within_days: Written<u16>,
}

/// What a change of state costs.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StateChanged {
    /// The price, net of VAT.
    #[serde(default)]
    pub unit_price: Option<Written<UnitPrice>>,
    /// Or a model of the ordered quantity, or a table of them: one of the two.
    #[serde(default)]
    pub price: Option<UsagePrice>,
    /// The states of the day before: `new` (not delivered), `stored`, `test`, `active`,
    /// `suspended` (or held) or `gone` (its device is lost and not replaced); left out: any.
    #[serde(default)]
    pub from: Vec<Written<LifeState>>,
    /// The state of the day: one of these but `new`, or `ended`.
    pub to: Written<LifeState>,
}

/// Equal parts.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Instalments {
    /// Price of one part.
    #[serde(default)]
    pub unit_price: Option<Written<UnitPrice>>,
    /// Or a model of the ordered quantity, or a table of them: one of the two.
    #[serde(default)]
    pub price: Option<UsagePrice>,
    /// Number of parts.
    pub count: Written<u16>,
    /// What is due for each device with the first part besides; left out: nothing.
    #[serde(default)]
    pub deposit: Option<Written<UnitPrice>>,
    /// What becomes of open parts when the device is cancelled or goes back: `go_on` (the
    /// default), `due_at_once` or `waived`.
    #[serde(default)]
    pub on_end: Option<Written<OpenParts>>,
    /// The milestone from which parts are counted; left out: `delivered`.
    #[serde(default)]
    pub at: Option<Written<Milestone>>,
}

/// Parts of a price.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Milestones {
    /// The whole price of one, net of VAT.
    pub unit_price: Written<UnitPrice>,
    /// Its parts, 100 percent together.
    pub parts: Vec<PricePart>,
    /// What becomes of open parts when the unit is cancelled or goes back: `go_on` (the default),
    /// `due_at_once` or `waived`.
    #[serde(default)]
    pub on_end: Option<Written<OpenParts>>,
}

/// A part of a price.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PricePart {
    /// How much of it, in percent.
    pub percent: Written<Percent>,
    /// With what it is due: `ordered`, `shipped`, `delivered` or `accepted`.
    #[serde(default)]
    pub at: Option<Written<PartDue>>,
    /// Or on which day: one of the two.
    #[serde(default)]
    pub on: Option<Written<Date>>,
}

/// A charge for each bill period.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Recurring {
    /// Price of one unit for a whole charge period.
    #[serde(default)]
    pub unit_price: Option<Written<UnitPrice>>,
    /// Or a model of the ordered quantity, or a table of them: one of the two.
    #[serde(default)]
    pub price: Option<UsagePrice>,
    /// Before or after the period.
    pub timing: Written<Timing>,
    /// Only on days on this plan; left out: on every service day.
    #[serde(default)]
    pub plan: Option<Written<PlanCode>>,
    /// For the days on which a unit is `active` (the default), `stored` (delivered, and nothing
    /// began its test or service), in `test`, or `suspended` (or held).
    #[serde(default)]
    pub state: Option<Written<ServiceState>>,
    /// `{months: 3}` or `{weeks: 1}`: the length of its charge periods; left out: they are the
    /// bill periods of the account.
    #[serde(default)]
    pub every: Option<Interval>,
    /// With `every`: `account` (the default): in the calendar, months from the bill day of
    /// January, weeks from Monday; `start`: from the first day of service of each unit; `order`:
    /// from the day of the order.
    #[serde(default)]
    pub align: Option<Written<Alignment>>,
}

/// The length of a charge period.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Interval {
    /// So many times seven days.
    Weeks(Written<u16>),
    /// So many calendar months.
    Months(Written<u16>),
}

/// A charge for what was measured.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Usage {
    /// What is measured.
    pub meter: Written<MeterCode>,
    /// What it costs.
    pub price: UsagePrice,
    /// Whose usage fills the tiers, and for how long; left out: each row by itself, for a period.
    #[serde(default)]
    pub counter: Option<Counter>,
    /// It is rated and shown before it is billed; left out: it is billed from the beginning.
    #[serde(default)]
    pub shadow: Option<Shadow>,
}

/// Usage that is rated and shown without being billed.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shadow {
    /// First day whose usage is billed.
    pub until: Written<Date>,
    /// Whether invoices show it, as lines of 0; by default false.
    #[serde(default)]
    pub on_invoice: Option<Written<bool>>,
}

/// Invoices wait as drafts before they are issued.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// Days from the bill day to the day on which a draft is issued by itself, 1 to 27; 0: none.
    pub grace_days: Written<u16>,
}

/// Another bill day.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BillCycleChange {
    /// From when on: the bill period that runs on this day goes on to its end.
    pub from: Written<Date>,
    /// Day of the month, 1 to 31 (31: the last day of every month).
    pub day: Written<BillCycle>,
}

/// Who is billed.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// What orders call it; they may also use the customer's name.
    pub account: Written<AccountId>,
    /// First day on which this version counts.
    pub effective_from: Written<Date>,
    /// The customer's name, as on the invoice.
    pub customer: String,
    /// Where the invoice goes.
    pub address: Address,
    /// VAT identification number, when there is one.
    #[serde(default)]
    pub vat_id: Option<Written<String>>,
    /// Who sells to this account.
    pub seller: Written<SellerCode>,
    /// Currency of its invoices.
    pub currency: Written<Currency>,
    /// Zone in which its days begin.
    pub zone: Written<Zone>,
    /// Day of the month on which it is billed, 1 to 31 (31: the last day of every month).
    pub bill_cycle: Written<BillCycle>,
    /// From when on it is another day, in the order of time.
    #[serde(default)]
    pub bill_cycle_changes: Vec<BillCycleChange>,
    /// Language of its documents.
    pub language: Written<Language>,
    /// Whether its invoices are looked at before they are issued; left out: as the seller says.
    #[serde(default)]
    pub review: Option<Review>,
    /// The account on whose invoices its lines stand.
    #[serde(default)]
    pub paid_by: Option<Written<AccountId>>,
    /// The usage not billed yet, net, from which on an invoice does not wait for the bill day.
    #[serde(default)]
    pub threshold: Option<Written<UnitPrice>>,
    /// What is taken off for this customer.
    #[serde(default)]
    pub discounts: Vec<Discount>,
    /// The least and the most that this customer is billed.
    #[serde(default)]
    pub commitments: Vec<Commitment>,
    /// What price tables can ask.
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
}
