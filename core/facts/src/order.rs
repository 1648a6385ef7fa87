//! An order: what was bought, under which version of the offer, for which units.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kernel::{Percent, Zone};
use serde::{Deserialize, Serialize};

use crate::price::Model;
use crate::{
    AccountId, ComponentCode, InvoiceGroup, OfferRef, OrderId, OrderLineId, RowCode, UnitId,
};

/// A customer ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderAccepted {
    /// The order.
    pub order: OrderId,
    /// Who is billed.
    pub account: AccountId,
    /// Civil day of the order.
    pub ordered_on: Date,
    /// Its lines.
    pub lines: Vec<OrderLine>,
}

/// Units of one offer, ordered together with the same choices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLine {
    /// The line.
    pub line: OrderLineId,
    /// The version of the offer that applies for the life of the line.
    pub offer: OfferRef,
    /// The choices, one value for each option of the offer.
    pub options: BTreeMap<String, String>,
    /// The components taken, with the quantity per unit (per order for a fee).
    pub components: BTreeMap<ComponentCode, u32>,
    /// The units, one per device.
    pub units: Vec<OrderedUnit>,
    /// Prices of its own for single rows of price tables, by component.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub overrides: BTreeMap<ComponentCode, BTreeMap<RowCode, Model>>,
    /// Since when its units go on for others; none: its units are new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub takes_over: Option<TakeOver>,
    /// How long it is agreed on; none: until it is cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term: Option<ContractTerm>,
    /// The invoice of its own on which all that is billed of it stands; none: it stands on the
    /// consolidated invoice of its account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice: Option<InvoiceGroup>,
}

/// The units of a line go on for units of earlier lines: one device, another contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakeOver {
    /// The first day under this line, in the zone of its account.
    pub on: Date,
    /// What was asked, where it was not a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Moment>,
}

/// A moment that is asked for by its name, and becomes a day when it is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// The day of the order, or the instant of the change.
    Now,
    /// The end of the bill period that runs.
    EndOfPeriod,
    /// The end of the contract's term, which must not have been renewed by then.
    EndOfTerm,
}

impl Moment {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Now, Self::EndOfPeriod, Self::EndOfTerm];

    /// The word for it in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::EndOfPeriod => "end_of_period",
            Self::EndOfTerm => "end_of_term",
        }
    }
}

/// The time that a line is agreed on for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractTerm {
    /// Its first day.
    pub from: Date,
    /// The day after its last.
    pub until: Date,
    /// What follows by itself; none: it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renewal: Option<Renewal>,
}

/// A term that is followed by another, unless notice is given in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renewal {
    /// Months of each term that follows.
    pub months: u16,
    /// Days before the end on which notice must have been given.
    pub notice_days: u16,
    /// Days before that on which it is said that the notice is due.
    pub reminder_days: u16,
    /// By how much prices rise with each; none: they do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uplift: Option<Percent>,
}

/// The customer can still give notice: the end of a term is near.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenewalNoticeDue {
    /// The line.
    pub line: OrderLineId,
    /// Its order.
    pub order: OrderId,
    /// Who is billed.
    pub account: AccountId,
    /// The last day for a notice.
    pub notice_by: Date,
    /// The day after the last of the term that runs.
    pub until: Date,
    /// How many units it is renewed for without one.
    pub units: u32,
}

/// A term was renewed: nobody gave notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TermRenewed {
    /// The line.
    pub line: OrderLineId,
    /// Its order.
    pub order: OrderId,
    /// Who is billed.
    pub account: AccountId,
    /// The first day of the term that follows.
    pub from: Date,
    /// The day after its last.
    pub until: Date,
    /// How many units it is renewed for.
    pub units: u32,
}

/// A term ended, and none follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TermEnded {
    /// The line.
    pub line: OrderLineId,
    /// Its order.
    pub order: OrderId,
    /// Who is billed.
    pub account: AccountId,
    /// The first day without a contract.
    pub ended_on: Date,
    /// How many units end with it.
    pub units: u32,
}

/// One unit of an order line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderedUnit {
    /// The unit.
    pub unit: UnitId,
    /// What price tables can ask: `device_type` and the like.
    pub attributes: BTreeMap<String, String>,
    /// The zone of the device, in which time bands are read.
    pub zone: Zone,
    /// The unit that it goes on for; none: it is new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<UnitId>,
}
