//! How usage is measured, apart from what it costs: a price changes without a new meter.

use std::fmt;

use jiff::civil::Date;
use kernel::Quantity;
use serde::{Deserialize, Serialize};

use crate::{MeterCode, Text};

/// A version of a meter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeterPublished {
    /// The meter.
    pub code: MeterCode,
    /// From 1, rising by 1.
    pub version: u32,
    /// First day on which this version counts.
    pub effective_from: Date,
    /// What people call it.
    pub name: Text,
    /// Symbol of the unit: `MB`, `h`.
    pub symbol: Text,
    /// The CloudEvents `type` that it measures; one meter per type.
    pub event_type: String,
    /// What it takes from an event.
    pub measure: Measure,
    /// Members of `data`, or derived fields, kept as attributes, for price tables.
    pub dimensions: Vec<String>,
    /// What is done to an event before it is measured.
    #[serde(default, skip_serializing_if = "Mediation::is_empty")]
    pub mediation: Mediation,
}

/// What is done to an event before it is measured, in this order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mediation {
    /// Which events are usage; the others are rejected as `filtered`. None: all are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accept: Option<Filter>,
    /// Fields computed from members, in order; each may use those before it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub derive: Vec<Derived>,
    /// The number that is measured is multiplied by this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub convert: Option<Factor>,
}

impl Mediation {
    /// Most fields that a meter may derive.
    pub const DERIVED_MAX: usize = 16;

    /// Whether nothing is done.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.accept.is_none() && self.derive.is_empty() && self.convert.is_none()
    }
}

/// A question about the members of an event's `data`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Filter {
    /// Each of these holds.
    All(Vec<Filter>),
    /// At least one of these holds.
    Any(Vec<Filter>),
    /// This does not hold.
    Not(Box<Filter>),
    /// A member passes a test.
    Member(MemberTest),
}

impl Filter {
    /// How deep filters may stand in each other.
    pub const DEPTH_MAX: usize = 16;
    /// Most tests and combinations in one filter.
    pub const NODES_MAX: usize = 64;
}

impl fmt::Display for Filter {
    /// As in an expression: `(region = "FR" and not roaming exists)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let join = |f: &mut fmt::Formatter<'_>, parts: &[Self], word: &str| {
            f.write_str("(")?;
            for (index, part) in parts.iter().enumerate() {
                let before = if index == 0 { "" } else { word };
                write!(f, "{before}{part}")?;
            }
            f.write_str(")")
        };
        match self {
            Self::All(parts) => join(f, parts, " and "),
            Self::Any(parts) => join(f, parts, " or "),
            Self::Not(part) => write!(f, "not {part}"),
            Self::Member(MemberTest { member, test }) => write!(f, "{member} {test}"),
        }
    }
}

/// A test of one member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberTest {
    /// The member's name.
    pub member: String,
    /// What is asked.
    pub test: Test,
}

/// What is asked of a member. One that is absent, or of another kind than what it is compared
/// with, is different from everything and neither below nor above anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// `=`: the same number, whatever its writing (1.0 = 1), or the same text.
    Equal(Literal),
    /// `!=`.
    Different(Literal),
    /// `<`.
    Below(Quantity),
    /// `<=`.
    AtMost(Quantity),
    /// `>`.
    Above(Quantity),
    /// `>=`.
    AtLeast(Quantity),
    /// Equal to one of these.
    In(Vec<Literal>),
    /// Text with this in it.
    Contains(String),
    /// Text that begins so.
    StartsWith(String),
    /// Text that ends so.
    EndsWith(String),
    /// Whether it is there, of whatever kind.
    Exists(bool),
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Equal(value) => write!(f, "= {value}"),
            Self::Different(value) => write!(f, "!= {value}"),
            Self::Below(limit) => write!(f, "< {limit}"),
            Self::AtMost(limit) => write!(f, "<= {limit}"),
            Self::Above(limit) => write!(f, "> {limit}"),
            Self::AtLeast(limit) => write!(f, ">= {limit}"),
            Self::In(values) => {
                let values: Vec<String> = values.iter().map(Literal::to_string).collect();
                write!(f, "in [{}]", values.join(", "))
            }
            Self::Contains(part) => write!(f, "contains {part:?}"),
            Self::StartsWith(part) => write!(f, "starts_with {part:?}"),
            Self::EndsWith(part) => write!(f, "ends_with {part:?}"),
            Self::Exists(true) => f.write_str("exists"),
            Self::Exists(false) => f.write_str("is absent"),
        }
    }
}

/// A value that a member is compared with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Literal {
    /// A text.
    Text(String),
    /// A number.
    Number(Quantity),
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Number(number) => write!(f, "{number}"),
        }
    }
}

/// A field computed from members of `data`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Derived {
    /// Its name; it stands before a member of the same name.
    pub name: String,
    /// How it is computed, see [`crate::expression`].
    pub expression: String,
}

/// An exact factor, `numerator ÷ denominator`: bytes become megabytes by 1 ÷ 1,000,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Factor {
    /// Above the line; not 0.
    pub numerator: u64,
    /// Below the line; not 0.
    pub denominator: u64,
}

impl fmt::Display for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} / {}", self.numerator, self.denominator)
    }
}

/// What a meter takes from each event. `metering` says what each amounts to, and how quarters of
/// an hour become a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// One per event.
    Count,
    /// The sum of a number.
    Sum(Field),
    /// The increments of a counter that only rises. A lower reading means that the counter was
    /// reset to zero: the reading itself is the increment.
    Counter(Field),
    /// The increments of a counter that runs over to zero. A lower reading means that it did.
    Rollover(Rollover),
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

/// A numeric member of an event's `data`, or a derived field, never negative.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// The member's name.
    pub name: String,
    /// Most decimals that a number may have, as sent. Not asked of a derived field.
    pub decimals_max: u32,
}

/// A member of an event's `data`, or a derived field, of any kind: text or number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The member's name.
    pub name: String,
}

/// A counter with few digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rollover {
    /// What it shows.
    pub field: Field,
    /// The first value that it cannot show: 1000 for three digits. In the unit of the meter,
    /// after conversion.
    pub wraps_at: Quantity,
}

/// A level that holds until the next reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// What is held.
    pub field: Field,
    /// The result is in units of the level times this: level-hours.
    pub per: TimeUnit,
}

/// How starts and stops are told, and paired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The text member that says whether a session starts or stops.
    pub phase: String,
    /// The phase that starts one.
    pub start: String,
    /// The phase that stops one.
    pub stop: String,
    /// The member, text or number, that a start shares with its stop.
    pub key: String,
    /// A session without a stop ends so long after its start.
    pub timeout_seconds: u32,
    /// What its length is told in.
    pub per: TimeUnit,
}

/// A number for a stretch of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    /// What was used.
    pub field: Field,
    /// The text member with the instant at which it began, as in RFC 3339. It ends at `time`.
    pub from: String,
    /// The longest stretch that is believed; a longer one is rejected.
    pub longest_seconds: u32,
}

/// A unit of time, in which lengths are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeUnit {
    /// Seconds.
    Second,
    /// 60 seconds.
    Minute,
    /// 3,600 seconds.
    Hour,
    /// 86,400 seconds, whatever the calendar says.
    Day,
}

impl TimeUnit {
    /// How long it is.
    #[must_use]
    pub const fn microseconds(self) -> i64 {
        const SECOND: i64 = 1_000_000;
        match self {
            Self::Second => SECOND,
            Self::Minute => 60 * SECOND,
            Self::Hour => 3_600 * SECOND,
            Self::Day => 86_400 * SECOND,
        }
    }

    /// The name, as in the catalog file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Second => "second",
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
        }
    }
}

impl Measure {
    /// The number that is read, if one is.
    #[must_use]
    pub const fn field(&self) -> Option<&Field> {
        match self {
            Self::Count | Self::Unique(_) | Self::Duration(_) => None,
            Self::Sum(field)
            | Self::Counter(field)
            | Self::Max(field)
            | Self::Min(field)
            | Self::Latest(field) => Some(field),
            Self::Rollover(Rollover { field, .. })
            | Self::TimeWeighted(Level { field, .. })
            | Self::Interval(Interval { field, .. }) => Some(field),
        }
    }

    /// The name of the kind, as in the catalog file.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Sum(_) => "sum",
            Self::Counter(_) | Self::Rollover(_) => "counter",
            Self::Max(_) => "max",
            Self::Min(_) => "min",
            Self::Latest(_) => "latest",
            Self::Unique(_) => "unique",
            Self::TimeWeighted(_) => "time_weighted",
            Self::Duration(_) => "duration",
            Self::Interval(_) => "interval",
        }
    }
}
