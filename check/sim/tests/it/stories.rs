//! Every story of `stories/`, and that of the demo, comes out on both engines as its snapshot says.
//!
//! A snapshot is accepted only after its figures were computed by hand; they stand in the comment
//! at the head of the story.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use ::stories::Report;
use connect::story_file::{self, Step, Story};
use imports::ImportError;
use store::Store;

use crate::{shown, worlds};

/// What the snapshot of the demo is called.
const DEMO: &str = "demo-smart-fleet";

pub fn names_in(directory: &str, extension: &str) -> BTreeSet<String> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join(directory);
    let paths = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let wanted = paths.filter(|path| path.extension() == Some(OsStr::new(extension)));
    wanted.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

pub fn path_of(story: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("stories").join(format!("{story}.yaml"))
}

fn told(store: &mut dyn Store, path: &Path) -> Report {
    let text = fs::read_to_string(path).unwrap();
    let mut story = story_file::read(&path.display().to_string(), &text)
        .unwrap_or_else(|faults| panic!("{}", ImportError::from(faults)));
    let mut tell = |story: &Story| {
        ::stories::run(store, story, path.parent().unwrap(), &mut |_| {})
            .unwrap_or_else(|error| panic!("{error}"));
        engine::read::facts(store).unwrap().len()
    };
    let told = tell(&story);
    // A second run is empty: every order and amendment of a contract again, and the same day again.
    // Other stories change what their orders name.
    let name = path.file_stem().and_then(OsStr::to_str).unwrap_or_default();
    let is_of_contracts = ["amend-", "term-", "hold-", "hardware-", "state-", "separate-"]
        .iter()
        .any(|it| name.starts_with(it));
    let is_asked = |it: &Step| matches!(it, Step::PlaceOrder(_) | Step::Change(_) | Step::Hold(_));
    story.steps.retain(|step| is_of_contracts && is_asked(&step.value));
    assert_eq!(tell(&story), told, "{}: facts after the second run", path.display());
    let now = engine::clock::now(store, story.starts_at).unwrap();
    let happened = engine::clock::advance(store, now, |_| {}).unwrap();
    assert!(happened.is_empty(), "{}: {happened:?}", path.display());
    ::stories::report::read(store).unwrap()
}

/// Plays a story on both engines; the reports must be equal, the audits clean.
fn assert_story(name: &str, path: &Path) {
    let on_sqlite = told(&mut worlds::sqlite(), path);
    worlds::on_postgres(|store| {
        let on_postgres = told(store, path);
        assert_eq!(
            serde_json::to_value(&on_postgres).unwrap(),
            serde_json::to_value(&on_sqlite).unwrap(),
            "{name}: what PostgreSQL says (left) and what SQLite says"
        );
    });
    assert!(on_sqlite.audit.is_clean(), "{name}: {:#?}", on_sqlite.audit);
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, shown::report(&on_sqlite)));
}

#[test]
fn every_story_comes_out_as_its_snapshot_says_on_both_engines() {
    for story in names_in("stories", "yaml") {
        assert_story(&story, &path_of(&story));
    }
}

#[test]
fn the_demo_comes_out_as_its_snapshot_says_on_both_engines() {
    assert_story(DEMO, &worlds::fleet().join("story.yaml"));
}

#[test]
fn every_snapshot_has_a_story_and_every_story_a_snapshot() {
    let mut stories = names_in("stories", "yaml");
    stories.insert(DEMO.to_owned());
    assert_eq!(names_in("tests/it/snapshots", "snap"), stories);
}

/// What is wrong with a story that is made of a good beginning and these steps, from line 6 on:
/// a line of text for each fault, up to its advice.
fn wrong(steps: &str) -> Vec<String> {
    let text = format!(
        "story: Wrong\nzone: Europe/Paris\nstarts_at: 2026-01-05\nsteps:\n\
         - publish_file: shared/tracker-plan.yaml\n{steps}"
    );
    let error = match story_file::read("wrong.yaml", &text) {
        Err(faults) => ImportError::from(faults),
        Ok(story) => {
            let path = path_of("wrong");
            let base = path.parent().unwrap();
            ::stories::run(&mut worlds::sqlite(), &story, base, &mut |_| {}).unwrap_err()
        }
    };
    let before_advice = |line: &str| line.split(';').next().unwrap().to_owned();
    error.to_string().lines().map(before_advice).collect()
}

#[test]
fn a_wrong_story_is_refused_with_line_and_column() {
    assert_eq!(wrong("- shipp: {}\n"), ["wrong.yaml:6:3: `shipp` is not possible here"]);
    assert_eq!(
        wrong("- ship: {shipment: SHP-1, parcel: 1}\n"),
        ["wrong.yaml:6:27: `parcel` is not known here"]
    );
    assert_eq!(
        wrong("- advance_to: 2026-02-30\n- activate: {serial: SN-1, at: 2026-13-01}\n"),
        [
            "wrong.yaml:6:15: `2026-02-30` is no time that exists",
            "wrong.yaml:7:32: `2026-13-01` is no time that exists",
        ]
    );
}

#[test]
fn a_step_that_is_refused_is_named_with_line_and_column() {
    assert_eq!(
        wrong("- advance_to: 2026-01-04\n"),
        ["wrong.yaml:6:15: the clock stands at 2026-01-04T23:00:00Z and cannot go back to \
             2026-01-03T23:00:00Z"]
    );
    assert_eq!(
        wrong(
            "- change: {change: CHG-1, units: [TRUCK-9], action: suspend, \
             effective_at: 2026-01-06}\n"
        ),
        ["wrong.yaml:6:20: no order has a unit `TRUCK-9`"]
    );
}

/// An order of one truck, delivered on the day.
const TRUCK: &str = "- place_order: {order: O-1, customer: ACC-EXEMPLE, ordered_on: 2026-01-05, \
    lines: [{line: O-1-1, offer: tracker-plan, named_units: [{unit: T-1}]}]}\n\
    - ship: {shipment: S-1, order_line: O-1-1, unit: T-1, serial: SN-1, \
    shipped_at: 2026-01-05, delivered_at: 2026-01-05}\n";

#[test]
fn an_amendment_that_cannot_be_is_refused_with_the_reason() {
    let no = |step: &str| {
        let said = wrong(&format!("{TRUCK}{step}"));
        said.iter().map(|it| it.split_once(": ").unwrap().1.to_owned()).collect::<Vec<_>>()
    };
    let change = |action: &str, on: &str| {
        no(&format!(
            "- change: {{change: C-1, units: [T-1], action: {action}, effective_at: {on}, \
             recorded_at: 2026-01-05}}\n"
        ))
    };
    assert_eq!(
        change("resume", "2026-01-06"),
        ["unit `T-1` is not suspended at 2026-01-05T23:00:00Z, so there is nothing to resume"]
    );
    assert_eq!(
        change("suspend", "2026-01-04"),
        ["the contract of unit `T-1` begins at 2026-01-04T23:00:00Z"]
    );
    let accept = |number: u8, day: u8| {
        format!(
            "- change: {{change: C-{number}, units: [T-1], action: accept, \
             effective_at: 2026-01-{day:02}, recorded_at: 2026-01-05}}\n"
        )
    };
    assert_eq!(
        no(&format!("{}{}", accept(1, 6), accept(2, 7))),
        ["unit `T-1` is accepted once, so it cannot be at 2026-01-06T23:00:00Z too"]
    );
    assert_eq!(change("cancel", "end_of_term"), ["order line `O-1-1` has no term that ends"]);
    let order = |number: u8, terms: &str| {
        format!(
            "- place_order: {{order: O-{number}, customer: ACC-EXEMPLE, ordered_on: 2026-01-05, \
             lines: [{{line: O-{number}-1, {terms}}}]}}\n"
        )
    };
    let taken = "takes_over: {line: O-1-1, units: [T-1], on: 2026-01-10}";
    assert_eq!(
        no(&format!("{}{}", order(2, taken), order(3, taken))),
        ["unit `T-1` goes on as `T-1.2` from 2026-01-10"]
    );
    assert_eq!(
        no(&order(2, "takes_over: {line: O-1-1, on: 2026-01-04}")),
        ["order line `O-1-1` can be taken over from 2026-01-05, not on 2026-01-04"]
    );
    let suspend = "- change: {change: C-1, units: [T-1], action: suspend, \
                   effective_at: 2026-01-11, recorded_at: 2026-01-05}\n";
    assert_eq!(
        no(&format!("{}{suspend}", order(2, taken))),
        ["unit `T-1` goes on as `T-1.2` from 2026-01-09T23:00:00Z"]
    );
}

#[test]
fn a_hold_that_cannot_be_is_refused_and_what_it_holds_is_not_changed() {
    let no = |steps: &str| {
        let said = wrong(&format!("{TRUCK}{steps}"));
        said.iter().map(|it| it.split_once(": ").unwrap().1.to_owned()).collect::<Vec<_>>()
    };
    let hold = |on: &str, from: &str| {
        format!("- place_hold: {{hold: H-1, by: fraud, {on}, blocks: [change], from: {from}}}\n")
    };
    let (unit, account) = ("unit: T-1", "account: ACC-EXEMPLE");
    assert_eq!(
        no(&hold("unit: T-9", "2026-01-06")),
        ["hold `H-1` is on unit `T-9`, which does not exist"]
    );
    assert_eq!(
        no(&hold(unit, "2026-01-04")),
        ["hold `H-1` cannot begin on 2026-01-04: what it holds begins on 2026-01-05"]
    );
    assert_eq!(
        no("- release_hold: {hold: H-1, by: fraud, until: 2026-01-06}\n"),
        ["there is no hold `H-1` to release"]
    );
    let release = "- release_hold: {hold: H-1, by: dunning, until: 2026-01-08}\n";
    assert_eq!(
        no(&format!("{}{release}", hold(unit, "2026-01-06"))),
        ["hold `H-1` is of `fraud`, not of `dunning`"]
    );
    let change = |action: &str| {
        format!(
            "- change: {{change: C-1, units: [T-1], action: {action}, \
             effective_at: 2026-01-07, recorded_at: 2026-01-05}}\n"
        )
    };
    let held = "unit `T-1` is held by `fraud` from 2026-01-06 on (hold `H-1`) and cannot be \
                changed on 2026-01-07";
    assert_eq!(no(&format!("{}{}", hold(unit, "2026-01-06"), change("cancel"))), [held]);
    assert_eq!(no(&format!("{}{}", hold(account, "2026-01-06"), change("suspend"))), [held]);
    let order = "- place_order: {order: O-2, customer: ACC-EXEMPLE, ordered_on: 2026-01-06, \
                 lines: [{line: O-2-1, offer: tracker-plan}]}\n";
    assert_eq!(
        no(&format!("{}{order}", hold(account, "2026-01-06"))),
        ["account `ACC-EXEMPLE` is held by `fraud` from 2026-01-06 on (hold `H-1`) and cannot be \
          changed on 2026-01-06"]
    );
    let taken = "- place_order: {order: O-2, customer: ACC-EXEMPLE, ordered_on: 2026-01-05, \
                 lines: [{line: O-2-1, takes_over: {line: O-1-1, on: 2026-01-10}}]}\n";
    assert_eq!(
        no(&format!("{}{taken}", hold("line: O-1-1", "2026-01-10"))),
        ["unit `T-1` is held by `fraud` from 2026-01-10 on (hold `H-1`) and cannot be changed on \
          2026-01-10"]
    );
}
