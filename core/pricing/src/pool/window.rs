//! A window of periods whose overage is due at its end (`reference/commercial-systems.md` §2.4,
//! rolling window): while its periods together stay within what they granted, it moves on by one
//! period; when they do not, the last one bills the rest and a new window begins.

use std::collections::BTreeMap;

use facts::UnitId;
use facts::pool::{Allocation, Pool, PoolShare, PoolWindow, WindowPeriod};
use jiff::civil::Date;
use kernel::{Currency, Overflow, Quantity};

use super::{Grant, Member, share_out, split, steps};

/// The periods of the window so far, each with what it is for every unit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Window(Vec<Month>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Month {
    it: WindowPeriod,
    is_served: bool,
    shares: Vec<PoolShare>,
}

/// How the window stands at the end of a period.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// Its periods.
    pub window: PoolWindow,
    /// What they granted together.
    pub allowance: Quantity,
    /// What is due of what they used above that: nothing before the end.
    pub overage: Quantity,
    /// Unit by unit, of all its periods. Without a price yet.
    pub statement: Vec<PoolShare>,
}

impl Window {
    /// Adds a period, and says how the window stands then. It begins with a period in which a unit
    /// is in service; none: it has not begun. After its last period it begins anew or moves on.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn add(
        &mut self,
        pool: &Pool,
        from: Date,
        (grant, members): (&Grant, &[Member]),
        currency: Currency,
    ) -> Result<Standing, Overflow> {
        let nothing = Quantity::ZERO;
        let granted = grant.quantity.normalized();
        let used = members.iter().try_fold(nothing, |sum, it| sum.plus(it.used))?.normalized();
        let totals = (granted, nothing);
        let shares = share_out(pool.allocation, (grant, members), totals, currency)?;
        let is_served = grant.active_units > 0;
        self.0.push(Month { it: WindowPeriod { from, granted, used }, is_served, shares });
        self.begin_in_service();
        let periods: Vec<WindowPeriod> = self.0.iter().map(|month| month.it).collect();
        let window = PoolWindow { length: pool.window.unwrap_or(1), periods };
        let sum = |of: fn(&WindowPeriod) -> Quantity| {
            window.periods.iter().try_fold(nothing, |sum, it| sum.plus(of(it)))
        };
        let (allowance, used) = (sum(|it| it.granted)?.normalized(), sum(|it| it.used)?);
        let above = used.minus(allowance)?.max(nothing).normalized();
        let overage = if window.is_complete() { above } else { nothing };
        let statement = self.statement(pool.allocation, overage)?;
        if !overage.is_zero() {
            self.0.clear();
        } else if window.is_complete() {
            // One that was sold longer before is as long as it is now from here on.
            let length = usize::from(window.length);
            self.0.drain(..(self.0.len() + 1).saturating_sub(length));
            self.begin_in_service();
        }
        Ok(Standing { window, allowance, overage, statement })
    }

    fn begin_in_service(&mut self) {
        let first = self.0.iter().position(|month| month.is_served).unwrap_or(self.0.len());
        self.0.drain(..first);
    }

    /// The sums of the units, and the overage by the rule of the pool.
    fn statement(&self, rule: Allocation, overage: Quantity) -> Result<Vec<PoolShare>, Overflow> {
        let mut units: BTreeMap<&UnitId, PoolShare> = BTreeMap::new();
        for share in self.0.iter().flat_map(|month| &month.shares) {
            let Some(sum) = units.get_mut(&share.unit) else {
                units.insert(&share.unit, share.clone());
                continue;
            };
            sum.days = sum.days.checked_add(share.days).ok_or(Overflow)?;
            sum.used = sum.used.plus(share.used)?.normalized();
            sum.allowance = sum.allowance.plus(share.allowance)?.normalized();
        }
        let mut statement: Vec<PoolShare> = units.into_values().collect();
        let weight = |it: &PoolShare| match rule {
            Allocation::ByUsage => Ok(steps(it.used)?.max(0)),
            Allocation::ByExcess => Ok(steps(it.used.minus(it.allowance)?)?.max(0)),
        };
        let weights: Result<Vec<i128>, Overflow> = statement.iter().map(weight).collect();
        for (share, overage) in statement.iter_mut().zip(split(overage, &weights?)?) {
            share.overage = overage;
        }
        Ok(statement)
    }
}
