use proptest::prelude::*;

use super::*;

const DEMO: &str = include_str!("../../../../demo/smart-fleet/changes.csv");
const HEADER: &str = "change,recorded_at,effective_at,action,units,detail\n";

fn said(rows: &str) -> Vec<String> {
    let faults = read("c.csv", &format!("{HEADER}{rows}")).unwrap_err();
    faults.iter().map(|fault| fault.to_string()).collect()
}

#[test]
fn the_demo_has_five_changes_of_fourteen_units() {
    let changes = read("changes.csv", DEMO).unwrap();
    assert_eq!(changes.len(), 14);
    let first = &changes[0].value;
    assert_eq!(first.recorded_at.to_string(), "2026-02-13T14:40:00Z");
    assert_eq!(first.effective, Effective::At("2026-02-15T23:00:00Z".parse().unwrap()));
    assert_eq!(first.action, ChangeAction::Plan(facts::PlanCode::new("premium").unwrap()));
    let swap = &changes[10];
    assert_eq!(swap.value.unit.as_str(), "U-034");
    assert_eq!(swap.value.action, ChangeAction::Swap("TRK-0991204".parse().unwrap()));
    assert_eq!(swap.place.to_string(), "changes.csv:3");
    let rest: Vec<ChangeAction> = changes[11..].iter().map(|it| it.value.action.clone()).collect();
    assert_eq!(rest, [ChangeAction::Suspend, ChangeAction::Resume, ChangeAction::Return]);
}

#[test]
fn every_wrong_cell_is_reported() {
    let rows = "C-1,2026-02-31T00:00:00Z,2026-01-01,pause,U-1,\n\
                C-2,2026-01-01T00:00:00Z,2026-01-01T00:00:00Z,suspend,U-1 U-1,now\n\
                C-3,2026-01-01T00:00:00Z,2026-01-01T00:00:00Z,swap,  ,\n";
    let said = said(rows);
    let beginnings = [
        "c.csv:2 (recorded_at): `2026-02-31T00:00:00Z` is not an instant of RFC 3339",
        "c.csv:2 (effective_at): `2026-01-01` is not an instant of RFC 3339",
        "c.csv:2 (action): `pause` is not possible here; use one of: change_tier, suspend",
        "c.csv:3 (detail): `suspend` takes no detail; leave the cell empty",
        "c.csv:3 (units): `U-1` occurs twice; keep one of them",
        "c.csv:4 (detail): `detail` is missing or empty; give it a value",
        "c.csv:4 (units): `units` is missing or empty; give it a value",
    ];
    assert_eq!(said.len(), beginnings.len(), "{said:#?}");
    for (sentence, beginning) in said.iter().zip(beginnings) {
        assert!(sentence.starts_with(beginning), "{sentence}");
    }
}

#[test]
fn a_moment_can_be_named() {
    let rows = "C-1,2026-02-01T00:00:00Z,end_of_period,cancel,U-1,\n";
    let changes = read("c.csv", &format!("{HEADER}{rows}")).unwrap();
    assert_eq!(changes[0].value.effective, Effective::Named(facts::order::Moment::EndOfPeriod));
    assert_eq!(changes[0].value.action, ChangeAction::Cancel);
}

#[test]
fn a_column_that_nobody_reads_is_refused() {
    let faults = read("c.csv", &DEMO.replacen("detail", "detail,comment", 1)).unwrap_err();
    assert_eq!(faults[0].place.to_string(), "c.csv:1 (comment)");
}

proptest! {
    #[test]
    fn no_text_panics(body in "(\\PC|[,\"\n\r]){0,80}") {
        let _ = read("c.csv", &body);
        let _ = read("c.csv", &format!("{HEADER}{body}"));
    }
}
