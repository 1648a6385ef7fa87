//! Windows that are settled at their end: which periods one has, what they come to together, and
//! what is above that.

use std::collections::BTreeMap;

use facts::UnitId;
use facts::charge::RatedUsage;
use facts::pool::{Pool, PoolUse, Settlement};
use jiff::civil::Date;

use super::{Member, Month, above_zero, brought, part};
use crate::ratio::{Ratio, shown};

/// What is above the stated allowance; before the end of a window nothing is.
pub(crate) fn overage(rated: &RatedUsage, pool: &PoolUse) -> Option<Ratio> {
    let window = pool.window.as_ref();
    if window.is_some_and(|it| it.periods.len() < usize::from(it.length)) {
        return Some(Ratio::ZERO);
    }
    above_zero(used_in_all(rated, pool)?.minus(Ratio::of_quantity(pool.allowance)?)?)
}

/// Of the period, or of all the periods that its window has so far.
pub(super) fn used_in_all(rated: &RatedUsage, pool: &PoolUse) -> Option<Ratio> {
    match &pool.window {
        None => Ratio::of_quantity(rated.quantity),
        Some(window) => Ratio::sum(window.periods.iter().map(|it| Ratio::of_quantity(it.used))),
    }
}

/// A period of a window that is settled at its end.
#[derive(Clone)]
pub(super) struct Past<'a> {
    pub(super) from: Date,
    pub(super) granted: Ratio,
    pub(super) used: Ratio,
    pub(super) fair: Vec<Fair<'a>>,
}

/// What a pool means for a unit, before overage.
#[derive(Clone, Copy)]
pub(super) struct Fair<'a> {
    pub(super) unit: &'a UnitId,
    pub(super) days: usize,
    pub(super) used: Ratio,
    pub(super) allowance: Ratio,
}

pub(super) fn settles_at_end(pool: &Pool) -> bool {
    pool.window.is_some() && pool.settle == Settlement::AtEndOfWindow
}

/// The members of one period, each with its part of an allowance.
pub(super) fn fair<'a>(
    month: &Month<'a>,
    allowance: Ratio,
    dates: (Date, Date),
) -> Option<Vec<Fair<'a>>> {
    let mut weights = brought(&month.members, month.lead.1, dates)?;
    if weights.iter().all(|it| *it == Ratio::ZERO) {
        weights = month.members.iter().map(|it| above_zero(it.used)).collect::<Option<_>>()?;
    }
    let fair = |(member, weight): (&Member<'a>, &Ratio)| {
        let Member { unit, used, .. } = *member;
        let allowance = part(allowance, *weight, &weights)?;
        Some(Fair { unit, days: member.days.len(), used, allowance })
    };
    month.members.iter().zip(&weights).map(fair).collect()
}

/// The units of all the periods of a window, each with its sums.
pub(super) fn in_sum<'a>(window: &[Past<'a>]) -> Option<Vec<Fair<'a>>> {
    let mut units: BTreeMap<&UnitId, Fair<'a>> = BTreeMap::new();
    for of_month in window.iter().flat_map(|past| &past.fair) {
        let (days, used, allowance) = (0, Ratio::ZERO, Ratio::ZERO);
        let nothing = Fair { unit: of_month.unit, days, used, allowance };
        let sum = units.entry(of_month.unit).or_insert(nothing);
        sum.days += of_month.days;
        sum.used = sum.used.plus(of_month.used)?;
        sum.allowance = sum.allowance.plus(of_month.allowance)?;
    }
    Some(units.into_values().collect())
}

/// Puts a period at the end of the window, and says how that stands in it; then the window begins
/// anew where it bills something, or goes on without its first period where it is full.
pub(super) fn move_window<'a>(
    month: &mut Month<'a>,
    dates: (Date, Date),
    window: &mut Vec<Past<'a>>,
) -> Option<()> {
    let pool = month.lead.1;
    if !settles_at_end(pool) {
        window.clear();
        return Some(());
    }
    let used = Ratio::sum(month.members.iter().map(|it| Some(it.used)))?;
    let granted = month.granted;
    window.push(Past { from: dates.0, granted, used, fair: fair(month, granted, dates)? });
    let unserved = |window: &[Past<'_>]| {
        window.iter().take_while(|it| it.fair.iter().all(|it| it.days == 0)).count()
    };
    window.drain(..unserved(window));
    month.window.clone_from(window);
    if window.len() >= usize::from(pool.window?) {
        let granted = Ratio::sum(window.iter().map(|it| Some(it.granted)))?;
        let used = Ratio::sum(window.iter().map(|it| Some(it.used)))?;
        let gone = if granted.is_below(used)? { window.len() } else { 1 };
        window.drain(..gone);
        window.drain(..unserved(window));
    }
    Some(())
}

pub(super) fn stated_window(pool: &PoolUse) -> String {
    let Some(window) = &pool.window else { return "none".to_owned() };
    let ratio = |quantity| shown(Ratio::of_quantity(quantity));
    let periods = window.periods.iter();
    let periods = periods.map(|it| (it.from, ratio(it.granted), ratio(it.used)));
    in_words(window.length, periods)
}

pub(super) fn computed_window(month: &Month<'_>) -> String {
    let periods = month.window.iter();
    let periods = periods.map(|it| (it.from, it.granted.to_string(), it.used.to_string()));
    in_words(month.lead.1.window.unwrap_or_default(), periods)
}

fn in_words(length: u16, periods: impl Iterator<Item = (Date, String, String)>) -> String {
    let periods = periods.map(|(from, granted, used)| format!(" {from}: {used} of {granted}"));
    format!("{length}:{}", periods.collect::<Vec<_>>().join(";"))
}
