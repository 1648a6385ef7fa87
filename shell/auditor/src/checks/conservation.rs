//! Nothing forgotten: every line that came in has exactly one fate, and can be shown.

use std::collections::{BTreeMap, BTreeSet};

use facts::UsageReceived;
use facts::usage::ConservationRow;
use jiff::civil::Date;
use kernel::Digest;
use store::{StoreError, StoredLine, Tx};

use crate::world::World;
use crate::{AuditFinding, Check};

/// Every civil day whose text has the order of its days.
const FIRST_DAY: Date = Date::constant(1, 1, 1);
const LAST_DAY: Date = Date::MAX;

/// What lines are counted by: meter, outcome and reason.
type Outcome = (String, String);

pub(crate) fn check(world: &World, tx: &mut dyn Tx) -> Result<Check, StoreError> {
    let mut check = Check::new(
        "conservation",
        "Of each arrival day, received = accepted + free + duplicate + conflict + quarantined + \
         rejected, to the line.",
    );
    let rows = tx.conservation(FIRST_DAY, LAST_DAY)?;
    check_days(&mut check, &world.batches, &rows);
    let batches = world.batches.iter().map(|batch| (batch.batch, batch)).collect();
    let days: BTreeSet<Date> = rows.iter().map(|row| row.arrived_on).collect();
    for day in days {
        let Ok(next) = day.tomorrow() else { continue };
        let lines = tx.exceptional_lines(day, next, u32::MAX)?;
        check_places(&mut check, &batches, &lines);
        check_listing(&mut check, day, &rows, &lines);
    }
    Ok(check)
}

fn check_days(check: &mut Check, batches: &[UsageReceived], rows: &[ConservationRow]) {
    let mut days: BTreeMap<Date, (i64, i64)> = BTreeMap::new();
    for batch in batches {
        days.entry(batch.arrived_on).or_default().0 += i64::from(batch.lines);
    }
    for row in rows {
        days.entry(row.arrived_on).or_default().1 += row.lines;
    }
    for (day, (received, stored)) in days {
        check.examine();
        let lost = || AuditFinding::LinesLost { day, received, stored };
        check.expect(received == stored, lost);
    }
}

fn check_places(
    check: &mut Check,
    batches: &BTreeMap<Digest, &UsageReceived>,
    lines: &[StoredLine],
) {
    for line in lines.iter().map(|line| line.arrival) {
        let holds = batches.get(&line.batch).is_some_and(|batch| {
            let end = u64::from(batch.first_line) + u64::from(batch.lines);
            batch.arrived_on == line.arrived_on
                && batch.first_line <= line.line
                && u64::from(line.line) < end
        });
        check.expect(holds, || AuditFinding::LineOutsideBatch {
            day: line.arrived_on,
            batch: line.batch,
            line: line.line,
        });
    }
}

/// What is neither accepted nor free can be shown, line by line.
fn check_listing(check: &mut Check, day: Date, rows: &[ConservationRow], lines: &[StoredLine]) {
    let mut outcomes: BTreeMap<Outcome, (i64, i64)> = BTreeMap::new();
    let key = |meter: Option<&facts::MeterCode>, outcome: &str, reason: Option<&String>| {
        let meter = meter.map_or("none", |meter| meter.as_str()).to_owned();
        let reason = reason.map(|reason| format!(" ({reason})")).unwrap_or_default();
        (meter, format!("{outcome}{reason}"))
    };
    let exceptional = |row: &&ConservationRow| {
        row.arrived_on == day && !matches!(row.outcome.as_str(), "accepted" | "free")
    };
    for row in rows.iter().filter(exceptional) {
        let key = key(row.meter.as_ref(), &row.outcome, row.reason.as_ref());
        outcomes.entry(key).or_default().0 += row.lines;
    }
    for line in lines {
        let key = key(line.meter.as_ref(), &line.outcome, line.reason.as_ref());
        outcomes.entry(key).or_default().1 += 1;
    }
    for ((meter, outcome), (counted, listed)) in outcomes {
        check.examine();
        check.expect(counted == listed, || AuditFinding::LinesNotListed {
            day,
            meter,
            outcome,
            counted,
            listed,
        });
    }
}

#[cfg(test)]
mod tests {
    use facts::usage::Arrival;
    use kernel::rejection::Rejection;

    use super::*;

    /// Both are read from the same rows; a statement that leaves some out would lie.
    #[test]
    fn lines_that_are_counted_and_not_shown_are_found() {
        let day: Date = "2026-01-26".parse().unwrap();
        let row = |outcome: &str, reason: Option<&str>, lines| ConservationRow {
            arrived_on: day,
            meter: None,
            outcome: outcome.to_owned(),
            reason: reason.map(str::to_owned),
            lines,
        };
        let line = StoredLine {
            arrival: Arrival { arrived_on: day, batch: Digest([1; 16]), line: 1 },
            name: "file".to_owned(),
            meter: None,
            outcome: "rejected".to_owned(),
            reason: Some("missing_id".to_owned()),
            event: None,
            raw: String::new(),
        };
        let found = |rows: &[ConservationRow]| {
            let mut check = Check::new("", "");
            check_listing(&mut check, day, rows, std::slice::from_ref(&line));
            check.findings.iter().map(Rejection::code).collect::<Vec<_>>()
        };
        let right = row("rejected", Some("missing_id"), 1);
        assert_eq!(found(&[right.clone(), row("accepted", None, 9)]), [""; 0]);
        assert_eq!(found(&[right, row("duplicate", None, 1)]), ["lines-not-listed"]);
        assert_eq!(found(&[row("rejected", Some("missing_id"), 2)]), ["lines-not-listed"]);
        let other = row("rejected", Some("bad_number"), 1);
        assert_eq!(found(&[other]), ["lines-not-listed"; 2]);
    }
}
