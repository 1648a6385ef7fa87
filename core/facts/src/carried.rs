//! What was billed, carried forward from one invoice to the next, so that the next one need not
//! read all that there are. It is derived from the invoices and never the truth: without it, they
//! are read.

use jiff::civil::Date;
use kernel::Period;
use serde::{Deserialize, Serialize};

use crate::billed::{UsageBilled, UsageKey};
use crate::{ComponentCode, OrderId, UnitId};

/// The sum of all invoices of an account, as of the last one, without what is settled: days of
/// service and usage before a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    /// Day of the last invoice.
    pub issued_on: Date,
    /// From this day on, the first of a bill period, it has all days of service and all usage that
    /// were billed; whatever is billed once, it has of any day.
    pub from: Date,
    /// The last segment of the log of usage that the invoice can have known.
    pub segment: i64,
    /// Day of the last invoice that did not come before its bill day.
    pub last_issued_on: Option<Date>,
    /// Devices billed.
    pub devices: Vec<(ComponentCode, UnitId)>,
    /// Devices given back.
    pub devices_credited: Vec<(ComponentCode, UnitId)>,
    /// Parts billed, from the first number to the last of each run.
    pub instalments: Vec<(ComponentCode, UnitId, u16, u16)>,
    /// Those of them that were billed before their day.
    pub instalments_early: Vec<(ComponentCode, UnitId, u16, u16)>,
    /// Parts given back.
    pub instalments_credited: Vec<(ComponentCode, UnitId, u16, u16)>,
    /// Order fees billed.
    pub order_fees: Vec<(ComponentCode, OrderId)>,
    /// Losses billed.
    pub losses: Vec<(ComponentCode, UnitId)>,
    /// Service days billed, run by run.
    pub service: Vec<(ComponentCode, UnitId, Period)>,
    /// Usage billed, by what it was billed for.
    pub usage: Vec<(UsageKey, UsageBilled)>,
}

impl Carried {
    /// Version of the stored shape, and of what is in it; raise it when either changes. Another one
    /// is not read: the invoices are.
    pub const VERSION: i64 = 1;
}
