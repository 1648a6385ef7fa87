//! One event and batches: every content type, every outcome, one line at a time.

use serde_json::json;

use crate::client::{BATCH, EVENT, STREAM, get, post, request};
use crate::world::{World, event, event_of};

fn everything_has_its_answer(world: &World) {
    let served = world.serve();
    let at = served.address;
    let first = post(at, EVENT, event("one"));
    let item = json!({
        "line": 1, "source": "urn:test", "id": "one", "outcome": "accepted", "reason": null,
    });
    assert_eq!((first.status, first.json()), (200, json!({ "items": [item] })));
    let again = post(at, EVENT, event("one").replace("\":", "\" : ").replace('{', "{\n"));
    assert_eq!((again.status, again.outcomes()), (200, vec!["duplicate".to_owned()]));
    let other = post(at, EVENT, event_of("one", "TRK-0483191", "routes"));
    assert_eq!((other.status, other.code().as_str()), (409, "conflict"));
    assert_eq!(other.outcomes(), ["conflict"]);
    let wrong = post(at, EVENT, event("x").replace("\"id\":\"x\",", ""));
    assert_eq!((wrong.status, wrong.code().as_str()), (422, "rejected"));
    assert_eq!(wrong.outcomes(), ["rejected: missing_id"]);
    let array = post(at, EVENT, format!("[{}]", event("two")));
    assert_eq!((array.status, array.outcomes()), (422, vec!["rejected: invalid_json".to_owned()]));

    let events = [
        event("one"),
        event("two"),
        "7".to_owned(),
        event("two"),
        event_of("two", "TRK-0483191", "other"),
        event_of("three", "NOBODY", "alerts"),
        event("four").replace("usage.api", "usage.unknown"),
    ];
    let batch = post(at, BATCH, format!("[{}]", events.join(",\n")));
    let expected = [
        "duplicate",
        "accepted",
        "rejected: invalid_json",
        "duplicate",
        "conflict",
        "quarantined: unknown_serial",
        "quarantined: unknown_type",
    ];
    assert_eq!((batch.status, batch.outcomes()), (200, expected.map(str::to_owned).to_vec()));
    let lines: Vec<_> = batch.json()["items"].as_array().unwrap().clone();
    assert_eq!((&lines[4]["line"], &lines[4]["id"]), (&json!(5), &json!("two")));
    assert_eq!(batch.json()["counts"]["duplicate"], 2);

    let binary = [
        ("ce-specversion", "1.0"),
        ("ce-id", "five"),
        ("ce-source", "urn:test"),
        ("ce-type", "com.translog.usage.api.v1"),
        ("ce-subject", "TRK-0483191"),
        ("ce-time", "2026-01-30T08:00:00Z"),
        ("content-type", "application/json"),
    ];
    let answer = request(at, "POST", "/v1/usage", &binary, br#"{"endpoint":"alerts"}"#);
    assert_eq!((answer.status, answer.outcomes()), (200, vec!["accepted".to_owned()]));
    let answer = post(at, STREAM, format!("{}\n{}", event("five"), event("six")));
    assert_eq!((answer.status, &answer.json()["lines_acknowledged"]), (200, &json!(2)));

    let rows = get(at, "/v1/usage/conservation").json()["rows"].as_array().unwrap().clone();
    let total: i64 = rows.iter().map(|row| row["lines"].as_i64().unwrap()).sum();
    assert_eq!(total, 5 + 7 + 1 + 2, "{rows:?}");
    assert_eq!(get(at, "/v1/usage/conservation?to=2026-01-31").json(), json!({ "rows": [] }));
    assert_eq!(get(at, "/v1/usage/conservation?from=2026-01-31").json()["rows"], json!(rows));
    assert_eq!(get(at, "/healthz").status, 200);
    assert_eq!(get(at, "/readyz").status, 200);
    served.server.stop();
    assert_eq!([world.lines("accepted"), world.lines("conflict")], [4, 3]);
}

#[test]
fn on_sqlite_everything_has_its_answer() {
    everything_has_its_answer(&World::on_sqlite());
}

#[test]
fn on_postgres_everything_has_its_answer() {
    everything_has_its_answer(&World::on_postgres());
}

#[test]
fn what_is_no_usage_is_refused_with_a_code() {
    let world = World::on_sqlite();
    let served = world.serve();
    let code = |method: &str, path: &str, headers: &[(&str, &str)], body: &str| {
        let answer = request(served.address, method, path, headers, body.as_bytes());
        format!("{} {}", answer.status, answer.code())
    };
    let plain = [("content-type", "text/plain")];
    assert_eq!(code("POST", "/v1/usage", &plain, "x"), "415 unknown-media-type");
    assert_eq!(code("POST", "/v1/usage", &[], ""), "415 unknown-media-type");
    let packed = [EVENT, ("content-encoding", "br")];
    assert_eq!(code("POST", "/v1/usage", &packed, "x"), "415 unknown-encoding");
    assert_eq!(code("POST", "/v1/usage", &[BATCH], "[{]"), "400 bad-body");
    assert_eq!(code("POST", "/v1/usage", &[BATCH], ""), "400 bad-body");
    assert_eq!(code("POST", "/v1/usage?after_line=x", &[STREAM], ""), "400 bad-query");
    assert_eq!(code("GET", "/v1/usage/conservation?on=2026-01-01", &[], ""), "400 bad-query");
    assert_eq!(code("GET", "/v1/usage", &[], ""), "405 unknown-method");
    assert_eq!(code("GET", "/v2/usage", &[], ""), "404 unknown-route");
    assert_eq!(post(served.address, BATCH, "[]").outcomes(), [""; 0]);
}

#[test]
fn a_batch_has_its_limits_and_a_line_too() {
    let world = World::on_sqlite();
    let limits = server::Limits { body_bytes: 1 << 20, body_lines: 3, ..Default::default() };
    let served = world.serve_within(limits);
    let events = |count: usize| {
        let events: Vec<String> = (0..count).map(|number| event(&number.to_string())).collect();
        format!("[{}]", events.join(","))
    };
    assert_eq!(post(served.address, BATCH, events(3)).status, 200);
    let answer = post(served.address, BATCH, events(4));
    assert_eq!((answer.status, answer.code().as_str()), (413, "too-large"));
    let long = event(&"x".repeat(300_000));
    let answer = post(served.address, BATCH, format!("[{long},{}]", event("y")));
    assert_eq!(answer.outcomes(), ["rejected: invalid_json", "accepted"]);
    let answer = post(served.address, EVENT, " ".repeat((1 << 20) + 1));
    assert_eq!((answer.status, answer.code().as_str()), (413, "too-large"));
}

#[test]
fn without_a_seller_nothing_is_received_until_there_is_one() {
    let world = World::empty_on_sqlite();
    let served = world.serve();
    let answer = post(served.address, EVENT, event("one"));
    assert_eq!((answer.status, answer.code().as_str()), (503, "no-seller"));
    assert_eq!(request(served.address, "GET", "/readyz", &[], b"").code(), "no-seller");
    let world = world.with_fleet();
    assert_eq!(get(served.address, "/readyz").status, 200);
    assert_eq!(post(served.address, EVENT, event("one")).outcomes(), ["accepted"]);
    served.server.stop();
    assert_eq!(world.lines("accepted"), 1);
}
