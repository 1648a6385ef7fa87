//! For which part of a line a term counts.

use std::collections::BTreeMap;

use facts::discount::{RampStep, Reduction, Scope, Window};
use facts::{Charge, ChargeKind, UnitId};
use jiff::civil::Date;
use kernel::calendar::{DateOutOfRange, add_months};
use kernel::{BillCalendar, Exact, Overflow, Percent, Period, Quantity};

use crate::agreement::{Rule, Term};
use crate::commitment::counts;
use crate::growth::{YEAR_MONTHS, compounded, rise};
use crate::{Agreement, TermsError, UnitDates};

/// A part of a line that a term treats alike: its share of the line, and the percentage where
/// there is one.
pub(crate) type Part = (Option<Percent>, Exact);

/// What is judged, with its weight in the line: days of units, usage of units, units.
type Moments = BTreeMap<(UnitDates, Date), i128>;

/// Whether a term is about a line at all.
pub(crate) fn is_about(term: Term<'_>, charge: &Charge) -> bool {
    if term.offer.is_some_and(|offer| offer.reference() != charge.offer) {
        return false;
    }
    match term.rule {
        Rule::Renewal(_) => is_repeated(charge.kind),
        Rule::Escalation(it) => {
            is_repeated(charge.kind)
                && (it.components.is_empty() || it.components.contains(&charge.component))
        }
        Rule::Discount(it) => match &it.scope {
            Scope::Components(components) => components.contains(&charge.component),
            Scope::Offer(offer) => *offer == charge.offer.code,
            Scope::Account => true,
        },
        Rule::Maximum(it, _) => counts(it, charge),
        Rule::Minimum(..) => false,
    }
}

const fn is_repeated(kind: ChargeKind) -> bool {
    matches!(kind, ChargeKind::ServiceCharge | ChargeKind::ServiceCredit) || kind.is_usage()
}

/// The bill period that a line is of; a one-off is of the one in which it is billed.
pub(crate) fn bill_period(
    charge: &Charge,
    agreement: Agreement<'_>,
) -> Result<Period, DateOutOfRange> {
    let day = charge.period.map_or(agreement.issued_on, Period::from);
    agreement.account.bill_cycle.period_of(day)
}

/// The parts of a line for which a term counts, in the order of their percentages.
pub(crate) fn parts(
    term: Term<'_>,
    charge: &Charge,
    agreement: Agreement<'_>,
) -> Result<Vec<Part>, TermsError> {
    if let Rule::Discount(it) = term.rule
        && it.window == Window::Always
    {
        let whole = Exact::from_integer(1);
        match it.reduction {
            Reduction::Percent(percent) => return Ok(vec![(Some(percent), whole)]),
            Reduction::Amount { .. } => return Ok(vec![(None, whole)]),
            Reduction::Ramp(_) => {}
        }
    }
    if let Rule::Maximum(..) = term.rule {
        return Ok(vec![(None, Exact::from_integer(1))]);
    }
    let moments = moments(charge, agreement)?;
    let mut whole = 0_i128;
    let mut parts: BTreeMap<Option<Percent>, i128> = BTreeMap::new();
    for ((dates, day), weight) in moments {
        whole = whole.checked_add(weight).ok_or(Overflow)?;
        if let Some(percent) = effect_on(term, dates, day, agreement)? {
            let part = parts.entry(percent).or_default();
            *part = part.checked_add(weight).ok_or(Overflow)?;
        }
    }
    let share = |(percent, weight)| Ok((percent, Exact::ratio(weight, whole)?));
    parts.into_iter().map(share).collect()
}

fn moments(charge: &Charge, agreement: Agreement<'_>) -> Result<Moments, TermsError> {
    let mut moments = Moments::new();
    let dates = |unit: &UnitId| agreement.units.get(unit).copied().unwrap_or_default();
    let mut add = |dates, day, weight: i128| {
        let sum: &mut i128 = moments.entry((dates, day)).or_default();
        *sum = sum.checked_add(weight).ok_or(Overflow)?;
        Ok::<_, Overflow>(())
    };
    match (charge.period, &charge.rated) {
        (Some(period), Some(rated)) => {
            let last = period.to().yesterday().map_err(|_| DateOutOfRange)?;
            let weights = rated.by_unit.iter().map(|it| weight_of(it.quantity));
            let weights: Vec<i128> = weights.collect::<Result<_, _>>()?;
            let by_usage = weights.iter().all(|it| *it >= 0) && weights.iter().any(|it| *it > 0);
            for (used, weight) in rated.by_unit.iter().zip(weights) {
                add(dates(&used.unit), last, if by_usage { weight } else { 1 })?;
            }
            if rated.by_unit.is_empty() {
                add(UnitDates::default(), last, 1)?;
            }
        }
        (Some(period), None) => {
            for unit in &charge.units {
                for day in period.each_day() {
                    add(dates(unit), day, 1)?;
                }
            }
        }
        (None, _) => {
            for unit in &charge.units {
                let dates = dates(unit);
                let delivered_on = dates.delivered_on.unwrap_or(agreement.issued_on);
                if let Some(due_on) = charge.device.part.and_then(|part| part.due_on) {
                    add(dates, due_on, 1)?;
                    continue;
                }
                let later = charge.instalment.map_or(0, |it| i32::from(it.number) - 1);
                add(dates, add_months(delivered_on, later)?, 1)?;
            }
            for order in &charge.orders {
                let ordered_on = agreement.orders.get(order).copied();
                add(UnitDates::default(), ordered_on.unwrap_or(agreement.issued_on), 1)?;
            }
        }
    }
    if moments.is_empty() {
        moments.insert((UnitDates::default(), agreement.issued_on), 1);
    }
    Ok(moments)
}

/// A quantity in billionths.
fn weight_of(quantity: Quantity) -> Result<i128, Overflow> {
    let decimal = quantity.decimal();
    let missing = Quantity::DECIMALS_MAX.checked_sub(decimal.normalize().scale());
    let grow = missing.and_then(|it| 10_i128.checked_pow(it)).ok_or(Overflow)?;
    decimal.normalize().mantissa().checked_mul(grow).ok_or(Overflow)
}

/// Whether a term counts on a day of a unit, and with which percentage.
fn effect_on(
    term: Term<'_>,
    dates: UnitDates,
    day: Date,
    agreement: Agreement<'_>,
) -> Result<Option<Option<Percent>>, TermsError> {
    match term.rule {
        Rule::Renewal(_) => {
            let Some(uplift) = dates.uplift.filter(|it| it.first <= day) else { return Ok(None) };
            let renewals = full_months(uplift.first, day)? / uplift.months.max(1) + 1;
            Ok(Some(Some(compounded(uplift.percent, renewals)?)))
        }
        Rule::Escalation(it) => {
            let Some(started_on) = dates.started_on else { return Ok(None) };
            let anniversaries = full_months(started_on, day)? / YEAR_MONTHS;
            if anniversaries == 0 {
                return Ok(None);
            }
            Ok(Some(Some(rise(it, anniversaries, started_on, agreement)?)))
        }
        Rule::Discount(it) => {
            if !is_open(it.window, dates, day, &agreement.account.bill_cycle)? {
                return Ok(None);
            }
            match &it.reduction {
                Reduction::Percent(percent) => Ok(Some(Some(*percent))),
                Reduction::Amount { .. } => Ok(Some(None)),
                Reduction::Ramp(steps) => {
                    let passed = dates.started_on.map_or(Ok(0), |it| full_months(it, day))?;
                    Ok(step_of(steps, passed).map(Some))
                }
            }
        }
        Rule::Maximum(..) | Rule::Minimum(..) => Ok(None),
    }
}

/// The step of a ramp after so many full months.
fn step_of(steps: &[RampStep], passed: u16) -> Option<Percent> {
    let mut until = 0_u16;
    let step = steps.iter().find(|step| {
        until = until.saturating_add(step.months);
        passed < until
    });
    step.map(|step| step.percent)
}

fn is_open(
    window: Window,
    dates: UnitDates,
    day: Date,
    cycle: &BillCalendar,
) -> Result<bool, DateOutOfRange> {
    Ok(match window {
        Window::Always => true,
        Window::Dates { from, until } => {
            from.is_none_or(|from| from <= day) && until.is_none_or(|until| day < until)
        }
        Window::Months { count } => {
            dates.started_on.map_or(Ok(0), |it| full_months(it, day))? < count
        }
        Window::Periods { count } => match dates.started_on {
            None => count > 0,
            Some(started_on) => {
                // Counted one by one: a bridging period is one.
                let (mut left, mut at) = (count, started_on);
                while left > 0 && at <= day {
                    at = cycle.next_after(at)?;
                    left -= 1;
                }
                count > 0 && day < at
            }
        },
    })
}

/// Calendar months from the month of one day to that of another.
fn months_apart(from: Date, to: Date) -> i32 {
    let number = |day: Date| i32::from(day.year()) * 12 + i32::from(day.month());
    number(to) - number(from)
}

/// Full months of a contract that have passed on a day; 0 before its start. A month that begins
/// on the 31st begins on the last day of a shorter month.
fn full_months(started_on: Date, day: Date) -> Result<u16, DateOutOfRange> {
    if day <= started_on {
        return Ok(0);
    }
    let apart = months_apart(started_on, day);
    let not_yet = add_months(started_on, apart)? > day;
    u16::try_from(apart - i32::from(not_yet)).map_err(|_| DateOutOfRange)
}
