//! What is agreed on about a device beside its price: what of that is given back when it comes
//! back; and what a line of an invoice says of it.

use kernel::Percent;
use serde::{Deserialize, Serialize};

/// What the offer says of the device that a component sells.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DeviceTerms {
    /// What of its price is given back when it goes back, by its age; in place of the window of
    /// the offer. The ages rise and the parts fall. Empty: the window of the offer counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub return_credit: Vec<ReturnStep>,
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

/// What a line says of its device.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct DeviceDetail {
    /// What of the price is given back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returned: Option<ReturnShare>,
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
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(percent: &Percent) -> bool {
    percent.is_zero()
}
