//! The charge periods of a recurring charge, counted one after the other from where they begin.

use facts::offer::{Alignment, ChargeRule, Every};
use facts::{Charge, InvoiceIssued, UnitId};
use jiff::civil::Date;
use kernel::Interval;

use crate::calendar::{bill_period, count_days, cycle_period, plus_months, stretch, whole_period};
use crate::life::Life;
use crate::service::ServiceDays;
use crate::world::{Contract, Knowledge, Logged, World};

/// First day and end day (excluded).
type Dates = (Date, Date);

/// The charge period of a component of a unit that contains a day, as an invoice could know it.
pub(crate) fn charge_period(
    world: &World,
    logged: &Logged<InvoiceIssued>,
    charge: (&facts::ComponentCode, &UnitId),
    day: Date,
) -> Option<Dates> {
    Some(tile_of(world, logged, charge, day)?.0)
}

/// The charge period, and the one that its price is for.
fn tile_of(
    world: &World,
    logged: &Logged<InvoiceIssued>,
    charge: (&facts::ComponentCode, &UnitId),
    day: Date,
) -> Option<(Dates, Dates)> {
    let contract = world.contract(charge.1)?;
    let component = contract.offer.component(charge.0)?;
    let cycle = &logged.it.account.bill_cycle;
    let alone = |dates: Option<Dates>| dates.map(|dates| (dates, dates));
    let ChargeRule::Recurring { every, .. } = component.charge else { return None };
    let Some(Every { interval, align }) = every else {
        return Some((bill_period(cycle, day)?, whole_period(cycle, day)?));
    };
    match (align, interval) {
        (Alignment::Account, Interval::Months(months)) => {
            // Months of a year count from January, and begin on the bill day.
            let begins = |cycle, day: Date| {
                i64::from(day.month() - 1) % i64::from(months) == 0
                    && cycle_period(cycle, day).is_some_and(|(from, _)| from == day)
            };
            let (from, to, cycle) = stretch(cycle, day, &begins)?;
            let mut whole = day;
            while !begins(cycle, whole) {
                whole = whole.yesterday().ok()?;
            }
            Some(((from, to), (whole, to)))
        }
        (Alignment::Account, Interval::Weeks(_)) => {
            let monday = Date::constant(2024, 1, 1);
            let since = count_days(monday, day).rem_euclid(7);
            let mut from = day;
            for _ in 0..since {
                from = from.yesterday().ok()?;
            }
            alone(Some((from, plus(from, Interval::Weeks(1), 1)?)))
        }
        (align, interval) => {
            let from = match align {
                Alignment::Order => contract.order.ordered_on,
                _ => started_on(world, logged, contract, charge)?,
            };
            alone(around(from, interval, day))
        }
    }
}

/// The charge period that a whole line is a part of, and the one that its price is for; none when
/// its units have different ones.
pub(crate) fn of_line(
    world: &World,
    logged: &Logged<InvoiceIssued>,
    charge: &Charge,
) -> Option<(Dates, Dates)> {
    let from = charge.period?.from();
    let component = world.offers.get(&charge.offer)?.component(&charge.component)?;
    let ChargeRule::Recurring { every: Some(_), .. } = component.charge else {
        let calendar = &logged.it.account.bill_cycle;
        return Some((bill_period(calendar, from)?, whole_period(calendar, from)?));
    };
    let mut units = charge.units.iter();
    let of = |unit| tile_of(world, logged, (&charge.component, unit), from);
    let first = of(units.next()?)?;
    units.all(|unit| of(unit) == Some(first)).then_some(first)
}

fn started_on(
    world: &World,
    logged: &Logged<InvoiceIssued>,
    contract: Contract<'_>,
    (component, unit): (&facts::ComponentCode, &UnitId),
) -> Option<Date> {
    let zone = &logged.it.account.zone;
    let life = Life::of(world, contract, zone, Knowledge::of_invoice(logged));
    if let Some(at) = life.started_at() {
        return Some(zone.day_of(at));
    }
    // Of a start that is no more, the days that were billed.
    let mut billed = ServiceDays::default();
    let earlier = world.bills().filter(|it| it.sequence < logged.sequence);
    for it in earlier.filter(|it| it.it.account.account == logged.it.account.account) {
        billed.add(&it.it);
    }
    let days = billed.net.get(&(component.clone(), unit.clone()))?;
    days.iter().find(|(_, times)| **times > 0).map(|(day, _)| *day)
}

/// The day so many intervals after another.
fn plus(from: Date, interval: Interval, times: i64) -> Option<Date> {
    match interval {
        Interval::Months(months) => plus_months(from, times * i64::from(months)),
        Interval::Weeks(weeks) => {
            let days = times * 7 * i64::from(weeks);
            let step = |day: Date, _| if days < 0 { day.yesterday() } else { day.tomorrow() }.ok();
            (0..days.abs()).try_fold(from, step)
        }
    }
}

fn around(anchor: Date, interval: Interval, day: Date) -> Option<Dates> {
    let step = if day < anchor { -1 } else { 1 };
    let mut times = 0;
    loop {
        let (from, to) = (plus(anchor, interval, times)?, plus(anchor, interval, times + 1)?);
        if from <= day && day < to {
            return Some((from, to));
        }
        times += step;
    }
}
