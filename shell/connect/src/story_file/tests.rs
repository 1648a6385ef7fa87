//! Stories as people write them, well and wrongly.

use super::{Step, read};

const START: &str = "story: One truck\nzone: Europe/Paris\nstarts_at: 2026-01-01\nsteps:\n";

fn steps(text: &str) -> Vec<Step> {
    let story = read("story.yaml", &format!("{START}{text}")).unwrap();
    story.steps.into_iter().map(|step| step.value).collect()
}

fn fault(text: &str) -> String {
    let faults = read("story.yaml", &format!("{START}{text}")).unwrap_err();
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn instants_are_read_in_the_zone_of_the_story() {
    let advance = |text: &str| match steps(&format!("- advance_to: {text}\n")).remove(0) {
        Step::AdvanceTo(at) => at.to_string(),
        other => panic!("{other:?}"),
    };
    assert_eq!(advance("2026-02-01"), "2026-01-31T23:00:00Z");
    assert_eq!(advance("2026-07-01 12:30"), "2026-07-01T10:30:00Z");
    assert_eq!(advance("2026-07-01T12:30:00+00:00"), "2026-07-01T12:30:00Z");
}

#[test]
fn a_number_in_the_data_of_usage_stays_the_number_that_was_written() {
    let text = "- use: {serial: S-1, type: data, at: 2026-01-05 10:00, data: {mb: 1.50, at: FR}}\n";
    let Step::Use(line) = steps(text).remove(0) else { panic!() };
    assert!(line.contains(r#""data":{"at":"FR","mb":1.50}"#), "{line}");
}

#[test]
fn an_unknown_key_is_an_error_with_line_and_column() {
    assert_eq!(
        fault("- advance_too: 2026-02-01\n").split(" is not").next().unwrap(),
        "story.yaml:5:3: `advance_too`"
    );
}

#[test]
fn every_wrong_value_is_reported_at_its_place() {
    let text = "- advance_to: 2026-02-31\n- activate: {serial: '', at: noon}\n";
    let faults = fault(text);
    let places: Vec<_> = faults.lines().map(|line| line.split(": ").next().unwrap()).collect();
    assert_eq!(places, ["story.yaml:5:15", "story.yaml:6:22", "story.yaml:6:30"]);
}
