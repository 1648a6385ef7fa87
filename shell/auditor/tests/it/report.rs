//! The report: what a person and a program read.

use std::collections::BTreeSet;

use auditor::Finding;
use kernel::rejection::Rejection;

use crate::credit_notes::give_back;
use crate::world::{clean, findings};

#[test]
fn a_clean_world_has_no_finding_and_every_check_looked_at_something() {
    let mut world = clean();
    give_back(&mut world);
    let report = world.audit();
    let said: Vec<String> = report.findings().map(ToString::to_string).collect();
    assert_eq!(said, [""; 0]);
    assert!(report.is_clean());
    assert_eq!(report.checks.len(), 24);
    for check in &report.checks {
        assert!(check.examined > 0, "{} looked at nothing", check.code);
    }
}

#[test]
fn a_deep_audit_of_a_clean_world_has_no_finding_either() {
    let mut world = clean();
    give_back(&mut world);
    let report = world.audit_deep();
    let said: Vec<String> = report.findings().map(ToString::to_string).collect();
    assert_eq!(said, [""; 0]);
    assert_eq!(report.checks.len(), 27);
    for check in &report.checks {
        assert!(check.examined > 0, "{} looked at nothing", check.code);
    }
    assert!(report.passed_over.is_empty());
}

#[test]
fn an_empty_store_is_clean() {
    let mut store = store_sqlite::SqliteStore::in_memory().unwrap();
    let report = auditor::audit(&mut store).unwrap();
    assert!(report.is_clean());
    assert!(report.checks.iter().all(|check| check.examined == 0));
    assert!(auditor::audit_deep(&mut store).unwrap().is_clean());
    assert_eq!(auditor::conservation(&mut store).unwrap(), []);
}

#[test]
fn a_finding_is_a_code_a_sentence_and_values() {
    let mut world = clean();
    world.received[1].lines = 2;
    let report = world.audit();
    assert!(!report.is_clean());
    let json = serde_json::to_value(&report).unwrap();
    assert!(json.get("passed_over").is_none());
    let finding = &json["checks"][1]["findings"][0];
    assert_eq!(finding["code"], "lines-lost");
    assert_eq!(finding["values"]["day"], "2026-02-03");
    assert_eq!(finding["values"]["received"], "2");
    assert_eq!(
        finding["message"],
        "2 lines arrived on 2026-02-03 but 1 have a fate; compare the batches of the day with \
         their source and import the missing lines again"
    );
}

#[test]
fn codes_are_unique_and_readable() {
    let mut codes = Finding::CODES.to_vec();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), Finding::CODES.len());
    for code in codes {
        assert!(code.bytes().all(|it| it.is_ascii_lowercase() || it == b'-'), "{code}");
    }
    let found = findings(|world| world.received[1].name = "march".to_owned());
    assert_eq!(found.iter().map(Rejection::code).collect::<Vec<_>>(), ["segment-differs"]);
}

/// A code that no broken world yields could be a check that cannot fail.
#[test]
fn every_code_is_found_in_some_broken_world() {
    let cases = [
        crate::conservation::CASES,
        crate::deep::CASES,
        crate::fates::CASES,
        crate::early::CASES,
        crate::twice::CASES,
        crate::due::CASES,
        crate::returns::CASES,
        crate::kept::CASES,
        crate::state_fees::CASES,
        crate::milestones::CASES,
        crate::tiling::CASES,
        crate::amounts::CASES,
        crate::prices::CASES,
        crate::terms::CASES,
        crate::credits::CASES,
        crate::credit_notes::CASES,
        crate::contracts::CASES,
        crate::holds::CASES,
        crate::drafts::CASES,
        crate::usage::CASES,
        crate::invoices::CASES,
        crate::numbers::CASES,
        crate::ledger::CASES,
        crate::carried::CASES,
    ];
    let found: BTreeSet<&str> =
        cases.into_iter().flatten().flat_map(|case| case.finds).copied().collect();
    // The first needs a store that lies and is tested beside its check, the second a report.
    let not_here = ["book-unbalanced", "report-differs"];
    let missing: Vec<&&str> = Finding::CODES
        .iter()
        .filter(|code| !found.contains(**code) && !not_here.contains(*code))
        .collect();
    assert_eq!(missing, [&""; 0]);
}
