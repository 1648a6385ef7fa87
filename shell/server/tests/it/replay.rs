//! Lines that waited are replayed over HTTP.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::client::{Answer, EVENT, get, post, request};
use crate::world::{NOW, Served, World, event};

/// What the first catalog does not know.
const TYPE: &str = "com.translog.usage.api.v2";

fn newer(id: &str) -> String {
    event(id).replace("com.translog.usage.api.v1", TYPE)
}

fn replay(served: &Served, asked: &Value) -> Answer {
    let kind = [("content-type", "application/json")];
    let body = asked.to_string();
    request(served.address, "POST", "/v1/usage/replay", &kind, body.as_bytes())
}

/// API calls are events of the other type from the second day on.
fn publish(world: &World) {
    let fleet = concat!(env!("CARGO_MANIFEST_DIR"), "/../../demo/smart-fleet/catalog.yaml");
    let catalog = std::fs::read_to_string(fleet).unwrap();
    let meter = "code: api_calls\n    effective_from: 2026-01-01";
    assert!(catalog.contains(meter));
    let catalog = catalog
        .replace(meter, "code: api_calls\n    effective_from: 2026-01-02")
        .replace("com.translog.usage.api.v1", TYPE);
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("catalog.yaml");
    std::fs::write(&path, catalog).unwrap();
    let catalog = imports::read_catalog(&path).unwrap();
    imports::publish_catalog(world.open().as_mut(), &catalog, NOW.parse().unwrap()).unwrap();
}

fn waits_and_counts(world: &World) {
    let served = world.serve();
    for id in ["one", "two", "three"] {
        assert_eq!(
            post(served.address, EVENT, newer(id)).outcomes(),
            ["quarantined: unknown_type"]
        );
    }
    let nothing = replay(&served, &json!({})).json();
    assert_eq!((&nothing["changed"], &nothing["groups"][0]["lines"]), (&json!(0), &json!(3)));
    publish(world);
    let dry = replay(&served, &json!({ "dry_run": true })).json();
    let group = json!({
        "reason": "unknown_type", "type": TYPE, "meter": "api_calls", "lines": 3, "changed": 3,
        "accepted": 3, "free": 0, "waiting": {}, "unreadable": {},
        "value": dry["groups"][0]["value"],
    });
    assert!(dry["groups"][0]["value"]["amount"].is_string(), "{dry}");
    assert_eq!((&dry["groups"], &dry["segments"]), (&json!([group]), &json!(0)));
    assert_eq!(world.lines("accepted"), 0);
    let asked = json!({ "type": TYPE, "source": "urn:test", "reason": "unknown_type" });
    let done = replay(&served, &asked).json();
    assert_eq!((&done["groups"], &done["changed"]), (&dry["groups"], &json!(3)));
    assert_eq!(done["next_segment"], Value::Null);
    // No body is everything; what counts is not there any more.
    let again = request(served.address, "POST", "/v1/usage/replay", &[], b"").json();
    assert_eq!((&again["groups"], &again["changed"]), (&json!([]), &json!(0)));
    assert_eq!(post(served.address, EVENT, newer("two")).outcomes(), ["duplicate"]);
    assert_eq!(post(served.address, EVENT, newer("four")).outcomes(), ["accepted"]);
    let rows = get(served.address, "/v1/usage/conservation").json()["rows"].clone();
    let accepted = json!({
        "arrived_on": "2026-01-31", "meter": "api_calls", "outcome": "accepted", "reason": null,
        "lines": 4,
    });
    assert_eq!(rows[0], accepted, "{rows}");
    served.server.stop();
    assert_eq!([world.lines("accepted"), world.lines("quarantined")], [4, 0]);
}

#[test]
fn on_sqlite_what_waited_counts_once() {
    waits_and_counts(&World::on_sqlite());
}

#[test]
fn on_postgres_what_waited_counts_once() {
    waits_and_counts(&World::on_postgres());
}

#[test]
fn a_request_has_its_share_and_the_next_goes_on() {
    let world = World::on_sqlite();
    let limits = server::Limits { replay_steps: 1, ..Default::default() };
    let served = world.serve_within(limits);
    let waits = event("waits").replace("usage.api", "usage.unknown");
    // Lines that go on waiting do not hold up those behind them.
    for number in 0..64 {
        let waits = waits.replace("\"waits\"", &format!("\"waits-{number}\""));
        assert_eq!(post(served.address, EVENT, waits).status, 200);
    }
    assert_eq!(post(served.address, EVENT, newer("one")).status, 200);
    publish(&world);
    let first = replay(&served, &json!({})).json();
    assert_eq!((&first["changed"], &first["next_segment"]), (&json!(0), &json!(65)));
    let next = replay(&served, &json!({ "from_segment": 65 })).json();
    assert_eq!((&next["changed"], &next["next_segment"]), (&json!(1), &Value::Null));
}

#[test]
fn what_is_no_request_to_replay_is_refused() {
    let world = World::on_sqlite();
    let served = world.serve();
    for asked in [json!([]), json!({ "dry": true }), json!({ "reason": "no_price" })] {
        let answer = replay(&served, &asked);
        assert_eq!((answer.status, answer.code().as_str()), (400, "bad-body"), "{asked}");
    }
    assert_eq!(get(served.address, "/v1/usage/replay").status, 405);
}
