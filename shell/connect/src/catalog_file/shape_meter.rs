//! The shape of a meter: what is measured, and what is done to an event before.

use facts::MeterCode;
use facts::meter::TimeUnit;
use jiff::civil::Date;
use kernel::Quantity;
use schemars::JsonSchema;
use serde::Deserialize;

use super::convert_meter::Op;
use super::shape::Words;
use super::written::{Values, Written};
use crate::readable::Decimals;

/// What is measured, apart from what it costs.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Meter {
    /// What the rest of the catalog calls it.
    pub code: Written<MeterCode>,
    /// First day on which this version counts.
    pub effective_from: Written<Date>,
    /// What people call it.
    pub name: Words,
    /// Symbol of the unit: MB, h.
    pub symbol: Words,
    /// The CloudEvents `type` that it measures; one meter per type.
    pub event_type: String,
    /// Which events are usage; the others are rejected as filtered. Left out: all are.
    #[serde(default)]
    pub accept: Option<Filter>,
    /// Fields computed from members of `data`, in order.
    #[serde(default)]
    pub derive: Vec<Derived>,
    /// The number that is measured is multiplied and divided first.
    #[serde(default)]
    pub convert: Option<Factor>,
    /// What it takes from an event.
    pub measure: Measure,
    /// Members of `data`, or derived fields, kept as attributes, for price tables.
    #[serde(default)]
    pub dimensions: Vec<String>,
}

/// A question about members of `data`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Filter {
    /// Each of these holds.
    All(Vec<Filter>),
    /// At least one of these holds.
    Any(Vec<Filter>),
    /// This does not hold.
    Not(Box<Filter>),
    /// A member passes a test.
    Test(Box<MemberTest>),
}

/// A test of one member.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberTest {
    /// The member's name.
    pub member: String,
    /// What is asked.
    pub op: Written<Op>,
    /// The text, or the texts of `in`, that it is compared with.
    #[serde(default)]
    pub value: Option<Values>,
    /// The number that it is compared with.
    #[serde(default)]
    pub number: Option<Written<Quantity>>,
    /// The numbers of `in`.
    #[serde(default)]
    pub numbers: Option<Vec<Written<Quantity>>>,
}

/// A field computed from members of `data`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Derived {
    /// Its name; it stands before a member of the same name.
    pub name: String,
    /// How it is computed: `bytes_up + bytes_down`.
    pub expression: Written<String>,
}

/// An exact factor: multiply ÷ divide.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Factor {
    /// By default 1.
    #[serde(default)]
    pub multiply: Option<Written<u32>>,
    /// By default 1.
    #[serde(default)]
    pub divide: Option<Written<u32>>,
}

/// What a meter takes from each event.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// One per event.
    Count,
    /// The sum of a number.
    Sum(Field),
    /// The increments of a counter that only rises.
    Counter(Counter),
    /// The greatest number.
    Max(Field),
    /// The least number.
    Min(Field),
    /// The number of the latest event.
    Latest(Field),
    /// How many different values a member has.
    Unique(Member),
    /// A level times how long it is held.
    TimeWeighted(Level),
    /// How long sessions last, from an event that starts one to the event that stops it.
    Duration(Session),
    /// A number that was used evenly between an instant that the event names and its `time`.
    Interval(Interval),
}

/// A number of an event, never negative.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// The member's, or derived field's, name.
    pub member: String,
    /// Most decimals that a number may have as sent; a number with more is rejected.
    pub decimals_max: Written<Decimals>,
}

/// A member of any kind: text or number.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// The member's, or derived field's, name.
    pub member: String,
}

/// A running counter.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Counter {
    /// The member's, or derived field's, name.
    pub member: String,
    /// Most decimals that a number may have as sent; a number with more is rejected.
    pub decimals_max: Written<Decimals>,
    /// The first value that it cannot show: it runs over to zero there. Left out: a lower reading
    /// means that it was reset to zero.
    #[serde(default)]
    pub wraps_at: Option<Written<Quantity>>,
}

/// A level that holds until the next reading.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// The member's, or derived field's, name.
    pub member: String,
    /// Most decimals that a number may have as sent; a number with more is rejected.
    pub decimals_max: Written<Decimals>,
    /// The result is in units of the level times this.
    pub per: Written<TimeUnit>,
}

/// How starts and stops are told, and paired.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// The text member that says whether a session starts or stops.
    pub phase: String,
    /// The phase that starts one.
    pub start: Written<String>,
    /// The phase that stops one.
    pub stop: Written<String>,
    /// The member that a start shares with its stop.
    pub key: String,
    /// A session without a stop ends so many seconds after its start.
    pub timeout_seconds: Written<u32>,
    /// What its length is told in.
    pub per: Written<TimeUnit>,
}

/// A number for a stretch of time.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    /// The member's, or derived field's, name.
    pub member: String,
    /// Most decimals that a number may have as sent; a number with more is rejected.
    pub decimals_max: Written<Decimals>,
    /// The text member with the instant at which it began. It ends at `time`.
    pub from: String,
    /// The longest stretch that is believed; a longer one is rejected.
    pub longest_seconds: Written<u32>,
}
