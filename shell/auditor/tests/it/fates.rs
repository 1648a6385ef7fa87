//! Whose events are, by the facts: counted by us, and compared with what others report.

use facts::usage::ConservationRow;
use kernel::rejection::Rejection;

use crate::usage_log::{FREE, more_data};
use crate::world::{Case, World, check, clean, day, read, signalled};

/// What is said of one row: day, meter, outcome with its reason, lines.
fn said(row: &ConservationRow) -> String {
    let meter = row.meter.as_ref().map_or("none", |meter| meter.as_str());
    let reason = row.reason.as_ref().map(|reason| format!(" {reason}")).unwrap_or_default();
    format!("{} {meter} {}{reason} {}", row.arrived_on, row.outcome, row.lines)
}

#[test]
fn every_line_is_counted_with_the_fate_that_the_facts_give_it() {
    let rows = auditor::conservation(&mut clean().store()).unwrap();
    let said: Vec<String> = rows.iter().map(said).collect();
    assert_eq!(
        said,
        [
            "2026-01-26 none quarantined unknown_type 1",
            "2026-01-26 none rejected invalid_json 1",
            "2026-01-26 data accepted 1",
            "2026-01-26 data conflict 1",
            "2026-01-26 data duplicate 1",
            "2026-01-26 data free 1",
            "2026-01-26 data quarantined unknown_serial 1",
            "2026-01-26 data rejected bad_number 1",
            "2026-01-26 hours accepted 2",
            "2026-02-03 data accepted 1",
            "2026-02-10 data accepted 1",
            "2026-02-10 hours accepted 1",
            "2026-02-10 sms accepted 5",
            "2026-02-21 data free 1",
            "2026-02-21 data quarantined future_time 1",
            "2026-02-21 sms accepted 1",
            "2026-02-21 sms quarantined serial_not_assigned 1",
        ]
    );
}

#[test]
fn a_fact_that_comes_late_changes_whose_an_event_is() {
    let mut before = clean();
    more_data(&mut before, ("n1", "D2"), "2026-02-08T22:59:59Z", (7, "2026-02-09"));
    let outcome = |rows: Vec<ConservationRow>| {
        let of_day = rows.into_iter().find(|row| row.arrived_on == day("2026-02-09"));
        of_day.map(|row| row.outcome)
    };
    let count = |world: World| auditor::conservation(&mut world.store()).unwrap();
    let mut later = clean();
    more_data(&mut later, ("n1", "D2"), "2026-02-08T22:59:59Z", (7, "2026-02-09"));
    later.after.push(signalled("g2", "D2", "2026-02-08T22:59:59Z"));
    assert_eq!(outcome(count(before)).as_deref(), Some("free"));
    assert_eq!(outcome(count(later)).as_deref(), Some("accepted"));
}

#[test]
fn a_report_that_counts_other_lines_is_found() {
    let mut store = clean().store();
    let right = auditor::conservation(&mut store).unwrap();
    let mut codes = |rows: &[ConservationRow]| {
        let check = auditor::audit_reported(&mut store, rows).unwrap();
        assert!(check.examined >= 17);
        check.findings.iter().map(Rejection::code).collect::<Vec<_>>()
    };
    assert_eq!(codes(&right), [""; 0]);
    assert_eq!(codes(&right[1..]), ["report-differs"]);
    let mut one_more = right.clone();
    one_more[3].lines += 1;
    assert_eq!(codes(&one_more), ["report-differs"]);
    let mut other = right.clone();
    other[3].reason = Some("because".to_owned());
    assert_eq!(codes(&other), ["report-differs"; 2]);
    let mut other = right;
    other[2].meter = Some(read("tea"));
    assert_eq!(codes(&other), ["report-differs"; 2]);
}

/// A reading that is at another instant than its line has another fate.
pub const CASES: &[Case] = &[Case {
    name: "usage before the start is indexed after it",
    breaks: |world| {
        let reading = world.line(FREE).reading.as_mut().unwrap();
        reading.happened_at = "2026-01-12T10:00:00Z".to_owned();
    },
    finds: &["usage-not-billed"],
}];

#[test]
fn wrong_instants_are_found() {
    check(CASES);
}
