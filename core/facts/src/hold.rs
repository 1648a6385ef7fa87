//! Holds: what independent services stop, on which days. A thing is blocked while anyone holds it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{AccountId, HoldId, HolderCode, OrderLineId, UnitId};

/// A service holds something from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldPlaced {
    /// The hold, as who places it names it: the same one twice is one hold.
    pub hold: HoldId,
    /// Who holds: `dunning`, `fraud`, any name. Only it can release.
    pub holder: HolderCode,
    /// Whose it is.
    pub account: AccountId,
    /// What is held.
    pub target: HoldTarget,
    /// What that blocks; at least one thing.
    pub blocks: BTreeSet<Blocked>,
    /// The first day, in the account's zone. It can be past or ahead.
    pub from: Date,
    /// When it was recorded: since when an invoice can know it.
    pub recorded_at: Timestamp,
    /// Why, in somebody's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Who placed a hold holds no more from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldReleased {
    /// The hold.
    pub hold: HoldId,
    /// Whose it is.
    pub account: AccountId,
    /// The first day that is not held.
    pub until: Date,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

/// What is held.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldTarget {
    /// Everything of the account.
    Account,
    /// The units of an order line.
    Line(OrderLineId),
    /// A unit, and whatever goes on for it.
    Unit(UnitId),
}

/// What a hold blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Blocked {
    /// Nothing is billed; it stays due until the release.
    Billing,
    /// Nothing is served: held days cost nothing, and what is used on them is free.
    Service,
    /// Nothing is agreed on: orders and amendments are refused.
    Change,
}

impl Blocked {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Billing, Self::Service, Self::Change];

    /// The word for it in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Billing => "billing",
            Self::Service => "service",
            Self::Change => "change",
        }
    }
}

/// Days on which something is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct HeldDays {
    /// The first.
    pub from: Date,
    /// The first that is not; none: there is no last yet.
    pub until: Option<Date>,
}

impl HeldDays {
    /// Whether a day is one of them.
    #[must_use]
    pub fn has(self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }
}
