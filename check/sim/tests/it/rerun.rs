//! The story of the fleet step by step: the books balance after each, and telling it again on the
//! same store changes nothing.

use connect::Located;
use connect::story_file::{self, Step, Story};
use engine::clock;
use store::Store;

use crate::worlds::{self, assert_books_balance};

fn fleet_story() -> Story {
    let text = std::fs::read_to_string(worlds::fleet().join("story.yaml")).unwrap();
    story_file::read("story.yaml", &text).unwrap()
}

/// The same step as smaller ones, where it is made of days.
fn days_apart(step: Located<Step>) -> Vec<Located<Step>> {
    let Step::ImportUsageDays { directory, from, until } = step.value else { return vec![step] };
    let mut steps = Vec::new();
    let mut day = from;
    while day < until {
        let next = day.tomorrow().unwrap();
        let directory = directory.clone();
        let value = Step::ImportUsageDays { directory, from: day, until: next };
        steps.push(Located { place: step.place.clone(), value });
        day = next;
    }
    steps
}

fn tell(store: &mut dyn Store, story: &Story) {
    ::stories::run(store, story, &worlds::fleet(), &mut |_| {})
        .unwrap_or_else(|error| panic!("{error}"));
}

/// Every fact with its place in the log, and everything else that a report shows.
fn everything(store: &mut dyn Store) -> (Vec<String>, String) {
    let facts = engine::read::facts(store).unwrap();
    let facts = facts.iter().map(|it| format!("{} {} {:?}", it.sequence, it.recorded_at, it.fact));
    let facts = facts.collect();
    (facts, serde_json::to_string(&::stories::report::read(store).unwrap()).unwrap())
}

#[test]
fn the_books_balance_after_every_step_and_telling_the_story_again_changes_nothing() {
    let mut store = worlds::sqlite();
    let story = fleet_story();
    let steps: Vec<_> = story.steps.iter().cloned().flat_map(days_apart).collect();
    assert!(steps.len() > 20, "the story has {} steps", steps.len());
    for step in &steps {
        tell(&mut store, &Story { steps: vec![step.clone()], ..story.clone() });
        assert_books_balance(&mut store);
    }
    assert_eq!(engine::read::invoices(&mut store).unwrap().len(), 1);

    let before = everything(&mut store);
    tell(&mut store, &story);
    assert_eq!(everything(&mut store), before, "the story was told twice");

    let now = clock::now(&mut store, story.starts_at).unwrap();
    let happened = clock::advance(&mut store, now, |_| {}).unwrap();
    assert!(happened.is_empty(), "{happened:?}");
    assert_eq!(everything(&mut store), before, "the clock was advanced twice");
}
