//! What part of a period's price a run of service days costs. The result stays a fraction: the
//! amount is rounded once, by [`crate::amount`].
//!
//! Where the price does not go by the day, a run costs what all days of its period cost, less what
//! those cost that were there without it: the parts of a period sum to its price, and what is given
//! back of a period that goes on to be used is what the rest of it does not cost.

use facts::charge::DayShare;
use facts::offer::Proration;
use kernel::{Period, Tile};

/// Days of a month in the 30-day convention.
const MONTH_DAYS: i64 = 30;

/// The other days of a charge period that are charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Others {
    /// How many.
    pub days: i64,
    /// Whether the first day of the period is one of them.
    pub have_first: bool,
}

impl Others {
    fn with(self, run: Period, period: Period) -> Self {
        Self {
            days: self.days + run.days(),
            have_first: self.have_first || run.from() == period.from(),
        }
    }
}

/// The part of the price of a charge period that `run` costs, which lies in it and has no day of
/// the others. In the 30-day convention a period has 30 days for each of its `months`. A bridging
/// period costs its days of the whole period that the price is for, whatever the convention.
///
/// The 30-day convention is the column "30" of `reference/commercial-systems.md` §2.3 (days ÷ 30)
/// with two limits of its own, so that no run costs more than the period and a period costs its
/// price whatever its length: a whole period is 30/30 (February too, where that column has 28/30
/// or 29/30), and 30 days of a month of 31 are 30/30.
#[must_use]
pub fn share(
    policy: Proration,
    others: Others,
    run: Period,
    charge_period: Tile,
    months: u16,
) -> DayShare {
    let cost = |of: Others| days_paid(policy, of, charge_period, months);
    let period_days = match policy {
        Proration::ThirtyDayMonth => MONTH_DAYS * i64::from(months),
        _ => charge_period.whole.days(),
    };
    DayShare { days: cost(others.with(run, charge_period.period)) - cost(others), period_days }
}

/// How many days of the period are paid for days of it.
fn days_paid(policy: Proration, of: Others, charge_period: Tile, months: u16) -> i64 {
    let Tile { period, whole } = charge_period;
    let thirty_days = MONTH_DAYS * i64::from(months);
    match policy {
        Proration::DaysHalfOpen | Proration::DaysInclusive => of.days,
        Proration::ThirtyDayMonth if of.days == whole.days() => thirty_days,
        Proration::ThirtyDayMonth => of.days.min(thirty_days),
        Proration::FullPeriod if of.days > 0 => period.days(),
        Proration::None if of.have_first => period.days(),
        Proration::FullPeriod | Proration::None => 0,
    }
}
