//! What is agreed on about a device beside its price: what of that is given back when it comes
//! back, and in which parts it is paid; and what a line of an invoice says of it.

use jiff::civil::Date;
use kernel::{Percent, UnitPrice};
use serde::{Deserialize, Serialize};

use crate::offer::Milestone;

/// What the offer says of the device that a component sells.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DeviceTerms {
    /// What of its price is given back when it goes back, by its age; in place of the window of
    /// the offer. The ages rise and the parts fall. Empty: the window of the offer counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub return_credit: Vec<ReturnStep>,
    /// Whose the device is.
    #[serde(default, skip_serializing_if = "Ownership::is_sold")]
    pub ownership: Ownership,
}

/// Whose a device is that a customer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ownership {
    /// The customer's.
    #[default]
    Sold,
    /// The seller's, without a price of its own: it goes back when the contract is over.
    Loaned,
    /// The seller's, for payments of lease: it goes back when the contract is over.
    Leased,
}

impl Ownership {
    /// Whether it is the customer's, as where nothing is said.
    #[must_use]
    pub fn is_sold(&self) -> bool {
        *self == Self::Sold
    }

    /// The stable key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Sold => "sold",
            Self::Loaned => "loaned",
            Self::Leased => "leased",
        }
    }
}

/// The state of a unit on a day, which a recurring charge can be for (ADR 0035). From its delivery
/// to its end each day of a unit has one of them, unless its device is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceState {
    /// In service.
    #[default]
    Active,
    /// Delivered, and nothing began its test or its service.
    Stored,
    /// Tried, before its service starts.
    Test,
    /// In service, but suspended or held.
    Suspended,
}

impl ServiceState {
    /// Whether it is in service, as where nothing is said.
    #[must_use]
    pub fn is_active(&self) -> bool {
        *self == Self::Active
    }

    /// The stable key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Stored => "stored",
            Self::Test => "test",
            Self::Suspended => "suspended",
        }
    }
}

/// What a unit is on a day (ADR 0035): the states that days are charged for, and what comes before,
/// between and after them. A fee can be for the change from one to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LifeState {
    /// Nothing was delivered yet, and nothing started.
    New,
    /// As [`ServiceState::Stored`].
    Stored,
    /// As [`ServiceState::Test`].
    Test,
    /// As [`ServiceState::Active`].
    Active,
    /// As [`ServiceState::Suspended`].
    Suspended,
    /// Its device is lost or stolen, and no other is in its place yet.
    Gone,
    /// It is over.
    Ended,
}

impl LifeState {
    /// The stable key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Stored => "stored",
            Self::Test => "test",
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Gone => "gone",
            Self::Ended => "ended",
        }
    }

    /// Whether a unit can be in this state on one day and in another on the next.
    #[must_use]
    pub fn can_become(self, to: Self) -> bool {
        match to {
            _ if self == to => false,
            Self::New => false,
            Self::Stored => matches!(self, Self::New | Self::Gone),
            Self::Test => matches!(self, Self::New | Self::Stored | Self::Gone),
            Self::Active | Self::Suspended | Self::Gone | Self::Ended => self != Self::Ended,
        }
    }
}

/// A unit is in another state than on the day before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StateChange {
    /// The state of the day before.
    pub from: LifeState,
    /// The state from this day on.
    pub to: LifeState,
}

impl StateChange {
    /// Whether the service begins with it, and does not go on.
    #[must_use]
    pub const fn is_activation(self) -> bool {
        matches!(self.to, LifeState::Active)
            && matches!(self.from, LifeState::New | LifeState::Stored | LifeState::Test)
    }
}

impl DeviceTerms {
    /// Whether nothing is agreed on: then nothing of it is stored.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What of the price is given back of a device that goes back so many days after its delivery;
    /// none: nothing.
    #[must_use]
    pub fn step_at(&self, age_days: i32) -> Option<ReturnStep> {
        self.return_credit.iter().copied().find(|step| age_days <= i32::from(step.within_days))
    }
}

/// A step of what is given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnStep {
    /// At most so many days after the day of delivery.
    pub within_days: u16,
    /// The part of the price.
    pub percent: Percent,
}

/// A part of a price that is paid in parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PricePart {
    /// How much of it; above 0.
    pub percent: Percent,
    /// When it is due.
    pub due: PartDue,
}

/// When a part of a price is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartDue {
    /// On the day of the order.
    Ordered,
    /// With a milestone of the unit.
    At(Milestone),
    /// On a civil day in the account's zone, or on that of a later order.
    On(Date),
}

/// Which part of a price a line bills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PartShare {
    /// How much of it.
    pub percent: Percent,
    /// The whole price of one.
    pub of: UnitPrice,
    /// When it was agreed to be due.
    pub due: PartDue,
    /// The day on which that was, or the unit ended before; none: it never is due.
    pub due_on: Option<Date>,
}

/// What a line says of its device.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct DeviceDetail {
    /// What of the price is given back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returned: Option<ReturnShare>,
    /// The part of its price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<PartShare>,
    /// Whose it is.
    #[serde(default, skip_serializing_if = "Ownership::is_sold")]
    pub ownership: Ownership,
    /// The state of the unit that its days are of.
    #[serde(default, skip_serializing_if = "ServiceState::is_active")]
    pub state: ServiceState,
    /// The change of state that a fee is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<StateChange>,
    /// That it should have gone back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_returned: Option<NotReturned>,
}

/// A device that should have gone back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NotReturned {
    /// The last day on which it could; none: its contract turned out not to be over.
    pub until: Option<Date>,
}

impl DeviceDetail {
    /// Whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Of a price, what is given back now: `percent` in all, less what was given back before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ReturnShare {
    /// The age up to which it is given back; none: nothing is.
    pub within_days: Option<u16>,
    /// The part of the price that is given back in all.
    pub percent: Percent,
    /// The part that earlier invoices gave back.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub before: Percent,
}

impl ReturnShare {
    /// What this line gives back, in percent of the price; negative where earlier ones gave back
    /// too much.
    ///
    /// # Errors
    /// [`kernel::Overflow`] beyond the digits of a decimal.
    pub fn now(self) -> Result<Percent, kernel::Overflow> {
        self.percent.minus(self.before)
    }
}

/// Whether nothing was given back before.
fn is_zero(percent: &Percent) -> bool {
    percent.is_zero()
}
