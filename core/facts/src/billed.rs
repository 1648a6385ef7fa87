//! What earlier invoices billed, less what they gave back: the other half of every comparison.
//! `invoicing` works it out of the issued invoices; `subscriptions` and `rating` read it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use kernel::{Currency, Money, Percent, Period, Quantity};
use serde::{Deserialize, Serialize};

use crate::charge::UnitShare;
use crate::device::StateChange;
use crate::pool::PoolName;
use crate::{ComponentCode, InvoiceGroup, OfferRef, OrderId, OrderLineId, RowCode, UnitId};

/// The sum of all invoices of one account.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Billed {
    /// The first of a bill period: days of service and usage before it are due as they were billed,
    /// and are not here. None: everything is here.
    pub from: Option<Date>,
    /// Day of the last invoice.
    pub last_issued_on: Option<Date>,
    /// Devices billed and not given back.
    pub devices: BTreeSet<(ComponentCode, UnitId)>,
    /// Devices given back.
    pub devices_credited: BTreeSet<(ComponentCode, UnitId)>,
    /// Parts billed.
    pub instalments: BTreeSet<(ComponentCode, UnitId, u16)>,
    /// Those of them that were billed before the day that was agreed on for them.
    pub instalments_early: BTreeSet<(ComponentCode, UnitId, u16)>,
    /// Parts given back for good. What was only given back until its day is not billed.
    pub instalments_credited: BTreeSet<(ComponentCode, UnitId, u16)>,
    /// What of the price of devices, or of parts of it, was given back by age. A device is part 0.
    pub returned: BTreeMap<(ComponentCode, UnitId, u16), Percent>,
    /// Order fees billed.
    pub order_fees: BTreeSet<(ComponentCode, OrderId)>,
    /// Losses billed.
    pub losses: BTreeSet<(ComponentCode, UnitId)>,
    /// Changes of state billed and not given back, by their day.
    pub state_changes: BTreeMap<(ComponentCode, UnitId), BTreeMap<Date, StateChange>>,
    /// Days whose changes of state are neither due nor to be given back, whatever the facts say: a
    /// credit note settled them, or they were billed elsewhere.
    pub state_changes_settled: BTreeMap<(ComponentCode, UnitId), BTreeSet<Date>>,
    /// Service days billed and not given back.
    pub service_days: BTreeMap<(ComponentCode, UnitId), BTreeSet<Date>>,
    /// Service days that a credit note gave back for good: neither due again nor to be given back
    /// again when the facts take them back.
    pub service_days_settled: BTreeMap<(ComponentCode, UnitId), BTreeSet<Date>>,
    /// Usage billed, by what it was billed for.
    pub usage: BTreeMap<UsageKey, UsageBilled>,
    /// What the last statement of each pool said of each unit.
    pub pool_amounts: BTreeMap<UsageKey, BTreeMap<UnitId, Money>>,
}

/// Stable identity of a usage line: re-rating finds what was billed for the same thing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UsageKey {
    /// The version of the offer.
    pub offer: OfferRef,
    /// The component.
    pub component: ComponentCode,
    /// The bill period.
    pub period: Period,
    /// The row of the price table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<RowCode>,
    /// The order line that has a price of its own for the row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<OrderLineId>,
    /// Which pool, where the component has several.
    #[serde(default)]
    pub pool: PoolName,
    /// Whether it is rated without being billed.
    pub is_shadow: bool,
    /// The invoice of its own on which it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<InvoiceGroup>,
}

/// What was billed for one usage line so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageBilled {
    /// Quantity.
    pub quantity: Quantity,
    /// Amount.
    pub amount: Money,
    /// What was said to be rated and not billed: written off, or shown only.
    pub not_billed: Money,
    /// Who used the quantity.
    pub by_unit: Vec<UnitShare>,
}

impl UsageBilled {
    /// Nothing so far.
    #[must_use]
    pub const fn nothing(currency: Currency) -> Self {
        let zero = Money::zero(currency);
        Self { quantity: Quantity::ZERO, amount: zero, not_billed: zero, by_unit: Vec::new() }
    }
}
