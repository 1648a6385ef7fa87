//! Services that start with usage: what the log says of a unit is looked at once a day, after that
//! on which something came (ADR 0038).

use std::collections::BTreeSet;

use ::fulfilment::Use;
use facts::usage::Point;
use facts::{DeviceSerial, UnitId};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::calendar::add_days;
use store::{Timer, TimerKind, Tx};

use super::log;
use crate::Result;
use crate::contracts;

/// What some devices used.
pub(crate) struct Looked {
    /// As the usage says that arrived before a day.
    pub uses: Vec<Use>,
    /// The last day on which something arrived that is not among it yet.
    pub next: Option<Date>,
}

/// Looks at what some devices used. What waits for a person or a fact is no usage yet.
pub(crate) fn look(
    tx: &mut dyn Tx,
    serials: BTreeSet<&DeviceSerial>,
    arrived_before: Date,
) -> Result<Looked> {
    let index = log::caught_up(tx)?;
    let subjects: Vec<&str> = serials.iter().map(|it| it.as_str()).collect();
    let (mut uses, mut next) = (Vec::new(), None);
    for series in index.series(&subjects).map_err(log::index_failed)? {
        let Some(meter) = series.track.meter.as_ref().filter(|_| series.track.held.is_none())
        else {
            continue;
        };
        let serial = serials.iter().find(|it| it.as_str() == series.subject);
        let Some(serial) = serial else { continue };
        let said_on = series.points.iter().flat_map(|it| [Some(it.known_on), it.amended_on]);
        next = said_on.flatten().filter(|day| *day >= arrived_before).max().max(next);
        let stood = |it: &&Point| it.stood_before(arrived_before);
        uses.extend(series.points.iter().filter(stood).map(|point| Use {
            serial: (*serial).clone(),
            at: point.happened_at,
            meter: meter.clone(),
            quantity: point.value,
        }));
    }
    Ok(Looked { uses, next })
}

/// Has the starts of units looked at on the day after that of arrival, in the zone of each: that is
/// the first bill day that knows it.
pub(crate) fn look_after(
    tx: &mut dyn Tx,
    units: BTreeSet<UnitId>,
    (arrived_on, now): (Date, Timestamp),
) -> Result<()> {
    for unit in units {
        let account = contracts::unit(tx, &unit)?.account;
        let zone = contracts::account(tx, &account)?.zone;
        let missing = || contracts::missing(format!("the day after {arrived_on}"));
        let day = add_days(arrived_on, 1).map_err(|_| missing())?;
        // East of where days are counted it can have begun.
        let due_at = zone.start_of(day).map_err(|_| missing())?.max(now);
        let subject = format!("{unit} {day}");
        tx.set_timer(&Timer { due_at, kind: TimerKind::LookAtUsage, subject })?;
    }
    Ok(())
}
