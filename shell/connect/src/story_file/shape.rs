//! The shape of a story file: which keys exist.

use std::collections::BTreeMap;

use facts::credit_note::CreditReason;
use facts::hold::Blocked;
use facts::unit::ShipmentReason;
use facts::{
    AccountId, ChangeId, DeviceSerial, EventId, EventSource, HoldId, HolderCode, InvoiceNumber,
    OrderId, OrderLineId, PlanCode, RequestId, ShipmentId, UnitId,
};
use jiff::civil::Date;
use kernel::{Percent, Quantity, UnitPrice, Zone};
use orders::AskInvoice;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::catalog_file::shape::CatalogFile;
use crate::catalog_file::shape_price::UsagePrice;
use crate::catalog_file::written::Written;
use crate::credit_file::shape::{Adjustment, Grant};
use crate::readable::{MomentOr, When};

/// A story file.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StoryFile {
    /// What the story is called.
    pub story: String,
    /// What it shows.
    #[serde(default)]
    pub description: Option<String>,
    /// Zone in which days begin and local instants are read.
    pub zone: Written<Zone>,
    /// Where the clock begins.
    pub starts_at: Written<When>,
    /// What happens, in order. Time passes only where a step says so.
    pub steps: Vec<Step>,
}

/// One thing that happens.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Publishes a catalog file, by its path.
    PublishFile(Written<String>),
    /// Publishes definitions written here; the format is that of the catalog file.
    Publish(Box<CatalogFile>),
    /// A customer orders.
    PlaceOrder(Order),
    /// The ERP reports a shipment; it is reported again with `delivered_at` when it arrives.
    Ship(Box<Shipment>),
    /// The device cloud reports an activation.
    Activate(Activation),
    /// An operator amends units.
    Change(Change),
    /// A service holds a unit, an order line or an account.
    PlaceHold(Box<Hold>),
    /// It holds no more.
    ReleaseHold(Release),
    /// A customer has a prepaid credit.
    GrantCredit(Box<Grant>),
    /// A credit is put right.
    AdjustCredit(Adjustment),
    /// An invoice is credited, in part or whole.
    CreditInvoice(Box<CreditInvoice>),
    /// The draft of an account is issued: its code.
    IssueDraft(Written<AccountId>),
    /// The draft of an account is held for review.
    HoldDraft(HoldDraft),
    /// A device uses something.
    Use(Usage),
    /// Imports files, in the order of these keys.
    Import(Files),
    /// Files of usage arrive, `YYYY-MM-DD.ndjson.gz` on its day; the clock goes with them.
    ImportUsageDays(UsageDays),
    /// Time passes; everything that falls due on the way is carried out.
    AdvanceTo(Written<When>),
}

/// Which draft is held for review, and why.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldDraft {
    /// The account.
    pub account: Written<AccountId>,
    /// Why, in words.
    pub reason: String,
}

/// What of an invoice is credited, and why.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreditInvoice {
    /// What the sender calls the request.
    pub request: Written<RequestId>,
    /// Number of the invoice.
    pub invoice: Written<InvoiceNumber>,
    /// Why.
    pub reason: Written<CreditReason>,
    /// Why, in words.
    #[serde(default)]
    pub note: Option<String>,
    /// Whether what is credited becomes due again.
    pub rebill: Written<bool>,
    /// What of it; left out: all that is left.
    #[serde(default)]
    pub lines: Option<Vec<CreditedLine>>,
}

/// A line that is credited: an amount, a quantity, or all that is left of it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreditedLine {
    /// Its number.
    pub line: Written<u32>,
    /// So much, net of tax.
    #[serde(default)]
    pub amount: Option<Written<UnitPrice>>,
    /// So much of its quantity.
    #[serde(default)]
    pub quantity: Option<Written<Quantity>>,
}

/// An order.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// Its number.
    pub order: Written<OrderId>,
    /// The account, or the name of its customer.
    pub customer: String,
    /// Civil day of the order.
    pub ordered_on: Written<Date>,
    /// What is ordered.
    pub lines: Vec<Line>,
}

/// A line of an order.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Its number.
    pub line: Written<OrderLineId>,
    /// Code or name of the offer; left out: that of the line taken over.
    #[serde(default)]
    pub offer: String,
    /// How many units; left out: as many as are named, or the offer's default.
    #[serde(default)]
    pub units: Option<Written<u32>>,
    /// Choices by option; left out: the offer's defaults.
    #[serde(default)]
    pub options: BTreeMap<String, String>,
    /// Quantities by component; left out: the offer's defaults.
    #[serde(default)]
    pub components: BTreeMap<String, Written<u32>>,
    /// The units by name; left out: `LINE/001`, `LINE/002` and so on.
    #[serde(default)]
    pub named_units: Vec<Unit>,
    /// Prices of this line for single rows of price tables, by component and row.
    #[serde(default)]
    pub prices: BTreeMap<String, BTreeMap<String, UsagePrice>>,
    /// The line that its units go on for; what is not said stays as it is there.
    #[serde(default)]
    pub takes_over: Option<TakeOver>,
    /// How long it is agreed on; left out: as the line taken over, or until it is cancelled.
    #[serde(default)]
    pub term: Option<Term>,
    /// On which invoice it stands: `consolidated`, `separate` (one of its order) or a name that
    /// lines of several orders share; left out: as the line taken over, or the consolidated one.
    #[serde(default)]
    pub invoice: Option<Written<AskInvoice>>,
}

/// Units of an earlier line go on under this one.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TakeOver {
    /// The earlier line.
    pub line: Written<OrderLineId>,
    /// Which of its units; left out: all that are left.
    #[serde(default)]
    pub units: Vec<Written<UnitId>>,
    /// The first day under this line: a day, `now` (the day of the order), `end_of_period` or
    /// `end_of_term`.
    pub on: Written<MomentOr<Date>>,
}

/// How long a line is agreed on.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Term {
    /// Until it is cancelled.
    Evergreen,
    /// As long as another line, which it ends and renews with.
    With(Written<OrderLineId>),
    /// For so many months.
    Fixed(Box<FixedTerm>),
}

/// A term of so many months.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FixedTerm {
    /// How many.
    pub months: Written<u16>,
    /// The first day; left out: that of the line.
    #[serde(default)]
    pub from: Option<Written<Date>>,
    /// What follows by itself; left out: nothing.
    #[serde(default)]
    pub renewal: Option<Renewal>,
}

/// The terms that follow.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Renewal {
    /// Months of each.
    pub months: Written<u16>,
    /// Days before the end on which notice must have been given; left out: 0.
    #[serde(default)]
    pub notice_days: Option<Written<u16>>,
    /// Days before that on which it is said that the notice is due; left out: 0.
    #[serde(default)]
    pub reminder_days: Option<Written<u16>>,
    /// By how many percent prices rise with each; left out: they do not.
    #[serde(default)]
    pub uplift: Option<Written<Percent>>,
}

/// A unit of an order line.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// Its name.
    pub unit: Written<UnitId>,
    /// Zone of the device; left out: that of the story.
    #[serde(default)]
    pub zone: Option<Written<Zone>>,
    /// What price tables can ask.
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
}

/// A shipment.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shipment {
    /// Its number.
    pub shipment: Written<ShipmentId>,
    /// The order line.
    pub order_line: Written<OrderLineId>,
    /// The unit.
    pub unit: Written<UnitId>,
    /// The device in the parcel.
    pub serial: Written<DeviceSerial>,
    /// Why; left out: sale.
    #[serde(default)]
    pub reason: Option<Written<ShipmentReason>>,
    /// When the carrier took it.
    pub shipped_at: Written<When>,
    /// When the customer got it; left out: not yet.
    #[serde(default)]
    pub delivered_at: Option<Written<When>>,
    /// Who carries it.
    #[serde(default)]
    pub carrier: Option<String>,
}

/// An activation signal.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Activation {
    /// The device.
    pub serial: Written<DeviceSerial>,
    /// When it was activated.
    pub at: Written<When>,
    /// CloudEvents `type`; left out: `device.activated`.
    #[serde(rename = "type", default)]
    pub event_type: Option<String>,
    /// CloudEvents `id`; left out: the serial and the instant.
    #[serde(default)]
    pub id: Option<Written<EventId>>,
    /// CloudEvents `source`; left out: `urn:story`.
    #[serde(default)]
    pub source: Option<Written<EventSource>>,
}

/// An amendment.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Its number.
    pub change: Written<ChangeId>,
    /// The units.
    pub units: Vec<Written<UnitId>>,
    /// What happens to them.
    pub action: Action,
    /// From when it counts: an instant, `now`, `end_of_period` or `end_of_term`.
    pub effective_at: Written<MomentOr<When>>,
    /// When it was entered; left out: when it counts, where that is an instant.
    #[serde(default)]
    pub recorded_at: Option<Written<When>>,
}

/// What an amendment does.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Another service level.
    ChangePlan(Written<PlanCode>),
    /// The recurring charge stops.
    Suspend,
    /// It goes on.
    Resume,
    /// The unit gets this device.
    Swap(Written<DeviceSerial>),
    /// The device goes back.
    Return,
    /// Service ends; the device stays where it is.
    Cancel,
    /// The customer found the device good.
    Accept,
    /// The device is lost.
    Lost,
    /// The device is stolen.
    Stolen,
}

/// A hold: on one of a unit, an order line or an account.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    /// Its name.
    pub hold: Written<HoldId>,
    /// Who holds: `dunning`, `fraud`, any name.
    pub by: Written<HolderCode>,
    /// The unit.
    #[serde(default)]
    pub unit: Option<Written<UnitId>>,
    /// The order line.
    #[serde(default)]
    pub line: Option<Written<OrderLineId>>,
    /// The account.
    #[serde(default)]
    pub account: Option<Written<AccountId>>,
    /// What that blocks: `billing`, `service`, `change`.
    pub blocks: Vec<Written<Blocked>>,
    /// The first day.
    pub from: Written<Date>,
    /// Why.
    #[serde(default)]
    pub reason: Option<String>,
}

/// The release of a hold.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// Its name.
    pub hold: Written<HoldId>,
    /// Who placed it.
    pub by: Written<HolderCode>,
    /// The first day that is not held.
    pub until: Written<Date>,
}

/// A usage event.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Usage {
    /// The device.
    pub serial: Written<DeviceSerial>,
    /// CloudEvents `type`.
    #[serde(rename = "type")]
    pub event_type: String,
    /// CloudEvents `time`.
    pub at: Written<When>,
    /// CloudEvents `data`: what is written as a number is a number.
    #[serde(default)]
    pub data: BTreeMap<String, Written<String>>,
    /// CloudEvents `id`; left out: the serial, type and instant.
    #[serde(default)]
    pub id: Option<Written<EventId>>,
    /// CloudEvents `source`; left out: `urn:story`.
    #[serde(default)]
    pub source: Option<Written<EventSource>>,
    /// `usagerevision`: it stands in the place of every line with its id and a lower revision.
    #[serde(default)]
    pub revision: Option<Written<u32>>,
    /// `usagecancelled`: the event never was; by default false.
    #[serde(default)]
    pub cancelled: Option<Written<bool>>,
}

/// Files to import; paths are relative to the story file.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Files {
    /// Orders (CSV).
    pub orders: Option<String>,
    /// The units of the orders (CSV).
    pub units: Option<String>,
    /// Shipments (CSV or JSON).
    pub shipments: Option<String>,
    /// Activation signals (NDJSON or JSON).
    pub signals: Option<String>,
    /// Amendments (CSV).
    pub changes: Option<String>,
    /// Usage (NDJSON, plain or gzip).
    pub usage: Option<String>,
}

/// Files of usage, one a day.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UsageDays {
    /// Where they are.
    pub directory: String,
    /// The first day.
    pub from: Written<Date>,
    /// The day after the last.
    pub until: Written<Date>,
}
