//! What part of a period's price a run of service days costs. The result stays a fraction: the
//! amount is rounded once, by [`crate::amount`].

use facts::charge::DayShare;
use facts::offer::Proration;
use kernel::{Period, Tile};

/// Days of a month in the 30-day convention.
const MONTH_DAYS: i64 = 30;

/// The part of the price of a charge period that `run`, which lies in it, costs. In the 30-day
/// convention a period has 30 days for each of its `months`. A bridging period costs its days of
/// the whole period that the price is for, in full periods too.
///
/// The 30-day convention is the column "30" of `reference/commercial-systems.md` §2.3 (days ÷ 30)
/// with two limits of its own, so that no run costs more than the period and a period costs its
/// price whatever its length: a whole period is 30/30 (February too, where that column has 28/30
/// or 29/30), and a run of 30 days in a month of 31 is 30/30. Parts of a split month therefore
/// need not sum to the whole; with days half-open they always do.
#[must_use]
pub fn share(policy: Proration, run: Period, charge_period: Tile, months: u16) -> DayShare {
    let Tile { period, whole } = charge_period;
    let (days, period_days) = (run.days(), whole.days());
    let thirty_days = MONTH_DAYS * i64::from(months);
    match policy {
        Proration::DaysHalfOpen => DayShare { days, period_days },
        Proration::ThirtyDayMonth if run == whole => {
            DayShare { days: thirty_days, period_days: thirty_days }
        }
        Proration::ThirtyDayMonth => {
            DayShare { days: days.min(thirty_days), period_days: thirty_days }
        }
        Proration::FullPeriod => DayShare { days: period.days(), period_days },
    }
}
