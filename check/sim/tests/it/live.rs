//! The current cost that is kept and added to is the one that is worked out anew.

use std::fs;
use std::num::NonZeroUsize;

use connect::usage_file;
use engine::clock;
use engine::usage::{Intake, Live};
use facts::AccountId;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use kernel::Zone;
use store::Store;

use crate::reduced_fleet::usage_lines;
use crate::stories::{names_in, path_of};
use crate::worlds;

/// The reference fleet with everything but its usage.
fn without_usage(store: &mut dyn Store) {
    let story = connect::story_file::read(
        "fleet.yaml",
        "story: Smart fleet\nzone: Europe/Paris\nstarts_at: 2026-01-01\nsteps:\n\
         - publish_file: catalog.yaml\n\
         - import: {orders: orders.csv, units: units.csv, shipments: shipments.csv, \
         changes: changes.csv, signals: signals.ndjson}\n",
    );
    ::stories::run(store, &story.unwrap(), &worlds::fleet(), &mut |_| {}).unwrap();
}

fn account() -> AccountId {
    let expected = worlds::expected();
    expected["account"].as_str().unwrap().parse().unwrap()
}

/// Some events of a day never were.
fn cancel(store: &mut dyn Store, day: Date, now: Timestamp) {
    let mark = r#"{"usagerevision":1,"usagecancelled":true,"#;
    let lines = usage_lines(day).into_iter().step_by(97);
    let text: String = lines.map(|line| format!("{}\n", line.replacen('{', mark, 1))).collect();
    for batch in usage_file::open("cancelled", text.as_bytes(), NonZeroUsize::MAX).unwrap() {
        imports::send_batch(store, &format!("cancelled {day}"), batch.unwrap(), now).unwrap();
    }
}

/// Every day's file, and the answers of one who kept what it knew and of one who begins anew.
fn compare(store: &mut dyn Store, until: Date) {
    without_usage(store);
    let paris: Zone = "Europe/Paris".parse().unwrap();
    let account = account();
    let mut live = Live::default();
    let mut intake = Intake::open(store, paris.start_of(date(2026, 1, 1)).unwrap()).unwrap();
    let mut cost_something = 0;
    let mut day = date(2026, 1, 9);
    while day < until {
        let now = paris.start_of(day).unwrap();
        clock::advance(store, now, |_| ()).unwrap();
        let file = worlds::fleet().join(format!("usage/{day}.ndjson.gz"));
        if file.exists() {
            let source = file.as_path().into();
            imports::send_usage(store, &mut intake, source, now, &mut |_| {}).unwrap();
            cancel(store, day, now);
        }
        let kept = live.current(store, &account, now).unwrap();
        let anew = Live::default().current(store, &account, now).unwrap();
        assert!(kept == anew, "another answer on {day}");
        cost_something += usize::from(!kept.charges.is_empty());
        day = day.tomorrow().unwrap();
    }
    assert!(cost_something > 20, "{cost_something} days with usage");
}

#[test]
fn the_current_cost_that_is_kept_is_the_one_worked_out_anew() {
    compare(&mut worlds::sqlite(), date(2026, 2, 20));
}

/// After each step of a story, whoever kept what they knew says what one says who begins anew.
fn compare_in(story: &str) -> usize {
    let path = path_of(story);
    let text = fs::read_to_string(&path).unwrap();
    let mut story = connect::story_file::read(&path.display().to_string(), &text).unwrap();
    let mut store = worlds::sqlite();
    let store: &mut dyn Store = &mut store;
    let (mut live, mut cost_something) = (Live::default(), 0);
    for step in std::mem::take(&mut story.steps) {
        let place = step.place.clone();
        story.steps = vec![step];
        ::stories::run(store, &story, path.parent().unwrap(), &mut |_| {}).unwrap();
        let now = clock::now(store, story.starts_at).unwrap();
        for account in engine::read::accounts(store, "", 100).unwrap() {
            let said = |live: &mut Live, store: &mut dyn Store| {
                live.current(store, &account.account, now).map_err(|error| error.to_string())
            };
            let (kept, anew) = (said(&mut live, store), said(&mut Live::default(), store));
            assert!(kept == anew, "{place}: {}: {kept:?} instead of {anew:?}", account.account);
            cost_something += kept.map_or(0, |it| it.charges.len());
        }
    }
    cost_something
}

#[test]
fn the_current_cost_that_is_kept_is_the_one_worked_out_anew_after_each_step_of_each_story() {
    let charges: usize = names_in("stories", "yaml").iter().map(|story| compare_in(story)).sum();
    assert!(charges > 100, "{charges} charges");
}
