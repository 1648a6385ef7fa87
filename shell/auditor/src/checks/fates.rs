//! Each line that came in has one fate, and the report says the fates that the facts give.

use std::collections::{BTreeMap, BTreeSet};

use facts::MeterCode;
use facts::usage::ConservationRow;
use jiff::civil::Date;
use store::StoreError;

use crate::fates::{Holders, recount};
use crate::usage_log::{UsageLog, meter_or_none};
use crate::world::World;
use crate::{AuditFinding, Check};

pub(crate) fn check(
    world: &World,
    log: &UsageLog,
    holders: &Holders<'_>,
) -> Result<Check, StoreError> {
    let mut check = Check::new(
        "fates",
        "Of each arrival day, received = accepted + free + shadow + amended + cancelled + \
         duplicate + conflict + quarantined + rejected, to the line.",
    );
    if !log.is_included() {
        return Ok(check);
    }
    let mut days: BTreeMap<Date, (i64, i64)> = BTreeMap::new();
    for batch in &world.batches {
        days.entry(batch.arrived_on).or_default().0 += i64::from(batch.lines);
    }
    for row in recount(log, holders)? {
        days.entry(row.arrived_on).or_default().1 += row.lines;
    }
    for (day, (received, stored)) in days {
        check.examine();
        let lost = || AuditFinding::LinesLost { day, received, stored };
        check.expect(received == stored, lost);
    }
    Ok(check)
}

/// What rows are told apart by.
type Cell<'a> = (Date, Option<&'a MeterCode>, &'a str, Option<&'a str>);

/// Compares a report with our own count.
pub(crate) fn compare(reported: &[ConservationRow], recounted: &[ConservationRow]) -> Check {
    let mut check = Check::new(
        "reported",
        "What is reported of the lines of each arrival day and meter is what the facts make of \
         them.",
    );
    let (reported, recounted) = (cells(reported), cells(recounted));
    let all: BTreeSet<&Cell<'_>> = reported.keys().chain(recounted.keys()).collect();
    for cell in all {
        check.examine();
        let lines = |of: &BTreeMap<Cell<'_>, i64>| of.get(cell).copied().unwrap_or_default();
        let (reported, recounted) = (lines(&reported), lines(&recounted));
        let (day, meter, outcome, reason) = *cell;
        check.expect(reported == recounted, || AuditFinding::ReportDiffers {
            day,
            meter: meter_or_none(meter),
            outcome: reason.map_or(outcome.to_owned(), |reason| format!("{outcome} ({reason})")),
            reported,
            recounted,
        });
    }
    check
}

fn cells(rows: &[ConservationRow]) -> BTreeMap<Cell<'_>, i64> {
    let mut cells = BTreeMap::new();
    for row in rows {
        let cell = (row.arrived_on, row.meter.as_ref(), &*row.outcome, row.reason.as_deref());
        *cells.entry(cell).or_default() += row.lines;
    }
    cells
}
