//! What waited is replayed from the command line, told in both languages, and killed in between.

use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::shop::{Shop, command, fleet};

const TYPE: &str = "com.translog.usage.api.v2";
const SOURCE: &str = "urn:gateway:1";

fn event(id: &str, kind: &str, time: &str) -> String {
    format!(
        concat!(
            r#"{{"specversion":"1.0","id":"{}","source":"{}","type":"{}","#,
            r#""subject":"TRK-0483113","time":"{}","data":{{"endpoint":"alerts"}}}}"#
        ),
        id, SOURCE, kind, time
    )
}

/// API calls are events of the other type from the second day on.
fn publish(shop: &Shop) {
    let catalog = std::fs::read_to_string(fleet("catalog.yaml")).unwrap();
    let meter = "code: api_calls\n    effective_from: 2026-01-01";
    assert!(catalog.contains(meter));
    let catalog = catalog
        .replace(meter, "code: api_calls\n    effective_from: 2026-01-02")
        .replace("com.translog.usage.api.v1", TYPE);
    shop.ok(&["apply", "--file", &shop.write("catalog.yaml", &catalog)]);
}

fn json(shop: &Shop, arguments: &[&str]) -> Value {
    let mut all = arguments.to_vec();
    all.extend(["--output", "json"]);
    serde_json::from_str(&shop.ok(&all)).unwrap()
}

fn explained(shop: &Shop, id: &str) -> Value {
    json(shop, &["usage", "explain", id, "--source", SOURCE])["events"][0].clone()
}

fn waits_and_counts(shop: Shop) {
    let shop = shop.of_fleet();
    let lines = [
        event("one", TYPE, "2026-01-20T10:00:00Z"),
        event("two", TYPE, "2026-02-10T10:00:00Z"),
        event("other", "com.x", "2026-01-20T10:00:00Z"),
    ];
    shop.ok(&["usage", "send", &shop.write("first.ndjson", &lines.join("\n"))]);
    let waiting = shop.ok(&["usage", "quarantine"]);
    assert!(waiting.contains("tabouret usage replay --reason unknown_type"), "{waiting}");
    assert_eq!(json(&shop, &["usage", "replay"])["changed"], 0);
    publish(&shop);
    let dry = json(&shop, &["usage", "replay", "--type", TYPE, "--dry-run"]);
    assert_eq!((&dry["dry_run"], &dry["changed"]), (&json!(true), &json!(2)));
    assert_eq!(dry["groups"][0]["waiting"], json!({ "future_time": 1 }));
    assert_eq!(explained(&shop, "one")["outcome"], "quarantined");

    let said = shop.ok(&["usage", "replay", "--reason", "unknown_type"]);
    assert!(said.contains("2 line(s) are something else from today on"), "{said}");
    let event = explained(&shop, "one");
    assert_eq!((&event["outcome"], &event["segment"]), (&json!("accepted"), &json!(1)));
    let replay = json!({
        "replayed_on": "2026-01-31", "segment": 2,
        "was": { "outcome": "quarantined", "reason": "unknown_type" },
        "became": { "outcome": "accepted", "reason": null },
    });
    assert_eq!(event["replays"], json!([replay]));
    let story = shop.ok(&["usage", "explain", "one", "--source", SOURCE]);
    assert!(story.contains("replayed") && story.contains("since: read and measured"), "{story}");
    let nothing = shop.ok(&["usage", "replay", "--type", TYPE]);
    assert!(nothing.contains("Nothing changes"), "{nothing}");

    // The clock passes the other, and says so in French.
    shop.ok(&["clock", "advance", "--to", "2026-02-11"]);
    let mut french = Command::new(env!("CARGO_BIN_EXE_tabouret"));
    french.args(["--lang", "fr", "usage", "replay", "--reason", "future_time"]);
    let said = french.args(shop.place()).output().unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(said.contains("1 ligne(s) sont autre chose à partir d’aujourd’hui"), "{said}");
    let event = explained(&shop, "two");
    assert_eq!((&event["outcome"], &event["known_on"]), (&json!("accepted"), &json!("2026-02-11")));
    assert_eq!(event["replays"].as_array().unwrap().len(), 2);
    let listed = json(&shop, &["usage", "list", "--subject", "TRK-0483113"]);
    let outcomes: Vec<&Value> =
        listed["events"].as_array().unwrap().iter().map(|it| &it["outcome"]).collect();
    assert_eq!(outcomes, ["accepted", "quarantined", "accepted"]);
    shop.ok(&["audit", "--deep"]);
    let output = shop.run(&["usage", "replay", "--reason", "no_price"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn on_sqlite_what_waited_counts_and_explains_itself() {
    waits_and_counts(Shop::empty());
}

#[test]
fn on_postgres_what_waited_counts_and_explains_itself() {
    waits_and_counts(Shop::on_postgres("replay"));
}

/// Killed at any moment, and without what it derived: each line counts once in the end.
#[test]
fn a_replay_that_is_killed_goes_on() {
    let shop = Shop::empty().of_fleet();
    // Each file is a segment of its own, 64 of which are replayed together.
    let files: Vec<String> = (0..300)
        .map(|file| {
            let id = |line| event(&format!("{file}-{line}"), TYPE, "2026-01-20T10:00:00Z");
            shop.write(&format!("{file}.ndjson"), &[id(1), id(2)].join("\n"))
        })
        .collect();
    let mut send = vec!["usage", "send"];
    send.extend(files.iter().map(String::as_str));
    shop.ok(&send);
    publish(&shop);
    for _ in 0..4 {
        let mut replay = command(&shop.place(), &["usage", "replay"]);
        let mut running = replay.stdout(Stdio::null()).spawn().unwrap();
        // As soon as something of it is durable, or it is done.
        loop {
            let rows = json(&shop, &["usage", "conservation"]);
            let is_begun = rows.to_string().contains("accepted");
            if is_begun || running.try_wait().unwrap().is_some() {
                break;
            }
        }
        running.kill().unwrap();
        running.wait().unwrap();
    }
    for entry in std::fs::read_dir(shop.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            std::fs::remove_dir_all(path).unwrap();
        }
    }
    shop.ok(&["usage", "replay"]);
    assert_eq!(json(&shop, &["usage", "replay"])["groups"], json!([]));
    let rows = json(&shop, &["usage", "conservation"]);
    let rows = rows["rows"].as_array().or(rows.as_array()).unwrap().clone();
    let outcomes: Vec<(&Value, &Value)> =
        rows.iter().map(|row| (&row["outcome"], &row["lines"])).collect();
    assert_eq!(outcomes, [(&json!("accepted"), &json!(600))], "{rows:?}");
    shop.ok(&["audit", "--deep"]);
}
