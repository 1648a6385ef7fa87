//! What was billed, as it is carried forward to the next invoice (`docs/adr/0039`): days as runs,
//! parts as runs of numbers, and of what is for days only what can still be asked for.

use std::collections::{BTreeMap, BTreeSet};

use facts::billed::Billed;
use facts::carried::Carried;
use facts::{ComponentCode, UnitId};
use jiff::civil::Date;
use kernel::Period;

/// Packs what was billed with an invoice of a day, which knew usage up to a segment of its log;
/// days of service and usage before `from` are left out. None: it has something that is not carried
/// (pools, credits of returns by age, changes of state, what credit notes settled), or does not
/// reach back so far.
#[must_use]
pub fn carry(billed: &Billed, (issued_on, segment): (Date, i64), from: Date) -> Option<Carried> {
    // Each by its name: what is new in it must be carried too, or refused.
    let Billed {
        from: begins,
        last_issued_on,
        devices,
        devices_credited,
        instalments,
        instalments_early,
        instalments_credited,
        returned,
        order_fees,
        losses,
        state_changes,
        state_changes_settled,
        service_days,
        service_days_settled,
        usage,
        pool_amounts,
    } = billed;
    let is_whole = returned.is_empty()
        && state_changes.is_empty()
        && state_changes_settled.is_empty()
        && service_days_settled.is_empty()
        && pool_amounts.is_empty()
        && begins.is_none_or(|it| it <= from);
    let usage = usage.iter().filter(|(key, _)| key.period.from() >= from);
    is_whole.then(|| Carried {
        issued_on,
        from,
        segment,
        last_issued_on: *last_issued_on,
        devices: devices.iter().cloned().collect(),
        devices_credited: devices_credited.iter().cloned().collect(),
        instalments: runs_of_parts(instalments),
        instalments_early: runs_of_parts(instalments_early),
        instalments_credited: runs_of_parts(instalments_credited),
        order_fees: order_fees.iter().cloned().collect(),
        losses: losses.iter().cloned().collect(),
        service: runs_of_days(service_days, from),
        usage: usage.map(|(key, billed)| (key.clone(), billed.clone())).collect(),
    })
}

/// What was billed, with the days of service and the usage from a day on: the first of a bill
/// period, and not before what is carried.
#[must_use]
pub fn unpacked(carried: &Carried, from: Date) -> Billed {
    let mut service_days: BTreeMap<(ComponentCode, UnitId), BTreeSet<Date>> = BTreeMap::new();
    for (component, unit, run) in &carried.service {
        let days = service_days.entry((component.clone(), unit.clone())).or_default();
        days.extend(run.each_day().skip_while(|day| *day < from));
    }
    let usage = carried.usage.iter().filter(|(key, _)| key.period.from() >= from);
    Billed {
        from: Some(from),
        last_issued_on: carried.last_issued_on,
        devices: carried.devices.iter().cloned().collect(),
        devices_credited: carried.devices_credited.iter().cloned().collect(),
        instalments: parts_of_runs(&carried.instalments),
        instalments_early: parts_of_runs(&carried.instalments_early),
        instalments_credited: parts_of_runs(&carried.instalments_credited),
        order_fees: carried.order_fees.iter().cloned().collect(),
        losses: carried.losses.iter().cloned().collect(),
        service_days,
        usage: usage.cloned().collect(),
        ..Billed::default()
    }
}

fn runs_of_days(
    days: &BTreeMap<(ComponentCode, UnitId), BTreeSet<Date>>,
    from: Date,
) -> Vec<(ComponentCode, UnitId, Period)> {
    let mut runs: Vec<(ComponentCode, UnitId, Period)> = Vec::new();
    for ((component, unit), days) in days {
        let mut run: Option<Period> = None;
        for day in days.range(from..) {
            let Some(day) = day.tomorrow().ok().and_then(|to| Period::new(*day, to).ok()) else {
                continue;
            };
            let joined = run.filter(|it| it.to() == day.from());
            let joined = joined.and_then(|it| Period::new(it.from(), day.to()).ok());
            if joined.is_none() {
                runs.extend(run.map(|run| (component.clone(), unit.clone(), run)));
            }
            run = joined.or(Some(day));
        }
        runs.extend(run.map(|run| (component.clone(), unit.clone(), run)));
    }
    runs
}

type PartRun = (ComponentCode, UnitId, u16, u16);

fn runs_of_parts(parts: &BTreeSet<(ComponentCode, UnitId, u16)>) -> Vec<PartRun> {
    let mut runs: Vec<PartRun> = Vec::new();
    for (component, unit, number) in parts {
        match runs.last_mut() {
            Some((of, whose, _, last))
                if (&*of, &*whose) == (component, unit) && last.checked_add(1) == Some(*number) =>
            {
                *last = *number;
            }
            _ => runs.push((component.clone(), unit.clone(), *number, *number)),
        }
    }
    runs
}

fn parts_of_runs(runs: &[PartRun]) -> BTreeSet<(ComponentCode, UnitId, u16)> {
    let parts = runs.iter().flat_map(|(component, unit, first, last)| {
        (*first..=*last).map(move |number| (component.clone(), unit.clone(), number))
    });
    parts.collect()
}
