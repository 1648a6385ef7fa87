//! Clients of other products, with their payloads as they are.

use serde_json::json;

use crate::client::request;
use crate::world::World;

const TYPE: &str = "com.translog.usage.api.v1";

#[test]
fn open_meter_is_understood() {
    let world = World::on_sqlite();
    let served = world.serve();
    let send = |kind: &str, body: &str| {
        let path = "/compat/openmeter/api/v1/events";
        request(served.address, "POST", path, &[("content-type", kind)], body.as_bytes())
    };
    let event = format!(r#"{{"specversion":"1.0","id":"om-1","source":"svc","type":"{TYPE}","#)
        + r#""subject":"TRK-0483191","time":"2026-01-30T08:00:00Z","data":{"endpoint":"a"}}"#;
    let one = send("application/cloudevents+json", &event);
    assert_eq!((one.status, one.body.as_str()), (204, ""));
    let batch = format!("[{event},{}]", event.replace("om-1", "om-2"));
    assert_eq!(send("application/cloudevents-batch+json", &batch).status, 204);
    assert_eq!(send("application/json", &event).status, 204);
    let other = send("application/cloudevents+json", &event.replace("\"a\"", "\"b\""));
    assert_eq!((other.status, other.outcomes()), (409, vec!["conflict".to_owned()]));
    let wrong = send("application/cloudevents+json", "{}");
    assert_eq!((wrong.status, wrong.outcomes()), (422, vec!["rejected: missing_id".to_owned()]));
    assert_eq!(send("application/cloudevents+json", "{").code(), "bad-body");
    served.server.stop();
    assert_eq!([world.lines("accepted"), world.lines("duplicate")], [2, 2]);
}

#[test]
fn lago_is_understood() {
    let world = World::on_sqlite();
    let served = world.serve();
    let send = |path: &str, body: &serde_json::Value| {
        let path = format!("/compat/lago/api/v1/{path}");
        let kind = [("content-type", "application/json")];
        request(served.address, "POST", &path, &kind, body.to_string().as_bytes())
    };
    let event = |id: &str, endpoint: &str| {
        json!({
            "transaction_id": id, "external_subscription_id": "TRK-0483191", "code": TYPE,
            "timestamp": 1_769_760_000, "properties": {"endpoint": endpoint},
        })
    };
    let one = send("events", &json!({ "event": event("l-1", "a") }));
    let echo = &one.json()["event"];
    assert_eq!((one.status, &echo["transaction_id"]), (200, &json!("l-1")));
    assert_eq!(echo["external_subscription_id"], "TRK-0483191");
    assert_eq!(echo["timestamp"], "2026-01-30T08:00:00Z");
    assert_eq!(echo["properties"], json!({"endpoint": "a"}));
    assert_eq!(echo["lago_id"].as_str().unwrap().len(), 36);
    let again = send("events", &json!({ "event": event("l-1", "a") }));
    assert_eq!((again.status, again.json()), (200, one.json()));
    let other = send("events", &json!({ "event": event("l-1", "b") }));
    let expected = json!({
        "status": 409, "error": "Conflict", "code": "transaction_id_conflict",
        "error_details": {"transaction_id": ["value_already_exist"]},
    });
    assert_eq!((other.status, other.json()), (409, expected));
    let batch = json!({ "events": [event("l-1", "a"), event("l-2", "a")] });
    let answer = send("events/batch", &batch);
    let ids: Vec<_> = answer.json()["events"].as_array().unwrap().to_vec();
    assert_eq!((answer.status, ids.len()), (200, 2));
    assert_eq!(ids[1]["transaction_id"], "l-2");
    let mixed = json!({ "events": [event("l-3", "a"), {"code": TYPE}, event("l-1", "b")] });
    let answer = send("events/batch", &mixed);
    assert_eq!((answer.status, &answer.json()["code"]), (422, &json!("validation_errors")));
    let details = json!({
        "1": {"transaction_id": ["value_is_mandatory"]},
        "2": {"transaction_id": ["value_already_exist"]},
    });
    assert_eq!(answer.json()["error_details"], details);
    served.server.stop();
    // The good event of the mixed batch counts; an unknown code would wait and not vanish.
    assert_eq!([world.lines("accepted"), world.lines("conflict")], [3, 2]);
}

#[test]
fn stripe_is_understood() {
    let world = World::on_sqlite();
    let served = world.serve();
    let send = |path: &str, kind: &str, body: &str| {
        let path = format!("/compat/stripe/{path}");
        request(served.address, "POST", &path, &[("content-type", kind)], body.as_bytes())
    };
    let form = format!(
        "event_name={TYPE}&timestamp=1769760000&identifier=s-1&payload[value]=25&\
         payload[stripe_customer_id]=TRK-0483191"
    );
    let one = send("v1/billing/meter_events", "application/x-www-form-urlencoded", &form);
    let expected = json!({
        "object": "billing.meter_event", "created": 1_769_853_600, "event_name": TYPE,
        "identifier": "s-1", "livemode": true, "timestamp": 1_769_760_000,
        "payload": {"value": "25", "stripe_customer_id": "TRK-0483191"},
    });
    assert_eq!((one.status, one.json()), (200, expected));
    let event = |id: &str| {
        json!({
            "event_name": TYPE, "identifier": id, "timestamp": "2026-01-30T08:00:00Z",
            "payload": {"value": "25", "stripe_customer_id": "TRK-0483191"},
        })
    };
    let json = "application/json";
    let two = send("v2/billing/meter_events", json, &event("s-2").to_string());
    assert_eq!((two.status, &two.json()["object"]), (200, &json!("v2.billing.meter_event")));
    assert_eq!(two.json()["timestamp"], "2026-01-30T08:00:00Z");
    let changed = event("s-2").to_string().replace("25", "26");
    let other = send("v2/billing/meter_events", json, &changed);
    assert_eq!((other.status, &other.json()["error"]["type"]), (409, &json!("idempotency_error")));
    let events = json!({ "events": [event("s-2"), event("s-3")] }).to_string();
    let stream = send("v2/billing/meter_event_stream", json, &events);
    assert_eq!(
        (stream.status, stream.outcomes()),
        (200, ["duplicate", "accepted"].map(String::from).to_vec())
    );
    let nameless = send("v2/billing/meter_events", json, &json!({"event_name": TYPE}).to_string());
    assert_eq!((nameless.status, &nameless.json()["error"]["param"]), (400, &json!("identifier")));
    served.server.stop();
    assert_eq!(world.lines("accepted"), 3);
}
